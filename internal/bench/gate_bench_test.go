package bench

import (
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// BenchmarkGate runs the real binary over a pull request that changes one package, beside what git takes to say which files it changes.
func BenchmarkGate(b *testing.B) {
	for _, size := range sizes(b) {
		x := setUp(b, size)
		run := func(name string, args ...string) time.Duration {
			b.Helper()
			cmd := exec.Command(name, args...)
			cmd.Dir = x.repo
			start := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			return time.Since(start)
		}
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			var gate, git time.Duration
			for range b.N {
				gate += run(x.regen, "gate", "--base", "main~1", "--head", "main")
				git += run("git", "diff", "--stat", "main~1...main")
			}
			b.ReportMetric(1000*gate.Seconds()/float64(b.N), "ms-gate")
			b.ReportMetric(1000*git.Seconds()/float64(b.N), "ms-git")
		})
	}
}
