package validate

import (
	"slices"

	"github.com/regen-registry/regen/internal/registry"
)

// Both returns what either knows: what is published of an id by the first one, else by the second, which may be nil.
func Both(a, b Known) Known {
	if b == nil {
		return a
	}
	return both{a, b}
}

type both struct{ a, b Known }

func (k both) Published(id string) (registry.Published, error) {
	p, err := k.a.Published(id)
	if _, exists := p.List.Highest(); exists || err != nil {
		return p, err
	}
	return k.b.Published(id)
}

func (k both) Owners(id string) ([]string, error) {
	owners, err := k.a.Owners(id)
	if len(owners) > 0 || err != nil {
		return owners, err
	}
	return k.b.Owners(id)
}

func (k both) IDs() ([]string, error) {
	a, err := k.a.IDs()
	if err != nil {
		return nil, err
	}
	b, err := k.b.IDs()
	return slices.Concat(a, b), err
}
