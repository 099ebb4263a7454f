package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/release"
)

// WorkDir is a working directory as if it were the only commit: what `git add -A` and a commit would publish. It needs no repo.
type WorkDir struct {
	top  string
	repo *gittree.Repo // nil where there is none
	head Snapshot
	// all holds the files below a directory whose every subdirectory is a package, by subdirectory: git's index is read once, not once a package.
	all map[string]map[string][]gittree.WorkFile
}

// NewWorkDir returns the history of a working directory. The commit and the time are those of the repo's HEAD, so far as there is one.
func NewWorkDir(top string, repo *gittree.Repo, now time.Time) (*WorkDir, error) {
	w := &WorkDir{top: top, repo: repo, head: Snapshot{Commit: gittree.Hash{}.String(), Time: now.Unix()}}
	if repo == nil {
		return w, nil
	}
	hash, err := repo.Resolve("HEAD")
	if errors.Is(err, gittree.ErrUnborn) {
		return w, nil
	}
	if err != nil {
		return nil, err
	}
	commit, err := repo.Commit(hash)
	if err != nil {
		return nil, err
	}
	w.head = snapshot(commit)
	return w, nil
}

// Name returns the name of the directory.
func (w *WorkDir) Name() string {
	if abs, err := filepath.Abs(w.top); err == nil {
		return filepath.Base(abs)
	}
	return filepath.Base(w.top)
}

// Top returns the directory.
func (w *WorkDir) Top() string { return w.top }

// Repo returns the repo that the directory is the work tree of, or nil.
func (w *WorkDir) Repo() *gittree.Repo { return w.repo }

// IsDir reports whether a path from the top is a directory.
func (w *WorkDir) IsDir(path string) bool {
	info, err := os.Lstat(filepath.Join(w.top, filepath.FromSlash(path)))
	return err == nil && info.IsDir()
}

// Head implements [History].
func (w *WorkDir) Head() (Snapshot, error) { return w.head, nil }

// Since implements [History]: there is nothing before.
func (w *WorkDir) Since(string) ([]Snapshot, Snapshot, bool, error) {
	return nil, Snapshot{}, false, nil
}

// Precedes implements [History]: nothing is newer.
func (w *WorkDir) Precedes(string) (older, known bool, err error) { return false, false, nil }

// Config implements [History].
func (w *WorkDir) Config(s Snapshot) (config.Config, error) {
	name := filepath.Join(w.top, ConfigFile)
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return config.Default(w.Name()), nil
	}
	if err != nil {
		return config.Config{}, err
	}
	if !info.Mode().IsRegular() {
		return config.Config{}, notAFile(s.Commit)
	}
	if info.Size() > maxConfig {
		return config.Config{}, configTooLarge(s.Commit, info.Size())
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return config.Config{}, err
	}
	return parseConfig(s.Commit, data, w.Name())
}

// List implements [History].
func (w *WorkDir) List(_ Snapshot, dir string) ([]gittree.Entry, error) {
	found, err := os.ReadDir(filepath.Join(w.top, filepath.FromSlash(dir)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var entries []gittree.Entry
	for _, e := range found {
		mode := gittree.Regular
		switch {
		case e.IsDir():
			mode = gittree.Dir
		case e.Type()&fs.ModeSymlink != 0:
			mode = gittree.Symlink
		}
		entries = append(entries, gittree.Entry{Name: e.Name(), Mode: mode})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	w.gather(dir)
	return w.tracked(dir, entries), nil
}

// maxAll bounds the files of all packages together.
const maxAll = 20_000_000

// gather lists the files below a directory of packages. Where that fails, each package is listed by itself, and what is wrong with one is wrong with that one alone.
func (w *WorkDir) gather(dir string) {
	files, err := gittree.WorkFiles(w.repo, filepath.Join(w.top, filepath.FromSlash(dir)), maxAll)
	if err != nil {
		delete(w.all, dir)
		return
	}
	byPackage := make(map[string][]gittree.WorkFile)
	for _, f := range files {
		if name, rest, ok := strings.Cut(f.Path, "/"); ok {
			f.Path = rest
			byPackage[name] = append(byPackage[name], f)
		}
	}
	if w.all == nil {
		w.all = make(map[string]map[string][]gittree.WorkFile)
	}
	w.all[dir] = byPackage
}

// tracked leaves out directories that git wouldn't know: those without files, or with ignored ones alone.
func (w *WorkDir) tracked(dir string, entries []gittree.Entry) []gittree.Entry {
	kept := entries[:0]
	for _, e := range entries {
		if e.Mode == gittree.Dir && !strings.HasPrefix(e.Name, ".") {
			files, err := w.files(dir+"/"+e.Name, release.MaxInputs)
			if err == nil && len(files) == 0 {
				continue
			}
		}
		kept = append(kept, e)
	}
	return kept
}

func (w *WorkDir) files(dir string, maxFiles int) ([]gittree.WorkFile, error) {
	parent, name := path.Split(dir)
	if byPackage, ok := w.all[strings.TrimSuffix(parent, "/")]; ok {
		files := byPackage[name]
		if n := len(files); n > maxFiles {
			return nil, &gittree.LimitError{What: "too many files in a directory", Found: int64(n), Limit: int64(maxFiles), Unit: "files"}
		}
		return files, nil
	}
	return gittree.WorkFiles(w.repo, filepath.Join(w.top, filepath.FromSlash(dir)), maxFiles)
}

// Loader implements [History].
func (w *WorkDir) Loader() release.Loader { return w }

// Inputs implements [release.Loader].
func (w *WorkDir) Inputs(dir string, _ gittree.Entry, maxFiles int) ([]release.Input, error) {
	files, err := w.files(dir, maxFiles)
	if err != nil {
		return nil, err
	}
	inputs := make([]release.Input, len(files))
	for i, f := range files {
		inputs[i] = release.Input{Path: f.Path, Mode: f.Mode, Read: f.Read, Size: func() (int64, error) { return f.Size, nil }}
	}
	return inputs, nil
}

// Changed reports whether a package's directory has something else than a commit has there.
func (w *WorkDir) Changed(dir string, base *Commits, entry gittree.Entry) (bool, error) {
	files, err := w.files(dir, release.MaxInputs)
	if err != nil {
		return true, nil // whoever looks at the package finds out
	}
	were, err := base.files(entry, release.MaxInputs)
	if err != nil || len(files) != len(were) {
		return true, nil
	}
	for i, f := range files {
		if f.Path != were[i].Name || f.Mode != were[i].Mode {
			return true, nil
		}
		hash := f.Hash
		if hash == (gittree.Hash{}) && f.Mode != gittree.Submodule {
			data, err := f.Read(maxCompared)
			if err != nil {
				return true, nil
			}
			hash = gittree.BlobHash(data)
		}
		if hash != were[i].Hash {
			return true, nil
		}
	}
	return false, nil
}

// maxCompared bounds a file that is read to be compared, in bytes. A larger one counts as changed.
const maxCompared = 256 << 20

// Rel returns the path of a directory from the top, slash-separated.
func (w *WorkDir) Rel(dir string) (string, error) {
	top, err := filepath.EvalSymlinks(w.top)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	rel, err := filepath.Rel(top, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s isn't below %s", dir, top)
	}
	return filepath.ToSlash(rel), nil
}

// File implements [History].
func (w *WorkDir) File(_ Snapshot, path string, limit int64) ([]byte, error) {
	name := filepath.Join(w.top, filepath.FromSlash(path))
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is %w", path, ErrNotAFile)
	case info.Size() > limit:
		return nil, &gittree.LimitError{Found: info.Size()}
	}
	return os.ReadFile(name)
}
