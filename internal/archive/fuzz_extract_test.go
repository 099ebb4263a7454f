package archive

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seedsFor returns the archives of the corpus and of the other tests, those that are right too, by
// the end of their names.
func seedsFor(f *testing.F, end string) [][]byte {
	var seeds [][]byte
	for _, c := range corpus() {
		if strings.HasSuffix(c.name, end) {
			data, err := os.ReadFile(filepath.Join("testdata", "hostile", c.name))
			if err != nil {
				f.Fatal(err)
			}
			seeds = append(seeds, data)
		}
	}
	if end == ".zip" {
		for _, h := range hostile {
			seeds = append(seeds, h.data)
		}
		return append(seeds, pack(f, "", nil), pack(f, "p/", tiny), pack(f, "p/", samplePackage))
	}
	for _, h := range hostileTarGz {
		seeds = append(seeds, h.data)
	}
	return append(seeds, packTarGz(f, nil), packTarGz(f, tiny), packTarGz(f, samplePackage))
}

// fuzzExtract unpacks what comes. Nothing around may change. After an error the directory is as it
// was, after none it holds what makes the very same archive again.
func fuzzExtract(t *testing.T, w *world, name string, data []byte) {
	given := len(data)%2 == 1
	if given {
		if err := os.Mkdir(w.dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	err := unpacker(name, data, Limits{Files: 100, FileSize: 1 << 16, Size: 1 << 18})(w.dir)
	w.check(t)
	if err == nil {
		if again, err := repack(w.dir, name); err != nil || !bytes.Equal(again, data) {
			t.Errorf("unpacked\n%x\nwhich is packed again, %v, to\n%x", data, err, again)
		}
	} else if !errors.As(err, new(*FormatError)) {
		t.Errorf("unpacked\n%x\nand it isn't to blame for %v", data, err)
	} else if left, err := os.ReadDir(w.dir); len(left) > 0 || given != !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("unpacked\n%x\nand there is %v, %v", data, left, err)
	}
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
}

func FuzzExtractZip(f *testing.F) {
	addSeeds(f, seedsFor(f, ".zip"))
	w := newWorld(f, inMemory(f))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzExtract(t, w, ".zip", data) })
}

// What isn't gzip is taken for a tar, and put into a right gzip file with right checksums, which no
// fuzzer would find.
func FuzzExtractTarGz(f *testing.F) {
	seeds := seedsFor(f, ".tar.gz")
	for _, seed := range seeds {
		if n := len(seed) - gzipTrailerLen; n > tarAt && n < 8<<10 {
			seeds = append(seeds, seed[tarAt:n])
		}
	}
	addSeeds(f, seeds)
	w := newWorld(f, inMemory(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 && !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
			data = gz(withChecksums(bytes.Clone(data)))
		}
		fuzzExtract(t, w, ".tar.gz", data)
	})
}

// Archives that are right but for their names, one a line.
func FuzzExtractNames(f *testing.F) {
	var seeds []string
	for _, c := range namesCorpus {
		seeds = append(seeds, strings.Join(c.files, "\n"))
	}
	seeds = append(seeds, "a\nb", "a/b\na/c\nd", strings.Repeat("d/", 127)+"a", "p/"+strings.Repeat("n", 99)+"\np/q")
	addSeeds(f, seeds)
	w := newWorld(f, inMemory(f))
	f.Fuzz(func(t *testing.T, names string) {
		list := strings.Split(names, "\n")
		if len(list) > 50 || len(names) > 1<<13 {
			return
		}
		fuzzExtract(t, w, ".zip", zipOf(list...))
		fuzzExtract(t, w, ".tar.gz", tarNames(list...))
	})
}
