package manifest

import (
	"slices"
	"strings"
	"testing"
)

const (
	keyA = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
	keyB = "RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF"
)

// A key is put into the list, and every other byte of the file stays.
func TestRegisterKey(t *testing.T) {
	for name, c := range map[string][2]string{
		"no file":            {"", "keys:\n  - B\n"},
		"comments alone":     {"# nothing yet\n", "# nothing yet\nkeys:\n  - B\n"},
		"no list":            {"name: Demo # the name\n\n# the end\n", "name: Demo # the name\n\n# the end\nkeys:\n  - B\n"},
		"no last line end":   {"name: Demo", "name: Demo\nkeys:\n  - B\n"},
		"CRLF":               {"name: Demo\r\n", "name: Demo\r\nkeys:\r\n  - B\r\n"},
		"a block":            {"keys:\n  - A # ada\n\nname: Demo\n", "keys:\n  - A # ada\n  - B\n\nname: Demo\n"},
		"a block at its key": {"keys:\n- A\nname: Demo\n", "keys:\n- A\n- B\nname: Demo\n"},
		"a quoted block":     {"keys:\n    - \"A\"", "keys:\n    - \"A\"\n    - B\n"},
		"a flow":             {"keys: [A] # ada\nname: Demo\n", "keys: [A, B] # ada\nname: Demo\n"},
		"a quoted flow":      {"keys: ['A' ]\n", "keys: ['A', B ]\n"},
		"a flow of lines":    {"keys: [\n  A, # ada\n]\n", "keys: [\n  A, B, # ada\n]\n"},
		"an empty flow":      {"keys: []\n", "keys: [B]\n"},
		"there already":      {"keys: [B]\n", "keys: [B]\n"},
	} {
		short := strings.NewReplacer("A", keyA, "B", keyB)
		got, err := RegisterKey([]byte(short.Replace(c[0])), keyB)
		if want := short.Replace(c[1]); err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nexpected\n%s", name, err, got, want)
		}
	}
}

// What can't be edited without a doubt is left alone, and it is said why.
func TestRegisterKeyRefused(t *testing.T) {
	many := "keys:\n"
	for i := range 20 {
		many += "  - " + keyA[:54] + string(rune('a'+i)) + "0\n"
	}
	for name, c := range map[string][2]string{
		"no YAML":         {"keys: [\n", "regen.yaml:"},
		"no mapping":      {"- a\n", "can't be edited here"},
		"a flow at top":   {"{name: Demo}\n", "can't be edited here"},
		"no list of keys": {"keys: x\n", "can't be edited here"},
		"nothing":         {"keys:\n", "can't be edited here"},
		"an end":          {"name: Demo\n...\n", "can't be edited here"},
		"too many":        {many, "registers 20 keys already"},
	} {
		if got, err := RegisterKey([]byte(c[0]), keyB); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, expected %q\n%s", name, err, c[1], got)
		}
	}
}

// Keys are sorted, and each is there once, so that a signature doesn't hang on how they are written.
func TestKeysOf(t *testing.T) {
	if got := KeysOf([]byte("keys: [" + keyB + ", " + keyA + ", " + keyB + "]\n")); !slices.Equal(got, []string{keyA, keyB}) {
		t.Errorf("%v", got)
	}
	for _, text := range []string{"", "name: Demo\n", "keys: [\n", "keys: {}\n"} {
		if got := KeysOf([]byte(text)); len(got) > 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}
