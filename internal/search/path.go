package search

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxPath is how long a path may be: a name, with each letter escaped, and the end.
const maxPath = 6*(maxName+2) + 1

// path returns the way to a key in the trie, which names files, too: letters that aren't ASCII are written as ~ and five hexadecimal digits, and _ ends it, so that no path begins another one.
func path(key string) string {
	if isASCII(key) {
		return key + "_"
	}
	var b strings.Builder
	for _, r := range key {
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
		} else {
			fmt.Fprintf(&b, "~%05x", r)
		}
	}
	b.WriteByte('_')
	return b.String()
}

func isPathByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '~'
}

// shared returns how many bytes two paths begin with alike.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
