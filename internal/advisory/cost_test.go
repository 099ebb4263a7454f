package advisory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Files of 256 KiB that are as bad as can be take no longer than a moment, and neither does it to look for ids that are near.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time, and the race detector takes its own")
	}
	took := func(what string, f func()) {
		t.Helper()
		start := time.Now()
		f()
		if d := time.Since(start); d > 10*time.Second { // on a busy machine; alone they take less than one
			t.Errorf("%s: %v", what, d)
		}
	}
	for _, s := range []string{
		"[", "{", "{a: ", "- ", "? ", "a: ", "a: {}\n", "#\n", "- # a\n", "&a ", "\"", "'", "|\n", "---\n", "a: |\n ", "[a,", ": ", "\t", "a, ",
		"- {}\n", "- id: a\n", "- id: a\n  versions: ^1\n", "- versions: '>2.0.0 <1.0.0'\n", "- {id: con, package: con, hashes: []}\n", "- reason: {en: \"\\0\"}\n",
	} {
		for _, before := range []string{"", "advisories:\n", "advisories: [{hashes: [", "advisories: [{reason: {", "advisories: [{versions: \""} {
			doc := before + strings.Repeat(s, (MaxFile-len(before))/len(s))
			took(fmt.Sprintf("%q and then %q", before, s), func() { Parse(FileName, []byte(doc)) })
		}
	}
	var ranges, reasons, packages strings.Builder
	ranges.WriteString("advisories:\n")
	reasons.WriteString("advisories:\n- id: a\n  reason:\n")
	packages.WriteString("advisories:\n")
	for i := 0; ranges.Len() < MaxFile-1100; i++ {
		fmt.Fprintf(&ranges, "- {id: a%d, package: a, action: warn, reason: x, versions: '%s'}\n", i, strings.TrimSpace(strings.Repeat("=1.0.0 ", 142)))
	}
	for i := 0; reasons.Len() < MaxFile-100; i++ {
		fmt.Fprintf(&reasons, "    a%c%c-%03d: \"\\0\"\n", 'a'+i%26, 'a'+i/26%26, i%1000)
	}
	for i := range MaxAdvisories {
		fmt.Fprintf(&packages, "- {id: a%d, package: some-package-%d, action: warn, reason: x, versions: '*'}\n", i, i)
	}
	took("ranges", func() { Parse(FileName, []byte(ranges.String())) })
	took("reasons", func() { Parse(FileName, []byte(reasons.String())) })
	ids := make([]string, 100_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("some-packag-%d", i)
	}
	took("packages that aren't there", func() {
		list, findings := Parse(FileName, []byte(packages.String()))
		if len(findings) > 0 || len(Unknown(FileName, list, ids)) != MaxAdvisories {
			t.Errorf("%v", findings)
		}
	})
}
