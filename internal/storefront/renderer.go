package storefront

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/regen-registry/regen/internal/palette"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// rendererVersion changes when this package renders something differently though the site's files are the same.
const rendererVersion = "3"

// Files of a site.
const (
	iconFile    = "icon.svg"
	templateDir = "templates"
	styleDir    = "styles"
	stringsDir  = "strings"
	scriptDir   = "scripts"
)

// A File is a rendered file at its published path.
type File struct {
	Path string
	Data []byte
}

// A Renderer renders pages. It is safe for concurrent use.
type Renderer struct {
	site     wire.Site
	files    map[string][]byte // of the site, by path
	locales  []*locale         // of the pages, the default language's first
	markdown *markdown
	digest   string
	static   map[string][]byte
	style    string                                                   // published path
	icon     string                                                   // published path
	scripts  map[string]string                                        // name without .js → published path
	parsed   map[string]func() (*template.Template, error)            // page → its template, parsed when it is needed
	pages    map[string]map[string]func() (*template.Template, error) // language → page → its template with the language's texts
	buffers  sync.Pool
	fixed    struct {
		sync.Mutex
		by map[[3]string][]File // id, name and base URL of the registry
	}
}

// made are the renderers of this process by what they were made for: preparing templates takes longer than rendering a few pages.
var made struct {
	sync.Mutex
	by map[string]*Renderer
}

// maxMade bounds them.
const maxMade = 8

// For returns the renderer of what a registry says of its storefront, with the files that are built in.
func For(said wire.Site) (*Renderer, error) {
	data, err := wire.Encode(said)
	if err != nil {
		return nil, err
	}
	key := string(data)
	made.Lock()
	defer made.Unlock()
	if r := made.by[key]; r != nil {
		return r, nil
	}
	r, err := New(site.FS, said)
	if err != nil {
		return nil, err
	}
	if made.by == nil || len(made.by) == maxMade {
		made.by = make(map[string]*Renderer, maxMade)
	}
	made.by[key] = r
	return r, nil
}

// New makes a renderer from the built-in files of a site and what a registry says about its own. If that replaces files, then everything is tried on samples, so that a mistake is
// found here: the error is a [ThemeError], which names file and line.
func New(builtIn fs.FS, said wire.Site) (*Renderer, error) {
	if found := checkTheme(said.Files); len(found) > 0 {
		return nil, &ThemeError{found}
	}
	files, err := overlay(builtIn, said.Files)
	if err != nil {
		return nil, err
	}
	said.Languages = languages(said, files)
	r := &Renderer{site: said, files: files, markdown: newMarkdown(), static: make(map[string][]byte), scripts: make(map[string]string)}
	r.buffers.New = func() any { return new(bytes.Buffer) }
	if err := r.loadLocales(); err != nil {
		return nil, r.themeError(err)
	}
	if err := r.loadStatic(); err != nil {
		return nil, err
	}
	if err := r.loadTemplates(); err != nil {
		return nil, r.themeError(err)
	}
	encoded, err := wire.Encode(said)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "storefront %s\n%s\n", rendererVersion, encoded)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(hash, "%s %d\n", name, len(files[name]))
		hash.Write(files[name])
	}
	if err := digestDocs(hash); err != nil {
		return nil, err
	}
	r.digest = hex.EncodeToString(hash.Sum(nil))
	if len(said.Files) > 0 {
		if err := r.Check(); err != nil {
			return nil, r.themeError(err)
		}
	}
	return r, nil
}

// loadLocales reads the texts of each language of the pages. A theme's texts go before the built-in ones of the language, and those before the ones of the default language.
func (r *Renderer) loadLocales() error {
	var first *locale
	read := func(tag string) (*locale, error) {
		file, l := stringsDir+"/"+tag+".yaml", first
		for _, from := range []string{"", themeTexts} {
			data, ok := r.files[from+file]
			if !ok {
				continue
			}
			var err error
			if l, err = parseLocale(tag, file, data, l); err != nil {
				return nil, fmt.Errorf("%s/%w", ThemeDir, err)
			}
		}
		if l == first {
			return nil, fmt.Errorf("%s/%s: is missing, and the pages are to be in that language, too", ThemeDir, file)
		}
		return l, nil
	}
	first, err := read(wire.DefaultLanguage)
	if err != nil {
		return err
	}
	for _, tag := range r.site.Languages {
		l := first
		if tag != wire.DefaultLanguage {
			if l, err = read(tag); err != nil {
				return err
			}
		}
		r.locales = append(r.locales, l)
	}
	return nil
}

// loadStatic makes the files that are published as they are: one stylesheet, the scripts and the mark. Their names hold a digest of the content.
func (r *Renderer) loadStatic() error {
	publish := func(as, ext string, data []byte) string {
		p := wire.StaticPath(as + "." + wire.Sum(data)[:8] + ext)
		r.static[p] = data
		return p
	}
	var styles bytes.Buffer
	for _, name := range namesIn(r.files, styleDir, ".css") {
		styles.Write(r.files[name])
	}
	if r.site.Accent != "" {
		accent, err := palette.Parse(r.site.Accent)
		if err != nil {
			return fmt.Errorf("the storefront's accent: %w", err)
		}
		styles.WriteString(palette.CSS(accent))
	}
	r.style = publish("style", ".css", styles.Bytes())
	for _, name := range namesIn(r.files, scriptDir, ".js") {
		as := strings.TrimSuffix(path.Base(name), ".js")
		r.scripts[as] = publish(as, ".js", r.files[name])
	}
	icon, ok := r.files[iconFile]
	if !ok {
		return fmt.Errorf("read site: %s is missing", iconFile)
	}
	r.icon = publish("icon", ".svg", icon)
	return nil
}

// Languages returns the languages of the pages, the default one first.
func (r *Renderer) Languages() []string { return r.site.Languages }

// StopWords returns the words of a language that the search passes over.
func (r *Renderer) StopWords(lang string) []string {
	for _, l := range r.locales {
		if l.tag == lang {
			return l.stopWords
		}
	}
	return nil
}

// Site returns what the registry says of its storefront.
func (r *Renderer) Site() wire.Site { return r.site }

// Digest returns a SHA-256, in hex, over all that turns state into pages. It changes when the pages would.
func (r *Renderer) Digest() string { return r.digest }

// Static returns the storefront's own files: published path → content. The names hold a digest of the content.
func (r *Renderer) Static() map[string][]byte { return maps.Clone(r.static) }

// each renders files in every language. A file without a path isn't there.
func (r *Renderer) each(renders ...func(l *locale) (File, error)) ([]File, error) {
	files := make([]File, 0, len(renders)*len(r.locales)+1)
	for _, render := range renders {
		for _, l := range r.locales {
			f, err := render(l)
			if err != nil {
				return nil, err
			}
			if f.Path != "" {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// execute renders a page in a language into a slice of its own. page is the file of its template.
func (r *Renderer) execute(l *locale, page string, view any) ([]byte, error) {
	t, err := r.pages[l.tag][page]()
	if err != nil {
		return nil, err
	}
	b := r.buffers.Get().(*bytes.Buffer)
	defer r.buffers.Put(b)
	b.Reset()
	if err := t.Execute(&bounded{Buffer: b, page: page}, view); err != nil {
		return nil, fmt.Errorf("%s%s/%s: %w", whilst, ThemeDir, page, err)
	}
	return bytes.Clone(b.Bytes()), nil
}

// Bounds of a page: a theme's template may count to a billion.
const (
	maxPage  = 8 << 20 // bytes
	maxSteps = 1 << 20 // parts that are written one by one
)

// bounded is a buffer that takes no more than a page.
type bounded struct {
	*bytes.Buffer
	page  string // the file of its template
	steps int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.steps++; b.steps > maxSteps {
		return 0, fmt.Errorf("%s/%s: a page takes more than %d steps, expected templates that come to an end", ThemeDir, b.page, maxSteps)
	}
	if b.Len()+len(p) > maxPage {
		return 0, fmt.Errorf("%s/%s: a page has more than %d bytes", ThemeDir, b.page, maxPage)
	}
	return b.Buffer.Write(p)
}
