package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of the page of what is new.
const (
	newsDays     = 14
	newsReleases = 60
)

// dayOf returns the day of a time, in UTC.
func dayOf(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.DateOnly) }

// days are what is released when.
type days struct {
	mu       sync.Mutex
	releases map[string][]wire.DayRelease // day → releases that are new, or whose state is
}

// add takes a release that the views in the store don't show, or show in another state.
func (d *days) add(version wire.Version, release wire.DayRelease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.releases == nil {
		d.releases = make(map[string][]wire.DayRelease)
	}
	day := dayOf(version.Time)
	d.releases[day] = append(d.releases[day], release)
}

// readData reads a document of the storefront's data; found is false where there is none.
func (v *views) readData(ctx context.Context, path string, doc any) (found bool, err error) {
	data, err := v.Store.Read(ctx, path, maxData)
	switch {
	case errors.Is(err, store.ErrNotExist):
		return false, nil
	case errors.Is(err, store.ErrTooLarge):
		return false, errSpoilt
	case err != nil:
		return false, err
	}
	if json.Unmarshal(data, doc) != nil {
		return false, errSpoilt
	}
	return true, nil
}

// putDay writes the pages of a day: those that show a release that is new, or whose state is. before is how many releases the published pages show.
func (v *views) putDay(day wire.Day, before int) error {
	fresh := make(map[int64]bool)
	for _, r := range v.days.releases[day.Day] {
		fresh[r.Log] = true
	}
	was, parts := storefront.DayParts(before), storefront.DayParts(len(day.Releases))
	for part := range parts + 1 {
		page := storefront.DayPage{Registry: v.registry, Day: day, Part: part, Older: part - 1}
		switch part {
		case 0:
			page.Day.Releases, page.Older, page.Count = day.Releases[parts*storefront.DayPart:], parts, len(day.Releases)
		default:
			page.Day.Releases = day.Releases[(part-1)*storefront.DayPart : part*storefront.DayPart]
		}
		reached := part == 0 || part > was || slices.ContainsFunc(page.Day.Releases, func(r wire.DayRelease) bool { return fresh[r.Log] })
		if !reached && v.partial {
			continue
		}
		if err := v.putFiles(v.renderer.Day(page)); err != nil {
			return err
		}
	}
	return nil
}

// putDays writes the pages of the days that have something new, and those that name them.
func (v *views) putDays(ctx context.Context) error {
	index := wire.Days{Days: make(map[string]int)}
	if v.partial {
		if len(v.days.releases) == 0 {
			return nil
		}
		if found, err := v.readData(ctx, wire.DaysDocPath, &index); err != nil {
			return err
		} else if !found || index.Days == nil {
			return errSpoilt
		}
	}
	written := make(map[string]wire.Day)
	months := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(v.days.releases)) {
		day := wire.Day{Day: name}
		if v.partial && index.Days[name] > 0 {
			if found, err := v.readData(ctx, wire.DayPath(name), &day); err != nil {
				return err
			} else if !found || len(day.Releases) != index.Days[name] {
				return errSpoilt
			}
		}
		before := len(day.Releases)
		byLog := make(map[int64]wire.DayRelease)
		for _, r := range append(day.Releases, v.days.releases[name]...) {
			byLog[r.Log] = r
		}
		day.Releases = slices.SortedFunc(maps.Values(byLog), func(a, b wire.DayRelease) int { return cmp.Compare(a.Log, b.Log) })
		if index.Days[name] != len(day.Releases) {
			index.Days[name] = len(day.Releases)
			months[name[:len("2006-01")]] = true
		}
		written[name] = day
		if err := v.putDoc(wire.DayPath(name), day); err != nil {
			return err
		}
		if err := v.putDay(day, before); err != nil {
			return err
		}
	}
	if err := v.putDoc(wire.DaysDocPath, index); err != nil {
		return err
	}
	latest := index.Latest()
	byMonth := make(map[string][]storefront.DayCount)
	var inOrder []storefront.Month
	for _, day := range latest {
		month := day[:len("2006-01")]
		if byMonth[month] == nil {
			inOrder = append(inOrder, storefront.Month{Month: month})
		}
		byMonth[month] = append(byMonth[month], storefront.DayCount{Day: day, Count: index.Days[day]})
		inOrder[len(inOrder)-1].Count += index.Days[day]
	}
	for _, month := range slices.Sorted(maps.Keys(months)) {
		if err := v.putFiles(v.renderer.Month(storefront.MonthPage{Registry: v.registry, Month: month, Days: byMonth[month]})); err != nil {
			return err
		}
	}
	news := storefront.News{Registry: v.registry, Months: inOrder}
	count := 0
	for _, name := range latest[:min(len(latest), newsDays)] {
		day, ok := written[name]
		if !ok {
			if found, err := v.readData(ctx, wire.DayPath(name), &day); err != nil {
				return err
			} else if !found {
				return errSpoilt
			}
		}
		if room := newsReleases - count; len(day.Releases) > room {
			day.Releases = day.Releases[len(day.Releases)-room:]
		}
		count += len(day.Releases)
		news.Days = append(news.Days, day)
		if count == newsReleases {
			break
		}
	}
	return v.putFiles(v.renderer.News(news))
}
