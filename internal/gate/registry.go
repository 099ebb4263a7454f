package gate

import (
	"errors"
	"fmt"
	"strings"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
)

// registryFiles looks at the registry's own files, so far as the change touches them.
func (g *gate) registryFiles() error {
	keys, site := false, false
	for _, d := range g.changes.others {
		keys = keys || strings.HasPrefix(d.path, "keys/")
		site = site || d.path == config.FileName || strings.HasPrefix(d.path, storefront.ThemeDir+"/")
		if d.now.Mode == 0 {
			continue
		}
		var look func(data []byte) check.Findings
		var limit int64
		switch d.path {
		case config.FileName:
			limit, look = config.MaxFile, func(data []byte) check.Findings {
				_, found := config.Parse(d.path, data, g.Repo.Name())
				return found
			}
		case owners.FileName:
			limit, look = owners.MaxFile, func(data []byte) check.Findings {
				_, found := owners.Parse(d.path, data)
				return found
			}
		case advisory.FileName:
			limit, look = advisory.MaxFile, func(data []byte) check.Findings { return validate.Advisories(data, nil) }
		default:
			continue
		}
		data, err := g.now.File(g.head, d.path, limit)
		if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) || d.now.Mode != gittree.Regular && d.now.Mode != gittree.Executable {
			g.found(check.Finding{Code: "gate/file", Severity: check.Error, Path: d.path, Message: fmt.Sprintf("can't be used, expected a regular file of at most %d bytes", limit), Hint: "make it a file, and keep it short"})
			continue
		}
		if err != nil {
			return err
		}
		found := look(data)
		found.Quote(func(string) []byte { return data })
		g.found(found...)
	}
	if site {
		if err := g.storefront(); err != nil {
			return err
		}
	}
	if !keys {
		return nil
	}
	pinned, _ := g.now.File(g.head, "minisign.pub", sign.MaxKeyFile) // without it, the documents are looked at by themselves
	g.found(validate.Keys(g.config.ID, pinned, publish.Documents(g.now, g.head))...)
	return nil
}

// storefront looks at the theme, and at the languages of the pages.
func (g *gate) storefront() error {
	cfg, err := g.now.Config(g.head)
	if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
		return nil // which is told
	} else if err != nil {
		return err
	}
	found, err := validate.Storefront(func() (wire.Site, error) { return publish.SiteOf(g.now, g.head, cfg) })
	g.found(found...)
	return err
}
