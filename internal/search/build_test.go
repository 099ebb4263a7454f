package search

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reader reads files, and counts.
type reader struct {
	files Files
	reads int
}

func (r *reader) read(name string) ([]byte, error) {
	r.reads++
	if data, ok := r.files[name]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

// TestUpdateIsBuild: an index brought up to date is the one built anew, byte for byte.
func TestUpdateIsBuild(t *testing.T) {
	// Few letters make long shared beginnings; long texts make leaves that are cut.
	word := rapid.OneOf(
		rapid.StringMatching(`[ab]{1,9}`),
		rapid.StringMatching(`pre[a-f]{0,7}`),
		rapid.StringMatching(`[a-z0-9]{1,30}`),
		rapid.SampledFrom([]string{"Ärger", "straße", "图像编辑器", "محرر", "الصور", "𝒳", "𠮷野家", "the", "İstanbul", "ΟΔΟΣ", "~", "a_b", "--", "\xff", "", "<b>", "ไทย"}))
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 60).Draw(t, "words"), " ") })
	doc := func(number int64) *rapid.Generator[Doc] {
		return rapid.Custom(func(t *rapid.T) Doc {
			return Doc{
				Number: number, ID: rapid.StringMatching(`[a-c]{1,4}-[a-c]{1,4}`).Draw(t, "id"), Name: strings.Join(rapid.SliceOfN(word, 0, 3).Draw(t, "name"), " "), Summary: text.Draw(t, "summary"),
				Keywords: rapid.SliceOfN(word, 0, 8).Draw(t, "keywords"), Authors: rapid.SliceOfN(word, 0, 2).Draw(t, "authors"),
			}
		})
	}
	number := rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, maxNumber+2))
	rapid.Check(t, func(t *rapid.T) {
		docs := make(map[int64]Doc)
		for _, n := range rapid.SliceOfNDistinct(number, 0, 40, rapid.ID).Draw(t, "numbers") {
			docs[n] = doc(n).Draw(t, "doc")
		}
		list := func() []Doc { return slices.Collect(maps.Values(docs)) }
		files := Build(list(), testStop)
		for range rapid.IntRange(1, 3).Draw(t, "updates") {
			var changes []Change
			if rapid.IntRange(0, 9).Draw(t, "clear") == 0 {
				for _, n := range slices.Sorted(maps.Keys(docs)) {
					changes = append(changes, Change{Old: new(docs[n])})
				}
				clear(docs)
			} else {
				for _, n := range rapid.SliceOfNDistinct(number, 0, 12, rapid.ID).Draw(t, "changed") {
					var c Change
					if old, ok := docs[n]; ok {
						c.Old = &old
						delete(docs, n)
					}
					if c.Old == nil || rapid.Bool().Draw(t, "stays") {
						d := doc(n).Draw(t, "new")
						if c.Old != nil && rapid.Bool().Draw(t, "little") {
							d = *c.Old
							d.Summary += " b"
						}
						c.New, docs[n] = &d, d
					}
					changes = append(changes, c)
				}
			}
			put, gone, err := Update((&reader{files: files}).read, changes, testStop)
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range put {
				if bytes.Equal(files[name], data) {
					t.Errorf("%s is written, and didn't change", name)
				}
				files[name] = data
			}
			for _, name := range gone {
				if _, ok := files[name]; !ok {
					t.Errorf("%s is removed, and wasn't there", name)
				}
				delete(files, name)
			}
			if want := Build(list(), testStop); !maps.EqualFunc(files, want, bytes.Equal) {
				t.Fatal(difference(files, want))
			}
		}
	})
}

func difference(got, want Files) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if string(got[name]) != string(want[name]) {
			return fmt.Sprintf("%s: found %.400q, expected %.400q", name, got[name], want[name])
		}
	}
	for name := range got {
		if want[name] == nil {
			return fmt.Sprintf("%s was to be removed", name)
		}
	}
	return ""
}

// TestUpdateCost: one changed document of 10,000 touches few files.
func TestUpdateCost(t *testing.T) {
	docs := corpus(10_000)
	files := Build(docs, testStop)
	size, largest := 0, 0
	for _, data := range files {
		size += len(data)
		largest = max(largest, len(data))
	}
	t.Logf("%d files, %d kB, largest %d B, root %d B", len(files), size/1000, largest, len(files[rootName]))
	old, changed := docs[5000], docs[5000]
	changed.Summary += " Zebraish"
	r := &reader{files: files}
	put, gone, err := Update(r.read, []Change{{&old, &changed}}, testStop)
	if err != nil {
		t.Fatal(err)
	}
	if len(put) > 16 || len(gone) > 0 || r.reads > 16 {
		t.Errorf("a word more in one summary: %d files read, %d written, %d removed, expected at most 16", r.reads, len(put), len(gone))
	}
	r = &reader{files: files}
	put, gone, err = Update(r.read, []Change{{New: &Doc{Number: 99_999, ID: "fresh", Name: "Fresh Paint", Summary: docs[17].Summary, Keywords: docs[90].Keywords}}}, testStop)
	t.Logf("a new document: %d files read, %d written, %d removed", r.reads, len(put), len(gone))
	if err != nil || r.reads > 120 || len(put) > 120 {
		t.Errorf("a new document: %d files read, %d written (%v), expected at most 120", r.reads, len(put), err)
	}
}

// TestSpoilt: an index that isn't one, or not the one that the changes are to, is told from a store that fails.
func TestSpoilt(t *testing.T) {
	docs := corpus(300)
	good := Build(docs, testStop)
	changes := []Change{{Old: &docs[7]}}
	var leaf, inner string
	for _, name := range slices.Sorted(maps.Keys(good)) {
		switch good[name][0] {
		case '"':
			leaf = name
		case '{':
			if strings.HasPrefix(name, "t-") && inner == "" {
				inner = name
			}
		}
	}
	if leaf == "" || inner == "" {
		t.Fatal("the corpus is too small for leaves and inner files")
	}
	all := func(data string) Files {
		files := maps.Clone(good)
		for name := range files {
			if name != rootName {
				files[name] = []byte(data)
			}
		}
		return files
	}
	with := func(name, data string) Files {
		files := maps.Clone(good)
		files[name] = []byte(data)
		return files
	}
	without := func(name string) Files {
		files := maps.Clone(good)
		delete(files, name)
		return files
	}
	rooted := func(terms string) Files {
		return with(rootName, `{"format":1,"stop":"a an and for in of the to with your","terms":"`+terms+`","typos":""}`)
	}
	for name, files := range map[string]Files{
		"no root":            without(rootName),
		"no inner file":      without(inner),
		"root of text":       with(rootName, "hello"),
		"other format":       with(rootName, `{"format":2}`),
		"nothing in it":      Build(nil, testStop),
		"no branches":        rooted("A()"),
		"one branch":         rooted("A(aA)"),
		"branches reversed":  rooted("A(bAaA)"),
		"no end":             rooted("A(aAbA"),
		"more than the end":  rooted("AaA"),
		"no size":            rooted("abc"),
		"huge size":          rooted("AAAAAAAAAAAAA"),
		"a path out of it":   rooted("../A"),
		"nested very deeply": rooted(strings.Repeat("aA(", 100_000)),
		"files of numbers":   all("7"),
		"files of nothing":   all(""),
		"leaves of nothing":  all(`""`),
		"leaves of junk":     all(`"0zz,~:,9,:"`),
		"inner of nothing":   all(`{}`),
		"inner of junk":      all(`{"a":"x","b":"-1 0A"}`),
	} {
		put, gone, err := Update((&reader{files: files}).read, changes, testStop)
		if !errors.Is(err, ErrSpoilt) || put != nil || gone != nil {
			t.Errorf("%s: found %v, expected %v", name, err, ErrSpoilt)
		}
	}
	for name, c := range map[string]Change{
		"gone that wasn't there": {Old: &Doc{Number: 1, Name: "nothing like it"}},
		"added that is there":    {New: &docs[7]},
	} {
		if _, _, err := Update((&reader{files: good}).read, []Change{c}, testStop); !errors.Is(err, ErrSpoilt) {
			t.Errorf("%s: found %v, expected %v", name, err, ErrSpoilt)
		}
	}
	if _, _, err := Update((&reader{files: good}).read, changes, []string{"other"}); !errors.Is(err, ErrSpoilt) {
		t.Errorf("other stop words: found %v, expected %v", err, ErrSpoilt)
	}
	broken := errors.New("the disk is on fire")
	_, _, err := Update(func(name string) ([]byte, error) {
		if name == rootName {
			return good[name], nil
		}
		return nil, broken
	}, changes, testStop)
	if !errors.Is(err, broken) || errors.Is(err, ErrSpoilt) {
		t.Errorf("found %v, expected %v", err, broken)
	}
	if _, _, err := Update((&reader{files: good}).read, changes, testStop); err != nil {
		t.Error(err)
	}
}

// FuzzUpdate: whatever stands in a file, an update ends with an error or without one.
func FuzzUpdate(f *testing.F) {
	docs := corpus(60)
	good := Build(docs, testStop)
	names := slices.Sorted(maps.Keys(good))
	for i, name := range names {
		f.Add(i, good[name])
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		files := maps.Clone(good)
		files[names[uint(i)%uint(len(names))]] = data
		_, _, _ = Update((&reader{files: files}).read, []Change{{&docs[3], &docs[4]}, {New: &Doc{Number: 9999, Name: "New Name"}}}, testStop)
	})
}

// TestSafeNames: names of files are safe on every file system, and contents are JSON without markup, whatever the documents say.
func TestSafeNames(t *testing.T) {
	docs := []Doc{{Number: 1, ID: "x", Name: `../../etc/passwd <script>alert(1)</script> CON "quoted" \u0000` + "\x00\u202e𝒳 图像 \u2028"}, {Number: 2, ID: "y", Name: strings.Repeat("𠮷", 300) + strings.Repeat(" long", 300)}}
	for range 200 {
		docs = append(docs, Doc{Number: int64(len(docs)) + 5, ID: "z", Name: strings.Repeat("Ω", len(docs)) + "图", Summary: strings.Repeat("ы", len(docs)) + " " + strings.Repeat("<&>", len(docs))})
	}
	for i := range 1500 {
		docs = append(docs, Doc{Number: int64(len(docs)) + 5, ID: "z", Name: strings.Repeat("Ж", 36) + string([]rune{rune('а' + i%32), rune('а' + i/32%32), rune('а' + i/1024)}) + "я"})
	}
	longest := 0
	for name, data := range Build(docs, nil) {
		longest = max(longest, len(name))
		if strings.ContainsFunc(name, func(r rune) bool { return !isPathByte(byte(r)) && r != '.' || r > 'z' && r != '~' }) || len(name) > 255 {
			t.Errorf("the name %q isn't safe", name)
		}
		if bytes.ContainsAny(data, "<>&\x00\u2028") {
			t.Errorf("%s holds markup: %.200s", name, data)
		}
	}
	if longest < 200 {
		t.Errorf("the longest name has %d bytes, and the test is about longer ones", longest)
	}
}

func BenchmarkBuild(b *testing.B) {
	docs := corpus(10_000)
	for b.Loop() {
		Build(docs, testStop)
	}
}

func BenchmarkUpdate(b *testing.B) {
	docs := corpus(10_000)
	r := &reader{files: Build(docs, testStop)}
	d := docs[4321]
	d.Number, d.Name = 99_999, "Fresh Paint"
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := Update(r.read, []Change{{New: &d}}, testStop); err != nil {
				b.Fatal(err)
			}
		}
	})
	changed := docs[4321]
	changed.Summary = docs[77].Summary
	b.Run("changed", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := Update(r.read, []Change{{&docs[4321], &changed}}, testStop); err != nil {
				b.Fatal(err)
			}
		}
	})
}
