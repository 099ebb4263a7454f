package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/check"
)

// A fact is something that is known of a package, with a label. Further texts of a label have the label "".
type fact struct{ label, text, colour string }

// narrow is how wide texts become at most, in columns: longer lines are hard to read.
const narrow = 100

// facts prints facts in two columns, and leaves out those without a text. The texts may come from anybody.
func (u *ui) facts(list []fact) {
	list = slices.DeleteFunc(list, func(f fact) bool { return f.text == "" })
	widest := 0
	for _, f := range list {
		widest = max(widest, utf8.RuneCountInString(f.label))
	}
	indent := strings.Repeat(" ", widest+2)
	for _, f := range list {
		pad := strings.Repeat(" ", widest-utf8.RuneCountInString(f.label)+2)
		for i, line := range check.Wrap(oneLine(f.text), u.columns()-len(indent)) {
			if i == 0 {
				u.printf("%s%s%s\n", u.paint(dim, f.label), pad, u.paint(f.colour, line))
			} else {
				u.printf("%s%s\n", indent, u.paint(f.colour, line))
			}
		}
	}
}

// columns returns how wide texts are to be; 0 is no limit.
func (u *ui) columns() int { return min(u.width(), narrow) }

// oneLine makes a text from outside safe, and one line.
func oneLine(text string) string { return check.OneLine(strings.Join(strings.Fields(text), " ")) }

// packageFacts says what somebody ought to know before a version is installed. New permissions are those in fresh, unless all are.
func packageFacts(m client.Metadata, fresh []string) []fact {
	var list []fact
	add := func(label, text, colour string) {
		if len(list) > 0 && slices.ContainsFunc(list, func(f fact) bool { return f.label == label }) {
			label = ""
		}
		list = append(list, fact{label, text, colour})
	}
	for _, p := range m.Permissions {
		if slices.Contains(fresh, p) && len(fresh) < len(m.Permissions) {
			add("permissions", p+" (new)", yellow)
		} else {
			add("permissions", p, "")
		}
	}
	if len(m.Permissions) == 0 {
		add("permissions", "none", "")
	}
	add("runs", code(m.Code), "")
	if h := m.HostAPI; h != nil && h.Min != "" {
		add("needs", fmt.Sprintf("%s %s or newer", m.Format, h.Min), "")
	}
	for _, id := range m.Requires {
		add("requires", id, "")
	}
	add("reachable", m.RoutesRisk, "")
	if m.Author != nil {
		for _, key := range m.Author.Keys {
			add("author's key", key, "") // the whole of it: whoever makes a key chooses its id
		}
	}
	for _, a := range m.AntiFeatures {
		text := a.Kind
		if reason := a.Reason.In(language); reason != "" {
			text += ": " + reason
		}
		add("anti-features", text, yellow)
	}
	return list
}

// language is the one in which texts of packages are shown.
const language = "en"

// code says what runs on the host.
func code(kind string) string {
	switch kind {
	case "php":
		return "PHP code on the host"
	case "lua":
		return "Lua code"
	case "ts":
		return "TypeScript code"
	case "remote":
		return "TypeScript code, part of which it fetches from elsewhere"
	case "none":
		return "no code"
	}
	return kind
}
