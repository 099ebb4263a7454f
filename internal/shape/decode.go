package shape

import (
	"math"
	"reflect"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
)

// A Decoder takes its value out of a document itself.
type Decoder interface{ DecodeValue(*strictjson.Value) }

// Decode stores what fits of a document in the value that into points to: members in fields by the name in their json tag, exactly. What is of another
// kind is left out: [Check] has told of it.
func Decode(v *strictjson.Value, into any) { decode(v, reflect.ValueOf(into).Elem()) }

func decode(v *strictjson.Value, to reflect.Value) {
	if v == nil || v.Kind == strictjson.Null {
		return
	}
	if to.CanAddr() {
		if d, ok := to.Addr().Interface().(Decoder); ok {
			d.DecodeValue(v)
			return
		}
	}
	switch to.Kind() {
	case reflect.Pointer:
		if to.Type() == reflect.TypeFor[*strictjson.Value]() {
			to.Set(reflect.ValueOf(v))
			return
		}
		p := reflect.New(to.Type().Elem())
		decode(v, p.Elem())
		to.Set(p)
	case reflect.String:
		if v.Kind == strictjson.String {
			to.SetString(v.String)
		}
	case reflect.Bool:
		if v.Kind == strictjson.Bool {
			to.SetBool(v.Bool)
		}
	case reflect.Int, reflect.Int64:
		if v.Kind == strictjson.Number {
			if n, err := v.Number.Int64(); err == nil {
				to.SetInt(n)
			} else if f, err := v.Number.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
				to.SetInt(int64(f)) // 1.0 and 1e3 are whole numbers to JSON Schema, too
			}
		}
	case reflect.Interface:
		to.Set(reflect.ValueOf(v.Any()))
	case reflect.Slice:
		if v.Kind != strictjson.Array {
			return
		}
		list := reflect.MakeSlice(to.Type(), len(v.Items), len(v.Items))
		for i, item := range v.Items {
			decode(item, list.Index(i))
		}
		to.Set(list)
	case reflect.Map:
		if v.Kind != strictjson.Object {
			return
		}
		m := reflect.MakeMapWithSize(to.Type(), len(v.Members))
		for _, member := range v.Members {
			item := reflect.New(to.Type().Elem()).Elem()
			decode(member.Value, item)
			m.SetMapIndex(reflect.ValueOf(member.Key).Convert(to.Type().Key()), item)
		}
		to.Set(m)
	case reflect.Struct:
		if v.Kind == strictjson.Object {
			decodeStruct(v, to)
		}
	}
}

func decodeStruct(v *strictjson.Value, to reflect.Value) {
	for i := range to.NumField() {
		field := to.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			decodeStruct(v, to.Field(i))
		case name != "" && name != "-":
			decode(v.Get(name), to.Field(i))
		}
	}
}
