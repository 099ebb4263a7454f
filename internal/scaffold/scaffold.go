package scaffold

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/starter"
)

//go:embed all:files
var embedded embed.FS

// Params are what the files of a registry's repo hang on.
type Params struct {
	ID         string   // of the registry
	Name       string   // what people are shown as its name
	BaseURL    string   // where it will be published, or ""
	Formats    []string // that it takes
	Packages   []string // where packages lie, as registry.yaml has it: plugins/*
	Maintainer string   // the handle on GitHub of who runs it, or ""
	Self       bool     // whether this is the repo of regen itself
	Action     string   // what workflows use to install regen, with its comment: see [Pinned]
}

// Format returns the registry's only format, or "" where it takes several.
func (p Params) Format() string {
	if len(p.Formats) == 1 {
		return p.Formats[0]
	}
	return ""
}

// Dir returns the first of the directories that packages lie in.
func (p Params) Dir() string { return strings.TrimSuffix(p.Packages[0], "/*") }

// Docs returns where the documentation of regen is, as links have it.
func (p Params) Docs() string {
	if p.Self {
		return "docs/"
	}
	return "https://" + Module + "/blob/main/docs/"
}

// New returns the params of a registry with a configuration. Its maintainer and action are still missing.
func New(cfg config.Config) Params {
	return Params{ID: cfg.ID, Name: cfg.Name, BaseURL: cfg.BaseURL, Formats: cfg.Formats, Packages: cfg.Packages}
}

// File is a file of a repo.
type File struct {
	Path   string // slash-separated, from the top
	Data   []byte
	Edited bool // whether people are meant to edit it
}

// edited are the files that people are meant to edit: they are what tells one registry from another.
var edited = []string{".gitattributes", ".github/CODEOWNERS", ".gitignore", "README.md", "owners.yaml", "registry.yaml"}

// editedElsewhere are those that operators may add to, and that the repo of regen itself has as they are here.
var editedElsewhere = []string{"CONTRIBUTING.md", "SECURITY.md"}

// Files returns the files of a repo, sorted by path.
func Files(p Params) ([]File, error) {
	templates, err := fs.Sub(embedded, "files")
	if err != nil {
		return nil, err
	}
	return files(p, templates)
}

func files(p Params, templates fs.FS) ([]File, error) {
	list, err := bindings(p)
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(templates, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates, path)
		if err != nil {
			return err
		}
		data, err := starter.Fill(path, string(text), p)
		list = append(list, File{path, data, slices.Contains(edited, path) || !p.Self && slices.Contains(editedElsewhere, path)})
		return err
	})
	slices.SortFunc(list, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return list, err
}
