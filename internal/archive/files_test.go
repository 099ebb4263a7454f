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
	"time"
)

// repack makes the archive again from what was unpacked, going by the end of its name.
func repack(dir, name string) ([]byte, error) {
	files, err := Files(dir, DefaultLimits())
	if err != nil {
		return nil, err
	}
	var segments Segments
	if strings.HasSuffix(name, ".zip") {
		segments, err = StoredZip("", files)
	} else {
		segments, err = StoredTarGz(files)
	}
	var b bytes.Buffer
	segments.WriteTo(&b)
	return b.Bytes(), err
}

// What was unpacked packs to the same bytes, for as long as nothing changes, and that what does
// change is seen: by an error, or by other bytes.
func TestFiles(t *testing.T) {
	unchanged := map[string]func(dir string) error{
		"nothing": func(string) error { return nil },
		"modes": func(dir string) error {
			return errors.Join(os.Chmod(filepath.Join(dir, "p/Plugin.php"), 0o777), os.Chmod(filepath.Join(dir, "p/src"), 0o700))
		},
		"a time": func(dir string) error {
			return os.Chtimes(filepath.Join(dir, "p/Plugin.php"), time.Unix(1, 0), time.Unix(1, 0))
		},
		"a file written anew": func(dir string) error {
			name := filepath.Join(dir, "p/Plugin.php")
			data, err := os.ReadFile(name)
			return errors.Join(err, os.Remove(name), os.WriteFile(name, data, 0o600))
		},
	}
	changed := map[string]struct {
		do   func(dir string) error
		want string // a part of the error, or "" for other bytes
	}{
		"a byte": {func(dir string) error {
			name := filepath.Join(dir, "p/Plugin.php")
			data, err := os.ReadFile(name)
			data[len(data)-1] ^= 1
			return errors.Join(err, os.WriteFile(name, data, 0o644))
		}, ""},
		"a byte more": {func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, "p/LICENSE"), os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("x")
			}
			return errors.Join(err, f.Close())
		}, ""},
		"a byte less":       {func(dir string) error { return os.Truncate(filepath.Join(dir, "p/LICENSE"), 1) }, ""},
		"a file more":       {func(dir string) error { return os.WriteFile(filepath.Join(dir, "p/src/x.php"), nil, 0o644) }, ""},
		"a file at the top": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "x"), nil, 0o644) }, ""},
		"a hidden file":     {func(dir string) error { return os.WriteFile(filepath.Join(dir, "p/.x"), nil, 0o644) }, ""},
		"a file less":       {func(dir string) error { return os.Remove(filepath.Join(dir, "p/README.md")) }, ""},
		"a file renamed": {func(dir string) error {
			return os.Rename(filepath.Join(dir, "p/LICENSE"), filepath.Join(dir, "p/Licence"))
		}, ""},
		"two files swapped":  {swap("p/LICENSE", "p/README.md"), ""},
		"a directory less":   {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "p/src")) }, ""},
		"all gone":           {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "p")) }, ""},
		"nothing there":      {os.RemoveAll, "read the files in "},
		"an empty directory": {func(dir string) error { return os.Mkdir(filepath.Join(dir, "p/empty"), 0o755) }, `"p/empty/" is an empty directory, expected files in it`},
		"one at the top":     {func(dir string) error { return os.Mkdir(filepath.Join(dir, "empty"), 0o755) }, `"empty/" is an empty directory, expected files in it`},
		"one in one":         {func(dir string) error { return os.MkdirAll(filepath.Join(dir, "p/empty/empty"), 0o755) }, `"p/empty/empty/" is an empty directory, expected files in it`},
		"a directory of one": {func(dir string) error { return os.Remove(filepath.Join(dir, "p/routes/web.php")) }, `"p/routes/" is an empty directory, expected files in it`},
		"a link more":        {func(dir string) error { return os.Symlink("LICENSE", filepath.Join(dir, "p/link")) }, `"p/link" is a symbolic link, expected a regular file or a directory`},
		"a link to nothing":  {func(dir string) error { return os.Symlink("nothing", filepath.Join(dir, "p/link")) }, `"p/link" is a symbolic link, expected a regular file or a directory`},
		"a link for a file":  {linked("p/LICENSE"), `"p/LICENSE" is a symbolic link, expected a regular file or a directory`},
		"a link for a dir":   {linked("p/src"), `"p/src" is a symbolic link, expected a regular file or a directory`},
		"a link for the top": {linked("p"), `"p" is a symbolic link, expected a regular file or a directory`},
		"a link for all":     {linked(""), `is a symbolic link, expected a directory`},
		"a file for a dir":   {func(dir string) error { return replace(filepath.Join(dir, "p/src")) }, ""},
		"a file for all":     {replace, `is a regular file, expected a directory`},
	}
	for _, name := range []string{"a.zip", "a.tar.gz"} {
		data := pack(t, "p/", samplePackage)
		if name == "a.tar.gz" {
			data = packTarGz(t, below("p/", samplePackage))
		}
		unpacked := func(t *testing.T, do func(dir string) error) string {
			dir := filepath.Join(t.TempDir(), "out")
			if err := unpacker(name, data, DefaultLimits())(dir); err != nil {
				t.Fatal(err)
			}
			if err := do(dir); errors.As(err, new(*os.LinkError)) && runtime.GOOS == "windows" {
				t.Skip(err) // not everybody may make links there
			} else if err != nil {
				t.Fatal(err)
			}
			return dir
		}
		for change, do := range unchanged {
			t.Run(name+"/"+change, func(t *testing.T) {
				if again, err := repack(unpacked(t, do), name); err != nil || !bytes.Equal(again, data) {
					t.Errorf("%d bytes, %v, want the %d of the archive", len(again), err, len(data))
				}
			})
		}
		for change, test := range changed {
			t.Run(name+"/"+change, func(t *testing.T) {
				again, err := repack(unpacked(t, test.do), name)
				if test.want == "" && (err != nil || bytes.Equal(again, data)) {
					t.Errorf("%d bytes, %v, want others than those of the archive", len(again), err)
				}
				if test.want != "" && !strings.Contains(message(err), test.want) {
					t.Errorf("got %v, want an error with %s", err, test.want)
				}
			})
		}
	}
}

// An archive of nothing gives an empty directory, and that gives it.
func TestFilesOfNothing(t *testing.T) {
	for name, data := range map[string][]byte{"a.zip": pack(t, "", nil), "a.tar.gz": packTarGz(t, nil)} {
		dir := t.TempDir()
		if again, err := repack(dir, name); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: %d bytes, %v", name, len(again), err)
		}
	}
	if _, err := Files("", DefaultLimits()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no directory: %v", err)
	}
}

func TestFilesLimits(t *testing.T) {
	dir := t.TempDir()
	if err := extract(pack(t, "", []File{{Path: "a", Data: []byte("12345")}, {Path: "d/b", Data: []byte("123")}}), filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		lim  Limits
		want string
	}{
		{DefaultLimits(), ""},
		{Limits{Files: 2, FileSize: 5, Size: 8}, ""},
		{Limits{Files: 1, FileSize: 5, Size: 8}, `"d/b": 2 files up to this one, expected at most 1`},
		{Limits{Files: 2, FileSize: 4, Size: 8}, `"a": 5 bytes in one file, expected at most 4`},
		{Limits{Files: 2, FileSize: 5, Size: 7}, `"d/b": 8 bytes in all files up to this one, expected at most 7`},
		{Limits{}, "limits {Files:0 FileSize:0 Size:0}: expected all of them to be positive"},
	} {
		files, err := Files(filepath.Join(dir, "out"), test.lim)
		if got := message(err); !strings.HasSuffix(got, test.want) || (err == nil) != (test.want == "") || (err == nil) != (len(files) == 2) {
			t.Errorf("Files with %+v: %d files, %s, want %s", test.lim, len(files), got, test.want)
		}
		if err != nil && test.lim.Files > 0 && !errors.As(err, new(*LimitError)) {
			t.Errorf("Files with %+v: a %T, want a LimitError in it", test.lim, err)
		}
	}
}

// A directory that is far too large is given up, and not read to its end.
func TestFilesMany(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	dir := inMemory(t)
	for i := range maxDirs + 200 {
		if err := os.Mkdir(filepath.Join(dir, numbered(i)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for files, want := range map[int]string{
		100:  "files and directories, expected at most 65634",
		1000: `"000000/" is an empty directory, expected files in it`, // the first one, with all names read
	} {
		_, err := Files(dir, Limits{Files: files, FileSize: 1, Size: 1})
		if !strings.Contains(message(err), want) {
			t.Errorf("with at most %d files: %v, want an error with %s", files, err, want)
		}
	}
	for i := range maxDirs + 1 {
		if err := os.WriteFile(filepath.Join(dir, numbered(i), "f"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Files(dir, Limits{Files: 1 << 20, FileSize: 1, Size: 1})
	if want := "65535 directories, expected at most 65534"; !strings.Contains(message(err), want) {
		t.Errorf("got %v, want an error with %s", err, want)
	}
}

// swap returns what swaps two files.
func swap(a, b string) func(dir string) error {
	return func(dir string) error {
		a, b, c := filepath.Join(dir, a), filepath.Join(dir, b), filepath.Join(dir, "c")
		return errors.Join(os.Rename(a, c), os.Rename(b, a), os.Rename(c, b))
	}
}

// linked returns what puts a link in the place of something, which leads to the same.
func linked(path string) func(dir string) error {
	return func(dir string) error {
		name := filepath.Join(dir, path)
		moved := filepath.Join(filepath.Dir(dir), "moved")
		return errors.Join(os.Rename(name, moved), os.Symlink(moved, name))
	}
}

// replace puts a file in the place of a directory.
func replace(dir string) error {
	return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o644))
}
