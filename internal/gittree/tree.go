package gittree

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// Mode is what a tree's entry is.
type Mode uint8

const (
	Regular Mode = iota + 1
	Executable
	Symlink
	Dir
	Submodule
)

func (m Mode) String() string {
	switch m {
	case Regular:
		return "file"
	case Executable:
		return "executable file"
	case Symlink:
		return "symlink"
	case Dir:
		return "directory"
	case Submodule:
		return "submodule"
	}
	return fmt.Sprintf("mode %d", uint8(m))
}

// An Entry is one name in a tree.
type Entry struct {
	Name string // as the tree has it: any bytes but / and 0, maybe not UTF-8
	Mode Mode
	Hash Hash // a tree's for Dir, a commit's for Submodule, else a blob's
}

// maxName bounds a name in a tree, as it bounds a path in git.
const maxName = 4096

// nextEntry splits the first entry off a tree's content.
func nextEntry(data []byte) (mode Mode, name, hash, rest []byte, err error) {
	space := bytes.IndexByte(data[:min(len(data), 8)], ' ')
	if space < 0 {
		return 0, nil, nil, nil, corrupt("an entry of a tree has no mode")
	}
	if mode, err = parseMode(data[:space]); err != nil {
		return 0, nil, nil, nil, err
	}
	data = data[space+1:]
	end := bytes.IndexByte(data, 0)
	if end < 0 || len(data)-end-1 < len(Hash{}) {
		return 0, nil, nil, nil, corrupt("a tree ends within an entry")
	}
	hash = data[end+1 : end+1+len(Hash{})]
	return mode, data[:end], hash, data[end+1+len(Hash{}):], nil
}

// parseMode reads the octal mode. Of files, only the bit by which the owner may
// execute counts: early versions of git also wrote 100664 and the like.
func parseMode(s []byte) (Mode, error) {
	var v uint32
	for _, c := range s {
		if c < '0' || c > '7' {
			return 0, corrupt("an entry of a tree has the mode %q", s)
		}
		v = v<<3 | uint32(c-'0')
	}
	return modeOf(v)
}

func modeOf(v uint32) (Mode, error) {
	switch v & 0o170000 {
	case 0o040000:
		return Dir, nil
	case 0o120000:
		return Symlink, nil
	case 0o160000:
		return Submodule, nil
	case 0o100000:
		if v&0o100 != 0 {
			return Executable, nil
		}
		return Regular, nil
	}
	return 0, corrupt("the unknown mode %o in a tree", v)
}

// parseTree reads a whole tree, and refuses one that git wouldn't make: names
// that no file can have, another order than git's, a name twice.
func parseTree(data []byte) ([]Entry, error) {
	n := 0
	for rest := data; len(rest) > 0; n++ {
		end := bytes.IndexByte(rest, 0)
		if end < 0 || len(rest)-end-1 < len(Hash{}) {
			return nil, corrupt("a tree ends within an entry")
		}
		rest = rest[end+1+len(Hash{}):]
	}
	entries := make([]Entry, 0, n)
	all := string(data) // one copy for all names
	for rest := data; len(rest) > 0; {
		mode, name, hash, after, err := nextEntry(rest)
		if err != nil {
			return nil, err
		}
		start := len(data) - len(after) - len(hash) - 1 - len(name)
		e := Entry{Name: all[start : start+len(name)], Mode: mode, Hash: Hash(hash)}
		if err := checkName(e.Name); err != nil {
			return nil, err
		}
		if len(entries) > 0 {
			if err := checkOrder(entries, e); err != nil {
				return nil, err
			}
		}
		entries = append(entries, e)
		rest = after
	}
	return entries, nil
}

func checkName(name string) error {
	switch {
	case name == "":
		return corrupt("a tree has an entry without a name")
	case name == "." || name == "..":
		return corrupt("a tree has an entry named %q", name)
	case len(name) > maxName:
		return &LimitError{What: "a name in a tree", Found: int64(len(name)), Limit: maxName, Unit: "bytes"}
	case strings.IndexByte(name, '/') >= 0:
		return corrupt("a tree has an entry named %q, with a slash", name)
	}
	return nil
}

// checkOrder checks that next may follow the entries: git orders by name, as if
// that of a directory ended with a slash.
func checkOrder(entries []Entry, next Entry) error {
	last := entries[len(entries)-1]
	if !before(last, next) {
		return corrupt("a tree has %q after %q: twice the same name, or out of order", next.Name, last.Name)
	}
	// A file named like this directory comes before it, but others may lie in
	// between ("a", "a.txt", "a/"), all of which begin with the name.
	if next.Mode == Dir && strings.HasPrefix(last.Name, next.Name) {
		file := Entry{Name: next.Name, Mode: Regular}
		i := sort.Search(len(entries), func(i int) bool { return !before(entries[i], file) })
		if i < len(entries) && entries[i].Name == next.Name {
			return corrupt("a tree has %q twice, as a %s and as a directory", next.Name, entries[i].Mode)
		}
	}
	return nil
}

// before reports whether a comes before b in git's order.
func before(a, b Entry) bool {
	n := min(len(a.Name), len(b.Name))
	if c := strings.Compare(a.Name[:n], b.Name[:n]); c != 0 {
		return c < 0
	}
	return end(a, n) < end(b, n)
}

// end returns the byte of a name at n, or what stands for its end.
func end(e Entry, n int) byte {
	if len(e.Name) > n {
		return e.Name[n]
	}
	if e.Mode == Dir {
		return '/'
	}
	return 0
}

// Tree returns the entries of a tree, one level, in git's order: by name, as if
// the name of a directory ended with a slash.
func (r *Reader) Tree(h Hash) ([]Entry, error) {
	data, err := r.object(h, kindTree, maxTree, true)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(data)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", h, err)
	}
	return entries, nil
}

// Lookup finds what lies at a slash-separated path below a tree. It reports
// false where nothing does, or where a part of the path isn't a directory. The
// empty path is the tree itself.
func (r *Reader) Lookup(tree Hash, path string) (Entry, bool, error) {
	found := Entry{Mode: Dir, Hash: tree}
	if path == "" {
		return found, true, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if found.Mode != Dir || name == "" {
			return Entry{}, false, nil
		}
		e, ok, err := r.child(found.Hash, name)
		if err != nil || !ok {
			return Entry{}, false, err
		}
		found = e
	}
	return found, true, nil
}

// child finds one name in a tree, without making entries of all the others.
func (r *Reader) child(tree Hash, name string) (Entry, bool, error) {
	data, err := r.object(tree, kindTree, maxTree, true)
	if err != nil {
		return Entry{}, false, err
	}
	for len(data) > 0 {
		mode, n, hash, rest, err := nextEntry(data)
		if err != nil {
			return Entry{}, false, fmt.Errorf("read tree %s: %w", tree, err)
		}
		if string(n) == name {
			return Entry{Name: name, Mode: mode, Hash: Hash(hash)}, true, nil
		}
		data = rest
	}
	return Entry{}, false, nil
}
