package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/regen-registry/regen/internal/gittest"
)

// tiny is a package of two files, in the wrong order, one of them empty.
var tiny = []File{
	{Path: "b/c", Exec: true},
	{Path: "a.txt", Data: []byte("hello")},
}

// tinyZip is the archive of tiny under "p/", byte for byte.
const tinyZip = "" +
	// local header, name and content of p/a.txt, at 0x00
	"504b0304 1400 0008 0000 0000 2100 86a61036 05000000 05000000 0700 0000" +
	"702f612e747874 68656c6c6f" +
	// local header and name of p/b/c, at 0x2a
	"504b0304 1400 0008 0000 0000 2100 00000000 00000000 00000000 0500 0000" +
	"702f622f63" +
	// directory, at 0x4d: 0x35 and 0x33 bytes
	"504b0102 1400 1400 0008 0000 0000 2100 86a61036 05000000 05000000 0700 0000 0000 0000 0000 00000000 00000000" +
	"702f612e747874" +
	"504b0102 1400 1400 0008 0000 0000 2100 00000000 00000000 00000000 0500 0000 0000 0000 0000 00000000 2a000000" +
	"702f622f63" +
	// end record
	"504b0506 0000 0000 0200 0200 68000000 4d000000 0000"

// samplePackage is as large as packages are.
var samplePackage = func() []File {
	var files []File
	for i, path := range []string{
		"CHANGELOG.md", "LICENSE", "Plugin.php", "README.md", "composer.json", "icon.svg", "resources/lang/de.json",
		"resources/views/index.blade.php", "routes/web.php", "src/Actions/Install.php", "src/Http/Controllers/PanelController.php",
		"src/Models/Site.php", "src/Support/Größe.php",
	} {
		files = append(files, File{Path: path, Data: bytes.Repeat([]byte{byte('a' + i)}, 300*(i+1))})
	}
	return files
}()

// pack returns the bytes of an archive.
func pack(t testing.TB, prefix string, files []File) []byte {
	t.Helper()
	segments, err := StoredZip(prefix, files)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := segments.WriteTo(&b); err != nil || n != segments.Size() || n != int64(b.Len()) {
		t.Fatalf("WriteTo wrote %d bytes and said %d, %v; want %d", b.Len(), n, err, segments.Size())
	}
	return b.Bytes()
}

// unpack reads an archive into memory.
func unpack(data []byte, lim Limits) ([]File, error) {
	var files []File
	err := ReadZip(bytes.NewReader(data), int64(len(data)), lim, func(name string, size int64, content io.Reader) error {
		b, err := io.ReadAll(content)
		if err == nil && int64(len(b)) != size {
			err = fmt.Errorf("%s: %d bytes of content, want %d", name, len(b), size)
		}
		files = append(files, File{Path: name, Data: b})
		return err
	})
	return files, err
}

func TestGolden(t *testing.T) {
	want, err := hex.DecodeString(strings.ReplaceAll(tinyZip, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := pack(t, "p/", tiny); !bytes.Equal(got, want) {
		t.Errorf("StoredZip(tiny)\n got %x\nwant %x", got, want)
	}

	const sum = "64794a13edae602e2060fcca05a3a453d3d79d00cfbff4775d68115a7cf1fd34"
	if got := fmt.Sprintf("%x", sha256.Sum256(pack(t, "acme-panel-42/", samplePackage))); got != sum {
		t.Errorf("StoredZip(samplePackage) has SHA-256 %s, want %s", got, sum)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	want := pack(t, "p/", samplePackage)
	files := slices.Clone(samplePackage)
	slices.Reverse(files)
	before := slices.Clone(files)
	if got := pack(t, "p/", files); !bytes.Equal(got, want) {
		t.Error("StoredZip gives other bytes for another order")
	}
	for i := range files {
		if files[i].Path != before[i].Path {
			t.Fatal("StoredZip changed its argument")
		}
	}
}

func TestContentsAreNotCopied(t *testing.T) {
	data := []byte("a large file")
	segments, err := StoredZip("", []File{{Path: "a", Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(segments, func(s []byte) bool { return len(s) == len(data) && &s[0] == &data[0] }) {
		t.Error("no segment is the content itself")
	}
}

func TestEmptyZip(t *testing.T) {
	data := pack(t, "", nil)
	if len(data) != endLen {
		t.Errorf("an archive of nothing has %d bytes, want %d", len(data), endLen)
	}
	if files, err := unpack(data, DefaultLimits()); err != nil || len(files) != 0 {
		t.Errorf("ReadZip = %v, %v, want nothing", files, err)
	}
}

func TestStoredZipRefuses(t *testing.T) {
	tests := []struct {
		prefix string
		paths  string
		want   string // the error, or "" for none
	}{
		{"", "a b/c", ""},
		{"p/", "a", ""},
		{"p/q/", "a", ""},
		{"p", "a", `prefix "p": expected a slash at its end`},
		{"/", "a", `prefix: path "": is empty, expected a file name`},
		{"/p/", "a", `prefix: path "/p": starts with a slash, expected a relative path`},
		{"../", "a", `prefix: path "..": a component "..", expected names only`},
		{"con/", "", `prefix: path "con": component "con" is a device on Windows`},
		{"p/", "/a", `path "p//a": an empty component, expected single slashes, and none at the end`},
		{"p/", "../a", `path "p/../a": a component "..", expected names only`},
		{"p/", "a A", `path "p/a": clashes with "p/A": they differ only in letter case or Unicode normal form`},
		{"p/", "a a", `path "p/a": is there twice`},
		{"p/", "a/b a", `path "p/a/b": clashes with "p/a": one name for a file and a directory`},
		{"pp/", strings.Repeat("a", MaxPath-3), ""},
		{"ppp/", strings.Repeat("a", MaxPath-3), `path "ppp/` + strings.Repeat("a", MaxPath-4) + `"…: 257 bytes long, expected at most 256`},
	}
	for _, test := range tests {
		var files []File
		for path := range strings.FieldsSeq(test.paths) {
			files = append(files, File{Path: path})
		}
		_, err := StoredZip(test.prefix, files)
		if got := message(err); got != test.want {
			t.Errorf("StoredZip(%q, %q)\n got %s\nwant %s", test.prefix, test.paths, got, test.want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// As many files as a zip can name are fine everywhere, one more is not.
func TestMostFiles(t *testing.T) {
	files := make([]File, maxEntries+1)
	for i := range files {
		files[i].Path = fmt.Sprintf("d%d/f%d", i%100, i)
	}
	var limit *LimitError
	if _, err := StoredZip("", files); !errors.As(err, &limit) || limit.Got != 65535 || limit.Max != 65534 {
		t.Errorf("StoredZip of 65,535 files: %v, want a LimitError", err)
	}
	data := pack(t, "", files[:maxEntries])
	got, err := unpack(data, DefaultLimits())
	if err != nil || len(got) != maxEntries {
		t.Errorf("ReadZip: %d files, %v, want %d", len(got), err, maxEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) != maxEntries {
		t.Errorf("archive/zip: %v, want %d files", err, maxEntries)
	}
	checkWithTools(t, data)
}

func TestMostBytes(t *testing.T) {
	large := make([]byte, 1<<26)
	var files []File
	for i := range 64 { // 4 GiB, all the same memory
		files = append(files, File{Path: fmt.Sprint(i), Data: large})
	}
	var limit *LimitError
	if _, err := StoredZip("", files); !errors.As(err, &limit) || limit.Max != maxZipSize {
		t.Errorf("StoredZip of 4 GiB: %v, want a LimitError", err)
	}
}

func TestLimits(t *testing.T) {
	data := pack(t, "", []File{{Path: "a", Data: []byte("12345")}, {Path: "b", Data: []byte("123")}})
	tests := []struct {
		lim  Limits
		want string
	}{
		{DefaultLimits(), ""},
		{Limits{Files: 2, FileSize: 5, Size: 8}, ""},
		{Limits{Files: 1, FileSize: 5, Size: 8}, `2 files, expected at most 1`},
		{Limits{Files: 2, FileSize: 4, Size: 8}, `entry "a": 5 bytes in one file, expected at most 4`},
		{Limits{Files: 2, FileSize: 5, Size: 7}, `entry "b": 8 bytes in all files up to this one, expected at most 7`},
	}
	for _, test := range tests {
		files, err := unpack(data, test.lim)
		if got := message(err); got != test.want {
			t.Errorf("ReadZip with %+v: %s, want %s", test.lim, got, test.want)
		}
		var limit *LimitError
		var format *FormatError
		if err != nil && (!errors.As(err, &limit) || !errors.As(err, &format) || len(files) != 0) {
			t.Errorf("ReadZip with %+v: a %T after %d files, want a LimitError in a FormatError before the first", test.lim, err, len(files))
		}
	}
	for _, lim := range []Limits{{}, {Files: 2, FileSize: 5}, {Files: 2, Size: 8}, {FileSize: 5, Size: 8}, {Files: -1, FileSize: 5, Size: 8}} {
		if _, err := unpack(data, lim); err == nil || !strings.Contains(err.Error(), "expected all of them to be positive") {
			t.Errorf("ReadZip with %+v: %v, want an error about the limits", lim, err)
		}
	}
}

func TestSegments(t *testing.T) {
	s := Segments{nil, []byte("ab"), {}, []byte("c"), []byte("defg"), nil}
	if s.Size() != 7 {
		t.Errorf("Size() = %d, want 7", s.Size())
	}
	if err := iotest.TestReader(s.Reader(), []byte("abcdefg")); err != nil {
		t.Error(err)
	}
	for range 2 { // neither uses them up
		var b bytes.Buffer
		if n, err := s.WriteTo(&b); n != 7 || err != nil || b.String() != "abcdefg" {
			t.Errorf("WriteTo wrote %q, %d, %v", b.String(), n, err)
		}
		if got, err := io.ReadAll(s.Reader()); err != nil || string(got) != "abcdefg" {
			t.Errorf("Reader gave %q, %v", got, err)
		}
	}
	full := errors.New("disk full")
	if n, err := s.WriteTo(&failingWriter{room: 3, err: full}); n != 3 || err != full {
		t.Errorf("WriteTo a full disk = %d, %v, want 3, %v", n, err, full)
	}
}

type failingWriter struct {
	room int
	err  error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room)
	w.room -= n
	if n < len(p) {
		return n, w.err
	}
	return n, nil
}

// archive/zip and Info-ZIP read what we write, and see nothing of note in it.
func TestInterop(t *testing.T) {
	for name, files := range map[string][]File{"tiny": tiny, "sample": samplePackage} {
		t.Run(name, func(t *testing.T) {
			data := pack(t, "p/", files)
			z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, f := range z.File {
				if f.Method != zip.Store || f.Flags != flags || len(f.Extra) > 0 || f.Comment != "" || f.ExternalAttrs != 0 || f.CreatorVersion != version || f.ReaderVersion != version {
					t.Errorf("archive/zip reads %+v", f.FileHeader)
				}
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				got[f.Name] = string(b)
			}
			want := map[string]string{}
			for _, f := range files {
				want["p/"+f.Path] = string(f.Data)
			}
			if !maps.Equal(got, want) {
				t.Errorf("archive/zip reads %q, want %q", got, want)
			}
			checkWithTools(t, data)
		})
	}
}

func checkWithTools(t *testing.T, data []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.zip")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if out := tool(t, "unzip", "-t", file); !strings.Contains(out, "No errors detected") {
		t.Errorf("unzip -t says:\n%.2000s", out)
	}
	out := tool(t, "zipinfo", "-v", file)
	for _, odd := range []string{"warning", "error", "extra bytes", "deflated", "extended local header:                          yes"} {
		if strings.Contains(out, odd) {
			t.Errorf("zipinfo -v says %q:\n%.4000s", odd, out)
		}
	}
	for _, want := range []string{"(stored)", "MS-DOS, OS/2 or NT FAT", "1980 Jan 1 00:00:00", "non-MSDOS external file attributes:             000000 hex"} {
		if !strings.Contains(out, want) {
			t.Errorf("zipinfo -v does not say %q:\n%.4000s", want, out)
		}
	}
}

// tool runs a program and returns its output, and fails the test if it does. If the
// program is missing, the test is skipped, unless REGEN_REQUIRE_TOOLS=1.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	gittest.Tool(t, name)
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "UNZIP=", "ZIPINFO=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%.4000s", cmd, err, out)
	}
	return string(out)
}

func BenchmarkStoredZip(b *testing.B) {
	for b.Loop() {
		if _, err := StoredZip("acme-panel-42/", samplePackage); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadZip(b *testing.B) {
	data := pack(b, "acme-panel-42/", samplePackage)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		err := ReadZip(bytes.NewReader(data), int64(len(data)), DefaultLimits(), func(string, int64, io.Reader) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}
