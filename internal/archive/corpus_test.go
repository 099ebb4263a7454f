package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the hostile archives in testdata anew")

// A corpusCase is an archive in testdata/hostile that must be refused, and why.
type corpusCase struct {
	name   string
	made   func() []byte // makes it
	script string        // or a script for sh, which writes it to ../out with the tools that everybody uses
	want   string        // the whole error
}

// zipped and tarred return what makes an archive with these names, which is right but for them.
func zipped(names ...string) func() []byte { return func() []byte { return zipOf(names...) } }
func tarred(names ...string) func() []byte { return func() []byte { return tarNames(names...) } }

// namesCorpus are names that must be refused in every format.
var namesCorpus = []struct {
	name  string
	files []string
	want  string
}{
	{"climb-to-parent", []string{"../canary"}, `path "../canary": a component "..", expected names only`},
	{"climb-to-sibling", []string{"../near/canary"}, `path "../near/canary": a component "..", expected names only`},
	{"climb-to-top", []string{"../../canary"}, `path "../../canary": a component "..", expected names only`},
	{"climb-after-a-file", []string{"a/b", "a/b/../../../canary"}, `path "a/b/../../../canary": a component "..", expected names only`},
	{"climb-through-a-file", []string{"a", "a/../../canary"}, `path "a/../../canary": a component "..", expected names only`},
	{"climb-by-three-dots", []string{".../canary"}, `path ".../canary": component "..." ends in a dot or a space, which Windows drops`},
	{"climb-by-dots-and-spaces", []string{".. /canary"}, `path ".. /canary": component ".. " ends in a dot or a space, which Windows drops`},
	{"climb-by-backslash-inside", []string{`a\..\..\canary`}, `path "a\\..\\..\\canary": character "\\", which Windows does not allow in a name`},
	{"absolute-to-canary", []string{absolute}, `path "/tmp/regen-archive-canary": starts with a slash, expected a relative path`},
	{"absolute-by-two-slashes", []string{"//host/share/canary"}, `path "//host/share/canary": starts with a slash, expected a relative path`},
	{"absolute-unc", []string{`\\host\share\canary`}, `path "\\\\host\\share\\canary": character "\\", which Windows does not allow in a name`},
	{"absolute-by-a-drive", []string{"C:canary"}, `path "C:canary": character ":", which Windows does not allow in a name`},
	{"absolute-nt-object", []string{`\??\C:\canary`}, `path "\\??\\C:\\canary": character "\\", which Windows does not allow in a name`},
	{"stream", []string{"a:b"}, `path "a:b": character ":", which Windows does not allow in a name`},
	{"stream-of-data", []string{"a::$DATA"}, `path "a::$DATA": character ":", which Windows does not allow in a name`},
	{"stream-of-a-directory", []string{"a:$I30:$INDEX_ALLOCATION/b"}, `path "a:$I30:$INDEX_ALLOCATION/b": character ":", which Windows does not allow in a name`},
	{"dot-at-the-end", []string{"a."}, `path "a.": component "a." ends in a dot or a space, which Windows drops`},
	{"dot-at-the-end-of-a-directory", []string{"a./b"}, `path "a./b": component "a." ends in a dot or a space, which Windows drops`},
	{"space-at-the-end", []string{"a "}, `path "a ": component "a " ends in a dot or a space, which Windows drops`},
	{"device", []string{"con"}, `path "con": component "con" is a device on Windows`},
	{"device-with-extensions", []string{"CON.tar.gz"}, `path "CON.tar.gz": component "CON.tar.gz" is a device on Windows`},
	{"device-as-a-directory", []string{"aux/a"}, `path "aux/a": component "aux" is a device on Windows`},
	{"device-with-superscript", []string{"COM¹.log"}, `path "COM¹.log": component "COM¹.log" is a device on Windows`},
	{"device-of-the-console", []string{"conout$"}, `path "conout$": component "conout$" is a device on Windows`},
	{"git-by-its-short-name", []string{"GIT~1/hooks/post-checkout"}, `path "GIT~1/hooks/post-checkout": component "GIT~1" is git's own directory`},
	{"duplicate", []string{"a/b", "a/b"}, `path "a/b": is there twice`},
	{"duplicate-by-a-slash", []string{"a", "a/"}, `path "a/": an empty component, expected single slashes, and none at the end`},
	{"duplicate-by-two-slashes", []string{"a//b", "a/b"}, `path "a//b": an empty component, expected single slashes, and none at the end`},
	{"duplicate-by-a-dot", []string{"a/./b", "a/b"}, `path "a/./b": a component ".", expected names only`},
	{"case-of-letters", []string{"README.md", "readme.MD"}, `path "readme.MD": clashes with "README.md": they differ only in letter case or Unicode normal form`},
	{"case-beyond-ascii", []string{"É", "é"}, `path "é": clashes with "É": they differ only in letter case or Unicode normal form`},
	{"case-of-sharp-s", []string{"STRASSE", "straße"}, `path "straße": clashes with "STRASSE": they differ only in letter case or Unicode normal form`},
	{"case-of-a-ligature", []string{"file", "ﬁle"}, "path \"\ufb01le\": clashes with \"file\": they differ only in letter case or Unicode normal form"},
	{"case-of-the-kelvin-sign", []string{"k", "\u212a"}, "path \"\u212a\": clashes with \"k\": they differ only in letter case or Unicode normal form"},
	{"case-of-sigma", []string{"ΟΔΟΣ", "οδος"}, `path "οδος": clashes with "ΟΔΟΣ": they differ only in letter case or Unicode normal form`},
	{"normal-form", []string{"cafe\u0301", "caf\u00e9"}, "path \"caf\u00e9\": clashes with \"cafe\u0301\": they differ only in letter case or Unicode normal form"},
	{"normal-form-of-a-directory", []string{"u\u0308/a", "\u00fc/b"}, "path \"\u00fc/b\": clashes with \"u\u0308/a\": they differ only in letter case or Unicode normal form"},
	{"normal-form-of-hangul", []string{"\u1112\u1161\u11ab", "\ud55c"}, "path \"\ud55c\": clashes with \"\u1112\u1161\u11ab\": they differ only in letter case or Unicode normal form"},
	{"normal-form-of-angstrom", []string{"\u00c5", "\u212b"}, "path \"\u212b\": clashes with \"\u00c5\": they differ only in letter case or Unicode normal form"},
	{"normal-form-by-order-of-marks", []string{"a\u0301\u0323", "a\u0323\u0301"}, "path \"a\u0323\u0301\": clashes with \"a\u0301\u0323\": they differ only in letter case or Unicode normal form"},
	{"file-that-is-a-directory", []string{"a", "a/b"}, `path "a/b": clashes with "a": one name for a file and a directory`},
	{"file-that-is-a-directory-in-other-case", []string{"A", "a/b"}, `path "a/b": clashes with "A": one name for a file and a directory`},
}

// corpus returns all of it.
func corpus() []corpusCase {
	var all []corpusCase
	for _, c := range namesCorpus {
		all = append(all,
			corpusCase{name: "zip/" + c.name + ".zip", made: zipped(c.files...), want: c.want},
			corpusCase{name: "targz/" + c.name + ".tar.gz", made: tarred(c.files...), want: c.want})
	}
	return slices.Concat(all, zipCorpus, tarCorpus)
}

// Whatever is in the corpus is refused, for the reason that it is there for, by reading and by
// unpacking it, and nothing around changes.
func TestCorpus(t *testing.T) {
	known := make(map[string]bool)
	w := newWorld(t, t.TempDir())
	for _, c := range corpus() {
		known[c.name] = true
		if *update {
			c.write(t)
		}
		t.Run(c.name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "hostile", c.name))
			if err != nil {
				t.Fatal(err)
			}
			if c.made != nil && !bytes.Equal(data, c.made()) {
				t.Error("the file isn't what is made for it, which -update mends")
			}
			_, err = unpackAny(c.name, data, DefaultLimits())
			if got := message(err); got != c.want {
				t.Errorf("read\n got %s\nwant %s", got, c.want)
			}
			w.refuses(t, unpacker(c.name, data, DefaultLimits()), c.want)
		})
	}
	err := filepath.WalkDir(filepath.Join("testdata", "hostile"), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(filepath.Join("testdata", "hostile"), path)
		if err == nil && !d.IsDir() && !known[filepath.ToSlash(name)] {
			t.Errorf("%s is no case", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// unpackAny reads an archive into memory, going by the end of its name.
func unpackAny(name string, data []byte, lim Limits) ([]File, error) {
	if strings.HasSuffix(name, ".zip") {
		return unpack(data, lim)
	}
	return unpackTarGz(bytes.NewReader(data), lim)
}

// write makes the file of a case.
func (c corpusCase) write(t *testing.T) {
	data := []byte(nil)
	if c.made != nil {
		data = c.made()
	} else {
		data = c.run(t)
	}
	file := filepath.Join("testdata", "hostile", c.name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, data, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// run runs the script of a case in an empty directory. Around a tar that it makes goes gzip as
// it must be, so that the tar is looked at.
func (c corpusCase) run(t *testing.T) []byte {
	top := t.TempDir()
	dir := filepath.Join(top, "in")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-euc", c.script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "ZIPOPT=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c.name, err, out)
	}
	data, err := os.ReadFile(filepath.Join(top, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(c.name, "targz/") && !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		data = gz(data)
	}
	return data
}

// ordinaryZip64 is what archive/zip makes of as many files as need zip64.
func ordinaryZip64(n int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		h := zip.FileHeader{Name: numbered(i), Flags: flags, CreatorVersion: version, ReaderVersion: version}
		if _, err := z.CreateRaw(&h); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// numbered returns names in byte order.
func numbered(i int) string { return fmt.Sprintf("%06d", i) }
