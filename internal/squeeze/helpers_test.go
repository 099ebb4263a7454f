package squeeze

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
)

// text returns about n bytes that look like source, the same ones for the same seed.
func text(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	words := strings.Fields("server backup deploy monitor queue cache domain secret token restore alert health disk worker cron bucket mirror")
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		word := func() string { return words[rng.IntN(len(words))] }
		fmt.Fprintf(&b, "    public function %s%d(array $%s): ?string\n    {\n        // %s %s %s\n        return $%s['%x'];\n    }\n\n",
			word(), i, word(), word(), word(), word(), word(), rng.Uint32())
	}
	return b.Bytes()[:n]
}

// noise returns n bytes that can't be compressed.
func noise(seed uint64, n int) []byte {
	rng := rand.NewChaCha8([32]byte{byte(seed)})
	b := make([]byte, n)
	_, _ = rng.Read(b)
	return b
}

// edited returns the data with n small changes.
func edited(data []byte, n int) []byte {
	rng := rand.New(rand.NewPCG(uint64(len(data)), uint64(n)))
	data = bytes.Clone(data)
	for i := range n {
		at := rng.IntN(len(data) - 100)
		line := fmt.Appendf(nil, "        // change %d of this file\n", i)
		switch i % 3 {
		case 0:
			data = append(data[:at], append(line, data[at:]...)...)
		case 1:
			copy(data[at:], line)
		default:
			data = append(data[:at], data[at+50:]...)
		}
	}
	return data
}

// moved returns the data with its quarters in another order.
func moved(data []byte) []byte {
	n := len(data) / 4
	return bytes.Join([][]byte{data[2*n : 3*n], data[:n], data[3*n:], data[n : 2*n]}, nil)
}

func segments(data ...[]byte) [][]byte { return data }

func delta(t testing.TB, old, new []byte) []byte {
	t.Helper()
	d, err := Delta(old, segments(new))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// expands checks that a frame is a compressed copy of the content.
func expands(t testing.TB, frame, content []byte) {
	t.Helper()
	got, err := io.ReadAll(Expand(bytes.NewReader(frame), int64(len(content))))
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("Expand gives %d bytes, %v; expected the %d of the content", len(got), err, len(content))
	}
}

// applies checks that a frame is a delta from old to new.
func applies(t testing.TB, frame, old, new []byte) {
	t.Helper()
	got, err := io.ReadAll(Apply(old, bytes.NewReader(frame), int64(len(new))))
	if err != nil || !bytes.Equal(got, new) {
		t.Fatalf("Apply gives %d bytes, %v; expected the %d of the new artifact", len(got), err, len(new))
	}
}

// refused checks that a reader fails with a [FormatError] that says what is expected, and yields at most size bytes.
func refused(t testing.TB, r io.Reader, size int64, message string) {
	t.Helper()
	n, err := io.Copy(io.Discard, r)
	if n > size {
		t.Errorf("%d bytes were read, expected at most %d", n, size)
	}
	var format *FormatError
	if !errors.As(err, &format) || !strings.Contains(err.Error(), message) {
		t.Errorf("error %v, expected a FormatError with %q", err, message)
	}
	if again, err2 := r.Read(make([]byte, 10)); again != 0 || err2 != err {
		t.Errorf("reading on gives %d bytes, %v; expected the same error again", again, err2)
	}
}

// A stock is the zstd that everybody has.
type stock struct {
	t   testing.TB
	dir string
}

func newStock(t testing.TB) stock {
	gittest.Tool(t, "zstd")
	return stock{t, t.TempDir()}
}

// file writes a file, and returns its path.
func (s stock) file(name string, data []byte) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// run runs zstd, and returns the file that it writes.
func (s stock) run(args ...string) []byte {
	s.t.Helper()
	out := filepath.Join(s.dir, "out")
	cmd := exec.Command("zstd", append([]string{"-q", "-f", "--single-thread", "-o", out}, args...)...)
	if msg, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", cmd, err, msg)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}
