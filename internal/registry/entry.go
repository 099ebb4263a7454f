package registry

import (
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// Add returns the version list with one more release, the highest.
func Add(list wire.VersionList, v wire.Version) wire.VersionList {
	list.Versions = append(slices.Clip(list.Versions), v)
	return list
}

// Describe returns what the catalogue's entry of a package takes from the metadata of its primary version.
func Describe(m wire.Metadata) wire.Entry {
	e := wire.Entry{
		Format:     m.Format,
		Name:       m.Name.In(wire.DefaultLanguage),
		Summary:    m.Summary.In(wire.DefaultLanguage),
		Categories: m.Categories,
	}
	if len(m.Icons) > 0 {
		e.Icon = m.Version + "/assets/" + m.Icons[0].Path
	}
	return e
}

// Complete returns the catalogue's entry of a package, and its version list as it is published.
func Complete(e wire.Entry, list wire.VersionList) (wire.Entry, []byte, error) {
	data, err := wire.Encode(list)
	if err != nil {
		return wire.Entry{}, nil, err
	}
	e.State = list.State
	e.Channels = list.ChannelHeads()
	if len(e.Channels) == 0 && e.State == "" {
		e.State = wire.AllBlocked
	}
	e.Versions = wire.RefOf(data)
	e, err = e.Fit()
	return e, data, err
}
