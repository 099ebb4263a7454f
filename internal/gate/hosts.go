package gate

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// address finds the host in an address of a text.
var address = regexp.MustCompile(`(?i)\b(?:https?|wss?|ftps?)://(?:[^\s/@"'<>]{0,100}@)?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])`)

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
		name := strings.ToLower(string(text[m[2]:m[3]]))
		if !slices.ContainsFunc(list, func(h host) bool { return h.name == name }) {
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
	}
	for _, word := range []string{"LICENSE", "LICENCE", "COPYING", "CHANGELOG", "NOTICE", "AUTHORS"} {
		if strings.HasPrefix(base, word) {
			return true
		}
	}
	return false
}
