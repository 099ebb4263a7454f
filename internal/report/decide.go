package report

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/owners"
)

// Bounds of what is written.
const (
	MaxComment = gate.MaxMarkdown + 1000 // bytes of the comment; GitHub takes 65,536 characters
	maxPings   = 20                      // people that are named
)

// Marker is the first line of the comment, by which it is found again.
const Marker = "<!-- regen: what the gate found -->"

// Facts are what GitHub says of the pull request that a result is about.
type Facts struct {
	Event    Event
	Pull     github.Pull
	Files    []string // all paths that it changes, those that files had before included
	Complete bool     // whether those are all
	// Owners of packages that it changes, by their directory, and maintainers: by the records of the base branch.
	Owners map[string][]string
}

// Plan is what is to be written.
type Plan struct {
	Number  int
	Comment string
	Add     []string // labels
	Remove  []string // labels
	Title   string   // "" to leave it
	Vouched bool     // whether the result was told; otherwise only that it can't be relied upon
}

// A Refusal says why nothing is written.
type Refusal struct {
	Reason string
	// Stale is whether that is nothing bad: the pull request went on since the run.
	Stale bool
}

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) error { return &Refusal{Reason: fmt.Sprintf(format, args...)} }

func stale(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...), Stale: true}
}

// compare holds a result against the event. What it says of the pull request is compared with what GitHub says of that later.
func compare(r gate.Result, e Event) error {
	switch failed := e.Run.Conclusion == "failure"; {
	case r.Pull == nil:
		return refuse("the result names no pull request")
	case r.Head != e.Run.HeadSHA:
		return refuse("the result is about commit %.12s, and the run was of %.12s", r.Head, e.Run.HeadSHA)
	case failed != (r.Verdict == gate.Fail):
		return refuse("the result says %s, and the run ended as %s", r.Verdict, e.Run.Conclusion)
	}
	return nil
}

// comparePull holds a result and an event against the pull request that the result names.
func comparePull(r gate.Result, e Event, p github.Pull) error {
	var from, to string
	if p.Head.Repo != nil {
		from = p.Head.Repo.FullName
	}
	if p.Base.Repo != nil {
		to = p.Base.Repo.FullName
	}
	switch n := p.Number; {
	case n != r.Pull.Number:
		return refuse("GitHub answered with pull request %d, asked for %d", n, r.Pull.Number)
	case !strings.EqualFold(to, e.Repository.FullName):
		return refuse("pull request %d is of %.60q, and the run was of %s", n, to, e.Repository.FullName)
	case !strings.EqualFold(from, e.Run.HeadRepo.FullName) || p.Head.Ref != e.Run.HeadBranch:
		return refuse("pull request %d comes from %.60q, branch %.60q, and the run was of %s, branch %.60q", n, from, p.Head.Ref, e.Run.HeadRepo.FullName, e.Run.HeadBranch)
	case !strings.EqualFold(p.User.Login, r.Pull.Author):
		return refuse("pull request %d is by %s, and the result says %.60q", n, p.User.Login, r.Pull.Author)
	case p.State != "open":
		return stale("pull request %d is closed", n)
	case p.Head.SHA != e.Run.HeadSHA:
		return stale("pull request %d is at commit %.12s by now, and the run was of %.12s", n, p.Head.SHA, e.Run.HeadSHA)
	}
	return nil
}

// Decide says what is to be written. The error is a [*Refusal].
func Decide(r gate.Result, f Facts) (Plan, error) {
	if err := compare(r, f.Event); err != nil {
		return Plan{}, err
	}
	if err := comparePull(r, f.Event, f.Pull); err != nil {
		return Plan{}, err
	}
	plan := Plan{Number: f.Pull.Number, Vouched: true}
	wanted := known(r.Labels)
	if reason := doubt(f); reason != "" {
		plan.Vouched = false
		wanted = []string{"regen/needs-review", "regen/tooling"}
		plan.Comment = Marker + "\n## 👀 needs review\n\n**This needs a review by a maintainer, whatever its checks say:** the pull request " + reason + ". Their result isn't shown.\n"
	} else {
		r.Ping = allowed(r, f)
		if wellFormed(r.Title) && r.Title != f.Pull.Title {
			plan.Title = r.Title
		}
		plan.Comment = Marker + "\n" + string(gate.Markdown(r))
	}
	plan.Add, plan.Remove = changes(f.Pull, wanted)
	return plan, nil
}

// known returns those labels that the gate gives, each once.
func known(labels []string) []string {
	return slices.DeleteFunc(slices.Clone(gate.Labels), func(l string) bool { return !slices.Contains(labels, l) })
}

// changes returns which labels are missing, and which of the gate's are there and don't hold any more.
func changes(p github.Pull, wanted []string) (add, remove []string) {
	for _, l := range wanted {
		if !p.HasLabel(l) {
			add = append(add, l)
		}
	}
	for _, l := range gate.Labels {
		if p.HasLabel(l) && !slices.Contains(wanted, l) {
			remove = append(remove, l)
		}
	}
	return add, remove
}

// allowed returns those that a result wants to be named, as far as the base branch's records have them as owners of what changes.
func allowed(r gate.Result, f Facts) []string {
	var list []string
	for _, handle := range r.Ping {
		for _, dir := range changedPackages(r, f.Files) {
			if owners.Has(f.Owners[dir], handle) && !owners.Has(list, handle) && !strings.EqualFold(handle, f.Pull.User.Login) && len(list) < maxPings {
				list = append(list, handle)
			}
		}
	}
	return list
}

// maxChanged bounds of how many packages the owners are looked up.
const maxChanged = 20

// changedPackages returns the directories that a result calls packages that need an owner, as far as GitHub says that files in them change.
func changedPackages(r gate.Result, files []string) []string {
	var dirs []string
	for _, p := range r.Packages {
		if !p.NeedsOwner || p.Dir == "" || path.Clean(p.Dir) != p.Dir || path.IsAbs(p.Dir) || !strings.Contains(p.Dir, "/") || slices.Contains(dirs, p.Dir) {
			continue
		}
		if len(dirs) < maxChanged && slices.ContainsFunc(files, func(name string) bool { return strings.HasPrefix(name, p.Dir+"/") }) {
			dirs = append(dirs, p.Dir)
		}
	}
	return dirs
}

// title is the form of a title: one that says nothing to GitHub, such as whom to tell or what to close.
var title = regexp.MustCompile(`^[\pL\pN][\pL\pN .,:;()+_/→…-]{0,199}$`)

// issue is a reference to an issue without a #: GitHub takes GH-1 for one, too.
var issue = regexp.MustCompile(`(?i)\bgh-[0-9]`)

func wellFormed(s string) bool {
	return title.MatchString(s) && !strings.HasSuffix(s, " ") && !issue.MatchString(s)
}

// doubt says why the result of a pull request can't be relied upon, or "".
func doubt(f Facts) string {
	for _, name := range f.Files {
		if gate.IsTooling(name) {
			return "changes the workflows or the tool, and so it has a say in what checks it"
		}
	}
	if !f.Complete {
		return "changes more files than GitHub lists, and so it may have a say in what checks it"
	}
	return ""
}
