package pagetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// evil are texts that want to be more than text.
var evil = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><script>alert(1)</script>`, `--><script>alert(1)</script>`, `</pre></code><iframe src=//evil.example>`,
	"\u202egnp.exe\u202c", "\u2067\u2066x", "a\x00b\x1b[31mc\x07", `{{.Page}}`, `${x}`, "$(rm -rf /)", "`x`", "\u2028\u2029", "&lt;script&gt;", "&#60;script&#62;", "<!--", "]]>", "%3Cscript%3E", "../../../index.json",
	strings.Repeat("W", 300), strings.Repeat("👩‍👩‍👧‍👦", 75), strings.Repeat("a\u0300", 300), strings.Repeat("<b>", 100),
}

// evilLinks are addresses that want to be more than addresses.
var evilLinks = []string{
	`javascript:alert(1)`, `JaVaScRiPt:alert(1)`, ` javascript:alert(1)`, "java\tscript:alert(1)", `data:text/html,<script>alert(1)</script>`, `vbscript:x`, `//evil.example/x`, `https://harbour@evil.example/`, `https://`, `http:x`,
	`https://example.org/"onclick="alert(1)`, `mailto:a@example.org?subject=x&body=y`, `mailto:javascript:alert(1)`, "\x01javascript:alert(1)", `file:///etc/passwd`, "https://example.org/\u202egnp",
}

// every joins texts, so that one field has all of them.
var every = strings.Join(evil, " ")

// poisons say what becomes of the metadata of packages that are there to be poisoned.
var poisons = map[string]func(m *wire.Metadata){
	// Every text is every evil text.
	"evil-texts": func(m *wire.Metadata) {
		text := wire.Text{"en": every, "de": every, "x\" onclick=\"alert(1)": every}
		m.Name, m.Summary, m.DescriptionText, m.Description = text, text, text, nil
		m.Channel = wire.Stable
		m.HostAPI = &wire.HostAPI{Min: evil[0], Target: evil[1]}
		m.RoutesRisk, m.Code, m.License, m.AgeRating, m.Orientation, m.AccentColor, m.BackgroundColor = evil[0], evil[1], evil[2], evil[3], evil[4], "red;}</style><script>alert(1)</script>", `"><script>`
		m.Permissions, m.Requires, m.Keywords, m.Categories = evil, evil, evil, []string{evil[0], evil[1]}
		m.Features = []wire.Text{text}
		m.Languages = map[string]int{evil[0]: 100, evil[1]: 1 << 30}
		m.Authors = []wire.Author{{Name: every, Email: every, URL: evilLinks[0], GitHub: evil[1]}, {GitHub: evil[0]}, {Email: evil[1]}}
		m.AntiFeatures = []wire.AntiFeature{{Kind: evil[0], Reason: text}, {Kind: "tracking", Reason: text}}
		m.Related = []wire.Related{{ID: "../../x", Relation: evil[0]}, {URL: evilLinks[0], Relation: evil[1]}}
		m.Screenshots[0].Title, m.Screenshots[0].Alt, m.Screenshots[0].Width, m.Screenshots[0].Height = text, text, 1<<30, 1
		m.Source, m.Commit = evil[0], evil[1]
	},
	// A name that is as long as it likes.
	"evil-names": func(m *wire.Metadata) {
		m.Name = wire.Text{"en": strings.Repeat("W", 300), "de": strings.Repeat("Ein Name ", 33), "es": strings.Repeat("ñ", 300)}
		m.Summary = wire.Text{"en": strings.Repeat("W", 3000), "de": strings.Repeat("Ein Satz ", 300)}
	},
	// Every address is one that no page may link to.
	"evil-links": func(m *wire.Metadata) {
		m.Name = wire.Text{"en": "Evil links"}
		m.Homepage, m.Repository, m.LicenseURL, m.DistributionURL = evilLinks[0], evilLinks[1], evilLinks[2], evilLinks[0]
		m.Funding, m.Support, m.Authors, m.Related = nil, nil, nil, nil
		for _, link := range evilLinks {
			m.Funding, m.Support = append(m.Funding, wire.Text{"en": link}), append(m.Support, wire.Text{"en": link})
			m.Authors, m.Related = append(m.Authors, wire.Author{Name: "x", URL: link}), append(m.Related, wire.Related{URL: link, Relation: "see-also"})
		}
	},
	// Lists that are as long as they like.
	"evil-lists": func(m *wire.Metadata) {
		m.Name = wire.Text{"en": "Evil lists"}
		m.Categories, m.Keywords, m.Authors, m.Permissions, m.Requires, m.Features = nil, nil, nil, nil, nil, nil
		for i := range 300 {
			m.Categories, m.Keywords = append(m.Categories, fmt.Sprintf("many-%03d", i)), append(m.Keywords, fmt.Sprintf("word %d", i))
			m.Authors, m.Permissions = append(m.Authors, wire.Author{Name: fmt.Sprintf("Many %d", i)}), append(m.Permissions, fmt.Sprintf("may-%d", i))
			m.Requires, m.Features = append(m.Requires, fmt.Sprintf("needs-%d", i)), append(m.Features, wire.Text{"en": fmt.Sprintf("Does %d", i)})
		}
	},
	// A title that wants to be another page's.
	"evil-titles": func(m *wire.Metadata) {
		m.Name = wire.Text{"en": "\u202e" + strings.Repeat("\u00a0", 50) + registryName + "\n– Sign in\u2066"}
	},
}

// poison puts into a published tree what no package could be published with, and signs the tree again. What shows it is to be made anew.
func poison(t *testing.T, dir string, signer *sign.Signer) {
	t.Helper()
	ctx := context.Background()
	s := store.NewDir(dir)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	encode := func(v any) []byte {
		data, err := wire.Encode(v)
		check(err)
		return data
	}
	state, err := tree.Load(ctx, s, trust.KeyPin(signer.Public()))
	check(err)
	changes := make(map[string]*wire.Entry)
	for id, change := range poisons {
		p, err := state.Package(ctx, id)
		check(err)
		version := &p.List.Versions[0]
		m, err := state.Metadata(ctx, id, *version)
		check(err)
		change(&m)
		if len(m.Icons) > 0 {
			path := wire.AssetPath(id, version.Version, m.Icons[0].Path)
			m.Icons[0].SHA256, m.Icons[0].Size = wire.Sum([]byte(evilIcon)), int64(len(evilIcon))
			check(s.Put(path, []byte(evilIcon)))
		}
		data := encode(m)
		check(s.Put(wire.MetadataPath(id, version.Version), data))
		version.Metadata = wire.RefOf(data)
		entry, list, err := registry.Complete(registry.Describe(m), p.List)
		check(err)
		check(s.Put(wire.VersionsPath(id, entry.Versions.SHA256), list))
		changes[id] = &entry
	}
	update, err := registry.Apply(state.Root, changes, state.Reader(ctx), func(ref wire.Ref, data []byte) error { return s.Put(wire.NodePath(ref.SHA256), data) })
	check(err)
	update.Root.Registry = state.Root.Registry
	root := encode(update.Root)
	check(s.Put(wire.NodePath(wire.Sum(root)), root))
	next := state.Statement
	next.Serial, next.Root = next.Serial+1, wire.RefOf(root)
	check(s.Put(wire.HeadPath, signer.Sign([][]byte{root}, next.String())))
	check(s.Remove(wire.ViewsPath))
}
