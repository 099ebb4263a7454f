package storefront

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"slices"
)

// The files of the pages, and of the frame around them.
const (
	layoutFile  = templateDir + "/layout.html"
	homeFile    = templateDir + "/home.html"
	releaseFile = templateDir + "/release.html"
	shelfFile   = templateDir + "/shelf.html"
	landingFile = templateDir + "/landing.html"
)

var pageFiles = []string{homeFile, releaseFile, shelfFile, landingFile}

// indent is white space that only serves who reads the template. Line breaks stay, so that errors name the right line.
var indent = regexp.MustCompile(`(?m)^[ \t]+`)

// parseTemplates returns the pages by the name of their file. A template has the name of its file, since errors begin with it.
func parseTemplates(site fs.FS, read func(string) ([]byte, error)) (map[string]*template.Template, error) {
	names, err := fs.Glob(site, templateDir+"/*.html")
	if err != nil {
		return nil, fmt.Errorf("read site: %w", err)
	}
	for _, name := range append([]string{layoutFile}, pageFiles...) {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("read site: %s is missing", name)
		}
	}
	slices.Sort(names)
	sources := make(map[string]string, len(names))
	for _, name := range names {
		data, err := read(name)
		if err != nil {
			return nil, err
		}
		sources[name] = string(indent.ReplaceAll(data, nil))
	}
	pages := make(map[string]*template.Template, len(pageFiles))
	for _, page := range pageFiles {
		root := template.New(layoutFile)
		for _, name := range names {
			if slices.Contains(pageFiles, name) && name != page {
				continue
			}
			t := root
			if name != layoutFile {
				t = root.New(name)
			}
			if _, err := t.Parse(sources[name]); err != nil {
				return nil, fmt.Errorf("parse site: %w", err)
			}
		}
		if root.Lookup("main") == nil {
			return nil, fmt.Errorf(`parse site: %s:1: the page doesn't define "main"`, path.Clean(page))
		}
		pages[page] = root
	}
	return pages, nil
}
