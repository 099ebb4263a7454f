package strictyaml

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/strictjson"
)

// What all readers take for the same is taken for that.
func TestPlain(t *testing.T) {
	for _, s := range []string{"0", "-0", "3", "1.10", "-2.5", "10.0", "1.5e+3", "-1.5E-3", "2026", "123456789012345678901234567890", "1.0e+400"} {
		for _, doc := range []string{s, "a: " + s, "[" + s + "]"} {
			if v, errs := Parse([]byte(doc), strictjson.Limits{}); len(errs) > 0 || scalarOf(v).Number != json.Number(s) {
				t.Errorf("%s: got %#v, errors %v, want the number", doc, v.Any(), errs)
			}
		}
	}
	for _, s := range []string{
		"1.0.0", "1.2.3-rc.1", "v1", "x1", "0x", "0xg", "0b2", "0o8", "12:60", "8080:80", "10.0.0.1:80", "a:1", "1,000", "1-2", "2026-11", "2026-11-21-x", "26-11-21",
		"yesterday", "nothing", "one", "y2k", "inf", "nan", ".", "..", ".git", "-", "--x", "1e", "e3", "_1", "__", "==", "none", "nil", "truest", "~/x", "é",
	} {
		if s == "-" {
			continue // begins a list
		}
		for _, doc := range []string{"a: " + s, "- " + s} {
			if v, errs := Parse([]byte(doc), strictjson.Limits{}); len(errs) > 0 || scalarOf(v).String != s {
				t.Errorf("%s: got %#v, errors %v, want the text", doc, v.Any(), errs)
			}
		}
	}
}

// scalarOf returns the only scalar in a value.
func scalarOf(v *strictjson.Value) *strictjson.Value {
	switch {
	case v == nil:
		return &strictjson.Value{}
	case len(v.Items) > 0:
		return scalarOf(v.Items[0])
	case len(v.Members) > 0:
		return scalarOf(v.Members[0].Value)
	}
	return v
}

func TestSurprise(t *testing.T) {
	const number = "write the number in plain decimal digits"
	for _, test := range []struct{ scalars, what, otherwise string }{
		{"y Y yes Yes YES yEs on On ON", "YAML 1.1 takes for true and YAML 1.2 for a text", "write true"},
		{"n N no No NO off Off OFF oFF", "YAML 1.1 takes for false and YAML 1.2 for a text", "write false"},
		{"True TRUE tRuE", "some readers of YAML take for true and others for a text", "write true"},
		{"False FALSE", "some readers of YAML take for false and others for a text", "write false"},
		{"Null NULL nuLL", "some readers of YAML take for null and others for a text", "write null"},
		{"~", "YAML takes for null", "write null"},
		{"<< =", "YAML 1.1 takes for a mark with a meaning of its own", ""},
		{"2026-11-21 2026-1-2 2026-13-45 2026-11-21T10:20:30Z 2026-11-21t10:20:30.5+01:00", "YAML 1.1 takes for a date and YAML 1.2 for a text", ""},
		{"12:30 +12:30 1_2:30", "YAML 1.1 takes for a number to the base 60 (750) and YAML 1.2 for a text", ""},
		{"-1:00:01", "YAML 1.1 takes for a number to the base 60 (-3601) and YAML 1.2 for a text", ""},
		{"1:30.5 99999999999999999999:30 1" + strings.Repeat(":59", 50), "YAML 1.1 takes for a number to the base 60 and YAML 1.2 for a text", ""},
		{".inf .Inf .INF +.inf -.INF .iNf", "YAML takes for infinity", ""},
		{".nan .NaN .NAN", `YAML takes for "not a number"`, ""},
		{"0x1f 0X1F 0x1_f +0x1F", "some readers of YAML take for a hexadecimal number (31) and others for a text", number},
		{"0xfffffffffffffffff 0x_", "some readers of YAML take for a hexadecimal number and others for a text", number},
		{"0o17 0O17", "some readers of YAML take for an octal number (15) and others for a text", number},
		{"-0b101 -0B1_01", "some readers of YAML take for a binary number (-5) and others for a text", number},
		{"0777 +0777 0_777 00777", "YAML 1.1 takes for an octal number (511) and YAML 1.2 for a decimal one or a text", number},
		{"01 0_1 001", "YAML 1.1 takes for an octal number (1) and YAML 1.2 for a decimal one or a text", number},
		{"08 -019 0009", "YAML 1.1 takes for a text and YAML 1.2 for a number", number},
		{"1_000 1000_ 1__000", `some readers of YAML take for the number "1000" and others for a text`, number},
		{"-1_000.5 -_1000.5", `some readers of YAML take for the number "-1000.5" and others for a text`, number},
		{"1e3 1E3 1e+3 1.5e3 -1e-3 12e03 1.E5 .5e3", "YAML 1.1 takes for a text and YAML 1.2 for a number with an exponent", number},
		{"+1 +1.5 1. -1. .5 -.5 +.5 01.5 00.5", "YAML takes for a number, in a form that JSON doesn't have", number},
	} {
		for s := range strings.FieldsSeq(test.scalars) {
			quoted := `put it in quotes: "` + s + `"`
			if len(s) > 60 {
				quoted = `put it in quotes: "` + s[:60] + `"…`
			}
			hint := quoted
			if test.otherwise != "" {
				hint += ", or " + test.otherwise
			}
			what := strings.TrimPrefix(quoted, "put it in quotes: ")
			for doc, column := range map[string]int{s: 1, "a: " + s: 4, "[" + s + "]": 2, "- " + s + " # b": 3} {
				refused(t, doc, []string{fmt.Sprintf("yaml/surprise 1:%d: found %s without quotes, which %s | %s", column, what, test.what, hint)})
			}
			for _, doc := range []string{`"` + s + `"`, "'" + s + "'", "|-\n  " + s, ">-\n  " + s, "{\"" + s + "\": '" + s + "'}"} {
				if v, errs := Parse([]byte(doc), strictjson.Limits{}); len(errs) > 0 || scalarOf(v).String != s {
					t.Errorf("%s: got %#v, errors %v, want the text", doc, v.Any(), errs)
				}
			}
		}
	}
	spaced := "2026-11-21 10:20:30 +1"
	refused(t, "a: "+spaced, []string{`yaml/surprise 1:4: found "` + spaced + `" without quotes, which YAML 1.1 takes for a date and YAML 1.2 for a text | put it in quotes: "` + spaced + `"`})
}
