package archive
import ("testing";"fmt";"strings";"runtime";"time";"os")
func TestZZ(t *testing.T) {
	for _, depth := range []int{0, 3, 120} {
	for _, where := range []string{"/tmp/w-archive/t", "/dev/shm"} {
	var files []File
	for i := range maxEntries { files = append(files, File{Path: strings.Repeat("a/", depth)+numbered(i), Data: []byte("hello")}) }
	for name, data := range map[string][]byte{".zip": pack(t, "", files), ".tar.gz": packTarGz(t, files)} {
		dir := where+"/zz"
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		start := time.Now()
		if err := unpacker(name, data, DefaultLimits())(dir); err != nil { t.Error(err) }
		runtime.ReadMemStats(&m1)
		fmt.Println(depth, where, name, time.Since(start), (m1.TotalAlloc-m0.TotalAlloc)>>20, "MB")
		start = time.Now()
		f, err := Files(dir, DefaultLimits())
		fmt.Println("   files", len(f), err, time.Since(start))
		os.RemoveAll(dir)
	}
	}}
}
