package archive

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What comes out is what went in, for a reader and on disk, in whatever order it went in.
func TestStoredAndExtractTarGzAreInverse(t *testing.T) {
	top := inMemory(t)
	rapid.Check(t, func(rt *rapid.T) {
		files, prefix := genFiles.Draw(rt, "files"), genPrefix.Draw(rt, "prefix")
		files = onlyThose(below(prefix, files), func(path string) bool {
			return CheckPath(path) == nil && tarEntry{name: path}.check() == nil
		})
		for i := range files { // some so large that they cross a border between blocks
			if size := rapid.SampledFrom([]int{0, 0, 0, tarBlock, 40_000, maxStored}).Draw(rt, "more"); size > 0 {
				files[i].Data = append(files[i].Data, bytes.Repeat([]byte{'x'}, size)...)
			}
		}
		data := packTarGz(t, files)
		if content := gunzip(t, data); len(content)%tarBlock != 0 {
			rt.Errorf("the tar has %d bytes, want full blocks", len(content))
		}
		if shuffled := rapid.Permutation(files).Draw(rt, "shuffled"); !bytes.Equal(packTarGz(t, shuffled), data) {
			rt.Error("another order gives other bytes")
		}
		got, err := unpackTarGz(bytes.NewReader(data), DefaultLimits())
		if err != nil || !sameFiles(got, byPath(files)) {
			rt.Errorf("ReadTarGz gives %d files, %v", len(got), err)
		}
		comesBack(t, rt, top, "a.tar.gz", data, byPath(files))
	})
}

// A name fits if there is any place to split it at, and it is split at the last one.
func TestSplitTarName(t *testing.T) {
	component := rapid.Custom(func(t *rapid.T) string { return strings.Repeat("n", rapid.IntRange(1, 160).Draw(t, "len")) })
	rapid.Check(t, func(t *rapid.T) {
		path := strings.Join(rapid.SliceOfN(component, 1, 5).Draw(t, "components"), "/")
		wantPrefix, wantName, wantOK := "", path, len(path) <= 100
		for i := 0; i < len(path) && len(path) > 100; i++ {
			if path[i] == '/' && i <= 155 && len(path)-i-1 <= 100 {
				wantPrefix, wantName, wantOK = path[:i], path[i+1:], true
			}
		}
		prefix, name, ok := splitTarName(path)
		if ok != wantOK || ok && (prefix != wantPrefix || name != wantName) {
			t.Errorf("splitTarName(%q) = %q, %q, %v, want %q, %q, %v", path, prefix, name, ok, wantPrefix, wantName, wantOK)
		}
		if ok {
			if got := tarName(tarEntry{name: path}.appendTo(nil)); got != path {
				t.Errorf("the header of %q has the name %q", path, got)
			}
		}
	})
}

// Whatever is accepted is just what StoredTarGz writes for the same files.
func FuzzReadTarGz(f *testing.F) {
	seeds := [][]byte{packTarGz(f, nil), packTarGz(f, tiny), packTarGz(f, samplePackage)}
	for _, h := range hostileTarGz {
		seeds = append(seeds, h.data)
	}
	addSeeds(f, seeds)
	f.Fuzz(fuzzTarGz)
}

// The same inside of a gzip file that is right, and with right checksums, which no fuzzer
// would find.
func FuzzReadTar(f *testing.F) {
	seeds := [][]byte{plainTar, gunzip(f, packTarGz(f, nil))}
	for _, h := range hostileTarGz {
		if n := len(h.data) - gzipTrailerLen; n > tarAt && n < 8<<10 {
			seeds = append(seeds, h.data[tarAt:n])
		}
	}
	addSeeds(f, seeds)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 {
			fuzzTarGz(t, gz(withChecksums(bytes.Clone(data))))
		}
	})
}

func fuzzTarGz(t *testing.T, data []byte) {
	files, err := unpackTarGz(bytes.NewReader(data), Limits{Files: 100, FileSize: 1 << 16, Size: 1 << 18})
	if err != nil {
		return
	}
	if again := packTarGz(t, files); !bytes.Equal(again, data) {
		t.Errorf("accepted\n%x\nwhich is written\n%x", data, again)
	}
}
