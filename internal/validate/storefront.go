package validate

import (
	"errors"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/wire"
)

// Storefront returns what is wrong with how a registry changes its storefront: with its theme, or with the languages that it wants pages in. read returns what the repo says of it, as the publisher
// reads it. Sample pages are made of it.
func Storefront(read func() (wire.Site, error)) (check.Findings, error) {
	site, err := read()
	if err == nil && (len(site.Files) > 0 || len(site.Languages) > 0) {
		_, err = storefront.For(site)
	}
	var wrong *storefront.ThemeError
	if !errors.As(err, &wrong) {
		return nil, err
	}
	found := slices.Clone(wrong.Findings)
	for i := range found {
		found[i].Code = "theme/invalid"
	}
	found.Quote(func(path string) []byte {
		if content, ok := site.Files[strings.TrimPrefix(path, storefront.ThemeDir+"/")]; ok {
			return []byte(content)
		}
		return nil
	})
	return found, nil
}
