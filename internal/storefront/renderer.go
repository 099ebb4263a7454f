package storefront

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"sync"

	"github.com/regen-registry/regen/internal/wire"
)

// rendererVersion changes when this package renders something differently though the site's files are the same.
const rendererVersion = "2"

// Files of a site.
const (
	styleFile   = "style.css"
	iconFile    = "icon.svg"
	templateDir = "templates"
)

// A Renderer renders pages. It is safe for concurrent use.
type Renderer struct {
	pages    map[string]*template.Template // by the name of their file
	markdown *markdown
	digest   string
	static   map[string][]byte
	style    string // published path
	icon     string // published path
	buffers  sync.Pool
}

// New makes a renderer from the files of a site. Every template is tried on samples, so that a mistake in
// one is found here; the error names file and line.
func New(site fs.FS) (*Renderer, error) {
	r := &Renderer{markdown: newMarkdown(), static: make(map[string][]byte)}
	r.buffers.New = func() any { return new(bytes.Buffer) }
	hash := sha256.New()
	fmt.Fprintf(hash, "storefront %s\n", rendererVersion)
	read := func(name string) ([]byte, error) {
		data, err := fs.ReadFile(site, name)
		if err != nil {
			return nil, fmt.Errorf("read site: %w", err)
		}
		fmt.Fprintf(hash, "%s %d\n", name, len(data))
		hash.Write(data)
		return data, nil
	}
	var err error
	if r.pages, err = parseTemplates(site, read); err != nil {
		return nil, err
	}
	for _, file := range []struct {
		name string
		path *string
		as   string // name and extension between which the digest goes
		ext  string
	}{
		{styleFile, &r.style, "style.", ".css"},
		{iconFile, &r.icon, "icon.", ".svg"},
	} {
		data, err := read(file.name)
		if err != nil {
			return nil, err
		}
		*file.path = wire.StaticPath(file.as + wire.Sum(data)[:8] + file.ext)
		r.static[*file.path] = data
	}
	r.digest = hex.EncodeToString(hash.Sum(nil))
	if err := r.try(); err != nil {
		return nil, fmt.Errorf("check site: %w", err)
	}
	return r, nil
}

// Digest returns a SHA-256, in hex, over all that turns state into pages. It changes when the pages would.
func (r *Renderer) Digest() string { return r.digest }

// Static returns the storefront's own files: published path → content. The names hold a digest of the content.
func (r *Renderer) Static() map[string][]byte { return maps.Clone(r.static) }

// execute renders a page into a slice of its own.
func (r *Renderer) execute(page string, view any) ([]byte, error) {
	b := r.buffers.Get().(*bytes.Buffer)
	defer r.buffers.Put(b)
	b.Reset()
	if err := r.pages[page].Execute(b, view); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return bytes.Clone(b.Bytes()), nil
}
