package storefront

import (
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// Check tries every page on samples in every language, so that a template that names a field that isn't there, or can't be escaped, or a text that no language has, is found.
func (r *Renderer) Check() error {
	for _, page := range pageFiles {
		t, err := r.parsed[page]()
		if err != nil {
			return err
		}
		if err := r.checkTexts(t); err != nil {
			return err
		}
	}
	for _, render := range slices.Concat(r.sampleLists(), r.sampleNews(), r.samplePackages()) {
		if _, err := render(); err != nil {
			return err
		}
	}
	return nil
}

// A sample renders a page of made-up content. Rich ones have all that there can be, bare ones as little.
type sample func() ([]File, error)

var sampleRegistry = wire.Registry{ID: "sample", Name: "Sample", BaseURL: "https://example.org/sample", Count: 2, Time: 1}

var sampleRows = []wire.Row{
	{
		Number: 1, ID: "sample", Format: "native", Version: "2.0.0", Channel: "beta", Action: wire.Warn, Released: 1, Updated: 1, Official: true, Name: wire.Text{"de": "Beispiel"}, Summary: wire.Text{"de": "a"},
		Icon: "packages/sample/a.png", Icon2x: "packages/sample/b.png", Authors: []wire.RowAuthor{{Name: "a", Slug: "a"}, {Name: "b", Slug: "b"}}, Categories: []string{"a"}, License: "MIT", Host: "1.0", Versions: 2,
	},
	{Number: 2, ID: "delisted", State: wire.Delisted},
	{Number: 3, ID: "blocked", State: wire.AllBlocked, Action: wire.Block},
	{},
}

// sampleLists are the home page, lists, and what the storefront has without any package.
func (r *Renderer) sampleLists() []sample {
	values := []Value{{Slug: "a", Label: "a", Count: 1}, {Slug: "b", Label: "b"}}
	part := &Part{From: "sample", Label: "Sample"}
	samples := []sample{
		func() ([]File, error) {
			return r.Home(Home{Registry: sampleRegistry, PublicKey: "RW", Featured: sampleRows, Newest: sampleRows, Updated: sampleRows, Categories: values, Formats: values, Count: 4})
		},
		func() ([]File, error) { return r.Home(Home{Registry: sampleRegistry}) },
		func() ([]File, error) { return r.Home(Home{}) },
		func() ([]File, error) { return r.Fixed(sampleRegistry) },
		func() ([]File, error) { return r.Fixed(wire.Registry{}) },
	}
	for _, kind := range wire.ListKinds {
		value := values[0]
		if kind == wire.AllPackages {
			value = Value{Count: 4}
		} else {
			samples = append(samples,
				func() ([]File, error) {
					return r.Values(Values{Registry: sampleRegistry, Kind: kind, From: "a", Values: values, Prev: part, Next: part})
				},
				func() ([]File, error) { return r.Values(Values{Kind: kind}) },
			)
		}
		samples = append(samples,
			func() ([]File, error) {
				return r.List(List{Registry: sampleRegistry, Kind: kind, Value: value, Order: wire.ByName, From: "sample", Rows: sampleRows, Jumps: []Jump{{Initial: "S", From: "sample"}}, Prev: part, Next: part})
			},
			func() ([]File, error) {
				return r.List(List{Registry: sampleRegistry, Kind: kind, Value: value, Rows: sampleRows})
			},
			func() ([]File, error) { return r.List(List{Kind: kind, Value: Value{Slug: value.Slug}, Whole: true}) },
		)
	}
	return samples
}

// sampleNews are the pages of what is new, and of advisories.
func (r *Renderer) sampleNews() []sample {
	day := wire.Day{Day: "2026-11-21", Releases: []wire.DayRelease{
		{ID: "sample", Version: "2.0.0", Channel: "beta", First: true, Action: wire.Warn, Name: wire.Text{"de": "Beispiel"}},
		{ID: "sample", Version: "1.0.0", Channel: wire.Stable},
	}}
	var active []wire.ActiveAdvisory
	for _, action := range wire.Actions {
		active = append(active, wire.ActiveAdvisory{ID: "A-1", Package: "sample", Name: wire.Text{"de": "Beispiel"}, Action: action, Versions: slices.Repeat([]string{"1.0.0"}, maxAdvisedVersions+1)})
	}
	return []sample{
		func() ([]File, error) {
			return r.News(News{Registry: sampleRegistry, Days: []wire.Day{day, {Day: "2026-11-20"}}, Months: []Month{{Month: "2026-11", Count: 2}}})
		},
		func() ([]File, error) { return r.News(News{}) },
		func() ([]File, error) {
			return r.Month(MonthPage{Registry: sampleRegistry, Month: "2026-11", Days: []DayCount{{Day: "2026-11-21", Count: 2}, {Day: "2026-11-20"}}})
		},
		func() ([]File, error) { return r.Month(MonthPage{}) },
		func() ([]File, error) { return r.Day(DayPage{Registry: sampleRegistry, Day: day}) },
		func() ([]File, error) { return r.Day(DayPage{}) },
		func() ([]File, error) { return r.Advisories(Advisories{Registry: sampleRegistry, List: active}) },
		func() ([]File, error) { return r.Advisories(Advisories{}) },
		func() ([]File, error) {
			return r.Advisory(AdvisoryPage{Registry: sampleRegistry, Packages: active, Advisories: sampleAdvisories})
		},
		func() ([]File, error) { return r.Advisory(AdvisoryPage{Packages: active[:1]}) },
	}
}

var sampleAdvisories = []wire.Advisory{
	{ID: "A-1", Action: wire.Warn, Reason: wire.Text{"de": "a"}, Link: "https://example.org/"}, {ID: "A-2", Action: wire.Block}, {ID: "A-3", Action: wire.Uninstall},
}

// samplePackages are the pages of packages, of releases, and those that deep links lead to.
func (r *Renderer) samplePackages() []sample {
	image := wire.Image{File: wire.File{Path: "a.png", Size: 1}, Width: 1, Height: 1, Title: wire.Text{"en": "a"}, Alt: wire.Text{"en": "a"}}
	rich := wire.Metadata{
		Author: &wire.Authorship{Keys: []string{"RW", "RX"}},
		ID:     "sample", Format: "native", Version: "2.0.0", Channel: "beta", Commit: "c0", Source: "plugins/sample", ReleasedAt: 1, Official: true,
		Artifact: wire.Artifact{Name: "sample-2.0.0.zip", Size: 1, SHA256: wire.Sum(nil)},
		Facts: wire.Facts{
			Name: wire.Text{"de": "Beispiel"}, Summary: wire.Text{"de": "a"}, HostAPI: &wire.HostAPI{Min: "1.0.0", Target: "2.0.0"},
			Description: map[string]wire.File{"de": {Path: "README.md"}}, Changelog: map[string]wire.File{"de": {Path: "CHANGELOG.md"}},
			Requires: []string{"a"}, Icons: []wire.Image{image}, Screenshots: []wire.Image{image, {File: wire.File{Path: "b.svg"}}},
			Authors: []wire.Author{{Name: "a", GitHub: "a"}}, Repository: "https://example.org/", Homepage: "https://example.org/",
			Categories: []string{"a"}, License: "MIT", Funding: []wire.Text{{"en": "https://example.org/"}}, Support: []wire.Text{{"en": "mailto:a@example.org"}, {"en": "a"}},
			AntiFeatures: []wire.AntiFeature{{Kind: "ads", Reason: wire.Text{"en": "a"}}}, Permissions: []string{"network", "a"}, Keywords: []string{"a"},
			MainScreenshot: &image, Features: []wire.Text{{"de": "a"}}, Languages: map[string]int{"en": 50}, Related: []wire.Related{{ID: "a", Relation: "extends"}}, RoutesRisk: "private", Code: "lua", Vendored: true, DataSchema: 1, AgeRating: "none",
		},
	}
	versions := []wire.Version{{Version: "1.0.0", Channel: wire.Stable}, {Version: "2.0.0", Channel: "beta"}}
	yanked := []wire.Version{{Version: "1.0.0", Yanks: []wire.Yank{{Advisory: "A-1", Action: wire.Warn}}}, versions[1]}
	markdown := []byte("# a\n\n[a](https://example.org/)\n")
	many := slices.Repeat(sampleAdvisories, maxAdvisories)
	plain := rich
	plain.Changelog = map[string]wire.File{"en": {Path: "changelog.txt"}}
	bare := wire.Metadata{ID: "sample", Version: "1.0.0", Channel: wire.Stable}
	var samples []sample
	for _, p := range []Package{
		{Registry: sampleRegistry, PublicKey: "RW", Row: sampleRows[0], Metadata: rich, List: wire.VersionList{Versions: versions, State: wire.Delisted}, Texts: map[string][]byte{"README.md": markdown, "CHANGELOG.md": markdown}},
		{
			Registry: sampleRegistry, PublicKey: "RW", Metadata: plain, List: wire.VersionList{Versions: versions[1:]}, Texts: map[string][]byte{"README.md": make([]byte, maxMarkdown+1), "changelog.txt": markdown},
			Renditions: map[string][]Rendition{"a.png": {{Path: "renditions/a.png", Width: 1, Height: 1}}},
		},
		{Registry: sampleRegistry, Metadata: rich, Advisories: many, List: wire.VersionList{Versions: yanked}},
		{Registry: sampleRegistry, Metadata: rich, List: wire.VersionList{Versions: slices.Repeat(versions, 2*versionsPart)}, Epoch: 1, Link: "native://import?url=a"},
		{Registry: sampleRegistry, Metadata: bare, Own: true, Advisories: sampleAdvisories[:1]},
		{Metadata: bare},
	} {
		samples = append(samples, func() ([]File, error) { return r.Package(p) })
	}
	for _, l := range []Landing{
		{Registry: sampleRegistry, Metadata: rich, Delisted: true, Link: "native://import?url=a", Picture: "a.svg"},
		{Registry: sampleRegistry, Metadata: rich, Advisories: many, Link: "native://import?url=a", Picture: "a.svg"},
		{Metadata: bare, Advisories: sampleAdvisories[:1]},
		{Metadata: bare},
	} {
		samples = append(samples, func() ([]File, error) {
			_, err := r.Landing(l)
			return nil, err
		})
	}
	return samples
}
