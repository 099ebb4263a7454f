package publish

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/browse"
	"github.com/regen-registry/regen/internal/search"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// docOf returns what is searched of a package in a language; nil where it isn't on offer.
func docOf(row *wire.Row, lang string) *search.Doc {
	if row == nil || !row.Listed() {
		return nil
	}
	doc := &search.Doc{
		Number: row.Number, ID: row.ID, Name: row.Name[wire.BestTag(row.Name, lang)], Summary: row.Summary[wire.BestTag(row.Summary, lang)],
		Keywords: slices.Concat(row.Keywords, row.Categories),
	}
	for _, a := range row.Authors {
		doc.Authors = append(doc.Authors, a.Name)
	}
	return doc
}

// putSearch brings the search index of each language up to the changes; it builds it anew where everything is rendered.
func (v *views) putSearch(ctx context.Context, all *rows, changes []browse.Change) error {
	languages := v.renderer.Languages()
	return parallel(len(languages), func(i int) error {
		lang := languages[i]
		stop := v.renderer.StopWords(lang)
		if !v.partial {
			var docs []search.Doc
			for _, id := range slices.Sorted(maps.Keys(all.byID)) {
				if doc := docOf(all.byID[id], lang); doc != nil {
					docs = append(docs, *doc)
				}
			}
			return v.putSearchFiles(lang, search.Build(docs, stop))
		}
		var moved []search.Change
		for _, c := range changes {
			if old, now := docOf(c.Old, lang), docOf(c.New, lang); old != nil || now != nil {
				moved = append(moved, search.Change{Old: old, New: now})
			}
		}
		if len(moved) == 0 {
			return nil
		}
		put, gone, err := search.Update(func(name string) ([]byte, error) { return v.Store.Read(ctx, wire.SearchPath(lang, name), maxData) }, moved, stop)
		if errors.Is(err, search.ErrSpoilt) || errors.Is(err, store.ErrTooLarge) {
			return errSpoilt
		}
		if err != nil {
			return err
		}
		if err := v.putSearchFiles(lang, put); err != nil {
			return err
		}
		for _, name := range gone {
			if err := v.Store.Remove(wire.SearchPath(lang, name)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v *views) putSearchFiles(lang string, files search.Files) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := v.put(wire.SearchPath(lang, name), files[name], nil); err != nil {
			return err
		}
	}
	return nil
}
