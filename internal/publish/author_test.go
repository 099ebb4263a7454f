package publish_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// authored is the plugin clock with keys that it registers, and its author's signature.
func authored(version, text string, by *sign.Signer, keys ...string) gittest.Files {
	files := gittest.Plugin("plugins/clock", version, text)
	signature := authorSignature("plugins/clock", version, files, by, keys...)
	return gittest.Join(files, signature, gittest.Files{"plugins/clock/regen.yaml": gittest.Text("keys: [" + strings.Join(keys, ", ") + "]\n")})
}

// authorSignature is the signature of a package by its author. The files are those that are packed.
func authorSignature(dir, version string, packed gittest.Files, by *sign.Signer, keys ...string) gittest.Files {
	var source []stamp.File
	for _, path := range slices.Sorted(maps.Keys(packed)) {
		source = append(source, stamp.File{Path: strings.TrimPrefix(path, dir+"/"), Data: []byte(packed[path].Data)})
	}
	slices.Sort(keys)
	id := strings.TrimPrefix(dir, "plugins/")
	return gittest.Files{dir + "/regen.minisig": gittest.Text(string(author.Sign(by, id, version, author.Statement(id, version, source), keys)))}
}

// metadataOf returns the metadata of a version of clock.
func metadataOf(t *testing.T, s store.Store, version string) wire.Metadata {
	t.Helper()
	var m wire.Metadata
	if err := wire.DecodeStrict(must(s.Read(context.Background(), wire.MetadataPath("clock", version), 1<<20)), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// A package that registers its author's key is published with the author's signature in the metadata, and not without one. Signing anew, or other keys, publish nothing by themselves. All
// of it verifies, and the commits give it again.
func TestAuthors(t *testing.T) {
	ada, eve := must(sign.Generate()), must(sign.Generate())
	adaKey, eveKey := ada.Public().String(), eve.Public().String()
	repo, s := gittest.New(t), store.NewMem()
	failed := func(report *publish.Report, code string) {
		t.Helper()
		if len(report.Released) > 0 || len(report.Failed) != 1 || report.Failed[0].Findings.Errors()[0].Code != code {
			t.Errorf("released %v, failed %+v; expected %s", report.Released, report.Failed, code)
		}
	}
	nothing := func(report *publish.Report) {
		t.Helper()
		if report.Wrote || len(report.Released)+len(report.Failed) > 0 {
			t.Errorf("expected nothing to be published: %+v", report)
		}
	}
	unsigned := gittest.Join(authored("1.0.0", "x", ada, adaKey), gittest.Remove("plugins/clock/regen.minisig"))
	repo.Commit(t, unsigned)
	failed(run(t, repo, "main", s), "author/missing")
	repo.Commit(t, authored("1.0.0", "x", eve, adaKey))
	failed(run(t, repo, "main", s), "author/invalid")

	repo.Commit(t, authored("1.0.0", "x", ada, adaKey))
	if report := run(t, repo, "main", s); len(report.Released) != 1 {
		t.Fatalf("%+v", report)
	}
	first := metadataOf(t, s, "1.0.0")
	files := authored("1.0.0", "x", ada, adaKey)
	if a := first.Author; a == nil || !slices.Equal(a.Keys, []string{adaKey}) || a.Signature != files["plugins/clock/regen.minisig"].Data {
		t.Errorf("the metadata have %+v", first.Author)
	}

	// The same version with another key beside: signed anew, and nothing to publish. Without a signature it fails, and what is published stays.
	repo.Commit(t, authored("1.0.0", "x", ada, adaKey, eveKey))
	nothing(run(t, repo, "main", s))
	repo.Commit(t, gittest.Remove("plugins/clock/regen.minisig"))
	if report := run(t, repo, "main", s); len(report.Failed) != 1 || len(report.Released) > 0 {
		t.Errorf("%+v", report)
	}
	// The signature of the version before doesn't do for the next one.
	repo.Commit(t, gittest.Join(authored("1.1.0", "y", ada, adaKey, eveKey), gittest.Files{"plugins/clock/regen.minisig": authored("1.0.0", "x", ada, adaKey, eveKey)["plugins/clock/regen.minisig"]}))
	failed(run(t, repo, "main", s), "author/invalid")
	repo.Commit(t, authored("1.1.0", "y", eve, adaKey, eveKey))
	if report := run(t, repo, "main", s); len(report.Released) != 1 {
		t.Fatalf("%+v", report)
	}
	if a := metadataOf(t, s, "1.1.0").Author; a == nil || len(a.Keys) != 2 {
		t.Errorf("the metadata have %+v", a)
	}
	if again := metadataOf(t, s, "1.0.0"); again.Author.Signature != first.Author.Signature {
		t.Error("a published signature changed")
	}

	// Without a key there is nothing that a signature could be by: the package is published without one.
	plain := gittest.Join(gittest.Plugin("plugins/clock", "1.2.0", "z"), gittest.Remove("plugins/clock/regen.yaml"))
	repo.Commit(t, plain)
	report := run(t, repo, "main", s)
	if len(report.Released) != 1 || len(report.Warnings) != 1 || report.Warnings[0].Findings[0].Code != "author/unregistered" {
		t.Errorf("%+v", report)
	}
	if a := metadataOf(t, s, "1.2.0").Author; a != nil {
		t.Errorf("the metadata have %+v", a)
	}

	found := check(t, s)
	if found.Releases != 3 || found.Signatures != 1+1+2*3+2 {
		t.Errorf("%d signatures of %d releases were checked", found.Signatures, found.Releases)
	}
	rebuilt, err := publish.Rebuild(context.Background(), s, store.NewMem(), options(t, repo, "main", s).History, options(t, repo, "main", s).History, trust.KeyPin(signer().Public()), func(string, int, int) {})
	if err != nil || len(rebuilt.Differences) > 0 {
		t.Errorf("rebuilt: %v %+v", err, rebuilt)
	}
}
