package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Repository is where regen's releases are, as workflows name it.
const Repository = "regen-registry/regen"

// Module is regen's own Go module: the repo whose go.mod names it is regen's own.
const Module = "github.com/" + Repository

// Local is the action of regen's own repo: what its workflows run is built from its own source.
const Local = "./"

// noCommit is what a pin holds until somebody knows a release's commit.
const noCommit = "0000000000000000000000000000000000000000"

// Placeholder is a pin of no release. Workflows that use it fail, and say what they miss.
const Placeholder = Repository + "@" + noCommit + " # placeholder: put the commit of a release here, and behind the # its version"

var commit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// Pinned returns the action of a release: its commit in hex, and its version such as v1.2.3. Without one of them, it is [Placeholder].
func Pinned(hash, version string) string {
	if !commit.MatchString(hash) || hash == noCommit || version == "" {
		return Placeholder
	}
	return fmt.Sprintf("%s@%s # %s", Repository, hash, version)
}

// IsPlaceholder reports whether an action names no release.
func IsPlaceholder(action string) bool { return strings.HasPrefix(action, Repository+"@"+noCommit) }

// uses finds the action in a workflow.
var uses = regexp.MustCompile(`(?m)^\s*(?:- )?uses:[ \t]+(` + regexp.QuoteMeta(Repository) + `@[0-9a-f]{40}(?:[ \t]+#[ \t][^\r\n]{1,200})?)[ \t]*\r?$`)

// workflows is where the workflows of a repo lie.
const workflows = ".github/workflows"

// Action returns the action that the workflows of a repo use, or "" where none is there that does. read returns a file of the repo.
func Action(read func(path string) ([]byte, error)) (string, error) {
	list, err := embedded.ReadDir("files/" + workflows)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, f := range list {
		data, err := read(workflows + "/" + f.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if m := uses.FindSubmatch(data); m != nil {
			return string(m[1]), nil
		}
	}
	return "", nil
}

// IsSelf reports whether a go.mod is that of regen itself.
func IsSelf(goMod []byte) bool {
	line, _, _ := strings.Cut(string(goMod), "\n")
	return strings.TrimSpace(line) == "module "+Module
}
