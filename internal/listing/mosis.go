package listing

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
)

// mosis makes the public part of the store's API as static files, and a file that leads from the addresses of the original API to them, for CDNs that read
// one. schema/store.openapi.json describes all of it, and is published beside.
type mosis struct{}

// The paths of the store. Each app has a directory below storePath, which is why no app can be called as a file there.
const (
	storePath    = "v1/store/apps/"
	storeIndex   = "index.json"
	storeUpdates = "updates.json"
	storeOpenAPI = "v1/store/openapi.json"
)

// How the documents lead to the top of the tree.
const (
	upFromIndex = "../../../"
	upFromApp   = "../../../../"
)

func (mosis) Format() string { return "mosis" }

func (mosis) IndexPath() string { return storePath + storeIndex }

// A storeIndexDoc is the list of all apps.
type storeIndexDoc struct {
	Apps  []json.RawMessage `json:"apps"` // a storeApp each, by id
	Total int               `json:"total"`
}

// A storeApp is what the list says of an app.
type storeApp struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Summary     string   `json:"description,omitempty"`
	Category    string   `json:"category,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Author      string   `json:"author,omitempty"`
	Icon        string   `json:"icon,omitempty"` // address of the largest one
	Version     string   `json:"version"`
	VersionCode int      `json:"version_code"`
	MinVersion  string   `json:"min_mosis_version,omitempty"`
	Permissions []string `json:"permissions"`
	Size        int64    `json:"size"` // bytes of the package
	SHA256      string   `json:"sha256"`
	URL         string   `json:"url,omitempty"` // of the package; "" where all versions are blocked
	Released    int64    `json:"released_at"`   // unix seconds
}

// A storeDetail is an app's own document.
type storeDetail struct {
	storeApp
	State        string         `json:"state,omitempty"` // "", wire.Delisted or wire.AllBlocked
	Names        wire.Text      `json:"names"`
	Descriptions wire.Text      `json:"descriptions,omitempty"`
	License      string         `json:"license,omitempty"`
	Screenshots  []storePicture `json:"screenshots,omitempty"`
	Readme       string         `json:"readme,omitempty"`    // address
	Changelog    string         `json:"changelog,omitempty"` // address
	Versions     []storeVersion `json:"versions"`            // those that aren't blocked, the newest first
}

type storePicture struct {
	URL   string    `json:"url"`
	Title wire.Text `json:"title,omitempty"`
	Alt   wire.Text `json:"alt,omitempty"`
}

type storeVersion struct {
	Version     string `json:"version"`
	VersionCode int    `json:"version_code"`
	Channel     string `json:"channel"`
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
	URL         string `json:"url"`
	Released    int64  `json:"released_at"`
}

// A storeUpdate is what a device compares with what it has.
type storeUpdate struct {
	Version     string `json:"version"`
	VersionCode int    `json:"version_code"`
	URL         string `json:"url"`
	SHA256      string `json:"sha256"`
}

// isTaken reports whether an id is the name of a file where the directories of the apps are.
func isTaken(id string) bool { return id == storeIndex || id == storeUpdates }

func (mosis) App(a App) (Files, error) {
	if isTaken(a.List.ID) {
		return nil, nil
	}
	m, err := a.primary()
	if err != nil {
		return nil, err
	}
	d := storeDetail{
		storeApp: storeAppOf(a.Registry, m, upFromApp), State: a.List.State, Names: m.Name, Descriptions: m.Summary, License: m.License,
		Versions: []storeVersion{}, // [] rather than null
	}
	if a.blocked() {
		d.State, d.URL = wire.AllBlocked, ""
	}
	asset := func(f wire.File) string {
		return address(a.Registry, upFromApp, wire.AssetPath(m.ID, m.Version, f.Path))
	}
	shots := m.Screenshots
	if m.MainScreenshot != nil {
		shots = slices.Concat([]wire.Image{*m.MainScreenshot}, shots)
	}
	for _, s := range shots {
		d.Screenshots = append(d.Screenshots, storePicture{asset(s.File), s.Title, s.Alt})
	}
	if f, ok := m.Description[wire.DefaultLanguage]; ok {
		d.Readme = asset(f)
	}
	if f, ok := m.Changelog[wire.DefaultLanguage]; ok {
		d.Changelog = asset(f)
	}
	for _, v := range slices.Backward(a.List.Versions) {
		if v.Blocked() {
			continue
		}
		m, err := a.Metadata(v)
		if err != nil {
			return nil, err
		}
		d.Versions = append(d.Versions, storeVersion{
			m.Version, m.VersionCode, m.Channel, m.Artifact.Size, m.Artifact.SHA256, packageAddress(a.Registry, m, upFromApp), m.ReleasedAt,
		})
	}
	data, err := wire.Encode(d)
	return Files{storePath + a.List.ID + "/index.json": data}, err
}

// storeAppOf returns what the list says. up leads from the document's directory to the top of the tree.
func storeAppOf(r wire.Registry, m wire.Metadata, up string) storeApp {
	app := storeApp{
		ID: m.ID, Name: m.Name.In(wire.DefaultLanguage), Summary: m.Summary.In(wire.DefaultLanguage), Tags: m.Keywords,
		Version: m.Version, VersionCode: m.VersionCode, Permissions: append([]string{}, m.Permissions...), // [] rather than null
		Size: m.Artifact.Size, SHA256: m.Artifact.SHA256, URL: packageAddress(r, m, up), Released: m.ReleasedAt,
	}
	if len(m.Categories) > 0 {
		app.Category = m.Categories[0]
	}
	if len(m.Authors) > 0 {
		app.Author = m.Authors[0].Name
	}
	if len(m.Icons) > 0 {
		largest := slices.MaxFunc(m.Icons, func(a, b wire.Image) int { return a.Width - b.Width })
		app.Icon = address(r, up, wire.AssetPath(m.ID, m.Version, largest.Path))
	}
	if m.HostAPI != nil {
		app.MinVersion = m.HostAPI.Min
	}
	return app
}

func packageAddress(r wire.Registry, m wire.Metadata, up string) string {
	return address(r, up, wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name))
}

func (mosis) Row(a App) ([]byte, error) {
	if !a.offered() || isTaken(a.List.ID) {
		return nil, nil
	}
	m, err := a.primary()
	if err != nil {
		return nil, err
	}
	return wire.Encode(storeAppOf(a.Registry, m, upFromIndex))
}

func (mosis) Rows(r wire.Registry, index []byte) (map[string][]byte, error) {
	var doc storeIndexDoc
	if err := json.Unmarshal(index, &doc); err != nil {
		return nil, err
	}
	rows := make(map[string][]byte, len(doc.Apps))
	for _, row := range doc.Apps {
		var app storeApp
		if err := json.Unmarshal(row, &app); err != nil {
			return nil, err
		}
		if wire.CheckID(app.ID) != nil || wire.CheckVersion(app.Version) != nil || !isPlain(path.Base(app.URL)) ||
			app.URL != address(r, upFromIndex, storePackage(app)) {
			return nil, fmt.Errorf("the row of %q has the version %q and the url %q", app.ID, app.Version, app.URL)
		}
		rows[app.ID] = row
	}
	return rows, nil
}

// storePackage returns where the package lies that the list names.
func storePackage(app storeApp) string {
	return wire.ArtifactPath(app.ID, app.Version, path.Base(app.URL))
}

func (mosis) Index(r wire.Registry, rows map[string][]byte) (Files, error) {
	ids := slices.Sorted(maps.Keys(rows))
	doc := storeIndexDoc{Apps: []json.RawMessage{}, Total: len(rows)}
	apps := make([]storeApp, len(ids))
	updates := make(map[string]storeUpdate, len(rows))
	for i, id := range ids {
		doc.Apps = append(doc.Apps, rows[id])
		if err := json.Unmarshal(rows[id], &apps[i]); err != nil {
			return nil, err
		}
		updates[id] = storeUpdate{apps[i].Version, apps[i].VersionCode, apps[i].URL, apps[i].SHA256}
	}
	index, err := wire.Encode(doc)
	if err != nil {
		return nil, err
	}
	update, err := wire.Encode(updates)
	return Files{
		storePath + storeIndex: index, storePath + storeUpdates: update, storeOpenAPI: schema.StoreAPI(), wire.RedirectsPath: redirects(r, apps),
	}, err
}

// redirects returns the rules that lead from the addresses of the original API to files, in the form that Netlify made known. The first rule that fits counts.
//
//   - Cloudflare follows a rule even where there is a file, so that the list and the updates, which fit :id, too, have rules that lead to themselves. Others serve
//     a file that is there, and pass over such rules.
//   - Cloudflare takes 2,000 rules without a placeholder, which stand before all with one.
//   - A package lies elsewhere with each release, so that each app has a rule for it. It is a path, since GitLab refuses addresses of other hosts.
//
// Nothing in a rule is escaped: ids, versions and the names that are made of them are plain, and so is the path of the base URL (see internal/config).
func redirects(r wire.Registry, apps []storeApp) []byte {
	top := "/"
	if u, err := url.Parse(r.BaseURL); err == nil && u.Path != "" {
		top = u.EscapedPath() + "/"
	}
	var b strings.Builder
	rule := func(from, to string, status int) { fmt.Fprintf(&b, "%s%s %s%s %d\n", top, from, top, to, status) }
	rule(strings.TrimSuffix(storePath, "/"), storePath+storeIndex, 200)
	rule(storePath+storeIndex, storePath+storeIndex, 200)
	rule(storePath+storeUpdates, storePath+storeUpdates, 200)
	for _, app := range apps {
		rule(storePath+app.ID+"/download", storePackage(app), 302)
	}
	rule(storePath+":id", storePath+":id/index.json", 200)
	return []byte(b.String())
}
