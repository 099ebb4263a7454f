// Package starter makes new packages: small ones that work, and that say where their author has to decide something.
//
// The package of a format is one file, templates/<format>.txtar. Its comment says what such a package is, in a few words. Names and contents of its files are templates
// of package text/template, with [[ and ]] as delimiters. A file whose name ends in "| icon" and a number is a picture of that many pixels a side, and in "| icon svg" a
// drawing.
//
// Values of any content come out as what they are in JSON, YAML, PHP, XML or Markdown: none becomes code. Whether they are allowed where they stand, whoever reads
// the package tells: what is made here is to be validated as any other package is.
//
// The same values make the same files. In them is no clock, and nothing of the machine.
package starter

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed templates/*.txtar
var templates embed.FS

// FS returns the templates.
func FS() fs.FS { return templates }

// A Package says what is to be made.
type Package struct {
	Format  string // one that [About] knows
	Vendor  string // of a plugin of Vito
	ID      string
	Title   string // what people know it by
	Summary string // what it does, in one sentence
	Author  string // may be empty: then a name stands there that the author is to replace
	Email   string // may be empty
	Owner   string // the handle on GitHub of who may change it; may be empty
	Day     string // on which it is made, as 2026-01-31
}

// File is a file of a new package.
type File struct {
	Path string // slash-separated, relative to the package's directory
	Data []byte
}

// Has reports whether there is a package to begin with in a format.
func Has(format string) bool { return About(format) != "" }

// About returns what the packages of a format are, in a few words, or "" where there is no such format.
func About(format string) string {
	archive, err := load(format)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(archive.Comment))
}

func load(format string) (*txtar.Archive, error) {
	data, err := templates.ReadFile("templates/" + format + ".txtar")
	if err != nil {
		return nil, fmt.Errorf("there is no new package of format %q", format)
	}
	return txtar.Parse(data), nil
}

// Files returns the files of a new package, sorted by path.
func Files(p Package) ([]File, error) {
	archive, err := load(p.Format)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, f := range archive.Files {
		name, err := p.fill(f.Name, f.Name)
		if err != nil {
			return nil, err
		}
		path, size, isIcon := strings.Cut(string(name), " | icon ")
		var data []byte
		if isIcon {
			data, err = p.draw(size)
		} else {
			data, err = p.fill(f.Name, string(f.Data))
		}
		if err != nil {
			return nil, err
		}
		files = append(files, File{path, data})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// draw returns the icon.
func (p Package) draw(size string) ([]byte, error) {
	if size == "svg" {
		return iconOf(p.ID).svg(), nil
	}
	side, err := strconv.Atoi(size)
	if err != nil {
		return nil, fmt.Errorf("an icon of %q pixels", size)
	}
	return iconOf(p.ID).png(side)
}

func (p Package) fill(name, text string) ([]byte, error) { return Fill(name, text, p) }

// Fill puts values into a template. Its delimiters are [[ and ]], and json, php, xml and md write a text as those languages do.
func Fill(name, text string, values any) ([]byte, error) {
	t, err := template.New(name).Delims("[[", "]]").Funcs(funcs).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, values)
	return b.Bytes(), err
}

// Accent returns the colour of the icon.
func (p Package) Accent() string { return iconOf(p.ID).accent }

// Lead returns what the description begins with: the summary, or where the author hasn't given one yet, what is to stand there.
func (p Package) Lead() string {
	switch {
	case p.Summary == Summary(p.Title):
		return "Say here, in a few sentences, what " + p.Title + " does and for whom."
	case strings.TrimRight(p.Summary, ".!?…") == p.Summary:
		return p.Summary + "."
	}
	return p.Summary
}

// Signed returns the author's name, or what stands in for it.
func (p Package) Signed() string {
	if p.Author == "" {
		return "Your Name"
	}
	return p.Author
}

// Namespace returns the namespace of a plugin of Vito. The panel makes it of the plugin's name: each part in StudlyCase.
func (p Package) Namespace() string {
	return `App\Vito\Plugins\` + studly(p.Vendor) + `\` + studly(p.ID)
}

func studly(name string) string {
	parts := strings.Split(name, "-")
	for i, part := range parts {
		parts[i] = capital(part)
	}
	return strings.Join(parts, "")
}

var funcs = template.FuncMap{
	"json": quote, // which is a text in YAML and TypeScript, too
	"php":  func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" },
	"xml":  template.HTMLEscapeString,
	"md":   markdown.Replace,
}

// quote returns a text as JSON writes it.
func quote(s string) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return strings.TrimSuffix(b.String(), "\n"), err
}

var markdown = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "&", `\&`)
