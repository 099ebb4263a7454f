package client_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/wire"
)

// update says that the vectors are written anew.
var update = flag.Bool("update", false, "write the test vectors anew")

// deviceVectors is where the test vectors of a device lie. docs/spec.md says what they mean.
var deviceVectors = filepath.Join("..", "testdata", "vectors", "device")

// maxVector bounds a vector, in bytes.
const maxVector = 100 << 10

// A vector is one case.
type vector struct {
	Shows   string     `json:"shows"`
	Outcome string     `json:"outcome"` // "accept", or the class of the error
	In      deviceIn   `json:"in"`
	Out     *deviceOut `json:"out,omitempty"`
}

type deviceIn struct {
	Pin       string            `json:"pin"`
	Now       int64             `json:"now"`                 // the device's clock
	Tolerance int64             `json:"tolerance,omitempty"` // seconds that a head may be issued ahead of it; none: a day
	Hosts     map[string]string `json:"hosts,omitempty"`
	Authors   bool              `json:"authors,omitempty"` // whether the device asks for authors' signatures
	State     json.RawMessage   `json:"state,omitempty"`   // state.json; none: the device has met no registry
	Root      map[string]string `json:"root,omitempty"`    // what else lies below the device's root: path → hex
	Do        deviceDo          `json:"do"`
	Base      string            `json:"base,omitempty"`   // another vector, whose files are served
	Remove    []string          `json:"remove,omitempty"` // but for these
	Files     map[string]string `json:"files"`            // and with these: path → hex
}

type deviceDo struct {
	Op        string `json:"op"` // sync, install, update, rollback
	ID        string `json:"id,omitempty"`
	Version   string `json:"version,omitempty"`
	Channel   string `json:"channel,omitempty"`
	Uninstall bool   `json:"uninstall,omitempty"`  // the owner agrees to that
	NewAuthor bool   `json:"new_author,omitempty"` // and to another author
}

type deviceOut struct {
	Serial    int64             `json:"serial"`
	LogSize   int64             `json:"log_size"`
	Trust     int               `json:"trust"`
	Installed map[string]string `json:"installed"` // id → version
	Notices   []string          `json:"notices"`
	Via       string            `json:"via,omitempty"`
	Strangers []string          `json:"strangers,omitempty"` // whose newer version isn't from the author that the device knows
}

// What the client makes of each vector is what the vector says. What it refuses leaves the device as it was.
func TestVectors(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(deviceVectors, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) {
			t.Parallel()
			v := readVector(t, filepath.Base(name))
			if v.Shows == "" || strings.Contains(v.Shows, "\n") || (v.Out != nil) != (v.Outcome == "accept") {
				t.Fatalf("malformed: %q, outcome %s", v.Shows, v.Outcome)
			}
			out, err := run(t, v.In, v.In.served(t))
			if v.Out == nil {
				if got := string(client.ClassOf(err)); got != v.Outcome {
					t.Errorf("%s: expected %s, got %q: %v", v.Shows, v.Outcome, got, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", v.Shows, err)
			}
			if got, want := must(json.Marshal(out)), must(json.Marshal(v.Out)); !bytes.Equal(got, want) {
				t.Errorf("%s:\ngot  %s\nwant %s", v.Shows, got, want)
			}
		})
	}
}

// readVector reads a vector, which has no members that aren't known.
func readVector(t testing.TB, name string) vector {
	t.Helper()
	data := must(os.ReadFile(filepath.Join(deviceVectors, name)))
	if len(data) > maxVector {
		t.Errorf("%s has %d bytes, expected at most %d", name, len(data), maxVector)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var v vector
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// served returns the files that a vector serves.
func (in deviceIn) served(t testing.TB) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	if in.Base != "" {
		files = readVector(t, in.Base).In.served(t)
	}
	for _, path := range in.Remove {
		delete(files, path)
	}
	maps.Copy(files, unhex(in.Files))
	return files
}

func unhex(files map[string]string) map[string][]byte {
	out := make(map[string][]byte)
	for path, text := range files {
		out[path] = must(hex.DecodeString(text))
	}
	return out
}

// run does what a vector says, against a server with its files.
func run(t *testing.T, in deviceIn, files map[string][]byte) (*deviceOut, error) {
	t.Helper()
	return runIn(t, filepath.Join(t.TempDir(), "root"), in, files)
}

// runIn is run with a directory that becomes the device's root.
func runIn(t *testing.T, root string, in deviceIn, files map[string][]byte) (*deviceOut, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	defer server.Close()
	before := unhex(in.Root)
	if in.State != nil {
		before["state.json"] = in.State
	}
	for path, data := range before {
		name := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := must(client.Open(client.Options{
		Root: root, Mirrors: []string{server.URL}, Pin: in.Pin, ClockTolerance: time.Duration(in.Tolerance) * time.Second, Hosts: in.Hosts, Authors: in.Authors,
		Now: func() time.Time { return time.Unix(in.Now, 0) },
	}))
	was := snapshot(t, root)
	via, strangers, err := do(c, in.Do)
	if err != nil {
		now := snapshot(t, root)
		if client.ClassOf(err) == client.Fork {
			evidence(t, root, in, files)
			maps.DeleteFunc(now, func(path, _ string) bool { return strings.HasPrefix(path, "evidence") })
		}
		sameFiles(t, now, was)
		return nil, err
	}
	out := outcome(t, c, root, via)
	out.Strangers = strangers
	return out, nil
}

// do does one operation, and says how an artifact came, and what wasn't taken because of its author.
func do(c *client.Client, do deviceDo) (via string, strangers []string, err error) {
	switch do.Op {
	case "sync":
		_, err = c.Sync(ctx)
	case "install":
		var change client.Change
		change, err = c.Install(ctx, do.ID, client.InstallOptions{Version: do.Version, Channel: do.Channel, NewAuthor: do.NewAuthor})
		via = change.Via
	case "update":
		var updated client.Updated
		o := client.UpdateOptions{NewAuthor: do.NewAuthor, Uninstall: func(client.Word, client.Advisory) bool { return do.Uninstall }}
		if do.ID != "" {
			o.IDs = []string{do.ID}
		}
		updated, err = c.Update(ctx, o)
		for _, change := range updated.Changes {
			via += change.Via
		}
		strangers = updated.Strangers
	case "rollback":
		_, err = c.Rollback(ctx, do.ID)
	default:
		err = fmt.Errorf("there is no operation %q", do.Op)
	}
	return via, strangers, err
}

// outcome is what a device has and knows after an operation. All that it has is as it was signed.
func outcome(t *testing.T, c *client.Client, root, via string) *deviceOut {
	t.Helper()
	var state struct {
		Trust, Head string
		Log         tlog.Edge
	}
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(root, "state.json"))), &state); err != nil {
		t.Fatal(err)
	}
	var trust wire.Trust
	if err := wire.Decode([]byte(state.Trust), &trust); err != nil {
		t.Fatal(err)
	}
	head := must(wire.ParseStatement(must(sign.StoredComment([]byte(state.Head)))))
	if got := must(state.Log.Root()); got != head.LogRoot || state.Log.Size != head.LogSize {
		t.Errorf("the edge is of %d entries with root %s, and the head says %d with %s", state.Log.Size, got, head.LogSize, head.LogRoot)
	}
	out := &deviceOut{Serial: head.Serial, LogSize: head.LogSize, Trust: trust.Version, Installed: make(map[string]string), Notices: []string{}, Via: via}
	for _, p := range must(c.List(ctx)) {
		out.Installed[p.ID] = p.Version
	}
	for _, v := range must(c.Verify(ctx)) {
		for _, w := range v.Words {
			if w.Kind == "altered" || w.Kind == "missing" {
				t.Errorf("%s %s is %s", v.ID, v.Version, w.Kind)
			}
			out.Notices = append(out.Notices, w.Kind)
		}
	}
	return out
}

// evidence fails the test unless a fork left the head that the device had and the one that it was shown.
func evidence(t *testing.T, root string, in deviceIn, files map[string][]byte) {
	t.Helper()
	var state struct{ Head string }
	if err := json.Unmarshal(in.State, &state); err != nil {
		t.Fatal(err)
	}
	want := []string{state.Head, string(files[wire.HeadPath])}
	var got []string
	for _, name := range must(filepath.Glob(filepath.Join(root, "evidence", "*"))) {
		got = append(got, string(must(os.ReadFile(name))))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the evidence is %q, expected %q", got, want)
	}
}

// The spec says what the class of vectors is, and what each class of error means that they have.
func TestSpecNamesDeviceClasses(t *testing.T) {
	spec := string(must(os.ReadFile(filepath.Join("..", "docs", "spec.md"))))
	_, section, _ := strings.Cut(spec, "## 19. Test vectors")
	words := map[string]bool{"device": true}
	for _, name := range must(filepath.Glob(filepath.Join(deviceVectors, "*.json"))) {
		words[readVector(t, filepath.Base(name)).Outcome] = true
	}
	for word := range words {
		if !strings.Contains(section, "`"+word+"`") {
			t.Errorf("the spec doesn't say what %s is", word)
		}
	}
}
