package main

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"

	"github.com/regen-registry/regen/internal/stracetest"
)

// oneThread makes this test binary, as regen, do its work in its first thread.
const oneThread = "REGEN_TEST_ONE_THREAD"

func init() {
	if os.Getenv(oneThread) != "" {
		runtime.LockOSThread()
	}
}

// TestDeviceKilledAtEachCall: kill -9 before any call of the system that changes what a device has leaves it as before or as after, and the next command succeeds.
func TestDeviceKilledAtEachCall(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	stracetest.Tool(t)
	traced := func(i *interrupted, root string) *exec.Cmd {
		cmd := i.command(root)
		cmd.Env = append(cmd.Env, oneThread+"=1")
		return cmd
	}
	for _, i := range interruptions(t) {
		out, calls, err := stracetest.Run(t, traced(i, i.copy(t)))
		if err != nil {
			t.Fatalf("%s: %v\n%s", i.name, err, out)
		}
		// Before the first rename, the work directory alone is written.
		calls = calls[slices.IndexFunc(calls, func(c stracetest.Call) bool { return c.Name == "renameat" }):]
		calls = slices.DeleteFunc(calls, func(c stracetest.Call) bool { return c.Name == "write" })
		done := 0
		for _, c := range calls {
			root := i.copy(t)
			stracetest.Kill(t, traced(i, root), c)
			if i.check(t, root) {
				done++
			}
		}
		t.Logf("%s: %d kills, %d of them when it was done", i.name, len(calls), done)
	}
}
