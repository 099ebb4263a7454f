package client

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

// Found is a package that a search found.
type Found struct {
	ID string `json:"id"`
	Entry
	Installed string `json:"installed,omitempty"` // the version that is on the device
	rank      int
}

// MaxFound is the most results that a search returns.
const MaxFound = 100

// Search reads the whole catalogue, node by node, and returns the packages in whose id, name, summary or categories all words of the query are, the best first. It stores nothing. more
// reports whether there are more than [MaxFound].
func (c *Client) Search(ctx context.Context, query string) (found []Found, more bool, err error) {
	s, err := c.look(ctx)
	if err != nil {
		return nil, false, err
	}
	words := strings.Fields(strings.ToLower(query))
	found = []Found{}
	err = s.walk(func(id string, e Entry) {
		rank := matches(id, e, words)
		if rank == 0 || e.State != "" {
			return
		}
		f := Found{ID: id, Entry: e, rank: rank}
		if in := s.state.Installed[id]; in != nil {
			f.Installed = in.Version
		}
		found = append(found, f)
		if len(found) >= 2*MaxFound {
			found, more = best(found), true
		}
	})
	if err != nil {
		return nil, false, err
	}
	more = more || len(found) > MaxFound
	return best(found), more, nil
}

// best returns the best results, the best first.
func best(found []Found) []Found {
	slices.SortFunc(found, func(a, b Found) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.ID, b.ID)) })
	return found[:min(len(found), MaxFound)]
}

// matches returns how well a package fits the words, 0 if not at all: each word is somewhere, and counts where it stands.
func matches(id string, e Entry, words []string) int {
	name, summary := strings.ToLower(e.Name), strings.ToLower(e.Summary)
	rank := 1
	if whole := strings.Join(words, " "); len(words) > 0 && (whole == id || whole == name) {
		rank = 1000
	}
	for _, w := range words {
		switch {
		case strings.HasPrefix(id, w), strings.HasPrefix(name, w):
			rank += 20
		case strings.Contains(id, w), strings.Contains(name, w):
			rank += 10
		case slices.Contains(e.Categories, w):
			rank += 5
		case strings.Contains(summary, w):
			rank += 2
		default:
			return 0
		}
	}
	return rank
}

// walk visits all packages of the catalogue, one leaf in memory at a time. It holds the catalogue to its shape, so that none is endless.
func (s *session) walk(visit func(id string, e Entry)) error {
	root, err := s.rootNode()
	if err != nil {
		return err
	}
	_, err = registry.Walk(root, s.node, func(_ string, _ *wire.Ref, node wire.Node) error {
		for _, id := range sortedKeys(node.Packages) {
			visit(id, node.Packages[id])
		}
		return nil
	})
	return classified(StepIndex, Syntax, err)
}

// Shown is what the registry has of one package.
type Shown struct {
	ID        string      `json:"id"`
	Entry     Entry       `json:"entry"`
	List      VersionList `json:"list"`
	Metadata  Metadata    `json:"metadata"` // of the version that was asked for, or that the package is shown by
	Notices   []Advisory  `json:"advisories,omitempty"`
	Installed *Installed  `json:"installed,omitempty"`
}

// Show reads what the registry has of a package. Without a version, it shows the one that the package is shown by in the catalogue. It stores nothing.
func (c *Client) Show(ctx context.Context, id, version string) (Shown, error) {
	out := Shown{ID: id}
	s, err := c.look(ctx)
	if err != nil {
		return out, err
	}
	entry, found, err := s.find(id)
	if err != nil {
		return out, err
	}
	if !found {
		return out, failf(StepIndex, Unknown, "the registry %s has no package %s", s.head.Registry, id)
	}
	out.Entry = entry
	if out.List, err = s.versions(id, entry.Versions); err != nil {
		return out, err
	}
	v := out.List.Primary()
	if version != "" {
		v, _ = out.List.Find(version)
	}
	if v.Version == "" {
		return out, failf(StepChoose, Unknown, "%s has no version %s", id, cmp.Or(version, "at all"))
	}
	if out.Metadata, err = s.metadata(id, v); err != nil {
		return out, err
	}
	for _, y := range v.Yanks {
		a, err := s.advisory(id, y)
		if err != nil {
			return out, err
		}
		out.Notices = append(out.Notices, a)
	}
	out.Installed = s.state.Installed[id]
	return out, nil
}

// Changelog returns what a release says of its changes, in the language if it has it: text that somebody wrote, or "".
func (c *Client) Changelog(ctx context.Context, m Metadata, language string) (string, error) {
	file, ok := m.Changelog[language]
	if !ok {
		if file, ok = m.Changelog[wire.DefaultLanguage]; !ok {
			return "", nil
		}
	}
	s, err := c.session(ctx)
	if err != nil {
		return "", err
	}
	if err := s.source(); err != nil {
		return "", err
	}
	data, err := s.src.ReadRef(ctx, wire.AssetPath(m.ID, m.Version, file.Path), wire.Ref{SHA256: file.SHA256, Size: file.Size}, tree.MaxMetadata)
	return string(data), classified(StepMetadata, Network, err)
}
