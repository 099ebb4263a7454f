package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/picture"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Dropserver is the format of apps for Dropserver, a host of small web apps on Deno: a dropapp.json, packed as <id>-<version>.tar.gz with all files at the
// root, where dropapp.json says the day of the release, too.
//
// The rules beside those of schema/dropserver.schema.json are those of the hosts (https://github.com/teleclimber/Dropserver, cmd/ds-host/appops):
//
//   - dropapp.json has at most 10 KiB with the day of the release in it (dropserver/manifest-size), and the source doesn't say that day
//     (dropserver/release-date).
//   - The app begins with the entrypoint, else with app.ts or app.js, exactly one of which there is (dropserver/entrypoint).
//   - Schema and migrations fit together: see dropserver_migrations.go.
//   - A path in the manifest has neither .. nor a backslash, and a slash before it counts for nothing.
//   - Warnings: no name or one of more than 30 characters (dropserver/name), no short description or one of more than 60 (dropserver/short-description),
//     an accent colour that CSS doesn't know (dropserver/accent-color), a changelog without a section on this version (dropserver/changelog-section), and an
//     icon that isn't a square PNG, JPEG or WebP of at least 160 pixels and up to 50 KiB that doesn't move (image/…).
//   - What the code imports from elsewhere is listed in [wire.Facts.Ext]: see dropserver_imports.go.
type Dropserver struct{}

const (
	dropManifest  = stamp.DropManifest
	dropChangelog = "changelog.txt"
	// What hosts read of a manifest, in bytes, and show of two texts, in characters (cmd/ds-host/domain/constants.go).
	dropManifestSize = 10 << 10
	dropName         = 30
	dropDescription  = 60
	mostAuthors      = 50 // as in the schema
)

var dropIcon = picture.Rule{What: "the icon", Kinds: []picture.Kind{"png", "jpeg", "webp"}, MaxBytes: 50 << 10, Square: true, MinSide: 160,
	Severity: check.Warning}

// Name implements [Format].
func (Dropserver) Name() string { return "dropserver" }

// Manifest implements [Format].
func (Dropserver) Manifest() string { return dropManifest }

// Documents implements [Format].
func (Dropserver) Documents() []Document {
	return []Document{{
		Name: "dropserver", Title: "dropapp.json of a Dropserver app", About: "The manifest of an app for Dropserver, a host of small web apps.", Root: DropApp{},
		Sample: map[string]any{
			"name": "Guest Book", "short-description": "Lets visitors leave a few words", "version": "1.0.0", "entrypoint": "app.ts",
			"schema": 1, "migrations": []any{map[string]any{"direction": "up", "schema": 1}, map[string]any{"direction": "down", "schema": 1}},
			"icon": "icon.png", "accent-color": "#3b82f6", "changelog": "changelog.txt",
			"authors": []any{map[string]any{"name": "Ada Example", "email": "ada@example.org", "url": "https://example.org/ada"}},
			"code":    "https://example.org/guest-book/source", "website": "https://example.org/guest-book", "funding": "https://example.org/donate",
			"license": "MIT", "license-file": "LICENSE",
		},
	}}
}

// Prefix implements [Format].
func (Dropserver) Prefix(string) string { return "" }

// Detect implements [Format].
func (Dropserver) Detect(names []string) bool { return slices.Contains(names, dropManifest) }

// Excluded implements [Format]. Besides what every format leaves out, that is whatever is, or lies in, something whose name begins with a dot: Dropserver's own
// packager leaves that out, too.
func (Dropserver) Excluded(path string) bool {
	return Excluded(path) || path == SidecarFile || strings.HasPrefix(path, ".") || strings.Contains(path, "/.")
}

// A dropserver reads one app.
type dropserver struct {
	*source
	DropApp
}

// Read implements [Format].
func (Dropserver) Read(p Package, env Env) (Manifest, check.Findings) {
	var d dropserver
	d.source = newSource(p, env, "dropserver", dropManifest, "dropserver", &d.DropApp)
	d.whole()
	if d.top == nil {
		return d.manifest(Artifact{})
	}
	d.setVersion(d.Version)
	f := &d.facts
	f.Name = d.short("name", "dropserver/name", d.Name, dropName)
	f.Summary = d.short("short-description", "dropserver/short-description", d.ShortDescription, dropDescription)
	d.start()
	d.data()
	d.listing()
	d.changes()
	d.code()
	d.settled()
	d.fill()
	return d.manifest(Artifact{Name: p.ID + "-" + d.version + ".tar.gz", Files: p.Files})
}

// settled leaves to the sidecar nothing that hosts take from the manifest, or that the files tell, where that is 0 or no.
func (d *dropserver) settled() {
	c := &d.sidecar
	if c.DataSchema != 0 && d.facts.DataSchema == 0 {
		d.ignored("data_schema", d.side.Get("data_schema"))
		c.DataSchema = 0
	}
	if c.Vendored && !d.facts.Vendored {
		d.beside(check.Warning, d.side.Get("vendored"), "sidecar/ignored", "remove it from "+SidecarFile,
			"vendored is ignored, since there is no directory vendor, and deno.json doesn't ask for one")
		c.Vendored = false
	}
}

// whole checks the manifest as a file.
func (d *dropserver) whole() {
	file := d.pkg.File(dropManifest)
	if file == nil {
		return // newSource has told
	}
	if n := len(stamp.Dated(file.Data, 0)); n > dropManifestSize {
		d.file(check.Error, "dropserver/manifest-size", dropManifest, "shorten its texts, or move them into README.md",
			"%s has %d bytes with the release-date that it is packed with, expected at most %d, since hosts read no more", dropManifest, n, dropManifestSize)
	}
	if at := d.top.Get("release-date"); at != nil {
		d.at(at, "dropserver/release-date", "remove it", "%s has a release-date, expected none, since it is set when the app is packed", dropManifest)
	}
}

// short takes a text that hosts show in little room.
func (d *dropserver) short(key, code string, text DropLine, longest int) wire.Text {
	at := d.top.Get(key)
	if at != nil && at.Kind != strictjson.String {
		return nil // the schema has told
	}
	trimmed := strings.TrimSpace(string(text))
	hint := fmt.Sprintf("say it in %d characters or fewer", longest)
	switch n := graphemes(trimmed); {
	case at == nil:
		d.note(check.Warning, nil, code, hint, "%s has no %s, expected one, since hosts show it", dropManifest, key)
	case n == 0:
		d.note(check.Warning, at, code, hint, "%s is empty, expected a text, since hosts show it", key)
	case n > longest:
		d.note(check.Warning, at, code, hint, "%s has %d characters, expected at most %d, since not all devices show more", key, n, longest)
	}
	return d.title(key, trimmed)
}

// start finds the module that a host runs.
func (d *dropserver) start() {
	if at := d.top.Get("entrypoint"); at != nil {
		if file := d.inPackage(d.Entrypoint, at); file != nil {
			d.facts.Entrypoint = file.Path
		}
		return
	}
	var found []string
	for _, name := range []string{"app.ts", "app.js"} {
		if d.pkg.File(name) != nil {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		d.note(check.Error, nil, "dropserver/entrypoint", "add app.ts, or name the module that a host runs in entrypoint",
			"there is neither app.ts nor app.js, expected one of them, or an entrypoint in %s", dropManifest)
	case 1:
		d.facts.Entrypoint = found[0]
	default:
		d.note(check.Error, nil, "dropserver/entrypoint", `write "entrypoint": "app.ts", or remove one of the two`,
			"there are both app.ts and app.js, expected one of them, or an entrypoint in %s", dropManifest)
	}
}

// inPackage returns the file that the manifest names, by a path as hosts read it.
func (d *dropserver) inPackage(name DropPath, at *strictjson.Value) *File {
	if name == "" {
		return nil // the schema has told
	}
	clean := strings.TrimPrefix(path.Clean(string(name)), "/")
	if clean == "" {
		clean = "."
	}
	return d.named(clean, at)
}

// listing takes what a listing shows.
func (d *dropserver) listing() {
	f := &d.facts
	if file := d.inPackage(d.Icon, d.top.Get("icon")); file != nil {
		f.Icons = []wire.Image{d.image(file, dropIcon)}
	}
	if color := strings.TrimSpace(d.AccentColor); isCSSColor(color) {
		f.AccentColor = color
	} else if color != "" {
		d.note(check.Warning, d.top.Get("accent-color"), "dropserver/accent-color", `write it like "#3b82f6"`,
			"accent-color is %s, expected a colour of CSS: hexadecimal digits after #, rgb(), hsl() or a name; hosts ignore it", wording.Quote(color))
	}
	for i, a := range d.Authors[:min(len(d.Authors), mostAuthors)] {
		at := item(d.top.Get("authors"), i)
		d.listed(dropManifest, fmt.Sprintf("authors[%d].name", i), string(a.Name), at.Get("name"))
		author := wire.Author{Name: string(a.Name), Email: string(a.Email), URL: d.link(a.URL, at.Get("url"))}
		if author != (wire.Author{}) {
			f.Authors = append(f.Authors, author)
		}
	}
	f.Repository = d.link(d.Code, d.top.Get("code"))
	f.Homepage = d.link(d.Website, d.top.Get("website"))
	if address := d.link(d.Funding, d.top.Get("funding")); address != "" {
		f.Funding = []wire.Text{{wire.DefaultLanguage: address}}
	}
	if d.License != "" {
		f.License = d.spdx(dropManifest, string(d.License), d.top.Get("license"))
	}
	if file := d.inPackage(d.LicenseFile, d.top.Get("license-file")); file != nil {
		text := d.readable(file)
		f.LicenseFile = &text
	}
}

func (d *dropserver) link(address URL, at *strictjson.Value) string {
	if at != nil && d.found(dropManifest, at.Pos) {
		return "" // the schema has told
	}
	return d.addressIn(dropManifest, string(address), at)
}
