package archive

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func extract(data []byte, dir string) error {
	return ExtractZip(bytes.NewReader(data), int64(len(data)), DefaultLimits(), dir)
}

// readTree returns the regular files below a directory, in byte order of their paths, and
// fails if there is anything else but directories with files in them.
func readTree(t testing.TB, dir string) []File {
	t.Helper()
	var files []File
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if entries, err := os.ReadDir(path); err != nil || len(entries) == 0 && path != dir {
				t.Errorf("%s is an empty directory, or unreadable: %v", path, err)
			}
			return nil
		}
		if !d.Type().IsRegular() {
			t.Errorf("%s is %v, want a regular file", path, d.Type())
			return nil
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files = append(files, File{Path: filepath.ToSlash(rel), Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestExtract(t *testing.T) {
	data := pack(t, "p/", samplePackage)
	for name, dir := range map[string]string{"new": filepath.Join(t.TempDir(), "new"), "empty": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			if err := extract(data, dir); err != nil {
				t.Fatal(err)
			}
			if again := pack(t, "", readTree(t, dir)); !bytes.Equal(again, data) {
				t.Error("what was unpacked packs to other bytes")
			}
			if runtime.GOOS == "windows" {
				return
			}
			for path, want := range map[string]fs.FileMode{"p": 0o755, "p/resources/lang": 0o755, "p/Plugin.php": 0o644} {
				info, err := os.Stat(filepath.Join(dir, path))
				if err != nil {
					t.Fatal(err)
				}
				if got := info.Mode().Perm(); got&^want != 0 || got&0o600 != 0o600 {
					t.Errorf("%s has mode %v, want %v less the umask", path, got, want)
				}
			}
		})
	}
}

func TestExtractNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := extract(pack(t, "", nil), dir); err != nil {
		t.Fatal(err)
	}
	if files := readTree(t, dir); len(files) != 0 {
		t.Errorf("an archive of nothing unpacks to %v", files)
	}
}

func TestExtractRefusesPlace(t *testing.T) {
	data := pack(t, "", samplePackage)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := extract(data, dir)
	if err == nil || !strings.Contains(err.Error(), `holds "mine", expected an empty directory`) {
		t.Errorf("into a directory with a file: %v", err)
	}
	if files := readTree(t, dir); len(files) != 1 || string(files[0].Data) != "x" {
		t.Errorf("into a directory with a file: it holds %v afterwards", files)
	}
	if err := extract(data, filepath.Join(dir, "mine")); err == nil {
		t.Error("into a file: no error")
	}
	if err := extract(data, filepath.Join(dir, "no", "parent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a directory without a parent: %v, want %v", err, fs.ErrNotExist)
	}
}

// Whatever was written before an error is gone after it, and nothing else is.
func TestExtractCleansUp(t *testing.T) {
	last := func(files []File) []byte { // with a wrong last byte of the last file
		segments, err := StoredZip("", files)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		segments.WriteTo(&b)
		data := b.Bytes()
		data[b.Len()-len(segments[len(segments)-1])-1] ^= 1
		return data
	}
	data := last(samplePackage)

	made := filepath.Join(t.TempDir(), "made")
	if err := extract(data, made); err == nil || !strings.Contains(err.Error(), "CRC-32") {
		t.Errorf("got %v, want an error about the CRC-32", err)
	}
	if _, err := os.Stat(made); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory that was made is still there: %v", err)
	}

	given := t.TempDir()
	if err := extract(data, given); err == nil {
		t.Error("accepted")
	}
	if left, err := os.ReadDir(given); err != nil || len(left) != 0 {
		t.Errorf("the directory that was given holds %v, %v, want it empty", left, err)
	}
}

// Whoever swaps a directory for a symbolic link while an archive is unpacked doesn't get
// anything written outside.
func TestExtractStaysInside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	x, err := newExtraction(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "d")); err != nil {
		t.Skip(err)
	}
	if err := x.file("d/evil", 1, strings.NewReader("x")); err == nil {
		t.Error("written through a symbolic link")
	} else if err := x.close(err); err == nil {
		t.Error("the failure is gone")
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 0 {
		t.Errorf("outside there is %v, %v, want nothing", left, err)
	}
}
