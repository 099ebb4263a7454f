package pagetest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every link, picture, style and script of every page leads to something in the tree, and every link to a part of a page to one that the page has. Nothing but links leads to other hosts.
func TestLinks(t *testing.T) {
	wrong := faults{t: t}
	defer wrong.end()
	s := published(t).scan(t)
	links := 0
	// A link that is in the frame of the pages may be wrong on all of them: each fault is said once.
	type where struct {
		first string
		pages int
	}
	broken := make(map[string]*where)
	note := func(page, fault string) {
		if broken[fault] == nil {
			broken[fault] = &where{first: page}
		}
		broken[fault].pages++
	}
	for _, d := range s.sorted() {
		for _, r := range d.refs {
			for _, address := range r.addresses() {
				links++
				if err := s.resolve(d.path, r, address); err != nil {
					note(fmt.Sprintf("%s: <%s %s=%q>", d.path, r.tag, r.attr, address), err.Error())
				}
			}
		}
		for _, v := range d.linked {
			for _, address := range ownAddresses(v) {
				if err := s.resolve(d.path, ref{"script", "", address}, address); err != nil {
					note(d.path+": JSON-LD", err.Error())
				}
			}
		}
	}
	for _, fault := range slices.Sorted(maps.Keys(broken)) {
		wrong.add("%s: %s (%d times)", broken[fault].first, fault, broken[fault].pages)
	}
	if links < 1000 {
		wrong.add("there are %d links", links)
	}
}

// addresses returns the addresses in an attribute.
func (r ref) addresses() []string {
	switch r.attr {
	case "srcset", "imagesrcset":
		var list []string
		for part := range strings.SplitSeq(r.url, ",") {
			fields := strings.Fields(part)
			if len(fields) == 0 {
				return []string{""}
			}
			list = append(list, fields[0])
		}
		return list
	case "refresh":
		if _, to, ok := strings.Cut(r.url, "url="); ok {
			return []string{to}
		}
	}
	return []string{r.url}
}

// schemes are those that links may have, besides those to pages on the web: for mail, and for apps of this machine.
var schemes = regexp.MustCompile(`^(mailto|[a-z][a-z0-9.+-]*):`)

var errForeign = errors.New("it leads to another host, expected something of the tree")

// resolve says what is wrong with an address in a page.
func (s *scan) resolve(from string, r ref, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	for _, bad := range []string{"javascript", "data", "vbscript", "file", "blob", "about"} {
		if u.Scheme == bad {
			return fmt.Errorf("no page has links with %s:", bad)
		}
	}
	own, inside := strings.CutPrefix(address, baseURL)
	switch {
	case inside && (own == "" || strings.ContainsAny(own[:1], "/?#")):
		if u, err = url.Parse(strings.TrimPrefix(own, "/")); err != nil {
			return err
		}
		if u.Path == "" {
			u.Path = "index.html"
		}
		from = "index.html"
	case u.Scheme != "" || u.Host != "":
		if r.tag != "a" && (r.tag != "link" || r.attr != "href") {
			return errForeign
		}
		if u.Scheme == "" || !schemes.MatchString(address) {
			return errForeign
		}
		return nil
	}
	target := from
	switch {
	case strings.HasPrefix(u.Path, "/"):
		if from != "404.html" { // which is shown at any depth
			return errors.New("it begins at the top of the host, expected a link that is relative")
		}
		target = strings.TrimPrefix(path.Clean(u.Path), "/")
	case u.Path != "":
		target = path.Join(path.Dir(from), u.Path)
	}
	if strings.HasSuffix(u.Path, "/") || target == "" || target == "." {
		target = path.Join(target, "index.html")
	}
	if _, ok := s.files[target]; !ok {
		return fmt.Errorf("there is no %s", target)
	}
	if u.Fragment != "" {
		d := s.docs[target]
		if d == nil {
			return fmt.Errorf("%s is no page, expected one with a part %q", target, u.Fragment)
		}
		if d.ids[u.Fragment] == 0 {
			return fmt.Errorf("%s has no element with the id %q", target, u.Fragment)
		}
	}
	return nil
}

// ownAddresses returns the addresses of the registry in a JSON document.
func ownAddresses(v any) []string {
	var list []string
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, baseURL) {
			list = append(list, v)
		}
	case []any:
		for _, item := range v {
			list = append(list, ownAddresses(item)...)
		}
	case map[string]any:
		for _, item := range v {
			list = append(list, ownAddresses(item)...)
		}
	}
	return list
}

// What isn't a page names only what is in the tree, too: feeds, site maps, what browsers read about search and installing, and styles.
func TestOtherLinks(t *testing.T) {
	wrong := faults{t: t}
	defer wrong.end()
	w := published(t)
	s := w.scan(t)
	var said []string
	inStyle := regexp.MustCompile(`url\(\s*['"]?([^'")]*)|@import\s+['"]?([^'";]*)`)
	for name := range s.files {
		if strings.HasPrefix(name, "packages/") || strings.HasPrefix(name, "schemas/") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(w.dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		switch path.Ext(name) {
		case ".atom", ".xml":
			found, err = xmlAddresses(string(data))
		case ".webmanifest":
			var v struct {
				Start string `json:"start_url"`
				Scope string `json:"scope"`
				ID    string `json:"id"`
				Icons []struct{ Src string }
			}
			if err = json.Unmarshal(data, &v); err == nil {
				found = append(found, v.Start)
				for _, icon := range v.Icons {
					found = append(found, icon.Src)
				}
			}
		case ".css":
			for _, m := range inStyle.FindAllStringSubmatch(string(data), -1) {
				found = append(found, m[1]+m[2])
			}
		case ".txt":
			for line := range strings.Lines(string(data)) {
				if address, ok := strings.CutPrefix(strings.TrimSpace(line), "Sitemap:"); ok {
					found = append(found, strings.TrimSpace(address))
				}
			}
		}
		if err != nil {
			wrong.add("%s: %v", name, err)
		}
		for _, address := range found {
			address, _, _ = strings.Cut(address, "?") // what a search is filled into
			if err := s.resolve(name, ref{"", "", address}, address); err != nil && !slices.Contains(said, err.Error()) {
				said = append(said, err.Error())
				wrong.add("%s: %s: %v", name, address, err)
			}
		}
	}
}

// xmlAddresses returns the addresses of a feed, a site map or an OpenSearch description. Those of authors aren't the tree's.
func xmlAddresses(text string) ([]string, error) {
	var list []string
	var stack []string
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			stack = append(stack, token.Name.Local)
			for _, a := range token.Attr {
				if slices.Contains([]string{"href", "src", "template"}, a.Name.Local) && a.Name.Space == "" {
					list = append(list, a.Value)
				}
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if n := len(stack); n > 0 && slices.Contains([]string{"loc", "icon", "logo", "Image", "SearchForm"}, stack[n-1]) && strings.TrimSpace(string(token)) != "" {
				list = append(list, strings.TrimSpace(string(token)))
			}
		}
	}
}

// Where a page exists in several languages, each of them names all of them, and itself.
func TestAlternates(t *testing.T) {
	wrong := faults{t: t}
	defer wrong.end()
	s := published(t).scan(t)
	of := func(address string) *doc {
		p := strings.TrimPrefix(strings.TrimPrefix(address, baseURL), "/")
		if p == "" || strings.HasSuffix(p, "/") {
			p += "index.html"
		}
		p, _ = url.PathUnescape(p)
		return s.docs[p]
	}
	for _, d := range s.sorted() {
		if d.canonical != "" && of(d.canonical) == nil {
			wrong.add("%s: there is no %s, which it says it is", d.path, d.canonical)
		}
		if len(d.alternates) == 0 {
			continue
		}
		if d.alternates[d.lang] != d.canonical {
			wrong.add("%s: it says it is %s, and that it is %s in %s", d.path, d.canonical, d.alternates[d.lang], d.lang)
		}
		for lang, address := range d.alternates {
			other := of(address)
			switch {
			case other == nil:
				wrong.add("%s: there is no %s, which it says it is in %s", d.path, address, lang)
			case lang == "x-default":
			case other.lang != lang:
				wrong.add("%s: %s is in %q, expected %q", d.path, address, other.lang, lang)
			case other.alternates[d.lang] != d.alternates[d.lang]:
				wrong.add("%s: %s names it %s, expected %s", d.path, address, other.alternates[d.lang], d.alternates[d.lang])
			}
		}
	}
}
