package storefront

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of what a page shows of advisories.
const (
	maxAdvisories = 10   // on one version, the strictest ones
	maxReason     = 2000 // characters
)

// A Mark is an advisory's action in a word.
type Mark struct {
	Word  string // key of the text; "" where no advisory applies
	Class string // "warn" or "bad"
}

func markOf(action string) Mark {
	switch action {
	case wire.Warn:
		return Mark{"mark_warn", "warn"}
	case wire.Block:
		return Mark{"mark_block", "bad"}
	case wire.Uninstall:
		return Mark{"mark_uninstall", "bad"}
	}
	return Mark{}
}

// advisoriesView is what templates/advisories.html sees.
type advisoriesView struct {
	Mark  Mark // of the strictest
	Boxes []advisoryView
	More  int               // how many there are besides
	All   template.HTMLAttr // href of the document that names all
}

// An advisoryView is one advisory.
type advisoryView struct {
	Class   string // as that of its mark
	Warns   bool   // it warns and does nothing else
	Removes bool   // it asks whether to remove the version
	Version string
	Reason  Text
	ID      Link          // to the advisory's page
	Link    template.HTML // to a page elsewhere that says more, or ""
}

// blocked reports whether an advisory keeps the version from being installed.
func (v advisoriesView) blocked() bool { return v.Mark.Class == "bad" }

// advisoriesOf returns what a page says of the advisories that apply to the version that it shows.
func advisoriesOf(l *locale, b base, m *wire.Metadata, list []wire.Advisory) advisoriesView {
	strictness := func(a wire.Advisory) int { return slices.Index(wire.Actions, a.Action) }
	list = slices.DeleteFunc(slices.Clone(list), func(a wire.Advisory) bool { return strictness(a) < 0 })
	slices.SortFunc(list, func(x, y wire.Advisory) int {
		return cmp.Or(strictness(y)-strictness(x), strings.Compare(x.ID, y.ID))
	})
	if len(list) == 0 {
		return advisoriesView{}
	}
	v := advisoriesView{Mark: markOf(list[0].Action)}
	for _, a := range list[:min(len(list), maxAdvisories)] {
		reason := l.local(a.Reason)
		reason.Text = lines(a.Reason[wire.BestTag(a.Reason, l.tag)])
		v.Boxes = append(v.Boxes, advisoryView{
			Class: markOf(a.Action).Class, Warns: a.Action == wire.Warn, Removes: a.Action == wire.Uninstall,
			Version: clean(m.Version), Reason: reason, ID: Link{Label: clean(a.ID), Href: advisoryHref(l, b, a.ID)}, Link: moreLink(l, a.Link),
		})
	}
	if n := len(list) - maxAdvisories; n > 0 {
		v.More, v.All = n, b.href(wire.PackageViewPath(m.ID), "")
	}
	return v
}

// advisoryHref leads to the page of an advisory; "" where it can have none.
func advisoryHref(l *locale, b base, id string) template.HTMLAttr {
	if id == "" || strings.ContainsAny(id, "/\\") {
		return ""
	}
	return b.href(wire.LangPath(l.tag, wire.AdvisoryPage(id)), "")
}

// lines returns a text of several lines without what would change the text around it, and without more than one empty line in a row.
func lines(s string) string {
	var kept []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(clean(line)); line != "" || len(kept) > 0 && kept[len(kept)-1] != "" {
			kept = append(kept, line)
		}
	}
	return cutText(strings.TrimRight(strings.Join(kept, "\n"), "\n"), maxReason)
}
