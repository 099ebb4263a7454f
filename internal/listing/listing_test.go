package listing

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

const baseURL = "https://example.org/reg%20istry"

// hostile are names of files that mean something else in an address, a rule, or a line.
var hostile = []string{
	"a b.png", "a%20b.png", "a?b.png", "a#b.png", "a\nb.png", "a\"b.png", "é/ü.png", "日本.png", "a:b.png", "//e.org/x.png", "%2e%2e/x.png", "a\\b.png", ":id.png", "*.png", "<a>&.png", "a\u2028b.png",
}

// releases is a package that is made up.
type releases struct {
	state    string
	metadata []wire.Metadata   // the lowest version first
	files    map[string]string // by path: asset or artifact
	known    map[string]bool
	yanked   map[string]string // version → action of an advisory that applies to it
	page     func(m wire.Metadata, link, picture string)
	base     string
}

func (r releases) app() App {
	id := r.metadata[0].ID
	list := wire.VersionList{ID: id, State: r.state}
	for _, m := range r.metadata {
		v := wire.Version{Version: m.Version, Channel: wire.ChannelOf(m.Version)}
		if action := r.yanked[m.Version]; action != "" {
			v.Yanks = []wire.Yank{{Advisory: "A", Action: action}}
		}
		list.Versions = append(list.Versions, v)
	}
	return App{
		Registry: wire.Registry{ID: "r", BaseURL: r.base}, List: list,
		Metadata: func(v wire.Version) (wire.Metadata, error) {
			i := slices.IndexFunc(r.metadata, func(m wire.Metadata) bool { return m.Version == v.Version })
			if i < 0 {
				return wire.Metadata{}, fmt.Errorf("there is no %s", v.Version)
			}
			return r.metadata[i], nil
		},
		Artifact: func(m wire.Metadata) ([]byte, error) { return r.file(m.Artifact.Name) },
		Asset:    func(_ wire.Metadata, f wire.File) ([]byte, error) { return r.file(f.Path) },
		Known:    func(version string) bool { return r.known[version] },
		Page: func(m wire.Metadata, link, picture string) ([]byte, error) {
			if r.page != nil {
				r.page(m, link, picture)
			}
			return []byte("page"), nil
		},
	}
}

func (r releases) file(path string) ([]byte, error) {
	data, ok := r.files[path]
	if !ok {
		return nil, fmt.Errorf("%s isn't to be read", path)
	}
	return []byte(data), nil
}

func metadataOf(format, id, version, name string) wire.Metadata {
	return wire.Metadata{
		ID: id, Format: format, Version: version, Channel: wire.ChannelOf(version), ReleasedAt: 1700000000,
		Artifact: wire.Artifact{Name: name, Size: 5, SHA256: wire.Sum([]byte(name))}, Facts: wire.Facts{Name: wire.Text{"en": "Name"}},
	}
}

// made returns the files that a host makes, which are the same each time.
func made(t *testing.T, h Host, a App) Files {
	t.Helper()
	files, err := h.App(a)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.App(a)
	if err != nil || !maps.EqualFunc(files, again, func(a, b []byte) bool { return string(a) == string(b) }) {
		t.Errorf("another time, other files are made (%v)", err)
	}
	return files
}

func paths(f Files) string { return strings.Join(slices.Sorted(maps.Keys(f)), " ") }

func decode(t *testing.T, data []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
}

// Each host is found by its format, and those of the configuration's schema are these.
func TestHosts(t *testing.T) {
	if got := strings.Join(Names(), " "); got != "dropserver mana mosis" {
		t.Error(got)
	}
	for _, name := range Names() {
		if h := Of(name); h == nil || h.Format() != name {
			t.Errorf("%s: %v", name, h)
		}
	}
	if h := Of("vito"); h != nil {
		t.Errorf("vito has the host %v", h)
	}
}
