package check_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
)

var (
	colours    = regexp.MustCompile("\x1b\\[[0-9]{1,2}m")
	annotation = regexp.MustCompile(`^::(error|warning|notice) title=[^,:]*(,file=[^,:]*)?(,line=[0-9]+)?(,col=[0-9]+)?::`)
	commands   = regexp.MustCompile(`##[a-z]*\[|(?m:^\s*::)`)
)

// Whatever is in a finding: all ways of printing have each finding once; text is printable, and nothing in it is a command of a CI system;
// each line for GitHub is an annotation or the summary; JSON reads back; SARIF is valid.
func FuzzWriters(f *testing.F) {
	for _, p := range sample() {
		for _, found := range p.Findings {
			f.Add(found.Code, string(found.Severity), found.Path, found.Line, found.Column, found.Message, found.Hint, []byte(files[found.Path]), p.Dir, 80)
		}
	}
	f.Add("a/b", "fatal", "a\nb", -1, 1<<40, "\x1b]0;x\a", "::stop-commands::x", []byte("\xff\xfe\n\u0301\u0301::"), "::x", 1)
	f.Add("", "", "", 1, 2, "{0} [a](1) %0A%", "##[group]", []byte("日##vso[\u202e"), "", 0)
	f.Fuzz(func(t *testing.T, code, severity, path string, line, column int, message, hint string, file []byte, dir string, width int) {
		fs := check.Findings{
			{Code: code, Severity: check.Severity(severity), Path: path, Line: line, Column: column, Message: message, Hint: hint},
			{Code: "a/b", Severity: check.Error, Path: path, Line: line, Column: column / 2, Message: message},
		}
		fs.Sort()
		fs.Quote(func(string) []byte { return file })
		style := check.Style{Colour: true, Width: width, Describe: func(code string) check.About {
			return check.About{Title: message, Why: hint, Help: message, Severity: check.Severity(severity)}
		}}
		packages := []check.Package{{ID: dir, Dir: dir, Version: hint, Findings: fs}, {Dir: "clean"}}

		harmless := func(output string) string {
			text := colours.ReplaceAllString(string(print(t, output, style, packages...)), "")
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 || !utf8.ValidString(text) {
				t.Errorf("%s: not printable: %q", output, text)
			}
			return text
		}
		text := harmless("text")
		if c := commands.FindString(text); c != "" {
			t.Errorf("a command %q in\n%s", c, text)
		}
		lines := strings.Split(strings.TrimSuffix(harmless("github"), "\n"), "\n")
		for i, line := range lines {
			if !annotation.MatchString(line) && i < len(lines)-2 || strings.HasPrefix(line, "::") == (i >= len(lines)-2) || strings.Contains(line, "##[") {
				t.Errorf("line %d: %q", i, line)
			}
		}
		if len(lines) != len(fs)+2 {
			t.Errorf("%d lines", len(lines))
		}
		var report check.Report
		if err := json.Unmarshal([]byte(harmless("json")), &report); err != nil || len(report.Packages) != 2 || len(report.Packages[0].Findings) != len(fs) {
			t.Errorf("%v: %+v", err, report)
		}
		data := harmless("sarif")
		if err := validateSARIF([]byte(data)); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
		if results, _ := readSARIF(t, []byte(data)); len(results) != len(fs) {
			t.Errorf("%d results", len(results))
		}
	})
}
