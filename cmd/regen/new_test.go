package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/publish"
)

// asked answers the questions of new, in an empty directory whose registry.yaml is as given. It returns the package and what was said.
func asked(t *testing.T, ctx context.Context, registry, answers string) (*newPackage, string, error) {
	t.Helper()
	top := t.TempDir()
	if err := os.WriteFile(filepath.Join(top, publish.ConfigFile), []byte(registry), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(top, "plugins", "taken", "file"), 0o755); err != nil {
		t.Fatal(err)
	}
	work, err := publish.NewWorkDir(top, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	head, _ := work.Head()
	cfg, err := work.Config(head)
	if err != nil {
		t.Fatal(err)
	}
	n := &newPackage{ctx: ctx, work: work, cfg: cfg}
	n.Author, n.Day = "Ada Lovelace", "2026-01-31"
	if err := n.setFormat(""); err != nil {
		t.Fatal(err)
	}
	if err := n.setDir(filepath.Join(top, "plugins")); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	err = n.ask(ask{ctx: ctx, lines: lines(strings.NewReader(answers)), out: &said, paint: func(_, text string) string { return text }})
	return n, said.String(), err
}

// Answers make the package; an empty one takes what is suggested, and one that can't be is explained and asked for again.
func TestAsk(t *testing.T) {
	n, said, err := asked(t, t.Context(), "name: Test\n", "vita\n9\n\nMy App\ntaken\n\nacme/disk-watch\n<b>Disk</b>\n\nWatches disks.\n@ada\nada\n")
	if err != nil {
		t.Fatal(err)
	}
	if n.Format != "vito" || n.Vendor != "acme" || n.ID != "disk-watch" || n.Title != "Disk Watch" || n.Summary != "Watches disks." || n.Owner != "ada" {
		t.Errorf("%+v", n.Package)
	}
	rest := said
	for _, want := range []string{
		"What do you want to make?\n", "1  vito ", "a plugin for the server panel Vito", "Format [vito]: ",
		`no: "vita" is none of them`, "hint: answer with a number or a name\n", `no: "9" is none of them`,
		"Name, such as disk-watch", `no: id "My App" has "M"`, "perhaps my-app\n", "taken is there already", "no: the id is empty",
		"Title [Disk Watch]: ", "looks like HTML", "Summary [Say in one sentence what Disk Watch does]: ",
		"Who may change it, by handle on GitHub: ", `no: the owner is "@ada"`, "perhaps ada\n",
	} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("it doesn't say %q here:\n%s", want, rest)
		}
		rest = after
	}

	n, said, err = asked(t, t.Context(), "name: Test\n", "2\nclock\norg.example.clock\nZeit\n\n\n")
	if err != nil || n.Format != "mosis" || n.ID != "org.example.clock" || n.Title != "Zeit" || n.Summary != "Say in one sentence what Zeit does" {
		t.Errorf("%+v %v", n.Package, err)
	}
	if !strings.Contains(said, "hint: as in org.example.clock") {
		t.Errorf("a bare name isn't explained:\n%s", said)
	}

	n, said, err = asked(t, t.Context(), "formats: [mana]\n", "first-week\n\n\n\n")
	if err != nil || n.Format != "mana" || strings.Contains(said, "Format") {
		t.Errorf("where there is one format: %+v %v\n%s", n.Package, err, said)
	}
}

// Where the input ends or Ctrl-C is pressed, whatever was answered before, nothing is written.
func TestAskStopped(t *testing.T) {
	answers := "native\nmy-app\nMy App\n\n"
	for end := range len(answers) {
		n, _, err := asked(t, t.Context(), "name: Test\n", answers[:end])
		if !errors.Is(err, errStopped) {
			t.Errorf("after %q: %v", answers[:end], err)
		}
		if entries, err := os.ReadDir(n.dir); err != nil || len(entries) != 1 {
			t.Errorf("after %q: %v %v", answers[:end], entries, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := asked(t, ctx, "name: Test\n", answers); !errors.Is(err, errStopped) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}
