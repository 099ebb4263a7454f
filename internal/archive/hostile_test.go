package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

// A rawZip is written without any rule, as a hostile server may.
type rawZip struct {
	files           []rawFile
	beforeDirectory string
	afterDirectory  string
	end             edit
	trailing        string
}

type rawFile struct {
	before       string // what stands before the local header
	name         string
	content      string
	local        edit // of the local header
	central      edit // of the directory's entry
	localExtra   string
	centralExtra string
}

// An edit changes a record that is otherwise right.
type edit func(record []byte)

func set16(at int, value uint16) edit {
	return func(record []byte) { binary.LittleEndian.PutUint16(record[at:], value) }
}

func set32(at int, value uint32) edit {
	return func(record []byte) { binary.LittleEndian.PutUint32(record[at:], value) }
}

func (do edit) on(record []byte) []byte {
	if do != nil {
		do(record)
	}
	return record
}

func (z rawZip) bytes() []byte {
	var out, directory []byte
	for _, f := range z.files {
		out = append(out, f.before...)
		e := entry{name: f.name, crc: crc32.ChecksumIEEE([]byte(f.content)), size: uint32(len(f.content)), offset: uint32(len(out))}
		out = append(out, f.local.on(withLength(e.appendLocal(nil), 28, f.localExtra))...)
		out = append(out, f.content...)
		directory = append(directory, f.central.on(withLength(e.appendCentral(nil), 30, f.centralExtra))...)
	}
	out = append(out, z.beforeDirectory...)
	directory = append(directory, z.afterDirectory...)
	tail := endRecord{entries: uint16(len(z.files)), size: uint32(len(directory)), offset: uint32(len(out))}
	out = append(out, directory...)
	out = append(out, z.end.on(tail.appendTo(nil))...)
	return append(out, z.trailing...)
}

// withLength appends something to a record, and says how long it is.
func withLength(record []byte, at int, more string) []byte {
	set16(at, uint16(len(more)))(record)
	return append(record, more...)
}

// zipOf returns an archive with these names, which is right but for them.
func zipOf(names ...string) []byte {
	var z rawZip
	for _, name := range names {
		z.files = append(z.files, rawFile{name: name, content: "content of " + name})
	}
	return z.bytes()
}

// zipWith returns an archive of "a" and "b/c" with one of the headers of "a" changed.
func zipWith(local, central edit) []byte {
	return rawZip{files: []rawFile{{name: "a", content: "hello", local: local, central: central}, {name: "b/c", content: "world"}}}.bytes()
}

// hostile are archives that must be refused, and how.
var hostile = []struct {
	name string
	data []byte
	want string // the whole error
}{
	{"zip slip", zipOf("../../etc/passwd"), `path "../../etc/passwd": a component "..", expected names only`},
	{"zip slip inside", zipOf("a/../../b"), `path "a/../../b": a component "..", expected names only`},
	{"zip slip by backslash", zipOf(`..\..\b`), `path "..\\..\\b": character "\\", which Windows does not allow in a name`},
	{"absolute", zipOf("/etc/passwd"), `path "/etc/passwd": starts with a slash, expected a relative path`},
	{"drive", zipOf("C:/Windows/x"), `path "C:/Windows/x": character ":", which Windows does not allow in a name`},
	{"empty name", zipOf(""), `path "": is empty, expected a file name`},
	{"NUL in a name", zipOf("a.txt\x00.exe"), `path "a.txt\x00.exe": control or invisible character "\x00"`},
	{"escape sequence in a name", zipOf("\x1b]0;x\a"), `path "\x1b]0;x\a": control or invisible character "\x1b"`},
	{"bidi override in a name", zipOf("a\u202etxt.exe"), `path "a\u202etxt.exe": control or invisible character "\u202e"`},
	{"not UTF-8", zipOf("caf\xe9"), `path "caf\xe9": byte "\xe9" is not UTF-8`},
	{"device name", zipOf("a/nul.txt"), `path "a/nul.txt": component "nul.txt" is a device on Windows`},
	{"git directory", zipOf(".git/config"), `path ".git/config": component ".git" is git's own directory`},
	{"directory entry", zipOf("a/"), `path "a/": an empty component, expected single slashes, and none at the end`},
	{"long name", zipOf(strings.Repeat("a", 300)), `300 bytes in a name, expected at most 256`},
	{"duplicate", zipOf("a", "a"), `path "a": is there twice`},
	{"case collision", zipOf("A", "a"), `path "a": clashes with "A": they differ only in letter case or Unicode normal form`},
	{"case collision of directories", zipOf("A/x", "a/y"), `path "a/y": clashes with "A/x": they differ only in letter case or Unicode normal form`},
	{"normal form collision", zipOf("cafe\u0301", "caf\u00e9"), "path \"caf\u00e9\": clashes with \"cafe\u0301\": they differ only in letter case or Unicode normal form"},
	{"file and directory", zipOf("a", "a/b"), `path "a/b": clashes with "a": one name for a file and a directory`},
	{"order of names", zipOf("b", "a"), `entry "a": comes after "b", expected byte order`},

	{"symlink", zipWith(nil, func(b []byte) { set16(4, 3<<8|version)(b); set32(38, 0o120777<<16)(b) }),
		`entry "a": made by version and host 0x0314, expected 0x0014`},
	{"unix mode", zipWith(nil, set32(38, 0o100755<<16)), `entry "a": external attributes 0x81ed0000, expected 0x00000000`},
	{"internal attributes", zipWith(nil, set16(36, 1)), `entry "a": internal attributes 0x0001, expected 0x0000`},
	{"version needed", zipWith(set16(4, 45), set16(6, 45)), `entry "a": needs version 45, expected 20`},
	{"data descriptor", zipWith(set16(6, 0x0808), set16(8, 0x0808)), `entry "a": flags 0x0808, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{"encrypted", zipWith(set16(6, 0x0801), set16(8, 0x0801)), `entry "a": flags 0x0801, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{"name in no known encoding", zipWith(set16(6, 0), set16(8, 0)), `entry "a": flags 0x0000, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{"deflate", zipWith(set16(8, 8), set16(10, 8)), `entry "a": compressed with method 8, expected 0 (stored)`},
	{"time", zipWith(set16(10, 1), set16(12, 1)), `entry "a": time 1, expected 0`},
	{"date", zipWith(set16(12, 0x22), set16(14, 0x22)), `entry "a": date 0x0022, expected 0x0021 (1980-01-01)`},
	{"compressed size", zipWith(nil, set32(20, 4)), `entry "a": compressed size 4, expected 5, the size`},
	{"extra fields", zipWith(nil, set16(30, 4)), `entry "a": extra fields of 4 bytes, expected 0`},
	{"comment of an entry", zipWith(nil, set16(32, 9)), `entry "a": a comment of 9 bytes, expected 0`},
	{"second disk", zipWith(nil, set16(34, 1)), `entry "a": starts on disk 1, expected 0`},
	{"directory signature", zipWith(nil, set32(0, localSignature)), `entry "a": directory entry has signature 0x04034b50, expected 0x02014b50`},

	{"local signature", zipWith(set32(0, centralSignature), nil), `entry "a": local header has signature 0x02014b50, expected 0x04034b50`},
	{"local version", zipWith(set16(4, 10), nil), `entry "a": local header needs version 10, expected 20`},
	{"local data descriptor", zipWith(set16(6, 0x0808), nil), `entry "a": local header has flags 0x0808, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{"local deflate", zipWith(set16(8, 8), nil), `entry "a": local header has method 8, expected 0 (stored)`},
	{"local time", zipWith(set16(10, 1), nil), `entry "a": local header has time 1, expected 0`},
	{"local date", zipWith(set16(12, 0), nil), `entry "a": local header has date 0x0000, expected 0x0021 (1980-01-01)`},
	{"local CRC", zipWith(set32(14, 1), nil), `entry "a": local header has CRC-32 0x00000001, expected 0x3610a686 as in the directory`},
	{"local compressed size", zipWith(set32(18, 6), nil), `entry "a": local header has compressed size 6, expected 5 as in the directory`},
	{"local size", zipWith(set32(22, 6), nil), `entry "a": local header has size 6, expected 5 as in the directory`},
	{"local name length", zipWith(set16(26, 2), nil), `entry "a": local header has a name of 2 bytes, expected 1 as in the directory`},
	{"local extra fields", zipWith(set16(28, 4), nil), `entry "a": local header has extra fields of 4 bytes, expected 0`},
	{"local name", zipWith(func(b []byte) { b[localLen] = '/' }, nil), `entry "a": local header has the name "/", expected the one in the directory`},

	{"wrong CRC", zipWith(set32(14, 1), set32(16, 1)), `entry "a": content has CRC-32 0x3610a686, expected 0x00000001`},
	{"wrong CRC of nothing", rawZip{files: []rawFile{{name: "a", local: set32(14, 1), central: set32(16, 1)}}}.bytes(),
		`entry "a": content has CRC-32 0x00000000, expected 0x00000001`},
	{"claimed 4 GiB", zipWith(nil, func(b []byte) { set32(20, 1<<32-2)(b); set32(24, 1<<32-2)(b) }),
		`entry "a": 4294967294 bytes in one file, expected at most 1073741824`},
	{"claimed 1 GiB", zipWith(nil, func(b []byte) { set32(20, 1<<30)(b); set32(24, 1<<30)(b) }),
		`entry "a": ends at offset 1073741855, expected at most 74, where the directory starts`},
	{"zip64 sizes", zipWith(nil, func(b []byte) { set32(20, 1<<32-1)(b); set32(24, 1<<32-1)(b); set16(30, 20)(b) }),
		`entry "a": extra fields of 20 bytes, expected 0`},

	{"same content twice", rawZip{files: []rawFile{{name: "a", content: "hello"}, {name: "b", central: set32(42, 0)}}}.bytes(),
		`entry "b": starts at offset 0, expected 36: overlaps the entry before it`},
	{"overlapping by a byte", rawZip{files: []rawFile{{name: "a", content: "hello"}, {name: "b", central: set32(42, 35)}}}.bytes(),
		`entry "b": starts at offset 35, expected 36: overlaps the entry before it`},
	{"quoted entry", rawZip{files: []rawFile{
		{name: "a", local: set32(18, 31), central: func(b []byte) { set32(20, 31)(b); set32(24, 31)(b) }}, {name: "b"}}}.bytes(),
		`entry "b": starts at offset 31, expected 62: overlaps the entry before it`},
	{"gap", rawZip{files: []rawFile{{name: "a"}, {name: "b", before: "evil"}}}.bytes(),
		`entry "b": starts at offset 35, expected 31: leaves a gap before it`},
	{"something before", rawZip{files: []rawFile{{name: "a", before: "#!/bin/sh\n"}}}.bytes(),
		`entry "a": starts at offset 10, expected 0: leaves a gap before it`},
	{"something before nothing", rawZip{beforeDirectory: "evil"}.bytes(),
		`directory starts at offset 4, expected 0, where the last entry ends`},
	{"gap before the directory", rawZip{files: []rawFile{{name: "a"}}, beforeDirectory: "evil"}.bytes(),
		`directory starts at offset 35, expected 31, where the last entry ends`},
	{"gap after the directory", rawZip{files: []rawFile{{name: "a"}}, afterDirectory: "evil"}.bytes(),
		`4 bytes after the directory's last entry, expected none`},
	{"hidden entry", rawZip{files: []rawFile{{name: "a"}, {name: "b"}}, end: func(b []byte) { set16(8, 1)(b); set16(10, 1)(b) }}.bytes(),
		`47 bytes after the directory's last entry, expected none`},
	{"one entry too many", rawZip{files: []rawFile{{name: "a"}}, end: func(b []byte) { set16(8, 2)(b); set16(10, 2)(b) }}.bytes(),
		`directory is cut off in an entry: 0 bytes left, expected at least 46`},
	{"name beyond the directory", rawZip{files: []rawFile{{name: "a", central: set16(28, 2)}}}.bytes(),
		`directory is cut off in an entry: 1 bytes left, expected at least 2`},
	{"directory elsewhere", rawZip{files: []rawFile{{name: "a"}}, end: set32(16, 3)}.bytes(),
		`directory ends at offset 50, expected 78, where the end record starts`},
	{"directory larger than the archive", rawZip{files: []rawFile{{name: "a"}}, end: set32(12, 1<<31)}.bytes(),
		`directory ends at offset 2147483679, expected 78, where the end record starts`},

	{"trailing bytes", rawZip{files: []rawFile{{name: "a"}}, trailing: "\x00"}.bytes(),
		`the last 22 bytes have signature 0x0006054b, expected 0x06054b50 of an end record: cut off, or something follows it`},
	{"comment of the archive", rawZip{files: []rawFile{{name: "a"}}, end: set16(20, 22), trailing: "a comment of 22 bytes."}.bytes(),
		`the last 22 bytes have signature 0x6f632061, expected 0x06054b50 of an end record: cut off, or something follows it`},
	{"comment without one", rawZip{files: []rawFile{{name: "a"}}, end: set16(20, 1)}.bytes(),
		`an archive comment of 1 bytes, expected 0`},
	{"end record in a comment", rawZip{files: []rawFile{{name: "a"}}, end: set16(20, 22), trailing: string(rawZip{}.bytes())}.bytes(),
		`directory ends at offset 0, expected 100, where the end record starts`},
	{"two archives", append(zipOf("a"), zipOf("b")...),
		`directory ends at offset 90, expected 202, where the end record starts`},
	{"end record on a second disk", rawZip{files: []rawFile{{name: "a"}}, end: set16(4, 1)}.bytes(), `end record is on disk 1, expected 0`},
	{"directory on a second disk", rawZip{files: []rawFile{{name: "a"}}, end: set16(6, 1)}.bytes(), `directory starts on disk 1, expected 0`},
	{"entries on a second disk", rawZip{files: []rawFile{{name: "a"}}, end: set16(8, 0)}.bytes(), `0 entries on this disk, expected 1, all of them`},
	{"zip64 count", rawZip{files: []rawFile{{name: "a"}}, end: func(b []byte) { set16(8, 65535)(b); set16(10, 65535)(b) }}.bytes(), `end record refers to a zip64 one, expected none`},
	{"zip64 directory", rawZip{files: []rawFile{{name: "a"}}, end: func(b []byte) { set32(12, 1<<32-1)(b); set32(16, 1<<32-1)(b) }}.bytes(), `end record refers to a zip64 one, expected none`},
	{"zip64 records", rawZip{files: []rawFile{{name: "a"}}, beforeDirectory: "PK\x06\x06" + strings.Repeat("\x00", 52), afterDirectory: "PK\x06\x07" + strings.Repeat("\x00", 16)}.bytes(),
		`20 bytes after the directory's last entry, expected none`},

	{"no bytes", nil, `an archive of 0 bytes, expected at least the 22 of an end record`},
	{"not a zip", []byte("<!DOCTYPE html><title>Not found</title>"),
		`the last 22 bytes have signature 0x656c7469, expected 0x06054b50 of an end record: cut off, or something follows it`},
	{"ordinary zip", ordinaryZip(), `entry "a.txt": flags 0x0008, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
}

// ordinaryZip is what archive/zip makes when nobody tells it anything.
func ordinaryZip() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"a.txt", "b.txt"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, strings.Repeat("text ", 100))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestHostile(t *testing.T) {
	w := newWorld(t, t.TempDir())
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			_, err := unpack(test.data, DefaultLimits())
			if got := message(err); got != test.want {
				t.Errorf("ReadZip\n got %s\nwant %s", got, test.want)
			}
			var format *FormatError
			if !errors.As(err, &format) {
				t.Errorf("ReadZip returns a %T, want a *FormatError", err)
			}

			w.refuses(t, unpacker(".zip", test.data, DefaultLimits()), test.want)
		})
	}
}

// The archives of the hostile ones' builder are right where nothing is changed, or else their
// tests would show nothing.
func TestHostileBuilder(t *testing.T) {
	for name, data := range map[string][]byte{"zipOf": zipOf("a", "b/c", "d"), "zipWith": zipWith(nil, nil), "empty": rawZip{}.bytes()} {
		if _, err := unpack(data, DefaultLimits()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCutOffAnywhere(t *testing.T) {
	data := pack(t, "p/", tiny)
	for n := range data {
		var format *FormatError
		if _, err := unpack(data[:n], DefaultLimits()); !errors.As(err, &format) {
			t.Errorf("the first %d of %d bytes: %v, want a FormatError", n, len(data), err)
		}
	}
	for n := 1; n <= len(data); n++ {
		var format *FormatError
		if _, err := unpack(data[n:], DefaultLimits()); !errors.As(err, &format) {
			t.Errorf("without the first %d of %d bytes: %v, want a FormatError", n, len(data), err)
		}
	}
}

// There is one way to write a set of files, so any other byte anywhere is refused or makes
// another set.
func TestAnyByteChanged(t *testing.T) {
	data := pack(t, "p/", tiny)
	for i := range data {
		for bit := range 8 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << bit
			if _, err := unpack(changed, DefaultLimits()); err == nil {
				t.Errorf("accepted with bit %d of byte %#x flipped", bit, i)
			}
		}
	}
}

// A size that isn't true, or a reader that fails, is not the archive's fault.
func TestReaderFails(t *testing.T) {
	data := pack(t, "p/", samplePackage)
	var format *FormatError
	nothing := func(string, int64, io.Reader) error { return nil }

	// The archive ends early, but has an end record where size says.
	broken := errors.New("bad sector")
	for _, from := range []int64{0, 10, 100, int64(len(data)) / 2, int64(len(data)) - endLen} {
		r := failingReaderAt{r: bytes.NewReader(data), from: from, to: from + 1, err: broken}
		err := ReadZip(r, int64(len(data)), DefaultLimits(), nothing)
		if !errors.Is(err, broken) || errors.As(err, &format) {
			t.Errorf("bad sector at %d: %v, want %v", from, err, broken)
		}
	}
	err := ReadZip(bytes.NewReader(data[:len(data)-1]), int64(len(data)), DefaultLimits(), nothing)
	if !errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &format) {
		t.Errorf("size too large: %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

// failingReaderAt fails where a read touches the bytes between from and to.
type failingReaderAt struct {
	r        io.ReaderAt
	from, to int64
	err      error
}

func (f failingReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if at < f.to && at+int64(len(p)) > f.from {
		return 0, f.err
	}
	return f.r.ReadAt(p, at)
}

func TestVisit(t *testing.T) {
	data := pack(t, "", []File{{Path: "a", Data: []byte("hello")}, {Path: "b", Data: []byte("world")}})
	read := func(data []byte, visit func(string, int64, io.Reader) error) error {
		return ReadZip(bytes.NewReader(data), int64(len(data)), DefaultLimits(), visit)
	}
	stop := errors.New("stop")
	visits := 0
	if err := read(data, func(string, int64, io.Reader) error { visits++; return stop }); err != stop || visits != 1 {
		t.Errorf("ReadZip = %v after %d visits, want %v after 1", err, visits, stop)
	}

	wrong := bytes.Clone(data)
	wrong[localLen+1] = 'H'
	for name, visit := range map[string]func(string, int64, io.Reader) error{
		"reads nothing": func(string, int64, io.Reader) error { return nil },
		"reads a part":  func(_ string, _ int64, r io.Reader) error { _, err := r.Read(make([]byte, 2)); return err },
		"reads just the size": func(_ string, size int64, r io.Reader) error {
			_, err := io.ReadFull(r, make([]byte, size))
			return err
		},
		"hides the error": func(_ string, _ int64, r io.Reader) error { io.Copy(io.Discard, r); return nil },
	} {
		if err := read(data, visit); err != nil {
			t.Errorf("visit that %s: %v", name, err)
		}
		var format *FormatError
		if err := read(wrong, visit); !errors.As(err, &format) || format.Entry != "a" {
			t.Errorf("visit that %s: %v, want a FormatError about the CRC of a", name, err)
		}
	}

	// The error comes in the place of io.EOF, and stays.
	err := read(wrong, func(_ string, _ int64, r io.Reader) error {
		_, first := io.ReadAll(r)
		_, second := r.Read(make([]byte, 1))
		if first == nil || first != second {
			t.Errorf("content ends in %v, then %v, want the same error", first, second)
		}
		return stop
	})
	if err != stop {
		t.Errorf("ReadZip = %v, want %v", err, stop)
	}
}

// Memory goes with what is there, not with what is claimed.
func TestMemory(t *testing.T) {
	claims := rawZip{files: []rawFile{{name: "a", central: func(b []byte) { set32(20, 1<<30)(b); set32(24, 1<<30)(b) }}},
		end: func(b []byte) { set16(8, maxEntries)(b); set16(10, maxEntries)(b) }}.bytes()
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := unpack(claims, DefaultLimits()); err == nil {
				b.Fatal("accepted")
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 16<<10 {
		t.Errorf("an archive of %d bytes makes ReadZip allocate %d", len(claims), allocated)
	}
}
