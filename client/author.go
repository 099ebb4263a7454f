package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
)

// A device that asks for authors ([Options.Authors]) installs only what an author signed, and keeps the keys that the signature names. From then on, a version has to be signed by one of those keys, whether the
// option is set or not: whoever has the registry's keys alone can't update the package. Keys change where a version that is signed by a known one names others. A device that
// never had that version reads its metadata: the signature binds the keys, and no files are needed for that.

// bound reports whether releases of a package are held against their author's signature. in is nil where the package isn't installed.
func (s *session) bound(in *Installed) bool {
	return s.o.Authors || in != nil && len(in.Authors) > 0
}

// unsigned returns why a release isn't one that the device takes from its author, or "". It looks at no files. between are the versions of the package that the device may have
// missed. consent says that the owner agreed to another author.
func (s *session) unsigned(m Metadata, in *Installed, between []Version, consent bool) (string, error) {
	if !s.bound(in) || consent && !s.o.Authors {
		return "", nil
	}
	if m.Author == nil {
		return "isn't signed by its author", nil
	}
	key, err := author.Signer(m.ID, m.Version, *m.Author, m.Author.Keys)
	if err != nil {
		return fmt.Sprintf("has no valid signature of its author: %v", err), nil
	}
	if in == nil || len(in.Authors) == 0 || consent || slices.Contains(in.Authors, key) {
		return "", nil
	}
	known, err := s.followKeys(m, in, between)
	if err != nil {
		return "", err
	}
	if slices.Contains(known, key) {
		return "", nil
	}
	// The whole keys: whoever makes a key chooses its id.
	return fmt.Sprintf("is signed by key %s, and this device knows the author by %s", key, strings.Join(known, ", ")), nil
}

// maxFollowed bounds how many versions are looked at to follow an author's keys: each costs a document.
const maxFollowed = 256

// followKeys returns the keys that the versions between the installed one and a newer one lead to. A version that none of the known keys signed, or that an advisory blocks, says nothing about them.
func (s *session) followKeys(m Metadata, in *Installed, between []Version) ([]string, error) {
	known, looked := in.Authors, 0
	for _, v := range between {
		if wire.CompareVersions(v.Version, in.Version) <= 0 || wire.CompareVersions(v.Version, m.Version) >= 0 || v.Blocked() {
			continue
		}
		if looked++; looked > maxFollowed {
			break
		}
		step, seen := s.authorships[v.Metadata]
		if !seen {
			m, err := s.metadata(m.ID, v)
			if err != nil {
				return nil, err
			}
			step = m.Author
			if s.authorships == nil {
				s.authorships = make(map[wire.Ref]*wire.Authorship)
			}
			s.authorships[v.Metadata] = step
		}
		if step == nil {
			continue
		}
		key, err := author.Signer(m.ID, v.Version, *step, step.Keys)
		if err == nil && slices.Contains(known, key) {
			known = step.Keys
		}
	}
	return known, nil
}

// authors holds an unpacked release against its author's signature, and returns the keys that it names; none where nobody asks for them.
func (s *session) authors(m Metadata, in *Installed, dir string, consent bool) ([]string, error) {
	if !s.bound(in) || consent && !s.o.Authors {
		return nil, nil
	}
	if m.Author == nil {
		return nil, failf(StepChoose, Author, "%s %s isn't signed by its author", m.ID, m.Version)
	}
	unpacked, err := archive.Files(dir, limits(m.Artifact.Size))
	if err != nil {
		return nil, classified(StepUnpack, Local, err)
	}
	files := make([]stamp.File, len(unpacked))
	for i, f := range unpacked {
		files[i] = stamp.File{Path: f.Path, Data: f.Data}
	}
	if files, err = stamp.Source(m.Format, m.ID, files, m.ReleasedAt); err == nil {
		_, err = author.Check(m.ID, m.Version, *m.Author, files)
	}
	if err != nil {
		return nil, failf(StepUnpack, Author, "the author's signature of %s %s: %w", m.ID, m.Version, err)
	}
	return m.Author.Keys, nil
}
