package publish

import (
	"context"
	"errors"

	"github.com/regen-registry/regen/internal/rendition"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/wire"
)

// maxRendition bounds a rendition, in bytes.
const maxRendition = 16 << 20

// renditions returns the smaller renditions of a release's pictures, by the picture's path in the package. Those of a picture that no publish made any of before are made, which takes longer than all the rest of its page, and what was made is noted. A picture that none can be made of is shown as it is.
func (v *views) renditions(ctx context.Context, m *wire.Metadata) (map[string][]storefront.Rendition, error) {
	all := make(map[string][]storefront.Rendition)
	add := func(image wire.Image, place rendition.Place) error {
		widths := rendition.Widths(image.Width, image.Height, image.Size, place)
		if len(widths) == 0 || all[image.Path] != nil {
			return nil
		}
		list, err := v.rendition(ctx, m, image, widths)
		all[image.Path] = list
		return err
	}
	for _, image := range m.Icons {
		if err := add(image, rendition.Icon); err != nil {
			return nil, err
		}
	}
	shots := m.Screenshots
	if m.MainScreenshot != nil {
		shots = append([]wire.Image{*m.MainScreenshot}, shots...)
	}
	for _, image := range shots {
		if err := add(image, rendition.Shot); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// rendition returns the renditions of one picture.
func (v *views) rendition(ctx context.Context, m *wire.Metadata, image wire.Image, widths []int) ([]storefront.Rendition, error) {
	note := wire.RenditionsPath(image.SHA256, widths[0])
	v.mu.Lock()
	list, ok := v.made[note]
	v.mu.Unlock()
	if ok {
		return list, nil
	}
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.made[note] = list
	}()
	if _, ok := v.Store.(*comparing); !ok {
		var noted wire.Renditions
		if found, err := v.readData(ctx, note, &noted); err == nil && found {
			v.seen(note)
			for _, r := range noted.Renditions {
				list = append(list, storefront.Rendition{Path: wire.RenditionPath(image.SHA256, r.Width, r.Ext), Width: r.Width, Height: r.Height})
			}
			return list, nil
		} else if err != nil && !errors.Is(err, errSpoilt) {
			return nil, err
		}
	}
	path := wire.AssetPath(m.ID, m.Version, image.Path)
	data, err := v.state.ReadRef(ctx, path, wire.Ref{SHA256: image.SHA256, Size: image.Size}, image.Size)
	if err != nil {
		return nil, err
	}
	made, err := rendition.Make(data, widths)
	if err != nil {
		made = nil // it is no picture that can be made smaller
	}
	noted := wire.Renditions{Renditions: []wire.Rendition{}}
	for _, one := range made {
		path := wire.RenditionPath(image.SHA256, one.Width, one.Ext)
		if err := v.putRendition(ctx, path, one); err != nil {
			return nil, err
		}
		list = append(list, storefront.Rendition{Path: path, Width: one.Width, Height: one.Height})
		noted.Renditions = append(noted.Renditions, wire.Rendition{Width: one.Width, Height: one.Height, Ext: one.Ext})
	}
	return list, v.putDoc(note, noted)
}

// putRendition writes a rendition. One that is there stays as it is, where its bytes may depend on the library that made it.
func (v *views) putRendition(ctx context.Context, path string, one rendition.Rendition) error {
	have, err := v.Store.Read(ctx, path, maxRendition)
	switch {
	case err == nil && (string(have) == string(one.Data) || !rendition.Stable(one.Ext)):
		v.seen(path)
		return nil
	case err != nil && !errors.Is(err, store.ErrNotExist) && !errors.Is(err, store.ErrTooLarge):
		return err
	}
	return v.Store.Put(path, one.Data)
}
