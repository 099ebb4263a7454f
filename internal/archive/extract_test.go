package archive

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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

// A symbolic link in the place to unpack to isn't followed, wherever it leads.
func TestExtractRefusesLink(t *testing.T) {
	top := t.TempDir()
	empty := filepath.Join(top, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"to an empty directory": empty, "to nothing": filepath.Join(top, "nothing"), "to itself": filepath.Join(top, "link")} {
		link := filepath.Join(top, "link")
		if err := os.Symlink(to, link); err != nil {
			t.Skip(err)
		}
		for _, dir := range []string{link, link + "/", link + "/."} {
			if err := extract(pack(t, "", tiny), dir); err == nil {
				t.Errorf("%s: a link %s: no error", dir, name)
			} else if dir == link && !strings.Contains(err.Error(), "is a symbolic link, expected a directory") {
				t.Errorf("%s: a link %s: %v", dir, name, err)
			}
		}
		if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
			t.Errorf("a link %s: there is %v, %v in the directory", name, left, err)
		}
		if err := os.Remove(link); err != nil {
			t.Errorf("a link %s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(top); err != nil || len(left) != 1 {
		t.Errorf("there is %v, %v", left, err)
	}
	if err := extract(pack(t, "", tiny), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no directory: %v", err)
	}
}

// Whoever puts a symbolic link in the way while an archive is unpacked doesn't get anything
// written outside, or removed.
func TestExtractStaysInside(t *testing.T) {
	for name, to := range map[string]string{"relative": "../near", "absolute": "", "nothing": "../evil", "file": "../canary"} {
		for _, at := range []string{"d", "d/e", "d/evil", "d/e/evil"} {
			w := newWorld(t, t.TempDir())
			x, err := newExtraction(w.dir)
			if err != nil {
				t.Fatal(err)
			}
			if to == "" {
				to = filepath.Join(w.top, "sibling")
			}
			link := filepath.Join(w.dir, filepath.FromSlash(at))
			if depth := strings.Count(at, "/"); depth > 0 {
				if err := x.file("d/a", 1, strings.NewReader("x")); err != nil {
					t.Fatal(err)
				}
				if depth == 2 {
					err = x.file("d/e/a", 1, strings.NewReader("x"))
				}
				if !filepath.IsAbs(to) {
					to = strings.Repeat("../", depth) + to
				}
			}
			if err := errors.Join(err, os.Symlink(to, link)); err != nil {
				t.Skip(err)
			}
			err = nil
			for _, file := range []string{"d/e/evil", "d/evil"} {
				if err == nil {
					err = x.file(file, 1, strings.NewReader("x"))
				}
			}
			if err == nil {
				t.Errorf("a link at %s to %s: written through it", at, name)
			}
			if err = x.close(err); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a link at %s to %s: %v, want %v", at, name, err, fs.ErrExist)
			}
			w.check(t)
			if at == "d" {
				continue // the link isn't ours, and stays
			}
			if _, err := os.Lstat(w.dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a link at %s to %s: the directory is there, or %v", at, name, err)
			}
		}
	}
}

// The same if someone does it all the time. In his own place he finds what he moves there.
func TestExtractRacing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	var files []File
	for i := range 20 {
		for _, dir := range []string{"d/", "d/e/", "d/f/", "g/"} {
			files = append(files, File{Path: dir + numbered(i), Data: []byte("x")})
		}
	}
	w := newWorld(t, t.TempDir())
	stash := t.TempDir()
	if err := os.Symlink("a", filepath.Join(stash, "l")); err != nil {
		t.Skip(err)
	}
	var swapped atomic.Int64
	stop := make(chan bool)
	var attacker sync.WaitGroup
	attacker.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(i%7) * 20 * time.Microsecond):
			}
			at := filepath.Join(w.dir, []string{"d", "d/e", "g"}[i%3])
			moved := filepath.Join(stash, "moved")
			if os.RemoveAll(moved) != nil || os.Rename(at, moved) != nil {
				continue
			}
			if os.Symlink([]string{"../near", "../../near", filepath.Join(w.top, "sibling"), "."}[i%4], at) == nil {
				swapped.Add(1)
				time.Sleep(time.Duration(i%5) * 20 * time.Microsecond)
				_ = os.Remove(at)
			}
		}
	})
	rounds, failed := 0, 0
	zip, tar := pack(t, "", files), packTarGz(t, files)
	for start := time.Now(); swapped.Load() < 100 && time.Since(start) < 20*time.Second; rounds++ {
		unpack := unpacker(".zip", zip, DefaultLimits())
		if rounds%2 == 1 {
			unpack = unpacker(".tar.gz", tar, DefaultLimits())
		}
		if unpack(w.dir) != nil {
			failed++
		}
		w.check(t)
		for os.RemoveAll(w.dir) != nil { // which may meet a link, too
			time.Sleep(time.Millisecond)
		}
	}
	close(stop)
	attacker.Wait()
	if swapped.Load() == 0 {
		t.Error("nobody got in the way")
	}
	t.Logf("%d times in the way of %d, of which %d failed", swapped.Load(), rounds, failed)
}

// What somebody else puts into the directory meanwhile makes it fail, and stays.
func TestExtractBesideOthers(t *testing.T) {
	for _, test := range []struct{ theirs, ours string }{{"d/theirs", "d/ours"}, {"file", "file"}, {"file", "file/ours"}, {"d/theirs", "d"}} {
		dir := t.TempDir()
		x, err := newExtraction(dir)
		if err != nil {
			t.Fatal(err)
		}
		theirs := filepath.Join(dir, filepath.FromSlash(test.theirs))
		if err := errors.Join(os.MkdirAll(filepath.Dir(theirs), 0o755), os.WriteFile(theirs, []byte("theirs"), 0o644)); err != nil {
			t.Fatal(err)
		}
		err = errors.Join(x.file("before", 1, strings.NewReader("x")), x.file("beside/it", 1, strings.NewReader("x")))
		if err != nil {
			t.Fatal(err)
		}
		err = x.close(x.file(test.ours, 1, strings.NewReader("x")))
		if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "something else writes here") {
			t.Errorf("%s beside %s: %v, want %v", test.ours, test.theirs, err, fs.ErrExist)
		}
		if files := readTree(t, dir); len(files) != 1 || files[0].Path != test.theirs || string(files[0].Data) != "theirs" {
			t.Errorf("%s beside %s: left are %v", test.ours, test.theirs, pathsOf(files))
		}
	}
}

// Of several that unpack into one directory at once, the one that gets no error has all of it there.
func TestExtractAtOnce(t *testing.T) {
	data := pack(t, "p/", samplePackage)
	dir := filepath.Join(t.TempDir(), "out")
	done := 0
	for round := range 40 {
		if round%2 == 0 {
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		var errs [4]error
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = extract(data, dir) })
		}
		all.Wait()
		whole := 0
		for _, err := range errs {
			if err == nil {
				whole++
			}
		}
		var files []File
		if _, err := os.Lstat(dir); err == nil {
			files = readTree(t, dir)
		}
		if again := pack(t, "", files); whole > 1 || whole == 1 && !bytes.Equal(again, data) {
			t.Errorf("%d got no error, and there are %d files", whole, len(files))
		}
		if whole == 0 && len(files) > 0 {
			t.Errorf("all failed, and there are %d files", len(files))
		}
		done += whole
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if done == 0 {
		t.Error("nobody ever got it done")
	}
}

// An archive in an archive is a file like any other.
func TestExtractDoesNotGoOn(t *testing.T) {
	files := []File{
		{Path: "inner.tar.gz", Data: packTarGz(t, tiny)}, {Path: "inner.zip", Data: pack(t, "", tiny)},
		{Path: "quine.gz", Data: gzipQuine()}, {Path: "quine.zip", Data: zipQuine()}, {Path: "slip.zip", Data: zipOf("../canary")},
	}
	for name, data := range map[string][]byte{".zip": pack(t, "", files), ".tar.gz": packTarGz(t, files)} {
		w := newWorld(t, t.TempDir())
		if err := unpacker(name, data, DefaultLimits())(w.dir); err != nil {
			t.Fatal(err)
		}
		w.check(t)
		if got := readTree(t, w.dir); !sameFiles(got, files) {
			t.Errorf("%s: there are %v", name, pathsOf(got))
		}
	}
}
