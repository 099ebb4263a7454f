package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/regen-registry/regen/internal/archive"
)

// stage gets a release, unpacks it into a fresh directory, and compares what the package says of itself with its metadata. It returns the directory.
func (s *session) stage(m Metadata, ways []way, change *Change) (string, error) {
	f, err := s.get(m, ways, change)
	if err != nil {
		return "", err
	}
	defer f.Close()
	s.step(StepUnpack)
	dir := s.swappedOut()
	if err := os.RemoveAll(dir); err != nil { // what another package was before
		return "", failf(StepUnpack, Local, "%w", err)
	}
	if err := unpack(f, m, dir); err != nil {
		return "", &Error{Step: StepUnpack, Class: unpackClass(err), Err: err}
	}
	if err := inside(m, dir); err != nil {
		return "", &Error{Step: StepUnpack, Class: Wrong, Err: err}
	}
	if err := archive.SyncTree(dir); err != nil {
		return "", classified(StepUnpack, Local, err)
	}
	return dir, nil
}

// unpackClass tells a bad archive from a bad disk, which the system has an error for.
func unpackClass(err error) Class {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return Local
	}
	return Archive
}

// limits bound what an artifact unpacks to: nothing in it is compressed.
func limits(size int64) archive.Limits {
	l := archive.DefaultLimits()
	l.Size, l.FileSize = max(size, 1), max(size, 1)
	return l
}

// unpack unpacks an artifact into a directory that doesn't exist.
func unpack(f *os.File, m Metadata, dir string) error {
	switch lim := limits(m.Artifact.Size); {
	case strings.HasSuffix(m.Artifact.Name, ".tar.gz"):
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return archive.ExtractTarGz(f, lim, dir)
	case strings.HasSuffix(m.Artifact.Name, ".mana"):
		return single(f, m, dir)
	default:
		return archive.ExtractZip(f, m.Artifact.Size, lim, dir)
	}
}

// single puts an artifact that is one file into a directory.
func single(f *os.File, m Metadata, dir string) error {
	if err := archive.CheckPath(m.Entrypoint); err != nil {
		return err
	}
	if strings.Contains(m.Entrypoint, "/") {
		return fmt.Errorf("the bundle's name is %q, expected one without a directory", m.Entrypoint)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	to, err := os.OpenFile(filepath.Join(dir, m.Entrypoint), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, io.NewSectionReader(f, 0, m.Artifact.Size))
	return errors.Join(err, to.Close())
}

// pack makes an artifact again of the directory that it was unpacked to: archives have one form, so the bytes are the same, unless something was changed.
func pack(dir string, a artifact) (archive.Segments, error) {
	files, err := archive.Files(dir, limits(a.Size))
	if err != nil {
		return nil, err
	}
	switch {
	case strings.HasSuffix(a.Name, ".tar.gz"):
		return archive.StoredTarGz(files)
	case strings.HasSuffix(a.Name, ".mana"):
		if len(files) != 1 {
			return nil, fmt.Errorf("%s has %d files, expected one", dir, len(files))
		}
		return archive.Segments{files[0].Data}, nil
	}
	return archive.StoredZip("", files)
}

// holds reports whether a directory holds what an artifact unpacks to.
func holds(dir string, a artifact) bool {
	segments, err := pack(dir, a)
	if err != nil || segments.Size() != a.Size {
		return false
	}
	h := sha256.New()
	_, err = segments.WriteTo(h)
	return err == nil && hex.EncodeToString(h.Sum(nil)) == a.SHA256
}

// repack makes the artifact of the installed package again.
func (s *session) repack(id string, in *Installed) ([]byte, error) {
	if in == nil {
		return nil, errors.New("nothing is installed")
	}
	segments, err := pack(s.packageDir(id), in.Artifact)
	if err != nil {
		return nil, err
	}
	data := bytes.Join(segments, nil)
	return data, in.Artifact.ref().Check(data)
}

// intact reports whether an installed package is as it was unpacked, and where.
func (s *session) intact(id string, in *Installed) bool {
	return s.checkPlace(id) == nil && holds(s.packageDir(id), in.Artifact)
}
