package client_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
)

// Each vector about authors is refused for what it shows, and not for something else.
func TestAuthorReasons(t *testing.T) {
	for name, want := range map[string]string{
		"none":                   "choose: clock has no version for this device: 1.0.0 isn't signed by its author",
		"altered":                "unpack: the author's signature of clock 1.0.0: not the content that the author signed: the content digest is ",
		"added":                  "unpack: the author's signature of clock 1.0.0: not the content that the author signed: the content digest is ",
		"key":                    "has no valid signature of its author: signed by key ",
		"keys":                   "has no valid signature of its author: the signature's keys is ",
		"keys-none":              "has no valid signature of its author: 0 keys are named, expected 1 to 20",
		"keys-order":             "has no valid signature of its author: the keys aren't in byte order",
		"version":                `has no valid signature of its author: the signature's version is "0.9.0", expected "1.0.0"`,
		"package":                `has no valid signature of its author: the signature's id is "alarm", expected "clock"`,
		"purpose":                `has no valid signature of its author: the signature is for "regen/1 artifact id=clock`,
		"legacy":                 "has no valid signature of its author: a legacy signature (Ed), expected a prehashed one (ED)",
		"content":                `has no valid signature of its author: the signature's sha256 is "`,
		"dropserver":             "unpack: the author's signature of notes 1.0.0: expected a dropapp.json that begins with",
		"mosis":                  "unpack: the author's signature of org.example.table 1.0.0: META-INF/MANIFEST.MF isn't what the files in the package give",
		"install-stolen":         "choose: clock 1.1.0 is signed by key ",
		"install-stolen-unasked": ", and this device knows the author by ",
	} {
		v := readVector(t, "bad-author-"+name+".json")
		_, err := run(t, v.In, v.In.served(t))
		fails(t, err, client.Author)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", name, err, want)
		}
	}
	for _, name := range must(filepath.Glob(filepath.Join(deviceVectors, "bad-author-*.json"))) {
		if v := readVector(t, filepath.Base(name)); v.Outcome != "author" {
			t.Errorf("%s: the outcome is %s", name, v.Outcome)
		}
	}
}

// authorDevice is a device that reads a registry in memory.
type authorDevice struct {
	t    *testing.T
	root string
	p    *published
}

func (d *authorDevice) open(authors bool) *client.Client {
	d.t.Helper()
	dir := d.t.TempDir()
	d.p.write(dir)
	return must(client.Open(client.Options{
		Root: d.root, Mirrors: []string{dir}, Pin: d.p.doc.Root.Keys[0], Authors: authors, Now: func() time.Time { return time.Unix(d.p.statement.Issued+60, 0) },
	}))
}

// write writes the files of a registry into a directory.
func (p *published) write(dir string) {
	p.t.Helper()
	for path, data := range p.files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// known returns the keys that a device knows the author of a package by.
func (d *authorDevice) known(id string) []string {
	d.t.Helper()
	var s struct {
		Installed map[string]struct {
			Authors []string `json:"authors"`
		} `json:"installed"`
	}
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(d.root, "state.json"))), &s); err != nil {
		d.t.Fatal(err)
	}
	return s.Installed[id].Authors
}

func (d *authorDevice) knows(id string, want []string) {
	d.t.Helper()
	if got := d.known(id); !slices.Equal(got, want) {
		d.t.Errorf("the device knows the author of %s by %v, expected %v", id, got, want)
	}
}

// A device learns the author's keys when it first asks for them, keeps those that the installed version names, goes back to older ones with an older version, and forgets them only if its owner agrees.
func TestAuthorKeysKept(t *testing.T) {
	ada, next, thief := authorKey(t, "author key"), authorKey(t, "next author key"), authorKey(t, "another key")
	p := newPublished(t, nil)
	p.release(authored(clock("1.0.0"), ada, named(ada)))
	p.publish()
	d := &authorDevice{t: t, root: filepath.Join(t.TempDir(), "root"), p: p}
	must(d.open(false).Install(ctx, "clock", client.InstallOptions{}))
	d.knows("clock", nil)
	must(d.open(true).Install(ctx, "clock", client.InstallOptions{})) // the same version: only its signature is checked
	d.knows("clock", named(ada))

	p.release(authored(clock("1.1.0"), ada, named(ada, next)))
	p.publish()
	must(d.open(false).Update(ctx, client.UpdateOptions{}))
	d.knows("clock", named(ada, next))
	must(d.open(true).Rollback(ctx, "clock"))
	d.knows("clock", named(ada))
	must(d.open(true).Update(ctx, client.UpdateOptions{}))
	d.knows("clock", named(ada, next))

	// A stranger's version: another package is updated all the same, the owner is told what he agrees to, and nothing is remembered of a stranger unless he agrees.
	p.release(stamped(authored(alarm("1.0.0"), thief, named(thief))))
	p.publish()
	must(d.open(false).Install(ctx, "alarm", client.InstallOptions{}))
	p.release(alarm("1.1.0"))
	p.release(authored(clock("1.2.0"), thief, named(thief)))
	p.publish()
	updated := must(d.open(false).Update(ctx, client.UpdateOptions{}))
	if !slices.Equal(updated.Strangers, []string{"clock"}) || len(updated.Changes) != 2 || updated.Changes[0].To != "1.1.0" || updated.Changes[1].To != "" || updated.Changes[1].Passed[0].Class != client.Author {
		t.Errorf("updated %+v", updated)
	}
	d.knows("clock", named(ada, next))
	look := must(d.open(false).Update(ctx, client.UpdateOptions{Check: true}))
	if !slices.Equal(look.Strangers, []string{"clock"}) {
		t.Errorf("looked, and found %+v", look)
	}
	told := ""
	agree := func(answer bool) func(o client.Offer) bool {
		return func(o client.Offer) bool {
			told = o.Stranger
			return answer
		}
	}
	_, err := d.open(true).Install(ctx, "clock", client.InstallOptions{NewAuthor: true, Confirm: agree(false)})
	fails(t, err, client.Refused)
	if !strings.Contains(told, "is signed by key ") {
		t.Errorf("the owner is told %q", told)
	}
	d.knows("clock", named(ada, next))
	must(d.open(true).Install(ctx, "clock", client.InstallOptions{NewAuthor: true, Confirm: agree(true)}))
	d.knows("clock", named(thief))

	// Going back to what was installed before the device asked for authors is refused to one that asks.
	p.release(stamped(authored(alarm("1.2.0"), ada, named(ada))))
	p.publish()
	must(d.open(true).Update(ctx, client.UpdateOptions{}))
	d.knows("alarm", named(ada))
	_, err = d.open(true).Rollback(ctx, "alarm")
	fails(t, err, client.Author)
	must(d.open(false).Rollback(ctx, "alarm"))
	d.knows("alarm", nil)
}

// What is installed as it should be, and wasn't signed, is found when the device begins to ask.
func TestAuthorAskedLater(t *testing.T) {
	p := newPublished(t, nil)
	p.release(clock("1.0.0"))
	p.publish()
	d := &authorDevice{t: t, root: filepath.Join(t.TempDir(), "root"), p: p}
	must(d.open(false).Install(ctx, "clock", client.InstallOptions{}))
	was := snapshot(t, d.root)
	_, err := d.open(true).Install(ctx, "clock", client.InstallOptions{})
	fails(t, err, client.Author)
	sameFiles(t, snapshot(t, d.root), was)
}

// An auditor finds each author's signature that isn't one of the files, and no other.
func TestVerifyAuthors(t *testing.T) {
	ada, thief := authorKey(t, "author key"), authorKey(t, "another key")
	p := newPublished(t, nil)
	p.release(authored(clock("1.0.0"), ada, named(ada)))
	p.release(clock("1.1.0"))
	p.release(authored(clock("1.2.0"), thief, named(ada)))
	altered := authored(clock("1.3.0"), ada, named(ada))
	altered.files = slices.Clone(altered.files)
	altered.files[0] = text("clock/Plugin.php", "<?php\n")
	p.release(altered)
	p.publish()
	dir := t.TempDir()
	p.write(dir)
	report, err := verify.Run(ctx, verify.Options{Reader: store.NewDir(dir), Pin: must(trust.ParsePin([]byte(p.doc.Root.Keys[0]))), Now: time.Unix(p.statement.Issued+60, 0)})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, problem := range report.Problems { // this registry has neither views nor source digests
		if rest, ok := strings.CutPrefix(problem.Message, "the author's signature: "); ok {
			what, _, _ := strings.Cut(rest, ":")
			found = append(found, problem.Path+" "+what)
		}
	}
	want := []string{
		"packages/clock/1.2.0/metadata.json signed by key " + sign.KeyID(thief.Public()) + ", expected " + sign.KeyID(ada.Public()), "packages/clock/1.3.0/metadata.json not the content that the author signed",
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, expected %q", found, want)
	}
}
