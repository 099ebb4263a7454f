// Package stamp knows what packing adds to the files of a package's source, and takes it out again.
//
// The publisher packs with it, and a device that holds a package against its author's signature undoes it: the author signed the source. The rules:
//
//   - What is added follows from the other files and the time of the release alone.
//   - Taking it out gives the source byte for byte, or an error. Nothing else is let through.
//   - No files that are handed in are changed.
//
// What the archives of each format look like is in docs/spec.md, section 11.
package stamp

import (
	"fmt"
	"slices"
	"strings"
)

// A File is one file of a package.
type File struct {
	Path string // slash-separated, relative to the package's directory
	Exec bool   // whether git has it as executable
	Data []byte // never changed by whoever gets it
}

// Source returns the files of a package's source, sorted by path, given those of its artifact with their paths as they stand there. The time of the release is in unix seconds.
func Source(format, id string, files []File, released int64) ([]File, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	switch format {
	case "vito":
		for i := range files {
			rest, ok := strings.CutPrefix(files[i].Path, id+"/")
			if !ok {
				return nil, fmt.Errorf("the package has %q, expected every file below %s/", files[i].Path, id)
			}
			files[i].Path = rest
		}
		return files, nil
	case "mosis":
		return WithoutDigests(files)
	case "dropserver":
		return WithoutDate(files, released)
	}
	return files, nil // nothing is added; one of which that isn't true isn't what its author signed
}
