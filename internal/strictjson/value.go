package strictjson

import "encoding/json"

// Kind says which of JSON's six kinds a value is.
type Kind uint8

// The kinds of value. The zero Kind is none of them.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind with its article, as a message uses it: "a number".
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "a boolean"
	case Number:
		return "a number"
	case String:
		return "a string"
	case Array:
		return "an array"
	case Object:
		return "an object"
	}
	return "nothing"
}

// Pos is a place in a document.
type Pos struct {
	Offset int // in bytes, from 0
	Line   int // from 1
	Column int // in bytes, from 1
}

// A Value is one JSON value and the place where it begins.
type Value struct {
	Kind Kind
	Pos
	String  string      // of a String, its escapes resolved
	Number  json.Number // of a Number, as it is written
	Bool    bool        // of a Bool
	Members []Member    // of an Object, in the order of the document
	Items   []*Value    // of an Array
}

// A Member is one key of an object with its value.
type Member struct {
	Key    string // its escapes resolved; unique within its object
	KeyPos Pos    // of the key's opening quote
	Value  *Value
}

// Member returns the member of that key, or nil if v is no object or has none.
func (v *Value) Member(key string) *Member {
	if v == nil {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Key == key {
			return &v.Members[i]
		}
	}
	return nil
}

// Get returns the value of that key, or nil if v is no object or has none.
func (v *Value) Get(key string) *Value {
	if m := v.Member(key); m != nil {
		return m.Value
	}
	return nil
}

// At returns the value at the end of a path of keys, or nil where the path ends early.
func (v *Value) At(path ...string) *Value {
	for _, key := range path {
		v = v.Get(key)
	}
	return v
}

// Any returns the value as encoding/json would decode it with UseNumber: nil, bool,
// json.Number, string, []any or map[string]any.
func (v *Value) Any() any {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case Bool:
		return v.Bool
	case Number:
		return v.Number
	case String:
		return v.String
	case Array:
		items := make([]any, len(v.Items))
		for i, item := range v.Items {
			items[i] = item.Any()
		}
		return items
	case Object:
		members := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			members[m.Key] = m.Value.Any()
		}
		return members
	}
	return nil
}
