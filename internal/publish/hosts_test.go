package publish_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// hostTrees are the trees of hostTree, which no test changes.
var hostTrees = make(map[string]store.Store)

// hostTree is a published tree with a package of each host, each with several releases, and one that is delisted. The commits come one by one.
func hostTree(t *testing.T, base string) store.Store {
	t.Helper()
	if s, ok := hostTrees[base]; ok {
		return s
	}
	repo, s := gittest.New(t), store.NewMem()
	rename := func(files gittest.Files, from, to string) gittest.Files {
		for name, f := range files {
			f.Data = strings.ReplaceAll(f.Data, from, to)
			delete(files, name)
			files[strings.ReplaceAll(name, from, to)] = f
		}
		return files
	}
	for _, files := range []gittest.Files{
		gittest.Join(listings("listings: [mosis, dropserver, mana]", base), pkg(t, "mosis", "org.clock", 0, ""), pkg(t, "mosis", "org.gone", 0, ""), pkg(t, "dropserver", "guests", 0, ""), pkg(t, "mana", "moving", 0, "")),
		gittest.Join(pkg(t, "mosis", "org.clock", 1, ""), pkg(t, "dropserver", "guests", 1, ""), gittest.Remove("plugins/org.gone")),
		gittest.Join(pkg(t, "mosis", "org.clock", 2, "-beta.1"), rename(pkg(t, "dropserver", "guests", 2, ""), "icon.png", "an icon, 50%20é.png"),
			rename(pkg(t, "mosis", "org.tides", 0, "-rc.1"), "icons/128.png", "icons/1 2%208é.png"), pkg(t, "mana", "moving", 1, "")),
		gittest.Join(gittest.Remove("plugins/guests/icon.png"), pkg(t, "dropserver", "guests", 3, "-beta.1"), pkg(t, "mosis", "org.bad", 0, "")),
		// The newest ones are blocked, and one app is as a whole.
		gittest.Join(pkg(t, "mosis", "org.clock", 3, ""), pkg(t, "dropserver", "guests", 4, ""), pkg(t, "mana", "moving", 2, ""),
			advise(advised{"A", "org.clock", "=1.3.0", "block", "x"}, advised{"B", "guests", ">=1.4.0", "uninstall", "x"}, advised{"C", "moving", "=1.2.0", "block", "x"}, advised{"D", "org.bad", "*", "block", "x"})),
	} {
		repo.Commit(t, files)
		if r := run(t, repo, "main", s); len(r.Failed) > 0 {
			t.Fatalf("%v", r.Failed)
		}
	}
	check(t, s)
	hostTrees[base] = s
	return s
}

// serve serves a tree, below a directory of the server.
func serve(t *testing.T, s store.Store) (server *httptest.Server, top string) {
	t.Helper()
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := s.Read(r.Context(), strings.TrimPrefix(r.URL.Path, "/some/where/"), 1<<30)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	return server, server.URL + "/some/where/"
}

func fetch(t *testing.T, client *http.Client, address string) []byte {
	t.Helper()
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Uncompressed {
		t.Fatalf("%s: %s, %v", address, resp.Status, err)
	}
	return data
}

func decoded[T any](t *testing.T, data []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// TestDropserverHost does what a Dropserver host does with the address of a listing: it takes the highest version, joins paths to the listing's directory, follows no
// redirects, and looks at all that it gets.
func TestDropserverHost(t *testing.T) {
	_, top := serve(t, hostTree(t, ""))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("no redirects please") }}
	address := top + "dropserver/guests/app-listing.json"
	data := fetch(t, client, address)
	listing := decoded[struct {
		Base, NewURL string
		Versions     map[string]struct{ Manifest, Package, Changelog, Icon string }
	}](t, data)
	if len(data) > 10<<10 || listing.Base != "" || listing.NewURL != "" {
		t.Errorf("%s", data)
	}
	versions := slices.SortedFunc(maps.Keys(listing.Versions), wire.CompareVersions)
	if !slices.Equal(versions, []string{"1.0.0", "1.1.0", "1.2.0"}) {
		t.Errorf("%v are listed, expected the stable ones", versions)
	}
	resolve := func(rel string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = path.Join(path.Dir(u.Path), strings.TrimPrefix(rel, "/"))
		return u.String()
	}
	for _, version := range versions {
		l := listing.Versions[version]
		manifest := fetch(t, client, resolve(l.Manifest))
		facts := decoded[map[string]any](t, manifest)
		if len(manifest) > 10<<10 || facts["version"] != version || facts["release-date"] != "2023-11-14" || facts["name"] == nil {
			t.Errorf("%s: %s", version, manifest)
		}
		lines := strings.Split(string(fetch(t, client, resolve(l.Changelog))), "\n")
		if lines[0] != version || !slices.Contains(lines, "That is new in "+version+".") || slices.Contains(lines, "0.1.0") {
			t.Errorf("%s: %q", version, lines)
		}
		if kind := http.DetectContentType(fetch(t, client, resolve(l.Icon))); !slices.Contains([]string{"image/jpeg", "image/png", "image/webp"}, kind) {
			t.Errorf("%s: the icon is %s", version, kind)
		}
		unzipped, err := gzip.NewReader(bytes.NewReader(fetch(t, client, resolve(l.Package))))
		if err != nil {
			t.Fatal(err)
		}
		files := make(map[string]string)
		for r := tar.NewReader(unzipped); ; {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil || h.Typeflag != tar.TypeReg || !path.IsAbs("/"+h.Name) || path.Clean(h.Name) != h.Name {
				t.Errorf("%s: %+v (%v)", version, h, err)
			}
			files[h.Name] = string(content)
		}
		if files["dropapp.json"] != string(manifest) || files["app.ts"] == "" {
			t.Errorf("%s: the package has %q", version, slices.Sorted(maps.Keys(files)))
		}
	}
}

// TestMosisDevice does what a device does: it looks for updates, downloads, and compares the hash. What it is shown leads to files, too.
func TestMosisDevice(t *testing.T) {
	for _, base := range []string{"", "base_url: https://example.org/some/where"} {
		server, top := serve(t, hostTree(t, base))
		get := func(document, link string) []byte {
			at, err := url.Parse(top + document)
			if err != nil {
				t.Fatal(err)
			}
			to, err := at.Parse(strings.Replace(link, "https://example.org", server.URL, 1))
			if err != nil || base != "" && !strings.HasPrefix(link, "https://example.org/some/where/") {
				t.Fatalf("%s: %v", link, err)
			}
			return fetch(t, server.Client(), to.String())
		}
		const updatesPath, indexPath = "v1/store/apps/updates.json", "v1/store/apps/index.json"
		type listed struct {
			ID, Version, URL, SHA256, Icon, State string
			VersionCode                           int `json:"version_code"`
			Size                                  int
			Readme, Changelog                     string
			Versions                              []struct{ Version, URL, SHA256, Channel string }
		}
		updates := decoded[map[string]listed](t, fetch(t, server.Client(), top+updatesPath))
		if len(updates) != 2 || updates["org.clock"].Version != "1.1.0" || updates["org.clock"].VersionCode != 2 || updates["org.tides"].Version != "1.0.0-rc.1" {
			t.Errorf("%+v", updates)
		}
		for id, u := range updates {
			if wire.Sum(get(updatesPath, u.URL)) != u.SHA256 {
				t.Errorf("%s: %s has another hash", id, u.URL)
			}
		}
		index := decoded[struct {
			Apps  []listed
			Total int
		}](t, fetch(t, server.Client(), top+indexPath))
		if len(index.Apps) != 2 || index.Total != 2 || index.Apps[0].ID != "org.clock" {
			t.Errorf("%+v", index)
		}
		for _, app := range index.Apps {
			if data := get(indexPath, app.URL); len(data) != app.Size || wire.Sum(data) != app.SHA256 || app.SHA256 != updates[app.ID].SHA256 {
				t.Errorf("%+v", app)
			}
			if http.DetectContentType(get(indexPath, app.Icon)) != "image/png" {
				t.Errorf("%s is no PNG", app.Icon)
			}
		}
		for id, want := range map[string]string{"org.clock": "1.2.0-beta.1 1.1.0 1.0.0", "org.tides": "1.0.0-rc.1", "org.gone": "1.0.0"} {
			own := "v1/store/apps/" + id + "/index.json"
			app := decoded[listed](t, fetch(t, server.Client(), top+own))
			var versions []string
			for _, v := range app.Versions {
				versions = append(versions, v.Version)
				if wire.Sum(get(own, v.URL)) != v.SHA256 {
					t.Errorf("%s: %s has another hash", id, v.URL)
				}
			}
			if got := strings.Join(versions, " "); got != want || (app.State == wire.Delisted) != (id == "org.gone") {
				t.Errorf("%s: %q %q, expected %q", id, got, app.State, want)
			}
			for _, link := range []string{app.URL, app.Icon, app.Readme, app.Changelog} {
				get(own, link)
			}
		}
	}
}

// A rule is a line of _redirects.
type rule struct{ from, to, status string }

// follow returns the file that a server with rules answers a path with, and how: a file that is there comes first, or the first rule that fits does.
func follow(t *testing.T, s store.Store, rules []rule, filesFirst bool, at string) (file, status string) {
	t.Helper()
	exists := func(p string) bool {
		_, err := s.Read(context.Background(), strings.TrimPrefix(p, "/"), 1<<30)
		return err == nil
	}
	if filesFirst && exists(at) {
		return at, "200"
	}
	for _, r := range rules {
		from, parts, values := strings.Split(r.from, "/"), strings.Split(at, "/"), make(map[string]string)
		fits := len(from) == len(parts)
		for i := 0; i < len(from) && fits; i++ {
			if strings.HasPrefix(from[i], ":") && parts[i] != "" {
				values[from[i]] = parts[i]
			} else {
				fits = from[i] == parts[i]
			}
		}
		if !fits {
			continue
		}
		to := r.to
		for name, value := range values {
			to = strings.ReplaceAll(to, name, value)
		}
		if exists(to) {
			return to, r.status
		}
		return "", "404"
	}
	if exists(at) {
		return at, "200"
	}
	return "", "404"
}

// TestRedirects: on servers that read the rules, the addresses of the original API lead to files, and no file is out of reach.
func TestRedirects(t *testing.T) {
	s := hostTree(t, "")
	data, err := s.Read(context.Background(), wire.RedirectsPath, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) != 3 {
			t.Fatalf("%q", line)
		}
		rules = append(rules, rule{words[0], words[1], words[2]})
	}
	for _, c := range []struct{ at, file, status string }{
		{"/v1/store/apps", "/v1/store/apps/index.json", "200"},
		{"/v1/store/apps/org.clock", "/v1/store/apps/org.clock/index.json", "200"},
		{"/v1/store/apps/org.gone", "/v1/store/apps/org.gone/index.json", "200"},
		{"/v1/store/apps/org.clock/download", "/packages/org.clock/1.1.0/org.clock-1.1.0.mosis", "302"},
		{"/v1/store/apps/org.tides/download", "/packages/org.tides/1.0.0-rc.1/org.tides-1.0.0-rc.1.mosis", "302"},
		{"/v1/store/apps/org.gone/download", "", "404"},
		{"/v1/store/apps/org.other", "", "404"},
		{"/v1/store/apps/org.bad", "/v1/store/apps/org.bad/index.json", "200"},
		{"/v1/store/apps/org.bad/download", "", "404"},
		{"/v1/store/apps/index.json", "/v1/store/apps/index.json", "200"},
		{"/v1/store/apps/updates.json", "/v1/store/apps/updates.json", "200"},
		{"/v1/store/apps/org.clock/index.json", "/v1/store/apps/org.clock/index.json", "200"},
		{"/v1/store/openapi.json", "/v1/store/openapi.json", "200"},
		{"/index.json", "/index.json", "200"},
		{"/dropserver/guests/app-listing.json", "/dropserver/guests/app-listing.json", "200"},
	} {
		for _, filesFirst := range []bool{true, false} {
			if file, status := follow(t, s, rules, filesFirst, c.at); file != c.file || status != c.status {
				t.Errorf("%s (files first: %v): %s %s, expected %s %s", c.at, filesFirst, status, file, c.status, c.file)
			}
		}
	}
	description := decoded[struct{ Paths map[string]any }](t, openAPI(t, s))
	if len(description.Paths) != 7 {
		t.Errorf("%d paths", len(description.Paths))
	}
	for at := range description.Paths {
		if file, _ := follow(t, s, rules, true, strings.ReplaceAll(at, "{id}", "org.clock")); file == "" {
			t.Errorf("%s is described, and there is nothing", at)
		}
	}
}

func openAPI(t *testing.T, s store.Store) []byte {
	t.Helper()
	data, err := s.Read(context.Background(), "v1/store/openapi.json", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestStoreAPI: what is published is what the OpenAPI document describes, and has no member that it doesn't.
func TestStoreAPI(t *testing.T) {
	for _, base := range []string{"", "base_url: https://example.org/some/where"} {
		s := hostTree(t, base)
		description := decoded[map[string]any](t, openAPI(t, s))
		for name, part := range description["components"].(map[string]any)["schemas"].(map[string]any) {
			if schema := part.(map[string]any); schema["properties"] != nil && name != "AppFacts" || schema["allOf"] != nil { // AppFacts are a part of others
				schema["unevaluatedProperties"] = false
			}
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource("store.json", description); err != nil {
			t.Fatal(err)
		}
		for path, name := range map[string]string{"index.json": "Index", "updates.json": "Updates", "org.clock/index.json": "App", "org.tides/index.json": "App", "org.gone/index.json": "App", "org.bad/index.json": "App"} {
			schema, err := c.Compile("store.json#/components/schemas/" + name)
			if err != nil {
				t.Fatal(err)
			}
			data, err := s.Read(context.Background(), "v1/store/apps/"+path, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			doc := decoded[map[string]any](t, data)
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if blocked := path == "org.bad/index.json"; name == "App" && (doc["state"] == wire.AllBlocked) != blocked || (doc["url"] == nil) != (blocked || name != "App") {
				t.Errorf("%s: %v", path, doc)
			}
			doc["surplus"] = true
			if err := schema.Validate(doc); err == nil {
				t.Errorf("%s: a member that isn't described is let through", path)
			}
		}
	}
}

// TestLanding: the page of a bundle is there, and its link and picture where there is a base URL.
func TestLanding(t *testing.T) {
	for base, linked := range map[string]bool{"": false, "base_url: https://example.org/some/where": true} {
		s := hostTree(t, base)
		page, err := s.Read(context.Background(), "mana/moving/index.html", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{`href="mana://import?sha256=`, `url=https%3A%2F%2Fexample.org%2Fsome%2Fwhere%2Fpackages%2Fmoving%2F1.1.0%2Fmoving-1.1.0.manapkg"`, `src="../../mana/moving/qr.svg"`} {
			if strings.Contains(string(page), part) != linked {
				t.Errorf("%s: the page has %s: %v", base, part, !linked)
			}
		}
		if !strings.Contains(string(page), "../../packages/moving/1.1.0/moving-1.1.0.manapkg") {
			t.Errorf("%s", page)
		}
		if _, err := s.Read(context.Background(), "mana/moving/qr.svg", 1<<20); (err == nil) != linked {
			t.Errorf("%s: %v", base, err)
		}
	}
}
