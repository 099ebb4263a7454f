package client

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Package is what a device has of a package.
type Package struct {
	ID string `json:"id"`
	*Installed
	Available string `json:"available,omitempty"` // the version that an update would go to, as far as the last sync tells
}

// List returns what is installed, in the order of the ids. It needs no mirror.
func (c *Client) List(ctx context.Context) ([]Package, error) {
	s, done, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	list := []Package{}
	for _, id := range sortedKeys(s.state.Installed) {
		in := s.state.Installed[id]
		p := Package{ID: id, Installed: in}
		if offered, _ := candidates(*in.list(id), in.Channel); len(offered) > 0 && in.above(offered[0]) && !in.Delisted {
			p.Available = offered[0].Version
		}
		list = append(list, p)
	}
	return list, nil
}

// Verified says what became of an installed package.
type Verified struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	// OK says that the package is what the registry signed, and may be run.
	OK    bool   `json:"ok"`
	Words []Word `json:"words,omitempty"` // why not, and what else there is to tell
}

// Verify holds what is installed against what was signed: each file, and the advisories that the device knows of. A package that isn't OK mustn't be run. It needs no mirror; without
// ids, it looks at all packages.
func (c *Client) Verify(ctx context.Context, ids ...string) ([]Verified, error) {
	s, done, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(ids) == 0 {
		ids = sortedKeys(s.state.Installed)
	}
	out := []Verified{}
	words := s.state.words()
	for _, id := range ids {
		in := s.state.Installed[id]
		if in == nil {
			return nil, failf(StepChoose, Unknown, "%s isn't installed", id)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v := Verified{ID: id, Version: in.Version, OK: !in.version().Blocked() && !in.Undone}
		for _, w := range words {
			if w.ID == id {
				v.Words = append(v.Words, w)
			}
		}
		if !s.intact(id, in) {
			kind := "altered"
			if _, err := os.Lstat(s.packageDir(id)); errors.Is(err, fs.ErrNotExist) {
				kind = "missing"
			}
			v.OK = false
			v.Words = append(v.Words, Word{ID: id, Version: in.Version, Kind: kind})
		}
		out = append(out, v)
	}
	return out, nil
}
