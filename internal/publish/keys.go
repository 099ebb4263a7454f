package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// adopt brings the trust documents up to a commit: version 1 where nothing is published yet, and then each next version that the commit has, if it has enough
// signatures. One that can't follow is an error of the commit as a whole: then nothing changes.
func (r *run) adopt(ctx context.Context, s Snapshot) error {
	docs, waiting, err := r.newer(s)
	if err != nil {
		return err
	}
	r.waiting = waiting
	var back *floorState
	last := r.trust
	for _, doc := range docs {
		if last != nil && doc.InEpoch() != last.InEpoch() {
			if back, err = r.atFloor(doc, back); err != nil {
				return keysError(s.Commit, wire.KeysPath(doc.Version), err)
			}
		}
		last = doc
	}
	for _, doc := range docs {
		if back != nil && doc == back.doc {
			if err := r.returnTo(ctx, back, s); err != nil {
				return err
			}
		}
		if err := r.introduce(doc, s.Time); err != nil {
			return err
		}
	}
	return nil
}

// newer returns the versions of the trust document that a commit has and the run hasn't, and what the one after them waits for: nil where there is none.
func (r *run) newer(s Snapshot) (docs []*trust.Document, waiting, err error) {
	read := Documents(r.History, s)
	last := r.trust
	if last == nil {
		if last, err = r.first(read); err != nil {
			return nil, nil, keysError(s.Commit, wire.KeysPath(1), err)
		}
		docs = append(docs, last)
	}
	for {
		next, err := trust.Successor(last, read)
		switch {
		case errors.Is(err, trust.ErrMissing):
			return docs, nil, nil
		case errors.Is(err, trust.ErrNotYet):
			return docs, err, nil
		case err != nil:
			return nil, nil, keysError(s.Commit, wire.KeysPath(last.Version+1), err)
		}
		docs, last = append(docs, next), next
	}
}

// Documents returns a reader of the trust documents in a snapshot. They must be as this format writes them, since they are published as they are.
func Documents(h History, s Snapshot) trust.ReadFunc {
	return func(path string, limit int64) ([]byte, error) {
		data, err := h.File(s, path, limit)
		if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
			return nil, fmt.Errorf("%w: %s has %d bytes, expected at most %d", trust.ErrSyntax, path, tooLarge.Found, limit)
		}
		if errors.Is(err, ErrNotAFile) {
			return nil, fmt.Errorf("%w: %s is %w", trust.ErrSyntax, path, ErrNotAFile)
		}
		if err != nil || strings.HasSuffix(path, wire.SignatureSuffix) {
			return data, err
		}
		if err := trust.Canonical(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return data, nil
	}
}

// keysError is an error of the commit as a whole, unless it is one of reading.
func keysError(commit, path string, err error) error {
	hint := "make it with `regen keys`, and take it back as it was if it was made by hand"
	switch {
	case errors.Is(err, errFloor):
		hint = "name a state that the published log went through; if the log was rewritten, restore the tree from a backup; into an empty directory, publish from the registry's first commit on, with --from"
	case errors.Is(err, trust.ErrForged), errors.Is(err, trust.ErrSyntax), errors.Is(err, trust.ErrMissing):
	default:
		return err
	}
	return &CommitError{commit, check.Findings{{Code: "keys/document", Severity: check.Error, Path: path, Message: err.Error(), Hint: hint}}}
}

// introduce makes a trust document the newest, and appends its event.
func (r *run) introduce(doc *trust.Document, time int64) error {
	r.trust = doc
	r.time = max(r.time, time)
	r.documents = append(r.documents, doc)
	return r.appendKeys(doc)
}

func (r *run) appendKeys(doc *trust.Document) error {
	_, err := r.append(wire.Event{Type: wire.EventKeys, Keys: doc.Version, SHA256: wire.Sum(doc.Data), Time: r.time})
	return err
}

// first returns version 1 of the trust document: the commit's, or, where it has none, the one that names the pinned key for everything.
func (r *run) first(read trust.ReadFunc) (*trust.Document, error) {
	doc, err := trust.Read(1, read)
	if err == nil {
		if doc.Registry != r.config.ID {
			return nil, fmt.Errorf("%w: it is of registry %q, and registry.yaml says %q", trust.ErrForged, doc.Registry, r.config.ID)
		}
		return doc, r.Pin.First(doc, read)
	}
	key, pinned := r.Pin.Key()
	if !errors.Is(err, trust.ErrMissing) || !pinned {
		return nil, err
	}
	t := wire.SingleKey(r.config.ID, key.String())
	data, err := wire.Encode(t)
	if err != nil {
		return nil, err
	}
	doc = &trust.Document{Trust: t, Data: data, Signatures: make(map[string][]byte)}
	switch {
	case r.Signer == nil, r.rebuilding():
	case !r.Signer.Public().Equal(key):
		return nil, fmt.Errorf("the secret key is %s, and the public key that devices pin is %s: %w", sign.KeyID(r.Signer.Public()), sign.KeyID(key), ErrPair)
	default:
		doc.Signatures[sign.KeyID(key)] = r.Signer.Sign([][]byte{data}, wire.KeysComment(t.Registry, 1, wire.RefOf(data)))
	}
	return doc, nil
}

// writeTrust writes the trust documents that are new. They come last before the head: a device that meets a version
// that revokes the key of the head trusts that head no more. No head names them, so a part of one must never be there: it would be taken for a forgery.
func (r *run) writeTrust(ctx context.Context) error {
	for _, doc := range r.documents {
		for _, id := range slices.Sorted(maps.Keys(doc.Signatures)) {
			if err := r.create(ctx, wire.KeysSignaturePath(doc.Version, id), doc.Signatures[id]); err != nil {
				return err
			}
		}
		if err := r.createWhole(ctx, wire.KeysPath(doc.Version), doc.Data); err != nil {
			return err
		}
	}
	return nil
}

// maySign returns an error unless the newest trust document lets the signer sign.
func (r *run) maySign() error {
	if r.rebuilding() || r.trust.Allows(r.Signer.Public()) {
		return nil
	}
	waits := ""
	if r.waiting != nil {
		waits = fmt.Sprintf(" (%v)", r.waiting)
	}
	return fmt.Errorf("the secret key is %s, and version %d of the trust document doesn't name it as a release key%s: %w", sign.KeyID(r.Signer.Public()), r.trust.Version, waits, ErrPair)
}

// refuseEarly saves work where it is plain from the start that the signer may not sign, and that no commit lets it.
func (r *run) refuseEarly(head Snapshot) error {
	if r.DryRun || r.trust == nil {
		return nil
	}
	if _, err := r.History.File(head, wire.KeysPath(r.trust.Version+1), trust.MaxDocument); err == nil {
		return nil
	}
	return r.maySign()
}

// rebuilding reports whether nothing is signed.
func (r *run) rebuilding() bool {
	_, is := r.Signer.(unsigned)
	return is
}
