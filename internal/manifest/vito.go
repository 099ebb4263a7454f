package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/code"
	"github.com/regen-registry/regen/internal/picture"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Vito is the format of plugins of the server panel Vito: a composer.json with extra.vito, packed as <id>-<version>.zip with
// all files below <id>/.
//
// The rules beside those of schema/vito.schema.json:
//
//   - The package part of name is the directory's name (vito/directory).
//   - autoload.psr-4 maps App\Vito\Plugins\<Vendor>\<Package>\ to "" (vito/psr-4), and Plugin.php declares that namespace
//     (vito/namespace) and in it the class Plugin (vito/plugin-class).
//   - There are a Plugin.php and a README.md (files/missing). The icon is an SVG of up to 512 KiB, or a square PNG of at least 256 pixels and up to 1 MiB; a
//     screenshot is a PNG of exactly 1600×1000 and up to 3 MiB (image/…).
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

// Documents implements [Format].
func (Vito) Documents() []Document {
	return []Document{{
		Name: "vito", Title: "composer.json of a Vito plugin", About: "The manifest of a plugin of the server panel Vito: a composer.json with extra.vito.",
		Root: Composer{}, Open: []string{"", "autoload", "extra", "authors.[]", "funding.[]"},
	}}
}

// Prefix implements [Format]: a host unpacks into its directory of plugins.
func (Vito) Prefix(id string) string { return id + "/" }

// Detect implements [Format].
func (Vito) Detect(names []string) bool { return slices.Contains(names, vitoManifest) }

// Excluded implements [Format]. Besides what every format leaves out, those are the directories vendor, tests and Tests, and three files of Composer's and
// PHPUnit's, at the top of the package alone. There Composer and PHPUnit put them; deeper down, the names are the plugin's own: Laravel, which Vito is made
// with, looks for views in resources/views/vendor, and a class below src/Tests is loaded by its path. To leave out too little costs bytes; to leave out
// too much breaks a plugin on every server, and nobody sees it in the repo.
func (Vito) Excluded(path string) bool {
	return Excluded(path) || excludedAtTop(path, vitoDirs, vitoFiles)
}

var (
	vitoDirs  = []string{"vendor", "tests", "Tests"}
	vitoFiles = []string{"composer.lock", "phpunit.xml", "phpunit.xml.dist", SidecarFile}
)

var (
	vitoDrawnIcon  = picture.Rule{What: "the icon", Kinds: []picture.Kind{"svg"}, MaxBytes: 512 << 10, Severity: check.Error}
	vitoIcon       = picture.Rule{What: "the icon", Kinds: []picture.Kind{"png"}, MaxBytes: 1 << 20, Square: true, MinSide: 256, Severity: check.Error}
	vitoScreenshot = picture.Rule{What: "the screenshot", Kinds: []picture.Kind{"png"}, MaxBytes: 3 << 20, Width: 1600, Height: 1000, Severity: check.Error}
)

// A vito reads one plugin.
type vito struct {
	*source
	Composer
}

// Read implements [Format].
func (Vito) Read(p Package, env Env) (Manifest, check.Findings) {
	var v vito
	v.source = newSource(p, env, "vito", vitoManifest, "vito", &v.Composer)
	f := &v.facts
	f.Code, f.Entrypoint = "php", vitoSource
	v.setVersion(v.Version)
	f.Name = v.title("extra.vito.name", string(v.Extra.Vito.Name))
	f.Summary = v.title("description", string(v.Description))
	v.composer()
	v.listing()
	v.namespace()
	if p.File(readmeFile) == nil {
		hint := "say what the plugin does and how it is used"
		for _, f := range p.Files {
			if strings.EqualFold(f.Path, readmeFile) {
				hint = "rename " + f.Path
			}
		}
		v.file(check.Error, "files/missing", readmeFile, hint, "there is no %s, expected the plugin's description", readmeFile)
	}
	v.fill()
	return v.manifest(Artifact{Name: p.ID + "-" + v.version + ".zip", Files: p.Files})
}

// composer takes what Composer itself defines (https://getcomposer.org/doc/04-schema.md).
func (v *vito) composer() {
	f := &v.facts
	if len(v.License) > 0 {
		expression := strings.Join(v.License, " OR ")
		f.License = v.spdx(vitoManifest, expression, v.top.Get("license"))
	}
	f.Keywords = v.words(vitoManifest, "keywords", v.Keywords, v.top.Get("keywords"))
	f.Requires = v.requires()
	for i, a := range v.Composer.Authors[:min(len(v.Composer.Authors), 50)] { // the schema tells of more
		v.listed(vitoManifest, fmt.Sprintf("authors[%d].name", i), string(a.Name), item(v.top.Get("authors"), i).Get("name"))
		author := wire.Author{Name: string(a.Name), Email: string(a.Email), URL: v.addressIn(vitoManifest, string(a.Homepage), item(v.top.Get("authors"), i).Get("homepage"))}
		if author != (wire.Author{}) && !slices.Contains(f.Authors, author) {
			f.Authors = append(f.Authors, author)
		}
	}
	for i, funding := range v.Funding[:min(len(v.Funding), 20)] {
		if url := v.addressIn(vitoManifest, string(funding.URL), item(v.top.Get("funding"), i).Get("url")); url != "" {
			f.Funding = append(f.Funding, wire.Text{wire.DefaultLanguage: url})
		}
	}
	f.Support = v.support()
	ext := v.rest(v.top, "name", "description", "version", "license", "keywords", "authors", "support", "funding", "extra")
	if rest := v.rest(v.top.Get("extra"), "vito"); len(rest) > 0 {
		ext["extra"] = rest
	}
	ext["name"] = string(v.Composer.Name)
	f.Ext = map[string]any{"composer": ext}
}

// requires returns the packages that are required besides PHP itself, sorted.
func (v *vito) requires() []string {
	require := v.top.Get("require")
	if require == nil {
		return nil
	}
	var names []string
	for _, m := range require.Members {
		if m.Key == "php" {
			continue
		}
		v.add(check.Warning, vitoManifest, m.KeyPos, "vito/require", "a panel installs no dependencies: say in the pull request where it comes from",
			"the plugin requires %s besides php, which somebody has to review", wording.Quote(m.Key))
		names = append(names, m.Key)
	}
	slices.Sort(names)
	return names
}

// support returns the addresses of Composer's support, in the order of this list, whatever the order in the manifest.
func (v *vito) support() []wire.Text {
	var list []wire.Text
	for _, key := range []string{"email", "issues", "forum", "wiki", "irc", "source", "docs", "rss", "chat", "security"} {
		address := v.Support[key]
		if address == "" {
			continue
		}
		if key == "email" {
			address = "mailto:" + address
		}
		if address = v.addressIn(vitoManifest, address, v.top.At("support", key)); address != "" {
			list = append(list, wire.Text{wire.DefaultLanguage: address})
		}
	}
	return list
}

// listing takes extra.vito.
func (v *vito) listing() {
	x, at, f := &v.Extra.Vito, v.top.At("extra", "vito"), &v.facts
	if file := v.named(string(x.Icon), at.Get("icon")); file != nil {
		rule := vitoIcon
		if strings.HasSuffix(file.Path, ".svg") {
			rule = vitoDrawnIcon
		}
		f.Icons = []wire.Image{v.image(file, rule)}
	}
	for i, path := range x.Screenshots[:min(len(x.Screenshots), 6)] {
		if file := v.named(string(path), item(at.Get("screenshots"), i)); file != nil {
			f.Screenshots = append(f.Screenshots, v.image(file, vitoScreenshot))
		}
	}
	f.Categories = strs(x.Categories)
	f.Homepage = v.addressIn(vitoManifest, string(x.Homepage), at.Get("homepage"))
	f.Repository = v.addressIn(vitoManifest, string(x.Repository), at.Get("repository"))
	if x.Author != (VitoAuthor{}) {
		v.listed(vitoManifest, "extra.vito.author.name", string(x.Author.Name), at.At("author", "name"))
		author := wire.Author{Name: string(x.Author.Name), Email: string(x.Author.Email), GitHub: string(x.Author.GitHub)}
		v.facts.Authors = joined(author, f.Authors)
	}
	if x.MinVitoVersion != "" {
		f.HostAPI = &wire.HostAPI{Min: x.MinVitoVersion.semantic()}
	}
	if x.Official {
		f.Ext["official_requested"] = true // the registry's configuration decides
	}
}

// joined returns the authors with extra.vito's first; it is one with that of Composer's of the same name.
func joined(author wire.Author, others []wire.Author) []wire.Author {
	authors := []wire.Author{author}
	for _, a := range others {
		if a.Name != author.Name || author.Name == "" {
			authors = append(authors, a)
			continue
		}
		authors[0].Email = cmp.Or(authors[0].Email, a.Email)
		authors[0].URL = cmp.Or(authors[0].URL, a.URL)
	}
	return authors
}

// namespace checks that name, directory, psr-4 and Plugin.php fit together: the panel derives each from the others.
func (v *vito) namespace() {
	plugin := v.pkg.File(vitoSource)
	if plugin == nil {
		v.file(check.Error, "files/missing", vitoSource, "add it, with class Plugin in the plugin's namespace", "there is no %s, expected the class that the panel loads", vitoSource)
	}
	at := v.top.Get("name")
	vendor, id, ok := strings.Cut(string(v.Composer.Name), "/")
	if !ok || !isSlug(vendor) || !isSlug(id) {
		return // the schema has told
	}
	if id != v.pkg.ID {
		v.at(at, "vito/directory", fmt.Sprintf("rename the directory to %s, or the package to %s/%s", id, vendor, v.pkg.ID),
			"the package is %s, and its directory %s, expected one name", wording.Quote(id), wording.Quote(v.pkg.ID))
	}
	psr4 := v.top.At("autoload", "psr-4")
	namespace := vitoNamespace(vendor, id)
	if here := vitoNamespace(vendor, v.pkg.ID); isSlug(v.pkg.ID) && psr4.Member(here+`\`) != nil {
		id, namespace = v.pkg.ID, here // where the name alone is wrong, that is all that is said
	}
	for _, part := range []string{vendor, id} {
		if part[0] <= '9' {
			v.at(at, "vito/namespace", "begin it with a letter", "the namespace would be %s, and PHP has no names that begin with a digit", namespace)
			return
		}
	}
	v.facts.Ext["namespace"] = namespace + `\` + vitoClass
	v.psr4(psr4, namespace+`\`)
	if plugin != nil {
		v.declares(plugin, namespace)
	}
}

// vitoNamespace returns the namespace that the panel derives from a plugin's name.
func vitoNamespace(vendor, id string) string {
	return `App\Vito\Plugins\` + studly(vendor) + `\` + studly(id)
}

func (v *vito) psr4(psr4 *strictjson.Value, prefix string) {
	if psr4 == nil || psr4.Kind != strictjson.Object {
		return
	}
	if m := psr4.Member(prefix); m != nil {
		if m.Value.Kind != strictjson.String || m.Value.String != "" {
			v.at(m.Value, "vito/psr-4", `write ""`, "psr-4 maps the plugin's namespace to something else than \"\", expected \"\", the plugin's own directory")
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
	v.add(check.Error, vitoManifest, pos, "vito/psr-4", fmt.Sprintf("write %q: \"\"", prefix), "psr-4 doesn't map the plugin's namespace, expected %q", prefix)
}

// declares checks that Plugin.php declares the plugin's class in its namespace.
func (v *vito) declares(plugin *File, namespace string) {
	at := func(offset int, code, hint, format string, args ...any) {
		var pos strictjson.Pos
		pos.Line, pos.Column = check.Position(plugin.Data, offset)
		v.add(check.Error, plugin.Path, pos, code, hint, format, args...)
	}
	if !code.OpensPHP(plugin.Data) {
		at(0, "vito/plugin-start", "save it as UTF-8 without a byte order mark, and without an empty line at its top", "%s doesn't begin with <?php, and PHP allows nothing before a namespace", vitoSource)
	}
	found, namespaces, classes := code.PHPClass(plugin.Data, namespace, vitoClass)
	if found {
		return
	}
	here := slices.ContainsFunc(namespaces, func(n code.Name) bool { return n.Name == namespace })
	switch {
	case len(namespaces) == 0:
		at(0, "vito/namespace", "write namespace "+namespace+";", "%s declares no namespace, expected %s", vitoSource, namespace)
	case !here:
		hint := "write namespace " + namespace + ";"
		if strings.EqualFold(namespaces[0].Name, namespace) {
			hint += " (letter case counts)"
		}
		at(namespaces[0].Offset, "vito/namespace", hint, "%s declares the namespace %s, expected %s", vitoSource, strings.ReplaceAll(wording.Quote(namespaces[0].Name), `\\`, `\`), namespace)
	}
	mine := slices.IndexFunc(classes, func(c code.Name) bool { return c.Name == vitoClass })
	switch {
	case mine >= 0 && !here: // only the namespace is wrong
	case mine >= 0:
		at(classes[mine].Offset, "vito/plugin-class", "move it into "+namespace, "%s declares class %s in another namespace, expected it in %s", vitoSource, vitoClass, namespace)
	case len(classes) == 0:
		at(0, "vito/plugin-class", "write class "+vitoClass, "%s declares no class, expected class %s", vitoSource, vitoClass)
	default:
		at(classes[0].Offset, "vito/plugin-class", "name the class that the panel loads "+vitoClass, "%s declares class %s, expected class %s", vitoSource, wording.Quote(classes[0].Name), vitoClass)
	}
}

// studly returns the StudlyCase of a name: split at hyphens, underscores and spaces, the first letter of each part in upper case.
func studly(name string) string {
	b := make([]byte, 0, len(name))
	upper := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == ' ':
			upper = true
			continue
		case upper && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		upper = false
		b = append(b, c)
	}
	return string(b)
}
