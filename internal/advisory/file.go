package advisory

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/regen-registry/regen/internal/check"
)

// Read returns the content of the advisories.yaml at the top of a working directory, nil where there is none. Findings say why it
// can't be one.
func Read(top fs.FS) ([]byte, check.Findings, error) {
	info, err := fs.Lstat(top, FileName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, NotAFile(), nil
	case info.Size() > MaxFile:
		return nil, TooLarge(info.Size()), nil
	}
	data, err := fs.ReadFile(top, FileName)
	return data, nil, err
}

// NotAFile says that something else than a regular file has the name.
func NotAFile() check.Findings {
	return check.Findings{{
		Code: "advisories/file", Severity: check.Error, Path: FileName, Message: "is no regular file, expected one, or none",
		Hint: "make it a file; to lift all advisories, remove it",
	}}
}

// TooLarge says that the file has so many bytes, more than [MaxFile].
func TooLarge(size int64) check.Findings {
	return check.Findings{{
		Code: "yaml/size", Severity: check.Error, Path: FileName, Message: fmt.Sprintf("has %d bytes, expected at most %d", size, MaxFile),
		Hint: "shorten the reasons: a link can say more",
	}}
}
