package gate

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
)

// JSON returns the result as data, as schema/gate.schema.json describes it. What isn't printable in it is escaped.
func (r Result) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (r Result) size() int {
	data, err := r.JSON()
	if err != nil {
		return 0
	}
	return len(data)
}

// ParseResult reads a result. What it returns has the form that the schema gives, and is still only somebody's claim.
func ParseResult(data []byte) (Result, error) {
	var r Result
	if len(data) > MaxResult {
		return r, fmt.Errorf("the result has %d bytes, expected at most %d", len(data), MaxResult)
	}
	v, err := strictjson.Parse(data, strictjson.Limits{Size: MaxResult})
	if err != nil {
		return r, fmt.Errorf("the result isn't strict JSON: %w", err)
	}
	if problems := shape.Check("gate", "the result", v); len(problems) > 0 {
		return r, fmt.Errorf("the result isn't one of the gate: %w", problems[0])
	}
	shape.Decode(v, &r)
	return r, nil
}
