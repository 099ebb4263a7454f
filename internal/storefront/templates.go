package storefront

import (
	"fmt"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The files of the pages, and of the frame around them.
const (
	layoutFile     = templateDir + "/layout.html"
	homeFile       = templateDir + "/home.html"
	listFile       = templateDir + "/list.html"
	valuesFile     = templateDir + "/values.html"
	packageFile    = templateDir + "/package.html"
	versionsFile   = templateDir + "/versions.html"
	changelogFile  = templateDir + "/changelog.html"
	landingFile    = templateDir + "/landing.html"
	newsFile       = templateDir + "/news.html"
	dayFile        = templateDir + "/day.html"
	monthFile      = templateDir + "/month.html"
	advisoriesFile = templateDir + "/advisories.html"
	advisoryFile   = templateDir + "/advisory.html"
	searchFile     = templateDir + "/search.html"
	notFoundFile   = templateDir + "/404.html"
	docsFile       = templateDir + "/docs.html"
	guideFile      = templateDir + "/guide.html"
	findingsFile   = templateDir + "/findings.html"
	schemasFile    = templateDir + "/schemas.html"
	schemaFile     = templateDir + "/schema.html"
	formatsFile    = templateDir + "/formats.html"
	addFile        = templateDir + "/add.html"
	addFormatFile  = templateDir + "/addformat.html"
)

// pageFiles are the templates of pages. Each defines "main", which the layout frames. All other templates are parts that pages share.
var pageFiles = []string{
	homeFile, listFile, valuesFile, packageFile, versionsFile, changelogFile, landingFile, newsFile, dayFile, monthFile, advisoriesFile, advisoryFile, searchFile, notFoundFile,
	docsFile, guideFile, findingsFile, schemasFile, schemaFile, formatsFile, addFile, addFormatFile,
}

// indent is white space that only serves who reads the template. Line breaks stay, so that errors name the right line.
var indent = regexp.MustCompile(`(?m)^[ \t]+`)

// loadTemplates prepares the pages in each language. They are parsed when they are needed: a run that renders few pages pays for few.
func (r *Renderer) loadTemplates() error {
	names := namesIn(r.files, templateDir, ".html")
	for _, name := range append([]string{layoutFile}, pageFiles...) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("read site: %s is missing", name)
		}
	}
	r.parsed = make(map[string]func() (*template.Template, error), len(pageFiles))
	r.pages = make(map[string]map[string]func() (*template.Template, error), len(r.locales))
	for _, page := range pageFiles {
		r.parsed[page] = sync.OnceValues(func() (*template.Template, error) { return r.parse(page, names) })
	}
	for _, l := range r.locales {
		r.pages[l.tag] = make(map[string]func() (*template.Template, error), len(pageFiles))
		for _, page := range pageFiles {
			r.pages[l.tag][page] = sync.OnceValues(func() (*template.Template, error) {
				t, err := r.parsed[page]()
				if err == nil {
					t, err = t.Clone()
				}
				if err != nil {
					return nil, err
				}
				fold(t, l)
				return t.Funcs(l.funcs()), nil
			})
		}
	}
	return nil
}

// funcs are what templates may call.
func (l *locale) funcs() template.FuncMap {
	return template.FuncMap{"t": l.t, "number": func(n int) string { return l.count(int64(n)) }}
}

// parse reads the template of a page with all parts. A template has the name of its file, since errors begin with it.
func (r *Renderer) parse(page string, names []string) (*template.Template, error) {
	root := template.New(ThemeDir + "/" + layoutFile).Funcs(r.locales[0].funcs())
	for _, name := range names {
		if slices.Contains(pageFiles, name) && name != page {
			continue
		}
		t := root
		if name != layoutFile {
			t = root.New(ThemeDir + "/" + name)
		}
		if _, err := t.Parse(string(indent.ReplaceAll(r.files[name], nil))); err != nil {
			return nil, fmt.Errorf("parse site: %s", strings.TrimPrefix(err.Error(), "template: "))
		}
	}
	if root.Lookup("main") == nil {
		return nil, fmt.Errorf(`parse site: %s/%s:1: the page doesn't define "main"`, ThemeDir, path.Clean(page))
	}
	if len(r.site.Files) > 0 {
		countSteps(root)
	}
	return root, nil
}
