package client

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// place is a directory with two directories that are exchanged.
type place struct {
	t        *testing.T
	from, to string
}

// newPlace makes a place as it is told: path → the text of the one file in it.
func newPlace(t *testing.T, dirs map[string]string) place {
	t.Helper()
	top := t.TempDir()
	for name, text := range dirs {
		dir := filepath.Join(top, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return place{t, filepath.Join(top, "from"), filepath.Join(top, "to")}
}

// is fails the test unless this is what is there.
func (p place) is(want map[string]string) {
	p.t.Helper()
	entries, err := os.ReadDir(filepath.Dir(p.from))
	if err != nil {
		p.t.Fatal(err)
	}
	if len(entries) != len(want) {
		p.t.Errorf("there are %v, expected %v", entries, want)
	}
	for name, text := range want {
		if data, err := os.ReadFile(filepath.Join(filepath.Dir(p.from), name, "file")); string(data) != text {
			p.t.Errorf("%s holds %q, expected %q: %v", name, data, text, err)
		}
	}
}

// exchanges are the ways to exchange two directories, the one of this system and the one of the others.
var exchanges = map[string]func(from, to string) error{"exchange": exchange, "exchangeByThree": exchangeByThree}

func TestExchange(t *testing.T) {
	for name, exchange := range exchanges {
		t.Run(name, func(t *testing.T) {
			for before, after := range map[*map[string]string]map[string]string{
				{"from": "new", "to": "old"}: {"from": "old", "to": "new"},
				{"from": "new"}:              {"to": "new"},
			} {
				p := newPlace(t, *before)
				if err := exchange(p.from, p.to); err != nil {
					t.Fatal(err)
				}
				p.is(after)
				if err := restore(p.from, p.to); err != nil {
					t.Fatal(err)
				}
				p.is(after)
				if err := unexchange(p.from, p.to); err != nil {
					t.Fatal(err)
				}
				p.is(*before)
			}
			// Where there is nothing new, what is there stays.
			p := newPlace(t, map[string]string{"to": "old"})
			if err := exchange(p.from, p.to); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, errStuck) {
				t.Errorf("nothing to exchange: %v", err)
			}
			p.is(map[string]string{"to": "old"})
			if err := restore(p.from, p.to); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRestore: an exchange that was interrupted after any of its steps wasn't begun, or is done.
func TestRestore(t *testing.T) {
	begun, done := map[string]string{"from": "new", "to": "old"}, map[string]string{"from": "old", "to": "new"}
	for _, step := range []struct{ left, want map[string]string }{
		{begun, begun},
		{map[string]string{"from": "new", "from.aside": "old"}, begun},
		{map[string]string{"to": "new", "from.aside": "old"}, done},
		{done, done},
	} {
		p := newPlace(t, step.left)
		for range 2 {
			if err := restore(p.from, p.to); err != nil {
				t.Error(err)
			}
			p.is(step.want)
		}
	}
}

// TestExchangeByThreeFails: a step that fails is undone, and what can't be undone is told.
func TestExchangeByThreeFails(t *testing.T) {
	p := newPlace(t, map[string]string{"to": "old"})
	// The name with what is set aside is too long for a file system.
	long := filepath.Join(filepath.Dir(p.from), strings.Repeat("x", 252))
	if err := os.Mkdir(long, 0o755); err != nil {
		t.Skip(err)
	}
	if err := exchangeByThree(long, p.to); err == nil || errors.Is(err, errStuck) {
		t.Errorf("the first step: %v", err)
	}
	if err := os.Remove(long); err != nil {
		t.Fatal(err)
	}
	p.is(map[string]string{"to": "old"})
	// The second step fails.
	if err := exchangeByThree(p.from, p.to); err == nil || errors.Is(err, errStuck) {
		t.Errorf("the second step: %v", err)
	}
	p.is(map[string]string{"to": "old"})
	cause := errors.New("cause")
	if err := withUndone(cause, nil); err != cause {
		t.Errorf("nothing went wrong while undoing: %v", err)
	}
	if err := withUndone(cause, fs.ErrPermission); !errors.Is(err, cause) || !errors.Is(err, errStuck) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("undoing failed: %v", err)
	}
}
