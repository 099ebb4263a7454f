package listing

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

const storeApps = "v1/store/apps/"

// mosisApp returns an app with these versions.
func mosisApp(id string, versions ...string) *releases {
	r := &releases{}
	for i, v := range versions {
		m := metadataOf("mosis", id, v, id+"-"+v+".mosis")
		m.VersionCode = i + 1
		r.metadata = append(r.metadata, m)
	}
	return r
}

func row(t *testing.T, a App) []byte {
	t.Helper()
	data, err := mosis{}.Row(a)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func index(t *testing.T, base string, apps ...*releases) Files {
	t.Helper()
	rows := make(map[string][]byte)
	for _, r := range apps {
		r.base = base
		if data := row(t, r.app()); data != nil {
			rows[r.metadata[0].ID] = data
		}
	}
	files, err := mosis{}.Index(wire.Registry{BaseURL: base}, rows)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestMosis(t *testing.T) {
	r := mosisApp("org.example.clock", "1.0.0", "1.1.0", "2.0.0-beta.1")
	m := &r.metadata[1]
	m.Facts = wire.Facts{
		Name: wire.Text{"en": "Clock <&> Ω", "de": "Uhr"}, VersionCode: 2, Summary: wire.Text{"de": "Zeigt die Zeit"}, License: "MIT", Keywords: []string{"time"}, Categories: []string{"tools", "time"},
		Authors: []wire.Author{{Name: "Ada"}, {Name: "Grace"}}, HostAPI: &wire.HostAPI{Min: "3.0", Target: "3.2"}, Permissions: []string{"storage"},
		Icons:          []wire.Image{{File: wire.File{Path: "i/32.png"}, Width: 32}, {File: wire.File{Path: "i/1 28.png"}, Width: 128}, {File: wire.File{Path: "i/64.png"}, Width: 64}},
		MainScreenshot: &wire.Image{File: wire.File{Path: "main.png"}, Alt: wire.Text{"en": "A clock"}}, Screenshots: []wire.Image{{File: wire.File{Path: "100%.png"}, Title: wire.Text{"en": "All"}}},
		Description: map[string]wire.File{"en": {Path: "README.md"}, "de": {Path: "LIESMICH.md"}}, Changelog: map[string]wire.File{"en": {Path: "CHANGELOG.md"}},
	}
	sums := []string{wire.Sum([]byte("org.example.clock-1.0.0.mosis")), wire.Sum([]byte("org.example.clock-1.1.0.mosis")), wire.Sum([]byte("org.example.clock-2.0.0-beta.1.mosis"))}
	for base, at := range map[string][2]string{"": {"../../../", "../../../../"}, baseURL: {baseURL + "/", baseURL + "/"}} {
		r.base = base
		facts := func(up, first, rest string) string {
			return `{"author":"Ada","category":"tools",` + first + `"description":"Zeigt die Zeit",` + strings.ReplaceAll(rest, "UP/", up) + "}"
		}
		listed := facts(at[0], "", `"icon":"UP/packages/org.example.clock/1.1.0/assets/i/1%2028.png","id":"org.example.clock","min_mosis_version":"3.0","name":"Clock <&> Ω","permissions":["storage"],`+
			`"released_at":1700000000,"sha256":"`+sums[1]+`","size":5,"tags":["time"],"url":"UP/packages/org.example.clock/1.1.0/org.example.clock-1.1.0.mosis","version":"1.1.0","version_code":2`)
		if got := string(row(t, r.app())); got != listed {
			t.Errorf("row:\n%s\nexpected\n%s", got, listed)
		}
		own := facts(at[1], `"changelog":"`+at[1]+`packages/org.example.clock/1.1.0/assets/CHANGELOG.md",`, `"descriptions":{"de":"Zeigt die Zeit"},"icon":"UP/packages/org.example.clock/1.1.0/assets/i/1%2028.png",`+
			`"id":"org.example.clock","license":"MIT","min_mosis_version":"3.0","name":"Clock <&> Ω","names":{"de":"Uhr","en":"Clock <&> Ω"},"permissions":["storage"],"readme":"UP/packages/org.example.clock/1.1.0/assets/README.md",`+
			`"released_at":1700000000,"screenshots":[{"alt":{"en":"A clock"},"url":"UP/packages/org.example.clock/1.1.0/assets/main.png"},{"title":{"en":"All"},"url":"UP/packages/org.example.clock/1.1.0/assets/100%25.png"}],`+
			`"sha256":"`+sums[1]+`","size":5,"tags":["time"],"url":"UP/packages/org.example.clock/1.1.0/org.example.clock-1.1.0.mosis","version":"1.1.0","version_code":2,"versions":[`+
			`{"channel":"beta","released_at":1700000000,"sha256":"`+sums[2]+`","size":5,"url":"UP/packages/org.example.clock/2.0.0-beta.1/org.example.clock-2.0.0-beta.1.mosis","version":"2.0.0-beta.1","version_code":3},`+
			`{"channel":"stable","released_at":1700000000,"sha256":"`+sums[1]+`","size":5,"url":"UP/packages/org.example.clock/1.1.0/org.example.clock-1.1.0.mosis","version":"1.1.0","version_code":2},`+
			`{"channel":"stable","released_at":1700000000,"sha256":"`+sums[0]+`","size":5,"url":"UP/packages/org.example.clock/1.0.0/org.example.clock-1.0.0.mosis","version":"1.0.0","version_code":1}]`)
		files := made(t, mosis{}, r.app())
		if got := string(files[storeApps+"org.example.clock/index.json"]); got != own || len(files) != 1 {
			t.Errorf("%s\nexpected\n%s", got, own)
		}
		files = index(t, base, r)
		if got, want := string(files[storeApps+"index.json"]), `{"apps":[`+listed+`],"total":1}`; got != want {
			t.Errorf("index:\n%s\nexpected\n%s", got, want)
		}
		want := `{"org.example.clock":{"sha256":"` + sums[1] + `","url":"` + at[0] + `packages/org.example.clock/1.1.0/org.example.clock-1.1.0.mosis","version":"1.1.0","version_code":2}}`
		if got := string(files[storeApps+"updates.json"]); got != want {
			t.Errorf("updates:\n%s\nexpected\n%s", got, want)
		}
	}
}

// What there is none of is an empty list, and not null.
func TestMosisEmpty(t *testing.T) {
	if got := string(row(t, mosisApp("a.b", "1.0.0").app())); !strings.Contains(got, `"permissions":[]`) || strings.Contains(got, "null") {
		t.Error(got)
	}
	files := index(t, "")
	for path, want := range map[string]string{
		storeApps + "index.json": `{"apps":[],"total":0}`, storeApps + "updates.json": `{}`,
		wire.RedirectsPath: "/v1/store/apps /v1/store/apps/index.json 200\n/v1/store/apps/index.json /v1/store/apps/index.json 200\n" +
			"/v1/store/apps/updates.json /v1/store/apps/updates.json 200\n/v1/store/apps/:id /v1/store/apps/:id/index.json 200\n",
	} {
		if got := string(files[path]); got != want {
			t.Errorf("%s: %s, expected %s", path, got, want)
		}
	}
}

// A delisted app is in no list, and its own document says that it is. An app with nothing but prereleases is shown by one.
func TestMosisStates(t *testing.T) {
	gone, early := mosisApp("a.gone", "1.0.0"), mosisApp("a.early", "1.0.0-alpha.1", "1.0.0-beta.1")
	gone.state = wire.Delisted
	files := index(t, "", gone, early)
	for _, path := range []string{storeApps + "index.json", storeApps + "updates.json", wire.RedirectsPath} {
		if got := string(files[path]); strings.Contains(got, "a.gone") || !strings.Contains(got, "a.early-1.0.0-beta.1.mosis") {
			t.Errorf("%s: %s", path, got)
		}
	}
	var d storeDetail
	decode(t, made(t, mosis{}, gone.app())[storeApps+"a.gone/index.json"], &d)
	if d.State != wire.Delisted || len(d.Versions) != 1 || d.URL == "" {
		t.Errorf("%+v", d)
	}
	d = storeDetail{}
	decode(t, made(t, mosis{}, early.app())[storeApps+"a.early/index.json"], &d)
	if d.State != "" || d.Version != "1.0.0-beta.1" || d.Versions[1].Channel != "alpha" {
		t.Errorf("%+v", d)
	}
}

// A version that is blocked is offered nowhere. An app of which all are is in no list, and its own document leads to no package.
func TestMosisBlocked(t *testing.T) {
	some, all, both := mosisApp("a.some", "1.0.0", "1.1.0", "1.2.0", "2.0.0-rc.1"), mosisApp("a.all", "1.0.0", "1.1.0"), mosisApp("a.both", "1.0.0")
	some.yanked = map[string]string{"1.0.0": wire.Warn, "1.2.0": wire.Block, "2.0.0-rc.1": wire.Uninstall}
	all.yanked = map[string]string{"1.0.0": wire.Block, "1.1.0": wire.Uninstall}
	both.yanked, both.state = map[string]string{"1.0.0": wire.Block}, wire.Delisted
	files := index(t, "", some, all, both)
	for _, r := range []*releases{some, all, both} {
		for path, data := range made(t, mosis{}, r.app()) {
			files[path] = data
		}
	}
	for path, data := range files {
		for _, blocked := range []string{"a.some/1.2.0", "a.some/2.0.0-rc.1", "a.all/1", "a.both/1"} {
			if strings.Contains(string(data), "packages/"+blocked) {
				t.Errorf("%s leads to a package that is blocked: %s", path, data)
			}
		}
	}
	for path, want := range map[string]string{
		"index.json": `a.some-1.1.0.mosis","version":"1.1.0","version_code":2}],"total":1}`, "a.all/index.json": `"state":"blocked","version":"1.1.0","version_code":2,"versions":[]}`,
		"a.both/index.json": `"state":"blocked"`, "updates.json": `{"a.some":{"sha256":`,
	} {
		if got := string(files[storeApps+path]); !strings.Contains(got, want) {
			t.Errorf("%s: %s, expected %s", path, got, want)
		}
	}
	var d storeDetail
	decode(t, files[storeApps+"a.some/index.json"], &d)
	if d.State != "" || d.Version != "1.1.0" || len(d.Versions) != 2 || d.Versions[0].Version != "1.1.0" || d.Versions[1].Version != "1.0.0" {
		t.Errorf("%+v", d)
	}
	if _, err := (mosis{}).Rows(wire.Registry{}, []byte(`{"apps":[{"id":"a.b","version":"1.0.0"}]}`)); err == nil {
		t.Error("an index with an app that leads to no package is taken")
	}
}

// An id that is a file's name where the apps' directories are has no place in the store: a directory can't have that name, too.
func TestMosisTakenIDs(t *testing.T) {
	for _, id := range []string{"index.json", "updates.json"} {
		r := mosisApp(id, "1.0.0")
		if wire.CheckID(id) != nil {
			t.Errorf("%s is no id", id)
		}
		if files := made(t, mosis{}, r.app()); len(files) != 0 {
			t.Errorf("%s: %s", id, paths(files))
		}
		if data := row(t, r.app()); data != nil {
			t.Errorf("%s: %s", id, data)
		}
	}
	files := index(t, "", mosisApp("openapi.json", "1.0.0"))
	if !strings.Contains(string(files[storeApps+"index.json"]), `"id":"openapi.json"`) {
		t.Error("an id is refused that no file has")
	}
}

// The rows of an index are those that it was made of, unless it isn't one of this registry.
func TestMosisRows(t *testing.T) {
	a, b := mosisApp("a.a", "1.0.0"), mosisApp("a.b", "2.0.0-beta.1")
	a.metadata[0].Name = wire.Text{"en": "<\u2028\"\\>"}
	for _, base := range []string{"", baseURL} {
		r := wire.Registry{BaseURL: base}
		data := index(t, base, a, b)[mosis{}.IndexPath()]
		rows, err := mosis{}.Rows(r, data)
		if err != nil || len(rows) != 2 || string(rows["a.a"]) != string(row(t, a.app())) || string(rows["a.b"]) != string(row(t, b.app())) {
			t.Errorf("%v: %s", err, rows)
		}
		for from, to := range map[string]string{
			`"id":"a.a"`: `"id":"../x"`, `1.0.0.mosis`: `1.0.0.mosis\n/* //e.org`, `a.a/1.0.0/`: `a.a/1.0.1/`, `packages/a.a`: `x/packages/a.a`, `"version":"1.0.0"`: `"version":"1"`,
			`{"apps":[`: `{"apps":[7,`, `"total"`: `total`, `"url":"`: `"url":"https://e.org/`,
		} {
			spoilt := strings.Replace(string(data), from, to, 1)
			if _, err := (mosis{}).Rows(r, []byte(spoilt)); err == nil || spoilt == string(data) {
				t.Errorf("%s for %s is taken", to, from)
			}
		}
		if _, err := (mosis{}).Rows(wire.Registry{BaseURL: "https://other.example"}, data); err == nil {
			t.Error("the index of another base URL is taken")
		}
	}
}

// Paths of files lead where they are, whatever they are called.
func TestMosisAddresses(t *testing.T) {
	for _, name := range hostile {
		for _, base := range []string{"", "https://example.org/reg%20istry"} {
			r := mosisApp("a.b", "1.0.0")
			r.base = base
			r.metadata[0].Icons = []wire.Image{{File: wire.File{Path: name}, Width: 1}}
			r.metadata[0].Screenshots = r.metadata[0].Icons
			var d storeDetail
			decode(t, made(t, mosis{}, r.app())[storeApps+"a.b/index.json"], &d)
			at, err := url.Parse("https://example.org/reg%20istry/v1/store/apps/a.b/index.json")
			if err != nil {
				t.Fatal(err)
			}
			for _, link := range []string{d.Icon, d.Screenshots[0].URL} {
				to, err := at.Parse(link)
				if err != nil || to.Host != "example.org" || to.RawQuery != "" || to.Fragment != "" || to.Path != path.Clean("/reg istry/packages/a.b/1.0.0/assets/"+name) &&
					to.Path != "/reg istry/packages/a.b/1.0.0/assets/"+name {
					t.Errorf("%q: %s leads to %v (%v)", name, link, to, err)
				}
			}
		}
	}
}

// Each rule is a line of three words, and nothing in it is a wildcard but one :id. Those without stand first.
func TestMosisRedirects(t *testing.T) {
	long := strings.Repeat("a", 63) + "." + strings.Repeat("b", 64)
	version := "1.0.0-" + strings.Repeat("x", wire.MaxVersion-len("1.0.0-"))
	for base, top := range map[string]string{"": "", "https://example.org": "", "https://example.org:8443/a%20b/c": "/a%20b/c"} {
		rules := string(index(t, base, mosisApp("a.b", "1.0.0"), mosisApp(long, version))[wire.RedirectsPath])
		want := []string{
			"/v1/store/apps /v1/store/apps/index.json 200",
			"/v1/store/apps/index.json /v1/store/apps/index.json 200",
			"/v1/store/apps/updates.json /v1/store/apps/updates.json 200",
			"/v1/store/apps/a.b/download /packages/a.b/1.0.0/a.b-1.0.0.mosis 302",
			"/v1/store/apps/" + long + "/download /packages/" + long + "/" + version + "/" + long + "-" + version + ".mosis 302",
			"/v1/store/apps/:id /v1/store/apps/:id/index.json 200",
		}
		for i, line := range strings.Split(strings.TrimSuffix(rules, "\n"), "\n") {
			if i >= len(want) || line != strings.ReplaceAll(top+want[i], " /", " "+top+"/") {
				t.Errorf("%q: line %d is %s", base, i, line)
			}
			if len(line) > 1000 || strings.Count(line, " ") != 2 || strings.ContainsAny(line, "*#?\t\r") {
				t.Errorf("%q: %s", base, line)
			}
		}
	}
}
