package storefront

import (
	"maps"
	"path"
	"slices"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	pictures "github.com/regen-registry/regen/internal/picture"
)

// checkTheme finds what is wrong with the files of a theme, each by itself.
func checkTheme(files map[string]string) check.Findings {
	var found check.Findings
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content := files[name]
		switch {
		case !utf8.ValidString(content):
			found = append(found, themeFinding(name, 0, 0, "save the file as UTF-8", "isn't UTF-8"))
		case name == iconFile:
			_, faults := pictures.Check(ThemeDir+"/"+name, []byte(content), pictures.Rule{What: "the mark", Kinds: []pictures.Kind{pictures.SVG}})
			found = append(found, faults.Errors()...)
		case path.Ext(name) == ".css":
			found = append(found, checkStyle(name, content)...)
		case path.Ext(name) == ".html":
			found = append(found, checkTemplate(name, content)...)
		}
	}
	return found
}
