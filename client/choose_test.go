package client_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
)

func advise(action, versions string) gittest.Files {
	return gittest.Files{"advisories.yaml": gittest.Text("advisories:\n  - id: A-1\n    package: clock\n    versions: \"" + versions + "\"\n    action: " + action + "\n    reason: It eats clocks.\n")}
}

// TestUpdateAfterRollback: a device that went back knows the versions between, and takes one of them where the highest is blocked.
func TestUpdateAfterRollback(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	d := w.device()
	d.install("clock", client.InstallOptions{})
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "b"))
	w.publish(gittest.Plugin("plugins/clock", "1.2.0", "c"))
	d.update()
	if _, err := d.Rollback(ctx, "clock"); err != nil {
		t.Fatal(err)
	}
	w.publish(advise("block", "=1.2.0"))
	if u := d.update(); len(u.Changes) != 1 || u.Changes[0].To != "1.1.0" {
		t.Errorf("%+v, expected 1.1.0", u.Changes)
	}
}

// TestPassedOver: only higher versions than the chosen one are said to be passed over, the highest first.
func TestPassedOver(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "b"))
	w.publish(gittest.Plugin("plugins/clock", "1.2.0", "b"))
	newer := func(version string) gittest.Files {
		files := gittest.Plugin("plugins/clock", version, "c")
		m := files["plugins/clock/composer.json"]
		m.Data = strings.Replace(m.Data, `"icon":`, `"min_vito_version": "3.2", "icon":`, 1)
		files["plugins/clock/composer.json"] = m
		return files
	}
	w.publish(newer("1.3.0"))
	w.publish(advise("block", "=1.0.0 || =1.2.0"))
	w.hosts = map[string]string{"vito": "3.1.0"}
	d := w.device()
	change := d.install("clock", client.InstallOptions{})
	if change.To != "1.1.0" || len(change.Passed) != 2 || change.Passed[0].Version != "1.3.0" || change.Passed[1].Version != "1.2.0" {
		t.Errorf("%+v", change)
	}
	// An error names the highest version, and its class is that version's.
	w.publish(advise("block", "<=1.2.0"))
	_, err := w.device().Install(ctx, "clock", client.InstallOptions{})
	fails(t, err, client.Host)
	if err == nil || !strings.Contains(err.Error(), "1.3.0 needs vito 3.2.0") {
		t.Error(err)
	}
	w.publish(newer("1.3.1"))
	w.publish(advise("block", "<=1.2.0 || =1.3.1"))
	_, err = w.device().Install(ctx, "clock", client.InstallOptions{})
	fails(t, err, client.Blocked)
}

// TestRollbackUndone: what the registry took back doesn't come back by rolling back.
func TestRollbackUndone(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	d := w.device()
	d.install("clock", client.InstallOptions{})
	w.publish(gittest.Plugin("plugins/clock", "1.1.0", "b"))
	d.update()
	// A device that has seen another 1.0.0, of an epoch that was undone, and learns from the catalogue that there is none such.
	name := filepath.Join(d.root, "state.json")
	var state map[string]any
	if err := json.Unmarshal(must(os.ReadFile(name)), &state); err != nil {
		t.Fatal(err)
	}
	previous := state["installed"].(map[string]any)["clock"].(map[string]any)["previous"].(map[string]any)
	previous["metadata"].(map[string]any)["sha256"] = strings.Repeat("ab", 32)
	if err := os.WriteFile(name, must(json.Marshal(state)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.publish(advise("warn", "=1.1.0"))
	if _, err := d.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := d.Rollback(ctx, "clock")
	fails(t, err, client.Unknown)
}
