package gate

import (
	"bytes"
	"encoding/json"
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
