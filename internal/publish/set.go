package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/wire"
)

// A release set is what a run without a key hands to one that has it: all that has to be known of the packages of a walk, so that the second run reads none of them. It is a directory:
//
//	set.json           what each looked-at package of each commit is, in canonical JSON
//	files/<sha256>     the files of the new releases, each under its own hash
//
// The hash of set.json names all of it: set.json names each file, and each release by the hash of its metadata, which name the rest. Where a file is published to isn't in there. It follows from the
// metadata, so that a set can't say otherwise. Files lie under their hashes since that is a name that every system and every store of build results can hold, and since two epochs of a log may release
// the same version with different bytes.

// Set is a release set, all of whose hashes were checked. The files are read again when they are needed, and checked again.
type Set struct {
	root *os.Root
	doc  setDocument
	by   map[string]*setPackage // by commit and id
}

// setFormat is the first member's value. Another format of sets has another one.
const setFormat = "regen/1 set"

// The names in a set.
const (
	setName  = "set.json"
	setFiles = "files"
)

// Bounds of a set.
const (
	maxSet      = 64 << 20 // bytes of set.json
	maxSetFiles = 1 << 20
)

// ErrSet says that a release set doesn't fit what it is to be published into: it was made of other commits, or of another published state.
var ErrSet = errors.New("the release set doesn't fit")

// ErrAltered says that a release set isn't as it was written.
var ErrAltered = errors.New("the release set was altered")

// setDocument is set.json.
type setDocument struct {
	Format   string       `json:"format"`
	Registry string       `json:"registry"`       // id
	Commit   string       `json:"commit"`         // the newest one, hex
	Head     string       `json:"head,omitempty"` // the head statement that was published then; absent where nothing was
	Packages []setPackage `json:"packages"`       // in the order of the walk, those of a commit by id
	Files    []wire.Ref   `json:"files"`          // by hash, each once
}

// setPackage is what a commit has under an id.
type setPackage struct {
	Commit    string         `json:"commit"`              // hex
	ID        string         `json:"id"`                  // as [setID] writes it
	Published string         `json:"published,omitempty"` // the highest version before: reading a package depends on it
	Findings  check.Findings `json:"findings,omitempty"`
	Found     *setFound      `json:"found,omitempty"` // absent where the findings hold an error
}

// setFound is a package that can be published, as far as nothing that is published forbids it.
type setFound struct {
	Format      string    `json:"format"`
	Version     string    `json:"version"`
	Source      string    `json:"source"` // digest
	VersionCode int       `json:"version_code,omitempty"`
	DataSchema  int       `json:"data_schema,omitempty"`
	Owner       string    `json:"owner,omitempty"`
	Metadata    *wire.Ref `json:"metadata,omitempty"` // of the release, if it is one
}

func (f *setFound) candidate() registry.Candidate {
	return registry.Candidate{Format: f.Format, Version: f.Version, Source: f.Source,
		Rising: registry.Rising{VersionCode: f.VersionCode, DataSchema: f.DataSchema, Owner: f.Owner}}
}

// setID returns how a set writes the name of a directory, which may be any bytes but a slash.
func setID(id string) string {
	if utf8.ValidString(id) {
		return id
	}
	return "hex/" + hex.EncodeToString([]byte(id))
}

// fileName returns where a file lies in a set.
func fileName(sha256 string) string { return setFiles + "/" + sha256 }

// OpenSet reads a release set and checks it as a whole: set.json has the hash that is wanted, each file that it names is there with its size and hash, and nothing else is. Errors are
// [ErrAltered], but for those of reading.
func OpenSet(dir, wanted string) (_ *Set, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			root.Close()
		}
	}()
	s := &Set{root: root, by: make(map[string]*setPackage)}
	data, err := s.file(setName, maxSet)
	if err != nil {
		return nil, err
	}
	if sum := wire.Sum(data); sum != wanted {
		return nil, fmt.Errorf("%w: %s has sha256 %s, expected %s", ErrAltered, setName, sum, wanted)
	}
	if err := wire.DecodeStrict(data, &s.doc); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAltered, setName, err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAltered, setName, err)
	}
	if err := s.checkFiles(); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the reading of the set.
func (s *Set) Close() error { return s.root.Close() }

// check checks the document by itself.
func (s *Set) check() error {
	d := &s.doc
	if d.Format != setFormat {
		return fmt.Errorf("is of format %q, expected %q", d.Format, setFormat)
	}
	if len(d.Files) > maxSetFiles {
		return fmt.Errorf("names %d files, expected at most %d", len(d.Files), maxSetFiles)
	}
	for i, f := range d.Files {
		if err := wire.CheckSHA256(f.SHA256); err != nil {
			return err
		}
		if f.Size < 0 || f.Size > maxArtifact || i > 0 && d.Files[i-1].SHA256 >= f.SHA256 {
			return fmt.Errorf("names the file %s of %d bytes after another one; files are of at most %d bytes, by hash, and each once", f.SHA256, f.Size, int64(maxArtifact))
		}
	}
	for i := range d.Packages {
		p := &d.Packages[i]
		key := p.Commit + " " + p.ID
		if s.by[key] != nil {
			return fmt.Errorf("has %s of commit %.12s twice", p.ID, p.Commit)
		}
		s.by[key] = p
		if (p.Found == nil) != (len(p.Findings.Errors()) > 0) {
			return fmt.Errorf("%s of commit %.12s: expected either a package or errors", p.ID, p.Commit)
		}
		if p.Found != nil {
			if err := p.Found.check(); err != nil {
				return fmt.Errorf("%s of commit %.12s: %w", p.ID, p.Commit, err)
			}
		}
	}
	return nil
}

func (f *setFound) check() error {
	if err := wire.CheckVersion(f.Version); err != nil {
		return err
	}
	if err := wire.CheckSHA256(f.Source); err != nil {
		return fmt.Errorf("source digest: %w", err)
	}
	return nil
}

// checkFiles checks that the set has the files that it names, and nothing else.
func (s *Set) checkFiles() error {
	for dir, want := range map[string]int{".": 2, setFiles: len(s.doc.Files)} {
		names, err := s.names(dir, want+1)
		if err != nil {
			return err
		}
		for _, name := range names {
			_, named := s.find(name)
			if dir == "." && name != setName && name != setFiles || dir == setFiles && !named {
				return fmt.Errorf("%w: it holds %q, which %s doesn't name", ErrAltered, name, setName)
			}
		}
	}
	return parallel(len(s.doc.Files), func(i int) error {
		want := s.doc.Files[i]
		f, err := s.open(fileName(want.SHA256), want.Size)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		n, err := io.Copy(h, io.LimitReader(f, want.Size+1))
		if err != nil {
			return err
		}
		if sum := hex.EncodeToString(h.Sum(nil)); n != want.Size || sum != want.SHA256 {
			return fmt.Errorf("%w: %s has sha256 %s and %d bytes, expected its name and %d bytes", ErrAltered, fileName(want.SHA256), sum, n, want.Size)
		}
		return nil
	})
}

// names returns at most n names of a directory of the set; none where there is no such directory.
func (s *Set) names(dir string, n int) ([]string, error) {
	info, err := s.root.Lstat(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is no directory", ErrAltered, dir)
	}
	f, err := s.root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(n)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

// find returns the reference to a file of the set.
func (s *Set) find(sha256 string) (wire.Ref, bool) {
	i, ok := slices.BinarySearchFunc(s.doc.Files, sha256, func(f wire.Ref, name string) int { return strings.Compare(f.SHA256, name) })
	if !ok {
		return wire.Ref{}, false
	}
	return s.doc.Files[i], true
}

// open opens a regular file of at most limit bytes.
func (s *Set) open(name string, limit int64) (*os.File, error) {
	info, err := s.root.Lstat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w: %s is missing", ErrAltered, name)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %s is no regular file", ErrAltered, name)
	case info.Size() > limit:
		return nil, fmt.Errorf("%w: %s has %d bytes, expected at most %d", ErrAltered, name, info.Size(), limit)
	}
	return s.root.Open(name)
}

// file reads a file of at most limit bytes.
func (s *Set) file(name string, limit int64) ([]byte, error) {
	f, err := s.open(name, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%w: %s has more than %d bytes", ErrAltered, name, limit)
	}
	return data, err
}

// read returns a file that is wanted by its hash.
func (s *Set) read(ref wire.Ref) ([]byte, error) {
	if has, ok := s.find(ref.SHA256); !ok || has != ref {
		return nil, fmt.Errorf("%w: it lacks the file %s of %d bytes", ErrSet, ref.SHA256, ref.Size)
	}
	data, err := s.file(fileName(ref.SHA256), ref.Size)
	if err != nil {
		return nil, err
	}
	if err := ref.Check(data); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAltered, fileName(ref.SHA256), err)
	}
	return data, nil
}

// fits returns an error unless the set is of a registry and a commit.
func (s *Set) fits(registry, commit string) error {
	switch d := s.doc; {
	case d.Registry != registry:
		return fmt.Errorf("%w: it is of registry %q, expected %q", ErrSet, d.Registry, registry)
	case d.Commit != commit:
		return fmt.Errorf("%w: it was made of commit %.12s, expected %.12s", ErrSet, d.Commit, commit)
	}
	return nil
}

// candidate returns what the set says of a package of a commit. before is the highest version that is published, or "".
func (s *Set) candidate(commit, id, before string) (candidate, error) {
	p := s.by[commit+" "+setID(id)]
	switch {
	case p == nil:
		return candidate{}, fmt.Errorf("%w: it lacks %s of commit %.12s: the published state isn't the one that it was made of", ErrSet, id, commit)
	case p.Published != before:
		return candidate{}, fmt.Errorf("%w: it was made when the highest version of %s was %s, and %s is published", ErrSet, id, orNone(p.Published), orNone(before))
	case p.Found == nil:
		return candidate{findings: slices.Clone(p.Findings)}, nil
	}
	return candidate{findings: slices.Clone(p.Findings), Candidate: p.Found.candidate(), metadata: p.Found.Metadata}, nil
}

func orNone(version string) string {
	if version == "" {
		return "none"
	}
	return version
}
