package shape

import (
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// plain returns a document as the validator takes it. It computes with numbers of any size, and comes to a halt at some and takes minutes for others, so it is
// given those that readers of JSON have: floating-point ones.
func plain(v *strictjson.Value) any {
	switch v.Kind {
	case strictjson.Number:
		return float(v.Number)
	case strictjson.Array:
		items := make([]any, len(v.Items))
		for i, item := range v.Items {
			items[i] = plain(item)
		}
		return items
	case strictjson.Object:
		members := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			members[m.Key] = plain(m.Value)
		}
		return members
	}
	return v.Any()
}

// float returns a number as it is if it is a short one. Else it is rounded as readers of JSON do, but for what they make infinity or zero of.
func float(n json.Number) json.Number {
	const short = 20
	if len(n) <= short && !strings.ContainsAny(string(n), "eE") {
		return n
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(string(n)), "e")
	f, _ := n.Float64()
	switch {
	case math.IsInf(f, 0):
		f = math.Copysign(math.MaxFloat64, f)
	case f == 0 && strings.ContainsAny(mantissa, "123456789"):
		f = math.SmallestNonzeroFloat64
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}

// value returns the value at a location, or the last one on the way there.
func (k *checker) value(location []string) *strictjson.Value {
	v := k.top
	for _, part := range location {
		next := k.in(v, part)
		if next == nil {
			return v
		}
		v = next
	}
	return v
}

// in returns a part of a value, or nil.
func (k *checker) in(v *strictjson.Value, part string) *strictjson.Value {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case strictjson.Array:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(v.Items) {
			return v.Items[i]
		}
	case strictjson.Object:
		if i, ok := k.members(v)[part]; ok {
			return v.Members[i].Value
		}
	}
	return nil
}

// key returns where a key of an object stands.
func (k *checker) key(v *strictjson.Value, key string) strictjson.Pos {
	if i, ok := k.members(v)[key]; ok {
		return v.Members[i].KeyPos
	}
	return v.Pos
}

// members returns the places of an object's members by their keys.
func (k *checker) members(v *strictjson.Value) map[string]int {
	index, ok := k.index[v]
	if !ok {
		index = make(map[string]int, len(v.Members))
		for i, m := range v.Members {
			index[m.Key] = i
		}
		k.index[v] = index
	}
	return index
}

// name words a location: "extra.vito.screenshots[0]".
func (k *checker) name(location []string) string {
	const most = 12 // parts
	var b strings.Builder
	v := k.top
	for i, part := range location {
		if i == most {
			b.WriteString("…")
			break
		}
		if v != nil && v.Kind == strictjson.Array {
			b.WriteString("[" + part + "]")
			v = k.in(v, part)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if quoted := wording.Quote(part); quoted == `"`+part+`"` && !strings.ContainsAny(part, " .[]") {
			b.WriteString(part)
		} else {
			b.WriteString(quoted)
		}
		v = k.in(v, part)
	}
	if b.Len() == 0 {
		return k.what
	}
	return b.String()
}

// rule returns the part of the schema that an error is from.
func (k *checker) rule(location string) map[string]any {
	_, fragment, _ := strings.Cut(location, "#")
	var node = k.doc
	for _, part := range strings.Split(strings.TrimPrefix(fragment, "/"), "/") {
		if part == "" {
			continue
		}
		if p, err := url.PathUnescape(part); err == nil {
			part = p
		}
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		switch n := node.(type) {
		case map[string]any:
			node = n[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(n) {
				return nil
			}
			node = n[i]
		}
	}
	rule, _ := node.(map[string]any)
	return k.resolve(rule)
}

// resolve follows a reference within the schema.
func (k *checker) resolve(rule map[string]any) map[string]any {
	if ref, ok := rule["$ref"].(string); ok && strings.HasPrefix(ref, "#/") {
		return k.rule(ref)
	}
	return rule
}

// property returns the rule of a key.
func (k *checker) property(rule map[string]any, key string) map[string]any {
	all, _ := rule["properties"].(map[string]any)
	one, _ := all[key].(map[string]any)
	resolved := k.resolve(one)
	if len(one) > 1 && text(one, words) != "" || one["examples"] != nil {
		return one
	}
	return resolved
}
