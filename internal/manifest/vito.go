package manifest

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Vito is the format of plugins of the server panel Vito: a composer.json with extra.vito, packed as <id>-<version>.zip with
// all files below <id>/.
//
// The rules, with the codes of their findings:
//
//   - name is vendor/package, package being the directory's name (vito/name, vito/directory, id/invalid); version is
//     semantic (vito/version); type, if there, is vito-plugin (vito/type); description has 1 to 300 characters (vito/description).
//   - extra.vito has no keys but those known (vito/unknown-key). It has to have name, 1 to 80 characters (vito/title), and icon
//     (vito/icon); categories, homepage, repository, author, official, min_vito_version and screenshots may be there.
//   - autoload.psr-4 maps App\Vito\Plugins\<Vendor>\<Package>\ to "" (vito/psr-4), and Plugin.php declares that namespace
//     (vito/namespace) and in it the class Plugin (vito/plugin-class).
//   - There is a README.md (vito/readme). The icon is an SVG of up to 512 KiB, or a square PNG of at least 256 pixels and up to 1 MiB; a
//     screenshot is a PNG of exactly 1600×1000 and up to 3 MiB (vito/icon, vito/screenshots, image/…).
//   - Packages in require, besides php, are for somebody to review (vito/require, a warning).
type Vito struct{}

const (
	vitoManifest = "composer.json"
	vitoClass    = "Plugin"
	vitoSource   = "Plugin.php"
)

// Name implements [Format].
func (Vito) Name() string { return "vito" }

// Manifest implements [Format].
func (Vito) Manifest() string { return vitoManifest }

// Prefix implements [Format]: a host unpacks into its directory of plugins.
func (Vito) Prefix(id string) string { return id + "/" }

// Detect implements [Format].
func (Vito) Detect(has func(string) bool) bool { return has(vitoManifest) }

// Excluded implements [Format]. Besides what every format leaves out, those are the directories vendor, tests and Tests, and three files of Composer's and
// PHPUnit's, at the top of the package alone. There Composer and PHPUnit put them; deeper down, the names are the plugin's own: Laravel, which Vito is made
// with, looks for views in resources/views/vendor, and a class below src/Tests is loaded by its path. To leave out too little costs bytes; to leave out
// too much breaks a plugin on every server, and nobody sees it in the repo.
func (Vito) Excluded(path string) bool {
	return Excluded(path) || excludedAtTop(path, vitoDirs, vitoFiles)
}

var (
	vitoDirs  = []string{"vendor", "tests", "Tests"}
	vitoFiles = []string{"composer.lock", "phpunit.xml", "phpunit.xml.dist", "regen.yaml"}
)

// Keys that are read, and so aren't kept in Facts.Ext.
var (
	composerKeys = []string{"name", "description", "version", "license", "keywords", "authors", "support", "funding", "extra"}
	vitoKeys     = []string{"name", "icon", "categories", "homepage", "repository", "author", "official", "min_vito_version", "screenshots"}
)

// A vito reads one plugin.
type vito struct {
	*source
	facts wire.Facts
}

// Read implements [Format].
func (Vito) Read(p Package, lim Limits) (Manifest, check.Findings) {
	v := vito{source: &source{pkg: p, name: vitoManifest}}
	v.facts.Code, v.facts.Entrypoint = "php", vitoSource
	m := Manifest{Format: Vito{}.Name()}
	if err := wire.CheckID(p.ID); err != nil {
		v.findings = append(v.findings, check.Finding{
			Code: "id/invalid", Severity: check.Error, Path: p.Dir, Message: err.Error(), Hint: "rename the directory, and the package in the manifest",
		})
	}
	if top := v.parse(lim); top != nil {
		m.Version = v.version(v.required(top, "version", vitoManifest, "vito/version", "a semantic version such as 1.0.0"))
		m.Channel = wire.ChannelOf(m.Version)
		m.ArtifactName = p.ID + "-" + m.Version + ".zip"
		v.composer(top)
		extra := v.object(v.required(top, "extra", vitoManifest, "vito/required", `{"vito": {…}}`), "extra")
		v.plugin(v.object(v.required(extra, "vito", "extra", "vito/required", "what Vito needs to know of the plugin"), "extra.vito"))
		v.namespace(top)
	}
	v.documents()
	m.Facts = v.facts
	for _, file := range m.Facts.Assets() {
		m.Assets = append(m.Assets, file.Path)
	}
	v.findings.Sort()
	return m, v.findings
}

// composer reads what Composer itself defines (https://getcomposer.org/doc/04-schema.md).
func (v *vito) composer(top *strictjson.Value) {
	if t := top.Get("type"); v.is(t, strictjson.String, "type") && t.String != "vito-plugin" {
		v.at(t.Pos, "vito/type", `write "vito-plugin", or leave the key out`, "type is %s, expected \"vito-plugin\"", wording.Quote(t.String))
	}
	if text := v.shown(v.required(top, "description", vitoManifest, "vito/description", "a text of 1 to 300 characters"), "description", "vito/description", 300); text != "" {
		v.facts.Summary = wire.Text{wire.DefaultLanguage: text}
	}
	v.facts.License = v.license(top.Get("license"))
	v.facts.Keywords = v.shownList(top.Get("keywords"), "keywords", "vito/keywords", 100, 100)
	v.facts.Requires = v.requires(top.Get("require"))
	v.facts.Authors = v.authors(top.Get("authors"))
	v.facts.Funding = v.funding(top.Get("funding"))
	v.facts.Support = v.support(v.object(top.Get("support"), "support"))

	ext := v.rest(top, composerKeys)
	if extra := top.Get("extra"); extra != nil && extra.Kind == strictjson.Object {
		if rest := v.rest(extra, []string{"vito"}); len(rest) > 0 {
			ext["extra"] = rest
		}
	}
	if name := top.Get("name"); name != nil {
		ext["name"] = name.Any()
	}
	v.facts.Ext = map[string]any{"composer": ext}
}

func (v *vito) version(value *strictjson.Value) string {
	if !v.is(value, strictjson.String, "version") {
		return ""
	}
	if err := wire.CheckVersion(value.String); err != nil {
		hint := ""
		if bare := strings.TrimPrefix(value.String, "v"); wire.CheckVersion(bare) == nil {
			hint = "write it without the v: " + bare
		}
		v.at(value.Pos, "vito/version", hint, "%v", err)
		return ""
	}
	return value.String
}

// plugin reads extra.vito.
func (v *vito) plugin(x *strictjson.Value) {
	const where = "extra.vito"
	v.closed(x, where, "vito/unknown-key", vitoKeys)
	if name := v.shown(v.required(x, "name", where, "vito/required", "the plugin's name, as people read it"), "extra.vito.name", "vito/title", 80); name != "" {
		v.facts.Name = wire.Text{wire.DefaultLanguage: name}
	}
	v.icon(v.required(x, "icon", where, "vito/required", "the path of an .svg or .png in the plugin"))
	v.screenshots(x.Get("screenshots"))
	v.facts.Categories = v.categories(x.Get("categories"))
	v.facts.Homepage = v.url(x.Get("homepage"), "extra.vito.homepage", "https", "http")
	v.facts.Repository = v.url(x.Get("repository"), "extra.vito.repository", "https", "http")
	v.author(v.object(x.Get("author"), "extra.vito.author"))
	if x != nil && len(v.facts.Authors) == 0 {
		v.file(check.Warning, "listing/authors", vitoManifest, `write "author": {"name": "…"} in extra.vito`, "there is no author, expected one, so that people know whom to ask")
	}
	v.facts.HostAPI = v.hostAPI(x.Get("min_vito_version"))
	if official := x.Get("official"); v.is(official, strictjson.Bool, "extra.vito.official") && official.Bool {
		v.facts.Ext["official_requested"] = true // the registry's configuration decides
	}
}

func (v *vito) icon(value *strictjson.Value) {
	file := v.named(value, "extra.vito.icon", "vito/icon", ".svg", ".png")
	switch {
	case file == nil:
	case strings.HasSuffix(file.Path, ".svg"):
		v.facts.Icons = []wire.Image{v.svg(file, "the icon", "vito/icon", 512<<10)}
	default:
		v.facts.Icons = []wire.Image{v.png(file, pngRule{what: "the icon", code: "vito/icon", maxBytes: 1 << 20, minSide: 256})}
	}
}

func (v *vito) screenshots(value *strictjson.Value) {
	var seen []string
	for i, item := range v.items(value, "extra.vito.screenshots", "vito/screenshots", 6) {
		what := fmt.Sprintf("item %d of extra.vito.screenshots", i+1)
		file := v.named(item, what, "vito/screenshots", ".png")
		switch {
		case file == nil:
		case slices.Contains(seen, file.Path):
			v.at(item.Pos, "vito/screenshots", "remove one of the two", "extra.vito.screenshots has %s twice", wording.Quote(file.Path))
		default:
			seen = append(seen, file.Path)
			rule := pngRule{what: "the screenshot", code: "vito/screenshots", maxBytes: 3 << 20, width: 1600, height: 1000}
			v.facts.Screenshots = append(v.facts.Screenshots, v.png(file, rule))
		}
	}
}

func (v *vito) categories(value *strictjson.Value) []string {
	const maxSlug = 64 // bytes, so that a catalogue entry holds eight
	var list []string
	for i, item := range v.items(value, "extra.vito.categories", "vito/categories", 8) {
		switch {
		case !v.is(item, strictjson.String, fmt.Sprintf("item %d of extra.vito.categories", i+1)):
		case !isSlug(item.String) || len(item.String) > maxSlug:
			v.at(item.Pos, "vito/categories", "write it like server-monitoring", "the category %s isn't a slug, expected lower-case letters, digits and inner hyphens, at most %d", wording.Quote(item.String), maxSlug)
		case slices.Contains(list, item.String):
			v.at(item.Pos, "vito/categories", "remove one of the two", "extra.vito.categories has %s twice", wording.Quote(item.String))
		default:
			list = append(list, item.String)
		}
	}
	return list
}

// author reads extra.vito.author. It stands before Composer's authors, and is one with that of the same name.
func (v *vito) author(x *strictjson.Value) {
	const where = "extra.vito.author"
	v.closed(x, where, "vito/unknown-key", []string{"name", "github", "email"})
	author := wire.Author{
		Name:  v.shown(x.Get("name"), where+".name", "vito/author", 100),
		Email: v.email(x.Get("email"), where+".email"),
	}
	if github := x.Get("github"); v.is(github, strictjson.String, where+".github") {
		if isGitHub(github.String) {
			author.GitHub = github.String
		} else {
			v.at(github.Pos, "vito/author", "write the handle alone, without @ and address", "%s.github is %s, expected a GitHub handle", where, wording.Quote(github.String))
		}
	}
	if author != (wire.Author{}) {
		authors := []wire.Author{author}
		for _, a := range v.facts.Authors {
			if a.Name != author.Name || author.Name == "" {
				authors = append(authors, a)
				continue
			}
			authors[0].Email = cmp.Or(authors[0].Email, a.Email)
			authors[0].URL = cmp.Or(authors[0].URL, a.URL)
		}
		v.facts.Authors = authors
	}
}

var hostVersion = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8}))?$`)

// hostAPI returns min_vito_version as a semantic version: 3.0 means 3.0.0.
func (v *vito) hostAPI(value *strictjson.Value) *wire.HostAPI {
	if !v.is(value, strictjson.String, "extra.vito.min_vito_version") {
		return nil
	}
	parts := hostVersion.FindStringSubmatch(value.String)
	switch {
	case parts == nil:
		v.at(value.Pos, "vito/min-version", "", "extra.vito.min_vito_version is %s, expected x.y or x.y.z, such as 3.0", wording.Quote(value.String))
		return nil
	case parts[3] == "":
		return &wire.HostAPI{Min: value.String + ".0"}
	}
	return &wire.HostAPI{Min: value.String}
}

// namespace checks that name, directory, psr-4 and Plugin.php fit together: the panel derives each from the others.
func (v *vito) namespace(top *strictjson.Value) {
	source := v.pkg.File(vitoSource)
	if source == nil {
		v.file(check.Error, "files/missing", vitoSource, "", "there is no %s, expected the class that the panel loads", vitoSource)
	}
	psr4 := v.object(v.required(v.object(v.required(top, "autoload", vitoManifest, "vito/psr-4", `{"psr-4": {…}}`), "autoload"),
		"psr-4", "autoload", "vito/psr-4", "the plugin's namespace mapped to \"\""), "autoload.psr-4")
	name := v.required(top, "name", vitoManifest, "vito/name", "vendor/package")
	if !v.is(name, strictjson.String, "name") {
		return
	}
	vendor, id, ok := strings.Cut(name.String, "/")
	if !ok || !isSlug(vendor) || !isSlug(id) || max(len(vendor), len(id)) > wire.MaxID {
		v.at(name.Pos, "vito/name", "", "name is %s, expected vendor/%s of lower-case letters, digits and inner hyphens", wording.Quote(name.String), v.pkg.ID)
		return
	}
	if id != v.pkg.ID {
		v.at(name.Pos, "vito/directory", fmt.Sprintf("rename the directory to %s, or the package to %s/%s", id, vendor, v.pkg.ID),
			"the package is %s, and its directory %s, expected one name", wording.Quote(id), wording.Quote(v.pkg.ID))
	}
	namespace := `App\Vito\Plugins\` + studly(vendor) + `\` + studly(id)
	for _, part := range []string{vendor, id} {
		if part[0] <= '9' {
			v.at(name.Pos, "vito/namespace", "begin it with a letter", "the namespace would be %s, and PHP has no names that begin with a digit", namespace)
			return
		}
	}
	v.facts.Ext["namespace"] = namespace + `\` + vitoClass
	v.psr4(psr4, namespace+`\`)
	if source != nil {
		v.declares(source, namespace)
	}
}

func (v *vito) psr4(psr4 *strictjson.Value, prefix string) {
	if psr4 == nil {
		return
	}
	if m := psr4.Member(prefix); m != nil {
		if v.is(m.Value, strictjson.String, "the directory of the plugin's namespace") && m.Value.String != "" {
			v.at(m.Value.Pos, "vito/psr-4", `write ""`, "psr-4 maps the plugin's namespace to %s, expected \"\", the plugin's own directory", wording.Quote(m.Value.String))
		}
		return
	}
	pos := psr4.Pos
	if len(psr4.Members) > 0 {
		pos = psr4.Members[0].KeyPos
	}
	for _, m := range psr4.Members {
		if strings.EqualFold(strings.Trim(m.Key, `\`), strings.Trim(prefix, `\`)) {
			pos = m.KeyPos
		}
	}
	v.at(pos, "vito/psr-4", fmt.Sprintf("write %q: \"\"", prefix), "psr-4 doesn't map the plugin's namespace, expected %q", prefix)
}

// declares checks that Plugin.php declares the plugin's class in its namespace.
func (v *vito) declares(source *File, namespace string) {
	at := func(offset int, code, hint, format string, args ...any) {
		var pos strictjson.Pos
		pos.Line, pos.Column = check.Position(source.Data, offset)
		v.add(check.Error, source.Path, pos, code, hint, format, args...)
	}
	if !opensPHP(source.Data) {
		at(0, "vito/plugin-start", "save it as UTF-8 without a byte order mark, and without an empty line at its top", "%s doesn't begin with <?php, and PHP allows nothing before a namespace", vitoSource)
	}
	found, namespaces, classes := phpClass(source.Data, namespace, vitoClass)
	if found {
		return
	}
	here := slices.ContainsFunc(namespaces, func(n phpName) bool { return n.name == namespace })
	switch {
	case len(namespaces) == 0:
		at(0, "vito/namespace", "write namespace "+namespace+";", "%s declares no namespace, expected %s", vitoSource, namespace)
	case !here:
		hint := "write namespace " + namespace + ";"
		if strings.EqualFold(namespaces[0].name, namespace) {
			hint += " (letter case counts)"
		}
		at(namespaces[0].offset, "vito/namespace", hint, "%s declares the namespace %s, expected %s", vitoSource, wording.Quote(namespaces[0].name), namespace)
	}
	plugin := slices.IndexFunc(classes, func(c phpName) bool { return c.name == vitoClass })
	switch {
	case plugin >= 0 && !here: // only the namespace is wrong
	case plugin >= 0:
		at(classes[plugin].offset, "vito/plugin-class", "", "%s declares class %s in another namespace, expected it in %s", vitoSource, vitoClass, namespace)
	case len(classes) == 0:
		at(0, "vito/plugin-class", "", "%s declares no class, expected class %s", vitoSource, vitoClass)
	default:
		at(classes[0].offset, "vito/plugin-class", "", "%s declares class %s, expected class %s", vitoSource, wording.Quote(classes[0].name), vitoClass)
	}
}

// documents finds the texts that listings show beside the summary.
func (v *vito) documents() {
	const readme, changelog = "README.md", "CHANGELOG.md"
	if f := v.pkg.File(readme); f == nil {
		hint := "say what the plugin does and how it is used"
		for _, f := range v.pkg.Files {
			if strings.EqualFold(f.Path, readme) {
				hint = "rename " + f.Path
			}
		}
		v.file(check.Error, "vito/readme", readme, hint, "there is no %s, expected the plugin's description", readme)
	} else {
		if len(bytes.TrimSpace(f.Data)) == 0 {
			v.file(check.Warning, "vito/readme", readme, "say what the plugin does and how it is used", "%s is empty, expected the plugin's description", readme)
		}
		v.facts.Description = map[string]wire.File{wire.DefaultLanguage: asset(f)}
	}
	if f := v.pkg.File(changelog); f != nil {
		v.facts.Changelog = map[string]wire.File{wire.DefaultLanguage: asset(f)}
	}
}
