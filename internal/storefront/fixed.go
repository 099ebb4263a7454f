package storefront

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// Fixed renders the files that depend on the registry's id, name and base URL alone, and not on what it publishes. The last ones are kept.
func (r *Renderer) Fixed(registry wire.Registry) ([]File, error) {
	registry = wire.Registry{ID: registry.ID, Name: registry.Name, BaseURL: registry.BaseURL}
	r.fixed.Lock()
	defer r.fixed.Unlock()
	key := [3]string{registry.ID, registry.Name, registry.BaseURL}
	if files := r.fixed.by[key]; files != nil {
		return slices.Clone(files), nil
	}
	files, err := r.renderFixed(registry)
	if err != nil {
		return nil, err
	}
	if r.fixed.by == nil || len(r.fixed.by) == maxMade {
		r.fixed.by = make(map[[3]string][]File)
	}
	r.fixed.by[key] = files
	return slices.Clone(files), nil
}

func (r *Renderer) renderFixed(registry wire.Registry) ([]File, error) {
	files, err := r.searchPage(registry)
	if err != nil {
		return nil, err
	}
	missing, err := r.missing(registry)
	if err != nil {
		return nil, err
	}
	files = append(files, missing)
	for _, more := range []func(wire.Registry) ([]File, error){r.machines, r.Docs, r.Add} {
		rendered, err := more(registry)
		if err != nil {
			return nil, err
		}
		files = append(files, rendered...)
	}
	return files, nil
}

// searchView is what templates/search.html sees.
type searchView struct {
	Page   page
	ByName template.HTMLAttr
	Kinds  []kindLink
}

// searchPage renders the page that searches. Without script, it leads to the lists.
func (r *Renderer) searchPage(registry wire.Registry) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		v := searchView{Page: r.page(l, wire.SearchPage, registry)}
		v.Page.title(l.text("search_title"))
		v.Page.Description, v.Page.Section = l.text("search_label"), "search"
		v.ByName = v.Page.base.href(wire.LangPath(l.tag, wire.ListPage(wire.AllPackages, "", wire.ByName, "")), "")
		v.Kinds = r.kinds(l, v.Page.base, "")[1:]
		data, err := r.execute(l, searchFile, &v)
		return File{v.Page.path, data}, err
	})
}

// missingView is what templates/404.html sees.
type missingView struct {
	Page  page
	Homes []missingHome
}

// missingHome is the way home in a language.
type missingHome struct {
	Lang, Dir, Text string
	Href            template.HTMLAttr
}

// missing renders the page that a server shows in the place of one that isn't there, at any path: so its addresses begin at the top of the host. Without a base URL, the tree is taken to
// be all of it.
func (r *Renderer) missing(registry wire.Registry) (File, error) {
	l := r.locales[0]
	top := base("/")
	if u, err := url.Parse(registry.BaseURL); err == nil && strings.Trim(u.Path, "/") != "" {
		top = base("/" + escapePath(strings.Trim(u.Path, "/")) + "/")
	}
	v := missingView{Page: r.pageFrom(l, top, wire.NotFoundPage, registry)}
	v.Page.title(l.text("missing_title"))
	v.Page.Canonical = "" // it is no page of its own
	for _, other := range r.locales {
		home := top.href(wire.LangPath(other.tag, wire.IndexPage), "")
		v.Homes = append(v.Homes, missingHome{other.tag, other.text("direction"), other.text("missing_home"), home})
	}
	data, err := r.execute(l, notFoundFile, &v)
	return File{wire.NotFoundPage, data}, err
}
