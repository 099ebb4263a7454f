package archive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Both ways flush a tree, with all that may be in it, and say so if they can't.
func TestSyncTree(t *testing.T) {
	for name, sync := range map[string]func(dir string) error{"SyncTree": SyncTree, "one by one": syncEach} {
		dir := t.TempDir()
		for _, test := range []struct {
			files []File
			into  string
		}{{nil, "nothing"}, {tiny, "tiny"}, {samplePackage, "sample"}} {
			into := filepath.Join(dir, test.into)
			data := pack(t, "", test.files)
			if err := extract(data, into); err != nil {
				t.Fatal(err)
			}
			if err := sync(into); err != nil {
				t.Errorf("%s of %s: %v", name, test.into, err)
			}
			if files := readTree(t, into); !sameFiles(byPath(files), byPath(test.files)) {
				t.Errorf("%s of %s leaves %v", name, test.into, pathsOf(files))
			}
		}
		if err := os.Symlink("nothing", filepath.Join(dir, "link")); err == nil {
			if err := sync(dir); err != nil {
				t.Errorf("%s of a directory with a link to nothing: %v", name, err)
			}
		}
		if err := sync(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of nothing: %v, want %v", name, err, fs.ErrNotExist)
		}
	}
}
