package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestAccepts(t *testing.T) {
	for _, doc := range []string{
		`null`, `true`, ` false `, `0`, `-0`, `1.5e+10`, `-12.25E-3`, `1E5`, `""`, `"a"`, `[]`, `{}`, ` [ ] `, ` { } `,
		`[1,"2",null,[true],{"a":{}}]`,
		"\r\n\t{\"a\" :\t1 ,\n\"b\": [ 1 , 2 ] }\n",
		`"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\u0000"`, // every escape
		`"\ud83d\ude00 😀 \uD83D\uDE00"`,              // a surrogate pair, in both cases, and the character itself
		`{"a":1,"A":2,"":3}`,                         // keys that differ in case are two keys
		`[{"a":1},{"a":2}]`,                          // the same key in two objects
		"\"\x7f\u202e\ufeff\"",                       // odd characters are left to whoever shows the text
		`123456789012345678901234567890.5`,           // numbers keep their digits
		strings.Repeat("[", 64) + strings.Repeat("]", 64),
	} {
		v, err := Parse([]byte(doc), Limits{})
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if want := decode(t, doc); !reflect.DeepEqual(v.Any(), want) {
			t.Errorf("%s: got %#v, want %#v", doc, v.Any(), want)
		}
	}
}

func TestRefuses(t *testing.T) {
	many := "{"
	for i := range 40 {
		many += fmt.Sprintf("\"k%d\":%d,\n", i, i)
	}
	for _, test := range []struct{ shows, doc, want string }{
		{"an empty document", "", `json/syntax 1:1: the document is empty, expected a JSON value`},
		{"white space alone", " \n ", `json/syntax 2:2: the document is empty, expected a JSON value`},
		{"a UTF-8 byte order mark", "\xef\xbb\xbf{}", `json/bom 1:1: the document begins with a byte order mark (UTF-8)`},
		{"a UTF-16 byte order mark", "\xff\xfe{\x00}\x00", `json/bom 1:1: the document begins with a byte order mark (UTF-16)`},
		{"a byte that isn't UTF-8", "{\n\"a\":\"\xe9\"}", `json/encoding 2:6: byte 0xe9 is not part of any UTF-8 character`},
		{"a surrogate encoded as UTF-8", "\"\xed\xa0\x80\"", `json/encoding 1:2: byte 0xed is not part of any UTF-8 character`},
		{"a second value", "{}\n{}", `json/trailing 2:1: expected the end of the document after its value, found '{'`},
		{"a NUL after the value", "{}\x00", `json/trailing 1:3: expected the end of the document after its value, found '\x00'`},
		{"a duplicate key, both places told", "{\"a\": 1,\n  \"a\": 2}", `json/duplicate-key 2:3: the key "a" is here twice, first at line 1 column 2`},
		{"a duplicate key spelt with an escape", `{"a":1,"\u0061":2}`, `json/duplicate-key 1:8: the key "a" is here twice, first at line 1 column 2`},
		{"a duplicate key among many", many + `"k3":0}`, `json/duplicate-key 41:1: the key "k3" is here twice, first at line 4 column 1`},
		{"a duplicate key beyond the first few", many + `"k33":0}`, `json/duplicate-key 41:1: the key "k33" is here twice, first at line 34 column 1`},
		{"a high surrogate alone", `["\ud800"]`, `json/surrogate 1:3: \ud800 is half of a surrogate pair, and its other half isn't next to it`},
		{"a low surrogate first", `"\ude00\ud83d"`, `json/surrogate 1:2: \ude00 is half of a surrogate pair, and its other half isn't next to it`},
		{"a high surrogate before a plain escape", `"\ud83d\u0041"`, `json/surrogate 1:2: \ud83d is half of a surrogate pair, and its other half isn't next to it`},
		{"a comma too many in an object", "{\"a\":1,\n}", `json/syntax 2:1: expected a key in quotes after ',', found '}' | remove the comma before it`},
		{"a comma too many in an array", `[1,]`, `json/syntax 1:4: expected a JSON value, found ']' | remove the comma before it`},
		{"a missing value", `{"a": }`, `json/syntax 1:7: expected a JSON value, found '}'`},
		{"a missing comma", "{\"a\":1\n\"b\":2}", `json/syntax 2:1: expected ',' or '}' after the value of "a", found '"'`},
		{"a missing comma in an array", `[1 2]`, `json/syntax 1:4: expected ',' or ']' after an item, found '2'`},
		{"a missing colon", `{"a" 1}`, `json/syntax 1:6: expected ':' after the key "a", found '1'`},
		{"an object that isn't closed", `{"a":1`, `json/syntax 1:7: expected ',' or '}' after the value of "a", found the end of the document`},
		{"a key without quotes", `{a:1}`, `json/syntax 1:2: expected a key in quotes or '}', found 'a'`},
		{"single quotes", `{'a':1}`, `json/syntax 1:2: expected a key in quotes or '}', found '\'' | keys are quoted with "`},
		{"a comment", "{\n// no\n}", `json/syntax 2:1: expected a key in quotes or '}', found '/' | JSON has no comments: remove it`},
		{"Python's True", `[True]`, `json/syntax 1:2: expected a JSON value, found the word "True" | did you mean true?`},
		{"NaN", `NaN`, `json/syntax 1:1: expected a JSON value, found the word "NaN"`},
		{"a word cut short", `tru`, `json/syntax 1:1: expected a JSON value, found the word "tru"`},
		{"a word with a tail", `nullx`, `json/trailing 1:5: expected the end of the document after its value, found 'x'`},
		{"a leading zero", `01`, `json/syntax 1:1: a number begins with a superfluous 0`},
		{"a leading plus", `+1`, `json/syntax 1:1: expected a JSON value, found '+' | a number begins with a digit or with '-'`},
		{"a minus alone", `-`, `json/syntax 1:2: expected a digit after '-', found the end of the document`},
		{"a version as a number", `1.10.0`, `json/trailing 1:5: expected the end of the document after its value, found '.'`},
		{"a point without digits", `[1.]`, `json/syntax 1:4: expected a digit after the decimal point, found ']'`},
		{"an exponent without digits", `1e`, `json/syntax 1:3: expected a digit in the exponent, found the end of the document`},
		{"a string that isn't closed", `{"a": "b}`, `json/syntax 1:7: the string that begins here isn't closed`},
		{"an escape at the end", `"\`, `json/syntax 1:1: the string that begins here isn't closed`},
		{"a line end in a string", "\"a\nb\"", `json/syntax 1:3: the line ends within a string`},
		{"a tab in a string", "\"\\n\t\"", `json/syntax 1:4: a string holds the control character U+0009`},
		{"an unknown escape", `"C:\dir"`, `json/syntax 1:4: expected an escape that JSON has (\" \\ \/ \b \f \n \r \t \uXXXX), found a backslash and 'd' | write \\ for a backslash`},
		{"a short \\u", `"\u12"`, `json/syntax 1:2: expected four hexadecimal digits after \u`},
		{"a bidi override is shown escaped", "\u202e", `json/syntax 1:1: expected a JSON value, found '\u202e'`},
		{"65 levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), `json/depth 1:65: arrays and objects are nested more than 64 deep`},
		{"10,000 levels of objects", strings.Repeat(`{"a":`, 10_000), `json/depth 1:321: arrays and objects are nested more than 64 deep`},
		{"a million open brackets", strings.Repeat(`[`, 1_000_000), `json/depth 1:65: arrays and objects are nested more than 64 deep`},
		{"too many bytes, whatever they are", strings.Repeat("\xff", 1<<20+1), `json/size 1:1: the document has 1048577 bytes, at most 1048576 are allowed`},
		{"too many values", "[" + strings.Repeat("0,", 200_000) + "0]", `json/values 1:200000: the document holds more than 100000 values`},
	} {
		t.Run(test.shows, func(t *testing.T) {
			_, err := Parse([]byte(test.doc), Limits{})
			if err == nil {
				t.Fatal("accepted")
			}
			got := err.Code + " " + err.Error()
			if _, _, ok := strings.Cut(test.want, " | "); ok {
				got += " | " + err.Hint
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// The limits are those of the caller: at one nothing happens, beyond it the error comes.
func TestLimits(t *testing.T) {
	for _, test := range []struct {
		doc  string
		lim  Limits
		code string
	}{
		{`[[]]`, Limits{Size: 4, Depth: 2, Values: 2}, ""},
		{`[[]]`, Limits{Size: 3}, CodeSize},
		{`[[]]`, Limits{Depth: 1}, CodeDepth},
		{`[[]]`, Limits{Values: 1}, CodeValues},
		{strings.Repeat("[", 1000) + strings.Repeat("]", 1000), Limits{Depth: 1 << 40}, ""},
		{strings.Repeat("[", 1001) + strings.Repeat("]", 1001), Limits{Depth: 1 << 40}, CodeDepth}, // never deeper
	} {
		code := ""
		if _, err := Parse([]byte(test.doc), test.lim); err != nil {
			code = err.Code
		}
		if code != test.code {
			t.Errorf("%.20s with %+v: got %q, want %q", test.doc, test.lim, code, test.code)
		}
	}
}

func TestPositions(t *testing.T) {
	doc := "{\n  \"é\": [1,\r\n    {\"b\": \"x\"}],\n  \"c\": null}"
	v, err := Parse([]byte(doc), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what string
		pos  Pos
		want Pos
	}{
		{"the whole", v.Pos, Pos{0, 1, 1}},
		{"a key", v.Member("é").KeyPos, Pos{4, 2, 3}},
		{"an array; columns are bytes", v.Get("é").Pos, Pos{10, 2, 9}},
		{"an item", v.Get("é").Items[0].Pos, Pos{11, 2, 10}},
		{"after a CRLF", v.Get("é").Items[1].Pos, Pos{19, 3, 5}},
		{"deep", v.Get("é").Items[1].At("b").Pos, Pos{25, 3, 11}},
		{"null", v.At("c").Pos, Pos{39, 4, 8}},
	} {
		if test.pos != test.want {
			t.Errorf("%s: got %v, want %v", test.what, test.pos, test.want)
		}
	}
	if v.At("é", "b") != nil || v.At("c", "d", "e") != nil || v.Get("x") != nil || v.Member("x") != nil {
		t.Error("a path into nothing leads somewhere")
	}
	if !bytes.HasPrefix([]byte(doc)[v.Get("c").Offset:], []byte("null")) {
		t.Error("offset isn't an index into the document")
	}
}

// What Parse returns doesn't change when the caller uses the buffer again.
func TestKeepsNothing(t *testing.T) {
	doc := []byte(`{"key": ["text", 12]}`)
	v, err := Parse(doc, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	clear(doc)
	if items := v.Get("key").Items; items[0].String != "text" || items[1].Number != "12" {
		t.Error("the value changed with the buffer")
	}
}

func decode(t *testing.T, doc string) any {
	t.Helper()
	var want any
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatalf("%s: encoding/json: %v", doc, err)
	}
	return want
}

func FuzzParse(f *testing.F) {
	for _, doc := range []string{`{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",true,null]}`, `{"a":1,"a":2}`, `"\ud800"`, "\xef\xbb\xbf1", `[1,]`, `"` + "\xff" + `"`} {
		f.Add([]byte(doc))
	}
	// What a reader that isn't strict may accept and Parse doesn't.
	stricter := map[string]bool{CodeSize: true, CodeEncoding: true, CodeDepth: true, CodeValues: true, CodeDuplicate: true, CodeSurrogate: true}
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := Parse(doc, Limits{Size: 1 << 16, Values: 1000})
		if err != nil {
			if json.Valid(doc) && !stricter[err.Code] {
				t.Fatalf("refused what is JSON: %v", err)
			}
			if err.Line < 1 || err.Column < 1 || err.Offset < 0 || err.Offset > len(doc) || err.Message == "" {
				t.Fatalf("bad error: %+v", err)
			}
			return
		}
		if want := decode(t, string(doc)); !reflect.DeepEqual(v.Any(), want) {
			t.Fatalf("got %#v, want %#v", v.Any(), want)
		}
		lines := bytes.Split(doc, []byte("\n"))
		walk(v, func(pos Pos) {
			line := lines[pos.Line-1]
			if pos.Column < 1 || pos.Column > len(line) || line[pos.Column-1] != doc[pos.Offset] {
				t.Fatalf("line %d column %d isn't offset %d", pos.Line, pos.Column, pos.Offset)
			}
		})
	})
}

func walk(v *Value, at func(Pos)) {
	at(v.Pos)
	for _, item := range v.Items {
		walk(item, at)
	}
	for _, m := range v.Members {
		at(m.KeyPos)
		walk(m.Value, at)
	}
}

func BenchmarkParse(b *testing.B) {
	doc := []byte(`{
    "name": "acme/disk-watch",
    "description": "` + strings.Repeat("Watches the disks of your servers. ", 8) + `",
    "type": "vito-plugin", "license": "MIT", "version": "1.2.3",
    "keywords": ["disk", "monitoring", "alerts"],
    "authors": [{"name": "Acme", "email": "hello@example.org", "homepage": "https://example.org"}],
    "support": {"issues": "https://example.org/issues", "docs": "https://example.org/docs"},
    "require": {"php": "^8.2"},
    "autoload": {"psr-4": {"App\\Vito\\Plugins\\Acme\\DiskWatch\\": ""}},
    "extra": {"vito": {
        "name": "Disk watch", "icon": "icon.svg", "categories": ["monitoring"],
        "homepage": "https://example.org/disk-watch", "author": {"name": "Acme", "github": "acme"},
        "min_vito_version": "3.0", "screenshots": ["one.png", "two.png"]
    }}
}
`)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(doc, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
