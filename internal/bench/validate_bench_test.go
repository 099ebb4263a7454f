package bench

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkValidate runs the real binary over a checkout, lint included, beside what git itself takes to read the same blobs, and over one package.
func BenchmarkValidate(b *testing.B) {
	for _, size := range sizes(b) {
		x := setUp(b, size)
		work := filepath.Join(x.dir, "work")
		command(b, "", nil, "git", "clone", "-q", x.repo, work)
		blobs := x.blobs(b)
		one, err := os.ReadDir(filepath.Join(work, "plugins"))
		if err != nil {
			b.Fatal(err)
		}
		run := func(args ...string) time.Duration {
			b.Helper()
			cmd := exec.Command(x.regen, append([]string{"validate"}, args...)...)
			cmd.Dir = work
			start := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			return time.Since(start)
		}
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			var all, cat, single time.Duration
			for range b.N {
				start := time.Now()
				cmd := exec.Command("git", "cat-file", "--batch", "--buffer")
				cmd.Dir, cmd.Stdin, cmd.Stdout = x.repo, bytes.NewReader(blobs), io.Discard
				if err := cmd.Run(); err != nil {
					b.Fatal(err)
				}
				cat += time.Since(start)
				all += run()
				single += run("plugins/" + one[0].Name())
			}
			b.ReportMetric(all.Seconds()/float64(b.N), "s-validate")
			b.ReportMetric(cat.Seconds()/float64(b.N), "s-cat-file")
			b.ReportMetric(all.Seconds()/cat.Seconds(), "x-cat-file")
			b.ReportMetric(1000*single.Seconds()/float64(b.N), "ms-one")
		})
	}
}

// blobs returns the names of the newest commit's blobs, a line each, as git cat-file reads them.
func (x *bench) blobs(b *testing.B) []byte {
	b.Helper()
	out, err := exec.Command("git", "-C", x.repo, "ls-tree", "-r", "main").Output()
	if err != nil {
		b.Fatal(err)
	}
	var names bytes.Buffer
	for line := range strings.Lines(string(out)) {
		names.WriteString(strings.Fields(line)[2] + "\n")
	}
	return names.Bytes()
}
