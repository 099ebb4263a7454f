package publish

import (
	"context"
	"slices"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/wire"
)

// recent is how many packages the home page of a large registry shows: those with the latest releases.
const recent = 48

// maxRecentEvents bounds the log entries that are read for them.
const maxRecentEvents = 2048

// latest returns the packages with the latest releases, from the end of the log. A release that is blocked, or whose package is delisted, isn't among them.
func (v *views) latest(ctx context.Context) ([]storefront.Card, error) {
	log, err := tlog.Open(v.head.Epoch, v.head.LogSize, v.head.LogRoot, func(path string, limit int64) ([]byte, error) {
		return v.Store.Read(ctx, path, limit)
	})
	if err != nil {
		return nil, err
	}
	var list []storefront.Card
	later := newLater()
	for to := v.head.LogSize; to > max(0, v.head.LogSize-maxRecentEvents) && len(list) < recent; {
		from := (to - 1) / tlog.Width * tlog.Width
		var events []wire.Event
		err := log.Entries(from, to, func(_ int64, data []byte) error {
			e, err := wire.DecodeEvent(data)
			events = append(events, e)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, e := range slices.Backward(events) {
			if !later.lists(e) || len(list) == recent {
				continue
			}
			m, err := v.state.Metadata(ctx, e.ID, wire.Version{Version: e.Version, Metadata: wire.Ref{SHA256: e.SHA256, Size: e.Size}})
			if err != nil {
				return nil, err
			}
			entry := registry.Describe(m)
			entry.Channels = map[string]string{m.Channel: m.Version}
			list = append(list, storefront.Card{ID: e.ID, Entry: entry})
		}
		to = from
	}
	return list, nil
}

// later is what the end of a log says of packages, while it is read backwards.
type later struct {
	seen     map[string]bool            // ids that are done with
	relisted map[string]bool            // ids that were listed again later
	yanks    map[string]map[string]bool // id and version → advisory → whether it blocks the version, as the last event on the two says
}

func newLater() later {
	return later{make(map[string]bool), make(map[string]bool), make(map[string]map[string]bool)}
}

// lists takes the event before those that it took. It reports whether that is the last release of its package that is offered.
func (l later) lists(e wire.Event) bool {
	switch e.Type {
	case wire.EventRelist:
		l.relisted[e.ID] = true
	case wire.EventDelist:
		l.seen[e.ID] = l.seen[e.ID] || !l.relisted[e.ID]
	case wire.EventYank, wire.EventRestore:
		for _, version := range e.Versions {
			key := e.ID + " " + version
			if l.yanks[key] == nil {
				l.yanks[key] = make(map[string]bool)
			}
			if _, known := l.yanks[key][e.Advisory]; !known {
				l.yanks[key][e.Advisory] = e.Action == wire.Block || e.Action == wire.Uninstall
			}
		}
	case wire.EventRelease:
		for _, blocks := range l.yanks[e.ID+" "+e.Version] {
			if blocks {
				return false
			}
		}
		first := !l.seen[e.ID]
		l.seen[e.ID] = true
		return first
	}
	return false
}
