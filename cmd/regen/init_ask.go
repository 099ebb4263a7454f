package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wording"
)

// ask asks for what the registry is to be, unless a flag or the repo says it.
func (n *initRepo) ask(a ask, o initOptions) error {
	asked := false
	one := func(skip bool, question, initial string, take func(string) error) error {
		if skip {
			return nil
		}
		asked = true
		return a.one(question, initial, take)
	}
	said := n.there(config.FileName)
	if err := one(said || o.id != "", "Id, which never changes", n.params.ID, n.setID); err != nil {
		return err
	}
	if o.name == "" && !said {
		n.params.Name = starter.Title("", n.params.ID)
	}
	if err := one(said || o.name != "", "Name", n.params.Name, n.setName); err != nil {
		return err
	}
	if !said && o.format == "" {
		fmt.Fprintf(a.out, "\nWhat will it hold?\n\n  0  %sof any of these formats\n", a.paint(bold, fmt.Sprintf("%-12s", "all")))
		for i, name := range manifest.Names() {
			fmt.Fprintf(a.out, "  %d  %s%s\n", i+1, a.paint(bold, fmt.Sprintf("%-12s", name)), starter.About(name))
		}
		fmt.Fprintln(a.out)
	}
	if err := one(said || o.format != "", "Format", "all", n.chooseFormat); err != nil {
		return err
	}
	if err := one(o.owner != "" || !n.takes("owners.yaml") && !n.takes(".github/CODEOWNERS"), "Who runs it, by handle on GitHub", n.params.Maintainer, n.setMaintainer); err != nil {
		return err
	}
	suggested := n.repository
	if suggested == "" && n.params.Maintainer != "" {
		suggested = n.params.Maintainer + "/" + filepath.Base(n.top)
		if !repositoryName.MatchString(suggested) {
			suggested = n.params.Maintainer + "/" + n.params.ID
		}
	}
	if err := one(said || o.repository != "", "Where it will be on GitHub, or - for elsewhere", suggested, n.chooseRepository); err != nil {
		return err
	}
	if asked {
		fmt.Fprintln(a.out)
	}
	return n.fill()
}

// chooseFormat takes a format by its number or its name.
func (n *initRepo) chooseFormat(answer string) error {
	formats := manifest.Names()
	if i, err := strconv.Atoi(answer); err == nil && i >= 0 && i <= len(formats) {
		answer = append([]string{"all"}, formats...)[i]
	}
	switch {
	case answer == "all":
		return n.setFormat("", false)
	case !slices.Contains(formats, answer):
		return hinted(fmt.Errorf("%s is none of them", wording.Quote(answer)), "answer with a number or a name")
	}
	return n.setFormat(answer, false)
}

func (n *initRepo) chooseRepository(answer string) error {
	if answer == "-" {
		n.repository, n.params.BaseURL = "", ""
		return nil
	}
	return n.setRepository(answer, false)
}
