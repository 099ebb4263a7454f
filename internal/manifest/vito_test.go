package manifest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

const goodComposer = `{
    "name": "acme/disk-watch",
    "description": "Watches the disks of your servers.",
    "type": "vito-plugin",
    "license": "MIT",
    "version": "1.2.0",
    "require": {"php": "^8.2"},
    "autoload": {"psr-4": {"App\\Vito\\Plugins\\Acme\\DiskWatch\\": ""}},
    "extra": {"vito": {
        "name": "Disk watch",
        "icon": "icon.svg",
        "categories": ["monitoring"],
        "author": {"name": "Acme", "github": "acme"},
        "min_vito_version": "3.0"
    }}
}
`

const goodPlugin = `<?php

namespace App\Vito\Plugins\Acme\DiskWatch;

use App\Plugins\AbstractPlugin;

class Plugin extends AbstractPlugin
{
}
`

const goodSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="20"/></svg>
`

// good returns the files of a plugin without a finding.
func good() map[string]string {
	return map[string]string{"composer.json": goodComposer, "Plugin.php": goodPlugin, "README.md": "# Disk watch\n", "icon.svg": goodSVG}
}

func pack(files map[string]string) Package {
	p := Package{Dir: "plugins/disk-watch", ID: "disk-watch"}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		p.Files = append(p.Files, File{Path: path, Data: []byte(files[path])})
	}
	return p
}

// picture returns a PNG that doesn't compress to nothing.
func picture(width, height int) string {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(i>>8) + byte(rng.IntN(4))
	}
	return encode(m)
}

func encode(m image.Image) string {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

func flat(width, height int) string {
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White})
	return encode(m)
}

// claiming returns a PNG whose header says that it has so many pixels each way.
func claiming(data string, side uint32) string {
	b := []byte(data)
	binary.BigEndian.PutUint32(b[16:], side)
	binary.BigEndian.PutUint32(b[20:], side)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return string(b)
}

// many returns a JSON object of n members.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"a/%d":"*"`, i)
	}
	return "{" + b.String()[1:] + "}"
}

// A vitoCase changes the good plugin and says what is found then.
type vitoCase struct {
	shows string
	edit  []string          // pairs: what to replace in composer.json, and by what
	files map[string]string // other contents; "-" takes a file away
	want  []string          // "code place: message | hint", place below the package's directory; the hint only where it is told
}

func (c vitoCase) pack(t *testing.T) Package {
	files := good()
	for i := 0; i+1 < len(c.edit); i += 2 {
		if !strings.Contains(files["composer.json"], c.edit[i]) {
			t.Fatalf("nothing to replace: %s", c.edit[i])
		}
		files["composer.json"] = strings.Replace(files["composer.json"], c.edit[i], c.edit[i+1], 1)
	}
	for path, content := range c.files {
		files[path] = content
		if content == "-" {
			delete(files, path)
		}
	}
	return pack(files)
}

func runVito(t *testing.T, cases []vitoCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.shows, func(t *testing.T) {
			m, findings := Vito{}.Read(c.pack(t), Limits{})
			var got []string
			for i, f := range findings {
				line := fmt.Sprintf("%s %s: %s", f.Code, strings.TrimPrefix(f.Place(), "plugins/disk-watch/"), f.Message)
				if i < len(c.want) && strings.Contains(c.want[i], " | ") {
					line += " | " + f.Hint
				}
				if f.Severity != "error" {
					line = string(f.Severity) + ": " + line
				}
				got = append(got, line)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if len(findings.Errors()) == 0 {
				if _, err := wire.Encode(m.Facts); err != nil {
					t.Errorf("no error was found, and the facts can't be published: %v", err)
				}
			}
		})
	}
}

func TestVitoManifest(t *testing.T) {
	runVito(t, []vitoCase{
		{shows: "a good plugin"},
		{shows: "no manifest", files: map[string]string{"composer.json": "-"}, want: []string{`files/missing composer.json: there is no composer.json, expected the manifest`}},
		{shows: "all findings, each with its place",
			edit: []string{`"vito-plugin"`, `"library"`, `"1.2.0"`, `"1.2"`, `"Disk watch"`, `""`, `"icon.svg"`, `"icon.gif"`, `["monitoring"]`, `["Monitoring"]`},
			want: []string{
				`vito/type composer.json:4:13: type is "library", expected "vito-plugin" | write "vito-plugin", or leave the key out`,
				`vito/version composer.json:6:16: version "1.2" isn't a semantic version such as 1.4.0 or 2.0.0-beta.1`,
				`vito/title composer.json:10:17: extra.vito.name is empty, expected 1 to 80 characters`,
				`vito/icon composer.json:11:17: extra.vito.icon is "icon.gif", expected the name of a file that ends in .svg or .png`,
				`vito/categories composer.json:12:24: the category "Monitoring" isn't a slug, expected lower-case letters, digits and inner hyphens, at most 64`,
			}},
		{shows: "an empty object lacks all that is required", files: map[string]string{"composer.json": "{}"}, want: []string{
			`warning: listing/license composer.json: there is no license, expected one, so that people know what they may do`,
			`vito/description composer.json:1:1: composer.json has no "description", expected a text of 1 to 300 characters`,
			`vito/name composer.json:1:1: composer.json has no "name", expected vendor/package`,
			`vito/psr-4 composer.json:1:1: composer.json has no "autoload", expected {"psr-4": {…}}`,
			`vito/required composer.json:1:1: composer.json has no "extra", expected {"vito": {…}}`,
			`vito/version composer.json:1:1: composer.json has no "version", expected a semantic version such as 1.0.0`,
		}},
		{shows: "a list at the top", files: map[string]string{"composer.json": "[]"}, want: []string{`json/type composer.json:1:1: composer.json is an array, expected an object`}},
		{shows: "a byte order mark", files: map[string]string{"composer.json": "\xef\xbb\xbf" + goodComposer}, want: []string{`json/bom composer.json:1:1: the document begins with a byte order mark (UTF-8)`}},
		{shows: "a key twice", edit: []string{`"type"`, `"version": "1.0.0", "type"`}, want: []string{`json/duplicate-key composer.json:6:5: the key "version" is here twice, first at line 4 column 5`}},
		{shows: "a key twice in different objects", edit: []string{`"require"`, `"a": {"name": 1}, "require"`}},
		{shows: "bytes after the object", files: map[string]string{"composer.json": goodComposer + "x"}, want: []string{`json/trailing composer.json:17:1: expected the end of the document after its value, found 'x'`}},
		{shows: "10,000 levels", files: map[string]string{"composer.json": strings.Repeat("[", 10_000)}, want: []string{`json/depth composer.json:1:65: arrays and objects are nested more than 64 deep`}},
		{shows: "a manifest over the limit", files: map[string]string{"composer.json": strings.Repeat(" ", 1<<20+1)}, want: []string{`json/size composer.json:1:1: the document has 1048577 bytes, at most 1048576 are allowed`}},
		{shows: "extra as a list", edit: []string{`{"vito": {`, `[{"vito": {`, "}}\n}", "}}]\n}"}, want: []string{`json/type composer.json:9:14: extra is an array, expected an object`}},
		{shows: "no extra.vito", edit: []string{`{"vito": {`, `{"other": {`}, want: []string{`vito/required composer.json:9:14: extra has no "vito", expected what Vito needs to know of the plugin`}},
		{shows: "an unknown key in extra.vito", edit: []string{`"categories"`, `"catgories"`}, want: []string{`vito/unknown-key composer.json:12:9: extra.vito has no key "catgories" | did you mean "categories"?`}},
		{shows: "an unknown key of the author", edit: []string{`"github"`, `"twitter"`}, want: []string{`vito/unknown-key composer.json:13:36: extra.vito.author has no key "twitter" | known: email, github, name`}},
		{shows: "an unknown key beside extra.vito is Composer's", edit: []string{`"require"`, `"minimum-stability": "dev", "scripts": {"test": "phpunit"}, "require"`}},
		{shows: "no type", edit: []string{`"type": "vito-plugin",`, ``}},
		{shows: "a version as a number", edit: []string{`"1.2.0"`, `1.2`}, want: []string{`json/type composer.json:6:16: version is a number, expected a string | put it in quotes: "1.2"`}},
		{shows: "a version with a v", edit: []string{`"1.2.0"`, `"v1.2.0"`}, want: []string{`vito/version composer.json:6:16: version "v1.2.0" isn't a semantic version such as 1.4.0 or 2.0.0-beta.1 | write it without the v: 1.2.0`}},
		{shows: "build metadata", edit: []string{`"1.2.0"`, `"1.2.0+7"`}, want: []string{`vito/version composer.json:6:16: version "1.2.0+7" has build metadata (+7), expected none`}},
		{shows: "upper case in a version", edit: []string{`"1.2.0"`, `"1.2.0-RC1"`}, want: []string{`vito/version composer.json:6:16: version "1.2.0-RC1" has upper-case letters, expected lower case`}},
		{shows: "a prerelease", edit: []string{`"1.2.0"`, `"1.2.0-rc.1"`}},
		{shows: "a version of 65 bytes", edit: []string{`"1.2.0"`, `"1.2.0-` + strings.Repeat("a", 59) + `"`}, want: []string{`vito/version composer.json:6:16: the version has 65 bytes, expected at most 64`}},
		{shows: "a version of 64 bytes", edit: []string{`"1.2.0"`, `"1.2.0-` + strings.Repeat("a", 58) + `"`}},
		{shows: "a number that has no canonical form", edit: []string{`"require"`, `"x": [1, 9007199254740993], "require"`}, want: []string{`json/number composer.json:7:14: a number that readers of JSON don't read alike: the number 9007199254740993 is beyond 2^53`}},
	})
}

func TestVitoNames(t *testing.T) {
	psr4 := func(vendor, pkg string) []string {
		return []string{`acme/disk-watch`, vendor + "/" + pkg, `Acme\\DiskWatch`, studly(vendor) + `\\` + studly(pkg)}
	}
	runVito(t, []vitoCase{
		{shows: "a name without vendor", edit: []string{`"acme/disk-watch"`, `"disk-watch"`}, want: []string{`vito/name composer.json:2:13: name is "disk-watch", expected vendor/disk-watch of lower-case letters, digits and inner hyphens`}},
		{shows: "upper case in the name", edit: []string{`"acme/disk-watch"`, `"Acme/disk-watch"`}, want: []string{`vito/name composer.json:2:13: name is "Acme/disk-watch", expected vendor/disk-watch of lower-case letters, digits and inner hyphens`}},
		{shows: "a hyphen at the end", edit: []string{`"acme/disk-watch"`, `"acme-/disk-watch"`}, want: []string{`vito/name composer.json:2:13: name is "acme-/disk-watch", expected vendor/disk-watch of lower-case letters, digits and inner hyphens`}},
		{shows: "three parts", edit: []string{`"acme/disk-watch"`, `"a/b/c"`}, want: []string{`vito/name composer.json:2:13: name is "a/b/c", expected vendor/disk-watch of lower-case letters, digits and inner hyphens`}},
		{shows: "a vendor of 129 bytes", edit: []string{`"acme/disk-watch"`, `"` + strings.Repeat("a", 129) + `/disk-watch"`}, want: []string{`vito/name composer.json:2:13: name is "` + strings.Repeat("a", 60) + `"…, expected vendor/disk-watch of lower-case letters, digits and inner hyphens`}},
		{shows: "a package that isn't the directory", edit: []string{`"acme/disk-watch"`, `"acme/disk"`, `DiskWatch`, `Disk`}, files: map[string]string{"Plugin.php": strings.Replace(goodPlugin, "DiskWatch", "Disk", 1)},
			want: []string{`vito/directory composer.json:2:13: the package is "disk", and its directory "disk-watch", expected one name | rename the directory to disk, or the package to acme/disk-watch`}},
		{shows: "StudlyCase of hyphens and digits", edit: psr4("my-2nd-co", "disk-watch"), files: map[string]string{"Plugin.php": strings.Replace(goodPlugin, "Acme", "My2ndCo", 1)}},
		{shows: "a namespace that PHP doesn't take", edit: psr4("2nd-co", "disk-watch"), want: []string{`vito/namespace composer.json:2:13: the namespace would be App\Vito\Plugins\2ndCo\DiskWatch, and PHP has no names that begin with a digit | begin it with a letter`}},

		{shows: "psr-4 with another namespace", edit: []string{`Acme\\DiskWatch\\`, `Acme\\Disks\\`}, want: []string{`vito/psr-4 composer.json:8:28: psr-4 doesn't map the plugin's namespace, expected "App\\Vito\\Plugins\\Acme\\DiskWatch\\"`}},
		{shows: "psr-4 without the backslash at the end", edit: []string{`DiskWatch\\`, `DiskWatch`}, want: []string{`vito/psr-4 composer.json:8:28: psr-4 doesn't map the plugin's namespace, expected "App\\Vito\\Plugins\\Acme\\DiskWatch\\"`}},
		{shows: "psr-4 in other letter case, beside another", edit: []string{`{"App\\Vito\\Plugins\\Acme\\DiskWatch\\"`, `{"X\\": "x", "App\\Vito\\Plugins\\acme\\DiskWatch\\"`}, want: []string{`vito/psr-4 composer.json:8:40: psr-4 doesn't map the plugin's namespace, expected "App\\Vito\\Plugins\\Acme\\DiskWatch\\"`}},
		{shows: "psr-4 with a further namespace", edit: []string{`\\": ""}`, `\\": "", "Acme\\Lib\\": "lib/"}`}},
		{shows: "psr-4 to a directory", edit: []string{`\\": ""}`, `\\": "src/"}`}, want: []string{`vito/psr-4 composer.json:8:69: psr-4 maps the plugin's namespace to "src/", expected "", the plugin's own directory | write ""`}},
		{shows: "psr-4 to a list", edit: []string{`\\": ""}`, `\\": [""]}`}, want: []string{`json/type composer.json:8:69: the directory of the plugin's namespace is an array, expected a string`}},
		{shows: "no psr-4", edit: []string{`"psr-4"`, `"classmap"`}, want: []string{`vito/psr-4 composer.json:8:17: autoload has no "psr-4", expected the plugin's namespace mapped to ""`}},

		{shows: "no Plugin.php", files: map[string]string{"Plugin.php": "-"}, want: []string{`files/missing Plugin.php: there is no Plugin.php, expected the class that the panel loads`}},
		{shows: "another namespace", files: map[string]string{"Plugin.php": strings.Replace(goodPlugin, "DiskWatch", "Disk", 1)}, want: []string{`vito/namespace Plugin.php:3:11: Plugin.php declares the namespace "App\\Vito\\Plugins\\Acme\\Disk", expected App\Vito\Plugins\Acme\DiskWatch`}},
		{shows: "a namespace in other letter case", files: map[string]string{"Plugin.php": strings.Replace(goodPlugin, "Acme", "ACME", 1)}, want: []string{`vito/namespace Plugin.php:3:11: Plugin.php declares the namespace "App\\Vito\\Plugins\\ACME\\DiskWatch", expected App\Vito\Plugins\Acme\DiskWatch | write namespace App\Vito\Plugins\Acme\DiskWatch; (letter case counts)`}},
		{shows: "no namespace, another class", files: map[string]string{"Plugin.php": "<?php\nfinal class Plug {}"}, want: []string{`vito/namespace Plugin.php:1:1: Plugin.php declares no namespace, expected App\Vito\Plugins\Acme\DiskWatch`, `vito/plugin-class Plugin.php:2:13: Plugin.php declares class "Plug", expected class Plugin`}},
		{shows: "no class", files: map[string]string{"Plugin.php": "<?php\nnamespace App\\Vito\\Plugins\\Acme\\DiskWatch;\n// class Plugin\n"}, want: []string{`vito/plugin-class Plugin.php:1:1: Plugin.php declares no class, expected class Plugin`}},
		{shows: "text before <?php", files: map[string]string{"Plugin.php": "\n" + goodPlugin}, want: []string{`vito/plugin-start Plugin.php:1:1: Plugin.php doesn't begin with <?php, and PHP allows nothing before a namespace`}},
		{shows: "the class in another namespace", files: map[string]string{"Plugin.php": strings.Split(goodPlugin, "use")[0] + "class A {}\nnamespace B;\nclass Plugin {}"}, want: []string{`vito/plugin-class Plugin.php:7:7: Plugin.php declares class Plugin in another namespace, expected it in App\Vito\Plugins\Acme\DiskWatch`}},
		{shows: "a directory that can't be an id", edit: []string{`"name"`, `"name"`}},
	})
	p := pack(good())
	p.ID, p.Dir = "Disk_Watch", "plugins/Disk_Watch"
	_, findings := Vito{}.Read(p, Limits{})
	if len(findings) != 2 || findings[0].Code != "id/invalid" || findings[1].Code != "vito/directory" {
		t.Errorf("a directory that can't be an id: %v", findings)
	}
}

func TestVitoTexts(t *testing.T) {
	runVito(t, []vitoCase{
		{shows: "a description of 300 code points", edit: []string{`Watches the disks of your servers.`, strings.Repeat("é", 300)}},
		{shows: "a description of 301 code points", edit: []string{`Watches the disks of your servers.`, strings.Repeat("é", 301)}, want: []string{`vito/description composer.json:3:20: description has 301 characters, expected 1 to 300`}},
		{shows: "a description of spaces", edit: []string{`Watches the disks of your servers.`, `  `}, want: []string{`vito/description composer.json:3:20: description is empty, expected 1 to 300 characters`}},
		{shows: "a line end in the description", edit: []string{`Watches the`, `Watches\nthe`}, want: []string{`text/character composer.json:3:20: description holds a control character (U+000A), expected one line of visible text`}},
		{shows: "a bidi override in the name", edit: []string{`"Disk watch"`, `"Disk \u202ehctaw"`}, want: []string{`text/character composer.json:10:17: extra.vito.name holds a bidi control (U+202E), expected one line of visible text`}},
		{shows: "a NUL in the name", edit: []string{`"Disk watch"`, `"Disk\u0000"`}, want: []string{`text/character composer.json:10:17: extra.vito.name holds a control character (U+0000), expected one line of visible text`}},
		{shows: "HTML and Hebrew are texts like others", edit: []string{`"Disk watch"`, `"<b>שמירה</b>"`}},
		{shows: "a name of 81 characters", edit: []string{`"Disk watch"`, `"` + strings.Repeat("x", 81) + `"`}, want: []string{`vito/title composer.json:10:17: extra.vito.name has 81 characters, expected 1 to 80`}},
		{shows: "no name", edit: []string{`"name": "Disk watch",`, ``}, want: []string{`vito/required composer.json:9:23: extra.vito has no "name", expected the plugin's name, as people read it`}},
		{shows: "nine categories", edit: []string{`["monitoring"]`, `["a","b","c","d","e","f","g","h","i"]`}, want: []string{`vito/categories composer.json:12:56: extra.vito.categories has 9 items, expected at most 8`}},
		{shows: "a category twice", edit: []string{`["monitoring"]`, `["a", "a"]`}, want: []string{`vito/categories composer.json:12:29: extra.vito.categories has "a" twice`}},
		{shows: "a category that is a number", edit: []string{`["monitoring"]`, `[1]`}, want: []string{`json/type composer.json:12:24: item 1 of extra.vito.categories is a number, expected a string`}},
		{shows: "min_vito_version of three parts", edit: []string{`"3.0"`, `"3.1.4"`}},
		{shows: "min_vito_version of one part", edit: []string{`"3.0"`, `"3"`}, want: []string{`vito/min-version composer.json:14:29: extra.vito.min_vito_version is "3", expected x.y or x.y.z, such as 3.0`}},
		{shows: "min_vito_version with a range", edit: []string{`"3.0"`, `"^3.0"`}, want: []string{`vito/min-version composer.json:14:29: extra.vito.min_vito_version is "^3.0", expected x.y or x.y.z, such as 3.0`}},
		{shows: "official as a text", edit: []string{`"categories"`, `"official": "yes", "categories"`}, want: []string{`json/type composer.json:12:21: extra.vito.official is a string, expected a boolean`}},
		{shows: "a handle with @", edit: []string{`"github": "acme"`, `"github": "@acme"`}, want: []string{`vito/author composer.json:13:46: extra.vito.author.github is "@acme", expected a GitHub handle | write the handle alone, without @ and address`}},
		{shows: "an email that is none", edit: []string{`"github": "acme"`, `"email": "acme"`}, want: []string{`text/email composer.json:13:45: extra.vito.author.email is "acme", expected an address such as name@example.org`}},
		{shows: "addresses", edit: []string{`"categories"`, `"homepage": "https://example.org/ü?a=b#c", "repository": "http://example.org", "categories"`}},
		{shows: "script as an address", edit: []string{`"categories"`, `"homepage": "javascript:alert(1)", "categories"`}, want: []string{`text/url composer.json:12:21: extra.vito.homepage is "javascript:alert(1)", expected the scheme https or http`}},
		{shows: "a password in an address", edit: []string{`"categories"`, `"repository": "https://a:b@example.org", "categories"`}, want: []string{`text/url composer.json:12:23: extra.vito.repository is "https://a:b@example.org", expected no user and password in it`}},
		{shows: "an address without host", edit: []string{`"categories"`, `"repository": "https:/x", "categories"`}, want: []string{`text/url composer.json:12:23: extra.vito.repository is "https:/x", expected an address with a host`}},
		{shows: "a quote in an address", edit: []string{`"categories"`, `"homepage": "https://example.org/\"x", "categories"`}, want: []string{`text/url composer.json:12:21: extra.vito.homepage is "https://example.org/\"x", expected an address without spaces, quotes and controls`}},

		{shows: "no license and no author", edit: []string{`"license": "MIT",`, ``, `"author": {"name": "Acme", "github": "acme"},`, ``}, want: []string{
			`warning: listing/authors composer.json: there is no author, expected one, so that people know whom to ask`,
			`warning: listing/license composer.json: there is no license, expected one, so that people know what they may do`}},
		{shows: "requirements besides php", edit: []string{`{"php": "^8.2"}`, `{"php": "^8.2", "guzzlehttp/guzzle": "^7", "ext-json": "*"}`}, want: []string{
			`warning: vito/require composer.json:7:32: the plugin requires "guzzlehttp/guzzle" besides php, which somebody has to review`,
			`warning: vito/require composer.json:7:59: the plugin requires "ext-json" besides php, which somebody has to review`}},
		{shows: "too many requirements", edit: []string{`{"php": "^8.2"}`, many(101)}, want: []string{`vito/require composer.json:7:16: require has 101 packages, expected at most 100`}},
		{shows: "what Composer defines", edit: []string{`"require"`, `"keywords": ["disk"], "funding": [{"type": "x", "url": "https://example.org/pay"}], "support": {"email": "a@example.org", "irc": "irc://irc.example.org/x"}, "authors": [{"name": "B"}], "require"`}},
		{shows: "what Composer defines, wrong", edit: []string{`"require"`, `"keywords": ["a", "a"], "funding": {"url": 1}, "support": {"issues": "example.org"}, "authors": ["B"], "require"`}, want: []string{
			`vito/keywords composer.json:7:23: keywords has "a" twice`,
			`json/type composer.json:7:40: funding is an object, expected an array`,
			`text/url composer.json:7:74: support.issues is "example.org", expected an address that begins with https://`,
			`json/type composer.json:7:102: item 1 of authors is a string, expected an object`}},

		{shows: "no README.md", files: map[string]string{"README.md": "-"}, want: []string{`vito/readme README.md: there is no README.md, expected the plugin's description | say what the plugin does and how it is used`}},
		{shows: "a readme in other letter case", files: map[string]string{"README.md": "-", "readme.md": "x"}, want: []string{`vito/readme README.md: there is no README.md, expected the plugin's description | rename readme.md`}},
		{shows: "an empty readme", files: map[string]string{"README.md": " \n"}, want: []string{`warning: vito/readme README.md: README.md is empty, expected the plugin's description`}},
	})
}

func TestVitoPictures(t *testing.T) {
	icon := func(path string) []string { return []string{`"icon.svg"`, `"` + path + `"`} }
	shots := func(paths string) []string {
		return []string{`"categories"`, `"screenshots": [` + paths + `], "categories"`}
	}
	square := picture(256, 256)
	shot := flat(1600, 1000)
	runVito(t, []vitoCase{
		{shows: "a PNG icon", edit: icon("icon.png"), files: map[string]string{"icon.png": square}},
		{shows: "an icon below a directory", edit: icon("art/icon.png"), files: map[string]string{"art/icon.png": square}},
		{shows: "no icon", edit: []string{`"icon": "icon.svg",`, ``}, want: []string{`vito/required composer.json:9:23: extra.vito has no "icon", expected the path of an .svg or .png in the plugin`}},
		{shows: "an icon that isn't there", edit: icon("icn.svg"), want: []string{`files/missing composer.json:11:17: extra.vito.icon is "icn.svg", which isn't a file of the package | did you mean "icon.svg"?`}},
		{shows: "an icon above the package", edit: icon("../icon.svg"), want: []string{`vito/icon composer.json:11:17: extra.vito.icon is "../icon.svg", expected a path in the package, with slashes and without . and .. | write "icon.svg"`}},
		{shows: "a path with a dot", edit: icon("./icon.svg"), want: []string{`vito/icon composer.json:11:17: extra.vito.icon is "./icon.svg", expected a path in the package, with slashes and without . and .. | write "icon.svg"`}},
		{shows: "an absolute path", edit: icon("/etc/icon.svg"), want: []string{`vito/icon composer.json:11:17: extra.vito.icon is "/etc/icon.svg", expected a path in the package, with slashes and without . and ..`}},
		{shows: "a backslash", edit: icon(`art\\icon.svg`), want: []string{`vito/icon composer.json:11:17: extra.vito.icon is "art\\icon.svg", expected a path in the package, with slashes and without . and ..`}},
		{shows: "upper case in the ending", edit: icon("icon.SVG"), want: []string{`vito/icon composer.json:11:17: extra.vito.icon is "icon.SVG", expected the name of a file that ends in .svg or .png`}},
		{shows: "255 pixels", edit: icon("icon.png"), files: map[string]string{"icon.png": flat(255, 255)}, want: []string{`image/dimensions icon.png: the icon has 255×255 pixels, expected at least 256×256`}},
		{shows: "not a square", edit: icon("icon.png"), files: map[string]string{"icon.png": flat(300, 256)}, want: []string{`image/not-square icon.png: the icon has 300×256 pixels, expected a square`}},
		{shows: "a PNG cut short", edit: icon("icon.png"), files: map[string]string{"icon.png": square[:len(square)/2]}, want: []string{`image/png icon.png: the icon can't be decoded: png: invalid format: not enough pixel data`}},
		{shows: "a PNG with a broken sum", edit: icon("icon.png"), files: map[string]string{"icon.png": square[:len(square)-20] + "\x00" + square[len(square)-19:]}, want: []string{`image/png icon.png: the icon can't be decoded: png: invalid format: zlib: invalid checksum`}},
		{shows: "a text named .png", edit: icon("icon.png"), files: map[string]string{"icon.png": "GIF89a"}, want: []string{`image/png icon.png: the icon isn't a PNG: unexpected EOF`}},
		{shows: "bytes after the picture", edit: icon("icon.png"), files: map[string]string{"icon.png": square + "<?php"}, want: []string{`warning: image/trailing icon.png: the icon has 5 bytes after its end`}},
		{shows: "a bomb: few bytes, many pixels", edit: icon("icon.png"), files: map[string]string{"icon.png": claiming(flat(256, 256), 10_000)}, want: []string{`image/too-large icon.png: the icon has 10000×10000 pixels, which take 100000000 bytes when decoded, expected at most 67108864`}},
		{shows: "more than 1 MiB", edit: icon("icon.png"), files: map[string]string{"icon.png": square + strings.Repeat(" ", 1<<20)}, want: []string{fmt.Sprintf(`vito/icon icon.png: the icon has %d bytes, expected at most 1048576`, len(square)+1<<20)}},

		{shows: "a screenshot", edit: shots(`"a.png"`), files: map[string]string{"a.png": shot}},
		{shows: "six screenshots", edit: shots(`"1.png","2.png","3.png","4.png","5.png","6.png"`), files: map[string]string{"1.png": shot, "2.png": shot, "3.png": shot, "4.png": shot, "5.png": shot, "6.png": shot}},
		{shows: "seven screenshots", edit: shots(`"a.png","a.png","a.png","a.png","a.png","a.png","a.png"`), files: map[string]string{"a.png": shot}, want: []string{
			`vito/screenshots composer.json:12:33: extra.vito.screenshots has "a.png" twice`, `vito/screenshots composer.json:12:41: extra.vito.screenshots has "a.png" twice`,
			`vito/screenshots composer.json:12:49: extra.vito.screenshots has "a.png" twice`, `vito/screenshots composer.json:12:57: extra.vito.screenshots has "a.png" twice`,
			`vito/screenshots composer.json:12:65: extra.vito.screenshots has "a.png" twice`, `vito/screenshots composer.json:12:73: extra.vito.screenshots has 7 items, expected at most 6`}},
		{shows: "a screenshot of another size", edit: shots(`"a.png"`), files: map[string]string{"a.png": flat(1600, 1001)}, want: []string{`image/dimensions a.png: the screenshot has 1600×1001 pixels, expected exactly 1600×1000`}},
		{shows: "an SVG as a screenshot", edit: shots(`"icon.svg"`), want: []string{`vito/screenshots composer.json:12:25: item 1 of extra.vito.screenshots is "icon.svg", expected the name of a file that ends in .png`}},
		{shows: "screenshots as a text", edit: shots(`"a.png"`)[:1], want: nil},
		{shows: "a screenshot of more than 3 MiB", edit: shots(`"a.png"`), files: map[string]string{"a.png": shot + strings.Repeat(" ", 3<<20)}, want: []string{fmt.Sprintf(`vito/screenshots a.png: the screenshot has %d bytes, expected at most 3145728`, len(shot)+3<<20)}},
	})
}

func TestVitoSVG(t *testing.T) {
	svg := func(content string) map[string]string { return map[string]string{"icon.svg": content} }
	in := func(content string) map[string]string {
		return svg(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` + content + `</svg>`)
	}
	top := `image/svg icon.svg:1:%d: the icon has the top element %q, expected one svg element of SVG's namespace`
	runVito(t, []vitoCase{
		{shows: "a declaration, comments and styles", files: svg("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- x -->\n" + goodSVG + "<!-- y -->")},
		{shows: "references within the file", files: in(`<defs><g id="a"/></defs><use xlink:href="#a"/><image href="data:image/png;base64,AA=="/>`)},
		{shows: "a prefix for SVG's namespace", files: svg(`<s:svg xmlns:s="http://www.w3.org/2000/svg"/>`)},
		{shows: "no namespace", files: svg(`<svg/>`), want: []string{fmt.Sprintf(top, 1, "svg")}},
		{shows: "HTML", files: svg(`<html/>`), want: []string{fmt.Sprintf(top, 1, "html")}},
		{shows: "a second element at the top", files: svg(strings.TrimSpace(goodSVG) + goodSVG), want: []string{fmt.Sprintf(top, 99, "svg")}},
		{shows: "an empty file", files: svg(""), want: []string{`image/svg icon.svg:1:1: the icon has no element, expected svg`}},
		{shows: "text outside", files: in("x</svg>y<svg>"), want: []string{`image/svg icon.svg:1:91: the icon has text outside of its element`}},
		{shows: "an element that isn't closed", files: svg("<svg xmlns=\"http://www.w3.org/2000/svg\">\n<g>"), want: []string{`image/svg icon.svg:2:4: the icon isn't well-formed SVG: unexpected EOF`}},
		{shows: "a document type", files: svg(`<!DOCTYPE svg [<!ENTITY a "b">]>` + goodSVG), want: []string{`image/svg-doctype icon.svg:1:1: the icon has a document type, expected none`}},
		{shows: "an entity of nowhere", files: in(`<text>&lol;</text>`), want: []string{`image/svg icon.svg:1:95: the icon isn't well-formed SVG: invalid character entity &lol;`}},
		{shows: "another encoding", files: svg(`<?xml version="1.0" encoding="ISO-8859-1"?>` + goodSVG), want: []string{`image/svg icon.svg:1:44: the icon isn't well-formed SVG: xml: encoding "ISO-8859-1" declared but Decoder.CharsetReader is nil`}},
		{shows: "a style sheet from elsewhere", files: svg(`<?xml-stylesheet href="x.css"?>` + goodSVG), want: []string{`image/svg-active icon.svg:1:1: the icon has the processing instruction "xml-stylesheet", expected none`}},
		{shows: "script", files: in(`<script>alert(1)</script>`), want: []string{`image/svg-active icon.svg:1:84: the icon has the element "script", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "a handler of an event", files: in(`<g ONLOAD="x"/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has the attribute "ONLOAD", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "HTML in SVG", files: in(`<foreignObject/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has the element "foreignObject", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "a picture from elsewhere", files: in(`<image xlink:href="https://example.org/x.png"/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has a reference to "https://example.org/x.png", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "script as a link", files: in(`<a href=" javascript:x"/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has a reference to " javascript:x", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "an SVG in an SVG", files: in(`<image href="data:image/svg+xml;base64,AA=="/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has a reference to "data:image/svg+xml;base64,AA==", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "a style that stays in the file", files: in(`<style>.a{fill:url(#b)}</style><g fill="url('#b')" style="fill: url( #c )"/>`)},
		{shows: "a style that loads", files: in("<style>\n@im<!-- -->port 'x.css'</style>"), want: []string{`image/svg-active icon.svg:2:24: the icon has a style with an @import, expected nothing that runs or is loaded from elsewhere`}},
		{shows: "an attribute that loads", files: in(`<g fill="URL(https://example.org/#a)"/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has a reference to "https://example.org/#a)", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "an escape in a style", files: in(`<g style="fill:\75rl(x)"/>`), want: []string{`image/svg-active icon.svg:1:84: the icon has a style with an escape, expected nothing that runs or is loaded from elsewhere`}},
		{shows: "an animation", files: in(`<animate attributeName="opacity" from="0" to="1"/>`)},
		{shows: "an animation that makes a link", files: in(`<a><set attributeName="xlink:href" to="javascript:x"/></a>`), want: []string{`image/svg-active icon.svg:1:87: the icon has an animation of "xlink:href", expected nothing that runs or is loaded from elsewhere`}},
		{shows: "depth", files: in(strings.Repeat("<g>", 300)), want: []string{`image/svg icon.svg:1:849: the icon has elements more than 256 deep`}},
		{shows: "bytes that aren't UTF-8", files: in("<text>\xff</text>"), want: []string{`image/svg icon.svg:1:91: the icon isn't well-formed SVG: invalid UTF-8`}},
		{shows: "more than 512 KiB", files: in(strings.Repeat(" ", 512<<10)), want: []string{`vito/icon icon.svg: the icon has 524377 bytes, expected at most 524288`}},
	})
}

// The limit on the manifest is the caller's.
func TestVitoLimit(t *testing.T) {
	p := pack(good())
	for limit, want := range map[int64]int{int64(len(goodComposer)): 0, int64(len(goodComposer)) - 1: 1} {
		if _, findings := (Vito{}).Read(p, Limits{ManifestSize: limit}); len(findings) != want {
			t.Errorf("at most %d bytes: %v", limit, findings)
		}
	}
}

// All that the manifest says is in the facts.
func TestVitoFacts(t *testing.T) {
	c := vitoCase{
		edit: []string{
			`"license": "MIT"`, `"license": ["MIT", "Apache-2.0"]`, `"1.2.0"`, `"1.2.0-beta.2"`,
			`"require": {"php": "^8.2"}`, `"require": {"php": "^8.2", "b/b": "1", "a/a": "1"}, "keywords": ["disk", "Überwachung"],
			"authors": [{"name": "Bo", "role": "tester"}, {"name": "Acme", "email": "acme@example.org", "homepage": "https://example.org"}],
			"support": {"docs": "https://example.org/docs", "email": "help@example.org"}, "funding": [{"type": "x", "url": "https://example.org/pay"}],
			"scripts": {"n": [1, 2.5, true, null]}`,
			`"extra": {`, `"extra": {"other": 1, `,
			`"categories"`, `"official": true, "homepage": "https://example.org/h", "repository": "https://example.org/r", "screenshots": ["b.png", "a.png"], "categories"`},
		files: map[string]string{"CHANGELOG.md": "# 1\n", "a.png": flat(1600, 1000), "b.png": flat(1600, 1000)},
	}
	p := c.pack(t)
	m, findings := Vito{}.Read(p, Limits{})
	if len(findings.Errors()) > 0 {
		t.Fatal(findings)
	}
	file := func(path string) wire.File { return asset(p.File(path)) }
	want := Manifest{
		Format: "vito", Version: "1.2.0-beta.2", Channel: "beta", ArtifactName: "disk-watch-1.2.0-beta.2.zip",
		Assets: []string{"icon.svg", "b.png", "a.png", "README.md", "CHANGELOG.md"},
		Facts: wire.Facts{
			Name: wire.Text{"en": "Disk watch"}, Summary: wire.Text{"en": "Watches the disks of your servers."},
			Description: map[string]wire.File{"en": file("README.md")}, Changelog: map[string]wire.File{"en": file("CHANGELOG.md")},
			Entrypoint: "Plugin.php", HostAPI: &wire.HostAPI{Min: "3.0.0"}, Requires: []string{"a/a", "b/b"}, Code: "php",
			Icons:       []wire.Image{{File: file("icon.svg")}},
			Screenshots: []wire.Image{{File: file("b.png"), Width: 1600, Height: 1000}, {File: file("a.png"), Width: 1600, Height: 1000}},
			Authors:     []wire.Author{{Name: "Acme", Email: "acme@example.org", URL: "https://example.org", GitHub: "acme"}, {Name: "Bo"}},
			Repository:  "https://example.org/r", Homepage: "https://example.org/h", Keywords: []string{"disk", "Überwachung"}, Categories: []string{"monitoring"},
			License: "MIT OR Apache-2.0", Funding: []string{"https://example.org/pay"}, Support: []string{"mailto:help@example.org", "https://example.org/docs"},
			Ext: map[string]any{
				"namespace": `App\Vito\Plugins\Acme\DiskWatch\Plugin`, "official_requested": true,
				"composer": map[string]any{
					"name": "acme/disk-watch", "type": "vito-plugin", "require": map[string]any{"php": "^8.2", "b/b": "1", "a/a": "1"},
					"autoload": map[string]any{"psr-4": map[string]any{`App\Vito\Plugins\Acme\DiskWatch\`: ""}},
					"scripts":  map[string]any{"n": []any{json.Number("1"), json.Number("2.5"), true, nil}}, "extra": map[string]any{"other": json.Number("1")},
				},
			},
		},
	}
	if !reflect.DeepEqual(m, want) {
		got, _ := json.MarshalIndent(m, "", " ")
		exp, _ := json.MarshalIndent(want, "", " ")
		t.Errorf("got %s\nwant %s", got, exp)
	}
	if _, err := wire.Encode(m.Facts); err != nil {
		t.Error(err)
	}
}
