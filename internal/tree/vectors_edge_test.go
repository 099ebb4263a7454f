package tree_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	mod "golang.org/x/mod/sumdb/tlog"

	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/wire"
)

type edgeIn struct {
	Edge    tlog.Edge `json:"edge"`
	Entries []string  `json:"entries"` // that come after it
}

// runEdge appends entries to the right edge of a log.
func runEdge(t *testing.T, in json.RawMessage) (any, error) {
	var c edgeIn
	strict(t, in, &c)
	edge := c.Edge
	for _, entry := range c.Entries {
		var err error
		if edge, err = edge.Append([]byte(entry)); err != nil {
			return nil, err
		}
	}
	root, err := edge.Root()
	return map[string]any{"edge": edge, "root": root}, err
}

type consistencyIn struct {
	Size  int64             `json:"size"`
	Root  string            `json:"root"`
	Old   oldLog            `json:"old"`
	Files map[string]string `json:"files"` // path → hex
}

type oldLog struct {
	Size int64  `json:"size"`
	Root string `json:"root"`
}

// runConsistency holds a log against what was seen of it.
func runConsistency(t *testing.T, in json.RawMessage) (any, error) {
	var c consistencyIn
	strict(t, in, &c)
	l, err := tlog.Open(1, c.Size, c.Root, readHex(t, c.Files))
	must(t, err)
	return nil, refuse(l.Continues(c.Old.Size, c.Old.Root), map[error]string{tlog.ErrRewritten: "fork", tlog.ErrDamaged: "content", fs.ErrNotExist: "missing"})
}

type inclusionIn struct {
	Entry string   `json:"entry"`
	Index int64    `json:"index"`
	Size  int64    `json:"size"`
	Root  string   `json:"root"`
	Proof []string `json:"proof"` // hex
}

// runInclusion checks the proof that an entry is in a log.
func runInclusion(t *testing.T, in json.RawMessage) (any, error) {
	var c inclusionIn
	strict(t, in, &c)
	var proof mod.RecordProof
	for _, text := range append(slices.Clone(c.Proof), c.Root) {
		raw, err := hex.DecodeString(text)
		must(t, err)
		proof = append(proof, mod.Hash(raw))
	}
	root := proof[len(proof)-1]
	return nil, mod.CheckRecord(proof[:len(proof)-1], c.Size, root, c.Index, mod.RecordHash([]byte(c.Entry)))
}

// edges makes the vectors of what a device keeps of a log. Their entries are those of the class log: entry i is the text "entry i".
func (m *maker) edges() {
	entry := func(i int64) string { return fmt.Sprintf("entry %d", i) }
	edgeOf := func(size int64) tlog.Edge {
		e := tlog.Edge{Hashes: []string{}}
		for i := range size {
			var err error
			e, err = e.Append([]byte(entry(i)))
			must(m.t, err)
		}
		return e
	}
	edge := func(name, shows, outcome string, from tlog.Edge, more int64) {
		entries := []string{}
		for i := range more {
			entries = append(entries, entry(from.Size+i))
		}
		m.add("edge/"+name, shows, outcome, edgeIn{from, entries})
	}
	edge("empty", "the edge of an empty log; it has no root", "accept", edgeOf(0), 0)
	edge("first", "the first entries of a log", "accept", edgeOf(0), 3)
	edge("none", "nothing new: the root follows from the edge alone", "accept", edgeOf(7), 0)
	edge("carry", "an entry that joins three subtrees to one", "accept", edgeOf(7), 1)
	edge("bundle", "across the end of a bundle", "accept", edgeOf(255), 3)
	wrong := edgeOf(7)
	wrong.Hashes = wrong.Hashes[:2]
	edge("bad-few-hashes", "a hash for two of the three subtrees", "syntax", wrong, 1)
	wrong = edgeOf(6)
	wrong.Size = 7
	edge("bad-size", "the size takes another number of hashes", "syntax", wrong, 1)
	wrong = edgeOf(1)
	wrong.Hashes = []string{wrong.Hashes[0][:62]}
	edge("bad-hash", "a hash of 62 digits", "syntax", wrong, 1)

	consistency := func(name, shows, outcome string, size int64, old oldLog, change func(files map[string]string)) {
		l, made := logOf(m.t, size)
		root, err := l.Root()
		must(m.t, err)
		files := make(map[string]string)
		for _, f := range made {
			if !strings.HasPrefix(f.Path, "log/1/tile/entries/") {
				files[f.Path] = hex.EncodeToString(f.Data)
			}
		}
		change(files)
		m.add("consistency/"+name, shows, outcome, consistencyIn{size, root, old, files})
	}
	was := func(size int64) oldLog {
		root, err := edgeOf(size).Root()
		must(m.t, err)
		return oldLog{size, root}
	}
	same := func(map[string]string) {}
	consistency("small", "a log of five entries continues one of three", "accept", 5, was(3), same)
	consistency("whole-subtree", "a log of five entries continues one of four, whose root is a subtree's", "accept", 5, was(4), same)
	consistency("same", "a log continues itself", "accept", 5, was(5), same)
	consistency("tiles", "a log of 300 entries continues one of 255: hashes of two levels", "accept", 300, was(255), same)
	consistency("bad-rewritten", "an earlier entry is another one now", "fork", 5, oldLog{3, wire.Sum([]byte("another root"))}, same)
	consistency("bad-rewritten-same-size", "a log of the same size and another root", "fork", 5, oldLog{5, was(4).Root}, same)
	consistency("bad-rewritten-tiles", "an earlier entry is another one now, in a log of two levels", "fork", 300, oldLog{255, was(254).Root}, same)
	consistency("bad-shorter", "the log is shorter than it was", "fork", 3, was(5), same)
	consistency("bad-tile", "a hash was altered: that proves nothing about the log", "content", 5, was(3), func(files map[string]string) {
		files["log/1/tile/0/000.p/5"] = "00" + files["log/1/tile/0/000.p/5"][2:]
	})
	consistency("bad-missing", "the hashes are missing", "missing", 5, was(3), func(files map[string]string) { clear(files) })

	inclusion := func(name, shows, outcome string, size, index int64, change func(in *inclusionIn)) {
		l, made := logOf(m.t, size)
		root, err := l.Root()
		must(m.t, err)
		files := make(map[string]string)
		for _, f := range made {
			files[f.Path] = hex.EncodeToString(f.Data)
		}
		l, err = tlog.Open(1, size, root, readHex(m.t, files))
		must(m.t, err)
		proof, err := l.Proof(index)
		must(m.t, err)
		in := inclusionIn{entry(index), index, size, root, proof}
		change(&in)
		m.add("inclusion/"+name, shows, outcome, in)
	}
	asIs := func(*inclusionIn) {}
	inclusion("only", "the only entry of a log: nothing has to be proved", "accept", 1, 0, asIs)
	inclusion("first", "the first of five entries", "accept", 5, 0, asIs)
	inclusion("last", "the last of five entries, beside a subtree of four", "accept", 5, 4, asIs)
	inclusion("tiles", "an entry of a log of 300", "accept", 300, 260, asIs)
	inclusion("bad-entry", "another entry", "content", 5, 2, func(in *inclusionIn) { in.Entry = "entry 9" })
	inclusion("bad-index", "the entry is elsewhere", "content", 5, 2, func(in *inclusionIn) { in.Index = 3 })
	inclusion("bad-root", "another root", "content", 5, 2, func(in *inclusionIn) { in.Root = wire.Sum(nil) })
	inclusion("bad-proof", "a hash of the proof was altered", "content", 5, 2, func(in *inclusionIn) { in.Proof[0] = wire.Sum(nil) })
	inclusion("bad-short", "the proof lacks a hash", "content", 5, 2, func(in *inclusionIn) { in.Proof = in.Proof[1:] })
	inclusion("bad-long", "the proof has a hash too many", "content", 5, 2, func(in *inclusionIn) { in.Proof = append(in.Proof, in.Proof[0]) })
	inclusion("bad-beyond", "an index behind the end of the log", "range", 5, 4, func(in *inclusionIn) { in.Index = 5 })
	inclusion("bad-node", "the hashes of two entries as if they were one entry", "content", 2, 0, func(in *inclusionIn) {
		a, b := mod.RecordHash([]byte(entry(0))), mod.RecordHash([]byte(entry(1)))
		in.Entry, in.Size, in.Proof = string(append(append([]byte{1}, a[:]...), b[:]...)), 1, []string{}
	})
}
