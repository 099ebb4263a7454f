// Package stracetest stops programs at chosen calls of the system, for tests: it kills them there, or makes the call fail. It takes strace, and a program whose work is done by
// its first thread ([runtime.LockOSThread] in an init function), since strace counts the calls of each thread.
package stracetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// changing are the calls that change a disk, some of those to openat excepted.
var changing = []string{"openat", "renameat", "renameat2", "mkdirat", "unlinkat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "syncfs", "fchmodat", "linkat", "symlinkat"}

// Tool skips the test where strace isn't installed, or mayn't trace; where REGEN_REQUIRE_TOOLS is set, it fails it instead.
func Tool(t testing.TB) string {
	t.Helper()
	strace := gittest.Tool(t, "strace")
	if out, err := exec.Command(strace, "-qq", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		if os.Getenv("REGEN_REQUIRE_TOOLS") != "" {
			t.Fatalf("strace can't trace here: %v %s", err, out)
		}
		t.Skipf("strace can't trace here: %v %s", err, out)
	}
	return strace
}

// Call is a call that changed the disk.
type Call struct {
	Text string // as strace prints it
	Name string
	N    int            // of the calls with this name, from 1 up
	next map[string]int // what N the next call of each name has, from this one on
}

// Inject returns what does something at the call, such as "error=EIO".
func (c Call) Inject(what string) string { return fmt.Sprintf("%s:%s:when=%d", c.Name, what, c.N) }

// InjectFrom returns what does something at this call and all later ones. Those that only open a file are left alone.
func (c Call) InjectFrom(what string) []string {
	var inject []string
	for _, name := range changing {
		if name != "openat" {
			inject = append(inject, fmt.Sprintf("%s:%s:when=%d+", name, what, c.next[name]))
		}
	}
	return inject
}

// Before reports whether a call comes later than this one, in a run that went the same way up to this one.
func (c Call) Before(later Call) bool { return later.N >= c.next[later.Name] }

// Run runs a command, with what is to be injected, as "renameat2:error=EINVAL". It returns what the command wrote, the calls of its first thread that changed the disk, in their order,
// and the error of the command, if it fails.
func Run(t testing.TB, cmd *exec.Cmd, inject ...string) (out string, calls []Call, err error) {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	args := []string{"strace", "-f", "-qq", "-s", "0", "-o", trace, "-e", "trace=" + strings.Join(changing, ",")}
	for _, what := range inject {
		args = append(args, "-e", "inject="+what)
	}
	args = append(append(args, cmd.Path), cmd.Args[1:]...)
	cmd.Path, cmd.Args = Tool(t), args
	written, err := cmd.CombinedOutput()
	lines, readErr := os.ReadFile(trace)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return string(written), parse(string(lines)), err
}

// parse reads what strace wrote.
func parse(lines string) []Call {
	var calls []Call
	first, count := "", make(map[string]int)
	for line := range strings.SplitSeq(lines, "\n") {
		thread, text, _ := strings.Cut(line, " ")
		if first == "" {
			first = thread
		}
		text = strings.TrimSpace(text)
		name, _, _ := strings.Cut(text, "(")
		if thread != first || !slices.Contains(changing, name) {
			continue // another thread, a signal, or the end of a call
		}
		next := make(map[string]int)
		for _, name := range changing {
			next[name] = count[name] + 1
		}
		count[name]++
		if name == "openat" && !strings.Contains(text, "O_CREAT") || strings.Contains(text, "= -1 ") {
			continue
		}
		calls = append(calls, Call{text, name, count[name], next})
	}
	return calls
}

// Kill runs a command, and kills it before a call. The test fails if it gets further.
func Kill(t testing.TB, cmd *exec.Cmd, c Call, inject ...string) {
	t.Helper()
	out, _, err := Run(t, cmd, append(slices.Clone(inject), c.Inject("signal=KILL"))...)
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("not killed before %s: %v %s", c.Text, err, out)
	}
}
