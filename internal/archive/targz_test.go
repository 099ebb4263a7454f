package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packTarGz returns the bytes of an archive.
func packTarGz(t testing.TB, files []File) []byte {
	t.Helper()
	segments, err := StoredTarGz(files)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, segments)
}

func written(t testing.TB, segments Segments) []byte {
	t.Helper()
	b := bytes.NewBuffer(make([]byte, 0, segments.Size()))
	if n, err := segments.WriteTo(b); err != nil || n != segments.Size() || n != int64(b.Len()) {
		t.Fatalf("WriteTo wrote %d bytes and said %d, %v; want %d", b.Len(), n, err, segments.Size())
	}
	return b.Bytes()
}

// unpackTarGz reads an archive into memory.
func unpackTarGz(r io.Reader, lim Limits) ([]File, error) {
	var files []File
	err := ReadTarGz(r, lim, func(name string, size int64, content io.Reader) error {
		b, err := io.ReadAll(content)
		if err == nil && int64(len(b)) != size {
			err = fmt.Errorf("%s: %d bytes of content, want %d", name, len(b), size)
		}
		files = append(files, File{Path: name, Data: b})
		return err
	})
	return files, err
}

// gunzip returns what is in a gzip file, as compress/gzip reads it.
func gunzip(t testing.TB, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTarGzGolden(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []File
		sum   string
	}{
		{"tiny", tiny, "e966bc5e881d363cefa8a8511da2e2fc79d6acc02aa91671f3023f077bd6fd28"},
		{"sample", samplePackage, "fe34cfd14e86171f9d5a51afacb35c5caa2f3c7891f71a4a91b6dbb99636935f"},
		{"two blocks", []File{{Path: "a", Data: make([]byte, 1<<16)}}, "766f78cab1f1a610253250a2cbe762be08af6e38a97e071d2edf081a611704de"},
	} {
		if got := fmt.Sprintf("%x", sha256.Sum256(packTarGz(t, test.files))); got != test.sum {
			t.Errorf("StoredTarGz(%s) has SHA-256 %s, want %s", test.name, got, test.sum)
		}
	}
}

// The same tar comes out of archive/tar, which writes no name beyond ASCII.
func TestTarIsWhatOthersWrite(t *testing.T) {
	files := []File{
		{Path: "a", Data: []byte("hello")},
		{Path: "b/" + strings.Repeat("n", 98), Data: make([]byte, tarBlock)},
		{Path: "b/" + strings.Repeat("n", 99), Data: make([]byte, tarBlock+1)},
		{Path: strings.Repeat("p", 155) + "/" + strings.Repeat("n", 100)},
		{Path: strings.Repeat("q/", 77) + "q/" + strings.Repeat("n/", 49) + "n"},
	}
	var want bytes.Buffer
	w := tar.NewWriter(&want)
	for _, f := range files {
		h := tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Size: int64(len(f.Data)), Mode: 0o644, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := gunzip(t, packTarGz(t, files)); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("StoredTarGz\n got %q\nwant %q", got, want.Bytes())
	}
}

func TestTarGzOrderDoesNotMatter(t *testing.T) {
	want := packTarGz(t, samplePackage)
	files := slices.Clone(samplePackage)
	slices.Reverse(files)
	first := files[0].Path
	if got := packTarGz(t, files); !bytes.Equal(got, want) {
		t.Error("StoredTarGz gives other bytes for another order")
	}
	if files[0].Path != first {
		t.Error("StoredTarGz changed its argument")
	}
}

func TestExecutableBitIsDropped(t *testing.T) {
	plain, exec := packTarGz(t, []File{{Path: "a"}}), packTarGz(t, []File{{Path: "a", Exec: true}})
	if !bytes.Equal(plain, exec) {
		t.Error("StoredTarGz gives other bytes for an executable file")
	}
}

// Every byte of a content is in a segment that refers to it, on both sides of a border
// between blocks.
func TestTarGzContentsAreNotCopied(t *testing.T) {
	data := bytes.Repeat([]byte("content "), 20_000)
	segments, err := StoredTarGz([]File{{Path: "a", Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for _, s := range segments {
		if done := sum(at); done < len(data) && len(s) > 0 && &s[0] == &data[done] {
			at = append(at, len(s))
			if cap(s) != len(s) {
				t.Errorf("a segment has room for %d more bytes of the content", cap(s)-len(s))
			}
		}
	}
	if want := []int{maxStored - tarBlock, maxStored, 160_000 - 2*maxStored + tarBlock}; !slices.Equal(at, want) {
		t.Errorf("segments have %v bytes of the content itself, want %v", at, want)
	}
}

func sum(list []int) (total int) {
	for _, n := range list {
		total += n
	}
	return total
}

func TestEmptyTarGz(t *testing.T) {
	data := packTarGz(t, nil)
	if want := gzipHeaderLen + storedLen + tarEnd + gzipTrailerLen; len(data) != want {
		t.Errorf("an archive of nothing has %d bytes, want %d", len(data), want)
	}
	if files, err := unpackTarGz(bytes.NewReader(data), DefaultLimits()); err != nil || len(files) != 0 {
		t.Errorf("ReadTarGz = %v, %v, want nothing", files, err)
	}
}

func TestStoredTarGzRefuses(t *testing.T) {
	n100, n101 := strings.Repeat("n", 100), strings.Repeat("n", 101)
	p155, p156 := strings.Repeat("p", 155), strings.Repeat("p", 156)
	const unfit = "does not fit a tar, expected at most 100 bytes, or a slash with at most 155 before it and 100 after it"
	tests := []struct {
		paths string
		want  string // the error, or "" for none
	}{
		{"a b/c", ""},
		{"../a", `path "../a": a component "..", expected names only`},
		{"/a", `path "/a": starts with a slash, expected a relative path`},
		{"a A", `path "a": clashes with "A": they differ only in letter case or Unicode normal form`},
		{"a a", `path "a": is there twice`},
		{"a/b a", `path "a/b": clashes with "a": one name for a file and a directory`},
		{"a nul", `path "nul": component "nul" is a device on Windows`},
		{n100, ""},
		{n101, `path "` + n101 + `": ` + unfit},
		{"a/" + n100, ""},
		{"a/" + n101, `path "a/` + n101 + `": ` + unfit},
		{p155 + "/" + n100, ""},
		{p155 + "/a/b", ""},
		{p156 + "/a", `path "` + p156 + `/a": ` + unfit},
		{"a/" + p156 + "/b", `path "a/` + p156 + `/b": ` + unfit},
		{strings.Repeat("é", 50), ""},
		{strings.Repeat("é", 51), `path "` + strings.Repeat("é", 51) + `": ` + unfit},
		{p155 + "/" + n101, `path "` + p155 + "/" + n100 + `"…: 257 bytes long, expected at most 256`},
	}
	for _, test := range tests {
		var files []File
		for path := range strings.FieldsSeq(test.paths) {
			files = append(files, File{Path: path})
		}
		_, err := StoredTarGz(files)
		if got := message(err); got != test.want {
			t.Errorf("StoredTarGz(%q)\n got %s\nwant %s", test.paths, got, test.want)
		}
		var problem PathProblem
		if err != nil && !errors.As(err, &problem) {
			t.Errorf("StoredTarGz(%q) returns a %T, want a PathProblem", test.paths, err)
		}
	}
}

func TestMostBytesInAFileOfATar(t *testing.T) {
	if err := (tarEntry{name: "a", size: 1<<33 - 1}).check(); err != nil {
		t.Errorf("a file of 8 GiB - 1: %v", err)
	}
	err := tarEntry{name: "a", size: 1 << 33}.check()
	var limit *LimitError
	if !errors.As(err, &limit) || limit.Max != maxTarFile {
		t.Errorf("a file of 8 GiB: %v, want a LimitError", err)
	}
	if got, want := message(err), `file "a": 8589934592 bytes in a file of a tar, expected at most 8589934591`; got != want {
		t.Errorf("a file of 8 GiB\n got %s\nwant %s", got, want)
	}
	h, err := decodeTar(tarEntry{name: "a", size: 1<<33 - 1}.appendTo(nil))
	if err != nil || h.size != 1<<33-1 {
		t.Errorf("the header of a file of 8 GiB - 1 says %d, %v", h.size, err)
	}
}

// Blocks of deflate and of tar have nothing to do with each other: wherever the borders
// fall, all is well.
func TestBorders(t *testing.T) {
	const one = maxStored - tarBlock // what the first block can hold of the first file
	const full = maxStored*tarBlock - tarBlock - tarEnd
	for _, size := range []int{0, 1, 511, 512, 513, one - tarEnd - 1, one - tarEnd, one - tarBlock, one - 1, one, one + 1, maxStored, 1 << 16, 3 * maxStored, full, full + 1} {
		data := make([]byte, size)
		if size > 0 {
			data[0], data[size-1] = 'a', 'z'
		}
		files := []File{{Path: "a", Data: data}}
		if size < full {
			files = append(files, File{Path: "b", Data: []byte("b")})
		}
		packed := packTarGz(t, files)
		if got, err := unpackTarGz(bytes.NewReader(packed), DefaultLimits()); err != nil || !sameFiles(got, files) {
			t.Errorf("a file of %d bytes: ReadTarGz gives %d files, %v", size, len(got), err)
		}
		content := gunzip(t, packed)
		blocks := (len(content) + maxStored - 1) / maxStored
		if want := gzipHeaderLen + storedLen*blocks + len(content) + gzipTrailerLen; len(packed) != want {
			t.Errorf("a file of %d bytes: %d bytes packed, want %d", size, len(packed), want)
		}
		if size == full && len(content)%maxStored != 0 {
			t.Errorf("a file of %d bytes leaves the last block with %d, want it full", size, len(content)%maxStored)
		}
	}
}

func TestTarGzLimits(t *testing.T) {
	data := packTarGz(t, []File{{Path: "a", Data: []byte("12345")}, {Path: "b", Data: []byte("123")}})
	tests := []struct {
		lim   Limits
		files int // visited
		want  string
	}{
		{DefaultLimits(), 2, ""},
		{Limits{Files: 2, FileSize: 5, Size: 8}, 2, ""},
		{Limits{Files: 1, FileSize: 5, Size: 8}, 1, `entry "b": 2 files up to this one, expected at most 1`},
		{Limits{Files: 2, FileSize: 4, Size: 8}, 0, `entry "a": 5 bytes in one file, expected at most 4`},
		{Limits{Files: 2, FileSize: 5, Size: 7}, 1, `entry "b": 8 bytes in all files up to this one, expected at most 7`},
	}
	for _, test := range tests {
		files, err := unpackTarGz(bytes.NewReader(data), test.lim)
		if got := message(err); got != test.want || len(files) != test.files {
			t.Errorf("ReadTarGz with %+v: %d files, %s, want %d, %s", test.lim, len(files), got, test.files, test.want)
		}
		var limit *LimitError
		var format *FormatError
		if err != nil && (!errors.As(err, &limit) || !errors.As(err, &format)) {
			t.Errorf("ReadTarGz with %+v: a %T, want a LimitError in a FormatError", test.lim, err)
		}
	}
	for _, lim := range []Limits{{}, {Files: 2, FileSize: 5}, {Files: 2, Size: 8}, {FileSize: 5, Size: 8}, {Files: -1, FileSize: 5, Size: 8}} {
		if _, err := unpackTarGz(bytes.NewReader(data), lim); err == nil || !strings.Contains(err.Error(), "expected all of them to be positive") {
			t.Errorf("ReadTarGz with %+v: %v, want an error about the limits", lim, err)
		}
	}
}

// archive/tar, compress/gzip, tar and gzip read what we write, and see nothing of note in it.
func TestTarGzInterop(t *testing.T) {
	t.Setenv("TZ", "UTC0")
	long := []File{
		{Path: strings.Repeat("p", 155) + "/" + strings.Repeat("n", 100), Data: make([]byte, 1<<17)},
		{Path: "größe/日本", Data: []byte("x")},
	}
	for name, files := range map[string][]File{"nothing": nil, "tiny": tiny, "sample": samplePackage, "long": long} {
		t.Run(name, func(t *testing.T) {
			data := packTarGz(t, files)
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if z.Name != "" || z.Comment != "" || z.Extra != nil || !z.ModTime.IsZero() || z.OS != 255 {
				t.Errorf("compress/gzip reads %+v", z.Header)
			}
			got := map[string]string{}
			r := tar.NewReader(z)
			for {
				h, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if h.Typeflag != tar.TypeReg || h.Mode != 0o644 || h.ModTime.Unix() != 0 ||
					h.Uid != 0 || h.Gid != 0 || h.Uname+h.Gname+h.Linkname != "" || len(h.PAXRecords) > 0 {
					t.Errorf("archive/tar reads %+v", h)
				}
				b, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				got[h.Name] = string(b)
			}
			want := map[string]string{}
			for _, f := range files {
				want[f.Path] = string(f.Data)
			}
			if !maps.Equal(got, want) {
				t.Errorf("archive/tar reads %q, want %q", got, want)
			}
			checkWithTar(t, data, files)
		})
	}
}

func checkWithTar(t *testing.T, data []byte, files []File) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.tar.gz")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if out := tool(t, "gzip", "-t", file); out != "" {
		t.Errorf("gzip -t says:\n%.2000s", out)
	}
	lines := strings.Split(strings.TrimSuffix(tool(t, "tar", "-tzvf", file), "\n"), "\n")
	if len(files) == 0 {
		lines = lines[1:]
	}
	if len(lines) != len(files) {
		t.Fatalf("tar -tzvf says:\n%q\nwant a line for each of %d files", lines, len(files))
	}
	for i, f := range byPath(files) {
		if !strings.HasPrefix(lines[i], "-rw-r--r-- ") || !strings.Contains(lines[i], fmt.Sprintf(" %d ", len(f.Data))) || !strings.Contains(lines[i], "1970") {
			t.Errorf("tar -tzvf says of %s:\n%s", f.Path, lines[i])
		}
	}
	dir := t.TempDir()
	if out := tool(t, "tar", "-xzf", file, "-C", dir); out != "" {
		t.Errorf("tar -xzf says:\n%.2000s", out)
	}
	if got := byPath(readTree(t, dir)); !sameFiles(got, byPath(files)) {
		t.Errorf("tar -xzf writes %v", pathsOf(got))
	}
}

func TestExtractTarGz(t *testing.T) {
	data := packTarGz(t, samplePackage)
	dir := t.TempDir()
	if err := ExtractTarGz(bytes.NewReader(data), DefaultLimits(), dir); err != nil {
		t.Fatal(err)
	}
	if again := packTarGz(t, readTree(t, dir)); !bytes.Equal(again, data) {
		t.Error("what was unpacked packs to other bytes")
	}
	err := ExtractTarGz(bytes.NewReader(data), DefaultLimits(), dir)
	if err == nil || !strings.Contains(err.Error(), "expected an empty directory") {
		t.Errorf("into a directory with files: %v", err)
	}
	if again := packTarGz(t, readTree(t, dir)); !bytes.Equal(again, data) {
		t.Error("a second archive changed what the first one left")
	}

	// The last bytes of an archive are the only ones that tell whether the contents are
	// right. By then all of them are on disk.
	data[len(data)-8] ^= 1
	parent := t.TempDir()
	for _, dir := range []string{filepath.Join(parent, "made"), t.TempDir()} {
		var format *FormatError
		if err := ExtractTarGz(bytes.NewReader(data), DefaultLimits(), dir); !errors.As(err, &format) || !strings.Contains(err.Error(), "CRC-32") {
			t.Errorf("got %v, want a FormatError about the CRC-32", err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("ExtractTarGz leaves %v", left)
		}
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 0 {
		t.Errorf("ExtractTarGz leaves %v, %v", left, err)
	}
}

// large is a package of a few MB in files of all sizes.
var large = func() []File {
	var files []File
	for i := range 100 {
		files = append(files, File{Path: fmt.Sprintf("src/f%d", i), Data: bytes.Repeat([]byte{byte(i)}, 17*i*i)})
	}
	return files
}()

func BenchmarkStoredTarGz(b *testing.B) {
	b.SetBytes(int64(len(packTarGz(b, large))))
	for b.Loop() {
		if _, err := StoredTarGz(large); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadTarGz(b *testing.B) {
	data := packTarGz(b, large)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := ReadTarGz(bytes.NewReader(data), DefaultLimits(), func(string, int64, io.Reader) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
