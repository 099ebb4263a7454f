package gate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gate"
)

const (
	base = "0123456789abcdef0123456789abcdef01234567"
	head = "89abcdef0123456789abcdef0123456789abcdef"
)

// What isn't a result by its schema is refused, before anything in it is looked at.
func TestParseResult(t *testing.T) {
	r := gate.Result{
		Kind: gate.KindOfResult, Registry: "acme", Base: base, Head: head, Pull: &gate.Pull{Number: 7, Author: "eve"}, Verdict: gate.NeedsReview,
		Title: "clock 1.1.0", Labels: []string{"regen/needs-review", "regen/needs-owner"}, Ping: []string{"ada"}, PackageCount: 1,
		Packages: []gate.Package{{ID: "clock", Dir: "plugins/clock", Change: "release", NeedsOwner: true, FileCount: 1}},
	}
	sound, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := gate.ParseResult(sound)
	if err != nil || got.Head != head || got.Packages[0].Dir != "plugins/clock" || !got.Packages[0].NeedsOwner || got.Pull.Number != 7 {
		t.Fatalf("%+v %v", got, err)
	}
	for want, data := range map[string]string{
		"expected at most 1048576": strings.Repeat(" ", gate.MaxResult+1),
		"strict JSON":              string(sound) + "{}",
		"isn't one of the gate":    "[]",
		"kind":                     strings.Replace(string(sound), "regen/1 gate", "regen/2 gate", 1),
		"verdict":                  strings.Replace(string(sound), `"needs-review"`, `"approved"`, 1),
		"admin":                    strings.Replace(string(sound), `"kind"`, `"admin":1,"kind"`, 1),
		"head":                     strings.Replace(string(sound), head, "HEAD", 1),
		"ping":                     strings.Replace(string(sound), `"ada"`, `"@ada"`, 1),
		"labels":                   strings.Replace(string(sound), `"regen/needs-owner"`, `"bug"`, 1),
	} {
		if _, err := gate.ParseResult([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %s", err, want)
		}
	}
}
