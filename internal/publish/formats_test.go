package publish_test

import (
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/store"
)

const nativeManifest = "name: Demo\nversion: 1.0.0\nsummary: A small package\nlicense: MIT\nauthors: [{name: Ada Example}]\n"

// note returns a package of the native format with its regen.yaml.
func note(manifest string) gittest.Files {
	return gittest.Files{"plugins/demo/regen.yaml": gittest.Text(manifest), "plugins/demo/README.md": gittest.Text("# Demo\n")}
}

// Owners and keys are no facts of a release: they change without one, whether regen.yaml is the manifest or stands beside another. Everything else in it needs a version.
func TestOwnersNeedNoRelease(t *testing.T) {
	for name, with := range map[string]func(extra string) gittest.Files{
		"native": func(extra string) gittest.Files { return note(nativeManifest + extra) },
		"vito": func(extra string) gittest.Files {
			return gittest.Join(gittest.Plugin("plugins/demo", "1.0.0", "x"), gittest.Files{"plugins/demo/regen.yaml": gittest.Text("languages: {en: 100}\n" + extra)})
		},
	} {
		repo, s := gittest.New(t), store.NewMem()
		repo.Commit(t, with(""))
		run(t, repo, "main", s)
		before := live(t, s)
		packed, key := note(nativeManifest), signer().Public().String()
		if name == "vito" {
			packed = gittest.Plugin("plugins/demo", "1.0.0", "x")
		}
		repo.Commit(t, gittest.Join(with("owners: [ada, bob]\nkeys: ["+key+"]\n"), authorSignature("plugins/demo", "1.0.0", packed, signer(), key)))
		if r := run(t, repo, "main", s); len(r.Failed) > 0 || len(r.Released) > 0 {
			t.Errorf("%s: new owners: failed %v, released %v", name, r.Failed, r.Released)
		}
		same(t, live(t, s), before)
		repo.Commit(t, with("owners: [bob]\nage_rating: mild\n"))
		r := run(t, repo, "main", s)
		if len(r.Failed) != 1 || r.Failed[0].Findings.Errors()[0].Code != "release/same-version" {
			t.Errorf("%s: another fact under the same version: %+v", name, r.Failed)
		}
		check(t, s)
	}
}

// What registry.yaml makes an error of keeps a package from being published, in the code as in the listing; a list of changes is wanted with a new version alone.
func TestBlocking(t *testing.T) {
	blocking := gittest.Files{"registry.yaml": gittest.Text("id: registry\nblocking: [lint/*, listing/changelog]\n")}
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(blocking, note(nativeManifest), gittest.Plugin("plugins/bad", "1.0.0", "x"), gittest.Files{"plugins/bad/run.php": gittest.Text("<?php\nexec($argv[1]);\n")}))
	r := run(t, repo, "main", s)
	if len(r.Released) != 1 || r.Released[0].ID != "demo" || len(r.Failed) != 1 || r.Failed[0].Findings.Errors()[0].Code != "lint/php-exec" {
		t.Errorf("released %v, failed %+v", r.Released, r.Failed)
	}
	repo.Commit(t, gittest.Files{"plugins/bad/run.php": gittest.Text("<?php\n// exec($argv[1]);\n")})
	if r = run(t, repo, "main", s); len(r.Released) != 1 || len(r.Failed) != 0 {
		t.Errorf("in a comment: released %v, failed %+v", r.Released, r.Failed)
	}
	repo.Commit(t, note(strings.Replace(nativeManifest, "1.0.0", "1.1.0", 1)))
	if r = run(t, repo, "main", s); len(r.Failed) != 1 || r.Failed[0].Findings.Errors()[0].Code != "listing/changelog" {
		t.Errorf("a new version without a list of changes: released %v, failed %+v", r.Released, r.Failed)
	}
}

// A regen.yaml that can't be read as a file is never passed over: what it says would be missing without a word.
func TestSidecarIsAFile(t *testing.T) {
	for path, file := range map[string]gittest.File{
		"plugins/demo/regen.yaml": {Mode: "120000", Data: "../other.yaml"},
		"plugins/demo/Regen.yaml": gittest.Text("languages: {de: 100}\n"),
	} {
		repo, s := gittest.New(t), store.NewMem()
		repo.Commit(t, gittest.Join(gittest.Plugin("plugins/demo", "1.0.0", "x"), gittest.Files{path: file}))
		if r := run(t, repo, "main", s); len(r.Failed) != 1 || len(r.Released) != 0 {
			t.Errorf("%s: released %v, failed %+v", path, r.Released, r.Failed)
		}
	}
}
