package gittest

import (
	"testing"
	"time"
)

// Within fails the test unless f takes at most so long. What takes longer is tried again, twice: a machine that does other things as well makes nothing faster.
func Within(t testing.TB, most time.Duration, what string, f func()) {
	t.Helper()
	var took time.Duration
	for range 3 {
		start := time.Now()
		f()
		if took = time.Since(start); took <= most {
			return
		}
	}
	t.Errorf("%s took %v, expected at most %v", what, took, most)
}
