package shape

import (
	"reflect"
	"testing"

	"github.com/regen-registry/regen/internal/strictjson"
)

type word string

// A pair takes "a/b" apart.
type pair struct{ left, right string }

func (p *pair) DecodeValue(v *strictjson.Value) {
	if v.Kind == strictjson.String && len(v.String) == 3 {
		p.left, p.right = v.String[:1], v.String[2:]
	}
}

type embedded struct {
	Deep string `json:"deep"`
}

type everything struct {
	embedded
	Text    string            `json:"text"`
	Word    word              `json:"word,omitempty"`
	On      bool              `json:"on"`
	Int     int               `json:"int"`
	Long    int64             `json:"long"`
	Pointer *embedded         `json:"pointer"`
	List    []word            `json:"list"`
	Lists   [][]int           `json:"lists"`
	Texts   map[word]string   `json:"texts"`
	Objects map[string][]bool `json:"objects"`
	Any     any               `json:"any"`
	Raw     *strictjson.Value `json:"raw"`
	Pair    pair              `json:"pair"`
	Pairs   []pair            `json:"pairs"`
	Named   struct {
		In embedded `json:"in"`
	} `json:"named"`
	Left  string `json:"-"`
	Plain string
}

func decoded(t *testing.T, doc string) everything {
	t.Helper()
	v, err := strictjson.Parse([]byte(doc), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var e everything
	Decode(v, &e)
	return e
}

// Each kind of field takes its kind of value.
func TestDecode(t *testing.T) {
	got := decoded(t, `{"deep": "d", "text": "t", "word": "w", "on": true, "int": 1.5e1, "long": 9007199254740993, "pointer": {"deep": "p"}, "list": ["a", "b"],
		"lists": [[1], [], [2, 3]], "texts": {"en": "e"}, "objects": {"a": [true, false]}, "any": {"x": [1, null]}, "raw": [7], "pair": "a/b", "pairs": ["c/d", "e/f"],
		"named": {"in": {"deep": "n"}}, "-": "x", "Left": "x", "Plain": "x", "unknown": {}}`)
	if got.Raw == nil || got.Raw.Kind != strictjson.Array || got.Raw.Items[0].Number != "7" {
		t.Errorf("raw is %+v", got.Raw)
	}
	got.Raw = nil
	want := everything{
		embedded: embedded{"d"}, Text: "t", Word: "w", On: true, Int: 15, Long: 9007199254740993, Pointer: &embedded{"p"}, List: []word{"a", "b"},
		Lists: [][]int{{1}, {}, {2, 3}}, Texts: map[word]string{"en": "e"}, Objects: map[string][]bool{"a": {true, false}}, Pair: pair{"a", "b"}, Pairs: []pair{{"c", "d"}, {"e", "f"}},
	}
	want.Named.In.Deep = "n"
	if object, ok := got.Any.(map[string]any); !ok || len(object) != 1 {
		t.Errorf("any is %v", got.Any)
	}
	got.Any = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// What is of another kind is left out, and the rest is there.
func TestDecodeLeavesOut(t *testing.T) {
	for _, other := range []string{`null`, `{"a": 1}`, `[1, "x"]`, `"x"`, `7`, `1.5`, `1e999`, `true`} {
		got := decoded(t, `{"text": `+other+`, "on": `+other+`, "int": `+other+`, "long": `+other+`, "pointer": `+other+`, "list": `+other+`, "lists": `+other+`, "texts": `+other+`,
			"objects": `+other+`, "pair": `+other+`, "named": `+other+`, "word": "w"}`)
		if got.Word != "w" {
			t.Errorf("%s: the rest isn't there: %+v", other, got)
		}
		if got.Text != "" && other != `"x"` || got.On && other != "true" || got.Int != 0 && other != "7" || got.Pair != (pair{}) || len(got.List) > 0 && other[0] != '[' || len(got.Texts) > 0 && other[0] != '{' {
			t.Errorf("%s: got %+v", other, got)
		}
	}
	if got := decoded(t, `[]`); !reflect.DeepEqual(got, everything{}) {
		t.Errorf("of a list: %+v", got)
	}
	got := everything{Text: "default", Int: 3}
	Decode(&strictjson.Value{Kind: strictjson.Object}, &got)
	if got.Text != "default" || got.Int != 3 {
		t.Errorf("what isn't said keeps its default: %+v", got)
	}
}
