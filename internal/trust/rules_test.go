package trust_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// What a document says by itself: each row breaks one rule of a sound one.
func TestCheck(t *testing.T) {
	var many []string
	for i := range trust.MaxRevoked + 1 {
		many = append(many, keys(strings.Repeat("x", i+1))...)
	}
	for _, c := range []struct {
		name   string
		change func(*wire.Trust)
		want   string
	}{
		{"sound", func(*wire.Trust) {}, ""},
		{"one key for both", func(d *wire.Trust) { *d = wire.SingleKey("example", keys("root")[0]) }, ""},
		{"with all there is", func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor, d.Expires = keys("old"), 2, floor(1), 1 }, ""},
		{"as many keys as there may be", func(d *wire.Trust) {
			d.Root.Keys, d.Release = many[:trust.MaxKeys], many[:trust.MaxKeys]
			d.Revoked, d.Epoch, d.Floor = many[trust.MaxKeys:trust.MaxRevoked], 2, floor(1)
		}, ""},
		{"no registry", func(d *wire.Trust) { d.Registry = "" }, "empty"},
		{"version 0", func(d *wire.Trust) { d.Version = 0 }, "version 0"},
		{"epoch 1 spelled out", func(d *wire.Trust) { d.Epoch = 1 }, "epoch 1"},
		{"an epoch below 0", func(d *wire.Trust) { d.Epoch = -1 }, "epoch -1"},
		{"an epoch that nothing came before", func(d *wire.Trust) { d.Version, d.Revoked, d.Epoch, d.Floor = 1, keys("old"), 2, floor(1) }, "version 1 is in epoch 2"},
		{"expired before time began", func(d *wire.Trust) { d.Expires = -1 }, "expires -1"},
		{"no root key", func(d *wire.Trust) { d.Root.Keys = nil }, "0 root keys"},
		{"no release key", func(d *wire.Trust) { d.Release = nil }, "0 release keys"},
		{"too many root keys", func(d *wire.Trust) { d.Root.Keys = many[:trust.MaxKeys+1] }, "33 root keys"},
		{"too many release keys", func(d *wire.Trust) { d.Release = many[:trust.MaxKeys+1] }, "33 release keys"},
		{"too many revoked keys", func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = many, 2, floor(1) }, "257 revoked keys"},
		{"a threshold of none", func(d *wire.Trust) { d.Root.Threshold = 0 }, "threshold is 0 of 2"},
		{"a threshold that can't be reached", func(d *wire.Trust) { d.Root.Threshold = 3 }, "threshold is 3 of 2"},
		{"a root key twice", func(d *wire.Trust) { d.Root.Keys = keys("root", "root") }, "two root keys have the id"},
		{"two root keys with one id", func(d *wire.Trust) { d.Root.Keys = keys("root", "root/other") }, "two root keys have the id"},
		{"two release keys with one id", func(d *wire.Trust) { d.Release = keys("ci", "ci/other") }, "two release keys have the id"},
		{"a root key and a release key with one id", func(d *wire.Trust) { d.Release = keys("root/other") }, "two keys have the id"},
		{"a revoked key with the id of a release key", func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = keys("ci/other"), 2, floor(1) }, "two keys have the id"},
		{"no key at all", func(d *wire.Trust) { d.Release = []string{"RW"} }, "isn't a minisign public key"},
		{"a key in two lines", func(d *wire.Trust) { d.Release[0] = "untrusted comment: x\n" + d.Release[0] }, "isn't a minisign public key"},
		{"a key with a space behind it", func(d *wire.Trust) { d.Release[0] += " " }, "isn't a minisign public key"},
		{"a revoked release key", func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = keys("ci"), 2, floor(1) }, "is revoked, and may sign"},
		{"a revoked root key", func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = keys("root"), 2, floor(1) }, "is revoked, and may sign"},
		{"an epoch without a floor", func(d *wire.Trust) { d.Revoked, d.Epoch = keys("old"), 2 }, "come together"},
		{"an epoch without a revoked key", func(d *wire.Trust) { d.Epoch, d.Floor = 2, floor(1) }, "come together"},
		{"a floor in epoch 1", func(d *wire.Trust) { d.Floor = floor(1) }, "come together"},
		{"a floor without a serial", func(d *wire.Trust) {
			d.Revoked, d.Epoch, d.Floor = keys("old"), 2, &wire.Floor{Size: 1, Root: wire.Sum(nil)}
		}, "serial 0"},
		{"a floor without entries", func(d *wire.Trust) {
			d.Revoked, d.Epoch, d.Floor = keys("old"), 2, &wire.Floor{Serial: 1, Root: wire.Sum(nil)}
		}, "size 0"},
		{"a floor without a root", func(d *wire.Trust) { d.Revoked, d.Epoch, d.Floor = keys("old"), 2, &wire.Floor{Serial: 1, Size: 1} }, "sha256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := document("ci", "root", "second")
			doc.Version = 9
			c.change(&doc)
			wantError(t, trust.Check(doc), c.want)
			data, err := wire.Encode(doc)
			if err != nil {
				t.Fatal(err)
			}
			_, err = trust.Parse(data)
			wantError(t, err, c.want)
			if c.want != "" && !errors.Is(err, trust.ErrSyntax) {
				t.Errorf("%v is of no class", err)
			}
		})
	}
}

// The largest document that the other bounds allow is below the cap; one over the cap isn't read.
func TestCap(t *testing.T) {
	doc := document("ci", "root")
	data, err := wire.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	padded := append(data[:len(data)-1:len(data)-1], (`,"x":"` + strings.Repeat("x", trust.MaxDocument-len(data)-7) + `"}`)...)
	if _, err := trust.Parse(padded); err != nil || len(padded) != trust.MaxDocument {
		t.Errorf("%d bytes, with a member of a later format: %v", len(padded), err)
	}
	_, err = trust.Parse(bytes.Replace(padded, []byte(`"x":`), []byte(`"xx":`), 1))
	wantError(t, err, "65537 bytes, expected at most 65536")
	critical := append(data[:len(data)-1:len(data)-1], `,"critical":true,"x":1}`...)
	if _, err := trust.Parse(critical); !errors.Is(err, trust.ErrSyntax) {
		t.Errorf("a critical document with a member of a later format: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	seeds := []wire.Trust{
		wire.SingleKey("example", keys("root")[0]),
		document("ci", "a", "b", "c"),
		{Registry: "a.b", Version: 3, Root: wire.RootKeys{Threshold: 1, Keys: keys("x")}, Release: keys("y", "z"), Revoked: keys("w"), Epoch: 2, Floor: floor(9), Expires: 1 << 40},
	}
	for _, doc := range seeds {
		data, err := wire.Encode(doc)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := trust.Parse(data); err != nil {
			f.Fatalf("a seed isn't sound: %v", err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"registry":"a","version":1e400}`))
	f.Add([]byte(`{"registry":"a","root":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := trust.Parse(data)
		if err != nil {
			if !errors.Is(err, trust.ErrSyntax) {
				t.Fatalf("%v is of no class", err)
			}
			return
		}
		encoded, err := wire.Encode(doc)
		if err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
		again, err := trust.Parse(encoded)
		if err != nil {
			t.Fatalf("what is written can't be read: %v\n%s", err, encoded)
		}
		if twice, _ := wire.Encode(again); !bytes.Equal(twice, encoded) {
			t.Fatalf("written as\n%s\nand read and written as\n%s", encoded, twice)
		}
		if next, err := trust.Rotate(doc, trust.Changes{Release: keys("fuzz")}); err == nil && trust.Follows(doc, next) != nil {
			t.Fatal("a rotation doesn't follow")
		}
	})
}
