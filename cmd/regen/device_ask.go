package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// consent is how a command learns whether the device's owner agrees: by --yes, or by asking on a terminal. What it is about is shown before.
type consent struct {
	*device
	ctx   context.Context
	c     *client.Client
	yes   bool
	lines func() <-chan string
	mute  bool                // there was no terminal to ask at
	notes map[string][]string // release notes by package
}

func (d *device) consent(ctx context.Context, c *client.Client, yes bool) *consent {
	return &consent{device: d, ctx: ctx, c: c, yes: yes, notes: make(map[string][]string)}
}

// screen is where that is shown which a question is about: where the question is. Without a question it is part of the result.
func (q *consent) screen() *ui {
	if q.yes {
		return q.ui
	}
	return &ui{out: q.err, err: q.err, colour: q.errColour, errColour: q.errColour, terminal: q.terminal}
}

// silent reports whether nothing is to be shown: the result is JSON, and nothing is asked.
func (q *consent) silent() bool { return q.yes && q.asJSON }

// ask asks a question, and reports whether the answer is yes.
func (q *consent) ask(question string) bool {
	if q.yes {
		return true
	}
	if !q.terminal || !term.IsTerminal(int(os.Stdin.Fd())) {
		q.mute = true
		return false
	}
	if q.lines == nil {
		q.lines = lines(os.Stdin)
	}
	agreed := false
	a := ask{ctx: q.ctx, lines: q.lines, out: q.err, paint: func(colour, text string) string { return paint(q.errColour, colour, text) }}
	err := a.one(question+" (y/n)", "n", func(answer string) error {
		switch answer {
		case "y", "Y", "yes":
			agreed = true
		case "n", "N", "no":
		default:
			return errors.New("answer with y or n")
		}
		return nil
	})
	return agreed && err == nil
}

// install shows what is about to be installed, and asks.
func (q *consent) install(o client.Offer) bool {
	q.clear()
	q.readNotes(o.Metadata, o.From)
	if !q.silent() {
		q.screen().offer(o, q.notes[o.ID])
	}
	verb, _ := offerTitle(o)
	return q.ask(verb + " " + o.ID + "?")
}

// offerTitle says what an offer is.
func offerTitle(o client.Offer) (verb, title string) {
	switch {
	case o.From == "":
		return "Install", "Install " + o.ID + " " + o.Version
	case wire.CompareVersions(o.Version, o.From) <= 0:
		return "Install", "Install " + o.ID + " " + o.Version + " in place of " + o.From
	}
	return "Update", "Update " + o.ID + " " + o.From + " → " + o.Version
}

// uninstall shows why a package ought to be removed, and asks.
func (q *consent) uninstall(w client.Word, a client.Advisory) bool {
	q.clear()
	if !q.silent() {
		s := q.screen()
		s.printf("%s\n\n", s.paint(bold, "Remove "+w.ID+" "+w.Version))
		s.facts([]fact{{"advisory", advisoryText(a), red}, {label: "data", text: "stays on the device"}})
		s.printf("\n")
	}
	return q.ask(fmt.Sprintf("Remove %s?", w.ID))
}

// offer shows what somebody ought to know before a version is installed.
func (u *ui) offer(o client.Offer, notes []string) {
	_, title := offerTitle(o)
	u.printf("%s  %s\n\n", u.paint(bold, title), oneLine(o.Name.In(language)))
	list := []fact{{label: "about", text: o.Summary.In(language)}, {label: "download", text: wording.Bytes(o.Bytes)}}
	list = append(list, packageFacts(o.Metadata, o.Permissions)...)
	if o.Stranger != "" {
		list = append(list, fact{"new author", o.Version + " " + o.Stranger, yellow})
	}
	for _, a := range o.Warnings {
		list = append(list, fact{"warning", advisoryText(a), yellow})
	}
	list = append(list, passed(o.Passed)...)
	u.facts(list)
	u.printf("\n")
	u.releaseNotes(notes)
}

// passed says which versions were passed over, and why.
func passed(list []client.Passed) []fact {
	var facts []fact
	for i, p := range list {
		label := ""
		if i == 0 {
			label = "passed over"
		}
		if i == maxPassed {
			return append(facts, fact{text: fmt.Sprintf("… and %d more", len(list)-maxPassed)})
		}
		facts = append(facts, fact{label: label, text: p.Version + " " + p.Reason})
	}
	return facts
}

// maxPassed bounds the versions of which it is told that they were passed over.
const maxPassed = 5
