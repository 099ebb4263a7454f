package client_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
)

// TestHashPinNowhere: a hash that no trust document has is a matter of the pin, not of a file that is missing.
func TestHashPinNowhere(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	c := must(client.Open(client.Options{Root: filepath.Join(t.TempDir(), "root"), Mirrors: []string{w.tree}, Pin: "sha256:" + strings.Repeat("ab", 32)}))
	_, err := c.Sync(ctx)
	fails(t, err, client.Key)
	c = must(client.Open(client.Options{Root: filepath.Join(t.TempDir(), "root"), Mirrors: []string{"http://127.0.0.1:1"}, Pin: "sha256:" + strings.Repeat("ab", 32)}))
	_, err = c.Sync(ctx)
	fails(t, err, client.Network)
}

// TestJSON: the members of what programs read are in one spelling.
func TestJSON(t *testing.T) {
	w := newWorld(t)
	w.publish(gittest.Plugin("plugins/clock", "1.0.0", "a"))
	d := w.device()
	var members map[string]any
	if err := json.Unmarshal(must(json.Marshal(must(d.Sync(ctx)))), &members); err != nil {
		t.Fatal(err)
	}
	for name := range members {
		if name != strings.ToLower(name) {
			t.Errorf("a member is named %s", name)
		}
	}
}
