package client_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/client"
)

// broken is something that is wrong with a root.
type broken struct {
	name string
	// spoil changes the root. What it makes links to lies in outside.
	spoil func(root, outside string) error
	// want are the classes of what operations fail with; of the others, any that the device itself is to blame for will do.
	want map[string]client.Class
}

// everything are the operations, those that change most behind.
var everything = []string{"verify", "list", "sync", "pin", "update", "lower", "other", "rollback", "remove", "purge"}

func init() {
	interruptible["list"] = func(c *client.Client) error { _, err := c.List(ctx); return err }
}

// everywhere returns the class for all operations.
func everywhere(class client.Class) map[string]client.Class {
	want := make(map[string]client.Class)
	for _, do := range everything {
		want[do] = class
	}
	return want
}

// change returns what changes a value in the state file.
func edit(path string, value any) func(root, outside string) error {
	return func(root, _ string) error {
		name := filepath.Join(root, "state.json")
		var state any
		if err := json.Unmarshal(must(os.ReadFile(name)), &state); err != nil {
			return err
		}
		at, keys := state.(map[string]any), strings.Split(path, "/")
		for _, key := range keys[:len(keys)-1] {
			at = at[key].(map[string]any)
		}
		at[keys[len(keys)-1]] = value
		return os.WriteFile(name, must(json.Marshal(state)), 0o644)
	}
}

// replace returns what puts something into the place of a path, of which a copy is outside.
func replace(path string, put func(name, copy string) error) func(root, outside string) error {
	return func(root, outside string) error {
		name, copy := filepath.Join(root, path), filepath.Join(outside, filepath.Base(path))
		if info, err := os.Stat(name); err == nil {
			if info.IsDir() {
				err = os.CopyFS(copy, os.DirFS(name))
			} else {
				err = os.WriteFile(copy, must(os.ReadFile(name)), 0o644)
			}
			if err != nil {
				return err
			}
		} else if err := os.Mkdir(copy, 0o755); err != nil {
			return err
		}
		if err := os.RemoveAll(name); err != nil {
			return err
		}
		return put(name, copy)
	}
}

func link(name, copy string) error  { return os.Symlink(copy, name) }
func file(name, _ string) error     { return os.WriteFile(name, []byte("a file"), 0o644) }
func emptyDir(name, _ string) error { return os.Mkdir(name, 0o755) }

func add(path string) func(root, outside string) error {
	return func(root, _ string) error {
		name := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return os.WriteFile(name, []byte("junk"), 0o644)
	}
}

// TestBrokenRoot: whatever became of a root, no operation touches what is outside of it, and all say what is wrong.
func TestBrokenRoot(t *testing.T) {
	s := standOf(t, "update again")
	state := func(data []byte) func(root, _ string) error {
		return func(root, _ string) error { return os.WriteFile(filepath.Join(root, "state.json"), data, 0o644) }
	}
	whole := must(os.ReadFile(filepath.Join(s.root, "state.json")))
	fine := map[string]client.Class{"verify": "", "list": "", "sync": "", "pin": "", "update": "", "lower": "", "other": "", "rollback": "", "remove": "", "purge": ""}
	but := func(want map[string]client.Class, class client.Class, do ...string) map[string]client.Class {
		want = maps.Clone(want)
		for _, do := range do {
			want[do] = class
		}
		return want
	}
	elsewhere := but(fine, client.Local, "update", "lower", "rollback", "remove", "purge")
	cases := []broken{
		{"an empty state", state(nil), everywhere(client.Local)},
		{"a truncated state", state(whole[:len(whole)/2]), everywhere(client.Local)},
		{"two states", state(append(slices.Clone(whole), whole...)), everywhere(client.Local)},
		{"text", state([]byte("not a state\n")), everywhere(client.Local)},
		{"null", state([]byte("null")), everywhere(client.Local)},
		{"a list", state([]byte("[]")), everywhere(client.Local)},
		{"deep", state(bytes.Repeat([]byte(`{"log":`), 100_000)), everywhere(client.Local)},
		{"another format", edit("format", 2), everywhere(client.Local)},
		{"a huge state", func(root, _ string) error { return os.Truncate(filepath.Join(root, "state.json"), 1<<40) }, everywhere(client.Local)},
		{"a linked state", replace("state.json", link), everywhere(client.Local)},
		{"a directory for a state", replace("state.json", emptyDir), everywhere(client.Local)},
		{"a log of other hashes", edit("log/size", 1<<40), everywhere(client.Local)},
		{"an id that leads out", edit("installed/..%2f..%2foutside", map[string]any{"version": "1.0.0"}), everywhere(client.Local)},
		{"an id with a slash", edit("installed", map[string]any{"../../outside": map[string]any{"version": "1.0.0"}}), everywhere(client.Local)},
		{"nothing installed by that name", edit("installed/other", nil), everywhere(client.Local)},
		{"no version", edit("installed/clock/version", "../1"), everywhere(client.Local)},
		{"a pending id that leads out", edit("pending", map[string]any{"id": "../../outside", "after": json.RawMessage(whole)}), everywhere(client.Local)},
		{"pending for nothing", edit("pending", map[string]any{"id": "clock"}), everywhere(client.Local)},
		{"pending in pending", edit("pending", map[string]any{"id": "clock", "after": map[string]any{"format": 1, "pending": map[string]any{"id": "clock", "after": json.RawMessage(whole)}}}), everywhere(client.Local)},
		{"directories made elsewhere", edit("pending", map[string]any{"id": "other", "made": []string{"../../../outside/empty"}, "after": json.RawMessage(whole)}), nil},
		{"a huge artifact", edit("installed/clock/artifact/size", 1<<60), nil},
		{"a negative artifact", edit("installed/clock/artifact/size", -1), nil},
		{"another artifact", edit("installed/clock/artifact/name", "../../clock.tar.gz"), nil},
		{"no artifact", edit("installed/clock/artifact", nil), nil},
		{"another channel", edit("installed/clock/channel", "x"), nil},
		{"another head", edit("head", "x"), nil},
		{"no head", edit("head", ""), nil},
		{"no trust document", edit("trust", ""), nil},
		{"another trust document", edit("trust", "{}"), everywhere(client.Local)},
		{"versions that are none", edit("installed/clock/versions", []any{map[string]any{"version": "x"}, map[string]any{"version": ""}, map[string]any{"version": "x"}}), nil},
		{"no versions", edit("installed/clock/versions", nil), nil},
		{"an empty previous version", edit("installed/clock/previous", map[string]any{}), map[string]client.Class{"rollback": client.Altered}},

		{"a linked apps", replace("apps", link), but(elsewhere, client.Local, "other")},
		{"a file for apps", replace("apps", file), but(but(elsewhere, client.Local, "other"), client.Altered, "rollback")},
		{"no apps", replace("apps", func(string, string) error { return nil }), but(fine, client.Altered, "rollback")},
		{"a linked app", replace("apps/clock", link), elsewhere},
		{"a link from app to the root", replace("apps/clock", func(name, _ string) error { return os.Symlink("../..", name) }), but(elsewhere, client.Altered, "rollback")},
		{"a file for an app", replace("apps/clock", file), but(elsewhere, client.Altered, "rollback")},
		{"a linked package", replace("apps/clock/package", link), fine},
		{"a file for a package", replace("apps/clock/package", file), fine},
		{"an empty package", replace("apps/clock/package", emptyDir), fine},
		{"a file too many", add("apps/clock/package/clock/more.php"), fine},
		{"a linked directory in a package", replace("apps/clock/package/clock", link), fine},
		{"a linked previous package", replace("apps/clock/previous", link), but(fine, client.Altered, "rollback")},
		{"a file for a previous package", replace("apps/clock/previous", file), but(fine, client.Altered, "rollback")},
		{"an altered previous package", add("apps/clock/previous/clock/Plugin.php"), but(fine, client.Altered, "rollback")},
		{"linked data", replace("apps/clock/data", link), fine},
		{"a file for data", replace("apps/clock/data", file), fine},
		{"something set aside", add("apps/clock/previous.aside/x"), fine},
		{"junk in the work directory", add(".work/package/clock/Plugin.php"), fine},
		{"more junk in the work directory", add(".work/gone-package/x"), fine},
		{"a state in the work directory", add(".work/after"), fine},
		{"a file for a work directory", replace(".work", file), fine},
		{"a linked work directory", replace(".work", link), fine},
	}
	var pendings []string
	for n := 1; n <= 4 && !testing.Short(); n++ {
		root := s.copy(t)
		_ = s.process(root, s.do, n).Run()
		if bytes.Contains(must(os.ReadFile(filepath.Join(root, "state.json"))), []byte(`"pending"`)) {
			pendings = append(pendings, root)
		}
	}
	if len(pendings) == 0 && !testing.Short() {
		t.Fatal("no kill left something pending")
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, from := range append([]string{s.root}, pendings...) {
				for _, do := range everything {
					outside := filepath.Join(memory(t), "outside")
					root := filepath.Join(outside, "../device/root")
					copyRoot(t, from, root)
					if err := add("file")(outside, ""); err != nil {
						t.Fatal(err)
					}
					if err := os.Mkdir(filepath.Join(outside, "empty"), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := c.spoil(root, outside); err != nil {
						t.Fatal(err)
					}
					before := snapshot(t, outside)
					err := interruptible[do](s.open(root))
					sameFiles(t, snapshot(t, outside), before)
					class := client.ClassOf(err)
					if want, told := c.want[do]; told && from == s.root && class != want {
						t.Errorf("%s: the error is of class %q, expected %q: %v", do, class, want, err)
					}
					if err != nil && !slices.Contains([]client.Class{client.Local, client.Altered, client.Unknown, client.Rollback, client.Key, client.Events, client.Fork}, class) {
						t.Errorf("%s: the error is of class %q: %v", do, class, err)
					}
					if err != nil && class == client.Local && strings.Contains(err.Error(), "undone") {
						t.Errorf("%s: %v", do, err)
					}
				}
			}
		})
	}
}

// TestDamagedState: no damage to the state file makes an operation panic, or touch what is outside of the root.
func TestDamagedState(t *testing.T) {
	s := standOf(t, "update again")
	random := rand.New(rand.NewPCG(1, 2))
	failed := 0
	damages := 300
	if testing.Short() {
		damages = 30
	}
	for i := range damages {
		outside := filepath.Join(memory(t), "outside")
		root := filepath.Join(outside, "device/root")
		copyRoot(t, s.root, root)
		if err := add("file")(outside, ""); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(root, "state.json")
		data := must(os.ReadFile(name))
		at := random.IntN(len(data))
		switch i % 3 {
		case 0:
			data[at] ^= byte(1 << random.IntN(8))
		case 1:
			data = append(data[:at], data[min(len(data), at+1+random.IntN(40)):]...)
		case 2:
			from := random.IntN(len(data))
			data = slices.Insert(data, at, slices.Clone(data[from:min(len(data), from+random.IntN(200))])...)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, do := range []string{"verify", "update", "rollback", "purge"} {
			if err := interruptible[do](s.open(root)); err != nil {
				failed++
				if client.ClassOf(err) == "" {
					t.Errorf("an error without a class: %v", err)
				}
			}
			os.RemoveAll(filepath.Join(root, "evidence"))
		}
		for path := range snapshot(t, outside) {
			if path != "." && path != "file" && path != "device" && !strings.HasPrefix(path, "device/root") {
				t.Errorf("%s appeared", path)
			}
		}
	}
	t.Logf("%d operations failed", failed)
}
