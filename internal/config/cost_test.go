package config

import (
	"strings"
	"testing"
	"time"
)

// Files of 64 KiB that are as bad as can be take no longer than a moment.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time, and the race detector takes its own")
	}
	for _, s := range []string{
		"[", "{", "{a: ", "- ", "? ", "a: ", "a: {}\n", "#\n", "# a\n\n", "- # a\n", "!a ", "&a ", "*a ", "a\n\n", "\"", "'", "|\n", "---\n", "--- a\n", "%A\n", "a: |\n ", "[a,", "&a [*a,", ": ", "\t", "a, ",
	} {
		for _, before := range []string{"", "exclude: [", "exclude:\n", "name: "} {
			doc := before + strings.Repeat(s, (MaxFile-len(before))/len(s))
			start := time.Now()
			Parse("registry.yaml", []byte(doc), "repo")
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("%q and then %q: %v", before, s, d)
			}
		}
	}
}
