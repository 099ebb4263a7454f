package main

import "testing"

// What comes from outside is no command of a CI system and no control of a terminal, in no line of it.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain, é\nand more":         "plain, é\nand more",
		"a\n  ::error::b":            "a\n  \\u003a:error::b",
		"a ##[error]b ##":            `a \u0023#[error]b ##`,
		"a ##vso[task.setvariable]b": `a \u0023#vso[task.setvariable]b`,
		"\x1b[31mred\u202e\r":        `\u001b[31mred\u202e\u000d`,
		"\t::error::":                "    \\u003a:error::",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}
