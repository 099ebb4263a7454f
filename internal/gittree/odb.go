package gittree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// odb is where a repository's objects are: its own directory, and those that
// its alternates name, each with packs and loose objects. The packs are listed
// when it is opened, and again where an object is missing: git may have packed
// it meanwhile.
type odb struct {
	dirs  []string   // the repository's own first
	mu    sync.Mutex // held while the packs are listed
	packs atomic.Pointer[[]*pack]
}

const (
	maxAlternates = 5 // how far alternates may lead, as in git
	maxPacks      = 10000
)

func openODB(objects string) (_ *odb, err error) {
	o := &odb{}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if err := o.add(objects, 0); err != nil {
		return nil, err
	}
	if _, err := o.list(); err != nil {
		return nil, err
	}
	return o, nil
}

// all returns the packs that are known.
func (o *odb) all() []*pack {
	if p := o.packs.Load(); p != nil {
		return *p
	}
	return nil
}

// list opens the packs that aren't known yet, and reports whether there were
// any. Those that git removed meanwhile stay open.
func (o *odb) list() (found bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	packs := slices.Clone(o.all())
	known := make(map[string]bool, len(packs))
	for _, p := range packs {
		known[p.name] = true
	}
	for _, dir := range o.dirs {
		names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "pack", "pack-*.idx"))
		if err != nil {
			return false, fmt.Errorf("list %s: %w", dir, err)
		}
		sort.Strings(names)
		for _, name := range names {
			if known[strings.TrimSuffix(filepath.Base(name), ".idx")] {
				continue
			}
			if len(packs) == maxPacks {
				return false, &LimitError{What: "packs of " + dir, Found: int64(len(names)), Limit: maxPacks, Unit: "files"}
			}
			p, err := openPack(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // one file of the two: on its way in or out
			}
			if err != nil {
				return false, err
			}
			packs, found = append(packs, p), true
		}
	}
	o.packs.Store(&packs)
	return found, nil
}

// escapeGlob makes a directory's name safe as the start of a pattern.
func escapeGlob(dir string) string {
	if os.PathSeparator == '\\' {
		return dir // no escapes there, and such names are rare
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// add takes in an objects directory, and those that it names as alternates.
func (o *odb) add(dir string, depth int) error {
	for _, d := range o.dirs {
		if d == dir {
			return nil
		}
	}
	o.dirs = append(o.dirs, dir)
	list := filepath.Join(dir, "info", "alternates")
	data, err := readSmall(list, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '"' {
			if s, err := strconv.Unquote(line); err == nil {
				line = s
			}
		}
		if depth == maxAlternates {
			return &LimitError{What: list, Found: maxAlternates + 1, Limit: maxAlternates, Unit: "alternates in a row"}
		}
		alt := filepath.FromSlash(line)
		if !filepath.IsAbs(alt) {
			alt = filepath.Join(dir, alt)
		}
		if fi, err := os.Stat(alt); err != nil || !fi.IsDir() {
			return fmt.Errorf("read %s: expected an objects directory at %s, found none: %w", list, alt, ErrMissing)
		}
		if err := o.add(filepath.Clean(alt), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (o *odb) close() error {
	var errs []error
	for _, p := range o.all() {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// withPrefix returns the objects whose hash begins with the hex digits (at
// least two, lower case), at most limit.
func (o *odb) withPrefix(digits string, limit int) ([]Hash, error) {
	b, err := strconv.ParseUint(digits[:2], 16, 8)
	if err != nil {
		return nil, err
	}
	var found []Hash
	for _, p := range o.all() {
		if found, err = p.idx.withPrefix(found, byte(b), digits, limit); err != nil {
			return nil, fmt.Errorf("%s.idx: %w", p.name, err)
		}
	}
	for _, dir := range o.dirs {
		list, err := os.ReadDir(filepath.Join(dir, digits[:2]))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range list {
			if h, err := ParseHash(digits[:2] + e.Name()); err == nil && strings.HasPrefix(h.String(), digits) && len(found) < 2*limit {
				found = append(found, h)
			}
		}
	}
	sort.Slice(found, func(i, j int) bool { return string(found[i][:]) < string(found[j][:]) })
	unique := found[:0]
	for i, h := range found {
		if i == 0 || h != found[i-1] {
			unique = append(unique, h)
		}
	}
	return unique, nil
}

// readSmall reads a file that has to be small.
func readSmall(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		return nil, fmt.Errorf("read %s: expected a file, found a directory", path)
	}
	if fi.Size() > limit {
		return nil, &LimitError{What: path, Found: fi.Size(), Limit: limit, Unit: "bytes"}
	}
	b := make([]byte, fi.Size())
	return b, readAt(f, b, 0)
}
