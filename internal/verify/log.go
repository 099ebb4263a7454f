package verify

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// log checks that every entry is proved by the root, that the tiles are those that the entries give, and that their fold is the catalogue.
func (v *verifier) log(ctx context.Context) error {
	s := v.state.Statement
	v.alive(tlog.AllPaths(s.Epoch, s.LogSize)...)
	again, err := tlog.Open(s.Epoch, 0, "", nil)
	if err != nil {
		return err
	}
	state := registry.NewState()
	var last int64
	err = v.state.Log.Entries(0, s.LogSize, func(index int64, data []byte) error {
		var e wire.Event
		if err := wire.DecodeStrict(data, &e); err != nil {
			return fmt.Errorf("log entry %d: %w", index, err)
		}
		if err := e.Check(); err != nil {
			return fmt.Errorf("log entry %d: %w", index, err)
		}
		if err := state.Fold(e); err != nil {
			return err
		}
		if _, err := again.Append(data); err != nil {
			return err
		}
		switch e.Type {
		case wire.EventKeys:
			v.keysEvent(ctx, e)
			last = e.Time
		case wire.EventRelease:
			last = v.releaseEvent(index, e, last)
		default:
			if path := wire.AdvisoryPath(e.SHA256); e.Type == wire.EventYank && !v.live[path] { // one that was lifted, or worded anew
				v.advisory(ctx, e.ID, wire.Yank{Advisory: e.Advisory, Action: e.Action, Ref: wire.Ref{SHA256: e.SHA256, Size: e.Size}})
			}
			if e.Time < last {
				v.problem(wire.LogPath(s.Epoch), "entry %d: its time lies before that of an earlier entry", index)
			}
			last = e.Time
		}
		return nil
	})
	if err != nil {
		v.problem(wire.LogPath(s.Epoch), "%v", err)
		return ctx.Err()
	}
	if state.Trust != s.Keys {
		v.problem(wire.HeadPath, "names version %d of the trust document, and the log's newest is %d", s.Keys, state.Trust)
	}
	if facts := v.state.Root.Registry; last != facts.Time {
		v.problem(wire.NodePath(s.Root.SHA256), "says that the last event was at %d, and the log says %d", facts.Time, last)
	}
	v.compare(state)
	files, err := again.Files()
	if err != nil {
		return err
	}
	for _, f := range files {
		data, err := v.Reader.Read(ctx, f.Path, int64(len(f.Data)))
		if err != nil {
			v.problem(f.Path, "%v", err)
		} else if !bytes.Equal(data, f.Data) {
			v.problem(f.Path, "isn't the tile that the log's entries give")
		}
	}
	return ctx.Err()
}

// keysEvent compares an event with the trust document that it names. Under a pinned hash, that may be one from before the pin.
func (v *verifier) keysEvent(ctx context.Context, e wire.Event) {
	path := wire.KeysPath(e.Keys)
	v.alive(path)
	data, err := v.Reader.Read(ctx, path, 64<<10)
	if err == nil && wire.Sum(data) != e.SHA256 {
		err = fmt.Errorf("sha256 is %s, and the log says %s", wire.Sum(data), e.SHA256)
	}
	var t wire.Trust
	if err == nil {
		t, err = trust.Parse(data)
	}
	if err != nil {
		v.problem(path, "%v", err)
	}
	for _, key := range slices.Concat(v.roots, t.Root.Keys) {
		v.alive(wire.KeysSignaturePath(e.Keys, trust.KeyID(key)))
	}
	v.roots = t.Root.Keys
}

// releaseEvent checks that a release's time isn't before that of an earlier event, and returns it.
func (v *verifier) releaseEvent(index int64, e wire.Event, last int64) int64 {
	p := v.lists[e.ID]
	if p == nil {
		return last // compare tells
	}
	for i, version := range p.list.Versions {
		if version.Version == e.Version && i < len(p.times) && p.times[i] != 0 {
			if p.times[i] < last {
				v.problem(wire.MetadataPath(e.ID, e.Version), "released at %d, before an earlier entry of the log (entry %d)", p.times[i], index)
			}
			return max(last, p.times[i])
		}
	}
	return last
}

// compare checks that the fold of the log and the catalogue are the same.
func (v *verifier) compare(state *registry.State) {
	for id, folded := range state.Packages {
		p := v.lists[id]
		if p == nil {
			v.problem(wire.PackagePath(id), "the log has releases of %s, and the catalogue hasn't", id)
			continue
		}
		path := wire.VersionsPath(id, p.entry.Versions.SHA256)
		if folded.State != p.list.State {
			v.problem(path, "the state is %q, and the log says %q", p.list.State, folded.State)
		}
		if len(folded.Versions) != len(p.list.Versions) {
			v.problem(path, "lists %d versions, and the log has %d", len(p.list.Versions), len(folded.Versions))
			continue
		}
		for i, f := range folded.Versions {
			have := p.list.Versions[i]
			have.Source, have.Time = "", 0 // no part of the log
			if !reflect.DeepEqual(have, f) {
				v.problem(path, "version %s isn't the one in the log's entry %d", have.Version, f.Log)
			}
		}
	}
	for id := range v.lists {
		if state.Packages[id] == nil {
			v.problem(wire.PackagePath(id), "the catalogue has %s, and the log has no release of it", id)
		}
	}
}
