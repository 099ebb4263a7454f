package storefront

import (
	"html/template"

	"github.com/regen-registry/regen/internal/wire"
)

// newsView is what templates/news.html sees.
type newsView struct {
	Page   page
	Days   []newsDay
	Months []newsLink
}

// newsDay is a day with its releases.
type newsDay struct {
	Day      dayView
	Href     template.HTMLAttr
	Releases []releaseView // the latest first
}

// A newsLink leads to a month or a day, and says how many releases it has.
type newsLink struct {
	Day   dayView
	Href  template.HTMLAttr
	Count int
}

// A releaseView is a release in a list of what is new.
type releaseView struct {
	Name    Text
	Href    template.HTMLAttr // of the package's page
	Version string
	Channel string // "" for the stable one
	First   bool   // it is the package's first release
	Mark    Mark
}

// News renders the page of what is new.
func (r *Renderer) News(n News) ([]File, error) {
	files, err := r.each(func(l *locale) (File, error) {
		v := newsView{Page: r.page(l, wire.NewsPage, n.Registry)}
		v.Page.title(l.text("news_title"))
		v.Page.Description, v.Page.Section = l.text("news_lead"), "new"
		b := v.Page.base
		for _, day := range n.Days {
			v.Days = append(v.Days, newsDay{l.dayNamed(day.Day), b.href(wire.LangPath(l.tag, wire.DayPage(day.Day, 0)), ""), releaseViews(l, b, day)})
		}
		for _, m := range n.Months {
			v.Months = append(v.Months, newsLink{l.monthNamed(m.Month), b.href(wire.LangPath(l.tag, wire.MonthPage(m.Month)), ""), m.Count})
		}
		data, err := r.execute(l, newsFile, &v)
		return File{v.Page.path, data}, err
	})
	if err != nil {
		return nil, err
	}
	feeds, err := r.each(newsFeed(n))
	return append(files, feeds...), err
}

// monthView is what templates/month.html sees.
type monthView struct {
	Page  page
	Title string
	Days  []newsLink
}

// Month renders the page of a month's days.
func (r *Renderer) Month(m MonthPage) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		v := monthView{Page: r.page(l, wire.MonthPage(m.Month), m.Registry)}
		v.Title = l.text("news_of", "time", l.monthNamed(m.Month).Text)
		v.Page.title(v.Title)
		v.Page.Description, v.Page.Section = v.Page.Title, "new"
		for _, day := range m.Days {
			v.Days = append(v.Days, newsLink{l.dayNamed(day.Day), v.Page.base.href(wire.LangPath(l.tag, wire.DayPage(day.Day, 0)), ""), day.Count})
		}
		data, err := r.execute(l, monthFile, &v)
		return File{v.Page.path, data}, err
	})
}

// newsDayView is what templates/day.html sees.
type newsDayView struct {
	Page     page
	Title    string
	Month    Link
	Count    int               // of all releases of the day
	Older    template.HTMLAttr // href of the part before, or ""
	Releases []releaseView
}

// Day renders the page of a day's releases.
func (r *Renderer) Day(d DayPage) ([]File, error) {
	return r.each(func(l *locale) (File, error) {
		day := d.Day.Day
		v := newsDayView{Page: r.page(l, wire.DayPage(day, d.Part), d.Registry), Count: d.Count}
		v.Title = l.text("news_of", "time", l.dayNamed(day).Text)
		v.Page.title(v.Title)
		v.Page.Description, v.Page.Section = v.Page.Title, "new"
		month := day[:min(len(day), len("2026-11"))]
		v.Month = Link{Label: l.monthNamed(month).Text, Href: v.Page.base.href(wire.LangPath(l.tag, wire.MonthPage(month)), "")}
		v.Releases = releaseViews(l, v.Page.base, d.Day)
		if d.Part > 0 {
			v.Count = len(v.Releases)
		}
		if d.Older > 0 {
			v.Older = v.Page.base.href(wire.LangPath(l.tag, wire.DayPage(day, d.Older)), "")
		}
		data, err := r.execute(l, dayFile, &v)
		return File{v.Page.path, data}, err
	})
}

func releaseViews(l *locale, b base, day wire.Day) []releaseView {
	views := make([]releaseView, len(day.Releases))
	for i, release := range latestFirst(day.Releases) {
		v := &views[i]
		v.Name = l.local(release.Name)
		v.Name.Text = named(v.Name.Text, release.ID)
		v.Href = b.href(wire.LangPath(l.tag, wire.PackagePage(release.ID)), "")
		v.Version, v.First, v.Mark = clean(release.Version), release.First, markOf(release.Action)
		if release.Channel != wire.Stable {
			v.Channel = clean(release.Channel)
		}
	}
	return views
}
