package gittree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// What a delta makes is what go-git makes of it; damage is an error in both.
func FuzzDelta(f *testing.F) {
	base := []byte(text(1, 20))
	f.Add(base, deltaOf(uint64(len(base)), 8, 0x90, 5, 3, 'x', 'y', 'z'))
	f.Add(base, deltaOf(uint64(len(base)), 300, 0x80|0x10|0x20|1, 7, 44, 1))
	f.Add(base, deltaOf(uint64(len(base)), 3, 3, 'a', 'b', 'c'))
	f.Add(base, packfile.DiffDelta(base, []byte(text(1, 10)+"new\n"+text(1, 20))))
	f.Add([]byte{}, deltaOf(0, 0))
	f.Add(bytes.Repeat([]byte("x"), 1<<16), deltaOf(1<<16, 1<<16, 0x80))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		a, b := Hash{1}, Hash{2}
		rd := made(t, refEntry(a, b, delta), madeEntry{hash: b, kind: kindBlob, size: int64(len(base)), data: base})
		got, err := rd.Blob(a, 1<<20)
		var limit *LimitError
		switch {
		case err == nil:
			size, serr := rd.Size(a)
			if size != int64(len(got)) || serr != nil {
				t.Errorf("expected a size of %d, found %d, %v", len(got), size, serr)
			}
			// go-git has no empty results
			if want, err := packfile.PatchDelta(base, delta); err == nil && !bytes.Equal(got, want) {
				t.Errorf("expected %q, found %q", want, got)
			} else if err != nil && len(got) > 0 && len(base) > 0 {
				t.Errorf("expected %v, found %q", err, got)
			}
		case !errors.Is(err, ErrCorrupt) && !errors.As(err, &limit):
			t.Errorf("expected damage or a limit, found %v", err)
		}
	})
}

// A pack of any bytes, with an index that points into it.
func FuzzPack(f *testing.F) {
	a, b := Hash{1}, Hash{2}
	whole, _, off := makePack(blobEntry(b, text(1, 3)), refEntry(a, b, deltaOf(102, 5, 0x91, 1, 5)))
	f.Add(whole, uint16(off[0]), uint16(off[1]))
	whole, _, off = makePack(blobEntry(b, "hello"), madeEntry{hash: a, kind: kindOfs, size: 4, base: []byte{14}, data: deltaOf(5, 5, 0x90, 5)})
	f.Add(whole, uint16(off[0]), uint16(off[1]))
	f.Fuzz(func(t *testing.T, data []byte, at, other uint16) {
		packed, idx, _ := makePack(blobEntry(a, ""), blobEntry(b, ""))
		offsets := idx[len(idx)-40-8:]
		binary.BigEndian.PutUint32(offsets, uint32(at))
		binary.BigEndian.PutUint32(offsets[4:], uint32(other))
		rd, err := memReader(packed, idx)
		if err != nil {
			t.Fatal(err)
		}
		p := rd.odb.all()[0]
		p.f, p.size = bytes.NewReader(data), int64(len(data))
		for _, h := range []Hash{a, b} {
			content, err := rd.Blob(h, 1<<20)
			size, serr := rd.Size(h)
			if err == nil && (serr != nil || size != int64(len(content))) {
				t.Errorf("expected a size of %d, found %d, %v", len(content), size, serr)
			}
		}
	})
}

// What is read as a tree is what its entries make when written again, and every
// one of them is found by its name.
func FuzzTree(f *testing.F) {
	f.Add(rawTree("100644 a", "100755 b", "40000 c", "120000 d", "160000 e"))
	f.Add(rawTree("100644 a", "100644 a.b", "40000 a"))
	f.Add(rawTree("100644 a!", "40000 a", "100644 a0"))
	f.Add(rawTree("100664 a", "040000 b"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseTree(data)
		if err != nil {
			return
		}
		rd := made(t, madeEntry{hash: Hash{1}, kind: kindTree, size: int64(len(data)), data: data})
		rest := data
		names := map[string]bool{}
		for _, e := range list {
			mode, _, _ := bytes.Cut(rest, []byte(" "))
			again := append(append(append(bytes.Clone(mode), ' '), e.Name...), 0)
			again = append(again, e.Hash[:]...)
			if !bytes.HasPrefix(rest, again) {
				t.Fatalf("expected %q to begin with %q", rest, again)
			}
			rest = rest[len(again):]
			if names[e.Name] || strings.ContainsAny(e.Name, "/\x00") || e.Name == "" {
				t.Errorf("the name %q", e.Name)
			}
			names[e.Name] = true
			if found, ok, err := rd.Lookup(Hash{1}, e.Name); !ok || err != nil || found != e {
				t.Errorf("look up %q: expected %v, found %v, %v, %v", e.Name, e, found, ok, err)
			}
		}
		if len(rest) > 0 {
			t.Errorf("left over: %q", rest)
		}
	})
}

// The index file of a work tree: any bytes, and never a panic.
func FuzzIndex(f *testing.F) {
	if dir, ok := seedIndex(f); ok {
		for _, version := range []string{"2", "3", "4"} {
			git(f, dir, "update-index", "--index-version", version)
			data, err := os.ReadFile(filepath.Join(dir, ".git", "index"))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, "a/")
		}
	}
	f.Add([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x01"), "")
	f.Fuzz(func(t *testing.T, data []byte, prefix string) {
		list, err := parseIndex(bytes.NewReader(data), int64(len(data)), prefix)
		if err != nil {
			return
		}
		for _, e := range list {
			if !strings.HasPrefix(e.path, prefix) {
				t.Errorf("expected %q below %q", e.path, prefix)
			}
		}
	})
}

func seedIndex(f *testing.F) (string, bool) {
	f.Helper()
	needGit(f)
	dir := initRepo(f, f.TempDir())
	for _, name := range []string{"a/b", "a/c", "a/b.x", "z"} {
		write(f, dir, name, name)
	}
	git(f, dir, "add", "-A")
	git(f, dir, "update-index", "--skip-worktree", "a/c")
	return dir, true
}
