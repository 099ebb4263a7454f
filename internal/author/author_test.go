package author

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
)

func generate(t *testing.T) (*sign.Signer, string) {
	t.Helper()
	s, err := sign.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return s, s.Public().String()
}

var files = []stamp.File{{Path: "b.txt", Data: []byte("b")}, {Path: "a.txt", Data: []byte("a")}, {Path: "a/a.txt"}}

// The statement is what docs/spec.md says, whatever the order of the files.
func TestStatement(t *testing.T) {
	const want = "regen/1 content\nid clock\nversion 1.0.0\n" +
		"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.txt\n" +
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a/a.txt\n" +
		"3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.txt\n"
	if got := string(Statement("clock", "1.0.0", files)); got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
	if files[0].Path != "b.txt" {
		t.Error("the caller's files were sorted")
	}
}

// A signature counts for the id, version, files and keys that were signed, and by a key that it names; for nothing else.
func TestCheck(t *testing.T) {
	ada, adaKey := generate(t)
	eve, eveKey := generate(t)
	both := slices.Sorted(slices.Values([]string{adaKey, eveKey}))
	statement := Statement("clock", "1.0.0", files)
	by := func(s *sign.Signer, keys ...string) wire.Authorship {
		return Of(statement, keys, Sign(s, "clock", "1.0.0", statement, keys))
	}
	altered := slices.Clone(files)
	altered[0].Data = []byte("c")
	for name, c := range map[string]struct {
		a           wire.Authorship
		id, version string
		files       []stamp.File
		want        string
	}{
		"right":           {by(ada, adaKey), "clock", "1.0.0", files, ""},
		"two keys":        {by(ada, both...), "clock", "1.0.0", files, ""},
		"another id":      {by(ada, adaKey), "alarm", "1.0.0", files, `the signature's id is "clock", expected "alarm"`},
		"another version": {by(ada, adaKey), "clock", "1.0.1", files, `the signature's version is "1.0.0", expected "1.0.1"`},
		"a changed file":  {by(ada, adaKey), "clock", "1.0.0", altered, ErrContent.Error()},
		"a file more":     {by(ada, adaKey), "clock", "1.0.0", append(slices.Clone(files), stamp.File{Path: "c"}), ErrContent.Error()},
		"a file less":     {by(ada, adaKey), "clock", "1.0.0", files[1:], ErrContent.Error()},
		"another key":     {by(eve, adaKey), "clock", "1.0.0", files, "signed by key " + sign.KeyID(eve.Public())},
		"a key more":      {Of(statement, both, Sign(ada, "clock", "1.0.0", statement, []string{adaKey})), "clock", "1.0.0", files, "the signature's keys is "},
		"a key less":      {Of(statement, []string{adaKey}, Sign(ada, "clock", "1.0.0", statement, both)), "clock", "1.0.0", files, "the signature's keys is "},
		"no key":          {by(ada), "clock", "1.0.0", files, "0 keys are named"},
		"many keys":       {by(ada, strings.Fields(strings.Repeat(adaKey+" ", 21))...), "clock", "1.0.0", files, "21 keys are named, expected 1 to 20"},
		"a key twice":     {by(ada, adaKey, adaKey), "clock", "1.0.0", files, "aren't in byte order, each once"},
		"no such key":     {by(ada, adaKey, "RWnothing"), "clock", "1.0.0", files, "isn't a minisign public key"},
		"no signature":    {Of(statement, []string{adaKey}, nil), "clock", "1.0.0", files, "not a minisign signature"},
		"too long":        {Of(statement, []string{adaKey}, bytes.Repeat([]byte("x"), sign.MaxSignature+1)), "clock", "1.0.0", files, "expected at most"},
		"artifact":        {Of(statement, []string{adaKey}, ada.Sign([][]byte{statement}, wire.ArtifactComment("clock", "1.0.0", wire.RefOf(statement)))), "clock", "1.0.0", files, `the signature is for "regen/1 artifact`},
		"any comment":     {Of(statement, []string{adaKey}, ada.Sign([][]byte{statement}, "")), "clock", "1.0.0", files, `the signature is for "", expected one for "regen/1 author"`},
		// The comment is right, and the file's signature is of something else.
		"the content alone": {Of(statement, []string{adaKey}, ada.Sign([][]byte{[]byte("x")}, wire.AuthorComment("clock", "1.0.0", wire.RefOf(statement), []string{adaKey}))), "clock", "1.0.0", files, "the signature doesn't match the content"},
	} {
		key, err := Check(c.id, c.version, c.a, c.files)
		switch {
		case c.want == "" && (err != nil || key != adaKey):
			t.Errorf("%s: signed by %s: %v", name, key, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
	if _, err := Check("clock", "1.0.0", by(ada, adaKey), altered); !errors.Is(err, ErrContent) {
		t.Errorf("a changed file isn't told by its error: %v", err)
	}
	// Whom somebody takes is theirs to say, and needs no files.
	if key, err := Signer("clock", "1.0.0", by(ada, both...), []string{eveKey, adaKey}); err != nil || key != adaKey {
		t.Errorf("signed by %s: %v", key, err)
	}
	if _, err := Signer("clock", "1.0.0", by(ada, both...), []string{eveKey}); err == nil {
		t.Error("a signature by another key is taken")
	}
}

// Stock minisign checks a signature over the printed statement, and makes one that counts.
func TestStockMinisign(t *testing.T) {
	bin := gittest.Tool(t, "minisign")
	dir := t.TempDir()
	run := func(args ...string) error {
		cmd := exec.Command(bin, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return errors.New(string(out))
		}
		return nil
	}
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ada, key := generate(t)
	secret, err := ada.SecretText("")
	if err != nil {
		t.Fatal(err)
	}
	statement := Statement("clock", "1.0.0", files)
	write("content.txt", statement)
	write("other.txt", append(statement, '\n'))
	write("ada.key", append(secret, '\n'))
	write("regen.minisig", Sign(ada, "clock", "1.0.0", statement, []string{key}))
	if err := run("-V", "-m", "content.txt", "-x", "regen.minisig", "-P", key); err != nil {
		t.Error(err)
	}
	if run("-V", "-m", "other.txt", "-x", "regen.minisig", "-P", key) == nil {
		t.Error("stock minisign takes another statement")
	}
	comment := wire.AuthorComment("clock", "1.0.0", wire.RefOf(statement), []string{key})
	if err := run("-S", "-W", "-s", "ada.key", "-m", "content.txt", "-x", "stock.minisig", "-t", comment); err != nil {
		t.Fatal(err)
	}
	stock, err := os.ReadFile(filepath.Join(dir, "stock.minisig"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Check("clock", "1.0.0", Of(statement, []string{key}, stock), files); err != nil {
		t.Errorf("what stock minisign signed isn't taken: %v", err)
	}
}
