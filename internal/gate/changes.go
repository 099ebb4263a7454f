package gate

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
)

// maxChanges bounds the files that a change may touch.
const maxChanges = 20_000

// A delta is one path that isn't the same before and after. An entry that isn't there is zero.
type delta struct {
	path     string
	was, now gittree.Entry
}

// A changed package is what a change touches of one id.
type changed struct {
	id     string
	deltas []delta
}

// changes is what a change touches, by what it belongs to.
type changes struct {
	packages []changed // sorted by id
	others   []delta   // outside of packages
}

// changesOf compares the trees of two commits.
func changesOf(read *gittree.Reader, was, now gittree.Hash, cfg config.Config) (changes, *check.Finding, error) {
	var c changes
	byID := make(map[string]int)
	err := read.Diff(was, now, maxChanges, func(path string, was, now gittree.Entry) error {
		id := packageOf(cfg, path, was, now)
		if id == "" {
			c.others = append(c.others, delta{path, was, now})
			return nil
		}
		i, ok := byID[id]
		if !ok {
			i = len(c.packages)
			byID[id] = i
			c.packages = append(c.packages, changed{id: id})
		}
		c.packages[i].deltas = append(c.packages[i].deltas, delta{path, was, now})
		return nil
	})
	limit := (*gittree.LimitError)(nil)
	if errors.As(err, &limit) || errors.Is(err, gittree.ErrCorrupt) {
		return changes{}, tooMuch(err), nil
	}
	slices.SortFunc(c.packages, func(a, b changed) int { return strings.Compare(a.id, b.id) })
	return c, nil, err
}

// tooMuch says that a change is more than can be looked at.
func tooMuch(err error) *check.Finding {
	return &check.Finding{Code: "gate/size", Severity: check.Error, Path: ".", Message: fmt.Sprintf("the change can't be looked at: %v", err),
		Hint: "make it smaller: a package a pull request, without generated files"}
}

// packageOf returns the id of the package that a path belongs to, or "".
func packageOf(cfg config.Config, name string, was, now gittree.Entry) string {
	for _, pattern := range cfg.Packages {
		rest, ok := strings.CutPrefix(name, strings.TrimSuffix(pattern, "*"))
		if !ok {
			continue
		}
		id, _, inside := strings.Cut(rest, "/")
		if strings.HasPrefix(id, ".") {
			return "" // hidden directories are tools' own
		}
		if inside || stands(was) || stands(now) {
			return id
		}
	}
	return ""
}

// stands reports whether an entry stands in the place of a package, and is none. A directory is one that is empty.
func stands(e gittree.Entry) bool {
	return e.Mode == gittree.Symlink || e.Mode == gittree.Submodule || e.Mode == gittree.Dir
}

// tooling is what the gate itself and the publisher are run by: workflows in every registry, and the tool in its own repo.
var tooling = []string{".github", ".ci", "action.yml", "action.yaml", "client", "cmd", "internal", "schema", "site", "go.mod", "go.sum"}

// IsTooling reports whether a path from the top is something that the gate itself, or the publisher, is run by. Of a change of it, no result of the gate can be relied upon.
func IsTooling(name string) bool { return inAny(tooling, name) }

// guarded are the other paths outside of packages that decide what is published, or who may change what.
var guarded = []string{"keys", "registry.yaml", "owners.yaml", "advisories.yaml", "minisign.pub", "CODEOWNERS", "docs/CODEOWNERS", ".gitattributes", ".gitmodules"}

// guard says which of those the change touches.
func (g *gate) guard() {
	var paths []string
	for _, d := range g.changes.others {
		if isGuarded(d.path) {
			paths = append(paths, d.path)
		}
	}
	if g.guarded = len(paths) > 0; !g.guarded {
		return
	}
	what := paths[0] + " decides"
	if n := len(paths) - 1; n > 0 {
		what = fmt.Sprintf("%s and %d more %s decide", paths[0], n, plural(n, "file", "files"))
	}
	g.found(check.Finding{Code: "gate/guarded", Severity: check.Notice, Path: paths[0], Message: what + " what is published, who may change what, or what runs near a key",
		Hint: "a maintainer looks at it before it is merged"})
}

// isGuarded reports whether a path outside of packages decides something.
func isGuarded(name string) bool {
	return IsTooling(name) || inAny(guarded, name) || path.Base(name) == ".gitattributes"
}

// inAny reports whether a path is one of a list, or lies in one, in letters of any case.
func inAny(list []string, name string) bool {
	for p := name; p != "." && p != "/"; p = path.Dir(p) {
		if slices.ContainsFunc(list, func(l string) bool { return strings.EqualFold(l, p) }) {
			return true
		}
	}
	return false
}
