package client_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/sign"
)

// TestStockTools: what a device verifies is verified by stock minisign, sha256sum, zstd and jq, too, with the script in the docs. What a device refuses, the script refuses.
func TestStockTools(t *testing.T) {
	if testing.Short() {
		t.Skip("starts hundreds of processes")
	}
	for _, tool := range []string{"bash", "minisign", "sha256sum", "jq", "zstd", "od", "base64"} {
		gittest.Tool(t, tool)
	}
	w := newWorld(t)
	w.now = time.Now() // the script has no other clock
	text := strings.Repeat("every line is like the one before\n", 500)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", text), gittest.Plugin("plugins/other", "1.0.0", "x"))
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", text+"but this one"), gittest.Remove("plugins/other"))
	w.publish(gittest.Files{"advisories.yaml": gittest.Text("advisories: [{id: A-1, package: clock, versions: '=1.0.0', action: block, reason: broken}]\n")})
	pub := filepath.Join(t.TempDir(), "minisign.pub")
	if err := os.WriteFile(pub, sign.PublicText(w.signer.Public()), 0o644); err != nil {
		t.Fatal(err)
	}
	script := func(version string) (string, error) {
		out, err := exec.Command("bash", "../docs/verify.sh", w.tree, pub, "clock", version).CombinedOutput()
		return string(out), err
	}
	out, err := script("1.1.0")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"ok  trust document 1", "ok  head 3", "ok  catalogue", "ok  artifact: clock-1.1.0.zip", "ok  signatures", "ok  compressed copy", "ok  delta from 1.0.0", "ok  log: 6 entries"} {
		if !strings.Contains(out, want) {
			t.Errorf("the script doesn't say %q:\n%s", want, out)
		}
	}
	if out, err := script("1.0.0"); err == nil || !strings.Contains(out, "blocked by an advisory") {
		t.Errorf("a blocked version: %v\n%s", err, out)
	}
	// Whatever file that the script reads is changed, it notices, as a device does.
	m := must(w.device().Show(ctx, "clock", "1.1.0"))
	files := must(filepath.Glob(w.tree + "/index/*.json"))
	files = append(files, must(filepath.Glob(w.tree+"/keys/*"))...)
	files = append(files, must(filepath.Glob(w.tree+"/log/1/tile/entries/*/*"))...)
	for _, file := range []string{"index.json.minisig", "packages/clock/versions/" + m.Entry.Versions.SHA256 + ".json", "packages/clock/1.1.0/metadata.json", "packages/clock/1.1.0/clock-1.1.0.zip"} {
		files = append(files, filepath.Join(w.tree, file))
	}
	dead := 0
	for _, file := range files {
		good := must(os.ReadFile(file))
		bad := append([]byte{}, good...)
		bad[len(bad)/3] ^= 4
		write := func(data []byte) {
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write(bad)
		out, err := script("1.1.0")
		change, clientErr := w.device().Install(ctx, "clock", client.InstallOptions{Version: "1.1.0"})
		// Superseded nodes and bundles are read by nobody; a device that has nothing yet has no need of the log's entries, and no device of the untrusted comment in a signature.
		if isLog := strings.Contains(file, "/entries/"); err == nil && clientErr == nil {
			dead++
		} else if cheaper := change.Via == "zstd" && strings.HasSuffix(file, ".zip"); (err == nil) != (clientErr == nil) && !isLog && !cheaper {
			t.Errorf("%s is changed: the script says %v and the device %v\n%s", file, err, clientErr, out)
		}
		write(good)
	}
	if dead > 4 {
		t.Errorf("%d of %d changed files were noticed by nobody", dead, len(files))
	}
	if out, err := script("1.1.0"); err != nil {
		t.Errorf("the files are back: %v\n%s", err, out)
	}
}
