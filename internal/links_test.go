package internal_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// Every relative link in this repo's Markdown leads to a file that is there, and each one to a heading to a heading that the file has. What a new registry
// gets is looked at by a test of internal/scaffold.
func TestLinks(t *testing.T) {
	var (
		fence   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
		code    = regexp.MustCompile("`[^`\n]*`")
		inline  = regexp.MustCompile(`\]\(([^)\s]+)(?: "[^"]*")?\)`)
		heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?)\s*$`)
	)
	headings := func(text string) (list []string) {
		for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			list = append(list, anchor(m[1]))
		}
		return list
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		}
		return string(data)
	}
	links := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if base := d.Name(); base == ".git" || base == "testdata" || name == "internal/scaffold/files" || name == "public" {
				return fs.SkipDir
			}
			return nil
		case path.Ext(name) != ".md":
			return nil
		}
		text := read(name)
		for _, m := range inline.FindAllStringSubmatch(code.ReplaceAllString(fence.ReplaceAllString(text, ""), "code"), -1) {
			target, to, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") {
				continue
			}
			links++
			there := text
			if target != "" {
				target = path.Join(path.Dir(name), target)
				if info, err := os.Stat(filepath.Join("..", filepath.FromSlash(target))); err != nil {
					t.Errorf("%s links to %s, which isn't there", name, m[1])
					continue
				} else if info.IsDir() || to == "" {
					continue
				}
				there = read(target)
			}
			if to != "" && !slices.Contains(headings(there), to) {
				t.Errorf("%s links to %s, which has no such heading", name, m[1])
			}
		}
		return nil
	})
	if err != nil || links < 60 {
		t.Errorf("%d links: %v", links, err)
	}
}

// anchor returns what GitHub makes of a heading: lower case, without punctuation, with hyphens for spaces.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
