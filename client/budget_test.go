package client_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// The size of a real plugin directory, and what happens in it.
const (
	directorySize = 6858
	dayChanges    = 49
	weekChanges   = 362
)

// directory is a registry of that size, so far as syncing reads it: log and catalogue, without packages.
type directory struct {
	t       testing.TB
	signer  *sign.Signer
	rand    *rand.Rand
	ids     []string
	version map[string]int // id → number of releases
	entries [][]byte       // of the log
	nodes   map[string][]byte
	root    []byte
	listed  map[string]wire.VersionList
	served  atomic.Pointer[map[string][]byte]
	now     time.Time
	wire    atomic.Int64 // bytes that went over the network, both ways
	bodies  atomic.Int64 // bytes of answers alone, as transferred
	serial  int64
}

// newDirectory makes a registry in which each package was released a few times.
func newDirectory(t testing.TB, seed uint64) *directory {
	t.Helper()
	d := &directory{t: t, signer: must(sign.Generate()), rand: rand.New(rand.NewPCG(seed, 1)), version: make(map[string]int), now: start, listed: make(map[string]wire.VersionList)}
	seen := make(map[string]bool)
	for len(d.ids) < directorySize {
		words := make([]string, 2+d.rand.IntN(2))
		for i := range words {
			words[i] = syllables[d.rand.IntN(len(syllables))] + syllables[d.rand.IntN(len(syllables))] + syllables[d.rand.IntN(len(syllables))]
		}
		if id := strings.Join(words, "-"); !seen[id] {
			seen[id] = true
			d.ids = append(d.ids, id)
		}
	}
	trustDoc := must(wire.Encode(wire.SingleKey("directory", d.signer.Public().String())))
	d.entries = append(d.entries, must(wire.Encode(wire.Event{Type: wire.EventKeys, Keys: 1, SHA256: wire.Sum(trustDoc), Time: 1})))
	for _, id := range d.ids {
		d.release(id)
	}
	d.change(4 * directorySize)
	d.catalogue()
	return d
}

var syllables = []string{"ba", "ca", "den", "fil", "gra", "ho", "in", "jo", "kel", "lin", "ma", "no", "or", "pa", "qui", "re", "sol", "ta", "um", "ver", "wil", "xa", "ya", "zo"}

// release releases the next version of a package.
func (d *directory) release(id string) {
	d.version[id]++
	n := d.version[id]
	version := fmt.Sprintf("%d.%d.%d", 1+n/40, n/4%10, n%4)
	var hash [32]byte
	for i := range hash {
		hash[i] = byte(d.rand.Uint32())
	}
	ref := wire.Ref{SHA256: fmt.Sprintf("%x", hash), Size: 900 + d.rand.Int64N(2000)}
	list := d.listed[id]
	list.ID = id
	list.Versions = append(list.Versions, wire.Version{Version: version, Channel: "stable", Metadata: ref, Source: ref.SHA256, Log: int64(len(d.entries)), Time: 1700000000 + int64(len(d.entries))})
	d.listed[id] = list
	d.entries = append(d.entries, must(wire.Encode(wire.Event{Type: wire.EventRelease, ID: id, Version: version, Channel: "stable", SHA256: ref.SHA256, Size: ref.Size})))
}

// change releases so many packages, none twice in a round.
func (d *directory) change(n int) {
	for n > 0 {
		for _, i := range d.rand.Perm(len(d.ids))[:min(n, len(d.ids))] {
			d.release(d.ids[i])
		}
		n -= min(n, len(d.ids))
	}
}

// catalogue makes the catalogue of what is released.
func (d *directory) catalogue() {
	d.nodes = make(map[string][]byte)
	entries := make(map[string]*wire.Entry)
	for _, id := range d.ids {
		name := strings.ReplaceAll(id, "-", " ")
		e, data, err := registry.Complete(wire.Entry{
			Format: "vito", Name: name, Summary: "Shows " + name + " beside what else there is to see, and keeps it up to date", Categories: []string{"tools"}, Icon: "1.0.0/assets/icon.png",
		}, d.listed[id])
		if err != nil {
			d.t.Fatal(err)
		}
		entries[id] = &e
		d.nodes[wire.VersionsPath(id, e.Versions.SHA256)] = data
	}
	u := must(registry.Apply(wire.Node{}, entries, nil, func(ref wire.Ref, data []byte) error {
		d.nodes[wire.NodePath(ref.SHA256)] = data
		return nil
	}))
	u.Root.Registry = &wire.Registry{ID: "directory", Name: "Directory", Start: strings.Repeat("0", 40), Configured: strings.Repeat("0", 40), Commit: strings.Repeat("0", 40), Count: len(d.ids)}
	d.root = must(wire.Encode(u.Root))
	d.nodes[wire.NodePath(wire.Sum(d.root))] = d.root
}

// serve serves the registry as it was when the log had so many entries.
func (d *directory) serve(size int) {
	d.t.Helper()
	files := make(map[string][]byte)
	for path, data := range d.nodes {
		files[path] = data
	}
	log := must(tlog.Open(1, 0, "", nil))
	for _, e := range d.entries[:size] {
		must(log.Append(e))
	}
	for _, f := range must(log.Files()) {
		files[f.Path] = f.Data
	}
	d.serial++
	s := wire.Statement{Registry: "directory", Serial: d.serial, Issued: d.now.Unix(), Expires: d.now.Add(30 * 24 * time.Hour).Unix(), Root: wire.RefOf(d.root), Epoch: 1, LogSize: int64(size), LogRoot: must(log.Root()), Keys: 1}
	files[wire.HeadPath] = d.signer.Sign([][]byte{d.root}, s.String())
	doc := must(wire.Encode(wire.SingleKey("directory", d.signer.Public().String())))
	files[wire.KeysPath(1)] = doc
	files[wire.KeysSignaturePath(1, sign.KeyID(d.signer.Public()))] = d.signer.Sign([][]byte{doc}, wire.KeysComment("directory", 1, wire.RefOf(doc)))
	d.served.Store(&files)
}

// server serves what is served over HTTP, with gzip, as CDNs do, and counts every byte on the wire.
func (d *directory) server() string {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := (*d.served.Load())[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", wire.CacheControl(strings.TrimPrefix(r.URL.Path, "/")))
		w.Header().Set("ETag", `"0123456789abcdef"`)
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Write(data)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := must(gzip.NewWriterLevel(tee{w, &d.bodies}, 6))
		z.Write(data)
		z.Close()
	}))
	s.Listener = countingListener{s.Listener, &d.wire}
	s.Start()
	d.t.Cleanup(s.Close)
	return s.URL
}

// tee counts what is written.
type tee struct {
	w io.Writer
	n *atomic.Int64
}

func (t tee) Write(b []byte) (int, error) {
	t.n.Add(int64(len(b)))
	return t.w.Write(b)
}

// countingListener counts the bytes of its connections, both ways.
type countingListener struct {
	net.Listener
	n *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countingConn{c, l.n}, err
}

type countingConn struct {
	net.Conn
	n *atomic.Int64
}

func (c countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.n.Add(int64(n))
	return n, err
}

func (c countingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// device opens a device of the registry.
func (d *directory) device(root, url string) *client.Client {
	return must(client.Open(client.Options{Root: root, Mirrors: []string{url}, Pin: trust.KeyPin(d.signer.Public()).String(), Now: func() time.Time { return d.now }}))
}

// sync syncs, and returns how many bytes went over the wire.
func (d *directory) sync(c *client.Client) (client.Synced, int64) {
	d.t.Helper()
	before := d.settled()
	synced, err := c.Sync(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return synced, d.settled() - before
}

// settled returns the bytes on the wire, once the server has counted its last write: a device may have read it before.
func (d *directory) settled() int64 {
	for {
		n := d.wire.Load()
		time.Sleep(20 * time.Millisecond)
		if d.wire.Load() == n {
			return n
		}
	}
}

// TestUpdateCheck: an update check on an unchanged registry is one GET, of at most 2 KiB both ways, and nothing in it tells devices apart.
func TestUpdateCheck(t *testing.T) {
	d := newDirectory(t, 1)
	d.serve(len(d.entries))
	var requests []string
	inner := d.server()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Clone()
		requests = append(requests, fmt.Sprint(r.Method, " ", r.URL, " ", header))
		resp := must(http.Get(inner + r.URL.Path))
		defer resp.Body.Close()
		w.Header().Set("ETag", `"abc"`)
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "you"})
		w.WriteHeader(resp.StatusCode)
		_, _ = resp.Body, must(copyAll(w, resp))
	}))
	defer proxy.Close()
	one, two := d.device(t.TempDir(), inner), d.device(t.TempDir(), proxy.URL)
	d.sync(one)
	if synced, n := d.sync(one); !synced.Unchanged || n > 2048 {
		t.Errorf("an unchanged registry takes %d bytes (%+v), expected at most 2048", n, synced)
	} else {
		t.Logf("an unchanged registry takes %d bytes, both ways", n)
	}
	d.sync(two)
	requests = nil
	d.sync(two)
	d.sync(two)
	if len(requests) != 2 || requests[0] != requests[1] || strings.Contains(requests[0], "Cookie") || strings.Contains(requests[0], "None-Match") {
		t.Errorf("two checks ask for %q", requests)
	}
}

func copyAll(w http.ResponseWriter, resp *http.Response) (int64, error) {
	buf := make([]byte, 32<<10)
	var total int64
	for {
		n, err := resp.Body.Read(buf)
		total += int64(n)
		w.Write(buf[:n])
		if err != nil {
			return total, nil
		}
	}
}

// TestLogBudget: after a day and after a week, the answers that a device reads have at most so many bytes in the median, as transferred with gzip, over alignments of the bundles
// that are spread evenly, each moved at random.
func TestLogBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a large registry many times")
	}
	d := newDirectory(t, 2)
	url := d.server()
	base := len(d.entries)
	d.change(2 * directorySize)
	const samples = 41
	for _, c := range []struct {
		name    string
		changes int
		budget  int64
	}{{"day", dayChanges, 12_000}, {"week", weekChanges, 32_000}} {
		var bodies, all []int64
		for i := range samples {
			from := base + tlog.Width*d.rand.IntN(20) + i*tlog.Width/samples + d.rand.IntN(tlog.Width/samples)
			root := t.TempDir()
			device := d.device(root, url)
			d.serve(from)
			d.sync(device)
			d.install(root, d.some(30), from)
			d.serve(from + c.changes)
			before := d.bodies.Load()
			synced, n := d.sync(device)
			if synced.Catalogue || synced.Entries != int64(c.changes) {
				t.Fatalf("after a %s: %+v", c.name, synced)
			}
			bodies, all = append(bodies, d.bodies.Load()-before), append(all, n)
		}
		slices.Sort(bodies)
		slices.Sort(all)
		t.Logf("after a %s with %d changes: median %d bytes, from %d to %d; with headers and requests %d", c.name, c.changes, bodies[samples/2], bodies[0], bodies[samples-1], all[samples/2])
		if bodies[samples/2] > c.budget {
			t.Errorf("after a %s: median %d bytes, expected at most %d", c.name, bodies[samples/2], c.budget)
		}
	}
}

// TestNeverMoreThanTheCatalogue: however far behind a device is, it doesn't read more than the catalogue and a proof.
func TestNeverMoreThanTheCatalogue(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a large registry several times")
	}
	d := newDirectory(t, 3)
	url := d.server()
	d.change(12 * directorySize)
	d.catalogue()
	var catalogue int64 // compressed, as it would be transferred
	for path, data := range d.nodes {
		if strings.HasPrefix(path, "index/") {
			catalogue += gzipped(data)
		}
	}
	const proof = 32 << 10 // at most four tiles of 8 KiB
	ids := d.some(30)
	var lists int64
	for _, id := range ids {
		lists += 512 + gzipped(must(wire.Encode(d.listed[id]))) // with headers
	}
	for _, behind := range []int{200, 1000, 5000, 20_000, 40_000, 12 * directorySize} {
		root := t.TempDir()
		device := d.device(root, url)
		d.serve(len(d.entries) - behind)
		d.sync(device)
		d.install(root, ids, len(d.entries)-behind)
		d.serve(len(d.entries))
		synced, n := d.sync(device)
		t.Logf("%d entries behind: catalogue %v, %d bytes; the catalogue has %d", behind, synced.Catalogue, n, catalogue)
		if n > catalogue+proof+lists {
			t.Errorf("%d entries behind: %d bytes, and the catalogue has %d", behind, n, catalogue)
		}
	}
}

// some returns ids of the registry.
func (d *directory) some(n int) []string {
	var ids []string
	for _, i := range d.rand.Perm(len(d.ids))[:n] {
		ids = append(ids, d.ids[i])
	}
	return ids
}

// install writes packages into the state of a device, as if their first versions were installed when the log had so many entries.
func (d *directory) install(root string, ids []string, size int) {
	d.t.Helper()
	name := filepath.Join(root, "state.json")
	var state map[string]any
	if err := json.Unmarshal(must(os.ReadFile(name)), &state); err != nil {
		d.t.Fatal(err)
	}
	installed := make(map[string]any)
	for _, id := range ids {
		var versions []any
		for _, v := range d.listed[id].Versions {
			if v.Log < int64(size) {
				versions = append(versions, map[string]any{"version": v.Version, "metadata": v.Metadata, "log": v.Log})
			}
		}
		v := d.listed[id].Versions[0]
		installed[id] = map[string]any{
			"version": v.Version, "metadata": v.Metadata, "log": v.Log, "format": "vito", "name": map[string]string{"en": id}, "channel": "stable", "versions": versions,
		}
	}
	state["installed"] = installed
	if err := os.WriteFile(name, must(json.Marshal(state)), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

func gzipped(data []byte) int64 {
	var n atomic.Int64
	z := must(gzip.NewWriterLevel(counter{&n}, 6))
	z.Write(data)
	z.Close()
	return n.Load()
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(b []byte) (int, error) { c.n.Add(int64(len(b))); return len(b), nil }
