package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// valuesView is what templates/values.html sees.
type valuesView struct {
	Page       page
	Title      string
	Kinds      []kindLink
	Values     []valueView
	Prev, Next *Link
}

// A valueView is one value, which leads to its list.
type valueView struct {
	Name  valueName
	Href  template.HTMLAttr
	Count int // 0 where it isn't known
}

// Values renders a page that names the values of a kind of list.
func (r *Renderer) Values(values Values) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		v := valuesView{Page: r.page(l, wire.ValuesPage(values.Kind, values.From), values.Registry), Title: l.text("kind_" + string(values.Kind))}
		b := v.Page.base
		v.Page.title(v.Title)
		v.Page.Description = l.text("list_description", "list", v.Page.Title)
		v.Page.Section = sectionOf(values.Kind)
		v.Kinds = r.kinds(l, b, values.Kind)
		v.Values = valueViews(l, b, values.Kind, values.Values)
		to := func(_ wire.ListOrder, from string) template.HTMLAttr {
			return b.href(wire.LangPath(l.tag, wire.ValuesPage(values.Kind, from)), "")
		}
		v.Prev, v.Next = partLink(values.Prev, to, 0), partLink(values.Next, to, 0)
		data, err := r.execute(l, valuesFile, &v)
		return File{v.Page.path, data}, err
	})
}

func valueViews(l *locale, b base, kind wire.ListKind, values []Value) []valueView {
	views := make([]valueView, len(values))
	for i, value := range values {
		views[i] = valueView{
			Name:  l.valueName(kind, value),
			Href:  b.href(wire.LangPath(l.tag, wire.ListPage(kind, value.Slug, wire.ByUpdate, "")), ""),
			Count: value.Count,
		}
	}
	return views
}
