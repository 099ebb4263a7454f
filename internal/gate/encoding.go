package gate

import (
	"bytes"
	"encoding/json"

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

// ParseResult reads a result of the gate, and holds it against its schema.
func ParseResult(data []byte) (Result, error) {
	var r Result
	doc, bad := strictjson.Parse(data, strictjson.Limits{Size: MaxResult})
	if bad != nil {
		return r, bad
	}
	if problems := shape.Check("gate", "the result", doc); len(problems) > 0 {
		return r, problems[0]
	}
	return r, json.Unmarshal(data, &r)
}
