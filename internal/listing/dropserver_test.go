package listing

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/rules/casefile"
	"github.com/regen-registry/regen/internal/wire"
)

// dropApp returns an app with these versions, each with an icon and a section in the list of changes.
func dropApp(t *testing.T, versions ...string) *releases {
	t.Helper()
	r := &releases{files: map[string]string{"icon.png": picture(t, "png 160 160"), "changelog.txt": ""}}
	for _, v := range versions {
		m := metadataOf("dropserver", "demo", v, "demo-"+v+".tar.gz")
		m.Changelog = map[string]wire.File{"en": {Path: "changelog.txt"}}
		m.Icons = []wire.Image{{File: wire.File{Path: "icon.png"}}}
		r.metadata = append(r.metadata, m)
		r.files["changelog.txt"] += v + "\nWhat is new in " + v + "\n\n"
		r.files[m.Artifact.Name] = tarGz(t, `{"version":"`+v+`"}`)
	}
	return r
}

func tarGz(t *testing.T, manifest string) string {
	t.Helper()
	segments, err := archive.StoredTarGz([]archive.File{{Path: "app.ts"}, {Path: dropManifest, Data: []byte(manifest)}, {Path: "z"}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range segments {
		b.Write(s)
	}
	return b.String()
}

func picture(t *testing.T, directive string) string {
	t.Helper()
	data, err := casefile.Make(directive, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const dropAt = "dropserver/demo/"

// versionsOf returns the listing, which is at most as long as hosts read.
func versionsOf(t *testing.T, files Files) map[string]dropVersion {
	t.Helper()
	data := files[dropAt+"app-listing.json"]
	if len(data) > maxListing {
		t.Errorf("the listing has %d bytes", len(data))
	}
	var listing dropListing
	decode(t, data, &listing)
	return listing.Versions
}

func TestDropserver(t *testing.T) {
	files := made(t, dropserver{}, dropApp(t, "1.0.0", "1.1.0").app())
	const want = `{"versions":{` +
		`"1.0.0":{"changelog":"1.0.0/changelog.txt","icon":"../../packages/demo/1.0.0/assets/icon.png","manifest":"1.0.0/dropapp.json","package":"../../packages/demo/1.0.0/demo-1.0.0.tar.gz"},` +
		`"1.1.0":{"changelog":"1.1.0/changelog.txt","icon":"../../packages/demo/1.1.0/assets/icon.png","manifest":"1.1.0/dropapp.json","package":"../../packages/demo/1.1.0/demo-1.1.0.tar.gz"}}}`
	if got := string(files[dropAt+"app-listing.json"]); got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
	for path, want := range map[string]string{
		"1.0.0/dropapp.json": `{"version":"1.0.0"}`, "1.0.0/changelog.txt": "1.0.0\nWhat is new in 1.0.0\n",
		"1.1.0/dropapp.json": `{"version":"1.1.0"}`, "1.1.0/changelog.txt": "1.1.0\nWhat is new in 1.1.0\n",
	} {
		if got := string(files[dropAt+path]); got != want {
			t.Errorf("%s: %q, expected %q", path, got, want)
		}
	}
	if len(files) != 5 {
		t.Error(paths(files))
	}
}

// Hosts take the highest version, so that no prerelease is listed beside a stable one, and nothing that is blocked. What is made of a release is made all the same, and stays.
func TestDropserverOffers(t *testing.T) {
	for _, c := range []struct {
		state, versions, want string
		yanked                map[string]string
	}{
		{"", "1.0.0", "1.0.0", nil},
		{"", "1.0.0 1.1.0 2.0.0-beta.1", "1.0.0 1.1.0", nil},
		{"", "1.0.0-alpha.1 1.0.0-rc.1", "1.0.0-alpha.1 1.0.0-rc.1", nil},
		{"", "1.0.0-rc.1 1.0.0", "1.0.0", nil},
		{wire.Delisted, "1.0.0 1.1.0", "", nil},
		{wire.Delisted, "1.0.0-rc.1", "", nil},
		{"", "1.0.0 1.1.0 1.2.0", "1.0.0 1.2.0", map[string]string{"1.0.0": wire.Warn, "1.1.0": wire.Block}},
		{"", "1.0.0 1.1.0 2.0.0-beta.1", "2.0.0-beta.1", map[string]string{"1.0.0": wire.Uninstall, "1.1.0": wire.Block}},
		{"", "1.0.0-rc.1 1.0.0 2.0.0-beta.1", "1.0.0-rc.1", map[string]string{"1.0.0": wire.Block, "2.0.0-beta.1": wire.Block}},
		{"", "1.0.0 1.1.0", "", map[string]string{"1.0.0": wire.Uninstall, "1.1.0": wire.Block}},
		{wire.Delisted, "1.0.0 1.1.0", "", map[string]string{"1.0.0": wire.Uninstall}},
	} {
		r := dropApp(t, strings.Fields(c.versions)...)
		r.state, r.yanked = c.state, c.yanked
		files := made(t, dropserver{}, r.app())
		listed := versionsOf(t, files)
		for _, v := range strings.Fields(c.want) {
			if _, ok := listed[v]; !ok {
				t.Errorf("%+v: %s isn't listed", c, v)
			}
		}
		if len(listed) != len(strings.Fields(c.want)) {
			t.Errorf("%+v: %v", c, listed)
		}
		for _, v := range strings.Fields(c.versions) {
			if files[dropAt+v+"/dropapp.json"] == nil {
				t.Errorf("%+v: no manifest of %s", c, v)
			}
		}
	}
}

// A listing has the newest versions that fit into what a host reads, and stays as it is once it is full of others.
func TestDropserverLimit(t *testing.T) {
	var versions []string
	for i := range 100 {
		versions = append(versions, fmt.Sprintf("1.%d.0", i))
	}
	files := made(t, dropserver{}, dropApp(t, versions...).app())
	listed := versionsOf(t, files)
	if len(listed) < 40 || len(listed) == len(versions) {
		t.Errorf("%d of %d versions are listed", len(listed), len(versions))
	}
	for i, v := range versions {
		if _, ok := listed[v]; ok != (i >= len(versions)-len(listed)) {
			t.Errorf("%s is listed: %v", v, ok)
		}
		if files[dropAt+v+"/dropapp.json"] == nil {
			t.Errorf("no manifest of %s", v)
		}
	}
}

// Of releases whose files are there nothing is made, and no package is read.
func TestDropserverKnown(t *testing.T) {
	all := made(t, dropserver{}, dropApp(t, "0.9.0-rc.1", "1.0.0", "1.1.0").app())
	r := dropApp(t, "0.9.0-rc.1", "1.0.0", "1.1.0")
	r.known = map[string]bool{"0.9.0-rc.1": true, "1.0.0": true}
	delete(r.files, "demo-1.0.0.tar.gz")
	delete(r.files, "demo-0.9.0-rc.1.tar.gz")
	some := made(t, dropserver{}, r.app())
	if got := paths(some); got != dropAt+"1.1.0/changelog.txt "+dropAt+"1.1.0/dropapp.json "+dropAt+"app-listing.json" {
		t.Error(got)
	}
	for path, data := range some {
		if string(all[path]) != string(data) {
			t.Errorf("%s: %s, and with all: %s", path, data, all[path])
		}
	}
}

// Hosts look at an icon's bytes, and join its path to the listing's as it stands.
func TestDropserverIcon(t *testing.T) {
	png := picture(t, "png 160 160")
	for _, c := range []struct{ path, data, want string }{
		{"icon.png", png, "../../packages/demo/1.0.0/assets/icon.png"},
		{"img/Icon_1.x-2.png", png, "../../packages/demo/1.0.0/assets/img/Icon_1.x-2.png"},
		{"icon.jpg", picture(t, "jpeg 160 160"), "../../packages/demo/1.0.0/assets/icon.jpg"},
		{"icon.webp", picture(t, "webp 160 160"), "../../packages/demo/1.0.0/assets/icon.webp"},
		{"ic on.webp", picture(t, "webp 160 160"), "1.0.0/icon.webp"},
		{"icon.gif", picture(t, "gif 160 160 1"), ""},
		{"icon.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		{"icon.png", `<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		{"icon.svg", png, "../../packages/demo/1.0.0/assets/icon.svg"},
		{"icon.png", "", ""},
	} {
		r := dropApp(t, "1.0.0")
		r.metadata[0].Icons[0].Path, r.files[c.path] = c.path, c.data
		files := made(t, dropserver{}, r.app())
		if got := versionsOf(t, files)["1.0.0"].Icon; got != c.want {
			t.Errorf("%s: %q, expected %q", c.path, got, c.want)
		}
	}
	for _, path := range hostile {
		r := dropApp(t, "1.0.0")
		r.metadata[0].Icons[0].Path, r.files[path] = path, png
		files := made(t, dropserver{}, r.app())
		if got := versionsOf(t, files)["1.0.0"].Icon; got != "1.0.0/icon.png" || string(files[dropAt+got]) != png {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestDropserverChanges(t *testing.T) {
	for _, c := range []struct{ changelog, want string }{
		{"1.0.0\nnew\n", "1.0.0\nnew\n"},
		{"2.0.0\nnewer\n1.0.0\nnew\n0.9.0\nold\n", "1.0.0\nnew\n"},
		{"Changes\n=======\r\n\r\n 1.0.0 \r\n\r\n* new \r\n\r\n* also\r\n\r\nv0.9\r\nold", "1.0.0\n\n* new\n\n* also\n"},
		{"1.0.0\nnew\n1.0\nold\n", "1.0.0\nnew\n"}, // which a host takes for a version
		{"1.0.0\nnew since 0.9.0\n2026-01-01: done\n", "1.0.0\nnew since 0.9.0\n2026-01-01: done\n"},
		{"1.0.0", "1.0.0\n"},
		{"1.0.0\n\n\n", "1.0.0\n"},
		{"v1.0.0\nnew\n", ""}, // hosts look for the version as it is
		{"## 1.0.0\nnew\n", ""},
		{"", ""},
	} {
		if got := dropChanges(c.changelog, "1.0.0"); got != c.want {
			t.Errorf("%q: %q, expected %q", c.changelog, got, c.want)
		}
	}
	r := dropApp(t, "1.0.0")
	r.files["changelog.txt"] = "nothing\n"
	if v := versionsOf(t, made(t, dropserver{}, r.app()))["1.0.0"]; v.Changelog != "" {
		t.Errorf("a section that isn't there is listed as %s", v.Changelog)
	}
	r.metadata[0].Changelog, r.metadata[0].Icons = nil, nil
	if v := versionsOf(t, made(t, dropserver{}, r.app()))["1.0.0"]; v.Changelog != "" || v.Icon != "" || v.Manifest == "" || v.Package == "" {
		t.Errorf("%+v", v)
	}
}

// A package without a manifest is an error, and not an empty manifest.
func TestDropserverManifest(t *testing.T) {
	r := dropApp(t, "1.0.0")
	segments, err := archive.StoredTarGz([]archive.File{{Path: "app.ts"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, artifact := range []string{string(segments[0]) + string(segments[len(segments)-1]), "no archive", ""} {
		r.files["demo-1.0.0.tar.gz"] = artifact
		if files, err := (dropserver{}).App(r.app()); err == nil || !strings.Contains(err.Error(), "find dropapp.json in demo-1.0.0.tar.gz") {
			t.Errorf("%v, %v", paths(files), err)
		}
	}
}
