package manifest

import "strings"

// SignatureFile is the author's signature, at the top of a package. It is left out of every artifact and of the source digest, so that signing anew needs no new version.
const SignatureFile = "regen.minisig"

// Excluded reports whether a file is left out of the packages of every format: the author's signature, and what belongs to git, to an editor, to
// an operating system or to npm, and never to the package. Such names mean the same wherever they are, and the tools leave
// them in any directory, so they count at any depth.
//
// path is relative to the package's directory.
func Excluded(path string) bool {
	if path == SignatureFile {
		return true
	}
	for {
		name, rest, more := strings.Cut(path, "/")
		switch name {
		case ".git", ".github", "node_modules", ".idea", ".vscode":
			return true
		case ".DS_Store", "Thumbs.db", ".gitignore", ".gitattributes":
			return !more
		}
		if !more {
			return false
		}
		path = rest
	}
}

// excludedAtTop reports whether a path is one of the files, or lies in one of the directories, at the top of a package. A format uses
// it for names that are its ecosystem's convention for the top alone: deeper down, the same word may be a directory that the
// package needs.
func excludedAtTop(path string, dirs, files []string) bool {
	top, _, inside := strings.Cut(path, "/")
	names := files
	if inside {
		names = dirs
	}
	for _, name := range names {
		if top == name {
			return true
		}
	}
	return false
}
