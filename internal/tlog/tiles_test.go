package tlog

import (
	"errors"
	"strings"
	"testing"
)

// Reading a log from end to end reads each of its tiles once.
func TestTilesAreReadOnce(t *testing.T) {
	const size = 3000
	f, root := build(t, size)
	reads := make(map[string]int)
	l, err := Open(1, size, root, func(path string, limit int64) ([]byte, error) {
		reads[path]++
		return f.read(path, limit)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Entries(0, size, func(int64, []byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if len(reads) != len(AllPaths(1, size)) {
		t.Errorf("%d files were read, expected all %d", len(reads), len(AllPaths(1, size)))
	}
	for path, n := range reads {
		if n != 1 {
			t.Errorf("%s was read %d times", path, n)
		}
	}
}

// However long a log is, few tiles are kept, and none that isn't proved.
func TestTilesKept(t *testing.T) {
	const size = 20_000
	f, root := build(t, size)
	spoilt := true
	l, err := Open(1, size, root, func(path string, limit int64) ([]byte, error) {
		data, err := f.read(path, limit)
		if spoilt && strings.Contains(path, "tile/0/") {
			data = append([]byte{data[0] ^ 1}, data[1:]...)
		}
		return data, err
	})
	if err != nil {
		t.Fatal(err)
	}
	visit := func(int64, []byte) error { return nil }
	if err := l.Entries(0, size, visit); !errors.Is(err, ErrDamaged) || len(l.tiles) > 0 {
		t.Errorf("spoilt tiles: %v, %d are kept", err, len(l.tiles))
	}
	spoilt = false
	if err := l.Entries(0, size, visit); err != nil || len(l.tiles) == 0 || len(l.tiles) > maxTiles {
		t.Errorf("good tiles: %v, %d are kept", err, len(l.tiles))
	}
}
