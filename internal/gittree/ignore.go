package gittree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreRule is one line of a .gitignore.
type ignoreRule struct {
	base    string // the directory of the file: "" or ending with a slash
	pattern string // for doublestar
	anchor  bool   // matches the path below base, not just the last name
	dirOnly bool
	keep    bool // "!": what matches isn't ignored
}

// ignoreRules are in the order of files, from the root down, and of lines: the
// last that matches decides.
type ignoreRules []ignoreRule

// with returns the rules with those of a file added. The directory is given by
// its path from the root, "" or ending with a slash.
func (rules ignoreRules) with(file, base string) (ignoreRules, error) {
	if fi, err := os.Lstat(file); err == nil && !fi.Mode().IsRegular() && path.Base(filepath.ToSlash(file)) == ".gitignore" {
		return rules, nil // git doesn't follow such a symlink either
	}
	data, err := readSmall(file, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return rules, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read ignore patterns: %w", err)
	}
	rules = rules[:len(rules):len(rules)] // or siblings would share what is appended
	text := strings.TrimPrefix(string(data), "\ufeff")
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if r, ok := parseIgnore(line, base); ok {
			rules = append(rules, r)
		}
	}
	return rules, nil
}

func parseIgnore(line, base string) (ignoreRule, bool) {
	if strings.HasPrefix(line, "#") {
		return ignoreRule{}, false
	}
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	r := ignoreRule{base: base}
	if line, r.keep = strings.CutPrefix(line, "!"); line == "" {
		return r, false
	}
	if line, r.dirOnly = strings.CutSuffix(line, "/"); line == "" {
		return r, false
	}
	r.anchor = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if rest, ok := strings.CutSuffix(line, "/**"); ok {
		line = rest + "/**/*" // what is in the directory, not itself
	}
	r.pattern = escapeBraces(line)
	return r, doublestar.ValidatePattern(r.pattern)
}

// escapeBraces takes away the meaning that braces have to doublestar alone.
func escapeBraces(s string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			b.WriteByte(c)
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case (c == '{' || c == '}') && !class:
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// ignored reports whether the rules leave out a path from the root. It looks
// at the path alone: what lies in an ignored directory is ignored whatever the
// rules say of it.
func (rules ignoreRules) ignored(p string, dir bool) bool {
	for i := len(rules) - 1; i >= 0; i-- {
		r := rules[i]
		rest, ok := strings.CutPrefix(p, r.base)
		if !ok || r.dirOnly && !dir {
			continue
		}
		if !r.anchor {
			rest = path.Base(rest)
		}
		if ok, _ := doublestar.Match(r.pattern, rest); ok {
			return !r.keep
		}
	}
	return false
}
