package pagetest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/sync/errgroup"
)

// maxFaults is how many faults a test names: one mistake may be on every page.
const maxFaults = 20

// faults are those of one test.
type faults struct {
	t *testing.T
	n int
}

func (f *faults) add(format string, args ...any) {
	f.t.Helper()
	if f.n++; f.n <= maxFaults {
		f.t.Errorf(format, args...)
	}
}

// end says how many were not named.
func (f *faults) end() {
	if f.n > maxFaults {
		f.t.Errorf("and %d more", f.n-maxFaults)
	}
}

// A doc is what a published page says, as far as tests ask.
type doc struct {
	path       string
	title      string
	lang, dir  string
	headings   []string // h1
	ids        map[string]int
	refs       []ref
	alternates map[string]string // hreflang → href
	canonical  string
	csp        string            // as the page says
	properties map[string]string // Open Graph
	linked     []any             // what its JSON-LD says
	scripts    int               // elements
	own        string            // what of it could run, load or mislead: empty where nothing does
	zipped     int               // bytes, compressed as servers do
}

// A ref is an address in a page.
type ref struct{ tag, attr, url string }

// A scan is what is in a tree.
type scan struct {
	files map[string]int // path → bytes when compressed, of what pages load; -1 of others
	docs  map[string]*doc
}

var (
	scanOnce sync.Mutex
	scanned  *scan
)

// scan reads every page of the tree, once.
func (w *world) scan(t *testing.T) *scan {
	t.Helper()
	scanOnce.Lock()
	defer scanOnce.Unlock()
	if scanned != nil {
		return scanned
	}
	s := &scan{files: make(map[string]int), docs: make(map[string]*doc)}
	tree := os.DirFS(w.dir)
	var pages []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		s.files[name] = -1
		if path.Ext(name) == ".html" && !strings.HasPrefix(name, "packages/") {
			pages = append(pages, name)
		}
		if strings.HasPrefix(name, "static/") {
			data, err := fs.ReadFile(tree, name)
			s.files[name] = zipped(data)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range pages {
		group.Go(func() error {
			data, err := fs.ReadFile(tree, name)
			if err != nil {
				return err
			}
			d, err := readDoc(name, data)
			mu.Lock()
			defer mu.Unlock()
			s.docs[name] = d
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	scanned = s
	return s
}

// sorted returns the pages by their paths.
func (s *scan) sorted() []*doc {
	list := make([]*doc, 0, len(s.docs))
	for _, d := range s.docs {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b *doc) int { return strings.Compare(a.path, b.path) })
	return list
}

func zipped(data []byte) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Len()
}

// addresses are the attributes whose value is an address.
var addresses = []string{"href", "src", "srcset", "action", "formaction", "poster", "data", "cite", "background", "ping", "xlink:href", "imagesrcset", "manifest"}

// foreign are the elements that no page needs.
var foreign = []string{"iframe", "frame", "object", "embed", "applet", "base", "audio", "video", "style", "portal", "fencedframe"}

func readDoc(name string, data []byte) (*doc, error) {
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d := &doc{path: name, ids: make(map[string]int), alternates: make(map[string]string), properties: make(map[string]string), zipped: zipped(data)}
	var wrong []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := make(map[string]string, len(n.Attr))
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				wrong = append(wrong, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			}
			if slices.Contains(addresses, a.Key) {
				d.refs = append(d.refs, ref{n.Data, a.Key, a.Val})
			}
		}
		if id := attr["id"]; id != "" {
			d.ids[id]++
		}
		if slices.Contains(foreign, n.Data) {
			wrong = append(wrong, "<"+n.Data+">")
		}
		switch n.Data {
		case "html":
			d.lang, d.dir = attr["lang"], attr["dir"]
		case "title":
			if n.Parent.Data == "head" {
				d.title += textOf(n)
			}
		case "h1":
			d.headings = append(d.headings, textOf(n))
		case "link":
			if attr["rel"] == "alternate" && attr["hreflang"] != "" {
				d.alternates[attr["hreflang"]] = attr["href"]
			}
			if attr["rel"] == "canonical" {
				d.canonical = attr["href"]
			}
		case "meta":
			if strings.EqualFold(attr["http-equiv"], "refresh") {
				d.refs = append(d.refs, ref{"meta", "refresh", attr["content"]})
			}
			if strings.EqualFold(attr["http-equiv"], "content-security-policy") {
				d.csp = attr["content"]
			}
			if attr["property"] != "" {
				d.properties[attr["property"]] = attr["content"]
			}
			if property := attr["property"]; property == "og:image" || property == "og:url" {
				d.refs = append(d.refs, ref{"meta", property, attr["content"]})
			}
		case "script":
			d.scripts++
			if attr["type"] == "application/ld+json" {
				var v any
				if err := json.Unmarshal([]byte(textOf(n)), &v); err != nil {
					wrong = append(wrong, fmt.Sprintf("JSON-LD that can't be read: %v", err))
				}
				d.linked = append(d.linked, v)
			} else if attr["src"] == "" || strings.TrimSpace(textOf(n)) != "" {
				wrong = append(wrong, fmt.Sprintf("<script> with %.60q in it", textOf(n)))
			}
		}
	}
	d.own = strings.Join(wrong, ", ")
	return d, nil
}

// textOf returns the text in an element.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
