package storefront

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

// ThemeDir is where a registry's repo has files that take the place of the storefront's own.
const ThemeDir = "site"

// Bounds of a theme.
const (
	MaxThemeFiles = 200
	MaxThemeFile  = 256 << 10 // bytes of one file
	MaxTheme      = 2 << 20   // bytes of all that it changes
)

// themed are the directories of what a theme may have, with the ends of names.
var themed = map[string]string{templateDir: ".html", styleDir: ".css", stringsDir: ".yaml"}

// ThemeFile reports whether a file of the directory [ThemeDir], named by its path below it, belongs to a theme. Notes for people (*.md) don't, and are passed over; the error is for any other.
// Scripts can't be replaced: a theme changes how pages look and what they say, not what they do.
func ThemeFile(name string) (bool, error) {
	if name == iconFile {
		return true, nil
	}
	if path.Ext(name) == ".md" {
		return false, nil
	}
	if ext := themed[path.Dir(name)]; ext != "" && path.Ext(name) == ext {
		return true, nil
	}
	return false, errors.New("is no file of a theme, expected templates/*.html, styles/*.css, strings/<language>.yaml or icon.svg")
}

// themeTexts is where [overlay] puts a theme's texts in a language that is built in: they need not be all.
const themeTexts = "theme/"

// overlay returns the files of a site: the built-in ones, and in their place or beside them those of a theme.
func overlay(builtIn fs.FS, theme map[string]string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	err := fs.WalkDir(builtIn, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(builtIn, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read site: %w", err)
	}
	for name, content := range theme {
		if files[name] != nil && path.Dir(name) == stringsDir {
			name = themeTexts + name
		}
		files[name] = []byte(content)
	}
	return files, nil
}

// Theme returns what the files of a registry's directory [ThemeDir] change: those that differ from the built-in ones. names are paths below it. Where there are files that no theme has, or they are
// too large, the error is a [ThemeError]. A directory with Go sources is that of this program, and no theme.
func Theme(builtIn fs.FS, files map[string][]byte) (map[string]string, error) {
	for name := range files {
		if path.Ext(name) == ".go" {
			return nil, nil
		}
	}
	theme := make(map[string]string)
	var found check.Findings
	size := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		if have, err := fs.ReadFile(builtIn, name); err == nil && string(have) == string(data) {
			continue
		}
		ok, err := ThemeFile(name)
		if err != nil {
			found = append(found, themeFinding(name, 0, 0, themeHint, "%v", err))
		}
		if ok {
			theme[name] = string(data)
			size += len(data)
		}
	}
	if size > MaxTheme {
		found = append(found, check.Finding{Severity: check.Error, Path: ThemeDir, Message: fmt.Sprintf("the files have %d bytes, expected at most %d", size, MaxTheme), Hint: "leave out the files that change nothing"})
	}
	if len(found) > 0 {
		return nil, &ThemeError{found}
	}
	if len(theme) == 0 {
		return nil, nil
	}
	return theme, nil
}

// names returns the files of a directory, sorted.
func namesIn(files map[string][]byte, dir, ext string) []string {
	var names []string
	for name := range files {
		if strings.HasPrefix(name, dir+"/") && path.Ext(name) == ext {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Languages returns the languages of a site's pages: those that it names, else all that there are texts in, the default one first.
func languages(site wire.Site, files map[string][]byte) []string {
	list := site.Languages
	if len(list) == 0 {
		list = []string{wire.DefaultLanguage}
		for _, name := range namesIn(files, stringsDir, ".yaml") {
			if tag := strings.TrimSuffix(path.Base(name), ".yaml"); tag != wire.DefaultLanguage {
				list = append(list, tag)
			}
		}
	}
	return list
}
