package client_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
)

var ctx = context.Background()

// start is when the first head of a world is issued.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// world is a registry with its repo, its published tree, and a clock.
type world struct {
	t      testing.TB
	repo   *gittest.Repo
	tree   string // the published tree, a directory
	signer *sign.Signer
	pin    trust.Pin
	now    time.Time
	hosts  map[string]string
}

// newWorld returns a registry with nothing in it.
func newWorld(t testing.TB) *world {
	t.Helper()
	signer := must(sign.Generate())
	return &world{t: t, repo: gittest.New(t), tree: filepath.Join(t.TempDir(), "public"), signer: signer, pin: trust.KeyPin(signer.Public()), now: start}
}

// publish commits files and publishes them, a minute later than before.
func (w *world) publish(files ...gittest.Files) *publish.Report {
	w.t.Helper()
	w.repo.Commit(w.t, gittest.Join(files...))
	return w.run("main")
}

// run publishes a revision.
func (w *world) run(rev string) *publish.Report {
	w.t.Helper()
	r := must(gittree.Open(w.repo.Dir))
	defer r.Close()
	w.now = w.now.Add(time.Minute)
	report, err := publish.Run(ctx, publish.Options{
		History: must(publish.NewCommits(r, rev)), Store: store.NewDir(w.tree), Pin: w.pin, Signer: w.signer, Now: w.now,
	})
	if err != nil {
		w.t.Fatalf("publish: %v", err)
	}
	return report
}

// device returns a device with a root of its own, which reads the published directory unless mirrors are given.
func (w *world) device(mirrors ...string) *device {
	w.t.Helper()
	if len(mirrors) == 0 {
		mirrors = []string{w.tree}
	}
	d := &device{w: w, root: filepath.Join(w.t.TempDir(), "root")}
	d.open(mirrors...)
	return d
}

// device is a device of a world.
type device struct {
	*client.Client
	w    *world
	root string
}

// open opens the device's root again, with other mirrors.
func (d *device) open(mirrors ...string) {
	d.w.t.Helper()
	d.Client = must(client.Open(client.Options{
		Root: d.root, Mirrors: mirrors, Pin: d.w.pin.String(), Now: func() time.Time { return d.w.now }, Hosts: d.w.hosts, Patience: 2 * time.Second,
	}))
}

// install installs a package, and fails the test if that fails.
func (d *device) install(id string, o client.InstallOptions) client.Change {
	d.w.t.Helper()
	change, err := d.Install(ctx, id, o)
	if err != nil {
		d.w.t.Fatalf("install %s: %v", id, err)
	}
	return change
}

// update updates everything, and fails the test if that fails.
func (d *device) update() client.Updated {
	d.w.t.Helper()
	updated, err := d.Update(ctx, client.UpdateOptions{})
	if err != nil {
		d.w.t.Fatalf("update: %v", err)
	}
	return updated
}

// sound fails the test unless all that is installed is as it was signed.
func (d *device) sound() {
	d.w.t.Helper()
	for _, v := range must(d.Verify(ctx)) {
		if !v.OK {
			d.w.t.Errorf("%s %s isn't sound: %+v", v.ID, v.Version, v.Words)
		}
	}
}

// fails fails the test unless err is of the class.
func fails(t testing.TB, err error, class client.Class) {
	t.Helper()
	if client.ClassOf(err) != class {
		t.Errorf("the error is of class %q, expected %q: %v", client.ClassOf(err), class, err)
	}
}

// snapshot returns what lies below a directory: path → content, or the kind of what is no file.
func snapshot(t testing.TB, root string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := must(filepath.Rel(root, name))
		if !e.Type().IsRegular() {
			files[rel] = e.Type().String()
			return nil
		}
		sum := sha256.Sum256(must(os.ReadFile(name)))
		files[rel] = hex.EncodeToString(sum[:])
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

// sameFiles fails the test unless two snapshots are the same.
func sameFiles(t testing.TB, got, want map[string]string) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	var diff []string
	for path := range got {
		if want[path] != got[path] {
			diff = append(diff, "+"+path)
		}
	}
	for path := range want {
		if _, ok := got[path]; !ok {
			diff = append(diff, "-"+path)
		}
	}
	slices.Sort(diff)
	t.Errorf("the root isn't as before: %s", strings.Join(diff, " "))
}
