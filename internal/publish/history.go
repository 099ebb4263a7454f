package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/release"
)

// ConfigFile is the name of a registry's configuration, at the top of its repo.
const ConfigFile = "registry.yaml"

// maxConfig is the most bytes that are read of the configuration.
const maxConfig = 64 << 10

// History is where packages come from: the commits of a repo, or a working directory as if it were the only commit.
type History interface {
	// Head returns the newest snapshot.
	Head() (Snapshot, error)
	// Since returns the snapshots after a commit (a hash, or what else names one) up to the newest one, the oldest first, and the snapshot of that commit. Where the commit isn't
	// among the first-parent ancestors of the newest one, found is false.
	Since(commit string) (after []Snapshot, base Snapshot, found bool, err error)
	// Precedes reports whether the newest snapshot is a first-parent ancestor of a commit, and whether that commit is there at all.
	Precedes(commit string) (older, known bool, err error)
	// File returns a file of a snapshot; the error is [fs.ErrNotExist] where there is none, and a [*gittree.LimitError] where it has more than limit bytes.
	File(s Snapshot, path string, limit int64) ([]byte, error)
	// Config returns the configuration of a snapshot. A broken one is a [*CommitError].
	Config(Snapshot) (config.Config, error)
	// List returns what lies in a directory of a snapshot, in git's order; none where there is no such directory.
	List(s Snapshot, dir string) ([]gittree.Entry, error)
	// Loader returns a reader of packages, for one goroutine.
	Loader() release.Loader
}

// Snapshot is one state of a repo.
type Snapshot struct {
	Commit string // hex
	Time   int64  // committer time, unix seconds
	tree   gittree.Hash
}

// CommitError says why a commit as a whole can't be published: its configuration can't be used, or its tree can't be read.
type CommitError struct {
	Commit   string
	Findings check.Findings
}

func (e *CommitError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Commits is the history of a git repo up to a commit.
type Commits struct {
	repo *gittree.Repo
	name string // of its directory
	head gittree.Commit
	read *gittree.Reader
	// last configuration, since most commits have the one of the commit before
	configHash gittree.Hash
	config     config.Config
	configured bool
}

// NewCommits returns the history of a repo up to a revision.
func NewCommits(repo *gittree.Repo, rev string) (*Commits, error) {
	hash, err := repo.Resolve(rev)
	if err != nil {
		return nil, err
	}
	head, err := repo.Commit(hash)
	if err != nil {
		return nil, err
	}
	return &Commits{repo: repo, name: repo.Name(), head: head, read: repo.NewReader()}, nil
}

func snapshot(c gittree.Commit) Snapshot {
	return Snapshot{Commit: c.Hash.String(), Time: c.Time.Unix(), tree: c.Tree}
}

// Head implements [History].
func (c *Commits) Head() (Snapshot, error) { return snapshot(c.head), nil }

// Since implements [History].
func (c *Commits) Since(commit string) ([]Snapshot, Snapshot, bool, error) {
	until, err := gittree.ParseHash(commit)
	if err != nil {
		if until, err = c.repo.Resolve(commit); err != nil {
			return nil, Snapshot{}, false, err
		}
	}
	commits, found, err := c.repo.FirstParents(c.head.Hash, until)
	if err != nil || !found {
		return nil, Snapshot{}, false, err
	}
	base, err := c.repo.Commit(until)
	if err != nil {
		return nil, Snapshot{}, false, err
	}
	after := make([]Snapshot, len(commits))
	for i, commit := range commits {
		after[i] = snapshot(commit)
	}
	return after, snapshot(base), true, nil
}

// Precedes implements [History].
func (c *Commits) Precedes(commit string) (older, known bool, err error) {
	hash, err := gittree.ParseHash(commit)
	if err != nil {
		return false, false, err
	}
	_, older, err = c.repo.FirstParents(hash, c.head.Hash)
	if errors.Is(err, gittree.ErrMissing) {
		return false, false, nil
	}
	return older, true, err
}

// ErrNotAFile says that something else than a file is where one is expected.
var ErrNotAFile = errors.New("no regular file")

// File implements [History].
func (c *Commits) File(s Snapshot, path string, limit int64) ([]byte, error) {
	entry, ok, err := c.read.Lookup(s.tree, path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("commit %.12s has no file %s: %w", s.Commit, path, fs.ErrNotExist)
	}
	if entry.Mode != gittree.Regular && entry.Mode != gittree.Executable {
		return nil, fmt.Errorf("commit %.12s: %s is %w", s.Commit, path, ErrNotAFile)
	}
	return c.read.Blob(entry.Hash, limit)
}

// Named sets the name that stands for the repo's directory where the configuration has no id.
func (c *Commits) Named(name string) { c.name = name }

// Config implements [History].
func (c *Commits) Config(s Snapshot) (config.Config, error) {
	entry, ok, err := c.read.Lookup(s.tree, ConfigFile)
	if err != nil {
		return config.Config{}, err
	}
	if !ok {
		return config.Default(c.name), nil
	}
	if c.configured && entry.Hash == c.configHash {
		return c.config, nil
	}
	if entry.Mode != gittree.Regular && entry.Mode != gittree.Executable {
		return config.Config{}, notAFile(s.Commit)
	}
	data, err := c.read.Blob(entry.Hash, maxConfig)
	if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
		return config.Config{}, configTooLarge(s.Commit, tooLarge.Found)
	}
	if err != nil {
		return config.Config{}, fmt.Errorf("read %s: %w", ConfigFile, err)
	}
	cfg, err := parseConfig(s.Commit, data, c.name)
	if err == nil {
		c.config, c.configHash, c.configured = cfg, entry.Hash, true
	}
	return cfg, err
}

func configTooLarge(commit string, size int64) error {
	return &CommitError{commit, check.Findings{{
		Code: "yaml/size", Severity: check.Error, Path: ConfigFile, Message: fmt.Sprintf("has %d bytes, expected at most %d", size, maxConfig), Hint: "keep the configuration short",
	}}}
}

func notAFile(commit string) error {
	return &CommitError{commit, check.Findings{{
		Code: "config/file", Severity: check.Error, Path: ConfigFile, Message: "is no regular file, expected one, or none", Hint: "make it a file, or remove it to have the defaults",
	}}}
}

func parseConfig(commit string, data []byte, name string) (config.Config, error) {
	cfg, findings := config.Parse(ConfigFile, data, name)
	if len(findings.Errors()) > 0 {
		findings.Quote(func(string) []byte { return data })
		return config.Config{}, &CommitError{commit, findings}
	}
	return cfg, nil
}

// List implements [History].
func (c *Commits) List(s Snapshot, dir string) ([]gittree.Entry, error) {
	entry, ok, err := c.read.Lookup(s.tree, dir)
	if err != nil || !ok || entry.Mode != gittree.Dir {
		return nil, err
	}
	return c.read.Tree(entry.Hash)
}

// Loader implements [History].
func (c *Commits) Loader() release.Loader { return commitLoader{c.repo.NewReader()} }

type commitLoader struct{ read *gittree.Reader }

func (l commitLoader) Inputs(dir string, entry gittree.Entry, maxFiles int) ([]release.Input, error) {
	var inputs []release.Input
	err := l.read.Walk(entry.Hash, maxFiles, func(path string, e gittree.Entry) error {
		inputs = append(inputs, release.Input{
			Path: path, Mode: e.Mode,
			Size: func() (int64, error) { return l.read.Size(e.Hash) },
			Read: func(limit int64) ([]byte, error) { return l.read.Blob(e.Hash, limit) },
		})
		return nil
	})
	return inputs, err
}

// files lists what a package's directory has.
func (c *Commits) files(dir gittree.Entry, maxFiles int) ([]gittree.Entry, error) {
	var list []gittree.Entry
	err := c.read.Walk(dir.Hash, maxFiles, func(path string, e gittree.Entry) error {
		e.Name = path
		list = append(list, e)
		return nil
	})
	return list, err
}

// roots returns the directories that hold packages.
func roots(cfg config.Config) []string {
	dirs := make([]string, len(cfg.Packages))
	for i, pattern := range cfg.Packages {
		dirs[i] = strings.TrimSuffix(pattern, "/*")
	}
	return dirs
}

// directories is what lies in the directories that hold packages.
type directories map[string][]gittree.Entry

func (r *run) list(s Snapshot, cfg config.Config) (directories, error) {
	return List(r.History, s, cfg)
}

// List returns the directories that want to be packages, by the directory that they lie in.
func List(h History, s Snapshot, cfg config.Config) (map[string][]gittree.Entry, error) {
	l := make(directories)
	for _, dir := range roots(cfg) {
		entries, err := h.List(s, dir)
		if limit := (*gittree.LimitError)(nil); errors.Is(err, gittree.ErrCorrupt) || errors.As(err, &limit) {
			return nil, &CommitError{s.Commit, check.Findings{{
				Code: "files/tree", Severity: check.Error, Path: dir, Message: err.Error(), Hint: "`git fsck` tells what is wrong; a later commit with a sound tree mends it",
			}}}
		}
		if err != nil {
			return nil, fmt.Errorf("list %s at %s: %w", dir, s.Commit, err)
		}
		l[dir] = slices.DeleteFunc(entries, func(e gittree.Entry) bool {
			// Files beside the packages, such as a README, are nobody's; hidden directories are tools' own.
			return e.Mode == gittree.Regular || e.Mode == gittree.Executable || strings.HasPrefix(e.Name, ".")
		})
	}
	return l, nil
}

// differing returns the ids whose directories aren't the same in both listings.
func differing(a, b directories) map[string]bool {
	ids := make(map[string]bool)
	dirs := make(map[string]bool)
	for dir := range a {
		dirs[dir] = true
	}
	for dir := range b {
		dirs[dir] = true
	}
	for dir := range dirs {
		old, now := a[dir], b[dir]
		// Most of a registry stays as it is: what is common at both ends needs no map.
		for len(old) > 0 && len(now) > 0 && old[0] == now[0] {
			old, now = old[1:], now[1:]
		}
		for len(old) > 0 && len(now) > 0 && old[len(old)-1] == now[len(now)-1] {
			old, now = old[:len(old)-1], now[:len(now)-1]
		}
		before := make(map[string]gittree.Entry, len(old))
		for _, e := range old {
			before[e.Name] = e
		}
		for _, e := range now {
			if was, ok := before[e.Name]; !ok || was != e {
				ids[e.Name] = true
			}
			delete(before, e.Name)
		}
		for name := range before {
			ids[name] = true
		}
	}
	return ids
}
