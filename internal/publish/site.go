package publish

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

// maxSite bounds storefront/site.json, in bytes.
const maxSite = 2*storefront.MaxTheme + 1<<20 // JSON escapes quotes and ends of lines

// SiteOf returns what a snapshot says of the storefront: its configuration, and the files of its theme. Where those can't be a theme's, the error is a [storefront.ThemeError].
func SiteOf(h History, s Snapshot, cfg config.Config) (wire.Site, error) {
	front := cfg.Storefront
	site := wire.Site{
		Languages: front.Languages, Accent: front.Accent, Featured: front.Featured, Repository: front.Repository, Branch: front.Branch, Install: front.Install,
		Packages: path.Dir(cfg.Packages[0]), Formats: cfg.Formats, Dangerous: cfg.Permissions.Dangerous,
	}
	var err error
	if site.Files, err = themeOf(h, s); err != nil {
		return site, fmt.Errorf("theme of commit %.12s: %w", s.Commit, err)
	}
	return site, nil
}

// dress makes the renderer of the views: as the commit says that the configuration is from. A theme that is broken keeps no release and no advisory from being published: the pages stay as they look, and the
// run says at its end what is wrong.
func (r *run) dress(ctx context.Context) error {
	said := r.Options.site
	if said == nil {
		site, err := SiteOf(r.History, r.base, r.config)
		if err == nil {
			_, err = storefront.For(site)
		}
		said = &site
		if fault := (*storefront.ThemeError)(nil); errors.As(err, &fault) {
			r.faded = err
			before, err := publishedSite(ctx, r.Store)
			if err != nil {
				return err
			}
			site.Files = before.Files
		} else if err != nil {
			return err
		}
	}
	r.site = *said
	var err error
	if r.renderer, err = storefront.For(r.site); err != nil && r.faded != nil {
		r.site.Files = nil
		r.renderer, err = storefront.For(r.site)
	}
	return err
}

// themeOf returns the files by which a snapshot changes the storefront.
func themeOf(h History, s Snapshot) (map[string]string, error) {
	files := make(map[string][]byte)
	var read func(dir string) error
	read = func(dir string) error {
		entries, err := h.List(s, path.Join(storefront.ThemeDir, dir))
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name)
			switch e.Mode {
			case gittree.Dir:
				if dir == "" {
					if err := read(name); err != nil {
						return err
					}
				}
			case gittree.Regular, gittree.Executable:
				if len(files) == storefront.MaxThemeFiles {
					return storefront.Fault("", "there are more than %d files", storefront.MaxThemeFiles)
				}
				files[name], err = h.File(s, path.Join(storefront.ThemeDir, name), storefront.MaxThemeFile)
				if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
					return storefront.Fault(name, "has more than %d bytes", storefront.MaxThemeFile)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := read(""); err != nil {
		return nil, err
	}
	return storefront.Theme(site.FS, files)
}

// publishedSite returns what the views of a tree were rendered with; what is built in where that can't be known.
func publishedSite(ctx context.Context, r store.Reader) (wire.Site, error) {
	var site wire.Site
	data, err := r.Read(ctx, wire.SitePath, maxSite)
	if errors.Is(err, store.ErrNotExist) || errors.Is(err, store.ErrTooLarge) {
		return site, nil
	}
	if err == nil && wire.Decode(data, &site) != nil {
		return wire.Site{}, nil
	}
	return site, err
}

// saysSite reports whether a commit from this one on says of the storefront what the views were rendered with: one has its configuration, and one its theme.
func saysSite(h History, from string, published wire.Site) (bool, error) {
	after, base, found, err := h.Since(from)
	if err != nil {
		return false, err
	}
	snapshots := append([]Snapshot{base}, after...)
	if !found {
		head, err := h.Head()
		if err != nil {
			return false, err
		}
		snapshots = []Snapshot{head}
	}
	parts := func(s wire.Site) (facts, theme string, err error) {
		files, err := wire.Encode(wire.Site{Files: s.Files})
		if err != nil {
			return "", "", err
		}
		s.Files = nil
		rest, err := wire.Encode(s)
		return string(rest), string(files), err
	}
	wantFacts, wantTheme, err := parts(published)
	if err != nil {
		return false, err
	}
	hasFacts, hasTheme := false, false
	for _, s := range snapshots {
		cfg, err := h.Config(s)
		if broken := (*CommitError)(nil); errors.As(err, &broken) {
			continue
		}
		if err != nil {
			return false, err
		}
		site, err := SiteOf(h, s, cfg)
		if fault := (*storefront.ThemeError)(nil); err != nil && !errors.As(err, &fault) {
			return false, err
		} else if err == nil {
			_, theme, err := parts(site)
			if err != nil {
				return false, err
			}
			hasTheme = hasTheme || theme == wantTheme
		}
		facts, _, err := parts(site)
		if err != nil {
			return false, err
		}
		hasFacts = hasFacts || facts == wantFacts
	}
	return hasFacts && hasTheme, nil
}
