package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// homeView is what templates/home.html sees.
type homeView struct {
	Page                      page
	Long                      bool // whether the registry's name needs smaller letters
	Count                     int  // of packages on offer
	Empty                     bool // nothing was ever published
	PublicKey                 string
	Index, Signature, Key     template.HTML // links to what is checked
	Minisign                  template.HTML // link to the tool
	Verify                    string        // command
	Featured, Newest, Updated []cardView
	Categories, Formats       []valueView
	AllUpdated, AllNewest     template.HTMLAttr
}

// Home renders the home page, in every language, and at the top in the default one.
func (r *Renderer) Home(h Home) ([]File, error) {
	render := func(l *locale, p page) (File, error) {
		b := p.base
		v := homeView{Page: p, Count: h.Count, Empty: h.Registry.Count == 0 && h.Count == 0, PublicKey: clean(h.PublicKey)}
		v.Page.Title, v.Page.IsHome, v.Page.Section = cutText(v.Page.Registry, maxTitle), true, "home"
		v.Long = isLong(v.Page.Registry)
		v.Page.Description = l.text("home_lead")
		v.Featured, v.Newest, v.Updated = r.cards(l, b, h.Featured), r.cards(l, b, h.Newest), r.cards(l, b, h.Updated)
		v.Categories, v.Formats = valueViews(l, b, wire.OfCategory, h.Categories), valueViews(l, b, wire.OfFormat, h.Formats)
		file := func(path string) template.HTML {
			return Link{Label: path, Href: b.href(path, "") + " download"}.html()
		}
		v.Index, v.Signature, v.Key = file(wire.RootPath), file(wire.HeadPath), file(wire.ReleaseKeyPath)
		v.Minisign = Link{Label: "minisign", Href: foreign("https://jedisct1.github.io/minisign/")}.html()
		v.Verify = "minisign -Vm " + wire.RootPath + " -p " + wire.ReleaseKeyPath
		all := func(order wire.ListOrder) template.HTMLAttr {
			return b.href(wire.LangPath(l.tag, wire.ListPage(wire.AllPackages, "", order, "")), "")
		}
		v.AllUpdated, v.AllNewest = all(wire.ByUpdate), all(wire.ByRelease)
		v.Page.Social = homeSocial(l, h.Registry)
		data, err := r.execute(l, homeFile, &v)
		return File{v.Page.path, data}, err
	}
	files, err := r.each(func(l *locale) (File, error) { return render(l, r.page(l, wire.IndexPage, h.Registry)) })
	if err != nil {
		return nil, err
	}
	// The page at the top is that of the default language, and says so to machines.
	l := r.locales[0]
	top, own := r.pageAt(l, wire.HomePage, h.Registry), r.page(l, wire.IndexPage, h.Registry)
	top.Canonical, top.Languages = own.Canonical, own.Languages
	for i := range top.Languages {
		a := &top.Languages[i]
		a.Href = top.base.href(wire.LangPath(a.Lang, wire.IndexPage), "")
	}
	f, err := render(l, top)
	return append(files, f), err
}
