// Package rules is the table of everything that can be found in a package: why each rule is there, with a bad and a good example.
//
// A rule is one file below testdata/, named by its code: a heading with the severity and the title, the base package that the examples are laid
// over, the reason, and the files of the examples. `regen explain` and docs/findings.md show them, and the tests of package validate run them: what a rule
// file calls bad raises its code, and what it calls good, a near miss, doesn't.
package rules

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/check"
)

//go:generate go test -run=TestFresh . -update

//go:embed testdata
var files embed.FS

// A Rule is one code.
type Rule struct {
	Code     string
	Severity check.Severity // as it is raised, unless the registry's configuration makes an error of it
	Title    string
	Author   string   // who opens the pull request that the examples are; only the gate knows of one
	Base     string   // the package that the examples are laid over: the name of a file in testdata/bases
	Also     []string // codes that the bad example raises, too
	Why      string
	Bad      []Example
	Good     []Example
	Want     string // what is found in the bad example, as text
}

// An Example is a file of an example.
type Example struct {
	Path    string // from the package's directory; from the repo's top for those that begin with /
	Make    string // how the content is made, where it is no text; see package casefile
	Content string
	Before  bool // whether the file is at the commit that the change is based on
}

// All returns all rules, sorted by code.
var All = sync.OnceValue(func() []Rule {
	var list []Rule
	err := fs.WalkDir(files, "testdata", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".txtar" || strings.HasPrefix(name, "testdata/bases/") {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		r, err := parse(strings.TrimSuffix(strings.TrimPrefix(name, "testdata/"), ".txtar"), data)
		list = append(list, r)
		return err
	})
	if err != nil {
		panic(err) // the files are part of the program, and the tests read them
	}
	slices.SortFunc(list, func(a, b Rule) int { return strings.Compare(a.Code, b.Code) })
	return list
})

// Get returns the rule of a code.
func Get(code string) (Rule, bool) {
	all := All()
	i, ok := slices.BinarySearchFunc(all, code, func(r Rule, code string) int { return strings.Compare(r.Code, code) })
	if !ok {
		return Rule{}, false
	}
	return all[i], true
}

// Codes returns all codes, sorted.
func Codes() []string {
	var list []string
	for _, r := range All() {
		list = append(list, r.Code)
	}
	return list
}

// Base returns the files of a base package.
func Base(name string) ([]Example, error) {
	data, err := files.ReadFile("testdata/bases/" + name + ".txtar")
	if err != nil {
		return nil, err
	}
	var list []Example
	for _, f := range txtar.Parse(data).Files {
		list = append(list, example(f.Name, f.Data))
	}
	return list, nil
}

func parse(code string, data []byte) (Rule, error) {
	a := txtar.Parse(data)
	r := Rule{Code: code}
	head, why, _ := strings.Cut(strings.TrimSpace(string(a.Comment)), "\n\n")
	r.Why = unwrap(strings.TrimSpace(why))
	lines := strings.Split(head, "\n")
	severity, title, ok := strings.Cut(lines[0], ": ")
	r.Severity, r.Title = check.Severity(severity), title
	if !ok || r.Severity != check.Error && r.Severity != check.Warning && r.Severity != check.Notice {
		return r, fmt.Errorf("%s: the first line is %q, expected a severity and a title", code, lines[0])
	}
	for _, line := range lines[1:] {
		switch key, value, _ := strings.Cut(line, ": "); key {
		case "base":
			r.Base = value
		case "author":
			r.Author = value
		case "also":
			r.Also = strings.Split(value, ", ")
		default:
			return r, fmt.Errorf("%s: unknown line %q", code, line)
		}
	}
	for _, f := range a.Files {
		if f.Name == "want" {
			r.Want = string(f.Data)
			continue
		}
		kind, name, ok := strings.Cut(f.Name, "/")
		if !ok {
			return r, fmt.Errorf("%s: the file %q, expected it below bad/ or good/", code, f.Name)
		}
		e := example(name, f.Data)
		kind, e.Before = strings.CutSuffix(kind, "-before")
		if repo, ok := strings.CutSuffix(kind, "-repo"); ok {
			kind, e.Path = repo, "/"+e.Path
		}
		switch kind {
		case "bad":
			r.Bad = append(r.Bad, e)
		case "good":
			r.Good = append(r.Good, e)
		case "both":
			r.Bad, r.Good = append(r.Bad, e), append(r.Good, e)
		default:
			return r, fmt.Errorf("%s: the file %q, expected it below bad/, good/ or both/", code, f.Name)
		}
	}
	return r, nil
}

// unwrap makes one line of each paragraph.
func unwrap(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

func example(name string, data []byte) Example {
	name, directive, _ := strings.Cut(name, " | ")
	return Example{Path: name, Make: directive, Content: string(data)}
}
