package archive

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on paths, in bytes: what MAX_PATH on Windows, which is 260, leaves beside a
// drive and the final NUL, and NAME_MAX on Linux.
const (
	MaxPath      = 256
	MaxComponent = 255
)

// A PathKind is a reason why a path is refused. Its value is stable and may be
// part of an error code.
type PathKind string

// Why a path is refused on its own.
const (
	PathEmpty     PathKind = "empty"     // no path at all
	PathTooLong   PathKind = "too-long"  // more than MaxPath bytes, or MaxComponent in a component
	PathAbsolute  PathKind = "absolute"  // starts with a slash
	PathSlashes   PathKind = "slashes"   // "//", or a slash at the end
	PathDots      PathKind = "dots"      // a component "." or ".."
	PathEncoding  PathKind = "encoding"  // not UTF-8
	PathHidden    PathKind = "hidden"    // a control or invisible formatting character
	PathCharacter PathKind = "character" // one of \ < > : " | ? *
	PathTrailing  PathKind = "trailing"  // a component that ends in a dot or a space
	PathDevice    PathKind = "device"    // a component that is a Windows device name
	PathGit       PathKind = "git"       // a component ".git"
)

// Why a path is refused in a tar alone, by [StoredTarGz].
const PathUstar PathKind = "ustar" // does not fit a ustar header

// Why a path is refused beside another one.
const (
	PathDuplicate  PathKind = "duplicate"   // the same path again
	PathCase       PathKind = "case"        // differs only in letter case or normal form
	PathFileAndDir PathKind = "file-or-dir" // a file here, a directory there
)

// A PathProblem says why a path may not be in a package. It is an error.
type PathProblem struct {
	Path  string
	Other string // the earlier path that it clashes with, or empty
	Kind  PathKind
	Part  string // the component or the character at fault, or empty
}

func (p PathProblem) Error() string {
	return "path " + quote(p.Path) + ": " + p.Reason()
}

// Reason returns the error's text without the path.
func (p PathProblem) Reason() string {
	switch p.Kind {
	case PathEmpty:
		return "is empty, expected a file name"
	case PathTooLong:
		if p.Part != "" {
			return fmt.Sprintf("a component of %d bytes, expected at most %d", len(p.Part), MaxComponent)
		}
		return fmt.Sprintf("%d bytes long, expected at most %d", len(p.Path), MaxPath)
	case PathAbsolute:
		return "starts with a slash, expected a relative path"
	case PathSlashes:
		return "an empty component, expected single slashes, and none at the end"
	case PathDots:
		return fmt.Sprintf("a component %q, expected names only", p.Part)
	case PathEncoding:
		return fmt.Sprintf("byte %q is not UTF-8", p.Part)
	case PathHidden:
		return fmt.Sprintf("control or invisible character %+q", p.Part)
	case PathCharacter:
		return fmt.Sprintf("character %q, which Windows does not allow in a name", p.Part)
	case PathTrailing:
		return fmt.Sprintf("component %q ends in a dot or a space, which Windows drops", p.Part)
	case PathDevice:
		return fmt.Sprintf("component %q is a device on Windows", p.Part)
	case PathGit:
		return fmt.Sprintf("component %q is git's own directory", p.Part)
	case PathUstar:
		return fmt.Sprintf("does not fit a tar, expected at most %d bytes, or a slash with at most %d before it and %d after it",
			tarNameLen, tarPrefixLen, tarNameLen)
	case PathDuplicate:
		return "is there twice"
	case PathCase:
		return fmt.Sprintf("clashes with %s: they differ only in letter case or Unicode normal form", quote(p.Other))
	case PathFileAndDir:
		return fmt.Sprintf("clashes with %s: one name for a file and a directory", quote(p.Other))
	}
	return string(p.Kind)
}

// CheckPath returns a [PathProblem] if the path breaks one of the rules that it can
// break alone. Its Path is slash-separated, and as it stands in the archive.
func CheckPath(path string) error {
	if kind, part := fault(path); kind != "" {
		return PathProblem{Path: path, Kind: kind, Part: part}
	}
	return nil
}

// fault returns why a path is refused, and which part of it is to blame, or "".
// It runs over every path of a registry, and neither allocates nor looks at a
// byte twice.
func fault(path string) (kind PathKind, part string) {
	switch {
	case path == "":
		return PathEmpty, ""
	case path[0] == '/':
		return PathAbsolute, ""
	case len(path) > MaxPath:
		return PathTooLong, ""
	}
	start := 0 // of the component
	for i := 0; i < len(path); i++ {
		c := classes[path[i]]
		if c == plain {
			continue
		}
		switch c {
		case slash:
			if kind := componentFault(path[start:i]); kind != "" {
				return kind, path[start:i]
			}
			start = i + 1
		case control:
			return PathHidden, path[i : i+1]
		case refused:
			return PathCharacter, path[i : i+1]
		case beyondASCII:
			r, n := utf8.DecodeRuneInString(path[i:])
			if r == utf8.RuneError && n == 1 {
				return PathEncoding, path[i : i+1]
			}
			if hidden(r) {
				return PathHidden, path[i : i+n]
			}
			i += n - 1
		}
	}
	if kind := componentFault(path[start:]); kind != "" {
		return kind, path[start:]
	}
	return "", ""
}

// A class says what a byte means for a path.
type class uint8

const (
	plain class = iota
	slash
	control
	refused
	beyondASCII
)

var classes = func() (table [256]class) {
	for b := range table {
		switch {
		case b == '/':
			table[b] = slash
		case b < ' ' || b == 0x7f:
			table[b] = control
		case strings.IndexByte(`\<>:"|?*`, byte(b)) >= 0:
			table[b] = refused
		case b >= utf8.RuneSelf:
			table[b] = beyondASCII
		}
	}
	return table
}()

// hidden reports whether a character beyond ASCII is one that nobody sees: a control
// (Cc), a format character (Cf: bidi overrides, zero-width joiners and the like, some
// of which HFS+ ignores when it compares names) or a separator of lines (Zl, Zp).
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// componentFault returns why a component is refused whose characters are all
// right, or "".
func componentFault(name string) PathKind {
	switch {
	case name == "":
		return PathSlashes
	case len(name) > MaxComponent:
		return PathTooLong
	case name == "." || name == "..":
		return PathDots
	case name[len(name)-1] == '.' || name[len(name)-1] == ' ':
		return PathTrailing
	case isGit(name):
		return PathGit
	case isDevice(name):
		return PathDevice
	}
	return ""
}

// isGit reports whether a name means ".git" somewhere. "git~1" is its short name on
// NTFS, which git itself refuses, too (core.protectNTFS).
func isGit(name string) bool {
	switch len(name) {
	case len(".git"):
		return strings.EqualFold(name, ".git")
	case len("git~1"):
		return strings.EqualFold(name, "git~1")
	}
	return false
}

// isDevice reports whether Windows takes a name for a device, which it does whatever
// the extension is and whatever spaces stand before it. The names are from
// Microsoft's "Naming Files, Paths, and Namespaces", with the digit 0, which some
// versions know, and the superscripts ¹²³, which count as digits.
func isDevice(name string) bool {
	if len(name) < 3 {
		return false
	}
	const lower = 'a' - 'A' // the bit that makes an ASCII letter a small one
	switch [3]byte{name[0] | lower, name[1] | lower, name[2] | lower} {
	case [3]byte{'p', 'r', 'n'}, [3]byte{'a', 'u', 'x'}, [3]byte{'n', 'u', 'l'}:
		return stem(name)[3:] == ""
	case [3]byte{'c', 'o', 'n'}:
		rest := stem(name)[3:]
		return rest == "" || strings.EqualFold(rest, "IN$") || strings.EqualFold(rest, "OUT$")
	case [3]byte{'c', 'o', 'm'}, [3]byte{'l', 'p', 't'}:
		switch stem(name)[3:] {
		case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
			return true
		}
	}
	return false
}

// stem returns a name without what follows its first dot and without the spaces before that.
func stem(name string) string {
	name, _, _ = strings.Cut(name, ".")
	return strings.TrimRight(name, " ")
}
