package archive

import "fmt"

// StoredTarGz lays out a stored .tar.gz of the files. The order of the files doesn't
// matter: the same set gives the same bytes.
//
// Contents aren't copied: the segments refer to them, so they must stay as they are
// until the archive is written.
//
// It fails with a [PathProblem] if a name breaks the rules ([CheckPaths] finds all of
// these) or doesn't fit a header, and with a [LimitError] if a file has 8 GiB or more, or
// there are more than 65,534 directories.
func StoredTarGz(files []File) (Segments, error) {
	files, names, err := inOrder("", files)
	if err != nil {
		return nil, err
	}
	tar := make(Segments, 0, 2*len(files)+1)
	between := make([]byte, 0, len(files)*2*tarBlock) // headers, and what fills up the content before them
	padding := 0
	for i, f := range files {
		e := tarEntry{name: names[i], size: int64(len(f.Data))}
		if err := e.check(); err != nil {
			return nil, err
		}
		start := len(between)
		between = append(between, make([]byte, padding)...)
		between = e.appendTo(between)
		tar = append(tar, between[start:], f.Data)
		padding = e.padding()
	}
	return storedGzip(append(tar, make([]byte, padding+tarEnd))), nil
}

// check returns an error if the entry doesn't fit a header.
func (e tarEntry) check() error {
	if _, _, ok := splitTarName(e.name); !ok {
		return PathProblem{Path: e.name, Kind: PathUstar}
	}
	if err := atMost("bytes in a file of a tar", e.size, maxTarFile); err != nil {
		return fmt.Errorf("file %s: %w", quote(e.name), err)
	}
	return nil
}
