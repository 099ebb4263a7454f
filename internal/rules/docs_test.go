package rules_test

import (
	"flag"
	"os"
	"testing"

	"github.com/regen-registry/regen/internal/rules"
)

var update = flag.Bool("update", false, "write docs/findings.md anew")

// docs/findings.md is what the table gives today.
func TestFresh(t *testing.T) {
	const name = "../../docs/findings.md"
	want := rules.Markdown()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s is not what the table gives (%v): run go generate ./internal/rules", name, err)
	}
}
