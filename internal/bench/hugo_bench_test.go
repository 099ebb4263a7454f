package bench

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/wire"
)

// BenchmarkHugo renders the storefront of a registry, all pages of it, beside Hugo, which makes pages of the same texts: one of each package and one of its changelog, and lists by category, author,
// licence, format and host, 48 packages a page, all in three languages. HUGO names another binary than the one in the PATH.
//
// Both begin with their sources on a memory file system, Hugo with Markdown files and regen with a published tree whose pages are out of date, since the accent colour is another one. Both write their pages
// there. The runs alternate. Where a machine has other work, the processor time says more than the clock.
func BenchmarkHugo(b *testing.B) {
	hugo := os.Getenv("HUGO")
	if hugo == "" {
		hugo = "hugo"
	}
	if _, err := exec.LookPath(hugo); err != nil {
		b.Skip("hugo is not installed")
	}
	for _, size := range sizes(b) {
		if size > 10_000 {
			continue
		}
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			x := setUp(b, size)
			from := filepath.Join(x.dir, "hugo")
			x.hugoSite(b, from)
			version, err := exec.Command(hugo, "version").Output()
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("%s", version)
			x.recolour(b, 0)
			to := filepath.Join(x.dir, "public")
			x.publish(b, "recoloured", to)
			b.ResetTimer()
			var took, cpu [2]time.Duration
			var pages [2]int
			var bytes [2]int64
			for i := range b.N {
				x.recolour(b, i+1)
				for k, cmd := range []*exec.Cmd{
					exec.Command(x.regen, "publish", "--repo", x.repo, "--rev", "recoloured", "--to", to, "--pub", x.pub, "--key", x.key),
					exec.Command(hugo, "--quiet", "--source", from, "--destination", filepath.Join(x.dir, "rendered")),
				} {
					start := time.Now()
					if out, err := cmd.CombinedOutput(); err != nil {
						b.Fatalf("%v: %v\n%s", cmd.Args, err, out)
					}
					took[k] += time.Since(start)
					cpu[k] += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				}
				pages[0], bytes[0] = countPages(b, to)
				pages[1], bytes[1] = countPages(b, filepath.Join(x.dir, "rendered"))
				os.RemoveAll(filepath.Join(x.dir, "rendered"))
			}
			n := float64(b.N)
			for k, name := range []string{"regen", "hugo"} {
				b.ReportMetric(took[k].Seconds()/n, name+"-s")
				b.ReportMetric(cpu[k].Seconds()/n, name+"-cpu-s")
				b.ReportMetric(float64(pages[k]), name+"-pages")
				b.ReportMetric(float64(bytes[k])/1e6, name+"-MB")
			}
			b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "regen/hugo")
			b.ReportMetric(cpu[0].Seconds()/cpu[1].Seconds(), "regen/hugo-cpu")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// recolour gives the first commit a child on the branch recoloured, whose registry.yaml asks for an address and for another accent colour each time: so all pages are rendered again, and nothing else is published.
func (x *bench) recolour(b *testing.B, i int) {
	b.Helper()
	text := fmt.Sprintf("base_url: https://example.org\nstorefront: {accent: \"#%06x\"}\n", 0x0b6b50+i)
	parent := first()
	if i > 0 {
		parent = "refs/heads/recoloured"
	}
	hash, err := exec.Command("git", "-C", x.repo, "rev-parse", parent).Output()
	if err != nil {
		b.Fatal(err)
	}
	stream := fmt.Sprintf("reset refs/heads/recoloured\ncommit refs/heads/recoloured\ncommitter Synth <synth@example.org> %d +0000\ndata 5\ntheme\nfrom %sM 100644 inline registry.yaml\ndata %d\n%s\ndone\n",
		1_750_000_000+i, hash, len(text), text)
	command(b, x.repo, strings.NewReader(stream), "git", "fast-import", "--quiet", "--force", "--done")
}

// hugoSite makes the sources of Hugo's site: testdata/hugo, with the texts of each package.
func (x *bench) hugoSite(b *testing.B, to string) {
	b.Helper()
	if err := os.CopyFS(to, os.DirFS("testdata/hugo")); err != nil {
		b.Fatal(err)
	}
	data, err := exec.Command("git", "-C", x.repo, "archive", "--format=tar", first()).Output()
	if err != nil {
		b.Fatal(err)
	}
	texts := make(map[string]map[string][]byte) // id → name → content
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		switch name := path.Base(h.Name); name {
		case "README.md", "CHANGELOG.md", "composer.json":
			id := path.Base(path.Dir(h.Name))
			if texts[id] == nil {
				texts[id] = make(map[string][]byte)
			}
			if texts[id][name], err = io.ReadAll(r); err != nil {
				b.Fatal(err)
			}
		}
	}
	for id, files := range texts {
		var c struct {
			Description, Version, License string
			Extra                         struct {
				Vito struct {
					Name, Icon, Homepage string
					Categories           []string
				}
			}
		}
		if err := json.Unmarshal(files["composer.json"], &c); err != nil {
			b.Fatal(err)
		}
		v := c.Extra.Vito
		facts := map[string]any{
			"id": id, "title": v.Name, "summary": c.Description, "version": c.Version, "date": "2026-11-21", "categories": v.Categories, "authors": []string{"Acme"}, "author_name": "Acme", "licences": []string{c.License},
			"formats": []string{"vito"}, "hosts": []string{"vito 3.0"}, "homepage": v.Homepage, "license_url": "https://spdx.org/licenses/" + c.License + ".html", "size": "34 kB", "sha256": wire.Sum([]byte(id)),
			"icon": "/packages/" + id + "/" + c.Version + "/assets/" + v.Icon, "download": "/packages/" + id + "/" + c.Version + "/" + id + "-" + c.Version + ".zip",
		}
		_, body, _ := strings.Cut(string(files["README.md"]), "\n") // without the heading, which is the page's
		write := func(dir string, facts map[string]any, body string) {
			front, err := json.MarshalIndent(facts, "", " ")
			if err != nil {
				b.Fatal(err)
			}
			name := filepath.Join(to, "content", dir, id+".md")
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(string(front)+"\n\n"+body), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		write("apps", facts, body)
		_, body, _ = strings.Cut(string(files["CHANGELOG.md"]), "\n")
		write("changelogs", map[string]any{"id": id, "title": v.Name, "date": "2026-11-21"}, body)
	}
}

// countPages returns how many pages a directory has, and how many bytes they have together.
func countPages(b *testing.B, dir string) (n int, size int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		info, err := d.Info()
		n, size = n+1, size+info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n, size
}
