package gate

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// address finds what stands between the slashes of an address, with a name and a port: up to a character that ends it for some program. Programs take a backslash for a slash, and
// any number of them.
var address = regexp.MustCompile("(?i)\\b(?:https?|wss?|ftps?):[/\\\\]+([^\\s/\\\\?#\"'`<>]+)")

// hostOf returns the host of such a part, "" where there is none. It is as the text has it, whatever the characters: one that it would cut short could pass for another.
func hostOf(part string) string {
	part = part[strings.LastIndexByte(part, '@')+1:]
	if strings.HasPrefix(part, "[") {
		if i := strings.IndexByte(part, ']'); i > 0 {
			return strings.ToLower(part[:i+1])
		}
	}
	part, _, _ = strings.Cut(part, ":")
	part = strings.TrimRight(part, ".,;!)]}") // of the sentence that it stands in
	if strings.IndexFunc(part, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return ""
	}
	return clip(strings.ToLower(part), 300)
}

// A host is one that a text names, and where it does first.
type host struct {
	name string
	line int
}

// hostsIn returns the hosts that some lines of a text name, in the order of the text, each once. Without lines, it is all of them.
func hostsIn(text []byte, touched map[int]bool) []host {
	var list []host
	line, offset := 1, 0
	for _, m := range address.FindAllSubmatchIndex(text, -1) {
		for ; offset < m[2]; offset++ {
			if text[offset] == '\n' {
				line++
			}
		}
		if touched != nil && !touched[line] {
			continue
		}
		name := hostOf(string(text[m[2]:m[3]]))
		if name != "" && !slices.ContainsFunc(list, func(h host) bool { return h.name == name }) {
			list = append(list, host{name, line})
		}
		if len(list) > MaxItems {
			break
		}
	}
	return list
}

// speaksOf reports whether the addresses in a file are for people to follow, and not for the package to talk to: documents, and pictures, which name the
// address of their format.
func speaksOf(name string) bool {
	base := strings.ToUpper(path.Base(name))
	switch path.Ext(base) {
	case ".MD", ".SVG":
		return true
	case "", ".TXT":
		return slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "CHANGELOG", "NOTICE", "AUTHORS"}, func(word string) bool { return strings.HasPrefix(base, word) })
	}
	return false
}
