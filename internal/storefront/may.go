package storefront

import (
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// A Point is something that a package may do, or that people may not want about it, in plain words.
type Point struct {
	Text   string
	Code   string // the word that the manifest has for it, where there is no plain one
	Class  string // "warn": somebody had to look at it; "good"; else ""
	Note   string // why it is so marked
	Reason Text   // what the package says about it
	List   Link   // to the packages that have it, too; no link where there is no list
}

// pointOf words something: in plain words where there is a text prefix+word, else as it is.
func (l *locale) pointOf(prefix, word string) Point {
	if _, _, err := l.find(prefix + word); err == nil {
		return Point{Text: l.text(prefix + word)}
	}
	return Point{Code: cutText(clean(word), maxWord)}
}

// mayOf returns what a package may do on its host. dangerous are the permissions that somebody has to review.
func mayOf(l *locale, m *wire.Metadata, dangerous []string) []Point {
	var points []Point
	add := func(p Point, warn bool) {
		if p.Text == "" && p.Code == "" {
			return
		}
		if warn {
			p.Class = "warn"
		}
		points = append(points, p)
	}
	for _, permission := range m.Permissions {
		p := l.pointOf("permission_", permission)
		warn := slices.Contains(dangerous, permission)
		if warn {
			p.Note = l.text("may_reviewed")
		}
		add(p, warn)
	}
	// Code that runs in the host needs to ask for nothing. Only of other packages it means something that they don't ask.
	if len(m.Permissions) == 0 && (m.Code == "none" || m.Code == "lua") {
		add(Point{Text: l.text("may_nothing"), Class: "good"}, false)
	}
	if m.Code != "" {
		add(l.pointOf("code_", m.Code), m.Code == "remote")
	}
	if m.RoutesRisk != "" {
		add(l.pointOf("routes_", m.RoutesRisk), m.RoutesRisk == "public-dynamic")
	}
	if m.Vendored {
		add(Point{Text: l.text("vendored")}, false)
	}
	if m.DataSchema > 0 {
		add(Point{Text: l.text("data_schema", "version", m.DataSchema)}, false)
	}
	if m.AgeRating != "" {
		add(l.pointOf("age_", m.AgeRating), m.AgeRating == "moderate" || m.AgeRating == "intense")
	}
	return points
}

// antiFeatures returns what people may not want about a package.
func antiFeatures(l *locale, in lists, m *wire.Metadata) []Point {
	points := make([]Point, 0, len(m.AntiFeatures))
	for _, a := range m.AntiFeatures {
		p := l.pointOf("anti_feature_", a.Kind)
		if p.Text == "" && p.Code == "" {
			continue
		}
		p.Class, p.Reason, p.List = "warn", l.local(a.Reason), in.link(wire.OfAntiFeature, a.Kind)
		points = append(points, p)
	}
	return points
}

// features returns what a package says that it can do.
func features(l *locale, m *wire.Metadata) []Text {
	list := make([]Text, 0, len(m.Features))
	for _, f := range m.Features {
		if t := l.local(f); t.Text != "" {
			list = append(list, t)
		}
	}
	return list
}
