package storefront

import (
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// try renders samples of every page, so that a template that names a field that isn't there, or can't be escaped, is found when it
// is loaded. The rich samples have all there can be, the bare ones as little.
func (r *Renderer) try() error {
	registry := wire.Registry{ID: "sample", Name: "Sample", Count: 2, Time: 1}
	file := wire.File{Path: "a.png", Size: 1}
	image := wire.Image{File: file, Width: 1, Height: 1, Title: wire.Text{"en": "a"}, Alt: wire.Text{"en": "a"}}
	rich := wire.Metadata{
		ID: "sample", Format: "native", Version: "2.0.0", Channel: "beta", Commit: "c0", Source: "plugins/sample", ReleasedAt: 1, Official: true,
		Artifact: wire.Artifact{Name: "sample-2.0.0.zip", Size: 1, SHA256: wire.Sum(nil)},
		Facts: wire.Facts{
			Name: wire.Text{"de": "Beispiel"}, Summary: wire.Text{"de": "a"}, HostAPI: &wire.HostAPI{Min: "1.0.0", Target: "2.0.0"},
			Description: map[string]wire.File{"de": {Path: "README.md"}}, Changelog: map[string]wire.File{"de": {Path: "CHANGELOG.md"}},
			Requires: []string{"a"}, Icons: []wire.Image{image}, Screenshots: []wire.Image{image, {File: wire.File{Path: "b.svg"}}},
			Authors: []wire.Author{{Name: "a", GitHub: "a"}}, Repository: "https://example.org/", Homepage: "https://example.org/",
			Categories: []string{"a"}, License: "MIT", Funding: []wire.Text{{"en": "https://example.org/"}}, Support: []wire.Text{{"en": "mailto:a@example.org"}, {"en": "a"}},
		},
	}
	versions := []wire.Version{{Version: "1.0.0", Channel: wire.Stable}, {Version: "2.0.0", Channel: "beta"}}
	yanked := []wire.Version{{Version: "1.0.0", Yanks: []wire.Yank{{Advisory: "A-1", Action: wire.Warn}}}, versions[1]}
	text := []byte("# a\n\n[a](https://example.org/)\n")
	advisories := []wire.Advisory{
		{ID: "A-1", Action: wire.Warn, Reason: wire.Text{"de": "a"}, Link: "https://example.org/"}, {ID: "A-2", Action: wire.Block}, {ID: "A-3", Action: wire.Uninstall},
	}
	many := slices.Repeat(advisories, maxAdvisories)
	plain := rich
	plain.Changelog = map[string]wire.File{"en": {Path: "changelog.txt"}}
	bare := wire.Metadata{ID: "sample", Version: "1.0.0", Channel: wire.Stable}
	for _, p := range []Release{
		{Registry: registry, PublicKey: "RW", Metadata: rich, List: wire.VersionList{Versions: versions, State: wire.Delisted}, Readme: text, Changelog: text},
		{Registry: registry, PublicKey: "RW", Metadata: plain, Readme: make([]byte, maxMarkdown+1), Changelog: text},
		{Registry: registry, Metadata: rich, Advisories: many, List: wire.VersionList{Versions: yanked}},
		{Registry: registry, Metadata: bare, Own: true, Advisories: advisories[:1]},
		{},
	} {
		if _, err := r.Release(p); err != nil {
			return err
		}
	}
	for _, l := range []Landing{
		{Registry: registry, Metadata: rich, Delisted: true, Link: "native://import?url=a", Picture: "a.svg"},
		{Registry: registry, Metadata: rich, Advisories: many, Link: "native://import?url=a", Picture: "a.svg"},
		{Metadata: bare, Advisories: advisories[:1]},
		{},
	} {
		if _, err := r.Landing(l); err != nil {
			return err
		}
	}
	cards := []Card{
		{ID: "sample", Entry: wire.Entry{Name: "a", Summary: "a", Icon: "1.0.0/assets/a.png", Categories: []string{"a"}, State: wire.Delisted, Channels: map[string]string{"beta": "2.0.0"}}},
		{ID: "other"},
	}
	shelf := Shelf{Digits: "0", Cards: cards, Shelves: []string{"00"}}
	for _, h := range []Home{
		{Registry: registry, PublicKey: "RW", Cards: cards, Shelves: []string{"0"}},
		{Registry: registry, Cards: cards},
		{},
	} {
		if _, err := r.Home(h); err != nil {
			return err
		}
	}
	if _, err := r.Shelf(registry, shelf); err != nil {
		return err
	}
	_, err := r.Shelf(registry, Shelf{})
	return err
}
