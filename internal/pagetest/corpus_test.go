package pagetest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// native makes a package of the native format: what regen.yaml says, and files by their paths. JSON is YAML, too.
func native(id string, facts map[string]any, files map[string]string) gittest.Files {
	text, err := json.Marshal(facts)
	if err != nil {
		panic(err)
	}
	out := gittest.Files{"plugins/" + id + "/regen.yaml": gittest.Text(string(text) + "\n")}
	for path, data := range files {
		out["plugins/"+id+"/"+path] = gittest.Text(data)
	}
	return out
}

type facts = map[string]any

// with returns the facts with others in their place.
func (c corpus) with(id string, more facts) gittest.Files {
	all := facts{}
	for k, v := range c[id].facts {
		all[k] = v
	}
	for k, v := range more {
		all[k] = v
	}
	return native(id, all, c[id].files)
}

type corpus map[string]struct {
	facts facts
	files map[string]string
}

// unbroken is a word that no line has room for.
var unbroken = strings.Repeat("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau", 1)

// hard are the packages that pages have a hard time with, and that can be published.
var hard = corpus{
	// Nothing but what has to be there.
	"bare": {facts{"name": "Bare", "version": "1.0.0", "license": "MIT", "code": "none"}, map[string]string{"data.txt": "x\n"}},
	// Everything that there is.
	"rich": {facts{
		"name": facts{"en": "Rich & Famous", "de": "Reich & berühmt", "es": "Rico y famoso", "ar": "غني ومشهور"}, "version": "1.0.0", "version_code": 1,
		"summary":  facts{"en": "Has everything that a package can have", "de": "Hat alles, was ein Paket haben kann", "es": "Tiene todo lo que puede tener un paquete", "ar": "يحتوي على كل ما يمكن أن تحتويه الحزمة"},
		"host_api": facts{"min": "1.2", "target": "3.4"}, "data_schema": 3, "routes_risk": "public-dynamic",
		"permissions": []string{"network", "storage", "camera", "microphone", "location", "contacts", "clipboard", "notifications"}, "requires": []string{"some-app", "another"},
		"code": "php", "vendored": true, "icons": []facts{{"path": "icon.png"}}, "main_screenshot": "shots/two.jpg",
		"screenshots": []facts{
			{"path": "shots/one.png", "title": facts{"en": "The first picture", "de": "Das erste Bild"}, "alt": facts{"en": "A gradient with a grid", "de": "Ein Verlauf mit einem Gitter"}},
			{"path": "shots/two.jpg", "title": "The second picture", "alt": "The same as a photo"},
			{"path": "shots/three.png", "alt": "A picture that is higher than wide"},
			{"path": "shots/small.png", "alt": "A small picture"},
		},
		"languages": facts{"en": 100, "de": 80, "ar": 40}, "authors": []facts{
			{"name": "Ada Example", "email": "ada@example.org", "url": "https://ada.example.org/", "github": "ada-example"}, {"name": "Grace Example", "github": "grace-example"}, {"name": "كاتب"},
		},
		"repository": "https://example.org/rich.git", "homepage": "https://example.org/rich?a=b&c=d", "related": []facts{{"id": "bare", "relation": "works-with"}, {"url": "https://example.org/other", "relation": "replaces"}},
		"keywords": []string{"everything", "all", "Überfluss"}, "categories": []string{"showcase", "monitoring", "long-category-name-that-goes-on-and-on"},
		"license": "MIT OR Apache-2.0", "license_file": "LICENSE", "license_url": "https://example.org/license", "funding": []string{"https://example.org/give"}, "support": []string{"https://example.org/help", "https://example.org/forum"},
		"age_rating": "moderate", "features": []facts{{"en": "Does one thing", "de": "Tut das eine"}, {"en": "Does another"}},
		"anti_features": []facts{{"kind": "tracking", "reason": "Counts how often it is opened"}, {"kind": "non-free-network", "reason": facts{"en": "Needs a service that isn't free", "de": "Braucht einen unfreien Dienst"}}, {"kind": "ads", "reason": "Shows advertisements"}},
		"accent_color":  "#7a3", "orientation": "any", "background_color": "#fff", "help_files": []string{"docs/help.md"},
	}, map[string]string{
		"icon.png": pngOf(512, 512), "shots/one.png": pngOf(1600, 1000), "shots/two.jpg": jpegOf(1600, 900), "shots/three.png": pngOf(600, 1200), "shots/small.png": pngOf(320, 240),
		"README.md": richReadme, "README.de.md": "# Reich\n\nHat alles.\n", "CHANGELOG.md": richChangelog, "LICENSE": "Do what you like.\n", "docs/help.md": "# Help\n\nThere is none.\n", "docs/grid.png": pngOf(300, 200), "main.php": "<?php\n",
	}},
	// Names and words as long as they may be.
	"long-" + strings.Repeat("id", 50): {facts{
		"name": strings.Repeat("Long name ", 7) + "0123456789", "version": "123456789012345.123456789012345.123456789012345-alpha.123456789", "summary": strings.Repeat("A summary of three hundred characters. ", 8)[:299] + ".",
		"categories": []string{strings.Repeat("category", 8)}, "keywords": []string{strings.Repeat("k", 200)}, "authors": []facts{{"name": strings.Repeat("Author ", 27) + "x"}}, "license": "MIT", "code": "none",
		"requires": []string{strings.Repeat("requirement", 18)}, "features": []string{strings.Repeat("feature", 40)}, "homepage": "https://" + strings.Repeat("sub.", 50) + "example.org/" + strings.Repeat("path", 300),
	}, map[string]string{"README.md": "# " + strings.Repeat("Heading", 60) + "\n\n" + strings.Repeat("word", 400) + "\n\n`" + strings.Repeat("code", 200) + "`\n\n|" + strings.Repeat("cell|", 30) + "\n|" + strings.Repeat("-|", 30) + "\n|" + strings.Repeat("wide content|", 30) + "\n"}},
	"unbroken": {facts{"name": strings.Repeat("W", 80), "version": "1.0.0", "summary": strings.Repeat(unbroken, 5), "license": "MIT", "code": "none", "categories": []string{"w"}, "authors": []facts{{"name": strings.Repeat("W", 200)}}},
		map[string]string{"README.md": "# " + unbroken + "\n\n" + strings.Repeat(unbroken, 20) + "\n"}},
	// From right to left, and without spaces between words.
	"arabic": {facts{"name": "مراقب الأقراص", "version": "1.0.0", "summary": "يراقب الأقراص وينبهك قبل أن تمتلئ (الإصدار 2.0)", "license": "MIT", "code": "none", "categories": []string{"monitoring"}, "authors": []facts{{"name": "ليلى"}}, "languages": facts{"ar": 100}},
		map[string]string{"README.md": "# مراقب الأقراص\n\nهذا نص عربي مع كلمة English في الوسط و`code`.\n\n- أولاً\n- ثانياً\n"}},
	"chinese": {facts{"name": facts{"zh-Hans": "磁盘监视器"}, "version": "1.0.0", "summary": facts{"zh-Hans": strings.Repeat("在磁盘写满之前通知您", 10)}, "license": "MIT", "code": "none", "categories": []string{"monitoring"}},
		map[string]string{"README.md": "# 磁盘监视器\n\n" + strings.Repeat("在磁盘写满之前通知您。", 60) + "\n"}},
	// A name that imitates what a page says itself.
	"official-registry": {facts{"name": "Sign in – Harbour & Sons", "version": "1.0.0", "summary": "404 Not found – Your session has expired", "license": "MIT", "code": "none", "icons": []facts{{"path": "icon.svg"}}}, map[string]string{"README.md": "# Official registry\n\n> **Verified by Harbour & Sons**\n", "icon.svg": svgIcon}},
	// Markup where Markdown may have it.
	"markup": {facts{"name": "a < b && c > d", "version": "1.0.0", "summary": `"quotes" & 'others' {{.Page}} ${x} %3Cb%3E`, "license": "MIT", "code": "none", "keywords": []string{"a&b", `"q"`}, "authors": []facts{{"name": `O'Neil & "Sons"`}}},
		map[string]string{"README.md": markupReadme, "CHANGELOG.md": markupReadme, "LICENSE": "x"}},
	// Three versions and more.
	"three": {facts{"name": "Three", "version": "1.0.0", "summary": "Has several versions", "license": "MIT", "code": "none", "categories": []string{"showcase"}}, map[string]string{"CHANGELOG.md": "# 2.0.0\n\n- Third\n\n# 1.1.0\n\n- Second\n\n# 1.0.0\n\n- First\n", "README.md": "# Three\n"}},
	// Nothing but prereleases.
	"beta": {facts{"name": "Beta", "version": "0.1.0-beta.1", "summary": "Isn't finished", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# Beta\n"}},
	// What advisories are about.
	"warned":  {facts{"name": "Warned", "version": "1.0.0", "summary": "Has a warning", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# Warned\n"}},
	"yanked":  {facts{"name": "Yanked", "version": "1.0.0", "summary": "Has a version that is blocked", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# Yanked\n"}},
	"blocked": {facts{"name": "Blocked", "version": "1.0.0", "summary": "Has no version that isn't blocked", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# Blocked\n"}},
	"gone":    {facts{"name": "Gone", "version": "1.0.0", "summary": "Left the registry", "license": "MIT", "code": "none", "categories": []string{"showcase"}}, map[string]string{"README.md": "# Gone\n"}},
	// What is put into the published tree gets into the place of these.
	"evil-texts":  {facts{"name": "To be replaced", "version": "1.0.0", "license": "MIT", "code": "none", "icons": []facts{{"path": "icon.svg"}}, "screenshots": []facts{{"path": "shot.png", "alt": "x"}}}, map[string]string{"README.md": "# x\n", "icon.svg": svgIcon, "shot.png": pngOf(640, 400)}},
	"evil-names":  {facts{"name": "To be replaced", "version": "1.0.0", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# x\n"}},
	"evil-links":  {facts{"name": "To be replaced", "version": "1.0.0", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# x\n"}},
	"evil-lists":  {facts{"name": "To be replaced", "version": "1.0.0", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# x\n"}},
	"evil-titles": {facts{"name": "To be replaced", "version": "1.0.0", "license": "MIT", "code": "none"}, map[string]string{"README.md": "# x\n"}},
}

const richReadme = "# Rich & Famous\n\nHas *everything*: [help](docs/help.md), [the homepage](https://example.org/rich), [the changelog](CHANGELOG.md), [what isn't there](docs/missing.md), and ![a grid](docs/grid.png).\n\n" +
	"## Code\n\n```php\n<?php\nfunction greet(string $name): string {\n    // a comment\n    return \"Hello, $name\";\n}\n```\n\n```sh\nregen install rich --force # yes\n```\n\n```\nplain\n```\n\n" +
	"## Tables\n\n| Setting | Default |\n|---|---:|\n| `one` | 1 |\n| `two` | 22 |\n\n1. First\n2. Second\n   - Inner\n\n> A quote\n\n- [x] Done\n- [ ] To do\n\n---\n\n### Deep\n\n#### Deeper\n\n##### Deepest\n\nThe end.\n"

const richChangelog = "# Changelog\n\n## 1.0.0\n\n- Everything is new\n- [A link](https://example.org/)\n\n```json\n{\"key\": [1, true, null]}\n```\n"

const markupReadme = "# <b>Markup</b> & more\n\n<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](vbscript:x) [e](//evil.example/x) <javascript:alert(1)> <https://example.org/>\n\n" +
	"![x](javascript:alert(1)) ![y](https://evil.example/x.png) ![z](../../../index.json)\n\n<iframe src=\"https://evil.example/\"></iframe>\n\n<svg onload=alert(1)><script>alert(1)</script></svg>\n\n<style>* { display: none }</style>\n\n" +
	"<a href=\"https://evil.example/\" onclick=\"alert(1)\">click</a>\n\n```html\n</code></pre><script>alert(1)</script>\n```\n\n```\"><script>alert(1)</script>\nx\n```\n\n<details open ontoggle=alert(1)>x</details>\n\n[ref]\n\n[ref]: javascript:alert(1) \"t\"\n\n# {#main}\n\n## main\n\n## genuine\n"

// fillerCount is how many fillers there are: a list of them takes two pages, and so does that of their authors.
const fillerCount = 70

// fillers are plain packages, so that lists have more than one page's worth.
func fillers(n int) gittest.Files {
	all := gittest.Files{}
	for i := range n {
		id := fmt.Sprintf("filler-%03d", i)
		for path, file := range native(id, facts{
			"name": fmt.Sprintf("Filler %d", i), "version": "1.0.0", "summary": fmt.Sprintf("Number %d of the packages that fill lists", i), "license": []string{"MIT", "Apache-2.0", "CC0-1.0", "GPL-3.0-or-later"}[i%4], "code": "none",
			"categories": []string{fmt.Sprintf("category-%02d", i%20), "fillers"}, "keywords": []string{fmt.Sprintf("keyword-%d", i)}, "authors": []facts{{"name": fmt.Sprintf("Author %d", i%60)}},
		}, map[string]string{"README.md": fmt.Sprintf("# Filler %d\n\nFills.\n", i)}) {
			all[path] = file
		}
	}
	return all
}

// own are the packages of this repo.
func own(t testing.TB) gittest.Files {
	t.Helper()
	all := gittest.Files{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, "plugins", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		all[path] = gittest.Text(string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
