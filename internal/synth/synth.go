// Package synth writes synthetic registries, for benchmarks and for tests of scale.
//
// A registry is written as a git fast-import stream, so that `git fast-import`
// packs a hundred thousand packages in seconds. The same [Registry] always gives
// the same bytes, and so the same commits.
//
// The packages are Vito plugins of 13 files. Their sizes follow a log-normal
// distribution with a median near 30 KB and a mean near 48 KB, the sizes of a real plugin
// directory; one in eight has a PNG icon, the others an SVG one.
package synth

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"strings"
)

// Epoch is the committer time of the first commit, in unix seconds; each later
// commit is a minute younger.
const Epoch = 1_750_000_000

// Registry describes a synthetic registry.
type Registry struct {
	Packages int   // how many packages the first commit holds
	Changes  []int // for each later commit, how many packages get a new version in it
}

// ID returns the id of the i-th package.
func ID(i int) string {
	return fmt.Sprintf("%s-%s-%d", words[i%len(words)], words[(i/len(words)+7)%len(words)], i)
}

// WriteTo writes the registry as a git fast-import stream to the branch main.
func (r Registry) WriteTo(w io.Writer) (int64, error) {
	cw := &countWriter{w: w}
	b := bufio.NewWriterSize(cw, 1<<20)
	commit := func(n int, message string) {
		fmt.Fprintf(b, "commit refs/heads/main\ncommitter Synth <synth@example.org> %d +0000\ndata %d\n%s\n", Epoch+60*n, len(message), message)
	}
	commit(0, "the first packages")
	for i := range r.Packages {
		writePackage(b, i, "1.0.0")
	}
	for n, changed := range r.Changes {
		commit(n+1, "new versions")
		for i := range changed {
			// Spread over the whole registry, and other ones in each commit.
			writePackage(b, (i*7919+n*104729)%r.Packages, fmt.Sprintf("1.%d.0", n+1))
		}
	}
	err := b.Flush()
	return cw.n, err
}

func writePackage(w *bufio.Writer, i int, version string) {
	id := ID(i)
	rng := rand.New(rand.NewPCG(uint64(i), 1))
	file := func(name string, data []byte) {
		fmt.Fprintf(w, "M 100644 inline plugins/%s/%s\ndata %d\n", id, name, len(data))
		w.Write(data)
		w.WriteByte('\n')
	}

	icon := "icon.svg"
	if i%8 == 0 {
		icon = "icon.png"
	}
	title := strings.ToUpper(id[:1]) + strings.ReplaceAll(id[1:], "-", " ")
	ns := `App\\Vito\\Plugins\\Acme\\` + studly(id) + `\\`
	file("composer.json", fmt.Appendf(nil, `{
    "name": "acme/%s",
    "description": "%s",
    "type": "vito-plugin",
    "license": "MIT",
    "version": "%s",
    "require": {"php": "^8.2"},
    "autoload": {"psr-4": {"%s": ""}},
    "extra": {"vito": {
        "name": "%s",
        "icon": "%s",
        "categories": ["%s"],
        "homepage": "https://example.org/%s",
        "author": {"name": "Acme", "github": "acme"},
        "min_vito_version": "3.0"
    }}
}
`, id, sentence(rng, 14), version, ns, title, icon, categories[i%len(categories)], id))
	ns = strings.TrimSuffix(strings.ReplaceAll(ns, `\\`, `\`), `\`)
	file("Plugin.php", fmt.Appendf(nil, "<?php\n\nnamespace %s;\n\nuse App\\Plugins\\AbstractPlugin;\n\nclass Plugin extends AbstractPlugin\n{\n    protected string $name = '%s';\n\n    public function boot(): void\n    {\n        // version %s\n    }\n}\n", ns, title, version))
	file("README.md", fmt.Appendf(nil, "# %s\n\n%s\n\n## Usage\n\n%s\n\n- %s\n- %s\n\n```sh\nphp artisan %s\n```\n\n%s\n", title,
		prose(rng, 600), prose(rng, 500), sentence(rng, 6), sentence(rng, 8), id, prose(rng, 700)))
	file("CHANGELOG.md", fmt.Appendf(nil, "# Changelog\n\n## %s\n\n- %s\n", version, sentence(rng, 9)))
	file("LICENSE", fmt.Appendf(nil, "MIT\n\n%s\n", prose(rng, 1000)))
	if i%8 == 0 {
		file(icon, pngIcon(i))
	} else {
		file(icon, svgIcon(rng))
	}
	// The seven sources take what is left of the package's size.
	size := 24000 * math.Exp(rng.NormFloat64()*1.05)
	size = min(size, 4<<20)
	for k := range 7 {
		share := size * float64(k+1) / 28
		file(fmt.Sprintf("src/Service%d.php", k), fmt.Appendf(nil, "<?php\n\nnamespace %s\\Services;\n\nfinal class Service%d\n{\n%s}\n", ns, k, code(rng, int(share))))
	}
}

func studly(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func sentence(rng *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[rng.IntN(len(words))])
	}
	b.WriteByte('.')
	return b.String()
}

func prose(rng *rand.Rand, n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(sentence(rng, 5+rng.IntN(12)))
		b.WriteByte('\n')
	}
	return b.String()
}

func code(rng *rand.Rand, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "    public function %s%d(array $%s): ?string\n    {\n        // %s\n        return $%s['%x'] ?? null;\n    }\n\n",
			words[rng.IntN(len(words))], i, words[rng.IntN(len(words))], sentence(rng, 9), words[rng.IntN(len(words))], rng.Uint64())
	}
	return b.String()
}

func svgIcon(rng *rand.Rand) []byte {
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">` + "\n")
	for range 12 {
		fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="%d" fill="#%06x"/>`+"\n", rng.IntN(64), rng.IntN(64), 2+rng.IntN(12), rng.IntN(1<<24))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// pngIcon draws one of 64 icons, so that drawing them isn't what takes the time.
func pngIcon(i int) []byte {
	k := i / 8 % len(icons)
	if icons[k] == nil {
		m := image.NewRGBA(image.Rect(0, 0, 256, 256))
		for y := range 256 {
			for x := range 256 {
				m.Set(x, y, color.RGBA{uint8(x + k*4), uint8(y), uint8(k * 3), 255})
			}
		}
		var b bytes.Buffer
		_ = png.Encode(&b, m) // an image in memory of a sound size always encodes
		icons[k] = b.Bytes()
	}
	return icons[k]
}

var icons [64][]byte

type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

var categories = []string{"monitoring", "backup", "security", "deployment", "databases", "notifications", "dns", "storage"}

var words = strings.Fields(`server backup deploy monitor queue cache domain secret token restore alert health
disk worker cron bucket mirror archive tunnel proxy header cookie session redirect rewrite balance failover
cluster replica snapshot volume mount probe trace metric gauge event stream hook filter router bridge agent
sync import export report audit policy vault ledger signal beacon anchor harbor compass lantern ember quartz
delta sigma omega lambda vector matrix scalar tensor pixel raster glyph serif canvas palette marble granite`)
