package report

import (
	"fmt"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
)

// ParseResult reads what the gate said. What it returns has the form that the schema gives, and is still only somebody's claim.
func ParseResult(data []byte) (gate.Result, error) {
	var r gate.Result
	if len(data) > gate.MaxResult {
		return r, fmt.Errorf("the result has %d bytes, expected at most %d", len(data), gate.MaxResult)
	}
	v, err := strictjson.Parse(data, strictjson.Limits{Size: gate.MaxResult})
	if err != nil {
		return r, fmt.Errorf("the result isn't strict JSON: %w", err)
	}
	if problems := shape.Check("gate", "the result", v); len(problems) > 0 {
		return r, fmt.Errorf("the result isn't one of the gate: %w", problems[0])
	}
	shape.Decode(v, &r)
	return r, nil
}
