package advisory

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/wire"
)

// ladder is versions in the order of their precedence, as section 11 of semver has it.
var ladder = []string{
	"0.0.0-0", "0.0.0", "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
	"1.0.1-0", "1.0.1", "1.4.2-rc.1", "1.4.2", "1.10.0", "2.0.0-rc.1", "2.0.0", "999999999999999.0.0",
}

// between returns the versions of the ladder from one to another, both included.
func between(from, to string) []string {
	return ladder[slices.Index(ladder, from) : slices.Index(ladder, to)+1]
}

// Each range holds exactly these versions of the ladder.
func TestContains(t *testing.T) {
	first, last := ladder[0], ladder[len(ladder)-1]
	for _, c := range []struct {
		versions string
		want     []string
	}{
		{"*", ladder},
		{"=1.0.0", []string{"1.0.0"}},
		{"= 1.0.0-rc.1", []string{"1.0.0-rc.1"}},
		{"<1.4.2", between(first, "1.4.2-rc.1")}, // its prereleases come before it
		{"<=1.4.2", between(first, "1.4.2")},
		{">1.4.2", between("1.10.0", last)},
		{">=1.4.2", between("1.4.2", last)}, // and aren't from it on
		{">=1.4.2-0", between("1.4.2-rc.1", last)},
		{">=1.0.0 <1.4.2", between("1.0.0", "1.4.2-rc.1")},
		{">=1.0.0 <1.4.2-0", between("1.0.0", "1.0.1")},
		{">=1.0.0, <1.4.2", between("1.0.0", "1.4.2-rc.1")},
		{">=1.0.0,<1.4.2", between("1.0.0", "1.4.2-rc.1")},
		{"  >=  1.0.0  ,  <  1.4.2  ", between("1.0.0", "1.4.2-rc.1")},
		{"<1.4.2 >=1.0.0", between("1.0.0", "1.4.2-rc.1")},
		{">1.0.0-alpha <1.0.0", between("1.0.0-alpha.1", "1.0.0-rc.1")},
		{">=1.0.0-beta.2 <=1.0.0-beta.11", between("1.0.0-beta.2", "1.0.0-beta.11")}, // numbers count as such
		{">=1.0.0 <=1.0.0", []string{"1.0.0"}},
		{">=1.0.0 <2.0.0 =1.4.2", []string{"1.4.2"}},
		{">=0.9.0 >=1.0.0 <2.0.0 <1.0.1", between("1.0.0", "1.0.1-0")}, // the tightest bounds
		{"=1.0.0 || =1.0.1", []string{"1.0.0", "1.0.1"}},
		{"<0.9.0||>=2.0.0", append(slices.Clone(between(first, "0.0.0")), between("2.0.0", last)...)},
		{"<0.9.0 || *", ladder},
		{"=3.0.0", nil}, // it holds a version, if none of the ladder
	} {
		r, err := ParseRange(c.versions)
		if err != nil || r.empty() != "" {
			t.Errorf("%q: %v, empty %q", c.versions, err, r.empty())
			continue
		}
		var got []string
		for _, v := range ladder {
			if r.Contains(v) {
				got = append(got, v)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q holds %v, expected %v", c.versions, got, c.want)
		}
	}
}

// What is no version is in no range, and nothing is in the zero range.
func TestContainsNoVersion(t *testing.T) {
	for _, versions := range []string{"*", "<2.0.0", ">=0.0.0-0", "=1.0.0"} {
		r, err := ParseRange(versions)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []string{"", "1", "1.0", "v1.0.0", "1.0.0+build", "1.0.0-RC.1", "latest"} {
			if r.Contains(v) {
				t.Errorf("%q holds %q", versions, v)
			}
		}
	}
	for _, v := range ladder {
		if (Range{}).Contains(v) {
			t.Errorf("the zero range holds %s", v)
		}
	}
}

func TestParseRangeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "expected a comparison such as <1.4.2, and there is none",
		"   ":                          "expected a comparison such as <1.4.2, and there is none",
		"||":                           "expected a comparison such as <1.4.2, and there is none",
		"=1.0.0 ||":                    "expected a comparison such as <1.4.2, and there is none",
		"=1.0.0 || || =2.0.0":          "expected a comparison such as <1.4.2, and there is none",
		"=1.0.0 ,":                     "expected a comparison such as <1.4.2, and there is none",
		",=1.0.0":                      `expected <, <=, >, >= or = before ",=1.0.0"`,
		"=1.0.0 ,, <2.0.0":             `expected <, <=, >, >= or = before ", <2.0.0"`,
		"=1.0.0 | =2.0.0":              `expected <, <=, >, >= or = before "| =2.0.0"`,
		"1.0.0":                        `expected <, <=, >, >= or = before "1.0.0"`,
		"^1.0.0":                       `expected <, <=, >, >= or = before "^1.0.0"`,
		"~1.0.0":                       `expected <, <=, >, >= or = before "~1.0.0"`,
		"!=1.0.0":                      `expected <, <=, >, >= or = before "!=1.0.0"`,
		"1.0.0 - 2.0.0":                `expected <, <=, >, >= or = before "1.0.0 - 2.0.0"`,
		"* <1.0.0":                     `expected <, <=, >, >= or = before "* <1.0.0"`,
		"<1.0.0 *":                     `expected <, <=, >, >= or = before "*"`,
		"\t<1.0.0":                     `expected <, <=, >, >= or = before "\t<1.0.0"`,
		">":                            "expected a version behind >",
		">= <2.0.0":                    "expected a version behind >=",
		"==1.0.0":                      "expected a version behind =",
		"=>1.0.0":                      "expected a version behind =",
		"<>1.0.0":                      "expected a version behind <",
		">=1.0.0<2.0.0":                `expected a space before "<2.0.0"`,
		"<1.x":                         `version "1.x" isn't a semantic version such as 1.4.0 or 2.0.0-beta.1`,
		"<1.4":                         `version "1.4" isn't a semantic version such as 1.4.0 or 2.0.0-beta.1`,
		"<v1.4.0":                      `version "v1.4.0" isn't a semantic version such as 1.4.0 or 2.0.0-beta.1`,
		"<*":                           `version "*" isn't a semantic version such as 1.4.0 or 2.0.0-beta.1`,
		"<1.0.0+x":                     `version "1.0.0+x" has build metadata (+x), expected none`,
		"<1.0.0-RC":                    `version "1.0.0-RC" has upper-case letters, expected lower case`,
		"<1.0.0\n>=0.1.0":              `isn't a semantic version`,
		strings.Repeat("=1.0.0 ", 150): "which has 1050 bytes, expected at most 1000",
	} {
		if r, err := ParseRange(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v, expected %s", text, r, err, want)
		}
	}
}

// A range that no version can be in is told from one that some can.
func TestEmpty(t *testing.T) {
	for _, text := range []string{
		">2.0.0 <1.0.0", ">=2.0.0 <1.0.0", "<1.0.0 >2.0.0", ">1.0.0 <1.0.0", ">=1.0.0 <1.0.0", ">1.0.0 <=1.0.0", "=1.0.0 <1.0.0", "=1.0.0 >1.0.0", "=1.0.0 =1.0.1",
		">=1.0.0 <1.0.0-rc.1", ">=1.0.0 >1.0.0 <=1.0.0", ">=1.0.0 <=1.0.0 <1.0.0", ">0.1.0 <9.0.0 >=2.0.0 <1.0.0", "=1.0.0 || >2.0.0 <1.0.0", ">2.0.0 <1.0.0 || *",
	} {
		r, err := ParseRange(text)
		if err != nil || r.empty() == "" {
			t.Errorf("%q: %v, expected that it is empty", text, err)
		}
	}
	if r, _ := ParseRange("=1.0.0 || > 2.0.0,<1.0.0"); r.empty() != ">2.0.0 <1.0.0" {
		t.Errorf("the empty part is %q", r.empty())
	}
}

// Comparisons of any kind: a range is what its comparisons say, one by one; only one that holds nothing is empty; and it reads back as it is
// written.
func TestRangeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comparisons := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) comparison {
			return comparison{rapid.SampledFrom(operators).Draw(t, "operator"), rapid.SampledFrom(ladder).Draw(t, "version")}
		}), 1, 4).Draw(t, "comparisons")
		var parts []string
		for _, c := range comparisons {
			parts = append(parts, c.operator+c.version)
		}
		text := strings.Join(parts, rapid.SampledFrom([]string{" ", ",", ", "}).Draw(t, "separator"))
		r, err := ParseRange(text)
		if err != nil {
			t.Fatal(err)
		}
		held := false
		for i, v := range ladder {
			want := true
			for _, c := range comparisons {
				d := i - slices.Index(ladder, c.version) // the ladder's order is that of the versions
				want = want && map[string]bool{"<": d < 0, "<=": d <= 0, ">": d > 0, ">=": d >= 0, "=": d == 0}[c.operator]
			}
			if r.Contains(v) != want {
				t.Fatalf("%q holds %s: %v", text, v, !want)
			}
			held = held || want
		}
		if held && r.empty() != "" {
			t.Fatalf("%q is said to be empty", text)
		}
		again, err := ParseRange(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q becomes %q, and that %q: %v", text, r, again, err)
		}
	})
}

func FuzzParseRange(f *testing.F) {
	for _, text := range []string{"*", ">=1.0.0 <1.4.2", "=1.0.0-rc.1 || >2.0.0,<=3.0.0", ">2.0.0 <1.0.0", "^1", "<1.0.0<", "||", "  "} {
		f.Add(text, "1.4.2-rc.1")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		r, err := ParseRange(text)
		if err != nil {
			return
		}
		again, err := ParseRange(r.String())
		if err != nil || again.String() != r.String() || again.Contains(version) != r.Contains(version) {
			t.Errorf("%q becomes %q, and that %q: %v", text, r, again, err)
		}
		if r.Contains(version) && wire.CheckVersion(version) != nil {
			t.Errorf("%q holds %q, which is no version", text, version)
		}
	})
}
