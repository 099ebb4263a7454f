package gittree

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
)

// A WorkFile is a file of a directory, as git would commit it.
type WorkFile struct {
	Path string // relative to the directory, with slashes; maybe not UTF-8
	Mode Mode   // never Dir
	Size int64  // 0 for a submodule
	Hash Hash   // of the blob that git has of it, where the file is as git left it; else zero

	// Read returns the content, or the target of a symlink. More than limit
	// bytes are a [LimitError]. It may be called from several goroutines.
	Read func(limit int64) ([]byte, error)
}

// WorkFiles lists what committing everything below dir would commit ("git add
// --all"), in byte order of the paths: the files that git knows, and others
// unless .gitignore files or .git/info/exclude leave them out. Symlinks aren't
// followed; a repository within the directory is a Submodule, and isn't read.
// More than maxFiles files, or directories more than 64 deep, are a
// [LimitError].
//
// Where git changed a file as it checked it out (line ends, LFS), and the file
// is as git left it, its content is that of git's index, so that it is the same
// on every system. Every other file is read as it is: of a file that was
// changed, or that git doesn't know, line ends stay as they are.
//
// Without a repository (nil: say, an unpacked archive) it lists every file but
// those in directories named .git.
func WorkFiles(repo *Repo, dir string, maxFiles int) ([]WorkFile, error) {
	files, err := workFiles(repo, dir, maxFiles)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", dir, err)
	}
	return files, nil
}

func workFiles(repo *Repo, dir string, maxFiles int) ([]WorkFile, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	if fi, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !fi.IsDir() {
		return nil, errors.New("expected a directory, found a file")
	}
	w := &workDir{max: maxFiles}
	var rules ignoreRules
	var ignored bool
	if repo != nil {
		if rules, ignored, err = w.useRepo(repo, dir); err != nil {
			return nil, err
		}
	}
	if err := w.walk(dir, w.prefix, rules, ignored, 0); err != nil {
		return nil, err
	}
	if err := w.compare(); err != nil {
		return nil, err
	}
	if err := w.addAbsent(); err != nil {
		return nil, err
	}
	sort.Slice(w.files, func(i, j int) bool { return w.files[i].Path < w.files[j].Path })
	return w.files, nil
}

// workDir collects the files. Paths within it are relative to the work tree.
type workDir struct {
	max    int
	files  []WorkFile
	prefix string // the directory from the root of the work tree: "" or ending with a slash

	repo     *Repo
	index    []indexEntry
	racy     func(indexEntry) bool // the file may have changed after git looked
	exec     bool                  // the file system knows executable bits
	symlinks bool                  // and symlinks

	known []knownFile

	mu     sync.Mutex
	reader *Reader
}

// useRepo reads the index, and the ignore patterns that hold in dir: those of
// the directories above it, too. It reports whether dir itself is ignored.
func (w *workDir) useRepo(repo *Repo, dir string) (rules ignoreRules, ignored bool, err error) {
	if repo.workTree == "" {
		return nil, false, errors.New("expected a repository with a work tree, found a bare one")
	}
	rel, err := filepath.Rel(repo.workTree, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil, false, fmt.Errorf("expected a directory in the work tree %s", repo.workTree)
	}
	w.repo, w.reader = repo, repo.NewReader()
	core := func(key string) bool { // true unless it says otherwise
		return repo.cfg.Section("core").Option(key) == "" || configBool(repo.cfg, key)
	}
	w.exec = core("filemode") && runtime.GOOS != "windows"
	w.symlinks = core("symlinks")
	if rules, err = rules.with(filepath.Join(repo.common, "info", "exclude"), ""); err != nil {
		return nil, false, err
	}
	if rel != "." {
		at := repo.workTree
		for name := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
			if rules, err = rules.with(filepath.Join(at, ".gitignore"), w.prefix); err != nil {
				return nil, false, err
			}
			ignored = ignored || rules.ignored(w.prefix+name, true)
			at = filepath.Join(at, name)
			w.prefix += name + "/"
		}
	}
	entries, written, err := readIndex(filepath.Join(repo.gitDir, "index"), w.prefix)
	if err != nil {
		return nil, false, err
	}
	w.index = entries
	w.racy = func(e indexEntry) bool { return !e.mtime.Before(written) }
	return rules, ignored, nil
}

// walk adds the files of a directory. Of an ignored one, only what git knows.
func (w *workDir) walk(dir, prefix string, rules ignoreRules, ignored bool, depth int) error {
	if depth > maxDepth {
		return &LimitError{What: "directories in one another at " + prefix[:min(len(prefix), 60)] + "…", Found: int64(depth), Limit: maxDepth, Unit: "levels"}
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if w.repo != nil && !ignored {
		if rules, err = rules.with(filepath.Join(dir, ".gitignore"), prefix); err != nil {
			return err
		}
	}
	for _, item := range list {
		if item.Name() == ".git" {
			continue
		}
		path, full := prefix+item.Name(), filepath.Join(dir, item.Name())
		known, ok := tracked(w.index, path)
		if item.IsDir() {
			skip := ignored || rules.ignored(path, true)
			switch {
			case ok && known.mode == Submodule, !(skip && !trackedBelow(w.index, path)) && isNested(full):
				if err := w.add(WorkFile{Path: path, Mode: Submodule, Read: notAFile(full)}); err != nil {
					return err
				}
			case skip && !trackedBelow(w.index, path):
			default:
				if err := w.walk(full, path+"/", rules, skip, depth+1); err != nil {
					return err
				}
			}
			continue
		}
		if !ok && (ignored || rules.ignored(path, false)) {
			continue
		}
		fi, err := item.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since
		}
		if err != nil {
			return err
		}
		f, ok, err := w.file(path, full, fi, known)
		if err != nil {
			return err
		}
		if ok {
			if err := w.add(f); err != nil {
				return err
			}
			if isFile(known) && known.stage == 0 && !known.intentToAdd && f.Mode != Symlink {
				w.known = append(w.known, knownFile{len(w.files) - 1, full, fi, known})
			}
		}
	}
	return nil
}

func (w *workDir) add(f WorkFile) error {
	if len(w.files) == w.max {
		return &LimitError{What: "too many files in a directory", Found: int64(w.max) + 1, Limit: int64(w.max), Unit: "files"}
	}
	f.Path = f.Path[len(w.prefix):]
	w.files = append(w.files, f)
	return nil
}

// isNested reports whether a directory is the root of another repository.
func isNested(dir string) bool {
	dot := filepath.Join(dir, ".git")
	fi, err := os.Stat(dot)
	if err != nil {
		return false
	}
	if fi.IsDir() {
		return isGitDir(dot)
	}
	_, err = readGitFile(dot)
	return err == nil
}

func notAFile(path string) func(int64) ([]byte, error) {
	return func(int64) ([]byte, error) {
		return nil, fmt.Errorf("read %s: expected a file, found a git repository", path)
	}
}

// file makes a WorkFile of what lies on disk, known being what the index has at
// its path, if anything. It reports false for what git doesn't commit.
func (w *workDir) file(path, full string, fi fs.FileInfo, known indexEntry) (WorkFile, bool, error) {
	f := WorkFile{Path: path, Size: fi.Size()}
	switch {
	case fi.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(full)
		if err != nil {
			return f, false, err
		}
		target = filepath.ToSlash(target)
		f.Mode, f.Size = Symlink, int64(len(target))
		f.Read = func(limit int64) ([]byte, error) {
			if int64(len(target)) > limit {
				return nil, tooLarge(full, int64(len(target)), limit)
			}
			return []byte(target), nil
		}
		return f, true, nil
	case !fi.Mode().IsRegular():
		return f, false, nil
	}
	switch {
	case known.mode == Symlink && !w.symlinks:
		f.Mode = Symlink
	case isFile(known) && !w.exec && w.repo != nil:
		f.Mode = known.mode
	case fi.Mode()&0o100 != 0 && runtime.GOOS != "windows" && (w.exec || w.repo == nil):
		f.Mode = Executable
	default:
		f.Mode = Regular
	}
	f.Read = func(limit int64) ([]byte, error) { return readFile(full, limit) }
	return f, true, nil
}

func isFile(e indexEntry) bool { return e.mode == Regular || e.mode == Executable }

// A knownFile is one that lies on disk, and that git's index has, too.
type knownFile struct {
	file  int // index in workDir.files
	full  string
	fi    fs.FileInfo
	entry indexEntry
}

// compare looks at the files that git knows, on all cores: each costs a look into a pack.
func (w *workDir) compare() error {
	workers := max(1, min(runtime.GOMAXPROCS(0), len(w.known)/64))
	errs := make([]error, workers)
	var group sync.WaitGroup
	for n := range workers {
		group.Go(func() {
			reader := w.reader
			if n > 0 {
				reader = w.repo.NewReader()
			}
			for i := n; i < len(w.known); i += workers {
				k := &w.known[i]
				size, ok, err := w.fromIndex(reader, k.full, k.fi, k.entry)
				if err != nil {
					errs[n] = err
					return
				}
				f := &w.files[k.file]
				if ok {
					f.Size, f.Read = size, w.blob(k.entry.hash)
				}
				if ok || w.clean(k.fi, k.entry) {
					f.Hash = k.entry.hash
				}
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// fromIndex reports whether the content is to come from the index: where the
// file is as git left it, and yet isn't the same, since git changed it on its
// way out.
func (w *workDir) fromIndex(reader *Reader, full string, fi fs.FileInfo, known indexEntry) (size int64, ok bool, err error) {
	if size, err = reader.Size(known.hash); err != nil {
		if errors.Is(err, ErrMissing) { // a partial clone: the file is all there is
			return 0, false, nil
		}
		return 0, false, err
	}
	if known.assumeValid {
		return size, true, nil
	}
	if size == fi.Size() {
		return size, false, nil // the same, or changed
	}
	if w.clean(fi, known) {
		return size, true, nil
	}
	sameSize := known.size == uint32(fi.Size())
	if size < fi.Size() && (sameSize || known.size == 0) {
		// It was touched, or checked out in the moment in which the index was
		// written, so its time says nothing. With line ends as git stores them
		// it may yet be what git has.
		h, err := hashWithLF(full, size, fi.Size())
		return size, err == nil && h == known.hash, err
	}
	return size, false, nil
}

// clean reports whether a file is as git left it, by its size and time.
func (w *workDir) clean(fi fs.FileInfo, known indexEntry) bool {
	sameTime := known.mtime.Equal(fi.ModTime()) || known.mtime.Nanosecond() == 0 && known.mtime.Unix() == fi.ModTime().Unix()
	return known.size == uint32(fi.Size()) && sameTime && !w.racy(known)
}

// BlobHash returns the hash of the blob that holds data.
func BlobHash(data []byte) Hash {
	sum := sha1.New()
	fmt.Fprintf(sum, "blob %d\x00", len(data))
	sum.Write(data)
	return Hash(sum.Sum(nil))
}

// maxConvert bounds the files that are read to compare their line ends.
const maxConvert = 64 << 20

// hashWithLF returns the name of the blob that a file would be if CRLF were LF.
// A file that wouldn't have the expected size then gives none.
func hashWithLF(path string, expect, size int64) (Hash, error) {
	if size > maxConvert {
		return Hash{}, nil
	}
	data, err := readFile(path, maxConvert)
	if err != nil {
		return Hash{}, err
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if int64(len(data)) != expect {
		return Hash{}, nil
	}
	return BlobHash(data), nil
}

func (w *workDir) blob(h Hash) func(int64) ([]byte, error) {
	return func(limit int64) ([]byte, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.reader.Blob(h, limit)
	}
}

// readFile reads a file of at most limit bytes, with one allocation unless the
// file grows meanwhile.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if fi.Size() > limit {
		return nil, tooLarge(path, fi.Size(), limit)
	}
	b := make([]byte, fi.Size())
	n, err := io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return b[:n], nil // it shrank
	}
	return b, err
}

// addAbsent adds what isn't on disk and yet would be committed: the files that
// a sparse work tree leaves out.
func (w *workDir) addAbsent() error {
	var seen map[string]bool
	for _, e := range w.index {
		if !e.skipWorktree {
			continue
		}
		if seen == nil {
			seen = make(map[string]bool, len(w.files))
			for _, f := range w.files {
				seen[w.prefix+f.Path] = true
			}
		}
		add := func(path string, in Entry) error {
			f := WorkFile{Path: path, Mode: in.Mode, Read: notAFile(path)}
			if in.Mode != Submodule {
				size, err := w.reader.Size(in.Hash)
				if err != nil {
					return err
				}
				f.Size, f.Read = size, w.blob(in.Hash)
			}
			return w.add(f)
		}
		var err error
		switch {
		case e.mode == Dir:
			err = w.reader.Walk(e.hash, w.max, func(path string, in Entry) error { return add(e.path+path, in) })
		case !seen[e.path]:
			err = add(e.path, Entry{Mode: e.mode, Hash: e.hash})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
