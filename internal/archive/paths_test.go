package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// pathCases has every rule for a single path, with what it refuses beside the nearest
// that it allows. An empty kind means allowed.
var pathCases = []struct {
	path string
	kind PathKind
}{
	{"a", ""},
	{"", PathEmpty},
	{"Plugin.php", ""},
	{"assets/img/icon.svg", ""},

	{"a/b", ""},
	{"/a/b", PathAbsolute},
	{"/", PathAbsolute},
	{"//server/share", PathAbsolute},
	{"a//b", PathSlashes},
	{"a/b/", PathSlashes},

	{"..a", ""},
	{".a", ""},
	{"a..b", ""},
	{"...a/b", ""},
	{".", PathDots},
	{"..", PathDots},
	{"../a", PathDots},
	{"a/../b", PathDots},
	{"a/..", PathDots},
	{"./a", PathDots},
	{"a/./b", PathDots},
	{"...", PathTrailing},

	{"größe/日本/𝕏", ""},
	{"\uFFFD", ""}, // the character itself, well encoded
	{"a\xff", PathEncoding},
	{"\xc0\xafa", PathEncoding},        // overlong slash
	{"\xed\xa0\x80", PathEncoding},     // surrogate
	{"gr\xc3", PathEncoding},           // cut off
	{"\xf4\x90\x80\x80", PathEncoding}, // beyond U+10FFFF

	{"a b", ""},
	{"a\x00", PathHidden},
	{"a\nb", PathHidden},
	{"a\tb", PathHidden},
	{"\x1b[31m", PathHidden},
	{"a\x7f", PathHidden},
	{"a\u0085b", PathHidden},        // next line, a C1 control
	{"gpj\u202e.exe", PathHidden},   // right-to-left override
	{".g\u200cit/hook", PathHidden}, // HFS+ ignores it
	{"a\ufeffb", PathHidden},
	{"a\u2028b", PathHidden},
	{"a\u00a0b", ""},

	{"a-_+=,;~!@#$%^&()[]{}'`b", ""},
	{`a\b`, PathCharacter},
	{`..\a`, PathCharacter},
	{"C:/a", PathCharacter},
	{"a:stream", PathCharacter},
	{"a<b", PathCharacter},
	{"a>b", PathCharacter},
	{`a"b`, PathCharacter},
	{"a|b", PathCharacter},
	{"a?", PathCharacter},
	{"*", PathCharacter},

	{"a. b/.c d", ""},
	{"a.", PathTrailing},
	{"a ", PathTrailing},
	{"a./b", PathTrailing},
	{"a /b", PathTrailing},
	{" a", ""},

	{"console", ""},
	{"con1", ""},
	{"acon", ""},
	{"a.con", ""},
	{"co", ""},
	{"com", ""},
	{"com10", ""},
	{"comx", ""},
	{"com⁴", ""},
	{"lpt/x", ""},
	{"null", ""},
	{"conin", ""},
	{"CON", PathDevice},
	{"con", PathDevice},
	{"cOn.txt", PathDevice},
	{"con.tar.gz", PathDevice},
	{"con .txt", PathDevice},
	{"a/prn/b", PathDevice},
	{"AUX.h", PathDevice},
	{"nul", PathDevice},
	{"COM1", PathDevice},
	{"com0", PathDevice},
	{"com9.log", PathDevice},
	{"com¹", PathDevice},
	{"LPT³.txt", PathDevice},
	{"lpt5", PathDevice},
	{"CONIN$", PathDevice},
	{"conout$.x", PathDevice},

	{".gitignore", ""},
	{".github/x", ""},
	{"git", ""},
	{"a.git", ""},
	{"git~2", ""},
	{".git", PathGit},
	{".git/config", PathGit},
	{"a/.GiT/hooks", PathGit},
	{"GIT~1/config", PathGit},

	{strings.Repeat("a", MaxComponent), ""},
	{strings.Repeat("a", MaxComponent+1), PathTooLong},
	{strings.Repeat("a/", MaxPath/2-1) + "aa", ""},
	{strings.Repeat("a/", MaxPath/2) + "a", PathTooLong},
	{strings.Repeat("é", 127), ""},
	{strings.Repeat("é", 128), PathTooLong}, // bytes count, not characters
}

func TestCheckPath(t *testing.T) {
	for _, test := range pathCases {
		if got := kindOf(t, CheckPath(test.path)); got != test.kind {
			t.Errorf("CheckPath(%q) = %q, want %q", test.path, got, test.kind)
		}
	}
}

// kindOf returns the kind of a path problem, or "" for no error.
func kindOf(t testing.TB, err error) PathKind {
	if err == nil {
		return ""
	}
	var p PathProblem
	if !errors.As(err, &p) {
		t.Fatalf("error %v is a %T, want a PathProblem", err, err)
	}
	return p.Kind
}

func TestCheckPathDoesNotAllocate(t *testing.T) {
	for _, path := range []string{"src/Controllers/Plugin.php", "größe/日本.txt", "common/null.go"} {
		if n := testing.AllocsPerRun(100, func() {
			if err := CheckPath(path); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("CheckPath(%q): %v allocations, want none", path, n)
		}
	}
}

func TestCheckPaths(t *testing.T) {
	const nfc, nfd = "caf\u00e9", "cafe\u0301"
	clash := func(path, other string, kind PathKind) PathProblem {
		return PathProblem{Path: path, Other: other, Kind: kind}
	}
	tests := []struct {
		name  string
		paths []string
		want  []PathProblem
	}{
		{"none", nil, nil},
		{"one", []string{"a"}, nil},
		{"apart", []string{"a", "b", "c/a", "c/b", "d/a"}, nil},
		{"neighbours", []string{"a-b", "a.b", "a/b", "ab"}, nil},
		{"file beside a directory", []string{"a.txt", "a/b"}, nil},
		{"name again elsewhere", []string{"a/b", "b", "b2/a/b"}, nil},

		{"bad paths", []string{"../a", "b", "b//c"}, []PathProblem{
			{Path: "../a", Kind: PathDots, Part: ".."}, {Path: "b//c", Kind: PathSlashes}}},

		{"duplicate", []string{"a/b", "c", "a/b"}, []PathProblem{clash("a/b", "a/b", PathDuplicate)}},
		{"three times", []string{"a", "a", "a"}, []PathProblem{clash("a", "a", PathDuplicate), clash("a", "a", PathDuplicate)}},
		{"in one directory", []string{"d/a", "d/a"}, []PathProblem{clash("d/a", "d/a", PathDuplicate)}},

		{"case of a file", []string{"readme.md", "README.md"}, []PathProblem{clash("README.md", "readme.md", PathCase)}},
		{"case in one directory", []string{"d/a", "d/A"}, []PathProblem{clash("d/A", "d/a", PathCase)}},
		{"case of a directory", []string{"src/a", "Src/b"}, []PathProblem{clash("Src/b", "src/a", PathCase)}},
		{"case of a directory and a file in it", []string{"src/a", "Src/A"}, []PathProblem{clash("Src/A", "src/a", PathCase)}},
		{"case of a directory further down", []string{"x/src/a", "x/Src/b/c"}, []PathProblem{clash("x/Src/b/c", "x/src/a", PathCase)}},
		{"case beyond ASCII", []string{"größe", "GRÖSSE"}, []PathProblem{clash("GRÖSSE", "größe", PathCase)}},
		{"case across ASCII", []string{"key", "\u212aey"}, []PathProblem{clash("\u212aey", "key", PathCase)}},
		{"case in a directory beyond ASCII", []string{"é/a", "é/A", "é/b"}, []PathProblem{clash("é/A", "é/a", PathCase)}},
		{"normal form", []string{nfc, nfd}, []PathProblem{clash(nfd, nfc, PathCase)}},
		{"normal form and case", []string{nfc, strings.ToUpper(nfd)}, []PathProblem{clash(strings.ToUpper(nfd), nfc, PathCase)}},
		{"accents matter", []string{"cafe", nfc, "cafè"}, nil},
		{"compatibility forms stay apart", []string{"2", "²", "fi"}, nil},

		{"file, then directory", []string{"a", "a/b"}, []PathProblem{clash("a/b", "a", PathFileAndDir)}},
		{"directory, then file", []string{"a/b", "a"}, []PathProblem{clash("a", "a/b", PathFileAndDir)}},
		{"file and directory, folded", []string{"A", "a/b"}, []PathProblem{clash("a/b", "A", PathFileAndDir)}},
		{"file and directory, apart", []string{"a", "a-b", "a/b/c"}, []PathProblem{clash("a/b/c", "a", PathFileAndDir)}},
		{"file and directory, far down", []string{"a/b/c", "a/b/c/d/e"}, []PathProblem{clash("a/b/c/d/e", "a/b/c", PathFileAndDir)}},

		{"all of them", []string{"a", "A", "b/", "a/c", "d", "d"}, []PathProblem{
			clash("A", "a", PathCase), {Path: "b/", Kind: PathSlashes}, clash("a/c", "a", PathFileAndDir), clash("d", "d", PathDuplicate)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := CheckPaths(test.paths); !slices.Equal(got, test.want) {
				t.Errorf("CheckPaths(%q)\n got %+v\nwant %+v", test.paths, got, test.want)
			}
		})
	}
}

// Where a path stands in the set can't matter for whether there is a problem.
func TestCheckPathsInAnyOrder(t *testing.T) {
	paths := []string{"x/a/b", "x/a/c", "y", "x/é/1", "x/é/2", "x/A/d"}
	for range paths {
		paths = append(paths[1:], paths[0])
		if got := CheckPaths(paths); len(got) == 0 {
			t.Errorf("CheckPaths(%q) found nothing, want a clash of x/a and x/A", paths)
		}
	}
}

// Clashes are looked for component by component, in the path and its folded form side by
// side, so no character may fold to something with a slash, or eat one.
func TestFoldKeepsSlashes(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r == '/' || !utf8.ValidRune(r) {
			continue
		}
		s := "a/" + string(r) + "/b"
		if f := fold(s); strings.Count(f, "/") != 2 || !strings.HasPrefix(f, "a/") || !strings.HasSuffix(f, "/b") {
			t.Errorf("fold(%+q) = %+q, which has other slashes", s, f)
		}
	}
}

func TestPathProblemWording(t *testing.T) {
	long := strings.Repeat("a", MaxPath)
	tests := []struct{ paths, want string }{
		{"", `path "": is empty, expected a file name`},
		{"/a", `path "/a": starts with a slash, expected a relative path`},
		{"a//b", `path "a//b": an empty component, expected single slashes, and none at the end`},
		{"a/../b", `path "a/../b": a component "..", expected names only`},
		{"a\xff", `path "a\xff": byte "\xff" is not UTF-8`},
		{"a\u202eb", `path "a\u202eb": control or invisible character "\u202e"`},
		{"a\x1b[2Jb", `path "a\x1b[2Jb": control or invisible character "\x1b"`},
		{`a\b`, `path "a\\b": character "\\", which Windows does not allow in a name`},
		{"a./b", `path "a./b": component "a." ends in a dot or a space, which Windows drops`},
		{"a/nul.c", `path "a/nul.c": component "nul.c" is a device on Windows`},
		{".git/x", `path ".git/x": component ".git" is git's own directory`},
		{long, `path "` + long + `": a component of 256 bytes, expected at most 255`},
		{long + "\n", `path "` + long + `"…: 257 bytes long, expected at most 256`},
		{"a,a", `path "a": is there twice`},
		{"a,A", `path "A": clashes with "a": they differ only in letter case or Unicode normal form`},
		{"a,a/b", `path "a/b": clashes with "a": one name for a file and a directory`},
	}
	for _, test := range tests {
		problems := CheckPaths(strings.Split(test.paths, ","))
		if got := fmt.Sprint(problems); got != "["+test.want+"]" {
			t.Errorf("CheckPaths(%q)\n got %s\nwant [%s]", test.paths, got, test.want)
		}
	}
}

func BenchmarkCheckPath(b *testing.B) {
	for _, path := range []string{"acme-panel-42/src/Http/Controllers/Plugin.php", "größe/日本.txt"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if err := CheckPath(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheckPaths(b *testing.B) {
	paths := make([]string, len(samplePackage))
	for i, f := range samplePackage {
		paths[i] = "acme-panel-42/" + f.Path
	}
	for b.Loop() {
		if problems := CheckPaths(paths); problems != nil {
			b.Fatal(problems)
		}
	}
}
