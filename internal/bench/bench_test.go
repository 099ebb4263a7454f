package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/synth"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// later is how many commits with one changed package each registry has after its first commit.
const later = 24

// bench is what all benchmarks of a size share.
type bench struct {
	dir, repo, regen, key, pub string
	signer                     *sign.Signer
	size                       int
}

func sizes(b *testing.B) []int {
	list := os.Getenv("REGEN_BENCH_SIZES")
	if list == "" {
		list = "1000,10000"
	}
	var out []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			b.Fatalf("REGEN_BENCH_SIZES is %q, expected numbers", list)
		}
		out = append(out, n)
	}
	return out
}

// setUp makes the registry of a size unless it is there, builds regen, and makes a key.
func setUp(b *testing.B, size int) *bench {
	b.Helper()
	top := os.Getenv("REGEN_BENCH_DIR")
	if top == "" {
		top = "/dev/shm"
	}
	for _, tool := range []string{"git", "tar", "zip", "sha256sum", "minisign"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skipf("%s is not installed", tool)
		}
	}
	x := &bench{size: size, dir: b.TempDir()}
	// TempDir is where TMPDIR says; trees belong on the same memory file system as the registry.
	scratch, err := os.MkdirTemp(top, "regen-bench-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(scratch) })
	x.dir = scratch
	x.repo = filepath.Join(top, fmt.Sprintf("regen-synth-%d-%d.git", size, later))
	if _, err := os.Stat(filepath.Join(x.repo, "done")); err != nil {
		b.Logf("making a registry of %d packages", size)
		os.RemoveAll(x.repo)
		command(b, "", nil, "git", "init", "-q", "--bare", "-b", "main", x.repo)
		changes := make([]int, later)
		for i := range changes {
			changes[i] = 1
		}
		r, w := io.Pipe()
		go func() {
			_, err := synth.Registry{Packages: size, Changes: changes}.WriteTo(w)
			w.CloseWithError(err)
		}()
		command(b, x.repo, r, "git", "-c", "core.compression=1", "fast-import", "--quiet")
		if err := os.WriteFile(filepath.Join(x.repo, "done"), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	x.regen = filepath.Join(x.dir, "regen")
	command(b, "", nil, "go", "build", "-o", x.regen, "github.com/regen-registry/regen/cmd/regen")
	x.signer, err = sign.Generate()
	if err != nil {
		b.Fatal(err)
	}
	secret, err := x.signer.SecretText("")
	if err != nil {
		b.Fatal(err)
	}
	x.key, x.pub = filepath.Join(x.dir, "key"), filepath.Join(x.dir, "pub")
	for name, data := range map[string][]byte{x.key: secret, x.pub: sign.PublicText(x.signer.Public())} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return x
}

func command(b *testing.B, dir string, stdin io.Reader, name string, args ...string) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdin = dir, stdin
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// publish runs the real binary, and returns how long it took and the most memory it held, in MB.
func (x *bench) publish(b *testing.B, rev, to string) (time.Duration, float64) {
	b.Helper()
	cmd := exec.Command(x.regen, "publish", "--repo", x.repo, "--rev", rev, "--to", to, "--pub", x.pub, "--key", x.key)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	done := make(chan float64)
	exited := make(chan bool)
	go func() { done <- peak(cmd.Process.Pid, exited) }()
	err := cmd.Wait()
	took := time.Since(start)
	close(exited)
	if err != nil {
		b.Fatalf("publish: %v\n%s", err, &out)
	}
	return took, <-done
}

// peak returns the most memory that a process held, in MB, as Linux counts it. What the kernel reports when the process ends won't do: it
// includes what this process held when it forked.
func peak(pid int, exited <-chan bool) float64 {
	var kb float64
	for {
		if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
			if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
				if n, err := strconv.ParseFloat(strings.Fields(rest)[0], 64); err == nil {
					kb = max(kb, n)
				}
			}
		}
		select {
		case <-exited:
			return kb / 1024
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// first returns the first commit.
func first() string { return fmt.Sprintf("main~%d", later) }

// BenchmarkCold compares a first publish with the floor, and with a process for each step.
func BenchmarkCold(b *testing.B) {
	for _, size := range sizes(b) {
		if size > 10_000 {
			continue
		}
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			x := setUp(b, size)
			b.ResetTimer()
			var floor, publish, spawn time.Duration
			var memory float64
			for range b.N {
				to := filepath.Join(x.dir, "floor")
				start := time.Now()
				x.floor(b, to)
				floor += time.Since(start)
				os.RemoveAll(to)

				to = filepath.Join(x.dir, "public")
				took, mb := x.publish(b, first(), to)
				publish += took
				memory = max(memory, mb)
				spawn += x.spawn(b)
				os.RemoveAll(to)
			}
			n := float64(b.N)
			b.ReportMetric(floor.Seconds()/n, "floor-s")
			b.ReportMetric(publish.Seconds()/n, "publish-s")
			b.ReportMetric(spawn.Seconds()/n, "spawn-s")
			b.ReportMetric(publish.Seconds()/floor.Seconds(), "publish/floor")
			b.ReportMetric(spawn.Seconds()/publish.Seconds(), "spawn/publish")
			b.ReportMetric(memory, "peak-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// floor is the least that publishing has to do, in one loop: read the blobs through git cat-file, make the stored zips, hash
// and sign them, and write zip, metadata and signatures.
func (x *bench) floor(b *testing.B, to string) {
	list := exec.Command("git", "-C", x.repo, "ls-tree", "-r", first(), "plugins/")
	tree, err := list.Output()
	if err != nil {
		b.Fatal(err)
	}
	type file struct{ id, path string }
	var files []file
	var ids bytes.Buffer
	for line := range strings.Lines(string(tree)) {
		meta, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		id, rest, _ := strings.Cut(strings.TrimPrefix(path, "plugins/"), "/")
		files = append(files, file{id, rest})
		ids.WriteString(strings.Fields(meta)[2] + "\n")
	}
	cat := exec.Command("git", "-C", x.repo, "cat-file", "--batch", "--buffer")
	cat.Stdin = &ids
	pipe, err := cat.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		b.Fatal(err)
	}
	blobs := bufio.NewReaderSize(pipe, 1<<20)
	var pack []archive.File
	for i, f := range files {
		header, err := blobs.ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		size, err := strconv.Atoi(strings.TrimSpace(header[strings.LastIndexByte(header, ' ')+1:]))
		if err != nil {
			b.Fatal(err)
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(blobs, data); err != nil {
			b.Fatal(err)
		}
		blobs.Discard(1)
		pack = append(pack, archive.File{Path: f.path, Data: data})
		if i+1 == len(files) || files[i+1].id != f.id {
			x.floorPackage(b, to, f.id, pack)
			pack = pack[:0]
		}
	}
	if err := cat.Wait(); err != nil {
		b.Fatal(err)
	}
}

func (x *bench) floorPackage(b *testing.B, to, id string, files []archive.File) {
	zip, err := archive.StoredZip(id+"/", files)
	if err != nil {
		b.Fatal(err)
	}
	h := sha256.New()
	if _, err := zip.WriteTo(h); err != nil {
		b.Fatal(err)
	}
	metadata, err := json.Marshal(map[string]any{"id": id, "sha256": hex.EncodeToString(h.Sum(nil)), "size": zip.Size()})
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(to, id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	write(id+".zip", bytes.Join(zip, nil))
	write(id+".zip.minisig", x.signer.Sign(zip, "regen/1 floor "+id))
	write("metadata.json", metadata)
	write("metadata.json.minisig", x.signer.Sign([][]byte{metadata}, "regen/1 floor "+id))
}

// spawned is how many packages are packed by processes; the time for all is taken in proportion.
const spawned = 150

// spawn packs, hashes and signs with a process each, as a script around stock tools would, from files that are checked out already. It
// returns the time that all packages would take.
func (x *bench) spawn(b *testing.B) time.Duration {
	dir := filepath.Join(x.dir, "spawn")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	n := min(spawned, x.size)
	checkout := []string{"-C", x.repo, "archive", "-o", filepath.Join(dir, "all.tar"), first() + ":plugins"}
	for i := range n {
		checkout = append(checkout, synth.ID(i))
	}
	command(b, "", nil, "git", checkout...)
	command(b, dir, nil, "tar", "-xf", "all.tar")
	start := time.Now()
	for i := range n {
		id := synth.ID(i)
		command(b, dir, nil, "zip", "-qrX", id+".zip", id)
		command(b, dir, nil, "sha256sum", id+".zip")
		command(b, dir, nil, "minisign", "-S", "-s", x.key, "-m", id+".zip", "-t", id)
		command(b, dir, nil, "minisign", "-S", "-s", x.key, "-m", id+"/composer.json", "-t", id)
	}
	return time.Since(start) * time.Duration(x.size) / time.Duration(n)
}

// BenchmarkChange publishes one changed package a run, and then runs with nothing to do.
func BenchmarkChange(b *testing.B) {
	for _, size := range sizes(b) {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			if b.N > later-1 {
				b.Skipf("at most %d changes: use -benchtime %dx", later-1, later-1)
			}
			x := setUp(b, size)
			to := filepath.Join(x.dir, "public")
			cold, coldMemory := x.publish(b, first(), to)
			b.ResetTimer()
			var change, nothing time.Duration
			var memory float64
			for i := range b.N {
				rev := fmt.Sprintf("main~%d", later-1-i)
				took, mb := x.publish(b, rev, to)
				change += took
				memory = max(memory, mb)
				took, _ = x.publish(b, rev, to)
				nothing += took
			}
			n := float64(b.N)
			b.ReportMetric(cold.Seconds(), "cold-s")
			b.ReportMetric(coldMemory, "cold-peak-MB")
			b.ReportMetric(change.Seconds()*1000/n, "change-ms")
			b.ReportMetric(nothing.Seconds()*1000/n, "nothing-ms")
			b.ReportMetric(memory, "peak-MB")
			b.ReportMetric(x.written(b, to)/1000, "written-kB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// written publishes one more change in process, and returns the bytes that it writes besides the package's own.
func (x *bench) written(b *testing.B, to string) float64 {
	repo, err := gittree.Open(x.repo)
	if err != nil {
		b.Fatal(err)
	}
	defer repo.Close()
	history, err := publish.NewCommits(repo, fmt.Sprintf("main~%d", later-1-b.N))
	if err != nil {
		b.Fatal(err)
	}
	counted := &counting{Store: store.NewDir(to)}
	report, err := publish.Run(context.Background(), publish.Options{
		History: history, Store: counted, Pin: trust.KeyPin(x.signer.Public()), Signer: x.signer, Now: time.Now(),
	})
	if err != nil || len(report.Released) != 1 {
		b.Fatalf("released %+v: %v", report.Released, err)
	}
	return float64(counted.bytes.Load())
}

// counting counts what is written, but for what is the release's own.
type counting struct {
	store.Store
	bytes atomic.Int64
}

func (c *counting) Create(path string, segments ...[]byte) error {
	if wire.KindOf(path) != wire.Immutable || !strings.HasPrefix(path, "packages/") || strings.Contains(path, "/versions/") {
		for _, s := range segments {
			c.bytes.Add(int64(len(s)))
		}
	}
	return c.Store.Create(path, segments...)
}

func (c *counting) Put(path string, data []byte) error {
	c.bytes.Add(int64(len(data)))
	return c.Store.Put(path, data)
}

// BenchmarkLargeFile tells how much memory one file of 200 MB adds.
func BenchmarkLargeFile(b *testing.B) {
	x := setUp(b, 10)
	publishOne := func(name string, large int) float64 {
		repo := gittest.New(b)
		files := gittest.Plugin("plugins/alpha", "1.0.0", "x")
		if large > 0 {
			// Bytes that don't compress, so that git stores them as they are.
			data := make([]byte, large)
			state := uint64(88172645463325252)
			for i := range data {
				state ^= state << 13
				state ^= state >> 7
				state ^= state << 17
				data[i] = byte(state)
			}
			files["plugins/alpha/large.bin"] = gittest.Text(string(data))
		}
		repo.Commit(b, files)
		y := *x
		y.repo = repo.Dir
		_, mb := y.publish(b, "main", filepath.Join(x.dir, name))
		return mb
	}
	for range b.N {
		runtime.GC()
		without := publishOne("small", 0)
		with := publishOne("large", 200<<20)
		os.RemoveAll(filepath.Join(x.dir, "small"))
		os.RemoveAll(filepath.Join(x.dir, "large"))
		b.ReportMetric(with-without, "added-MB")
	}
	b.ReportMetric(0, "ns/op")
}
