package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wording"
)

// An ask asks questions, and reads the answers.
type ask struct {
	ctx   context.Context
	lines func() <-chan string // the next line; closed where the input ends
	out   io.Writer
	paint func(colour, text string) string
}

// lines reads a line for each call, in the background, so that Ctrl-C needn't wait for an answer. It reads nothing ahead: what is typed
// after the last answer is for whoever asks next, such as for a password.
func lines(r io.Reader) func() <-chan string {
	s := bufio.NewScanner(r)
	return func() <-chan string {
		out := make(chan string, 1)
		go func() {
			defer close(out)
			if s.Scan() {
				out <- s.Text()
			}
		}()
		return out
	}
}

// one asks one question until take accepts the answer. An empty answer stands for the initial one.
func (a ask) one(question, initial string, take func(answer string) error) error {
	for {
		fmt.Fprint(a.out, a.paint(bold, question))
		if initial != "" {
			fmt.Fprintf(a.out, " [%s]", initial)
		}
		fmt.Fprint(a.out, ": ")
		var answer string
		select {
		case line, ok := <-a.lines():
			if !ok {
				fmt.Fprintln(a.out)
				return errStopped
			}
			answer = strings.TrimSpace(line)
		case <-a.ctx.Done():
			fmt.Fprintln(a.out)
			return errStopped
		}
		if answer == "" {
			answer = initial
		}
		err := take(answer)
		if err == nil {
			return nil
		}
		if a.ctx.Err() != nil {
			return errStopped
		}
		fmt.Fprintf(a.out, "  %s %s\n", a.paint(yellow, "no:"), clean(err.Error()))
		if h := (*hintError)(nil); errors.As(err, &h) && h.hint != "" {
			fmt.Fprintf(a.out, "  %s %s\n", a.paint(cyan, "hint:"), clean(h.hint))
		}
	}
}

// ask asks for what the package is to be.
func (n *newPackage) ask(a ask) error {
	if n.Format == "" {
		fmt.Fprintf(a.out, "What do you want to make?\n\n")
		for i, name := range n.cfg.Formats {
			fmt.Fprintf(a.out, "  %d  %s%s\n", i+1, a.paint(bold, fmt.Sprintf("%-12s", name)), starter.About(name))
		}
		fmt.Fprintln(a.out)
		if err := a.one("Format", n.cfg.Formats[0], n.chooseFormat); err != nil {
			return err
		}
	}
	example := map[string]string{"vito": "disk-watch, or acme/disk-watch with a vendor", "mosis": "org.example.clock"}[n.Format]
	if err := a.one("Name, such as "+cmp.Or(example, "reading-list"), "", n.setName); err != nil {
		return err
	}
	if err := a.one("Title", n.Title, func(title string) error {
		return n.change(func() { n.Title, n.Summary = title, starter.Summary(title) })
	}); err != nil {
		return err
	}
	err := a.one("Summary", n.Summary, func(summary string) error {
		return n.change(func() { n.Summary = summary })
	})
	if err == nil {
		err = a.one("Who may change it, by handle on GitHub", n.Owner, n.setOwner)
	}
	if err == nil {
		fmt.Fprintln(a.out)
	}
	return err
}

// chooseFormat takes a format by its number or its name.
func (n *newPackage) chooseFormat(answer string) error {
	formats := n.cfg.Formats
	if i, err := strconv.Atoi(answer); err == nil && i >= 1 && i <= len(formats) {
		answer = formats[i-1]
	}
	if !slices.Contains(formats, answer) {
		return hinted(fmt.Errorf("%s is none of them", wording.Quote(answer)), "answer with a number or a name")
	}
	n.Format = answer
	return nil
}

// change changes the package, unless something would be found in it.
func (n *newPackage) change(do func()) error {
	before := n.Package
	do()
	err := n.sound()
	if err != nil {
		n.Package = before
	}
	return err
}
