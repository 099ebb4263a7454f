package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// since runs a monitor as a process, and returns its exit code and what it prints.
func (o *operator) since(t *testing.T, place, state string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := regen("verify", place, "--pub", o.pub, "--since", state)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

// publishAt publishes main with another clock.
func (o *operator) publishAt(t *testing.T, dir string, now time.Time) {
	t.Helper()
	repo, err := gittree.Open(o.repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	commits, err := publish.NewCommits(repo, "main")
	if err != nil {
		t.Fatal(err)
	}
	_, err = publish.Run(context.Background(), publish.Options{
		History: commits, Store: store.NewDir(dir), Pin: trust.KeyPin(o.signer.Public()), Signer: o.signer, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An expired head is a failure that mail tells of, on every run; what it proves is printed and kept all the same.
func TestSinceExpired(t *testing.T) {
	o := newOperator(t)
	dir, state := filepath.Join(t.TempDir(), "public"), filepath.Join(t.TempDir(), "state.json")
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	o.publishAt(t, dir, time.Now().Add(-31*24*time.Hour))
	for run, lines := range []int{2, 0} {
		code, out, stderr := o.since(t, dir, state)
		if code != 1 || strings.Count(out, "\n") != lines || !strings.Contains(stderr, "expired: the head is good until ") || !strings.Contains(stderr, "hint: its history is proved") {
			t.Errorf("run %d: exit code %d\n%s%s", run, code, out, stderr)
		}
	}
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	o.publishAt(t, dir, time.Now())
	if code, out, stderr := o.since(t, dir, state); code != 0 || strings.Count(out, "\n") != 1 || stderr != "" {
		t.Errorf("a new head: exit code %d\n%s%s", code, out, stderr)
	}
}

// A run that is killed between printing and storing has stored nothing, and the next one prints the same.
func TestSinceKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("publishes 400 packages")
	}
	o := newOperator(t)
	dir, state := filepath.Join(t.TempDir(), "public"), filepath.Join(t.TempDir(), "state.json")
	files := make(gittest.Files)
	for i := range 400 { // their events are more than a pipe holds
		for path, f := range gittest.Plugin(fmt.Sprintf("plugins/p%d", i), "1.0.0", "x") {
			files[path] = f
		}
	}
	o.repo.Commit(t, files)
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := regen("verify", dir, "--pub", o.pub, "--since", state)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1000)
	if _, err := out.Read(first); err != nil {
		t.Fatal(err)
	}
	// It waits for somebody to read on.
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if entries, err := os.ReadDir(filepath.Dir(state)); err != nil || len(entries) > 0 {
		t.Fatalf("it left %v, %v", entries, err)
	}
	code, all, stderr := o.since(t, dir, state)
	if code != 0 || strings.Count(all, "\n") != 401 || !strings.HasPrefix(all, strings.TrimRight(string(first), "\x00")) {
		t.Errorf("the next run: exit code %d, %d lines\n%s", code, strings.Count(all, "\n"), stderr)
	}
}

// From a web server, a run with nothing new costs two requests, and caches that hold something else are gone past.
func TestSinceURL(t *testing.T) {
	o := newOperator(t)
	dir, state := filepath.Join(t.TempDir(), "public"), filepath.Join(t.TempDir(), "state.json")
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var asked atomic.Int64
	var spoilt atomic.Bool
	files := http.FileServer(http.Dir(dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if spoilt.Load() && r.URL.RawQuery == "" && strings.Contains(r.URL.Path, "/log/1/tile/") {
			fmt.Fprint(w, "spoilt")
			return
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	if code, out, stderr := o.since(t, server.URL, state); code != 0 || strings.Count(out, "\n") != 2 {
		t.Fatalf("exit code %d\n%s%s", code, out, stderr)
	}
	asked.Store(0)
	if code, out, stderr := o.since(t, server.URL, state); code != 0 || out != "" || asked.Load() != 2 {
		t.Errorf("nothing new: exit code %d, %d requests\n%s%s", code, asked.Load(), out, stderr)
	}
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	spoilt.Store(true)
	if code, out, stderr := o.since(t, server.URL, state); code != 0 || strings.Count(out, "\n") != 1 || !strings.Contains(out, `"index":2,`) {
		t.Errorf("through a spoilt cache: exit code %d\n%s%s", code, out, stderr)
	}
	server.Close()
	if code, _, stderr := o.since(t, server.URL, state); code != 1 || !strings.Contains(stderr, "refused") {
		t.Errorf("without a server: exit code %d\n%s", code, stderr)
	}
}

// A whole tree is verified over the web as it is on a disk, also through a cache that has something else in the place of immutable files.
func TestVerifyURL(t *testing.T) {
	o := newOperator(t)
	dir := filepath.Join(t.TempDir(), "public")
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var spoilt atomic.Value // what a path ends in
	spoilt.Store("")
	files := http.FileServer(http.Dir(dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if end := spoilt.Load().(string); end != "" && r.URL.RawQuery == "" && strings.HasSuffix(r.URL.Path, end) {
			fmt.Fprint(w, "spoilt")
			return
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	for _, end := range []string{"", "/metadata.json", ".zip"} {
		spoilt.Store(end)
		if out, err := regen("verify", server.URL, "--pub", o.pub).CombinedOutput(); err != nil {
			t.Errorf("%q is spoilt in the cache: %v\n%s", end, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, wire.MetadataPath("a", "1.0.0")), []byte("spoilt"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := regen("verify", server.URL, "--pub", o.pub).CombinedOutput(); err == nil || !strings.Contains(string(out), "wrong: packages/a/1.0.0/metadata.json") {
		t.Errorf("spoilt for good: %v\n%s", err, out)
	}
}

// The history of a package can be read from a web server, and each proof in it leads to the root in the head. An expired head is told of.
func TestLogURL(t *testing.T) {
	o := newOperator(t)
	dir := filepath.Join(t.TempDir(), "public")
	o.repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.0.0", "x"), gittest.Plugin("plugins/b", "1.0.0", "x"), gittest.Plugin("plugins/c", "1.0.0", "x")))
	o.publishAt(t, dir, time.Now().Add(-31*24*time.Hour))
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	cmd := regen("log", "b", "--from", server.URL, "--pub", o.pub, "--proof", "--json")
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	if !strings.Contains(stderr.String(), "note: the head expired at ") {
		t.Errorf("it notes %q", &stderr)
	}
	var got loggedEvents
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile(filepath.Join(dir, wire.HeadPath))
	if err != nil {
		t.Fatal(err)
	}
	if got.Head != string(head) || len(got.Events) != 1 || !strings.Contains(got.Head, fmt.Sprintf(" log=%d:%s ", got.Size, got.Root)) {
		t.Fatalf("got %+v", got)
	}
	e := got.Events[0]
	if root := rootOf(e.Proof.Entry, e.Index, e.Proof); root != got.Root {
		t.Errorf("the proof leads to %s, expected %s", root, got.Root)
	}
	if root := rootOf(append(e.Proof.Entry, ' '), e.Index, e.Proof); root == got.Root {
		t.Error("another entry is proved")
	}
}

// rootOf returns the root that a proof leads to, computed by RFC 9162, section 2.1.3.2, alone.
func rootOf(entry []byte, index int64, p *history.Proof) string {
	sum := func(parts ...[]byte) []byte {
		h := sha256.Sum256(bytes.Join(parts, nil))
		return h[:]
	}
	last, h := p.Size-1, sum([]byte{0}, entry)
	for _, text := range p.Hashes {
		other, _ := hex.DecodeString(text)
		if index%2 == 1 || index == last {
			h = sum([]byte{1}, other, h)
			for index%2 == 0 && index != 0 {
				index, last = index/2, last/2
			}
		} else {
			h = sum([]byte{1}, h, other)
		}
		index, last = index/2, last/2
	}
	if last != 0 {
		return "a proof that is too short"
	}
	return hex.EncodeToString(h)
}

// The script that log_proof.txtar runs is the one that the documentation has.
func TestDocumentedProof(t *testing.T) {
	docs, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := txtar.ParseFile("testdata/script/log_proof.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range script.Files {
		if f.Name == "check.sh" {
			if !bytes.Contains(docs, append([]byte("```sh\n"), f.Data...)) {
				t.Errorf("docs/operations.md doesn't have\n%s", f.Data)
			}
			return
		}
	}
	t.Error("log_proof.txtar has no check.sh")
}
