package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
)

const (
	head  = "89abcdef0123456789abcdef0123456789abcdef"
	base  = "0123456789abcdef0123456789abcdef01234567"
	other = "ffffffffffffffffffffffffffffffffffffffff"
)

// sample returns a result, and what GitHub says of its pull request.
func sample() (gate.Result, Facts) {
	r := gate.Result{
		Kind: gate.KindOfResult, Registry: "acme", Base: base, Head: head, Pull: &gate.Pull{Number: 7, Author: "eve"}, Verdict: gate.NeedsReview,
		Title: "clock 1.1.0", Labels: []string{"regen/needs-review", "regen/needs-owner"}, Ping: []string{"ada"}, PackageCount: 1,
		Packages: []gate.Package{{ID: "clock", Dir: "plugins/clock", Change: "release", NeedsOwner: true, FileCount: 1}},
	}
	repo := &github.Repo{FullName: "acme/registry"}
	f := Facts{
		Event: Event{Action: "completed", Repository: *repo, Run: WorkflowRun{ID: 1, Name: "validate", Path: Workflow, Event: "pull_request", Conclusion: "success", HeadSHA: head, HeadBranch: "patch-1", HeadRepo: &github.Repo{FullName: "eve/registry"}}},
		Pull: github.Pull{
			Number: 7, State: "open", Title: "my change", User: github.User{Login: "Eve"},
			Base: github.Ref{SHA: base, Ref: "main", Repo: repo}, Head: github.Ref{SHA: head, Ref: "patch-1", Repo: &github.Repo{FullName: "Eve/registry"}},
		},
		Files: []string{"plugins/clock/main.lua"}, Complete: true, Owners: map[string][]string{"plugins/clock": {"Ada", "op"}},
	}
	return r, f
}

func decide(t *testing.T, r gate.Result, f Facts) Plan {
	t.Helper()
	p, err := Decide(r, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A sound result is told.
func TestDecide(t *testing.T) {
	r, f := sample()
	f.Pull.Labels = []github.Label{{Name: "regen/fail"}, {Name: "regen/needs-review"}, {Name: gate.OverrideLabel}, {Name: "bug"}}
	p := decide(t, r, f)
	if !p.Vouched || p.Number != 7 || p.Title != "clock 1.1.0" || !slices.Equal(p.Add, []string{"regen/needs-owner"}) || !slices.Equal(p.Remove, []string{"regen/fail"}) {
		t.Errorf("%+v", p)
	}
	if !strings.HasPrefix(p.Comment, Marker+"\n") || !strings.Contains(p.Comment, "@ada") || !strings.Contains(p.Comment, "needs review") {
		t.Error(p.Comment)
	}
}

// A result that differs from what GitHub says in any point isn't told.
func TestRefuse(t *testing.T) {
	for want, change := range map[string]func(*gate.Result, *Facts){
		"names no pull request":                      func(r *gate.Result, _ *Facts) { r.Pull = nil },
		"about commit ffffffffffff":                  func(r *gate.Result, _ *Facts) { r.Head = other },
		"says fail, and the run ended as success":    func(r *gate.Result, _ *Facts) { r.Verdict = gate.Fail },
		"says needs-review, and the run ended as fa": func(_ *gate.Result, f *Facts) { f.Event.Run.Conclusion = "failure" },
		"answered with pull request 8":               func(_ *gate.Result, f *Facts) { f.Pull.Number = 8 },
		`is of "acme/other"`:                         func(_ *gate.Result, f *Facts) { f.Pull.Base.Repo = &github.Repo{FullName: "acme/other"} },
		`is of ""`:                                   func(_ *gate.Result, f *Facts) { f.Pull.Base.Repo = nil },
		`comes from "bob/registry"`:                  func(_ *gate.Result, f *Facts) { f.Pull.Head.Repo = &github.Repo{FullName: "bob/registry"} },
		`comes from ""`:                              func(_ *gate.Result, f *Facts) { f.Pull.Head.Repo = nil },
		`branch "patch-2"`:                           func(_ *gate.Result, f *Facts) { f.Pull.Head.Ref = "patch-2" },
		`is by Eve, and the result says "ada"`:       func(r *gate.Result, _ *Facts) { r.Pull.Author = "ada" },
		"is closed":                                  func(_ *gate.Result, f *Facts) { f.Pull.State = "closed" },
		"is at commit ffffffffffff by now":           func(_ *gate.Result, f *Facts) { f.Pull.Head.SHA = other },
	} {
		r, f := sample()
		change(&r, &f)
		_, err := Decide(r, f)
		if refusal, ok := err.(*Refusal); !ok || !strings.Contains(err.Error(), want) || refusal.Stale != (want == "is closed" || strings.HasSuffix(want, "by now")) {
			t.Errorf("%v, expected %s", err, want)
		}
	}
}

// A pull request that changes the workflows or the tool can't vouch for itself, whatever its result says, and nothing of that is told.
func TestDoubt(t *testing.T) {
	for _, files := range [][]string{
		{".github/workflows/validate.yml"}, {"plugins/clock/main.lua", ".GitHub/x"}, {"action.yml"}, {"go.mod"}, {"cmd/regen/main.go"}, {"internal/gate/doc.go"}, {".ci/run"}, nil,
	} {
		r, f := sample()
		r.Verdict, r.Labels, r.Registry, r.Packages[0].ID = gate.Pass, []string{"regen/pass"}, "told", "told"
		r.Packages[0].Review = []gate.Item{{Kind: gate.KindSize, Text: "told"}}
		f.Pull.Labels = []github.Label{{Name: "regen/pass"}}
		f.Files, f.Complete = files, files != nil
		p := decide(t, r, f)
		if p.Vouched || p.Title != "" || !slices.Equal(p.Add, []string{"regen/needs-review", "regen/tooling"}) || !slices.Equal(p.Remove, []string{"regen/pass"}) {
			t.Errorf("%v: %+v", files, p)
		}
		if strings.Contains(p.Comment, "told") || strings.Contains(p.Comment, "@") || strings.Contains(p.Comment, "1.1.0") || strings.Contains(p.Comment, base[:12]) || !strings.Contains(p.Comment, "needs a review by a maintainer") ||
			strings.Contains(p.Comment, "changes more files") != (files == nil) {
			t.Errorf("%v: %s", files, p.Comment)
		}
	}
	for _, name := range []string{"plugins/github/x", "plugins/clock/go.mod", "plugins/clock/.github/x", "README.md", "github/x", "plugins/clock/cmd/x"} {
		r, f := sample()
		f.Files = append(f.Files, name)
		if p := decide(t, r, f); !p.Vouched {
			t.Errorf("%s isn't what the gate is run by", name)
		}
	}
}

// shown returns a comment's HTML as GitHub would make it, without what stands in code, where nothing means anything.
func shown(t *testing.T, comment string) string {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(comment), &b); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?s)<code>.*?</code>`).ReplaceAllString(b.String(), "code")
}

var mentions = regexp.MustCompile(`@[A-Za-z0-9]`)

// Only owners, by the base's records, of packages that really change are named; and never the author.
func TestPings(t *testing.T) {
	for _, c := range []struct {
		ping []string
		want string
		with func(*gate.Result, *Facts)
	}{
		{[]string{"ada", "op", "stranger", "eve"}, " @ada @op\n", func(*gate.Result, *Facts) {}},
		{[]string{"ADA", "ada"}, " @ADA\n", func(*gate.Result, *Facts) {}},
		{[]string{"eve"}, "", func(_ *gate.Result, f *Facts) { f.Owners["plugins/clock"] = []string{"eve"} }},
		{[]string{"ada"}, "", func(_ *gate.Result, f *Facts) { f.Files = []string{"plugins/clocks/x", "README.md"} }},
		{[]string{"ada"}, "", func(r *gate.Result, _ *Facts) { r.Packages[0].NeedsOwner = false }},
		{[]string{"ada"}, "", func(r *gate.Result, f *Facts) { r.Packages[0].Dir = "plugins"; f.Owners["plugins"] = []string{"ada"} }},
		{[]string{"ada"}, "", func(r *gate.Result, f *Facts) {
			r.Packages[0].Dir = "plugins/x/../clock"
			f.Owners["plugins/x/../clock"] = []string{"ada"}
		}},
		{[]string{"ada"}, "", func(r *gate.Result, _ *Facts) { r.Packages = nil }},
	} {
		r, f := sample()
		r.Ping = c.ping
		c.with(&r, &f)
		comment := decide(t, r, f).Comment
		if c.want == "" && mentions.MatchString(comment) || !strings.Contains(comment, c.want) || strings.Count(comment, "@") != strings.Count(c.want, "@") {
			t.Errorf("%q: %s", c.ping, comment)
		}
	}
	r, f := sample()
	r.Ping = nil
	for i := range 50 {
		r.Ping = append(r.Ping, fmt.Sprintf("owner%d", i))
	}
	f.Owners["plugins/clock"] = r.Ping
	if n := strings.Count(decide(t, r, f).Comment, "@"); n != maxPings {
		t.Errorf("%d people are named, expected %d", n, maxPings)
	}
}

// Whatever the texts of a result say, nobody is named by them, no HTML and no link comes of them, and the comment is within its bound.
func TestHostileTexts(t *testing.T) {
	r, f := sample()
	r.Ping = nil
	const text = "@stranger @acme/team <script>alert(1)</script> ![x](https://evil.example/x.png) [x](https://evil.example) https://evil.example fixes #1 --> <!-- \n::error::x\n" + "```\n@stranger"
	finding := check.Finding{Code: text, Severity: check.Error, Path: text, Line: 1, Message: text, Hint: text, Source: text}
	for range 200 {
		r.Findings = append(r.Findings, finding)
	}
	for i := range 100 {
		r.Packages = append(r.Packages, gate.Package{ID: fmt.Sprint(text, i), Dir: text, Format: text, Version: text, Before: text, Owners: []string{text}, ApprovedBy: text, SignedBy: text, Review: []gate.Item{{Kind: "size", Text: text, Path: text}}, Findings: r.Findings})
	}
	r.Title, r.Registry = text, text
	p := decide(t, r, f)
	if p.Title != "" {
		t.Errorf("the title %q is set", p.Title)
	}
	if len(p.Comment) > MaxComment {
		t.Errorf("the comment has %d bytes, expected at most %d", len(p.Comment), MaxComment)
	}
	page := strings.TrimPrefix(shown(t, p.Comment), Marker)
	for _, bad := range []string{"@", "#1", "<script", "<img", "<a ", "<!--"} {
		if strings.Contains(page, bad) {
			t.Errorf("the comment shows %s: %.3000s", bad, page)
		}
	}
	if !strings.Contains(page, "stranger") {
		t.Error("the comment shows nothing of the texts")
	}
}

// Labels that the gate doesn't give are neither put on nor taken off.
func TestLabels(t *testing.T) {
	r, f := sample()
	r.Labels = []string{"regen/pass", gate.OverrideLabel, "regen/unheard-of", "regen/pass"}
	f.Pull.Labels = []github.Label{{Name: "Regen/Fail"}, {Name: "regen/unheard-of-before"}, {Name: "help wanted"}}
	if p := decide(t, r, f); !slices.Equal(p.Add, []string{"regen/pass"}) || !slices.Equal(p.Remove, []string{"regen/fail"}) {
		t.Errorf("%+v", p)
	}
	for _, l := range gate.Labels {
		look, ok := looks[l]
		if !ok || len(look.text) > 100 || !regexp.MustCompile(`^[0-9a-f]{6}$`).MatchString(look.colour) {
			t.Errorf("the label %s looks like %+v", l, look)
		}
	}
	if len(looks) != len(gate.Labels) {
		t.Error("there are looks of labels that the gate doesn't give")
	}
}

// A title is set where it is well-formed and another one.
func TestTitles(t *testing.T) {
	for title, want := range map[string]bool{
		"clock 1.1.0": true, "Add org.example.clock 1.0.0-rc.1": true, "2 packages": true, "clock 1.1.0: upkeep": true, "Remove clock": true,
		"my change": false /* it has it */, "": false, " clock": false, "clock ": false, "@ada": false, "clock\n1": false, "fixes #1": false, "[skip ci]": false, "<b>": false, "`x`": false, "a\u202eb": false,
		strings.Repeat("x", 201): false, "clock: [ci skip]": false, "a\u200bb": false,
		"closes GH-1": false, "Add gh-1 1.0.0": false, "Add high-1 1.0.0": true,
	} {
		r, f := sample()
		r.Title = title
		if got := decide(t, r, f).Title != ""; got != want {
			t.Errorf("%q: %t, expected %t", title, got, want)
		}
	}
}

// What isn't the end of a run of validate.yml for a pull request is refused.
func TestParseEvent(t *testing.T) {
	_, f := sample()
	sound, err := json.Marshal(f.Event)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := ParseEvent(sound); err != nil || e.Run != f.Event.Run && e.Run.HeadRepo.FullName != "eve/registry" {
		t.Fatalf("%+v %v", e, err)
	}
	for want, change := range map[string][2]string{
		"expected the end of a workflow's run": {`"completed"`, `"requested"`},
		"expected \"validate\" in":             {`"validate"`, `"other"`},
		"in .github/workflows/validate.yml":    {Workflow, ".github/workflows/other.yml"},
		"was started by \"push\"":              {`"pull_request"`, `"push"`},
		"ended as \"cancelled\"":               {`"success"`, `"cancelled"`},
		"40 hexadecimal digits":                {head, "main"},
		"which repo":                           {`"eve/registry"`, `"eve"`},
		"owner/name":                           {`"acme/registry"`, `"acme/registry/x"`},
		"isn't one of GitHub's":                {`{`, ``},
	} {
		if _, err := ParseEvent([]byte(strings.Replace(string(sound), change[0], change[1], 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %s", err, want)
		}
	}
	if _, err := ParseEvent(make([]byte, github.MaxDocument+1)); err == nil {
		t.Error("an event of any size is read")
	}
}

func FuzzResult(f *testing.F) {
	r, facts := sample()
	sound, err := json.Marshal(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := gate.ParseResult(data)
		if err != nil {
			return
		}
		p, err := Decide(r, facts)
		if err != nil {
			return
		}
		if len(p.Comment) > MaxComment || slices.Contains(p.Add, gate.OverrideLabel) {
			t.Errorf("%+v", p)
		}
		page := shown(t, p.Comment)
		for _, m := range mentions.FindAllStringIndex(page, -1) {
			if at := strings.ToLower(page[m[1]-1:]); !strings.HasPrefix(at, "ada") && !strings.HasPrefix(at, "op") {
				t.Errorf("somebody is named: %.60s", page[m[0]:])
			}
		}
	})
}
