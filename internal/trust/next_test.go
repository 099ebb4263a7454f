package trust_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func ptr[T any](v T) *T { return &v }

// A rotation changes what it is told to, and leaves the document that it is made of alone.
func TestRotate(t *testing.T) {
	old := document("ci", "a", "b")
	was := old
	for _, c := range []struct {
		name    string
		changes trust.Changes
		want    func(*wire.Trust)
		err     string
	}{
		{"release keys", trust.Changes{Release: keys("ci2", "ci3")}, func(d *wire.Trust) { d.Release = keys("ci2", "ci3") }, ""},
		{"root keys", trust.Changes{Root: keys("b", "c", "d")}, func(d *wire.Trust) { d.Root.Keys = keys("b", "c", "d") }, ""},
		{"the threshold", trust.Changes{Threshold: ptr(1)}, func(d *wire.Trust) { d.Root.Threshold = 1 }, ""},
		{"an expiry", trust.Changes{Expires: ptr(int64(5))}, func(d *wire.Trust) { d.Expires = 5 }, ""},
		{"nothing", trust.Changes{}, nil, "nothing changes"},
		{"what it is already", trust.Changes{Release: keys("ci"), Threshold: ptr(2)}, nil, "nothing changes"},
		{"no root key", trust.Changes{Root: []string{}}, nil, "version 2 has no root key"},
		{"no release key", trust.Changes{Release: []string{}}, nil, "version 2 has no release key"},
		{"fewer root keys than the threshold", trust.Changes{Root: keys("a")}, nil, "threshold is 2 of 1"},
		{"a threshold of none", trust.Changes{Threshold: ptr(0)}, nil, "threshold is 0"},
		{"a key twice", trust.Changes{Release: keys("x", "x")}, nil, "two release keys"},
		{"another root key with the id of one before", trust.Changes{Root: keys("a/other", "c")}, nil, "id of an earlier one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := trust.Rotate(old, c.changes)
			wantError(t, err, c.err)
			if err != nil {
				return
			}
			want := after(old, c.want)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, expected %+v", got, want)
			}
		})
	}
	if !reflect.DeepEqual(old, was) {
		t.Error("the document before was changed")
	}
}

// A revocation takes keys from both lists, for ever, and begins an epoch at the floor.
func TestRevoke(t *testing.T) {
	single := wire.SingleKey("example", keys("k")[0])
	offline := document("ci", "root")
	offline.Release = keys("ci", "mirror")
	got, err := trust.Revoke(offline, keys("ci"), *floor(7), trust.Changes{})
	want := after(offline, func(d *wire.Trust) { d.Release, d.Revoked, d.Epoch, d.Floor = keys("mirror"), keys("ci"), 2, floor(7) })
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("one of two release keys: %+v, %v", got, err)
	}
	if len(offline.Release) != 2 || offline.Release[0] != keys("ci")[0] {
		t.Error("the document before was changed")
	}

	_, err = trust.Revoke(document("ci", "root"), keys("ci"), *floor(7), trust.Changes{})
	if !errors.Is(err, trust.ErrNoKey) {
		t.Errorf("the last release key: %v", err)
	}
	_, err = trust.Revoke(single, keys("k"), *floor(7), trust.Changes{Release: keys("new")})
	wantError(t, err, "no root key")
	got, err = trust.Revoke(single, keys("k"), *floor(7), trust.Changes{Release: keys("new"), Root: keys("newroot")})
	if err != nil || got.Root.Keys[0] != keys("newroot")[0] || got.Epoch != 2 {
		t.Errorf("a single key: %+v, %v", got, err)
	}
	_, err = trust.Revoke(single, keys("k"), *floor(7), trust.Changes{Release: keys("k"), Root: keys("newroot")})
	wantError(t, err, "is revoked, and may sign")

	again, err := trust.Revoke(got, keys("new"), *floor(9), trust.Changes{Release: keys("newer")})
	if err != nil || again.Epoch != 3 || !reflect.DeepEqual(again.Revoked, keys("k", "new")) {
		t.Errorf("a second revocation: %+v, %v", again, err)
	}
	_, err = trust.Revoke(got, keys("new"), *floor(7), trust.Changes{Release: keys("newer")})
	wantError(t, err, "isn't above")
	_, err = trust.Revoke(got, keys("k"), *floor(9), trust.Changes{})
	wantError(t, err, "is revoked already")
	_, err = trust.Revoke(got, keys("new", "new"), *floor(9), trust.Changes{Release: keys("newer")})
	wantError(t, err, "is revoked already")
	_, err = trust.Revoke(got, nil, *floor(9), trust.Changes{})
	wantError(t, err, "revokes no key")
	_, err = trust.Revoke(offline, keys("ci"), wire.Floor{Serial: 1, Size: 1, Root: "x"}, trust.Changes{})
	wantError(t, err, "sha256")
	// A key that was rotated away may have been stolen before: it can be revoked still.
	if got, err := trust.Revoke(document("ci2", "root"), keys("ci"), *floor(7), trust.Changes{}); err != nil || got.Release[0] != keys("ci2")[0] {
		t.Errorf("a key that isn't in the document: %v", err)
	}
}

// Drafts are all versions at hand, with how far their signatures go.
func TestDrafts(t *testing.T) {
	f := make(files)
	if list, err := trust.Drafts(f.read); err != nil || len(list) != 0 {
		t.Errorf("none: %v, %v", list, err)
	}
	first := document("ci", "a", "b", "c")
	first.Root.Threshold = 2
	f.put(t, first, "a", "b")
	second := after(first, func(d *wire.Trust) { d.Root.Keys = keys("a", "b", "d") })
	f.put(t, second, "a", "d")
	list, err := trust.Drafts(f.read)
	if err != nil || len(list) != 2 || !list[0].Complete() || list[1].Complete() {
		t.Fatalf("%+v, %v", list, err)
	}
	want := []trust.Quorum{
		{Version: 1, Threshold: 2, Signed: keys("a"), Missing: keys("b", "c")},
		{Version: 2, Threshold: 2, Signed: keys("a", "d"), Missing: keys("b")},
	}
	if !reflect.DeepEqual(list[1].Quorums, want) {
		t.Errorf("got %+v, expected %+v", list[1].Quorums, want)
	}
	f.put(t, second, "b")
	if list, err = trust.Drafts(f.read); err != nil || !list[1].Complete() {
		t.Errorf("with the last signature: %v", err)
	}

	third := after(second, func(d *wire.Trust) { d.Registry = "other" })
	f.put(t, third)
	list, err = trust.Drafts(f.read)
	if !errors.Is(err, trust.ErrForged) || len(list) != 2 {
		t.Errorf("a version that can't follow: %d versions, %v", len(list), err)
	}
	delete(f, wire.KeysPath(2))
	list, err = trust.Drafts(f.read)
	wantError(t, err, "keys/3.json is there, and keys/2.json isn't")
	if len(list) != 1 {
		t.Errorf("%d versions", len(list))
	}
}
