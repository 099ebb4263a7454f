package manifest

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
)

// RegisterKey returns a sidecar that also registers a key. All else stays as it is, comments and layout included. Where there is no sidecar, it is one with the key alone.
func RegisterKey(sidecar []byte, key string) ([]byte, error) {
	old := KeysOf(sidecar)
	if slices.Contains(old, key) {
		return sidecar, nil
	}
	if len(old) >= wire.MaxAuthorKeys {
		return nil, fmt.Errorf("%s registers %d keys already, expected at most %d", SidecarFile, len(old), wire.MaxAuthorKeys)
	}
	var top *strictjson.Value
	if !blank(sidecar) {
		var errs []*strictjson.Error
		if top, errs = strictyaml.Parse(sidecar, strictjson.Limits{Size: MaxSidecar}); len(errs) > 0 {
			return nil, fmt.Errorf("%s:%d:%d: %s", SidecarFile, errs[0].Pos.Line, errs[0].Pos.Column, errs[0].Message)
		}
	}
	edited := withKey(sidecar, top, key)
	want := slices.Sorted(slices.Values(append(old, key)))
	if now := parseSidecar(edited); now == nil || !slices.Equal(KeysOf(edited), want) || !reflect.DeepEqual(others(now), others(top)) {
		return nil, fmt.Errorf("%s is written in a way that can't be edited here: add %q to its list keys by hand", SidecarFile, key)
	}
	return edited, nil
}

// withKey inserts a key into the text of a sidecar. Whether it came out well is for the caller to see.
func withKey(text []byte, top *strictjson.Value, key string) []byte {
	eol := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		eol = "\r\n"
	}
	list := top.Get("keys")
	if list == nil {
		return slices.Concat(ended(text, eol), []byte("keys:"+eol+"  - "+key+eol))
	}
	flow := list.Offset < len(text) && text[list.Offset] == '['
	switch n := len(list.Items); {
	case flow && n == 0:
		return insert(text, list.Offset+1, key)
	case n == 0:
		return text // no list
	case flow:
		last := list.Items[n-1]
		end := last.Offset + len(last.String)
		if end < len(text) && strings.IndexByte(`"'`, text[last.Offset]) >= 0 {
			end += 2
		}
		return insert(text, min(end, len(text)), ", "+key)
	default:
		at := min(list.Items[n-1].Offset, len(text))
		start := bytes.LastIndexByte(text[:at], '\n') + 1
		indent, _, _ := bytes.Cut(text[start:at], []byte("-"))
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		return slices.Concat(ended(text[:end], eol), indent, []byte("- "+key+eol), text[end:])
	}
}

func insert(text []byte, at int, more string) []byte {
	return slices.Concat(text[:at], []byte(more), text[at:])
}

// ended returns a text whose last line, if there is one, ends.
func ended(text []byte, eol string) []byte {
	if len(text) == 0 || text[len(text)-1] == '\n' {
		return text
	}
	return slices.Concat(text, []byte(eol))
}

// blank reports whether a document holds nothing but comments.
func blank(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// others returns what a sidecar says besides its keys.
func others(top *strictjson.Value) map[string]any {
	rest := make(map[string]any)
	if top != nil {
		for _, m := range top.Members {
			if m.Key != "keys" {
				rest[m.Key] = m.Value.Any()
			}
		}
	}
	return rest
}
