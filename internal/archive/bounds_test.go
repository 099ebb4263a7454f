package archive

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// manyZip is a zip of n empty files, right but for their number: the end record says n modulo
// 65,536, as programs without zip64 write it.
func manyZip(n int) []byte {
	z := rawZip{files: make([]rawFile, n)}
	for i := range z.files {
		z.files[i].name = numbered(i)
	}
	return z.bytes()
}

// manyTar is a tar of n empty files, right but for their number.
func manyTar(n int) []byte {
	entries := make([]rawTar, n)
	for i := range entries {
		entries[i].name = numbered(i)
	}
	return gz(tarOf(twoBlocks, entries...))
}

// manyDirs are names of n files, each in directories of its own, as deep as may be.
func manyDirs(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = numbered(i) + strings.Repeat("/d", 123) + "/f"
	}
	return names
}

// threeFiles are files of 1 MiB.
var threeFiles = func() []File {
	files := make([]File, 3)
	for i := range files {
		files[i] = File{Path: numbered(i), Data: make([]byte, 1<<20)}
	}
	return files
}()

// bytesOf returns the bytes of an archive.
func bytesOf(segments Segments, err error) []byte {
	var b bytes.Buffer
	if _, err2 := segments.WriteTo(&b); err != nil || err2 != nil {
		panic(errors.Join(err, err2))
	}
	return b.Bytes()
}

// inMemory returns a directory in memory, where there is one: what takes seconds there may take
// minutes on a disk that others write to.
func inMemory(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "regen-archive-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// boundsCases are archives that are too much, of something that is right in itself, for some limits.
var boundsCases = []struct {
	name  string
	made  func() []byte
	lim   Limits
	alloc uint64 // at most, in bytes; all that there is of it at once is less
	want  string // the whole error
}{
	{"100,000 entries.zip", func() []byte { return manyZip(100_000) }, DefaultLimits(), 32 << 20, `3407872 bytes after the directory's last entry, expected none`},
	{"100,000 entries by zip64.zip", func() []byte { return ordinaryZip64(100_000) }, DefaultLimits(), 1 << 20, `end record refers to a zip64 one, expected none`},
	{"100,000 entries.tar.gz", func() []byte { return manyTar(100_000) }, DefaultLimits(), 128 << 20, `entry "065534": 65535 files up to this one, expected at most 65534`},
	{"100,000 entries, as a device bounds them.zip", func() []byte { return manyZip(100_000) }, smallLimits, 1 << 20, `34464 files, expected at most 1000`},
	{"100,000 entries, as a device bounds them.tar.gz", func() []byte { return manyTar(100_000) }, smallLimits, 4 << 20, `entry "001000": 1001 files up to this one, expected at most 1000`},
	{"directories.zip", func() []byte { return zipOf(manyDirs(1000)...) }, DefaultLimits(), 4 << 20,
		`entry "000528` + strings.Repeat("/d", 123) + `/f": 65596 directories up to this file, expected at most 65534`},
	{"directories.tar.gz", func() []byte { return tarNames(manyDirs(1000)...) }, DefaultLimits(), 64 << 20,
		`entry "000528` + strings.Repeat("/d", 123) + `/f": 65596 directories up to this file, expected at most 65534`},
	{"a kernel under 200 entries.zip", func() []byte { return overlapping(200, make([]byte, 1<<20)) }, DefaultLimits(), 1 << 20,
		`entry "000001": starts at offset 36, expected 1055776: overlaps the entry before it`},
	{"a large file.zip", func() []byte { return bytesOf(StoredZip("", threeFiles)) }, Limits{Files: 3, FileSize: 1<<20 - 1, Size: 1 << 30}, 1 << 20, `entry "000000": 1048576 bytes in one file, expected at most 1048575`},
	{"a large file.tar.gz", func() []byte { return bytesOf(StoredTarGz(threeFiles)) }, Limits{Files: 3, FileSize: 1<<20 - 1, Size: 1 << 30}, 1 << 20, `entry "000000": 1048576 bytes in one file, expected at most 1048575`},
	{"large altogether.zip", func() []byte { return bytesOf(StoredZip("", threeFiles)) }, Limits{Files: 3, FileSize: 1 << 20, Size: 3<<20 - 1}, 1 << 20,
		`entry "000002": 3145728 bytes in all files up to this one, expected at most 3145727`},
	{"large altogether.tar.gz", func() []byte { return bytesOf(StoredTarGz(threeFiles)) }, Limits{Files: 3, FileSize: 1 << 20, Size: 3<<20 - 1}, 1 << 20,
		`entry "000002": 3145728 bytes in all files up to this one, expected at most 3145727`},
}

// smallLimits are those of a device for small packages.
var smallLimits = Limits{Files: 1000, FileSize: 1 << 20, Size: 4 << 20}

// What would be too much is refused, in bounded time and memory, and nothing of it is left. In
// a zip it is seen before anything is written.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	w := newWorld(t, inMemory(t))
	for _, test := range boundsCases {
		t.Run(test.name, func(t *testing.T) {
			data := test.made()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			err := unpacker(test.name, data, test.lim)(w.dir)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if got, want := message(err), "extract to "+w.dir+": "+test.want; got != want {
				t.Errorf("extract\n got %s\nwant %s", got, want)
			}
			if _, err := os.Lstat(w.dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is there, or %v", w.dir, err)
			}
			w.check(t)
			allocated := after.TotalAlloc - before.TotalAlloc
			if allocated > test.alloc {
				t.Errorf("%d bytes allocated, want at most %d", allocated, test.alloc)
			}
			t.Logf("an archive of %d bytes: %d bytes allocated, %v", len(data), allocated, took)
		})
	}
}

// As much as may be is unpacked whole.
func TestMostOnDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	deep := strings.Repeat("d/", 127) // and a name of two bytes: 256 altogether
	var files []File
	for i := range maxEntries - 1 {
		files = append(files, File{Path: "flat/" + numbered(i)})
	}
	w := newWorld(t, inMemory(t))
	for _, files := range [][]File{{{Path: deep + "f"}, {Path: deep + "g"}}, append(files, File{Path: deep + "f", Data: []byte("x")})} {
		for _, name := range []string{".zip", ".tar.gz"} {
			data := pack(t, "", files)
			if name == ".tar.gz" {
				data = packTarGz(t, files)
			}
			start := time.Now()
			if err := unpacker(name, data, DefaultLimits())(w.dir); err != nil {
				t.Fatal(err)
			}
			unpacked := time.Now()
			got, err := Files(w.dir, DefaultLimits())
			t.Logf("%d files from %s: unpacked in %v, read in %v", len(files), name, unpacked.Sub(start), time.Since(unpacked))
			if err != nil || !sameFiles(got, byPath(files)) {
				t.Errorf("%d files, %v, want %d", len(got), err, len(files))
			}
			w.check(t)
			if err := os.RemoveAll(w.dir); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// As many directories as may be are fine everywhere, one more is not: for creating, too.
func TestMostDirectories(t *testing.T) {
	files := make([]File, maxDirs)
	for i := range files {
		files[i].Path = numbered(i) + "/f"
	}
	for _, test := range []struct {
		files []File
		want  string // the error, or "" for none
	}{
		{files, ""},
		{append(files[:maxDirs-1:maxDirs-1], File{Path: numbered(0) + "/g/f"}), ""},
		{append(files[:maxDirs:maxDirs], File{Path: numbered(0) + "/g/f"}), "65535 directories, expected at most 65534"},
		{append(files[:maxDirs-1:maxDirs-1], File{Path: "x/y/f"}), "65535 directories, expected at most 65534"},
	} {
		segments, err := StoredZip("", test.files)
		if len(test.files) > maxEntries {
			segments, err = nil, errors.New(test.want) // these are too many files for a zip
		}
		if got := message(err); got != test.want {
			t.Errorf("StoredZip: %s, want %s", got, test.want)
		} else if err == nil {
			if got, err := unpack(written(t, segments), DefaultLimits()); err != nil || len(got) != len(test.files) {
				t.Errorf("ReadZip: %d files, %v, want %d", len(got), err, len(test.files))
			}
		}
		segments, err = StoredTarGz(test.files)
		if got := message(err); got != test.want {
			t.Errorf("StoredTarGz: %s, want %s", got, test.want)
		} else if err == nil {
			if got, err := unpackTarGz(bytes.NewReader(written(t, segments)), DefaultLimits()); err != nil || len(got) != len(test.files) {
				t.Errorf("ReadTarGz: %d files, %v, want %d", len(got), err, len(test.files))
			}
		}
	}
	if _, err := StoredZip("p/", files); message(err) != "65535 directories, expected at most 65534" {
		t.Errorf("StoredZip with a prefix: %v", err)
	}
}
