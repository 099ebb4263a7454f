package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/wire"
)

func TestDefaultID(t *testing.T) {
	for name, want := range map[string]string{
		"plugins":                       "plugins",
		"Acme Plugins":                  "acme-plugins",
		"acme_plugins.git":              "acme-plugins", // a bare repo
		"my.registry":                   "my.registry",
		"a -. b":                        "a-b",
		"a-.b":                          "a-b",
		"...":                           "registry",
		"Überraschung":                  "uberraschung",
		"プラグイン":                         "registry",
		"":                              "registry",
		"/":                             "registry",
		"con":                           "registry-con",
		"COM1.plugins":                  "registry-com1.plugins",
		"a--b":                          "a--b",
		"0":                             "0",
		strings.Repeat("a", 200):        strings.Repeat("a", 128),
		strings.Repeat("a", 127) + "-b": strings.Repeat("a", 127),
	} {
		if got := DefaultID(name); got != want {
			t.Errorf("DefaultID(%q) = %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if err := wire.CheckID(DefaultID(name)); err != nil {
			t.Fatal(err)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?(\.[a-z0-9]{1,9}){0,3}`).Draw(t, "id")
		if got := DefaultID(id); wire.CheckID(id) == nil && !strings.HasSuffix(id, ".git") && got != id {
			t.Fatalf("the id %q became %q", id, got)
		}
	})
}

func TestDefault(t *testing.T) {
	got := Default("Acme Plugins")
	want := Config{
		ID: "acme-plugins", Name: "acme-plugins", Packages: []string{"plugins/*"}, Formats: manifest.Names(), HeadLifetime: Duration(30 * 24 * time.Hour),
		Limits: Limits{PackageSize: 256 << 20, FileSize: 256 << 20, Files: 10_000, ManifestSize: 1 << 20}, Gate: Gate{Packages: 1}, Storefront: Storefront{Branch: "main"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSamePackaging(t *testing.T) {
	base := func() Config {
		c := Default("x")
		c.Packages, c.Exclude = []string{"a/*", "b/*"}, []string{"docs/**"}
		return c
	}
	for _, test := range []struct {
		what   string
		change func(*Config)
		want   bool
	}{
		{"nothing", func(c *Config) {}, true},
		{"order", func(c *Config) { c.Packages = []string{"b/*", "a/*"} }, true},
		{"what isn't packaging", func(c *Config) {
			c.Name, c.BaseURL, c.HeadLifetime, c.Official = "n", "https://e.org", 1, []string{"a"}
		}, true},
		{"packages", func(c *Config) { c.Packages = c.Packages[:1] }, false},
		{"formats", func(c *Config) { c.Formats = c.Formats[:1] }, false},
		{"permissions", func(c *Config) { c.Permissions.Known = []string{"network"} }, false},
		{"what keeps a package back", func(c *Config) { c.Blocking = []string{"lint/*"} }, false},
		{"exclude", func(c *Config) { c.Exclude = nil }, false},
		{"limits", func(c *Config) { c.Limits.Files-- }, false},
	} {
		c := base()
		test.change(&c)
		if got := base().SamePackaging(c); got != test.want {
			t.Errorf("%s: got %v", test.what, got)
		}
	}
}

func TestUnits(t *testing.T) {
	for s, want := range map[string]string{
		"30d": "30d", "12h": "12h", "48h": "2d", "1h": "1h", "366d": "366d", "8784h": "366d",
		"0h": "expected from 1h to 366d", "367d": "expected from 1h to 366d", "8785h": "expected from 1h to 366d",
		"99999999999d": "expected from 1h to 366d", "30": "expected days (30d) or hours (30h)",
		"30m": "expected days (30d) or hours (12h)", "1d12h": "expected days (30d) or hours (12h)", "-1d": "expected from 1h to 366d",
		"": "expected days (30d) or hours (12h)", "d": "expected days (30d) or hours (12h)", "030d": "expected days (30d) or hours (12h)",
		"1.5d": "expected days (30d) or hours (12h)", "2 d": "expected days (30d) or hours (12h)", "3hd": "expected days (30d) or hours (12h)",
	} {
		d, err := ParseDuration(s)
		got := d.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("duration %q: got %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]string{
		"1": "1 B", "1024": "1 KiB", "64 MiB": "64 MiB", "64MiB": "64 MiB", "3 GiB": "3 GiB", "3221225472": "3 GiB", "1536 KiB": "1536 KiB", "7 B": "7 B",
		"0": "expected from 1 B to 3 GiB", "4 GiB": "expected from 1 B to 3 GiB", "3221225473": "expected from 1 B to 3 GiB",
		"9223372036854775807 GiB": "expected from 1 B to 3 GiB", "64 MB": "expected 64 MiB", "64M": "expected 64 MiB", "64 mib": "expected 64 MiB", "1g": "expected 1 GiB",
		"64  MiB": "expected bytes, or a text such as 64 MiB", "1.5 GiB": "expected bytes, or a text such as 64 MiB", "-1": "expected bytes, or a text such as 64 MiB",
		"MiB": "expected bytes, or a text such as 64 MiB", "": "expected bytes, or a text such as 64 MiB", "99999999999999999999": "expected bytes, or a text such as 64 MiB",
	} {
		n, err := ParseSize(s, MaxSize)
		got := n.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("size %q: got %q, want %q", s, got, want)
		}
	}
}
