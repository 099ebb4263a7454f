package doctor

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// sound are the facts of a set-up that lacks nothing.
func sound() Facts {
	return Facts{
		Git:       "2.39.5",
		Repo:      Repo{Top: "/reg"},
		Lines:     LineEnds{Attribute: "unset"},
		Config:    Document{There: true, Said: "registry acme"},
		Owners:    Document{There: true, Said: "it names 1 maintainer"},
		Named:     1,
		BaseURL:   "https://plugins.example.org",
		Key:       PublicKey{There: true, ID: "0123456789ABCDEF"},
		Documents: Document{There: true, Said: "keys/1.json is sound"},
		Secret:    Secret{Place: "/home/ada/key", There: true, ID: "0123456789ABCDEF", Releases: true},
		Scaffold:  Scaffold{Workflows: 3},
		Published: Published{Remotes: true, Ref: "origin/published", Registry: "acme", ID: "acme", Serial: 7, Issued: now.Add(-2 * day), Expires: now.Add(28 * day)},
		Now:       now,
	}
}

// Where nothing is missing, everything is ok.
func TestSound(t *testing.T) {
	results := Look(sound())
	if !Healthy(results) || len(results) != 12 {
		t.Errorf("%d results: %v", len(results), results)
	}
	for _, r := range results {
		if r.Mark != OK || r.Hint != "" || r.Text == "" {
			t.Errorf("%+v", r)
		}
	}
}

// Each thing that is missing is said once, with a hint; and only what keeps something from working, or gives a secret away, is a problem.
func TestLook(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*Facts)
		check  string
		mark   Mark
		text   string
		hint   string
	}{
		"no git":             {func(f *Facts) { f.Git = "" }, "git", Problem, "isn't there", "install git"},
		"an old git":         {func(f *Facts) { f.Git = "2.9.1 (Apple Git-1)" }, "git", Note, "2.27", "update git"},
		"a git just new":     {func(f *Facts) { f.Git = "2.27.0.windows.1" }, "git", OK, "2.27.0.windows.1", ""},
		"a git of a time":    {func(f *Facts) { f.Git = "3.0" }, "git", OK, "3.0", ""},
		"no repo":            {func(f *Facts) { f.Repo = Repo{} }, "repo", Problem, "no git repo", "`regen init DIR`"},
		"a bare repo":        {func(f *Facts) { f.Repo = Repo{Bare: true} }, "repo", Problem, "bare", "in a clone"},
		"a broken repo":      {func(f *Facts) { f.Repo = Repo{Broken: "a damaged pack"} }, "repo", Problem, "a damaged pack", "git fsck"},
		"a shallow clone":    {func(f *Facts) { f.Repo.Shallow = true }, "clone", Note, "shallow", "--unshallow"},
		"a partial clone":    {func(f *Facts) { f.Repo.Partial = true }, "clone", Note, "a partial clone", "a full clone"},
		"a sparse checkout":  {func(f *Facts) { f.Repo.Sparse = true }, "clone", Note, "a sparse checkout", "sparse-checkout disable"},
		"both":               {func(f *Facts) { f.Repo.Sparse, f.Repo.Partial = true, true }, "clone", Note, "sparse and partial", "right for a pull request"},
		"autocrlf":           {func(f *Facts) { f.Lines = LineEnds{"unspecified", "true", ""} }, "line ends", Problem, "core.autocrlf is true", "`* -text`"},
		"autocrlf on commit": {func(f *Facts) { f.Lines = LineEnds{"unspecified", "input", ""} }, "line ends", Problem, "core.autocrlf is input", "`* -text`"},
		"autocrlf off":       {func(f *Facts) { f.Lines = LineEnds{"unspecified", "false", ""} }, "line ends", Note, "who has core.autocrlf set", "`* -text`"},
		"autocrlf held":      {func(f *Facts) { f.Lines = LineEnds{"unset", "true", "crlf"} }, "line ends", OK, "git changes none", ""},
		"text=auto":          {func(f *Facts) { f.Lines = LineEnds{"auto", "", ""} }, "line ends", Note, "text is auto", "`* -text`"},
		"a symbolic link":    {func(f *Facts) { f.Files = Files{NoSymlinks: true, Symlink: "plugins/a/b"} }, "files", Note, "plugins/a/b is a text file", "core.symlinks true"},
		"two of one name":    {func(f *Facts) { f.Files = Files{IgnoreCase: true, Alike: [2]string{"plugins/a/B", "plugins/a/b"}} }, "files", Problem, "plugins/a/B and plugins/a/b", "rename"},
		"a broken config":    {func(f *Facts) { f.Config = Document{There: true, Wrong: "registry.yaml:1:1: no", Hint: "do"} }, "registry.yaml", Problem, "registry.yaml:1:1: no", "do"},
		"no config":          {func(f *Facts) { f.Config = Document{} }, "registry.yaml", Note, "the defaults hold", "`regen init .`"},
		"broken owners":      {func(f *Facts) { f.Owners = Document{Wrong: "owners.yaml:1:1: no", Hint: "do"} }, "owners.yaml", Problem, "owners.yaml:1:1: no", "do"},
		"no owners":          {func(f *Facts) { f.Owners = Document{} }, "owners.yaml", Note, "nobody is a maintainer", "`regen init .`"},
		"nobody named":       {func(f *Facts) { f.Named = 0 }, "owners.yaml", Note, "names no maintainer", "CODEOWNERS"},
		"no key":             {func(f *Facts) { f.Key = PublicKey{} }, "minisign.pub", Problem, "nothing can be published", "`regen keys init`"},
		"a placeholder":      {func(f *Facts) { f.Key, f.Documents = PublicKey{There: true, Placeholder: true, Wrong: "x"}, Document{} }, "minisign.pub", Note, "a placeholder", "`regen keys init`"},
		"one beside keys":    {func(f *Facts) { f.Key = PublicKey{There: true, Placeholder: true, Wrong: "x"} }, "minisign.pub", Problem, "although there are keys", "as it was"},
		"a broken key":       {func(f *Facts) { f.Key = PublicKey{There: true, Wrong: "not a pin"} }, "minisign.pub", Problem, "not a pin", "as it was"},
		"broken documents":   {func(f *Facts) { f.Documents = Document{Wrong: "keys/1.json: no", Hint: "do"} }, "keys", Problem, "keys/1.json: no", "do"},
		"a signature":        {func(f *Facts) { f.Documents.Lacks, f.Documents.Hint = "keys/2.json lacks one", "do" }, "keys", Note, "keys/2.json lacks one", "do"},
		"no secret key":      {func(f *Facts) { f.Secret = Secret{Place: "/k"} }, "secret key", OK, "only who publishes", ""},
		"a lost one":         {func(f *Facts) { f.Secret = Secret{Place: "/k", Named: true} }, "secret key", Note, "/k isn't there", "#drills"},
		"an encrypted one":   {func(f *Facts) { f.Secret = Secret{Place: "/k", There: true, Encrypted: true} }, "secret key", OK, "can't be told", ""},
		"another's":          {func(f *Facts) { f.Secret.Releases = false }, "secret key", Note, "may not publish here", "`regen keys show`"},
		"no secret at all":   {func(f *Facts) { f.Secret = Secret{Place: "/k", There: true, Wrong: "not a key", Readable: true} }, "secret key", Note, "/k: not a key", "--key"},
		"a readable one":     {func(f *Facts) { f.Secret.Readable = true }, "secret key", Problem, "others on this machine", "chmod 600"},
		"a secret here":      {func(f *Facts) { f.Secrets = []string{"a.key", "b", "c", "d", "e"} }, "secrets", Problem, "a.key, b, c and 2 more", "out of the repo"},
		"too much to search": {func(f *Facts) { f.Unsearched = true }, "secrets", Note, "too large", "yourself"},
		"no workflows":       {func(f *Facts) { f.Scaffold = Scaffold{} }, "workflows", Note, "there are none", "`regen init .`"},
		"no release":         {func(f *Facts) { f.Scaffold.Placeholder = true }, "workflows", Problem, "they fail", "in place of the zeros"},
		"unseen workflows":   {func(f *Facts) { f.Scaffold = Scaffold{Unseen: true, Missing: []string{"x"}} }, "workflows", OK, "not looked at", ""},
		"drift":              {func(f *Facts) { f.Scaffold.Drifted = []string{"a:3"} }, "files", Note, "a:3", "`regen init --check`"},
		"a missing file":     {func(f *Facts) { f.Scaffold.Missing = []string{"a", "b"} }, "files", Note, "missing: a, b", "`regen init .`"},
		"no remote":          {func(f *Facts) { f.Published = Published{} }, "published", Note, "no remote", "git remote add"},
		"nothing fetched":    {func(f *Facts) { f.Published = Published{Remotes: true} }, "published", Note, "no branch published", "`git fetch`"},
		"a broken head":      {func(f *Facts) { f.Published.Wrong = "no head" }, "published", Problem, "origin/published: no head", "`regen verify`"},
		"another registry":   {func(f *Facts) { f.Published.Registry = "other" }, "published", Problem, "registry other", "take back the id"},
		"an expired head":    {func(f *Facts) { f.Published.Issued, f.Published.Expires = now.Add(-31*day), now.Add(-day) }, "published", Problem, "expired 1 day ago", "publish"},
		"one that just has":  {func(f *Facts) { f.Published.Issued, f.Published.Expires = now.Add(-30*day), now }, "published", Problem, "expired less than an hour ago", "publish"},
		"an old head":        {func(f *Facts) { f.Published.Issued, f.Published.Expires = now.Add(-17*day), now.Add(13*day) }, "published", Note, "issued 17 days ago, and expires in 13 days", "switched off"},
		"one half over":      {func(f *Facts) { f.Published.Issued, f.Published.Expires = now.Add(-15*day), now.Add(15*day) }, "published", OK, "serial 7, issued 15 days ago", ""},
		"no address":         {func(f *Facts) { f.BaseURL = "" }, "base_url", Note, "where the registry is served", "base_url"},
	} {
		f := sound()
		c.change(&f)
		results := Look(f)
		worst, said := OK, 0
		for _, r := range results {
			if r.Check == c.check && r.Mark == c.mark && strings.Contains(r.Text, c.text) && strings.Contains(r.Hint, c.hint) {
				said++
			} else if r.Mark != OK {
				t.Errorf("%s: it says, too: %+v", what, r)
			}
			if (r.Mark == OK) != (r.Hint == "") {
				t.Errorf("%s: a hint where there is nothing to do, or none where there is: %+v", what, r)
			}
			if r.Mark == Problem {
				worst = Problem
			}
		}
		if said != 1 || (c.mark == Problem) == Healthy(results) || (worst == Problem) == Healthy(results) {
			t.Errorf("%s: it is said %d times, expected once:\n%v", what, said, results)
		}
	}
	// What only some systems have is no matter elsewhere.
	f := sound()
	f.Files = Files{Symlink: "a", Alike: [2]string{"a", "A"}}
	f.Lines.Attribute = ""
	for _, r := range Look(f) {
		if r.Check == "files" || r.Check == "line ends" {
			t.Errorf("%+v", r)
		}
	}
}
