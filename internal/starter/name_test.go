package starter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wire"
)

func TestParseName(t *testing.T) {
	long := strings.Repeat("a", 128)
	for _, c := range []struct{ format, name, vendor, id, message, hint string }{
		{"native", "disk-watch", "", "disk-watch", "", ""},
		{"native", long, "", long, "", ""},
		{"native", long + "a", "", "", "129 bytes", "as in disk-watch"},
		{"native", "", "", "", "is empty", "as in disk-watch"},
		{"native", "..", "", "", `id ".."`, "as in disk-watch"},
		{"native", "a/b", "", "", `has "/"`, "perhaps a-b"},
		{"native", `..\..\a`, "", "", "empty part", "perhaps a"},
		{"native", `a\b`, "", "", `has "\\"`, "perhaps a-b"},
		{"native", "Über Größe", "", "", `has "Ü"`, "perhaps uber-gro-e"},
		{"native", "李明", "", "", `has "李"`, "as in disk-watch"},
		{"native", "a\u202eb", "", "", `has "\u202e"`, "perhaps a-b"},
		{"native", "a\xffb", "", "", "expected lower-case", ""},
		{"native", "con", "", "", "device", "as in disk-watch"},
		{"native", "CON", "", "", `has "C"`, "as in disk-watch"},
		{"native", "conf", "", "conf", "", ""},
		{"native", "-a", "", "", "hyphen", "perhaps a"},
		{"native", "a\nb", "", "", `has "\n"`, "perhaps a-b"},
		{"vito", "disk-watch", "", "disk-watch", "", ""},
		{"vito", "acme/disk-watch", "acme", "disk-watch", "", ""},
		{"vito", "Acme Inc/disk-watch", "", "", "the vendor", "perhaps acme-inc"},
		{"vito", "/disk-watch", "", "", "the vendor", ""},
		{"vito", "acme/", "", "", "is empty", ""},
		{"vito", "a/b/c", "", "", `has "/"`, "perhaps b-c"},
		{"mosis", "org.example.clock", "", "org.example.clock", "", ""},
		{"mosis", "my-clock", "", "", "reverse domain", "org.example.myclock"},
		{"mosis", "org..clock", "", "", "empty part", "perhaps org-clock"},
	} {
		vendor, id, err := starter.ParseName(c.format, c.name)
		fault := &starter.NameError{}
		if !errors.As(err, &fault) && err != nil {
			t.Fatalf("%q: %v is no NameError", c.name, err)
		}
		if vendor != c.vendor || id != c.id || (err == nil) != (c.message == "") || !strings.Contains(fault.Message, c.message) || !strings.Contains(fault.Hint, c.hint) {
			t.Errorf("%s %q: %q %q %q (%s), expected %q %q %q (%s)", c.format, c.name, vendor, id, fault.Message, fault.Hint, c.vendor, c.id, c.message, c.hint)
		}
	}
}

func TestTitle(t *testing.T) {
	for _, c := range []struct{ format, id, want string }{
		{"vito", "disk-watch", "Disk Watch"},
		{"native", "org.example.clock", "Org Example Clock"},
		{"mosis", "org.example.clock", "Clock"},
		{"mana", "2fa-setup", "2fa Setup"},
		{"native", "a-very-long-name-of-a-package-that-nobody-would-choose", "A Very Long Name Of A Package"},
		{"native", strings.Repeat("a", 128), "A" + strings.Repeat("a", 29)},
	} {
		if got := starter.Title(c.format, c.id); got != c.want {
			t.Errorf("%s %s: the title is %q, expected %q", c.format, c.id, got, c.want)
		}
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "ada-lovelace", " J. R. R.  Tolkien ": "j-r-r-tolkien", "Zoë Ångström": "zoe-angstrom", "李明": "", "": "", "--": "",
	} {
		if got := starter.Slug(name); got != want {
			t.Errorf("%q: the slug is %q, expected %q", name, got, want)
		}
	}
}

// Whatever the name, it is refused with a hint or is an id, and its title is short.
func FuzzParseName(f *testing.F) {
	for _, name := range []string{"disk-watch", "acme/disk-watch", "..", "a.b.c", "über", "con", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, format := range []string{"vito", "mosis", "native"} {
			vendor, id, err := starter.ParseName(format, name)
			fault := &starter.NameError{}
			if err != nil {
				if !errors.As(err, &fault) || fault.Message == "" || fault.Hint == "" {
					t.Errorf("%q: %v", name, err)
				}
				continue
			}
			if wire.CheckID(id) != nil || vendor != "" && wire.CheckID(vendor) != nil {
				t.Errorf("%q is taken", name)
			}
			if title := starter.Title(format, id); title == "" || len(title) > 30 || len(starter.Summary(title)) > 60 {
				t.Errorf("%q: the title is %q", name, title)
			}
		}
	})
}

func TestCheckHandle(t *testing.T) {
	for text, hint := range map[string]string{
		"octocat": "", "a": "", "A-1": "", "ada_acme": "", strings.Repeat("a", 39): "",
		"@octocat": "perhaps octocat", "https://github.com/octocat": "perhaps octocat", "": "as in octocat", "-a": "as in octocat", "a b": "as in octocat",
		"a\n": "as in octocat", strings.Repeat("a", 40): "as in octocat", "a]": "as in octocat",
	} {
		err := starter.CheckHandle(text)
		fault := &starter.NameError{}
		if (err == nil) != (hint == "") || err != nil && (!errors.As(err, &fault) || !strings.Contains(fault.Hint, hint)) {
			t.Errorf("%q: %v (%s), expected %q", text, err, fault.Hint, hint)
		}
	}
}
