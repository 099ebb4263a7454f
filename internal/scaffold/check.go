package scaffold

import (
	"bytes"
	"errors"
	"io/fs"
)

// A Drift is a file of a repo that isn't as it is to be.
type Drift struct {
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"` // the first one that differs, from 1; 0 where the file is missing
	Found    string `json:"found,omitempty"`
	Expected string `json:"expected,omitempty"`
}

// Missing reports whether the file isn't there.
func (d Drift) Missing() bool { return d.Line == 0 }

// needed are files that every registry has, and that aren't made of a template.
var needed = []string{"minisign.pub"}

// Check says where a repo has drifted from what [Files] makes. read returns a file of the repo; fs.ErrNotExist where there is none.
func Check(p Params, read func(path string) ([]byte, error)) ([]Drift, error) {
	list, err := Files(p)
	if err != nil {
		return nil, err
	}
	for _, path := range needed {
		list = append(list, File{Path: path, Edited: true})
	}
	return check(list, read)
}

func check(list []File, read func(path string) ([]byte, error)) ([]Drift, error) {
	var drifts []Drift
	for _, f := range list {
		data, err := read(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			drifts = append(drifts, Drift{Path: f.Path})
		case err != nil:
			return nil, err
		case !f.Edited && !bytes.Equal(data, f.Data):
			d := Drift{Path: f.Path}
			d.Line, d.Found, d.Expected = differs(data, f.Data)
			drifts = append(drifts, d)
		}
	}
	return drifts, nil
}

// differs returns the first line that differs, and what stands there. Where a file ends is shown as "end of file".
func differs(found, expected []byte) (line int, was, want string) {
	for line = 1; ; line++ {
		a, restA, moreA := bytes.Cut(found, []byte("\n"))
		b, restB, moreB := bytes.Cut(expected, []byte("\n"))
		if !bytes.Equal(a, b) || moreA != moreB {
			return line, shown(a, moreA), shown(b, moreB)
		}
		found, expected = restA, restB
	}
}

// longest is how much of a line is shown, in bytes.
const longest = 200

func shown(line []byte, more bool) string {
	switch {
	case len(line) == 0 && !more:
		return "end of file"
	case len(line) > longest:
		return string(line[:longest]) + "…"
	case !more:
		return string(line) + " (without a line end)"
	}
	return string(line)
}
