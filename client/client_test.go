package client_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
)

// read returns a file of the installed package.
func (d *device) read(id, path string) string {
	d.w.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.root, "apps", id, "package", path))
	if err != nil {
		d.w.t.Fatal(err)
	}
	return string(data)
}

// TestLife installs, updates, rolls back, updates again and removes a package.
func TestLife(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "first"), gittest.Plugin("plugins/other", "1.0.0", "x"))
	d := w.device()
	change := d.install("clock", client.InstallOptions{})
	if change.From != "" || change.To != "1.0.0" || change.Channel != "stable" {
		t.Errorf("installed %+v", change)
	}
	d.sound()
	if got := d.read("clock", "clock/Plugin.php"); !strings.Contains(got, "first") {
		t.Errorf("Plugin.php is %q", got)
	}
	own := filepath.Join(d.root, "apps/clock/data/mine")
	if err := os.WriteFile(own, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if u := d.update(); !u.Unchanged || len(u.Changes) != 0 {
		t.Errorf("nothing happened, and updating did %+v", u)
	}

	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "second"))
	looked, err := d.Update(ctx, client.UpdateOptions{Check: true})
	if err != nil || len(looked.Changes) != 1 || looked.Changes[0].To != "1.1.0" || !strings.Contains(d.read("clock", "clock/Plugin.php"), "first") {
		t.Errorf("looking found %+v, %v", looked, err)
	}
	u := d.update()
	if u.Entries != 1 || u.Catalogue || len(u.Changes) != 1 || u.Changes[0].From != "1.0.0" || u.Changes[0].To != "1.1.0" {
		t.Errorf("updated %+v", u)
	}
	d.sound()
	if got := d.read("clock", "clock/Plugin.php"); !strings.Contains(got, "second") {
		t.Errorf("Plugin.php is %q", got)
	}

	back, err := d.Rollback(ctx, "clock")
	if err != nil || back.From != "1.1.0" || back.To != "1.0.0" || !strings.Contains(d.read("clock", "clock/Plugin.php"), "first") {
		t.Errorf("rolled back %+v, %v", back, err)
	}
	d.sound()
	if again := d.update(); len(again.Changes) != 1 || again.Changes[0].To != "1.1.0" {
		t.Errorf("updated after a rollback: %+v", again)
	}
	d.sound()

	if _, err := d.Remove(ctx, "clock", false); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(own); err != nil || string(data) != "kept" {
		t.Errorf("the data are %q, %v", data, err)
	}
	if list := must(d.List(ctx)); len(list) != 0 {
		t.Errorf("still installed: %+v", list)
	}
	d.install("clock", client.InstallOptions{})
	if _, err := d.Remove(ctx, "clock", true); err != nil {
		t.Fatal(err)
	}
	rest := snapshot(t, d.root)
	maps.DeleteFunc(rest, func(path, _ string) bool { return path == "." || path == "state.json" })
	if len(rest) != 0 {
		t.Errorf("left after purging: %v", rest)
	}
}

// TestChannels: a device on a channel takes what is more stable, too, and never goes down.
func TestChannels(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	w.publish(gittest.Plugin("plugins/clock", "1.1.0-beta.1", "b"))
	stable, beta := w.device(), w.device()
	if c := stable.install("clock", client.InstallOptions{}); c.To != "1.0.0" {
		t.Errorf("stable: %+v", c)
	}
	if c := beta.install("clock", client.InstallOptions{Channel: "beta"}); c.To != "1.1.0-beta.1" {
		t.Errorf("beta: %+v", c)
	}
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "c"))
	if u := beta.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.1.0" || u.Changes[0].Channel != "beta" {
		t.Errorf("beta falls through: %+v", u)
	}
	w.publish(gittest.Plugin("plugins/clock", "1.2.0-beta.1", "d"))
	if u := stable.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.1.0" {
		t.Errorf("stable: %+v", u)
	}
	if u := beta.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.2.0-beta.1" {
		t.Errorf("beta: %+v", u)
	}
	// A version that is asked for is installed, even if it is lower.
	if c := beta.install("clock", client.InstallOptions{Version: "1.0.0"}); c.To != "1.0.0" || c.Channel != "stable" {
		t.Errorf("asked for: %+v", c)
	}
	if _, err := beta.Install(ctx, "clock", client.InstallOptions{Version: "9.0.0"}); client.ClassOf(err) != client.Unknown {
		t.Errorf("a version that isn't there: %v", err)
	}
	if _, err := beta.Install(ctx, "nothing", client.InstallOptions{}); client.ClassOf(err) != client.Unknown {
		t.Errorf("a package that isn't there: %v", err)
	}
}

// TestAdvisories: a device learns of advisories in its ordinary check, and of their end.
func TestAdvisories(t *testing.T) {
	advisory := func(action, versions string) gittest.Files {
		return gittest.Files{"advisories.yaml": gittest.Text("advisories:\n  - id: A-1\n    package: clock\n    versions: \"" + versions + "\"\n    action: " + action + "\n    reason: It eats clocks.\n")}
	}
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	d := w.device()
	d.install("clock", client.InstallOptions{})

	w.publish(advisory("warn", "*"))
	synced, err := d.Sync(ctx)
	if err != nil || len(synced.Notices) != 1 || synced.Notices[0].Kind != "warn" || synced.Notices[0].Advisory.Advisory != "A-1" {
		t.Fatalf("warned: %+v, %v", synced, err)
	}
	d.sound()

	w.publish(advisory("block", "<=1.0.0"))
	if _, err := d.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	if v := must(d.Verify(ctx)); v[0].OK || v[0].Words[0].Kind != "block" {
		t.Errorf("blocked: %+v", v)
	}
	_, err = w.device().Install(ctx, "clock", client.InstallOptions{})
	fails(t, err, client.Blocked)
	if err == nil || !strings.Contains(err.Error(), "It eats clocks") {
		t.Errorf("the reason isn't told: %v", err)
	}

	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "b"))
	if u := d.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.1.0" {
		t.Errorf("updated away from a blocked version: %+v", u)
	}
	d.sound()
	_, err = d.Rollback(ctx, "clock")
	fails(t, err, client.Blocked)

	w.publish(advisory("uninstall", "*"))
	u, err := d.Update(ctx, client.UpdateOptions{})
	if err != nil || len(u.Changes) != 1 || !u.Changes[0].Refused || len(must(d.List(ctx))) != 1 {
		t.Errorf("without consent: %+v, %v", u, err)
	}
	w.publish(gittest.Remove("advisories.yaml"))
	u, err = d.Update(ctx, client.UpdateOptions{})
	if err != nil || len(u.Changes) != 0 || len(u.Notices) != 0 {
		t.Errorf("lifted: %+v, %v", u, err)
	}
	d.sound()
	w.publish(advisory("uninstall", "*"))
	asked := ""
	_, err = d.Update(ctx, client.UpdateOptions{Uninstall: func(_ client.Word, a client.Advisory) bool { asked = a.Reason["en"]; return true }})
	if err != nil || asked != "It eats clocks." || len(must(d.List(ctx))) != 0 {
		t.Errorf("with consent: asked %q, %v", asked, err)
	}
}

// TestDelisted: a package that goes from the registry stays on the device, and says so.
func TestDelisted(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	d := w.device()
	d.install("clock", client.InstallOptions{})
	w.publish(gittest.Remove("plugins/clock"))
	synced, err := d.Sync(ctx)
	if err != nil || len(synced.Notices) != 1 || synced.Notices[0].Kind != "delisted" {
		t.Errorf("%+v, %v", synced, err)
	}
	d.sound()
	_, err = w.device().Install(ctx, "clock", client.InstallOptions{})
	fails(t, err, client.Delisted)
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "b"))
	if u := d.update(); len(u.Changes) != 1 || len(u.Notices) != 0 {
		t.Errorf("listed again: %+v", u)
	}
}

// TestWays: an artifact comes in the cheapest way: compressed, then as a delta from the installed version, even if that isn't the last one.
func TestWays(t *testing.T) {
	w := newWorld(t)
	// Text that no other text predicts well, so that a delta is worth it.
	var b strings.Builder
	for i := range 400 {
		hash := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		fmt.Fprintf(&b, "$clock->turn(%d, '%x');\n", i, hash[:8])
	}
	long := b.String()
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", long))
	d := w.device()
	first := d.install("clock", client.InstallOptions{})
	if first.Via != "zstd" || first.Bytes*10 > first.Metadata.Artifact.Size*9 {
		t.Errorf("first: %s, %d of %d bytes", first.Via, first.Bytes, first.Metadata.Artifact.Size)
	}
	w.publish(gittest.Plugin("plugins/clock", "1.0.1", long+"!"))
	w.publish(gittest.Plugin("plugins/clock", "1.0.2", long+"!!"))
	u := d.update()
	if len(u.Changes) != 1 || u.Changes[0].To != "1.0.2" || u.Changes[0].Via != "delta" || u.Changes[0].Bytes*5 > first.Bytes {
		t.Errorf("second: %+v", u.Changes)
	}
	d.sound()
	// An altered package can't be the base of a delta, and is mended by the update.
	if err := os.WriteFile(filepath.Join(d.root, "apps/clock/package/clock/Plugin.php"), []byte("altered"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.publish(gittest.Plugin("plugins/clock", "1.0.3", long+"!!!"))
	if u := d.update(); len(u.Changes) != 1 || u.Changes[0].Via != "zstd" {
		t.Errorf("third: %+v", u.Changes)
	}
	d.sound()
}
