package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The sample of RFC 8785, sections 3.2.2 to 3.2.4.
func TestEncodeRFCSample(t *testing.T) {
	const in = `{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`
	const want = `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
	got, err := Encode(json.RawMessage(in))
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

// The sample of RFC 8785, section 3.2.3: names sort by UTF-16 code units.
func TestEncodeRFCSorting(t *testing.T) {
	const in = `{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
		"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`
	want := []string{"Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
		"Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"}
	got, err := Encode(json.RawMessage(in))
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for _, value := range want {
		i := bytes.Index(got, []byte(value))
		if i <= at {
			t.Errorf("%q is at %d, expected it behind %d in %s", value, i, at, got)
		}
		at = i
	}
}

// The samples of RFC 8785, appendix B. Those that are integers beyond 2⁵³ when written have no canonical form here.
func TestEncodeRFCNumbers(t *testing.T) {
	for _, c := range []struct {
		bits uint64
		want string // "" where it is refused
	}{
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, ""}, // 295147905179352830000
		{0x7fffffffffffffff, ""}, // NaN
		{0x7ff0000000000000, ""}, // infinity
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, ""}, // 999999999999999700000
		{0x444b1ae4d6e2ef4f, ""}, // 999999999999999900000
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
	} {
		got, err := Encode(math.Float64frombits(c.bits))
		if string(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%016x: got %q, %v, expected %q", c.bits, got, err, c.want)
		}
	}
}

func TestEncodeIntegers(t *testing.T) {
	for in, want := range map[string]string{
		"-0": "0", "0": "0", "1": "1", "-17": "-17", "1.0": "1", "1e2": "100", "100e-2": "1",
		"9007199254740992": "9007199254740992", "-9007199254740992": "-9007199254740992",
		"9007199254740993": "", "-9007199254740993": "", "9223372036854775808": "", "1e20": "", "100000000000000000000.5": "",
		"1e21": "1e+21", "1e400": "", "-1e400": "",
	} {
		got, err := Encode(json.Number(in))
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, expected %q", in, got, err, want)
		}
	}
}

func TestEncodeStrings(t *testing.T) {
	for in, want := range map[string]string{
		"":                       `""`,
		"<>&'/":                  `"<>&'/"`,
		"\u2028\u2029\x7f":       "\"\u2028\u2029\x7f\"",
		"\x00\x1f\b\t\n\f\r\"\\": `"\u0000\u001f\b\t\n\f\r\"\\"`,
		"\uFFFD":                 "\"\uFFFD\"",
		"😀":                      `"😀"`,
	} {
		got, err := Encode(in)
		if err != nil || string(got) != want {
			t.Errorf("%q: got %s, %v, expected %s", in, got, err, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, v := range map[string]any{
		"not UTF-8":               "a\xff",
		"not UTF-8 in a name":     map[string]int{"\xc3": 1},
		"not UTF-8 in a struct":   &VersionList{ID: "x", Versions: []Version{{Version: "\xed\xa0\x80"}}},
		"not UTF-8 in any":        map[string]any{"a": []any{"\x80"}},
		"no JSON":                 func() {},
		"not UTF-8 beside U+FFFD": []string{"\uFFFD", "\xff"},
	} {
		if got, err := Encode(v); err == nil {
			t.Errorf("%s: got %s, expected an error", name, got)
		}
	}
	if _, err := Encode(map[string]any{"a": []any{"\uFFFD", nil, 1.5}}); err != nil {
		t.Errorf("U+FFFD itself: %v", err)
	}
}

// One value has one sequence of bytes: encoding what an encoding says gives the same bytes again.
func TestEncodeIdempotent(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaves := []*rapid.Generator[any]{
			rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.String().AsAny(),
			rapid.Int64Range(-1<<53, 1<<53).AsAny(), rapid.Float64Range(-1e15, 1e15).AsAny(), rapid.Float64Range(1e22, 1e300).AsAny(),
		}
		if depth > 0 {
			leaves = append(leaves, rapid.SliceOfN(value(depth-1), 0, 4).AsAny(), rapid.MapOfN(rapid.String(), value(depth-1), 0, 4).AsAny())
		}
		return rapid.OneOf(leaves...)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := value(3).Draw(t, "value")
		once, err := Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := Encode(json.RawMessage(once))
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
		var back any
		if err := json.Unmarshal(once, &back); err != nil {
			t.Fatal(err)
		}
		if thrice, err := Encode(back); err != nil || !bytes.Equal(once, thrice) {
			t.Fatalf("%s became %s, %v", once, thrice, err)
		}
	})
}

func TestEncodeShortestNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		got, err := Encode(f)
		if err != nil {
			return
		}
		if back, err := strconv.ParseFloat(string(got), 64); err != nil || back != f {
			t.Fatalf("%v became %s", f, got)
		}
		if s := string(got); strings.Contains(s, "E") || strings.Contains(s, "e0") || strings.Contains(s, "e-0") || strings.Contains(s, "e+0") {
			t.Fatalf("%v became %s, which ECMAScript doesn't write", f, got)
		}
	})
}

func TestDecode(t *testing.T) {
	const list = `{"id":"clock","versions":[]}`
	for name, c := range map[string]struct {
		in             string
		decode, strict bool // whether each accepts it
	}{
		"as it is written":             {list, true, true},
		"unknown member":               {`{"id":"clock","new":1,"versions":[]}`, true, false},
		"unknown and critical":         {`{"critical":true,"id":"clock","new":1,"versions":[]}`, false, false},
		"critical":                     {`{"critical":true,"id":"clock","versions":[]}`, false, false},
		"not critical":                 {`{"critical":false,"id":"clock","versions":[]}`, true, false},
		"critical isn't a boolean":     {`{"critical":"yes","id":"clock","versions":[]}`, false, false},
		"other order":                  {`{"versions":[],"id":"clock"}`, true, false},
		"space":                        {`{"id":"clock", "versions":[]}`, true, false},
		"line end":                     {list + "\n", true, false},
		"other escape":                 {`{"id":"\u0063lock","versions":[]}`, true, false},
		"member twice":                 {`{"id":"clock","id":"clock","versions":[]}`, true, false},
		"upper case":                   {`{"ID":"clock","versions":[]}`, true, false},
		"empty optional member":        {`{"id":"clock","state":"","versions":[]}`, true, false},
		"null in place of the list":    {`{"id":"clock","versions":null}`, true, true},
		"two documents":                {list + list, false, false},
		"trailing bytes":               {list + "x", false, false},
		"cut off":                      {list[:20], false, false},
		"empty":                        {"", false, false},
		"null":                         {"null", false, false},
		"array":                        {"[]", false, false},
		"byte order mark":              {"\ufeff" + list, false, false},
		"leading space":                {" " + list, false, false},
		"wrong type":                   {`{"id":7,"versions":[]}`, false, false},
		"fraction where it is counted": {`{"id":"clock","versions":[{"log":1.5}]}`, false, false},
	} {
		var v VersionList
		if err := Decode([]byte(c.in), &v); (err == nil) != c.decode {
			t.Errorf("%s: Decode says %v", name, err)
		}
		v = VersionList{}
		if err := DecodeStrict([]byte(c.in), &v); (err == nil) != c.strict {
			t.Errorf("%s: DecodeStrict says %v", name, err)
		}
	}
}

func TestRef(t *testing.T) {
	ref := RefOf([]byte("abc"))
	// FIPS 180-4's own example.
	if want := (Ref{"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3}); ref != want {
		t.Errorf("got %v, expected %v", ref, want)
	}
	if err := ref.Check([]byte("abc")); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"", "ab", "abd", "abcd"} {
		if ref.Check([]byte(other)) == nil {
			t.Errorf("%q passes for abc", other)
		}
	}
	if RefOf(nil).Check(nil) != nil {
		t.Error("nothing isn't itself")
	}
}
