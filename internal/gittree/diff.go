package gittree

import (
	"crypto/sha1" // as git names its objects
	"maps"
	"slices"
)

// Diff calls visit for everything that isn't a directory and isn't the same in
// two trees, with its path, in byte order of the names of each directory. The
// entry of a tree that doesn't have it is zero. An empty directory, which git
// itself never makes, is visited as one. More than max of them, or
// directories more than 64 deep, are a [LimitError]. A zero hash is an empty
// tree. Directories with one hash aren't read, so the cost follows what
// differs. An error of visit ends the walk and is returned as it is.
func (r *Reader) Diff(a, b Hash, max int, visit func(path string, was, now Entry) error) error {
	d := differ{r: r, max: max, visit: visit}
	return d.dir(a, b, "", 0)
}

// emptyTree is the tree without entries.
var emptyTree = Hash(sha1.Sum([]byte("tree 0\x00")))

type differ struct {
	r          *Reader
	max, count int
	visit      func(string, Entry, Entry) error
}

func (d *differ) dir(a, b Hash, prefix string, depth int) error {
	if a == b {
		return nil
	}
	if depth > maxDepth {
		return &LimitError{What: "directories in one another at " + prefix[:min(len(prefix), 60)] + "…", Found: int64(depth), Limit: maxDepth, Unit: "levels"}
	}
	// Trees that hold one another many times over cost something, too.
	if depth > 0 {
		if err := d.one(); err != nil {
			return err
		}
	}
	was, err := d.entries(a)
	if err != nil {
		return err
	}
	now, err := d.entries(b)
	if err != nil {
		return err
	}
	names := slices.Collect(maps.Keys(was))
	for name := range now {
		if _, both := was[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := d.entry(prefix+name, was[name], now[name], depth); err != nil {
			return err
		}
	}
	return nil
}

// entry looks at one name. A directory that became a file, or the other way round, is what goes and what comes.
func (d *differ) entry(path string, was, now Entry, depth int) error {
	if was == now {
		return nil
	}
	var wasDir, nowDir Hash
	if was.Mode == Dir && was.Hash != emptyTree {
		wasDir, was = was.Hash, Entry{}
	}
	if now.Mode == Dir && now.Hash != emptyTree {
		nowDir, now = now.Hash, Entry{}
	}
	if was != now {
		if err := d.one(); err != nil {
			return err
		}
		if err := d.visit(path, was, now); err != nil {
			return err
		}
	}
	return d.dir(wasDir, nowDir, path+"/", depth+1)
}

func (d *differ) entries(tree Hash) (map[string]Entry, error) {
	if tree.IsZero() {
		return nil, nil
	}
	list, err := d.r.Tree(tree)
	if err != nil {
		return nil, err
	}
	m := make(map[string]Entry, len(list))
	for _, e := range list {
		m[e.Name] = e
	}
	return m, nil
}

func (d *differ) one() error {
	if d.count++; d.count > d.max {
		return &LimitError{What: "too much changes", Found: int64(d.count), Limit: int64(d.max), Unit: "files and directories"}
	}
	return nil
}
