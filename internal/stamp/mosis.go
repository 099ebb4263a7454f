package stamp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// The directory META-INF of a mosis package is about the package itself.
const (
	MetaDir     = "META-INF"
	DigestsFile = MetaDir + "/MANIFEST.MF" // made when the package is packed
)

// InMeta reports whether a path is in META-INF, or would be where letter case doesn't count.
func InMeta(path string) bool {
	top, _, _ := strings.Cut(path, "/")
	return strings.EqualFold(top, MetaDir)
}

// Digests returns META-INF/MANIFEST.MF: a line for each file outside of META-INF, in byte order of their paths, as sha256sum writes and checks it. The files are sorted.
func Digests(files []File) []byte {
	var b bytes.Buffer
	for _, f := range files {
		if !InMeta(f.Path) {
			sum := sha256.Sum256(f.Data)
			b.WriteString(hex.EncodeToString(sum[:]))
			b.WriteString("  ")
			b.WriteString(f.Path)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// Undigested returns the files without META-INF/MANIFEST.MF.
func Undigested(files []File) []File {
	return slices.DeleteFunc(slices.Clone(files), func(f File) bool { return f.Path == DigestsFile })
}

// WithDigests returns the files with META-INF/MANIFEST.MF. One that is there is made anew.
func WithDigests(files []File) []File {
	files = Undigested(files)
	i, _ := slices.BinarySearchFunc(files, DigestsFile, func(f File, path string) int { return strings.Compare(f.Path, path) })
	return slices.Insert(files, i, File{Path: DigestsFile, Data: Digests(files)})
}

// WithoutDigests undoes [WithDigests].
func WithoutDigests(files []File) ([]File, error) {
	source := Undigested(files)
	switch i := slices.IndexFunc(files, func(f File) bool { return f.Path == DigestsFile }); {
	case i < 0:
		return nil, errors.New("there is no " + DigestsFile + " in the package")
	case len(source) != len(files)-1:
		return nil, errors.New(DigestsFile + " is in the package twice")
	case !bytes.Equal(files[i].Data, Digests(source)):
		return nil, errors.New(DigestsFile + " isn't what the files in the package give")
	}
	return source, nil
}
