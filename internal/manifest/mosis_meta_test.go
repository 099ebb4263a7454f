package manifest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"aead.dev/minisign"

	"github.com/regen-registry/regen/internal/gittest"
)

const (
	mosisSums = "META-INF/MANIFEST.MF"
	mosisCert = "META-INF/CERT.SIG"
)

// mosisStamped returns the file with the hashes that a package gets.
func mosisStamped(files tree) string {
	m, _ := readMosis(files, Env{})
	for _, f := range (Mosis{}).Stamp(m.Artifact.Files, 0) {
		if f.Path == mosisSums {
			return string(f.Data)
		}
	}
	return ""
}

// The list of hashes is one that sha256sum checks, and stands where the byte order of the paths puts it.
func TestMosisStamp(t *testing.T) {
	files := baseOf(t, "mosis").with(tree{"A.lua": "", "a b.lua": "1", "ä.lua": "2", mosisCert: strings.Repeat("s", 64)})
	m, _ := readMosis(files, Env{})
	before := len(m.Artifact.Files)
	stamped := Mosis{}.Stamp(m.Artifact.Files, 1)
	dir := t.TempDir()
	for i, f := range stamped {
		if i > 0 && stamped[i-1].Path >= f.Path {
			t.Errorf("%s comes after %s", f.Path, stamped[i-1].Path)
		}
		name := filepath.Join(dir, f.Path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSuffix(mosisStamped(files), "\n"), "\n")
	if len(stamped) != before+1 || len(m.Artifact.Files) != before || len(lines) != before-1 {
		t.Errorf("%d files of %d, and %d lines", len(stamped), before, len(lines))
	}
	sum := sha256.Sum256(nil)
	if lines[0] != hex.EncodeToString(sum[:])+"  A.lua" {
		t.Errorf("%q", lines[0])
	}
	cmd := exec.Command(gittest.Tool(t, "sha256sum"), "--check", "--strict", "--quiet", mosisSums)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
}

// Unstamp gives back what was stamped, and refuses anything else.
func TestMosisUnstamp(t *testing.T) {
	m, _ := readMosis(baseOf(t, "mosis"), Env{})
	mosis, files := Mosis{}, m.Artifact.Files
	stamped := mosis.Stamp(files, 0)
	if back, err := mosis.Unstamp(stamped, 0); err != nil || !reflect.DeepEqual(back, files) {
		t.Errorf("%v", err)
	}
	if again := mosis.Stamp(stamped, 0); !reflect.DeepEqual(again, stamped) {
		t.Error("stamped twice, it is something else")
	}
	with := func(change func([]File) []File) []File {
		return change(append([]File(nil), stamped...))
	}
	for name, files := range map[string][]File{
		"none":     files,
		"empty":    nil,
		"twice":    with(func(f []File) []File { return append(f, File{Path: mosisSums}) }),
		"one more": with(func(f []File) []File { return append(f, File{Path: "z.lua"}) }),
		"one less": with(func(f []File) []File { return f[:len(f)-1] }),
		"another":  with(func(f []File) []File { f[len(f)-1].Data = []byte("x"); return f }),
	} {
		if _, err := mosis.Unstamp(files, 0); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A list of hashes in the source is never packed, and is an error where it isn't the one that is made.
func TestMosisCommittedDigests(t *testing.T) {
	base := baseOf(t, "mosis")
	right := mosisStamped(base)
	for text, want := range map[string]string{
		right:                                "",
		right + "\n":                         "mosis/manifest-mf",
		strings.ToUpper(right):               "mosis/manifest-mf",
		right[:strings.Index(right, "\n")+1]: "mosis/manifest-mf",
		"":                                   "mosis/manifest-mf",
	} {
		files := base.with(tree{mosisSums: text})
		m, findings := readMosis(files, Env{})
		if mosisCodes(findings) != want {
			t.Errorf("%.80q: %v", text, findings)
		}
		if again := mosisStamped(files); again != right || len(m.Artifact.Files) != len(base.pack().Files) {
			t.Errorf("%.80q: another package", text)
		}
	}
	_, findings := readMosis(base.with(tree{mosisSums: strings.Replace(right, "  README.md", "  readme.md", 1)}), Env{})
	if len(findings) != 1 || findings[0].Place() != "plugins/org.example.demo/META-INF/MANIFEST.MF:3:1" {
		t.Errorf("%+v", findings)
	}
	_, findings = readMosis(base.with(tree{mosisSums: right, "regen.yaml": "license: MIT\nlicense_file: META-INF/MANIFEST.MF\n"}), Env{})
	if mosisCodes(findings) != "files/missing" {
		t.Errorf("a licence that isn't packed: %v", findings)
	}
}

// Nothing else is in META-INF, in any letter case.
func TestMosisMetaInf(t *testing.T) {
	base := baseOf(t, "mosis")
	for path, want := range map[string]string{
		"META-INF/a.lua": "mosis/meta-inf", "META-INF/CERT.RSA": "mosis/meta-inf", "META-INF/x/CERT.SIG": "mosis/meta-inf", "META-INF/cert.sig": "mosis/meta-inf",
		"meta-inf/CERT.SIG": "mosis/meta-inf", "Meta-Inf/a.lua": "mosis/meta-inf", "META-INF": "mosis/meta-inf",
		"META-INFO/a.lua": "", "a/META-INF/a.lua": "", "META-INF.lua": "",
	} {
		if _, findings := readMosis(base.with(tree{path: "s"}), Env{}); mosisCodes(findings) != want {
			t.Errorf("%s: %v", path, findings)
		}
	}
	_, findings := readMosis(base.with(tree{"META-INF/cert.sig": "s"}), Env{})
	if len(findings) != 1 || findings[0].Hint != `did you mean "META-INF/CERT.SIG"?` {
		t.Errorf("%+v", findings)
	}
}

// The author's signature is Ed25519's, over the list of hashes that is packed, by a key of the sidecar.
func TestMosisSignature(t *testing.T) {
	base := baseOf(t, "mosis")
	public, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	// The key as minisign writes it.
	key := base64.StdEncoding.EncodeToString(append([]byte("Ed\x01\x02\x03\x04\x05\x06\x07\x08"), public...))
	var parsed minisign.PublicKey
	if err := parsed.UnmarshalText([]byte(key)); err != nil || parsed.ID() != 0x0807060504030201 {
		t.Fatalf("%X, %v", parsed.ID(), err)
	}
	other, _, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	right := string(ed25519.Sign(secret, []byte(mosisStamped(base))))
	encoded := base64.StdEncoding.EncodeToString([]byte(right))
	changed := right[:10] + string(right[10]^1) + right[11:]
	const wrong, unchecked = "mosis/signature", "mosis/signature-unchecked"
	for name, c := range map[string]struct{ signature, keys, changed, want string }{
		"raw":               {right, key, "", ""},
		"base64":            {encoded, key, "", ""},
		"with a line end":   {encoded + "\n", key, "", ""},
		"the second key":    {right, other.String() + ", " + key, "", ""},
		"another key":       {right, other.String(), "", wrong},
		"a changed one":     {changed, key, "", wrong},
		"a changed file":    {right, key, "-- changed", wrong},
		"no key":            {right, "", "", unchecked},
		"too short":         {right[1:], key, "", wrong},
		"too long":          {right + "\n", key, "", wrong},
		"too short, no key": {right[1:], "", "", wrong},
		"half of it":        {encoded[:44], key, "", wrong},
		"without padding":   {strings.TrimRight(encoded, "="), key, "", wrong},
		"hexadecimal":       {hex.EncodeToString([]byte(right)), key, "", wrong},
		"much":              {strings.Repeat(" ", 1<<20) + encoded, key, "", wrong},
		"empty":             {"", key, "", wrong},
	} {
		files := base.with(tree{mosisCert: c.signature, "regen.yaml": "license: MIT\nkeys: [" + c.keys + "]\n"})
		if c.changed != "" {
			files["scripts/main.lua"] = c.changed
		}
		m, findings := readMosis(files, Env{})
		if mosisCodes(findings) != c.want {
			t.Errorf("%s: %v, expected %s", name, findings, c.want)
		}
		if len(m.Artifact.Files) != len(base.pack().Files)+1 {
			t.Errorf("%s: the signature isn't packed", name)
		}
	}
}
