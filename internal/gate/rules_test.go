package gate_test

import (
	"bytes"
	"context"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/rules/casefile"
)

var update = flag.Bool("update", false, "write what is found in the bad examples into the rules' files")

// lay puts an example into the files of a commit.
func lay(t *testing.T, into gittest.Files, e rules.Example) {
	t.Helper()
	path, top := strings.CutPrefix(e.Path, "/")
	if !top {
		path = "plugins/demo/" + path
	}
	switch e.Make {
	case "":
		into[path] = gittest.Text(e.Content)
	case "remove":
		into[path] = gittest.File{}
	case "symlink":
		into[path] = gittest.File{Mode: "120000", Data: strings.TrimSpace(e.Content)}
	default:
		data, err := casefile.Make(e.Make, []byte(e.Content))
		if err != nil {
			t.Fatal(err)
		}
		into[path] = gittest.Text(string(data))
	}
}

// lookAt runs an example as a pull request in a real repo.
func lookAt(t *testing.T, r rules.Rule, examples []rules.Example, orphan bool) (gate.Result, check.Report) {
	t.Helper()
	base := r.Base
	if base == "" {
		base = "native"
	}
	files, err := rules.Base(base)
	if err != nil {
		t.Fatal(err)
	}
	was, now := gittest.Files{"README.md": gittest.Text("# Packages\n")}, gittest.Files{}
	known := slices.ContainsFunc(examples, func(e rules.Example) bool { return e.Before && !strings.HasPrefix(e.Path, "/") })
	for _, f := range files {
		if known {
			lay(t, was, f)
		} else {
			lay(t, now, f)
		}
	}
	for _, e := range examples {
		if e.Before {
			lay(t, was, e)
		} else {
			lay(t, now, e)
		}
	}
	repo := gittest.New(t)
	from := repo.Commit(t, was)
	if orphan {
		from = repo.Git(t, "", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "alone", from+"^{tree}")
	}
	head := repo.Change(t, from, now)
	o := gate.Options{Base: "main", Head: head}
	if r.Author != "" {
		o.Pull = pull(repo.Git(t, "", "rev-parse", "main"), head, r.Author)
	}
	return run(t, repo, o)
}

func pull(base, head, author string) *github.Pull {
	return &github.Pull{Number: 7, State: "open", Title: "a change", User: github.User{Login: author}, Association: "CONTRIBUTOR", Base: github.Ref{SHA: base}, Head: github.Ref{SHA: head}}
}

func run(t *testing.T, repo *gittest.Repo, o gate.Options) (gate.Result, check.Report) {
	t.Helper()
	var err error
	if o.Repo, err = gittree.Open(repo.Dir); err != nil {
		t.Fatal(err)
	}
	defer o.Repo.Close()
	result, report, err := gate.Look(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, result)
	return result, report
}

func withoutListing(r check.Report) check.Report {
	for i := range r.Packages {
		p := &r.Packages[i]
		p.Findings = slices.DeleteFunc(p.Findings, func(f check.Finding) bool { return strings.HasPrefix(f.Code, "listing/") })
	}
	return check.NewReport(r.Packages)
}

// Each of the gate's rules: its bad example raises its code and nothing else, with a hint; its good one, a near miss, raises nothing.
func TestRules(t *testing.T) {
	for _, r := range rules.All() {
		if !strings.HasPrefix(r.Code, "gate/") {
			continue
		}
		t.Run(r.Code, func(t *testing.T) {
			if r.Why == "" || len(r.Bad) == 0 || len(r.Good) == 0 {
				t.Fatal("a rule has a reason, a bad and a good example")
			}
			// What no file can say: the bad example of this rule begins a history of its own.
			_, bad := lookAt(t, r, r.Bad, r.Code == "gate/history")
			bad = withoutListing(bad)
			raised := false
			for _, p := range bad.Packages {
				for _, f := range p.Findings {
					raised = raised || f.Code == r.Code
					if f.Code == r.Code && (f.Severity != r.Severity || f.Hint == "" || f.Path == "" || f.Message == "") {
						t.Errorf("expected it as %s, with path, message and hint: %+v", r.Severity, f)
					}
					if f.Code != r.Code && !slices.Contains(r.Also, f.Code) {
						t.Errorf("the bad example raises %s, too: %s", f.Code, f)
					}
				}
			}
			if !raised {
				t.Error("the bad example doesn't raise it")
			}
			_, good := lookAt(t, r, r.Good, false)
			for _, p := range withoutListing(good).Packages {
				for _, f := range p.Findings {
					if !slices.Contains(r.Also, f.Code) {
						t.Errorf("the good example raises %s: %s", f.Code, f)
					}
				}
			}
			var b bytes.Buffer
			if err := check.Writers["text"](&b, bad, check.Style{}); err != nil {
				t.Fatal(err)
			}
			got, _, _ := strings.Cut(b.String(), "\n`regen explain")
			got += "\n"
			if got == r.Want {
				return
			}
			if !*update {
				t.Errorf("found:\n%s\nexpected:\n%s(run go test ./internal/gate -update if it is right now)", got, r.Want)
				return
			}
			if err := casefile.SetWant("../rules/testdata", r.Code, got); err != nil {
				t.Fatal(err)
			}
		})
	}
}
