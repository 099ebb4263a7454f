package main

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/scaffold"
)

// initWrites says what is written, for people. The first that a path begins with counts.
var initWrites = []struct{ path, what string }{
	{"registry.yaml", "what the registry is called, and how it is published"},
	{"owners.yaml", "who may change what"},
	{"minisign.pub", "the key that devices pin"},
	{"keys/", "what that key may sign"},
	{".github/workflows/", "what looks at pull requests, and publishes"},
	{".github/", "forms, and who has to approve what"},
	{"README.md", "what the registry is, and what is left to set up"},
	{"CONTRIBUTING.md", "from a fork to a release"},
	{"SECURITY.md", "how to report something, and whom people trust"},
	{"CODE_OF_CONDUCT.md", "how people treat each other"},
	{"schema/", "what editors know of each field"},
	{".vscode/", "for which files they do"},
	{".editorconfig", "line ends and indents"},
	{".gitattributes", "the same bytes on every system"},
	{".gitignore", "what isn't committed"},
}

// told says what was written, and what comes next.
func (n *initRepo) told(u *ui, o initOptions) {
	place := shown(n.top)
	if n.exists {
		u.printf("Completed %s in %s:\n\n", u.paint(bold, n.params.ID), place)
	} else {
		u.printf("Made the registry %s in %s:\n\n", u.paint(bold, n.params.ID), place)
	}
	u.table(n.rows(), func(column int, _ []string) string { return []string{"", dim}[column] })
	if n.keyID != "" {
		u.printf("\nThe secret key %s is in %s.\nKeep it safe and in two places: whoever has it can publish, and nobody can without it.\n", n.keyID, n.key)
	}
	if n.exists {
		u.printf("\nLook at it, and commit it: `git status` lists what is new.\n")
	} else {
		n.next(u)
	}
	if n.keyID != "" {
		n.onGitHub(u, !o.unencrypted)
	}
	if n.wroteFile("README.md") {
		u.printf("\nREADME.md ends with what is left to set up. `regen doctor` says what is missing.\n")
	}
	n.notes(u)
}

// next says what to do in a new repo.
func (n *initRepo) next(u *ui) {
	u.printf("\nNext:\n\n")
	place := shown(n.top)
	var rows [][]string
	if place != "." {
		rows = append(rows, []string{"  cd " + shellQuote(place), ""})
	}
	rows = append(rows, []string{"  git add -A && git commit -m \"A registry\"", ""}, []string{"  regen validate", "says what is wrong with packages"}, []string{"  regen preview", "shows the listing while you work"})
	u.table(rows, func(column int, _ []string) string { return []string{cyan, dim}[column] })
	if n.keyID != "" { // by itself: it is long
		u.printf("  %s\n", u.paint(cyan, "regen publish --to ../public --key "+shellPath(n.key)))
	}
}

// onGitHub says how a new repo and its key get to GitHub.
func (n *initRepo) onGitHub(u *ui, encrypted bool) {
	var lines []string
	if !n.exists {
		lines = append(lines, "gh repo create "+strings.TrimLeft(n.repository+" ", " ")+"--public --source . --push")
	}
	lines = append(lines, `gh api --method PUT "repos/{owner}/{repo}/environments/`+secretsEnvironment+`"`,
		"gh secret set "+secretKeyVariable+" --env "+secretsEnvironment+" < "+shellPath(n.key))
	if encrypted {
		lines = append(lines, "gh secret set "+passwordVariable+" --env "+secretsEnvironment)
	}
	u.printf("\nOn GitHub, the key is a secret of the environment %s:\n\n", secretsEnvironment)
	for _, line := range lines {
		u.printf("  %s\n", u.paint(cyan, line))
	}
}

// secretsEnvironment is the protected environment that the secrets lie in.
const secretsEnvironment = "publish"

// notes says what isn't as it could be.
func (n *initRepo) notes(u *ui) {
	if n.madePackage != "" {
		u.note("%s is a package to begin with: make it your own, or remove it before you publish. An id is taken for ever", n.madePackage)
	}
	if n.packageErr != nil {
		u.note("there is no package to begin with: %v", n.packageErr)
	}
	if n.params.Maintainer == "" && (n.wroteFile("owners.yaml") || n.wroteFile(".github/CODEOWNERS")) {
		u.note("nobody is named as maintainer: write handles on GitHub into owners.yaml and .github/CODEOWNERS")
	}
	if scaffold.IsPlaceholder(n.params.Action) && slices.ContainsFunc(n.wrote, isWorkflow) {
		version, _ := built()
		what := "this regen is a development build"
		if version != "" {
			what = "this regen is " + version + ", and doesn't know its commit"
		}
		u.note("%s, so the workflows name no release: put the commit of one in place of the zeros in .github/workflows. `git ls-remote https://%s` lists them; until then, the workflows fail, and `regen doctor` says so", what, scaffold.Module)
	}
}

func isWorkflow(name string) bool { return strings.HasPrefix(name, ".github/workflows/") }

func (n *initRepo) wroteFile(name string) bool { return slices.Contains(n.wrote, name) }

// rows lists what was written, directories as one.
func (n *initRepo) rows() [][]string {
	counts := make(map[string]int)
	what := append(slices.Clip(initWrites), struct{ path, what string }{n.madePackage + "/", "a package to begin with"})
	for _, name := range n.wrote {
		i := slices.IndexFunc(what, func(w struct{ path, what string }) bool {
			return w.path == name || strings.HasSuffix(w.path, "/") && strings.HasPrefix(name, w.path)
		})
		if i < 0 {
			what = append(what, struct{ path, what string }{name, ""})
			i = len(what) - 1
		}
		counts[what[i].path]++
	}
	var rows [][]string
	for _, w := range what {
		if n := counts[w.path]; n == 1 && strings.HasSuffix(w.path, "/") || n > 1 {
			rows = append(rows, []string{"  " + path.Clean(w.path) + "/", w.what + fmt.Sprintf(" (%s)", plural(n, "file"))})
		} else if n == 1 {
			rows = append(rows, []string{"  " + w.path, w.what})
		}
	}
	return rows
}

// shellPath writes the path of a file as a shell takes it, short where it lies below the home directory.
func shellPath(name string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(name, home+"/"); ok && err == nil && home != "" && plainWord.MatchString(rest) {
		return "~/" + rest
	}
	return shellQuote(name)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=~-]+$`)

// shellQuote writes a word as a shell takes it.
func shellQuote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
