// Package wire holds the documents that a registry publishes, format 1, and every published path.
//
// The normative description is docs/spec.md. The rules that this package enforces:
//
//   - Every document is canonical JSON (RFC 8785, [Encode]): one value, one sequence of bytes.
//   - Hashes are SHA-256 in lower-case hex, over bytes as published. Sizes are in bytes, times in
//     unix seconds.
//   - Ids and versions have one spelling ([CheckID], [CheckVersion]), so that a path never needs escaping.
//   - A path is made here or not at all; no other package joins strings into a published path.
//   - Readers ignore members that they don't know, unless the document says "critical": true.
//
// The package has no files, no network and no clock.
package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Ref names an immutable document or file by what it holds.
type Ref struct {
	SHA256 string `json:"sha256"` // lower-case hex
	Size   int64  `json:"size"`   // bytes
}

// RefOf returns the reference to data.
func RefOf(data []byte) Ref {
	return Ref{SHA256: Sum(data), Size: int64(len(data))}
}

// Check returns an error unless data is what r names.
func (r Ref) Check(data []byte) error {
	if int64(len(data)) != r.Size {
		return fmt.Errorf("size is %d bytes, expected %d", len(data), r.Size)
	}
	if got := Sum(data); got != r.SHA256 {
		return fmt.Errorf("sha256 is %s, expected %s", got, r.SHA256)
	}
	return nil
}

// Sum returns the SHA-256 of data in lower-case hex.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// critical is what a reader looks at before it trusts that it understood a document.
type critical struct {
	Critical bool `json:"critical"`
}

// Decode reads a document into v. Members that v doesn't have are ignored, unless the
// document is marked critical: then its reader has to know them all.
func Decode(data []byte, v any) error {
	if len(data) == 0 || data[0] != '{' {
		return fmt.Errorf("read %T: not a JSON object", v) // null would leave v as it is
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %T: %w", v, err)
	}
	// Looking at a whole catalogue node twice would cost as much as reading it. An escape might hide the name.
	if !bytes.Contains(bytes.ToLower(data), []byte("critical")) && !bytes.Contains(data, []byte(`\u`)) {
		return nil
	}
	var c critical
	if err := json.Unmarshal(data, &c); err != nil {
		return fmt.Errorf("read %T: %w", v, err)
	}
	if c.Critical {
		return DecodeStrict(data, v)
	}
	return nil
}

// DecodeStrict reads a document into v, and returns an error unless data are the very bytes
// that a producer of this format writes for it: no unknown members, canonical.
func DecodeStrict(data []byte, v any) error {
	if len(data) == 0 || data[0] != '{' {
		return fmt.Errorf("read %T: not a JSON object", v)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %T: %w", v, err)
	}
	again, err := Encode(v)
	if err != nil {
		return err
	}
	if string(again) != string(data) {
		return fmt.Errorf("read %T: not canonical, or with members that format 1 doesn't have", v)
	}
	return nil
}
