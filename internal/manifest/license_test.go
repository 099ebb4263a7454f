package manifest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/strictjson"
)

// A licence is an SPDX expression, and everything else is refused with what may be meant.
func TestLicense(t *testing.T) {
	for expression, want := range map[string]string{ // → code, hint; "" where it is fine
		"MIT": "", "Apache-2.0": "", "0BSD": "", "CC-BY-NC-SA-3.0-DE": "",
		"MIT OR Apache-2.0": "", "MIT AND (Apache-2.0 OR BSD-3-Clause)": "", "(MIT)": "", "((MIT))": "", "(MIT) OR (ISC AND Zlib)": "", "MIT OR MIT": "",
		"GPL-2.0-only": "", "GPL-2.0-or-later": "", "GPL-2.0+": "", "LGPL-2.1": "", "Apache-1.0+": "",
		"GPL-2.0-only WITH Classpath-exception-2.0": "", "Apache-2.0 WITH LLVM-exception OR MIT": "",
		"LicenseRef-Acme-Terms.1": "", "DocumentRef-a:LicenseRef-b": "", "MIT OR LicenseRef-Acme": "",

		"mit":                 `license/unknown: write "MIT"`,
		"apache-2.0":          `license/unknown: write "Apache-2.0"`,
		"Apache 2.0":          `license/unknown: did you mean "Apache-2.0"?`,
		"Apache-2":            `license/unknown: did you mean "Apache-2.0"?`,
		"MIT/Apache-2.0":      `license/unknown: join licences with OR or AND`,
		"proprietary":         `license/unknown: see https://spdx.org/licenses, or write LicenseRef- and a name of your own`,
		"LicenseRef-":         `license/unknown: see https://spdx.org/licenses, or write LicenseRef- and a name of your own`,
		"LicenseRef-a_b":      `license/unknown: see https://spdx.org/licenses, or write LicenseRef- and a name of your own`,
		"MIT or Apache-2.0":   `license/syntax: write it in upper case: OR`,
		"GPL-2.0-only with x": `license/syntax: write it in upper case: WITH`,
		"MIT OR":              `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"OR":                  `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"MIT Apache-2.0":      `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"(MIT))":              `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"MIT WITH LLVM-exception WITH LLVM-exception": `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"(MIT) WITH LLVM-exception":                   `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"MIT (Apache-2.0)":                            `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"(MIT":                                        `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"()":                                          `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"Classpath-exception-2.0":                     `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		"MIT WITH Apache-2.0":                         `license/syntax: write it like MIT, or MIT OR Apache-2.0`,
		strings.Repeat("MIT OR ", 80) + "MIT":         `license/syntax: put the text of the licences into a file, and name that in license_file`,
	} {
		s := &source{pkg: Package{Dir: "plugins/demo"}, name: "composer.json"}
		got, found := s.spdx("regen.yaml", expression, &strictjson.Value{Pos: strictjson.Pos{Line: 3, Column: 7}}), ""
		for _, f := range s.findings {
			found = f.Code + ": " + f.Hint
			if f.Place() != "plugins/demo/regen.yaml:3:7" {
				t.Errorf("%s: at %s", expression, f.Place())
			}
		}
		if found != want || len(s.findings) > 1 || (got == expression) != (want == "") || got != expression && got != "" {
			t.Errorf("%s: %q with %q, expected %q", expression, got, found, want)
		}
	}
}

// Whatever an expression is, it takes a moment.
func TestLicenseCost(t *testing.T) {
	for _, part := range []string{"(", ")", "MIT OR ", "MIT AND ", "(MIT OR ", "((MIT) AND ", "LicenseRef-a OR ", "x ", "+", "WITH ", "GPL-2.0+ WITH ", "MIT "} {
		gittest.Within(t, time.Second, fmt.Sprintf("%q again and again", part), func() {
			s := &source{}
			s.spdx("regen.yaml", strings.Repeat(part, maxLicense/len(part)), nil)
		})
	}
}
