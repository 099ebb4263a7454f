package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/verify"
	"github.com/regen-registry/regen/internal/wire"
)

// asRegen makes this test binary run as regen, so that a real process can be killed.
const asRegen = "REGEN_TEST_AS_REGEN"

func regen(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asRegen+"=1")
	return cmd
}

// operator is a registry with a key.
type operator struct {
	repo     *gittest.Repo
	signer   *sign.Signer
	key, pub string
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	signer, err := sign.Generate()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := signer.SecretText("")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := &operator{gittest.New(t), signer, filepath.Join(dir, "key"), filepath.Join(dir, "pub")}
	for name, data := range map[string][]byte{o.key: secret, o.pub: sign.PublicText(signer.Public())} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *operator) publish(to string) *exec.Cmd {
	return regen("publish", "--repo", o.repo.Dir, "--rev", "main", "--to", to, "--pub", o.pub, "--key", o.key)
}

func (o *operator) verify(t *testing.T, dir string) *verify.Report {
	t.Helper()
	s := store.NewDir(dir)
	report, err := verify.Run(context.Background(), verify.Options{Reader: s, Lister: s, Pin: trust.KeyPin(o.signer.Public()), Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Fatalf("the tree doesn't verify: %v", report.Problems)
	}
	return report
}

// TestKilledBySignal: kill -9 at a random moment leaves a tree that verifies as the old or the new state, and the next run completes it.
func TestKilledBySignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	o := newOperator(t)
	packages := func(version string) gittest.Files {
		files := make(gittest.Files)
		for i := range 40 {
			maps.Copy(files, gittest.Plugin(fmt.Sprintf("plugins/p%d", i), version, version))
		}
		return files
	}
	o.repo.Commit(t, packages("1.0.0"))
	old := filepath.Join(t.TempDir(), "public")
	if out, err := o.publish(old).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	o.repo.Commit(t, packages("1.1.0"))
	start := time.Now()
	whole := filepath.Join(t.TempDir(), "public")
	copyTree(t, old, whole)
	if out, err := o.publish(whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(start)
	kills := 20
	if testing.Short() {
		kills = 5
	}
	states := make(map[int64]int)
	for range kills {
		dir := filepath.Join(t.TempDir(), "public")
		copyTree(t, old, dir)
		cmd := o.publish(dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(took))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		states[o.verify(t, dir).Serial]++
		if out, err := o.publish(dir).CombinedOutput(); err != nil {
			t.Fatalf("the next run: %v\n%s", err, out)
		}
		if report := o.verify(t, dir); report.Serial != 2 || len(report.Stale) > 0 || report.Releases != 80 {
			t.Fatalf("after the next run: serial %d, %d releases, stale %v; expected 2, 80, none", report.Serial, report.Releases, report.Stale)
		}
		os.RemoveAll(dir)
	}
	t.Logf("by serial: %v", states)
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestTwoProcesses: two publishers at once; in the end everything is published, once.
func TestTwoProcesses(t *testing.T) {
	o := newOperator(t)
	for i := range 4 {
		o.repo.Commit(t, gittest.Plugin("plugins/a", fmt.Sprintf("1.%d.0", i), "x"))
	}
	dir := filepath.Join(t.TempDir(), "public")
	var running []*exec.Cmd
	for _, rev := range []string{"main~2", "main~1", "main"} {
		cmd := regen("publish", "--repo", o.repo.Dir, "--rev", rev, "--from", "main~3", "--to", dir, "--pub", o.pub, "--key", o.key)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for _, cmd := range running {
		_ = cmd.Wait() // one that comes late with an older commit says so
	}
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if report := o.verify(t, dir); report.Releases != 4 {
		t.Errorf("%d releases, expected 4", report.Releases)
	}
}

// TestDiskFullAndReadOnly: neither loses anything, and both say what to do.
func TestDiskFullAndReadOnly(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root, to mount a small disk")
	}
	o := newOperator(t)
	o.repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("can't mount: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", disk).Run() })
	dir := filepath.Join(disk, "public")
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("df", "--output=avail", "--block-size=1", disk).Output()
	if err != nil {
		t.Fatal(err)
	}
	free, err := strconv.Atoi(strings.Fields(string(out))[1])
	if err != nil || free < 1<<20 {
		t.Fatalf("%d bytes are free: %v", free, err)
	}
	if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, free-256<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	files := gittest.Plugin("plugins/a", "1.1.0", "x")
	files["plugins/a/data.txt"] = gittest.Text(strings.Repeat("0123456789abcdef", 60_000))
	o.repo.Commit(t, files)
	fails := func(what string) {
		t.Helper()
		out, err := o.publish(dir).CombinedOutput()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("%s: %v, expected exit code 1\n%s", what, err, out)
		}
		if !strings.Contains(string(out), what) || !strings.Contains(string(out), "hint: ") || strings.Contains(string(out), "goroutine") {
			t.Errorf("the message doesn't tell: %s", out)
		}
		if report := o.verify(t, dir); report.Serial != 1 {
			t.Errorf("%s: serial %d, expected 1", what, report.Serial)
		}
	}
	fails("no space left on device")
	mount := func(options string) {
		t.Helper()
		if out, err := exec.Command("mount", "-o", "remount,"+options, disk).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	mount("ro,size=128m")
	fails("read-only file system")
	mount("rw,size=128m")
	if out, err := o.publish(dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if report := o.verify(t, dir); report.Serial != 2 || report.Releases != 2 {
		t.Errorf("serial %d, %d releases, expected 2 and 2", report.Serial, report.Releases)
	}
}

// TestPreview: an unpacked tarball without .git, with work that is committed nowhere, is served as a CDN should, until Ctrl-C.
// previewsEdits saves a readme, and waits until the preview tells its pages that there is something new, and shows it.
func previewsEdits(t *testing.T, url, readme string) {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second}
	resp, err := client.Get(url + "/.preview/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	events := bufio.NewScanner(resp.Body)
	next := func() string {
		for events.Scan() {
			if version, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				return version
			}
		}
		t.Fatalf("no event: %v", events.Err())
		return ""
	}
	first := next()
	if err := os.WriteFile(readme, []byte("# What was saved just now\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if second := next(); second == first {
		t.Errorf("version %s after version %s", second, first)
	}
	page, err := client.Get(url + "/en/apps/a/")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	body, _ := io.ReadAll(page.Body)
	for _, want := range []string{"What was saved just now", `src="/.preview/reload.js"`, "script-src &#39;self&#39;"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page after an edit lacks %s", want)
		}
	}
}

func TestPreview(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no Ctrl-C to send")
	}
	top := t.TempDir()
	for path, file := range gittest.Plugin("plugins/a", "1.0.0", "x") {
		name := filepath.Join(top, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(file.Data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	temp := t.TempDir()
	cmd := regen("preview", "--repo", top)
	cmd.Env = append(cmd.Env, "TMPDIR="+temp)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(stdout)
	url := ""
	for address := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`); url == "" && lines.Scan(); {
		url = address.FindString(lines.Text())
	}
	if url == "" {
		t.Fatalf("no URL was printed\n%s", &stderr)
	}
	for path, want := range map[string]string{
		"/":                                 "text/html; charset=utf-8",
		"/index.html":                       "text/html; charset=utf-8",
		"/en/apps/a/":                       "text/html; charset=utf-8",
		"/index.json":                       "application/json",
		"/index.json.minisig":               "text/plain; charset=utf-8",
		"/packages/a/index.json":            "application/json",
		"/log/1/tile/0/000.p/2":             "application/octet-stream",
		"/keys/1.json":                      "application/json",
		"/packages/a/1.0.0/a-1.0.0.zip":     "application/zip",
		"/packages/a/1.0.0/metadata.json":   "application/json",
		"/packages/a/1.0.0/assets/icon.svg": "image/svg+xml",
		"/schemas/vito.schema.json":         "application/json",
	} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		h := resp.Header
		if got := h.Get("Content-Type"); resp.StatusCode != 200 || got != want || len(body) == 0 || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q, %d bytes, %v, expected 200 %q", path, resp.StatusCode, got, len(body), h, want)
		}
	}
	for _, path := range []string{"/nothing", "/en/apps", "/..%2f..%2fetc/passwd", "/packages/"} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 404 {
			t.Errorf("%s: %d, expected 404", path, resp.StatusCode)
		}
	}
	previewsEdits(t, url, filepath.Join(top, "plugins", "a", "README.md"))
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, &stderr)
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("Ctrl-C left %v (%v)", left, err)
	}
}

// TestThisRepo: the packages of this repo publish as they are, and stock tools agree with every file.
func TestThisRepo(t *testing.T) {
	for _, tool := range []string{"git", "minisign", "unzip", "zipinfo", "sha256sum", "php", "tar", "gzip"} {
		gittest.Tool(t, tool)
	}
	o := newOperator(t)
	o.repo.Dir = "../.."
	dir := filepath.Join(t.TempDir(), "public")
	if _, err := os.Stat("../../.git"); err != nil {
		t.Skip("not a git repo")
	}
	cmd := regen("publish", "--repo", o.repo.Dir, "--to", dir, "--pub", o.pub, "--key", o.key)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	report := o.verify(t, dir)
	if report.Packages < 2*len(manifest.Formats) {
		t.Errorf("%d packages, expected at least two a format", report.Packages)
	}
	if out, err := regen("validate", "--repo", o.repo.Dir).CombinedOutput(); err != nil || strings.Contains(string(out), "warning") {
		t.Errorf("validate: %v\n%s", err, out)
	}
	archives, signatures := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		tool := func(name string, args ...string) {
			t.Helper()
			if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
				t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
			}
		}
		if filepath.Base(path) == "metadata.json" {
			checkListing(t, path)
		}
		unpacked := t.TempDir()
		switch filepath.Ext(path) {
		case ".zip", ".mosis", ".manapkg":
			archives++
			tool("unzip", "-tq", path)
			tool("zipinfo", "-v", path)
			tool("unzip", "-q", path, "-d", unpacked)
			if sums := filepath.Join(unpacked, "META-INF", "MANIFEST.MF"); filepath.Ext(path) == ".mosis" {
				tool("sh", "-c", "cd "+unpacked+" && sha256sum --quiet -c "+sums)
			}
			return filepath.WalkDir(unpacked, func(path string, _ fs.DirEntry, err error) error {
				if filepath.Ext(path) == ".php" {
					tool("php", "-l", path)
				}
				return err
			})
		case ".gz":
			archives++
			tool("gzip", "-t", path)
			tool("tar", "-xzf", path, "-C", unpacked)
			checkJSON(t, filepath.Join(unpacked, "dropapp.json"))
		case ".mana":
			archives++
			checkJSON(t, path)
		case ".minisig":
			signatures++
			message := strings.TrimSuffix(path, ".minisig")
			if strings.Contains(path, "/keys/") {
				message = filepath.Join(dir, "keys", "1.json")
			}
			tool("minisign", "-Vq", "-p", o.pub, "-m", message, "-x", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if archives != report.Releases || signatures != report.Signatures {
		t.Errorf("%d archives and %d signatures on the disk, expected %d and %d", archives, signatures, report.Releases, report.Signatures)
	}
}

func checkJSON(t *testing.T, name string) {
	t.Helper()
	if data, err := os.ReadFile(name); err != nil || !json.Valid(data) {
		t.Errorf("%s isn't JSON: %v", name, err)
	}
}

// checkListing: each package of this repo has an icon, a list of changes, and its texts in two languages.
func checkListing(t *testing.T, name string) {
	t.Helper()
	var m wire.Metadata
	data, err := os.ReadFile(name)
	if err == nil {
		err = wire.DecodeStrict(data, &m)
	}
	if err != nil || len(m.Icons) == 0 || len(m.Changelog) == 0 || len(m.Name) < 2 && len(m.Summary) < 2 && len(m.Description) < 2 {
		t.Errorf("%s: icons %v, changelog %v, name %v, summary %v (%v)", name, m.Icons, m.Changelog, m.Name, m.Summary, err)
	}
}
