// Package doctor says what a set-up lacks, of somebody who brings packages or of somebody who runs a registry.
//
// It decides over values that were gathered elsewhere, and is pure: what it says hangs on nothing but [Facts]. The rules:
//
//   - A problem is what keeps something from working, or gives a secret away. A note is what may surprise, or what an operator has still to do.
//   - Each note and each problem says what to do, in one hint.
//   - What can't be told isn't guessed: it is left out, or said to be unknown.
//   - No secret is among the facts.
package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Mark says how something is.
type Mark string

// The marks.
const (
	OK      Mark = "ok"
	Note    Mark = "note"
	Problem Mark = "problem"
)

// Result is what is said of one thing.
type Result struct {
	Check string `json:"check"` // what was looked at: git, repo, clone, …
	Mark  Mark   `json:"mark"`
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"` // what to do
}

// Facts are what was gathered. What is unknown is empty.
type Facts struct {
	Git        string    // the version of git, or ""
	Repo       Repo      // where the command was run
	Lines      LineEnds  // how git treats line ends
	Files      Files     // what the file system can't hold
	Config     Document  // registry.yaml
	Owners     Document  // owners.yaml
	Named      int       // the maintainers that owners.yaml names
	BaseURL    string    // where the registry is published, or ""
	Key        PublicKey // what devices pin
	Documents  Document  // keys/*.json
	Secret     Secret    // the secret key of whoever publishes
	Secrets    []string  // files in the working directory that are secret keys, from the top
	Unsearched bool      // whether not all of it was searched
	Scaffold   Scaffold  // workflows and what goes with them
	Published  Published // the published branch, as it was fetched last
	Now        time.Time
}

// Repo is the repo that the command was run in.
type Repo struct {
	Top     string // of the working directory; "" without a repo
	Bare    bool
	Broken  string // why it can't be read, or ""
	Shallow bool
	Partial bool // whether objects may be missing, to be fetched when they are needed
	Sparse  bool // whether files may be missing
}

// LineEnds are the settings that make bytes differ between a commit and a working directory.
type LineEnds struct {
	Attribute string // what .gitattributes says of text for a package's files: "unset", "set", "auto", "unspecified"; "" is unknown
	AutoCRLF  string // core.autocrlf, or ""
	EOL       string // core.eol, or ""
}

// Files are what some file systems can't hold.
type Files struct {
	NoSymlinks bool      // core.symlinks is false
	IgnoreCase bool      // core.ignorecase is true
	Symlink    string    // a symbolic link among the committed files, or ""
	Alike      [2]string // two committed files whose paths differ by letter case alone
}

// Document is a file that has to be right.
type Document struct {
	There bool
	Said  string // what is said of it where it is right
	Wrong string // the first error, with its place; or ""
	Hint  string // how to mend it
	Lacks string // what isn't wrong, and isn't done yet
}

// PublicKey is minisign.pub.
type PublicKey struct {
	There       bool
	Placeholder bool
	Wrong       string
	ID          string // of the pinned key, or sha256:… of a trust document
}

// Secret is the secret key of whoever publishes.
type Secret struct {
	Place     string // a file, or a variable of the environment
	Named     bool   // whether somebody named it, so that it ought to be there
	There     bool
	Wrong     string
	Encrypted bool   // then whose it is can't be told
	ID        string // of a key that isn't encrypted
	Releases  bool   // whether it is one that may publish
	Readable  bool   // whether others on this machine can read the file
}

// Scaffold is what `regen init` writes.
type Scaffold struct {
	Missing     []string
	Drifted     []string // with the line
	Workflows   int      // how many there are
	Placeholder bool     // whether they name no release
	Unseen      bool     // whether a sparse checkout leaves them out
}

// Published is the branch that the registry is published to.
type Published struct {
	Remotes  bool   // whether the repo has any remote
	Ref      string // where it was fetched to, or ""
	Wrong    string // why its head can't be read, or ""
	Registry string
	Serial   int64
	Issued   time.Time
	Expires  time.Time
	ID       string // the registry's id by registry.yaml
}

// Healthy reports whether there is no problem.
func Healthy(results []Result) bool {
	return !slices.ContainsFunc(results, func(r Result) bool { return r.Mark == Problem })
}

// Look says what is to be said, in the order in which somebody would mend it.
func Look(f Facts) []Result {
	d := &diagnosis{facts: f}
	d.git()
	if !d.repo() {
		return d.results
	}
	d.lineEnds()
	d.files()
	d.document("registry.yaml", f.Config)
	d.owners()
	d.pin()
	d.document("keys", f.Documents)
	d.secret()
	d.secrets()
	d.scaffold()
	d.published()
	return d.results
}

type diagnosis struct {
	facts   Facts
	results []Result
}

func (d *diagnosis) add(check string, mark Mark, hint, format string, args ...any) {
	d.results = append(d.results, Result{check, mark, fmt.Sprintf(format, args...), hint})
}

// Versions of git. Before the first one, a sparse clone can't be made as CONTRIBUTING.md says.
const enoughGit = "2.27"

func (d *diagnosis) git() {
	switch v := d.facts.Git; {
	case v == "":
		d.add("git", Problem, "install git: https://git-scm.com/downloads", "git isn't there")
	case older(v, enoughGit):
		d.add("git", Note, "update git; without it, make a full clone", "git %s, and sparse clones need %s", v, enoughGit)
	default:
		d.add("git", OK, "", "git %s", v)
	}
}

// older reports whether a version is below another one. Each is numbers with dots between; what comes behind them doesn't count.
func older(a, b string) bool {
	var x, y [2]int
	_, _ = fmt.Sscanf(a, "%d.%d", &x[0], &x[1])
	_, _ = fmt.Sscanf(b, "%d.%d", &y[0], &y[1])
	return x[0] < y[0] || x[0] == y[0] && x[1] < y[1]
}

// repo reports whether there is a working directory to look at.
func (d *diagnosis) repo() bool {
	switch r := d.facts.Repo; {
	case r.Broken != "":
		d.add("repo", Problem, "`git fsck` tells what is damaged; clone anew", "%s", r.Broken)
		return false
	case r.Bare:
		d.add("repo", Problem, "run it in a clone of it", "this is a bare repo: it has no working directory")
		return false
	case r.Top == "":
		d.add("repo", Problem, "run it in the clone of a registry; `regen init DIR` makes a new one", "this is no git repo")
		return false
	default:
		d.add("repo", OK, "", "%s", r.Top)
	}
	switch r := d.facts.Repo; {
	case r.Shallow:
		d.add("clone", Note, "`git fetch --unshallow` before you publish from here; for a pull request it does", "a shallow clone: the commits before are missing")
	case r.Partial && r.Sparse:
		d.add("clone", Note, "that is right for a pull request; to publish, verify or rebuild, make a full clone", "a sparse and partial clone: other packages aren't here")
	case r.Partial:
		d.add("clone", Note, "to publish, verify or rebuild, make a full clone", "a partial clone: git fetches what is missing, and regen doesn't")
	case r.Sparse:
		d.add("clone", Note, "`git sparse-checkout disable` brings the others", "a sparse checkout: other packages aren't in the working directory")
	default:
		d.add("clone", OK, "", "all commits and files are here")
	}
	return true
}

func (d *diagnosis) lineEnds() {
	const rule = "put the line `* -text` into .gitattributes; `regen init .` writes the file where there is none"
	l := d.facts.Lines
	converts := l.AutoCRLF == "true" || l.AutoCRLF == "input"
	switch l.Attribute {
	case "":
	case "unset":
		d.add("line ends", OK, "", "git changes none: what is here is what is committed")
	case "unspecified":
		if converts {
			d.add("line ends", Problem, rule, "core.autocrlf is %s, and .gitattributes doesn't say that packages stay as they are: other bytes are committed than lie here", l.AutoCRLF)
		} else {
			d.add("line ends", Note, rule, ".gitattributes doesn't say that packages stay as they are: who has core.autocrlf set commits other bytes than they see")
		}
	default:
		d.add("line ends", Note, rule, ".gitattributes has git change line ends (text is %s): what is committed may be other bytes than lie here", l.Attribute)
	}
	if l.EOL == "crlf" && l.Attribute != "unset" && l.Attribute != "" {
		d.add("line ends", Note, "`git config --unset core.eol`, or "+rule, "core.eol is crlf")
	}
}

func (d *diagnosis) files() {
	f := d.facts.Files
	if f.NoSymlinks && f.Symlink != "" {
		d.add("files", Note, "`git config core.symlinks true`, on Windows in developer mode, and check out anew", "core.symlinks is false, so %s is a text file here and a symbolic link in the commit", f.Symlink)
	}
	if f.IgnoreCase && f.Alike[0] != "" {
		d.add("files", Problem, "rename one of them, on a system that tells them apart", "%s and %s are one file on this file system", f.Alike[0], f.Alike[1])
	}
}

func (d *diagnosis) document(check string, doc Document) {
	switch {
	case doc.Wrong != "":
		d.add(check, Problem, doc.Hint, "%s", doc.Wrong)
	case doc.Lacks != "":
		d.add(check, Note, doc.Hint, "%s", doc.Lacks)
	case doc.There:
		d.add(check, OK, "", "%s", doc.Said)
	case check == "registry.yaml":
		d.add(check, Note, "`regen init .` writes one: the registry's id is the name of this directory until then", "there is none, so the defaults hold")
	}
}

func (d *diagnosis) owners() {
	doc := d.facts.Owners
	switch {
	case doc.Wrong != "":
		d.document("owners.yaml", doc)
	case !doc.There:
		d.add("owners.yaml", Note, "`regen init .` writes one", "there is none, so nobody is a maintainer")
	case d.facts.Named == 0:
		d.add("owners.yaml", Note, "write the handles of those who run the registry into maintainers, and into .github/CODEOWNERS", "it names no maintainer")
	default:
		d.add("owners.yaml", OK, "", "%s", doc.Said)
	}
}

func (d *diagnosis) pin() {
	switch k := d.facts.Key; {
	case !k.There:
		d.add("minisign.pub", Problem, "`regen keys init` makes the registry's keys", "there is none, so nothing can be published")
	case k.Placeholder && d.facts.Documents.There:
		d.add("minisign.pub", Problem, "take it back as it was, out of git: devices pin it", "it is a placeholder, although there are keys")
	case k.Placeholder:
		d.add("minisign.pub", Note, "whoever runs the registry makes its keys with `regen keys init`, and commits them", "it is a placeholder, so nothing is published yet")
	case k.Wrong != "":
		d.add("minisign.pub", Problem, "take it back as it was: devices pin it", "%s", k.Wrong)
	default:
		d.add("minisign.pub", OK, "", "devices pin %s", k.ID)
	}
}

func (d *diagnosis) secret() {
	s, k := d.facts.Secret, d.facts.Key
	if !k.There || k.Placeholder || k.Wrong != "" || s.Place == "" {
		return
	}
	switch {
	case !s.There && s.Named:
		d.add("secret key", Note, "name another file with --key; if the key is lost, https://github.com/regen-registry/regen/blob/main/docs/keys.md#drills says what to do", "%s isn't there", s.Place)
		return
	case !s.There:
		d.add("secret key", OK, "", "none in %s, and only who publishes from here needs it", s.Place)
		return
	case s.Wrong != "":
		d.add("secret key", Note, "name another file with --key", "%s: %s", s.Place, s.Wrong)
	case s.Encrypted:
		d.add("secret key", OK, "", "%s is encrypted, so whose it is can't be told", s.Place)
	case s.Releases:
		d.add("secret key", OK, "", "%s is %s, which may publish", s.Place, s.ID)
	default:
		d.add("secret key", Note, "publish with the key that minisign.pub, or the newest keys/<n>.json, names (`regen keys show`)", "%s is %s, which may not publish here", s.Place, s.ID)
	}
	if s.Readable && s.Wrong == "" {
		d.add("secret key", Problem, "`chmod 600` it; if somebody may have read it, replace it with `regen keys revoke`", "others on this machine can read %s", s.Place)
	}
}

// most is how many of a list are named.
const most = 3

func some(list []string) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func (d *diagnosis) secrets() {
	if list := d.facts.Secrets; len(list) > 0 {
		d.add("secrets", Problem, "move it out of the repo; if it was ever pushed, it is known: replace it with `regen keys revoke`", "a secret key lies in the working directory: %s", some(list))
	} else if d.facts.Unsearched {
		d.add("secrets", Note, "look yourself that no secret key lies here", "the working directory is too large to be searched for secret keys")
	} else {
		d.add("secrets", OK, "", "no secret key lies in the working directory")
	}
}

func (d *diagnosis) scaffold() {
	s := d.facts.Scaffold
	const mend = "`regen init --check` shows them, and `regen init .` writes what is missing"
	switch {
	case s.Unseen:
		d.add("workflows", OK, "", "not looked at: the sparse checkout leaves them out")
	case s.Workflows == 0:
		d.add("workflows", Note, "`regen init .` writes them; without, nobody checks pull requests, and nothing is published by itself", "there are none")
	case s.Placeholder:
		d.add("workflows", Problem, "put the commit of a release of regen in place of the zeros, and its version behind the #: `git ls-remote https://github.com/regen-registry/regen` lists them", "they name no release of regen, so they fail")
	default:
		d.add("workflows", OK, "", "they name a release of regen")
	}
	if s.Unseen {
		return
	}
	if len(s.Drifted) > 0 {
		d.add("files", Note, mend, "not as this regen writes them: %s", some(s.Drifted))
	}
	if len(s.Missing) > 0 {
		d.add("files", Note, mend, "missing: %s", some(s.Missing))
	}
}

func (d *diagnosis) published() {
	p := d.facts.Published
	if p.Ref != "" && d.facts.BaseURL == "" {
		d.add("base_url", Note, "write where the registry is served into base_url of registry.yaml", "it isn't known where the registry is served, so the metadata have no addresses")
	}
	switch age := d.facts.Now.Sub(p.Issued); {
	case p.Ref == "" && !p.Remotes:
		d.add("published", Note, "`git remote add origin URL`, and push", "the repo has no remote")
	case p.Ref == "":
		d.add("published", Note, "`git fetch` brings it; before the first publish there is none", "no branch published was fetched")
	case p.Wrong != "":
		d.add("published", Problem, "`git fetch`, check the branch out elsewhere, and `regen verify` it", "%s: %s", p.Ref, p.Wrong)
	case p.ID != "" && p.Registry != p.ID:
		d.add("published", Problem, "take back the id in registry.yaml: devices are bound to the published one", "%s is registry %s, and registry.yaml says %s", p.Ref, p.Registry, p.ID)
	case !d.facts.Now.Before(p.Expires):
		d.add("published", Problem, "`git fetch` first; if it is so still, run the workflow publish: devices install nothing until then", "%s expired %s ago", p.Ref, days(d.facts.Now.Sub(p.Expires)))
	case age > p.Expires.Sub(p.Issued)/2+day:
		d.add("published", Note, "`git fetch` first; if it is so still, the schedule of the workflow publish is switched off: run it by hand", "%s was issued %s ago, and expires in %s", p.Ref, days(age), days(p.Expires.Sub(d.facts.Now)))
	default:
		d.add("published", OK, "", "%s is at serial %d, issued %s ago, and expires in %s", p.Ref, p.Serial, days(age), days(p.Expires.Sub(d.facts.Now)))
	}
}

const day = 24 * time.Hour

// days writes a duration in days, or in hours where it is short.
func days(d time.Duration) string {
	n, unit := int(d/day), "day"
	if n == 0 {
		n, unit = int(d/time.Hour), "hour"
	}
	if n <= 0 {
		return "less than an hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
