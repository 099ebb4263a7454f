package archive

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever is accepted is just what StoredZip writes for the same files.
func FuzzReadZip(f *testing.F) {
	seeds := [][]byte{pack(f, "", nil), pack(f, "p/", tiny), pack(f, "p/", samplePackage)}
	for _, h := range hostile {
		seeds = append(seeds, h.data)
	}
	addSeeds(f, seeds)
	lim := Limits{Files: 100, FileSize: 1 << 16, Size: 1 << 18}
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := unpack(data, lim)
		if err != nil {
			return
		}
		if again := pack(t, "", files); !bytes.Equal(again, data) {
			t.Errorf("accepted\n%x\nwhich is written\n%x", data, again)
		}
	})
}

// Whatever is accepted is safe by rules that are worded another way.
func FuzzCheckPath(f *testing.F) {
	var seeds []string
	for _, test := range pathCases {
		seeds = append(seeds, test.path)
	}
	addSeeds(f, seeds)
	f.Fuzz(func(t *testing.T, p string) {
		err := CheckPath(p)
		if (err == nil) != allowed(p) {
			t.Errorf("CheckPath(%q) = %v, but allowed is %v", p, err, allowed(p))
		}
		if err != nil {
			if s := err.Error(); !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("CheckPath(%q) has an error that isn't fit to print: %q", p, s)
			}
			return
		}
		if !fs.ValidPath(p) || p == "." || path.Clean(p) != p || !filepath.IsLocal(p) {
			t.Errorf("CheckPath accepts %q", p)
		}
		if CheckPaths([]string{p}) != nil || CheckPaths([]string{p, p}) == nil {
			t.Errorf("CheckPaths does not agree with CheckPath about %q", p)
		}
	})
}

// allowed words the rules for one path as plainly as it can, however slow it is.
func allowed(p string) bool {
	if len(p) > MaxPath || !utf8.ValidString(p) || strings.ContainsAny(p, `\<>:"|?*`) {
		return false
	}
	for _, r := range p {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return false
		}
	}
	devices := strings.Fields("con prn aux nul conin$ conout$")
	for _, digit := range strings.Fields("0 1 2 3 4 5 6 7 8 9 ¹ ² ³") {
		devices = append(devices, "com"+digit, "lpt"+digit)
	}
	for component := range strings.SplitSeq(p, "/") {
		lower := strings.ToLower(component)
		base, _, _ := strings.Cut(lower, ".")
		switch {
		case component == "", component == ".", component == "..", len(component) > MaxComponent,
			strings.HasSuffix(component, "."), strings.HasSuffix(component, " "),
			lower == ".git", lower == "git~1", slices.Contains(devices, strings.TrimRight(base, " ")):
			return false
		}
	}
	return true
}

// addSeeds adds seeds to those that are checked in, and fails if either are missing.
func addSeeds[T any](f *testing.F, seeds []T) {
	f.Helper()
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	dir := filepath.Join("testdata", "fuzz", f.Name())
	if files, err := os.ReadDir(dir); err != nil || len(files) == 0 {
		f.Fatalf("%s: %d seeds, %v", dir, len(files), err)
	}
}
