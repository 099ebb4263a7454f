package gate_test

import (
	"testing"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
)

// sound fails the test where a result isn't what its schema says, or is too large.
func sound(t *testing.T, r gate.Result) {
	t.Helper()
	data, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > gate.MaxResult {
		t.Errorf("the result has %d bytes", len(data))
	}
	v, bad := strictjson.Parse(data, strictjson.Limits{Size: gate.MaxResult, Depth: 20, Values: 1 << 20})
	if bad != nil {
		t.Fatalf("not strict JSON: %v", bad)
	}
	for _, problem := range shape.Check("gate", "result.json", v) {
		t.Errorf("not what the schema says: %v", problem)
	}
	if n := len(gate.Markdown(r)); n > gate.MaxMarkdown {
		t.Errorf("the Markdown has %d bytes", n)
	}
}
