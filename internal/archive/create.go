package archive

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
)

// StoredZip lays out a stored zip of the files, each under prefix + Path. The prefix is
// empty or ends in a slash. The order of the files doesn't matter: the same set
// gives the same bytes.
//
// Contents aren't copied: the segments refer to them, so they must stay as they are
// until the archive is written.
//
// It fails with a [PathProblem] if a name breaks the rules, the first one in the
// archive's order ([CheckPaths] finds them all), and with a [LimitError] beyond 65,534
// files, 65,534 directories or 4 GiB - 2 bytes.
func StoredZip(prefix string, files []File) (Segments, error) {
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	if err := atMost("files", int64(len(files)), maxEntries); err != nil {
		return nil, err
	}
	files, names, err := inOrder(prefix, files)
	if err != nil {
		return nil, err
	}
	var localSize, centralSize, contentSize int64
	for i, f := range files {
		localSize += localLen + int64(len(names[i]))
		centralSize += centralLen + int64(len(names[i]))
		contentSize += int64(len(f.Data))
	}
	if err := atMost("bytes in a zip", localSize+contentSize+centralSize+endLen, maxZipSize); err != nil {
		return nil, err
	}

	segments := make(Segments, 0, 2*len(files)+1)
	headers := make([]byte, 0, localSize)
	directory := make([]byte, 0, centralSize+endLen)
	offset := int64(0)
	for i, f := range files {
		e := entry{
			name:   names[i],
			crc:    crc32.ChecksumIEEE(f.Data),
			size:   uint32(len(f.Data)),
			offset: uint32(offset),
		}
		start := len(headers)
		headers = e.appendLocal(headers)
		segments = append(segments, slices.Clip(headers[start:]))
		if len(f.Data) > 0 {
			segments = append(segments, f.Data)
		}
		directory = e.appendCentral(directory)
		offset = e.end()
	}
	tail := endRecord{entries: uint16(len(files)), size: uint32(centralSize), offset: uint32(offset)}
	return append(segments, tail.appendTo(directory)), nil
}

// inOrder returns the files in the archive's order, and their names there. It fails with
// the first [PathProblem] of these, or a [LimitError] if there are too many directories.
func inOrder(prefix string, files []File) ([]File, []string, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	names := make([]string, len(files))
	last, dirs := "", int64(0)
	for i, f := range files {
		names[i] = prefix + f.Path
		dirs += newDirs(last, names[i])
		last = names[i]
	}
	if err := atMost("directories", dirs, maxDirs); err != nil {
		return nil, nil, err
	}
	if problems := CheckPaths(names); len(problems) > 0 {
		return nil, nil, problems[0]
	}
	return files, names, nil
}

// checkPrefix checks what stands before every path of an archive.
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	dir, ok := strings.CutSuffix(prefix, "/")
	if !ok {
		return fmt.Errorf("prefix %s: expected a slash at its end", quote(prefix))
	}
	if err := CheckPath(dir); err != nil {
		return fmt.Errorf("prefix: %w", err)
	}
	return nil
}
