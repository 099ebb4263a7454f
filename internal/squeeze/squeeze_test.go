package squeeze

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// Encoder names the version of the module that is built in.
func TestEncoderIsTheModule(t *testing.T) {
	const path = "../../go.mod"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(path, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if name := strings.TrimPrefix(r.Mod.Path, "github.com/"); name == "klauspost/compress" {
			if module, _, _ := strings.Cut(Encoder, ","); module != name+" "+r.Mod.Version {
				t.Errorf("Encoder is %q, expected one that begins with %q", Encoder, name+" "+r.Mod.Version)
			}
			return
		}
	}
	t.Error("go.mod doesn't require the module that Encoder names")
}

// One encoder makes the same bytes for ever. If these change, Encoder has to change, too.
func TestEncoderMakesTheSameBytes(t *testing.T) {
	old := append(text(1, 300_000), noise(1, 100_000)...)
	new := moved(edited(old, 30))
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"compressed copy", Compress(segments(new)), "6eabcbfb0f4d95a0c970b9d4ef3940609c70804ac149d3ea1ad138eee3bcef4f"},
		{"delta", delta(t, old, new), "019e1857276fa45bcb588434b5f336974d50fc7490c4c0b093c835cc8549de61"},
		{"delta to another", delta(t, old[:1000], new), "88138353591b20bb4f04eebf3c97e7e8421fff7ab46dd47da9bfa55c9d39a11c"},
	} {
		sum := sha256.Sum256(test.data)
		if got := hex.EncodeToString(sum[:]); got != test.want {
			t.Errorf("%s of %d bytes has the hash %s, expected %s for %q", test.name, len(test.data), got, test.want, Encoder)
		}
	}
}
