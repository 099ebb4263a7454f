package sign

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// stock returns a runner of stock minisign in a fresh directory.
func stock(t *testing.T) (dir string, run func(stdin string, args ...string) error) {
	t.Helper()
	bin := gittest.Tool(t, "minisign")
	dir = t.TempDir()
	return dir, func(stdin string, args ...string) error {
		cmd := exec.Command(bin, args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			return errors.New(strings.TrimSpace(string(out)) + ": " + err.Error())
		}
		return nil
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(name...))
	must(t, err)
	return data
}

// A key that stock minisign made without a password signs for both, and both accept what the other signed.
func TestStockMinisign(t *testing.T) {
	dir, run := stock(t)
	must(t, run("", "-G", "-W", "-p", "a.pub", "-s", "a.key"))
	s, err := ParseSecret(read(t, dir, "a.key"), nil)
	must(t, err)
	pub, err := ParsePublic(read(t, dir, "a.pub"))
	must(t, err)
	if !pub.Equal(s.Public()) {
		t.Fatal("the two key files don't belong together")
	}
	if got, want := string(PublicText(pub)), string(read(t, dir, "a.pub")); got != want {
		t.Errorf("the public key is written as\n%s, and by stock minisign as\n%s", got, want)
	}
	message := []byte("hello\n")
	must(t, os.WriteFile(filepath.Join(dir, "m"), message, 0o644))

	must(t, run("", "-S", "-s", "a.key", "-m", "m", "-t", comment))
	theirs := read(t, dir, "m.minisig")
	if err := Verify(pub, [][]byte{message}, theirs, comment); err != nil {
		t.Errorf("what minisign signed: %v", err)
	}
	if Verify(pub, [][]byte{[]byte("hallo\n")}, theirs, comment) == nil {
		t.Error("what minisign signed is accepted for another message")
	}
	// The same key and comment give the same signature, so only the untrusted line differs.
	ours := s.Sign([][]byte{message}, comment)
	if a, b := strings.SplitN(string(ours), "\n", 2)[1], strings.SplitN(string(theirs), "\n", 2)[1]; a != b {
		t.Errorf("we sign\n%s, and minisign\n%s", a, b)
	}

	must(t, os.WriteFile(filepath.Join(dir, "m.minisig"), ours, 0o644))
	if err := run("", "-V", "-p", "a.pub", "-m", "m"); err != nil {
		t.Errorf("minisign -V of what we signed: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "other"), []byte("hallo\n"), 0o644))
	if run("", "-V", "-p", "a.pub", "-m", "other", "-x", "m.minisig") == nil {
		t.Error("minisign -V accepts what we signed for another message")
	}

	must(t, run("", "-S", "-l", "-s", "a.key", "-m", "m", "-t", comment, "-x", "legacy"))
	if err := Verify(pub, [][]byte{message}, read(t, dir, "legacy"), comment); err == nil || !strings.Contains(err.Error(), "legacy") {
		t.Errorf("a legacy signature gives %v", err)
	}
}

// A key that we made signs with stock minisign.
func TestStockMinisignReadsOurKey(t *testing.T) {
	dir, run := stock(t)
	s := signer(t, "one")
	text, err := s.SecretText("")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "our.key"), text, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "our.pub"), PublicText(s.Public()), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "m"), []byte("abc"), 0o644))
	must(t, run("", "-S", "-s", "our.key", "-m", "m", "-t", comment))
	must(t, run("", "-V", "-p", "our.pub", "-m", "m"))
	if err := Verify(s.Public(), [][]byte{[]byte("abc")}, read(t, dir, "m.minisig"), comment); err != nil {
		t.Error(err)
	}
}

// An encrypted key of stock minisign opens with its password alone. This takes a gigabyte and some seconds.
func TestStockMinisignEncrypted(t *testing.T) {
	if testing.Short() {
		t.Skip("scrypt takes a gigabyte")
	}
	dir, run := stock(t)
	const password = "correct horse"
	must(t, run(password+"\n"+password+"\n", "-G", "-p", "e.pub", "-s", "e.key"))
	text := read(t, dir, "e.key")
	pub, err := ParsePublic(read(t, dir, "e.pub"))
	must(t, err)
	s, err := ParseSecret(text, func() (string, error) { return password, nil })
	must(t, err)
	if !s.Public().Equal(pub) {
		t.Error("the key that came out isn't the one that went in")
	}
	const wrong = "incorrect donkey"
	_, err = ParseSecret(text, func() (string, error) { return wrong, nil })
	if err == nil {
		t.Fatal("a wrong password opens the key")
	}
	for _, secret := range []string{password, wrong} {
		if strings.Contains(err.Error(), secret) || holds(err.Error(), string(text)) {
			t.Errorf("the error holds the key or a password: %v", err)
		}
	}
}
