package storefront

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"math/rand/v2"
	"path"
	"regexp"
	"strings"
	"testing"
)

// noise returns about so many bytes in lines that hardly get smaller.
func noise(size int, before, after string) []byte {
	random := rand.NewChaCha8([32]byte{1})
	var b strings.Builder
	for b.Len() < size {
		line := make([]byte, 57)
		_, _ = random.Read(line)
		b.WriteString(before + base64.StdEncoding.EncodeToString(line) + after)
	}
	return []byte(b.String())
}

// ordinary returns about so many bytes of sentences, which have as much to say as ours do.
func ordinary(size int) []byte {
	syllables := strings.Fields("the of and to in a is that it was for on are with as his they at be this from have or by one had not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after words called just where most know")
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < size {
		for range 8 + random.IntN(12) {
			b.WriteString(syllables[random.IntN(len(syllables))])
			if random.IntN(3) == 0 {
				b.WriteString(syllables[random.IntN(len(syllables))])
			}
			b.WriteByte(' ')
		}
		b.WriteString(".\n\n"[:2+random.IntN(2)])
	}
	return []byte(b.String())
}

// compressed returns how many bytes servers make of it.
func compressed(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Len()
}

// Whatever the texts are, a page with its style and its scripts stays below 60 KB as servers compress it, and says where the rest is.
func TestWeight(t *testing.T) {
	r := newRenderer(t)
	tags := regexp.MustCompile(`<[^>]*>`)
	statics := make(map[string]int) // name of a style or script → bytes
	for name, data := range r.Static() {
		if ext := path.Ext(name); ext == ".css" || ext == ".js" {
			statics[path.Base(name)] = compressed(t, data)
		}
	}
	for name, c := range map[string]struct {
		text  []byte
		least int // bytes of the text that are shown at least
	}{
		"noise":              {noise(maxMarkdown, "", "\n"), 25 << 10},
		"noise in a line":    {noise(maxMarkdown, "", ""), 18 << 10},
		"noise in code":      {append([]byte("```js\n"), noise(maxMarkdown, "let a = '", "' // b\n")...), 20 << 10},
		"noise in tables":    {noise(maxMarkdown, "|a|\n|-|\n|", "|\n\n"), 20 << 10},
		"noise behind prose": {append(ordinary(60<<10), noise(maxMarkdown, "", "\n")...), 30 << 10},
		"prose":              {ordinary(maxMarkdown), 50 << 10},
		"not Markdown":       {bytes.ReplaceAll(noise(maxMarkdown, strings.Repeat("[a](", 50), "<\n"), []byte("+"), []byte("&")), 20 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			p := richRelease()
			p.Texts = map[string][]byte{"README.md": c.text, "CHANGELOG.md": c.text}
			files, err := r.Package(p)
			if err != nil {
				t.Fatal(err)
			}
			cut := 0
			for _, f := range files {
				static := 0
				for name, size := range statics {
					if bytes.Contains(f.Data, []byte("/static/"+name)) {
						static += size
					}
				}
				size := static + compressed(t, f.Data)
				if size > 60_000 {
					t.Errorf("%s takes %d bytes with style and scripts, expected at most 60,000", f.Path, size)
				}
				if bytes.Contains(f.Data, []byte("This is the beginning of a long text.")) {
					cut++
					t.Logf("%s: %d bytes, compressed %d, %d with style and scripts", f.Path, len(f.Data), size-static, size)
					if shown := len(tags.ReplaceAll(f.Data, nil)); shown < c.least {
						t.Errorf("%s shows %d bytes, expected at least %d", f.Path, shown, c.least)
					}
				}
			}
			if cut != 2 {
				t.Errorf("%d English pages say that a text goes on, expected that of the package and the changelog", cut)
			}
		})
	}
}

// A text that is small enough is shown whole.
func TestLightIsWhole(t *testing.T) {
	r := newRenderer(t)
	p := richRelease()
	p.Texts = map[string][]byte{"README.md": ordinary(40 << 10), "CHANGELOG.md": ordinary(40 << 10)}
	files, err := r.Package(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if bytes.Contains(f.Data, []byte("This is the beginning of a long text.")) {
			t.Errorf("%s: a text of ordinary length is cut", f.Path)
		}
	}
}
