package release

import (
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/sign"
)

// pkg is a native package that registers keys.
func pkg(t *testing.T, version string, keys ...string) (manifest.Package, manifest.Manifest) {
	t.Helper()
	yaml := []byte("name: Demo\nversion: " + version + "\nlicense: MIT\nauthors: [{name: Ada Example}]\nkeys: [" + strings.Join(keys, ", ") + "]\n")
	p := manifest.Package{Dir: "plugins/demo", ID: "demo", Sidecar: yaml, Files: []manifest.File{{Path: "README.md", Data: []byte("# Demo\n\nFor tests.\n")}, {Path: "regen.yaml", Data: yaml}}}
	m, findings := manifest.Native{}.Read(p, manifest.Env{})
	if len(findings.Errors()) > 0 {
		t.Fatal(findings)
	}
	return p, m
}

// The author's signature is held against the keys that the caller names: the package's own, or those that its base had. So a key that a change brings along doesn't sign for that change.
func TestAuthorAgainstOtherKeys(t *testing.T) {
	signer := func() (*sign.Signer, string) {
		s, err := sign.Generate()
		if err != nil {
			t.Fatal(err)
		}
		return s, s.Public().String()
	}
	old, oldKey := signer()
	next, nextKey := signer()
	both := slices.Sorted(slices.Values([]string{oldKey, nextKey}))
	for name, c := range map[string]struct {
		by          *sign.Signer
		base, head  []string
		code        string
		signedBy    string
		signedAsFor []string // keys that the signature names, if not those of the head
	}{
		"nothing":                             {nil, nil, nil, "", "", nil},
		"nothing signed":                      {nil, []string{oldKey}, []string{oldKey}, "author/missing", "", nil},
		"no key any more":                     {nil, []string{oldKey}, nil, "author/missing", "", nil},
		"no key any more, signed":             {old, []string{oldKey}, nil, "author/invalid", "", nil},
		"no key":                              {old, nil, nil, "author/unregistered", "", nil},
		"the same":                            {old, []string{oldKey}, []string{oldKey}, "", oldKey, nil},
		"rotation, signed by the old key":     {old, []string{oldKey}, both, "", oldKey, nil},
		"rotation, signed by the new key":     {next, []string{oldKey}, both, "author/invalid", "", nil},
		"rotation, the second step":           {next, both, []string{nextKey}, "", nextKey, nil},
		"a stranger puts himself in":          {next, []string{oldKey}, []string{nextKey}, "author/invalid", "", nil},
		"a key is added behind the signature": {old, []string{oldKey}, both, "author/invalid", "", []string{oldKey}},
	} {
		p, m := pkg(t, "1.0.0", c.head...)
		if c.by != nil {
			names := c.head
			if c.signedAsFor != nil {
				names = c.signedAsFor
			}
			p.Signature = author.Sign(c.by, p.ID, m.Version, Statement(p, m), slices.Sorted(slices.Values(names)))
		}
		signed, f := Author(p, m, c.base)
		switch {
		case c.code == "" && f != nil, c.code != "" && (f == nil || f.Code != c.code || signed != nil):
			t.Errorf("%s: found %v, expected %q", name, f, c.code)
		case c.signedBy != "" && (signed == nil || signed.Key != c.signedBy || !slices.Equal(signed.Keys, slices.Sorted(slices.Values(c.head)))):
			t.Errorf("%s: %+v, expected it to be signed by %s", name, signed, c.signedBy)
		case c.signedBy == "" && signed != nil:
			t.Errorf("%s: signed %+v", name, signed)
		}
	}
}

// What is signed doesn't hang on the keys in regen.yaml, which aren't packed, so that they can be changed without a new version.
func TestStatementWithoutKeys(t *testing.T) {
	const key = "RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF"
	p, m := pkg(t, "1.0.0")
	q, n := pkg(t, "1.0.0", key)
	if a, b := Statement(p, m), Statement(q, n); string(a) != string(b) {
		t.Errorf("%s\nand with a key\n%s", a, b)
	}
	r, o := pkg(t, "1.0.1", key)
	if string(Statement(q, n)) == string(Statement(r, o)) {
		t.Error("two versions have one statement")
	}
}
