package trust_test

import (
	"errors"
	"testing"

	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// A head counts if a release key signed it, as a head of the registry and of the epoch, above the floor.
func TestHead(t *testing.T) {
	statement := wire.Statement{Registry: "example", Serial: 3, Issued: 1, Expires: 2, Root: wire.RefOf([]byte("{}")), Epoch: 1, LogSize: 4, LogRoot: wire.Sum(nil), Keys: 1}
	first := document("ci", "root")
	revoked := after(first, func(d *wire.Trust) { d.Release, d.Revoked, d.Epoch, d.Floor = keys("ci2"), keys("ci"), 2, floor(3) })
	at := func(change func(*wire.Statement)) wire.Statement {
		s := statement
		change(&s)
		return s
	}
	second := at(func(s *wire.Statement) { s.Epoch, s.Serial, s.LogSize, s.Keys = 2, 4, 4, 2 })
	for _, c := range []struct {
		name      string
		doc       wire.Trust
		statement wire.Statement
		signer    string
		class     error
	}{
		{"by a release key", first, statement, "ci", nil},
		{"by the root key", first, statement, "root", trust.ErrSigner},
		{"by a stranger", first, statement, "thief", trust.ErrSigner},
		{"by another key with the id of a release key", first, statement, "ci/thief", trust.ErrSigner},
		{"of another registry", first, at(func(s *wire.Statement) { s.Registry = "other" }), "ci", trust.ErrRegistry},
		{"of an epoch that isn't begun", first, second, "ci", trust.ErrEpoch},
		{"by the new key, in its epoch", revoked, second, "ci2", nil},
		{"by the revoked key, in its old epoch", revoked, statement, "ci", trust.ErrSigner},
		{"by the revoked key, in the new epoch", revoked, second, "ci", trust.ErrSigner},
		{"by the new key, in the old epoch", revoked, statement, "ci2", trust.ErrEpoch},
		{"not above the floor's serial", revoked, at(func(s *wire.Statement) { s.Epoch, s.Serial, s.LogSize = 2, 3, 9 }), "ci2", trust.ErrEpoch},
		{"not above the floor's size", revoked, at(func(s *wire.Statement) { s.Epoch, s.Serial, s.LogSize = 2, 9, 3 }), "ci2", trust.ErrEpoch},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := &trust.Document{Trust: c.doc}
			head, err := doc.Head(key(c.signer).Sign([][]byte{[]byte("{}")}, c.statement.String()))
			if !errors.Is(err, c.class) || c.class == nil && err != nil {
				t.Fatalf("got %v, expected %v", err, c.class)
			}
			if err != nil {
				return
			}
			if head.Statement != c.statement {
				t.Errorf("read as %+v", head.Statement)
			}
			if head.Signs([]byte("{}")) != nil || head.Signs([]byte("{ }")) == nil {
				t.Error("it signs another root node, or not its own")
			}
		})
	}
	doc := &trust.Document{Trust: first}
	meta := wire.MetadataComment("a", "1.0.0", wire.RefOf([]byte("{}")))
	sig := key("ci").Sign([][]byte{[]byte("{}")}, meta)
	if _, err := doc.Head(sig); !errors.Is(err, trust.ErrPurpose) {
		t.Errorf("a signature of metadata as the head: %v", err)
	}
	if err := doc.Verify([][]byte{[]byte("{}")}, sig, meta); err != nil {
		t.Error(err)
	}
	if doc.Verify([][]byte{[]byte("{}")}, sig, wire.ArtifactComment("a", "1.0.0", wire.RefOf([]byte("{}")))) == nil {
		t.Error("a signature serves for another purpose")
	}
	if (&trust.Document{Trust: revoked}).Verify([][]byte{[]byte("{}")}, sig, meta) == nil {
		t.Error("a revoked key's signature counts")
	}
	if doc.Allows(key("root").Public()) || !doc.Allows(key("ci").Public()) {
		t.Error("a root key signs releases, or a release key doesn't")
	}
}
