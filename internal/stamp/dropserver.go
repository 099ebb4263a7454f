package stamp

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DropManifest is the manifest of a dropserver app, which gets the day of the release.
const DropManifest = "dropapp.json"

// WithDate returns the files of a dropserver app in whose manifest the day of the release, in UTC, is the first member. All other bytes of it stay as they are.
func WithDate(files []File, released int64) []File {
	return replaced(files, func(data []byte) []byte { return Dated(data, released) })
}

// WithoutDate undoes [WithDate].
func WithoutDate(files []File, released int64) ([]File, error) {
	var original []byte
	for _, f := range files {
		if f.Path == DropManifest {
			original = undated(f.Data, released)
		}
	}
	if original == nil {
		return nil, fmt.Errorf("expected a %s that begins with %s", DropManifest, releaseDate(released))
	}
	return replaced(files, func([]byte) []byte { return original }), nil
}

// replaced returns the files with another manifest.
func replaced(files []File, content func([]byte) []byte) []File {
	files = slices.Clone(files)
	for i := range files {
		if files[i].Path == DropManifest {
			files[i].Data = content(files[i].Data)
		}
	}
	return files
}

// releaseDate returns the member that says when a release was, as Dropserver's packager writes it (cmd/ds-dev/packageapp.go).
func releaseDate(released int64) string {
	return `"release-date": "` + time.Unix(released, 0).UTC().Format(time.DateOnly) + `"`
}

// Dated returns a JSON object with the release's day as its first member. The white space that is before the first member stands before both then.
func Dated(data []byte, released int64) []byte {
	head, space, rest := openedObject(data)
	if head == nil {
		return data
	}
	comma := ","
	if bytes.HasPrefix(rest, []byte("}")) {
		comma = ""
	}
	return slices.Concat(head, space, []byte(releaseDate(released)+comma), space, rest)
}

// undated returns what Dated made data of, or nil.
func undated(data []byte, released int64) []byte {
	head, _, rest := openedObject(data)
	rest, ok := bytes.CutPrefix(rest, []byte(releaseDate(released)))
	if !ok {
		return nil
	}
	original := slices.Concat(head, bytes.TrimPrefix(rest, []byte(",")))
	if !bytes.Equal(Dated(original, released), data) {
		return nil
	}
	return original
}

// openedObject parts an object of JSON after its bracket and after the white space behind that. Without an object, head is nil.
func openedObject(data []byte) (head, space, rest []byte) {
	const white = " \t\r\n"
	start := bytes.IndexByte(data, '{') + 1
	if start == 0 || strings.Trim(string(data[:start-1]), white) != "" {
		return nil, nil, data
	}
	rest = bytes.TrimLeft(data[start:], white)
	return data[:start], data[start : len(data)-len(rest)], rest
}
