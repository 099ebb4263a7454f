package wire

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// fits checks that a cut entry is small enough, says what the whole one said, and is cut at characters.
func fits(t interface {
	Helper()
	Fatalf(string, ...any)
}, e Entry) Entry {
	t.Helper()
	got, err := e.Fit()
	if err != nil {
		t.Fatalf("%v", err)
	}
	b, err := Encode(got)
	if err != nil || len(b) > MaxEntry {
		t.Fatalf("the entry has %d bytes (%v), expected at most %d", len(b), err, MaxEntry)
	}
	for _, text := range [][2]string{{e.Summary, got.Summary}, {e.Name, got.Name}} {
		whole, cut := text[0], text[1]
		if cut == whole || cut == "" {
			continue
		}
		head, ok := strings.CutSuffix(cut, ellipsis)
		if !ok || !strings.HasPrefix(whole, head) || !utf8.ValidString(cut) || head == "" {
			t.Fatalf("%q was cut to %q", whole, cut)
		}
	}
	if got.Format != e.Format || got.State != e.State || got.Versions != e.Versions || len(got.Channels) != len(e.Channels) {
		t.Fatalf("%+v lost more than texts: %+v", e, got)
	}
	again, err := got.Fit()
	if one, _ := Encode(again); err != nil || !bytes.Equal(one, b) {
		t.Fatalf("fitting again gives %s, expected %s", one, b)
	}
	return got
}

func entry() Entry {
	return Entry{Format: "vito", Name: "Clock", Channels: map[string]string{"stable": "1.0.0"}, Versions: Ref{hashA, 345}}
}

func TestFit(t *testing.T) {
	whole := entry()
	whole.Summary, whole.Categories, whole.Icon = "Shows the time", []string{"time"}, "1.0.0/assets/icon.svg"
	if got := fits(t, whole); got.Summary != whole.Summary || len(got.Categories) != 1 || got.Icon == "" || got.Name != whole.Name {
		t.Errorf("a small entry was cut: %+v", got)
	}
	for name, summary := range map[string]string{
		"ascii":                  strings.Repeat("word ", 500),
		"three bytes each":       strings.Repeat("時", 700),
		"four bytes each":        strings.Repeat("😀", 600),
		"escaped":                strings.Repeat("\x01", 900),
		"quotes":                 strings.Repeat(`"`, 2000),
		"spaces":                 strings.Repeat(" ", 3000),
		"ellipses":               strings.Repeat(ellipsis, 900),
		"combining marks":        "e" + strings.Repeat("\u0301", 1500),
		"one byte too long":      strings.Repeat("a", 1024),
		"a megabyte":             strings.Repeat("b", 1<<20),
		"a megabyte of controls": strings.Repeat("\x1f", 1<<20),
	} {
		e := entry()
		e.Summary = summary
		got := fits(t, e)
		// No more is cut than has to be: a character takes at most 6 bytes of JSON.
		if b, _ := Encode(got); len(b) < MaxEntry-6 && strings.Trim(summary, " "+ellipsis) != "" {
			t.Errorf("%s: the entry was cut to %d bytes", name, len(b))
		}
	}
	t.Run("long everything", func(t *testing.T) {
		e := entry()
		e.Name, e.Summary = strings.Repeat("\x02", 5000), strings.Repeat("é", 5000)
		e.Icon = "1.0.0/assets/" + strings.Repeat("i", 256)
		e.State = Delisted
		for range 200 {
			e.Categories = append(e.Categories, strings.Repeat("c", 60))
		}
		for _, channel := range Channels {
			e.Channels[channel] = strings.Repeat("9", MaxVersion)
		}
		if got := fits(t, e); got.Summary != "" || got.Categories != nil || got.Icon != "" || len(got.Name) < 50 {
			t.Errorf("cut to %+v", got)
		}
	})
	t.Run("no room at all", func(t *testing.T) {
		e := entry()
		e.Format = strings.Repeat("f", 2000)
		if got, err := e.Fit(); err == nil {
			t.Errorf("got %+v, expected an error", got)
		}
	})
	t.Run("not UTF-8", func(t *testing.T) {
		e := entry()
		e.Summary = "\xff"
		if _, err := e.Fit(); err == nil {
			t.Error("a summary that isn't UTF-8 has no error")
		}
	})
}

func TestFitProperty(t *testing.T) {
	text := rapid.StringOfN(rapid.Rune(), 0, 1500, -1)
	rapid.Check(t, func(t *rapid.T) {
		e := entry()
		e.Name, e.Summary, e.Icon = text.Draw(t, "name"), text.Draw(t, "summary"), rapid.StringN(0, 300, 600).Draw(t, "icon")
		e.Categories = rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,40}`), 0, 20).Draw(t, "categories")
		fits(t, e)
	})
}

func TestVersionList(t *testing.T) {
	var none VersionList
	if v, ok := none.Highest(); ok {
		t.Errorf("an empty list has the highest version %v", v)
	}
	if heads := none.ChannelHeads(); len(heads) != 0 {
		t.Errorf("an empty list has channels %v", heads)
	}
	list := VersionList{Versions: []Version{{Version: "1.0.0-beta.1", Channel: "beta"}, {Version: "1.0.0", Channel: "stable"}, {Version: "1.1.0-beta.1", Channel: "beta"}}}
	if v, _ := list.Highest(); v.Version != "1.1.0-beta.1" {
		t.Errorf("the highest version is %v", v)
	}
	if heads := list.ChannelHeads(); heads["beta"] != "1.1.0-beta.1" || heads["stable"] != "1.0.0" || len(heads) != 2 {
		t.Errorf("the channels are %v", heads)
	}
}

func TestText(t *testing.T) {
	text := Text{"de": "Uhr", "en": "Clock", "fr": "Horloge"}
	if got := text.In("de"); got != "Uhr" {
		t.Error(got)
	}
	if got := text.In("it"); got != "Clock" {
		t.Error(got)
	}
	delete(text, "en")
	if got := text.In("it"); got != "Uhr" {
		t.Error(got)
	}
	if got := (Text)(nil).In("en"); got != "" {
		t.Error(got)
	}
}

func TestAssets(t *testing.T) {
	file := func(path string) File { return File{Path: path, Size: 1, SHA256: hashA} }
	f := Facts{
		Icons:       []Image{{File: file("icon.svg")}},
		Screenshots: []Image{{File: file("b.png")}, {File: file("a.png")}, {File: file("icon.svg")}},
		Description: map[string]File{"en": file("README.md"), "de": file("README.de.md")},
		Changelog:   map[string]File{"en": file("CHANGELOG.md")},
	}
	var got []string
	for _, a := range f.Assets() {
		got = append(got, a.Path)
	}
	if want := "icon.svg b.png a.png README.de.md README.md CHANGELOG.md"; strings.Join(got, " ") != want {
		t.Errorf("got %v, expected %s", got, want)
	}
}

// events of each type that are right.
var events = map[string]Event{
	EventRelease: {Type: EventRelease, ID: "clock", Version: "1.0.0", Channel: "stable", SHA256: strings.Repeat("a1", 32), Size: 9},
	EventDelist:  {Type: EventDelist, ID: "clock", Time: 1700000000},
	EventRelist:  {Type: EventRelist, ID: "clock", Time: 1700000000},
	EventKeys:    {Type: EventKeys, Keys: 1, SHA256: strings.Repeat("a1", 32), Time: 1700000000},
}

func TestEventCheck(t *testing.T) {
	for name, e := range events {
		if err := e.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		data, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeEvent(data); err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%s is read as %+v, %v", data, got, err)
		}
	}
	for name, change := range map[string]struct {
		of     string
		change func(*Event)
	}{
		"release without id":      {EventRelease, func(e *Event) { e.ID = "" }},
		"release with a bad id":   {EventRelease, func(e *Event) { e.ID = "../x" }},
		"release without version": {EventRelease, func(e *Event) { e.Version = "" }},
		"release, bad version":    {EventRelease, func(e *Event) { e.Version = "1" }},
		"release without channel": {EventRelease, func(e *Event) { e.Channel = "" }},
		"release without hash":    {EventRelease, func(e *Event) { e.SHA256 = "" }},
		"release, bad hash":       {EventRelease, func(e *Event) { e.SHA256 = strings.ToUpper(e.SHA256) }},
		"release without size":    {EventRelease, func(e *Event) { e.Size = 0 }},
		"release, negative size":  {EventRelease, func(e *Event) { e.Size = -1 }},
		"release with a time":     {EventRelease, func(e *Event) { e.Time = 1 }},
		"release with keys":       {EventRelease, func(e *Event) { e.Keys = 1 }},
		"delist with a version":   {EventDelist, func(e *Event) { e.Version = "1.0.0" }},
		"delist without id":       {EventDelist, func(e *Event) { e.ID = "" }},
		"relist with a hash":      {EventRelist, func(e *Event) { e.SHA256 = hashA }},
		"relist with a channel":   {EventRelist, func(e *Event) { e.Channel = "stable" }},
		"keys with an id":         {EventKeys, func(e *Event) { e.ID = "clock" }},
		"keys without version":    {EventKeys, func(e *Event) { e.Keys = 0 }},
		"keys, negative version":  {EventKeys, func(e *Event) { e.Keys = -1 }},
		"keys without hash":       {EventKeys, func(e *Event) { e.SHA256 = "" }},
		"keys with a size":        {EventKeys, func(e *Event) { e.Size = 1 }},
		"unknown type":            {EventKeys, func(e *Event) { e.Type = "yank" }},
		"no type":                 {EventKeys, func(e *Event) { e.Type = "" }},
	} {
		e := events[change.of]
		change.change(&e)
		if e.Check() == nil {
			t.Errorf("%s: %+v passes", name, e)
		}
	}
}

// A reader passes over types that it doesn't know, unless they are critical.
func TestDecodeEventUnknown(t *testing.T) {
	for in, ok := range map[string]bool{
		`{"id":"clock","type":"merge","why":"x"}`:                         true,
		`{"critical":true,"id":"clock","type":"merge"}`:                   false,
		`{"critical":false,"id":"clock","type":"merge"}`:                  true,
		`{"id":"clock","new":1,"time":5,"type":"delist"}`:                 true,
		`{"critical":true,"id":"clock","new":1,"time":5,"type":"delist"}`: false,
		`{"id":"Clock","time":5,"type":"delist"}`:                         false,
		`{"id":"clock","time":5,"type":"delist"`:                          false,
		`[]`:                                                              false,
		`null`:                                                            false,
		``:                                                                false,
		`{"id":"clock","time":99999999999999999999,"type":"delist"}`: false,
		`{"id":"clock","time":"5","type":"delist"}`:                  false,
	} {
		if _, err := DecodeEvent([]byte(in)); (err == nil) != ok {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestSingleKey(t *testing.T) {
	got, err := Encode(SingleKey("example", "RWkey"))
	if want := `{"registry":"example","release":["RWkey"],"root":{"keys":["RWkey"],"threshold":1},"version":1}`; err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

// strictly checks that strict reading accepts exactly what a producer writes.
func strictly[T any](f *testing.F, seeds ...string) {
	for _, seed := range append(seeds, "", "{}", "null", "[]", `{"critical":true}`, `{"critical":7}`, "{\"a\":\"\xff\"}", `{"id":1e400}`) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var lax, strict T
		laxErr := Decode(data, &lax)
		if err := DecodeStrict(data, &strict); err != nil {
			return
		}
		if laxErr != nil {
			t.Errorf("strict reading accepts what lax reading refuses: %v", laxErr)
		}
		if again, err := Encode(strict); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s is written again as %s, %v", data, again, err)
		}
	})
}

func FuzzNode(f *testing.F) {
	strictly[Node](f,
		`{"packages":{},"registry":{"commit":"","count":0,"id":"example","name":"Example","start":"","time":0}}`,
		`{"children":{"0":{"sha256":"`+hashA+`","size":9}}}`,
		`{"packages":{"clock":{"channels":{"stable":"1.0.0"},"format":"vito","name":"Clock","versions":{"sha256":"`+hashA+`","size":9}}}}`)
}

func FuzzVersionList(f *testing.F) {
	strictly[VersionList](f, `{"id":"clock","versions":[{"channel":"stable","log":1,"metadata":{"sha256":"`+hashA+`","size":9},"source":"`+hashB+`","time":1,"version":"1.0.0"}]}`)
}

func FuzzMetadata(f *testing.F) {
	strictly[Metadata](f, `{"artifact":{"name":"clock-1.0.0.zip","sha256":"`+hashA+`","size":9},"channel":"stable","commit":"","ext":{"a":[1,1.5,null,{"b":"<"}]},"format":"vito","icons":[{"path":"icon.svg","sha256":"`+hashA+`","size":9}],"id":"clock","name":{"en":"Clock"},"packaging_version":1,"released_at":1,"source":"plugins/clock","version":"1.0.0"}`,
		`{"ext":{"a":1e21,"b":9007199254740993}}`)
}

func FuzzRetired(f *testing.F) {
	strictly[Retired](f, `{"issued":1700000000,"paths":["index/`+hashA+`.json"]}`)
}

func FuzzEvent(f *testing.F) {
	for _, e := range events {
		data, err := Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"critical":true,"type":"merge"}`))
	f.Add([]byte(`{"type":"merge"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeEvent(data)
		if err != nil {
			return
		}
		if _, known := events[e.Type]; known != (e.Check() == nil) {
			t.Errorf("%s is read as %+v: %v", data, e, e.Check())
		}
	})
}
