package storefront

import (
	"html/template"
	"slices"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// cardView is what templates/card.html sees: a package in a list.
type cardView struct {
	Name      Text
	Href      template.HTMLAttr
	Icon      Icon
	Summary   Text
	Authors   []string
	Version   string
	Channel   string // "" for the stable one
	Updated   dayView
	Official  bool
	Mark      Mark
	State     string // what the state of the package is, if it isn't on offer; else ""
	StateMark string // class of its badge
}

// A dayView is a day as people and machines read it.
type dayView struct {
	Text     string // "" where it isn't known
	DateTime string
}

// cards returns what lists show of packages, in their order.
func (r *Renderer) cards(l *locale, b base, rows []wire.Row) []cardView {
	views := make([]cardView, len(rows))
	for i := range rows {
		row, v := &rows[i], &views[i]
		v.Name, v.Summary = l.local(row.Name), l.local(row.Summary)
		v.Name.Text = named(v.Name.Text, row.ID)
		v.Href = b.href(wire.LangPath(l.tag, wire.PackagePage(row.ID)), "")
		v.Icon = rowIcon(b, row, v.Name.Text)
		v.Authors = authorNames(row.Authors)
		v.Version = clean(row.Version)
		if row.Channel != wire.Stable {
			v.Channel = clean(row.Channel)
		}
		v.Updated = l.dayOf(row.Updated)
		v.Official = row.Official
		v.Mark = markOf(row.Action)
		switch row.State {
		case wire.Delisted:
			v.State, v.StateMark = l.text("card_delisted"), "warn"
		case wire.AllBlocked:
			v.State, v.StateMark = l.text("card_blocked"), "bad"
			v.Mark = Mark{}
		}
	}
	return views
}

// rowIcon returns the picture of a package in a list.
func rowIcon(b base, row *wire.Row, name string) Icon {
	if row.Icon == "" {
		return iconOf(row.ID, name, "")
	}
	icon := iconOf(row.ID, name, b.to(row.Icon))
	if row.Icon2x != "" {
		icon.SrcSet = attr("srcset", b.to(row.Icon2x)+" 2x")
	}
	return icon
}

// authorNames returns the names of authors that can be shown.
func authorNames(authors []wire.RowAuthor) []string {
	names := make([]string, 0, len(authors))
	for _, a := range authors {
		if name := clean(a.Name); name != "" {
			names = append(names, cutText(name, 80))
		}
	}
	return names
}

// dayOf returns the day of a time.
func (l *locale) dayOf(unix int64) dayView {
	return dayView{Text: l.date(unix), DateTime: formatDate(unix)}
}

// dayNamed returns a day as in 2026-11-21. What isn't one is shown as it is.
func (l *locale) dayNamed(day string) dayView {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return dayView{Text: clean(day)}
	}
	return dayView{Text: l.day(t), DateTime: day}
}

// monthNamed returns a month as in 2026-11. What isn't one is shown as it is.
func (l *locale) monthNamed(month string) dayView {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return dayView{Text: clean(month)}
	}
	return dayView{Text: l.text("month", "month", l.months[t.Month()-1], "year", t.Format("2006")), DateTime: month}
}

// isLong tells whether a name needs smaller letters.
func isLong(name string) bool { return len(name) > 48 }

// latestFirst returns the releases of a day, the latest first.
func latestFirst(releases []wire.DayRelease) []wire.DayRelease {
	releases = slices.Clone(releases)
	slices.Reverse(releases)
	return releases
}
