package archive

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// CheckPaths returns what is wrong with a set of paths, in their order: what
// [CheckPath] says of each, and which of them can't be beside an earlier one. It goes
// through all of them, and has one problem at most for each, the first.
func CheckPaths(paths []string) []PathProblem {
	var problems []PathProblem
	set := pathSet{names: make(nameTree, 2*len(paths))}
	for _, path := range paths {
		if problem, ok := set.add(path); !ok {
			problems = append(problems, problem)
		}
	}
	return problems
}

// A pathSet is a set of paths that comes one by one.
type pathSet struct {
	names nameTree
	dir   string // of the last path; its names are in the tree
}

// add enters a path. If that may not be in the set, it returns why, and false.
func (s *pathSet) add(path string) (PathProblem, bool) {
	if kind, part := fault(path); kind != "" {
		return PathProblem{Path: path, Kind: kind, Part: part}, false
	}
	sameDir := s.dir != "" && strings.HasPrefix(path, s.dir) && strings.IndexByte(path[len(s.dir):], '/') < 0
	if kind, other := s.names.add(path, sameDir); kind != "" {
		s.dir = ""
		return PathProblem{Path: path, Other: other, Kind: kind}, false
	}
	s.dir = path[:strings.LastIndexByte(path, '/')+1]
	return PathProblem{}, true
}

// A nameTree holds files and all directories above them, by their folded names.
type nameTree map[string]spelling

// A spelling is how the first path that goes through a file or a directory writes it.
type spelling struct {
	path string
	end  int // path[:end] is the spelling; it is a file if that is the whole path
}

func (s spelling) String() string { return s.path[:s.end] }
func (s spelling) isFile() bool   { return s.end == len(s.path) }

// add enters a path with all directories above it, and returns the first clash and the
// earlier path that it is with. The directories of a path known to be in the same
// one as the last one need no look.
func (t nameTree) add(path string, sameDir bool) (clash PathKind, other string) {
	folded := fold(path)
	end, foldedEnd := 0, 0
	if sameDir {
		end, foldedEnd = strings.LastIndexByte(path, '/')+1, strings.LastIndexByte(folded, '/')+1
	}
	// Folding keeps slashes, and makes none, so the two go in step.
	for end < len(path) {
		end, foldedEnd = nameEnd(path, end), nameEnd(folded, foldedEnd)
		here := spelling{path, end}
		there, known := t[folded[:foldedEnd]]
		if !known {
			t[folded[:foldedEnd]] = here
		} else if kind := here.clash(there); kind != "" && clash == "" {
			clash, other = kind, there.path
		}
		end, foldedEnd = end+1, foldedEnd+1
	}
	return clash, other
}

// clash returns why two spellings that fold to the same can't be in one package, or "".
func (s spelling) clash(other spelling) PathKind {
	switch {
	case s.isFile() != other.isFile():
		return PathFileAndDir
	case s.String() != other.String():
		return PathCase
	case s.isFile():
		return PathDuplicate
	}
	return ""
}

// nameEnd returns where the name ends that goes on at start: at the next slash, or
// at the end of the path.
func nameEnd(path string, start int) int {
	if i := strings.IndexByte(path[start:], '/'); i >= 0 {
		return start + i
	}
	return len(path)
}

// fold returns what a path has in common with all that some file system takes for the
// same. It is Unicode's canonical caseless matching (The Unicode Standard, 3.13,
// D145): full case folding between two normalisations.
func fold(path string) string {
	var bits byte
	for i := range len(path) {
		bits |= path[i]
	}
	if bits >= utf8.RuneSelf {
		return norm.NFC.String(cases.Fold().String(norm.NFD.String(path)))
	}
	return strings.ToLower(path) // the same string if nothing is to be done
}
