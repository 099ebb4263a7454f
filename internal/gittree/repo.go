package gittree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing/format/config"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// A Repo is a git repository opened for reading. Its methods may be called from
// several goroutines; objects are read fastest through a [Reader] for each.
type Repo struct {
	name     string
	workTree string
	gitDir   string // this work tree's: HEAD, index
	common   string // what all work trees share: objects, refs, config; often the same
	cfg      *config.Config
	refs     *dotgit.DotGit
	odb      *odb
	shallow  map[Hash]bool

	mu     sync.Mutex
	reader *Reader // for the Repo's own methods
}

// Open opens the repository that the directory belongs to: it or one above it
// is a work tree (of any kind: linked, or a submodule's), or it is itself a bare
// repository.
func Open(path string) (*Repo, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open git repository %s: %w", path, err)
	}
	return r, nil
}

func open(path string) (*Repo, error) {
	dir, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	if fi, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !fi.IsDir() {
		return nil, fmt.Errorf("%w: expected a directory, found a file", ErrNoRepo)
	}
	r := &Repo{}
	if err := r.discover(dir); err != nil {
		return nil, err
	}
	if err := r.readConfig(); err != nil {
		return nil, err
	}
	if r.gitDir == r.common && configBool(r.cfg, "bare") {
		r.workTree = ""
	}
	r.name = r.baseName()
	if err := r.readShallow(); err != nil {
		return nil, err
	}
	if r.odb, err = openODB(filepath.Join(r.common, "objects")); err != nil {
		return nil, err
	}
	var common billy.Filesystem
	if r.common != r.gitDir {
		common = osfs.New(r.common)
	}
	r.refs = dotgit.New(dotgit.NewRepositoryFilesystem(osfs.New(r.gitDir), common))
	r.reader = newReader(r.odb)
	return r, nil
}

// discover finds the git directory, the work tree and the common directory.
func (r *Repo) discover(start string) error {
	if isGitDir(start) {
		r.gitDir = start
		if filepath.Base(start) == ".git" {
			r.workTree = filepath.Dir(start)
		}
		return r.findCommon()
	}
	for dir := start; ; {
		dot := filepath.Join(dir, ".git")
		fi, err := os.Stat(dot)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case fi.IsDir():
			if isGitDir(dot) {
				r.gitDir, r.workTree = dot, dir
				return r.findCommon()
			}
		default:
			if r.gitDir, err = readGitFile(dot); err != nil {
				return err
			}
			r.workTree = dir
			return r.findCommon()
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ErrNoRepo
		}
		dir = parent
	}
}

// isGitDir reports whether a directory looks like a git directory, as git
// itself looks at it.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(dir, "commondir")); err == nil {
		return true
	}
	for _, name := range []string{"objects", "refs"} {
		if fi, err := os.Stat(filepath.Join(dir, name)); err != nil || !fi.IsDir() {
			return false
		}
	}
	return true
}

// readGitFile follows the .git file of a linked work tree or of a submodule.
func readGitFile(path string) (string, error) {
	data, err := readSmall(path, 64<<10)
	if err != nil {
		return "", err
	}
	to, ok := strings.CutPrefix(string(data), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("%w: expected %s to begin with \"gitdir: \"", ErrNoRepo, path)
	}
	dir := filepath.FromSlash(strings.TrimRight(to, "\r\n"))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(path), dir)
	}
	if !isGitDir(dir) {
		return "", fmt.Errorf("%w: %s points to %s, where there is none", ErrNoRepo, path, dir)
	}
	return dir, nil
}

func (r *Repo) findCommon() error {
	r.common = r.gitDir
	data, err := readSmall(filepath.Join(r.gitDir, "commondir"), 64<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir := filepath.FromSlash(strings.TrimRight(string(data), "\r\n"))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.gitDir, dir)
	}
	if r.common = filepath.Clean(dir); !isGitDir(r.common) {
		return fmt.Errorf("%w: the work tree belongs to %s, where there is none", ErrNoRepo, r.common)
	}
	return nil
}

// readConfig reads the configuration and refuses formats that can't be read.
func (r *Repo) readConfig() error {
	path := filepath.Join(r.common, "config")
	r.cfg = config.New()
	data, err := readSmall(path, 4<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := config.NewDecoder(bytes.NewReader(data)).Decode(r.cfg); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	switch v := r.cfg.Section("core").Option("repositoryformatversion"); v {
	case "", "0", "1":
	default:
		return fmt.Errorf("%w: repository format version %s, expected 0 or 1", ErrUnsupported, v)
	}
	for _, o := range r.cfg.Section("extensions").Options {
		value := strings.ToLower(o.Value)
		switch key := strings.ToLower(o.Key); key {
		case "noop", "noop-v1", "preciousobjects", "partialclone", "worktreeconfig", "relativeworktrees":
		case "objectformat":
			if value != "sha1" {
				return fmt.Errorf("%w: a repository with %s hashes, expected sha1", ErrUnsupported, value)
			}
		case "refstorage":
			if value != "files" {
				return fmt.Errorf("%w: references stored as %s, expected files (git refs migrate --ref-format=files)", ErrUnsupported, value)
			}
		default:
			if r.cfg.Section("core").Option("repositoryformatversion") == "1" {
				return fmt.Errorf("%w: the repository extension %s", ErrUnsupported, key)
			}
		}
	}
	return nil
}

// configBool reads a flag of [core], as git does. Unset is false.
func configBool(cfg *config.Config, key string) bool {
	switch strings.ToLower(cfg.Section("core").Option(key)) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}

func (r *Repo) readShallow() error {
	path := filepath.Join(r.common, "shallow")
	data, err := readSmall(path, 64<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	r.shallow = make(map[Hash]bool)
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		h, err := ParseHash(line)
		if err != nil {
			return fmt.Errorf("read %s: %w: %w", path, ErrCorrupt, err)
		}
		r.shallow[h] = true
	}
	return nil
}

// baseName is the name of the directory that the repository is in. All linked
// work trees have that of the main one.
func (r *Repo) baseName() string {
	dir := r.workTree
	if dir == "" || r.common != r.gitDir {
		dir = r.common
	}
	if base := filepath.Base(dir); base == ".git" || base == ".bare" {
		dir = filepath.Dir(dir)
	}
	return strings.TrimSuffix(filepath.Base(dir), ".git")
}

// Close releases the repository's files. Its Readers can't be used after it.
func (r *Repo) Close() error { return r.odb.close() }

// Name returns the name of the directory that the repository is in: that of the
// main work tree, or of a bare repository without ".git".
func (r *Repo) Name() string { return r.name }

// WorkTree returns the root of the work tree, or "" for a bare repository.
func (r *Repo) WorkTree() string { return r.workTree }

// IsShallow reports whether the repository is a shallow clone: one whose
// history ends somewhere.
func (r *Repo) IsShallow() bool { return len(r.shallow) > 0 }

// NewReader returns a Reader of the repository's objects, for one goroutine.
func (r *Repo) NewReader() *Reader { return newReader(r.odb) }
