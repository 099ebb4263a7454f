package main

import (
	"context"
	"strings"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/check"
)

// A word is something to tell about an installed package, with the advisory's own words where they are known.
type word struct {
	client.Word
	advisory client.Advisory
}

// known returns words without the advisories' texts: those are the registry's to tell.
func known(words []client.Word) []word {
	var list []word
	for _, w := range words {
		list = append(list, word{Word: w})
	}
	return list
}

// reasons returns words with the advisories' texts. One that can't be read is left out.
func (d *device) reasons(ctx context.Context, c *client.Client, words []client.Word) []word {
	list := known(words)
	for i, w := range list {
		if w.Advisory == nil {
			continue
		}
		shown, err := c.Show(ctx, w.ID, w.Version)
		if err != nil {
			continue
		}
		for _, a := range shown.Notices {
			if a.ID == w.Advisory.Advisory {
				list[i].advisory = a
			}
		}
	}
	return list
}

// words prints what there is to tell, below an empty line.
func (u *ui) words(list []word) {
	const label = "warning: "
	for i, w := range list {
		if i == 0 {
			u.printf("\n")
		}
		name := w.ID + " " + w.Version
		for j, line := range check.Wrap(name+" "+w.text(), u.columns()-len(label)) {
			if rest, ok := strings.CutPrefix(line, name); ok && j == 0 {
				u.printf("%s%s%s\n", u.paint(w.colour(), label), u.paint(bold, name), rest)
				continue
			}
			u.printf("%s%s\n", strings.Repeat(" ", len(label)), line)
		}
	}
}

// stops reports whether the package mustn't be run.
func (w word) stops() bool { return w.Kind != client.Warn && w.Kind != "delisted" }

func (w word) colour() string {
	if w.stops() {
		return red
	}
	return yellow
}

// text says what is the matter, behind the package's name and version.
func (w word) text() string {
	text := ""
	switch w.Kind {
	case client.Warn:
		text = "has a known fault"
	case client.Block:
		text = "mustn't be run"
	case client.Uninstall:
		text = "mustn't be run, and ought to be removed"
	case "delisted":
		return "is delisted: the registry doesn't offer it any more; it stays as it is"
	case "undone":
		return "mustn't be run: the registry took this release back, after a key was stolen"
	case "altered":
		return "mustn't be run: its files aren't those that were installed"
	case "missing":
		return "can't be run: its files are gone"
	default:
		return oneLine(w.Kind)
	}
	if w.advisory.ID != "" {
		return text + ": " + advisoryText(w.advisory)
	}
	if w.Advisory != nil {
		text += ": advisory " + oneLine(w.Advisory.Advisory)
	}
	return text
}

// advisoryText is what an advisory says, with where to look it up.
func advisoryText(a client.Advisory) string {
	more := a.ID
	if a.Link != "" {
		more += ", " + a.Link
	}
	return oneLine(a.Reason.In(language) + " (" + more + ")")
}
