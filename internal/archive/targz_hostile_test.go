package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// A rawTar is an entry written without any rule, as a hostile server may.
type rawTar struct {
	name    string
	content string
	header  edit // of the header, which gets a new checksum after it
	padding string
	sum     string // in place of the checksum
}

// tarOf returns a tar of these entries, and what stands at its end.
func tarOf(end string, entries ...rawTar) []byte {
	var out []byte
	for _, r := range entries {
		h := make([]byte, tarBlock)
		e := tarEntry{name: r.name, size: int64(len(r.content))}
		if _, _, ok := splitTarName(r.name); ok {
			h = e.appendTo(nil)
		}
		r.header.on(h)
		copy(h[tarChecksumAt:], tarChecksum(h))
		copy(h[tarChecksumAt:], r.sum)
		out = append(out, h...)
		out = append(out, r.content...)
		out = append(out, r.padding...)
		out = append(out, make([]byte, max(0, e.padding()-len(r.padding)))...)
	}
	return append(out, end...)
}

var twoBlocks = string(make([]byte, tarEnd))

// tarNames returns an archive with these names, which is right but for them.
func tarNames(names ...string) []byte {
	var entries []rawTar
	for _, name := range names {
		entries = append(entries, rawTar{name: name, content: "content of " + name})
	}
	return gz(tarOf(twoBlocks, entries...))
}

// tarWith returns an archive of "a" and "b/c" with the header of "a" changed.
func tarWith(header edit) []byte {
	return gz(tarOf(twoBlocks, rawTar{name: "a", content: "hello", header: header}, rawTar{name: "b/c", content: "world"}))
}

func setText(at int, text string) edit {
	return func(record []byte) { copy(record[at:], text) }
}

func both(a, b edit) edit {
	return func(record []byte) { a(record); b(record) }
}

// gz puts something into a gzip file as it must be.
func gz(content []byte) []byte {
	return gzEdited(content, nil)
}

// gzEdited is gz with the file changed afterwards.
func gzEdited(content []byte, do edit) []byte {
	var b bytes.Buffer
	storedGzip(Segments{content}).WriteTo(&b)
	return do.on(b.Bytes())
}

// gzBlocks is gz with other blocks.
func gzBlocks(blocks ...[]byte) []byte {
	b := appendGzipHeader(nil)
	var content []byte
	for i, block := range blocks {
		b = append(appendStored(b, len(block), i == len(blocks)-1), block...)
		content = append(content, block...)
	}
	right := gz(content)
	return append(b, right[len(right)-gzipTrailerLen:]...)
}

// tarAs is a tar as archive/tar makes it, gzipped as it must be.
func tarAs(h tar.Header) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(w.WriteHeader(&h), w.Close()); err != nil {
		panic(err)
	}
	return gz(b.Bytes())
}

// plainTar is a tar of "a" and "b/c", which is right.
var plainTar = tarOf(twoBlocks, rawTar{name: "a", content: "hello"}, rawTar{name: "b/c", content: "world"})

const (
	cutTar   = `tar ends too early, expected a header, the rest of a block, or two blocks of zeros`
	blockAt  = gzipHeaderLen             // the first block's header
	tarAt    = gzipHeaderLen + storedLen // the tar, if it fits one block
	badMagic = `tar header has magic and version %s, expected "ustar\x0000"`
)

// hostileTarGz are archives that must be refused, and how.
var hostileTarGz = []struct {
	name string
	data []byte
	want string // the whole error
}{
	{"climbing", tarNames("../../etc/passwd"), `path "../../etc/passwd": a component "..", expected names only`},
	{"climbing inside", tarNames("a/../../b"), `path "a/../../b": a component "..", expected names only`},
	{"climbing by backslash", tarNames(`..\..\b`), `path "..\\..\\b": character "\\", which Windows does not allow in a name`},
	{"climbing by the prefix", tarWith(setText(tarPrefixAt, "..")), `path "../a": a component "..", expected names only`},
	{"absolute", tarNames("/etc/passwd"), `path "/etc/passwd": starts with a slash, expected a relative path`},
	{"dot", tarNames("./a"), `path "./a": a component ".", expected names only`},
	{"empty name", tarNames(""), `path "": is empty, expected a file name`},
	{"empty name below a prefix", tarWith(both(setText(tarNameAt, "\x00"), setText(tarPrefixAt, "p"))),
		`path "p/": an empty component, expected single slashes, and none at the end`},
	{"escape sequence in a name", tarNames("\x1b]0;x\a"), `path "\x1b]0;x\a": control or invisible character "\x1b"`},
	{"not UTF-8", tarNames("caf\xe9"), `path "caf\xe9": byte "\xe9" is not UTF-8`},
	{"device name", tarNames("a/nul.txt"), `path "a/nul.txt": component "nul.txt" is a device on Windows`},
	{"git directory", tarNames(".git/config"), `path ".git/config": component ".git" is git's own directory`},
	{"name with a slash at its end", tarNames("a/"), `path "a/": an empty component, expected single slashes, and none at the end`},
	{"duplicate", tarNames("a", "a"), `path "a": is there twice`},
	{"case collision", tarNames("A", "a"), `path "a": clashes with "A": they differ only in letter case or Unicode normal form`},
	{"case collision of directories", tarNames("A/x", "a/y"), `path "a/y": clashes with "A/x": they differ only in letter case or Unicode normal form`},
	{"file and directory", tarNames("a", "a/b"), `path "a/b": clashes with "a": one name for a file and a directory`},
	{"file and directory, apart", tarNames("a", "a-b", "a/b/c"), `path "a/b/c": clashes with "a": one name for a file and a directory`},
	{"order of names", tarNames("b", "a"), `entry "a": comes after "b", expected byte order`},

	{"hidden in the name field", tarWith(setText(tarNameAt+2, "evil")), `entry "a": name field "a\x00evil", expected "a"`},
	{"hidden in the prefix field", tarWith(setText(tarPrefixAt+1, "evil")), `entry "a": prefix field "\x00evil", expected ""`},
	{"needless prefix", tarWith(both(setText(tarNameAt, "b"), setText(tarPrefixAt, "a"))), `entry "a/b": name field "b", expected "a/b"`},
	{"split at another slash", gz(tarOf(twoBlocks, rawTar{header: func(h []byte) {
		copy(h, tarEntry{}.appendTo(nil))
		copy(h[tarPrefixAt:], strings.Repeat("p", 60))
		copy(h[tarNameAt:], strings.Repeat("q", 60)+"/r")
	}})), `entry "` + strings.Repeat("p", 60) + "/" + strings.Repeat("q", 60) + `/r": name field "` + strings.Repeat("q", 60) + `/r", expected "r"`},

	{"checksum", gz(tarOf(twoBlocks, rawTar{name: "a", sum: "004321\x00 "})), `entry "a": header has checksum "004321\x00 ", expected "007336\x00 "`},
	{"checksum written another way", gz(tarOf(twoBlocks, rawTar{name: "a", sum: "  7336\x00 "})), `entry "a": header has checksum "  7336\x00 ", expected "007336\x00 "`},
	{"no checksum", gz(tarOf(twoBlocks, rawTar{name: "a", sum: "        "})), `entry "a": header has checksum "        ", expected "007336\x00 "`},
	{"executable", tarWith(setText(100, "0000755")), `entry "a": mode "0000755", expected "0000644"`},
	{"set user id", tarWith(setText(100, "0004755")), `entry "a": mode "0004755", expected "0000644"`},
	{"mode written another way", tarWith(setText(100, "000644 \x00")), `entry "a": mode "000644 ", expected "0000644"`},
	{"user id", tarWith(setText(108, "0001750")), `entry "a": user id "0001750", expected "0000000"`},
	{"group id", tarWith(setText(116, "0001750")), `entry "a": group id "0001750", expected "0000000"`},
	{"time", tarWith(setText(136, "14700000000")), `entry "a": time "14700000000", expected "00000000000" (1970-01-01)`},
	{"link name of a file", tarWith(setText(157, "/etc/passwd")), `entry "a": link name "/etc/passwd", expected ""`},
	{"user name", tarWith(setText(265, "root")), `entry "a": user name "root", expected ""`},
	{"group name", tarWith(setText(297, "wheel")), `entry "a": group name "wheel", expected ""`},
	{"major device number", tarWith(setText(329, "0000001")), `entry "a": device "0000001", expected "0000000"`},
	{"minor device number", tarWith(setText(337, "0000001")), `entry "a": device "0000001", expected "0000000"`},
	{"no device numbers", tarWith(setText(329, twoBlocks[:16])), `entry "a": device "", expected "0000000"`},
	{"hidden after the prefix", tarWith(setText(500, "\x00evil")), `entry "a": "\x00evil" at the end of its header, expected ""`},

	{"old file", tarWith(setText(tarTypeAt, "\x00")), `entry "a": type flag "\x00", a file of a tar older than ustar, expected "0", a regular file`},
	{"hard link", tarWith(both(setText(tarTypeAt, "1"), setText(157, "b/c"))), `entry "a": type flag "1", a hard link, expected "0", a regular file`},
	{"symbolic link", tarWith(both(setText(tarTypeAt, "2"), setText(157, "/etc"))), `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{"character device", tarWith(setText(tarTypeAt, "3")), `entry "a": type flag "3", a character device, expected "0", a regular file`},
	{"block device", tarWith(setText(tarTypeAt, "4")), `entry "a": type flag "4", a block device, expected "0", a regular file`},
	{"directory", tarAs(tar.Header{Name: "a/", Typeflag: tar.TypeDir}), `entry "a/": type flag "5", a directory, expected "0", a regular file`},
	{"pipe", tarWith(setText(tarTypeAt, "6")), `entry "a": type flag "6", a pipe, expected "0", a regular file`},
	{"contiguous file", tarWith(setText(tarTypeAt, "7")), `entry "a": type flag "7", a contiguous file, expected "0", a regular file`},
	{"unknown type", tarWith(setText(tarTypeAt, "Z")), `entry "a": type flag "Z", expected "0", a regular file`},
	{"type beyond ASCII", tarWith(setText(tarTypeAt, "\xff")), `entry "a": type flag "\xff", expected "0", a regular file`},
	{"pax header", tarAs(tar.Header{Name: strings.Repeat("n", 200), Typeflag: tar.TypeReg}),
		`entry "PaxHeaders.0/` + strings.Repeat("n", 87) + `": type flag "x", a pax header, expected "0", a regular file`},
	{"pax header for all", tarAs(tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"path": "../evil"}}),
		`entry "GlobalHead.0.0": type flag "g", a pax header for all files, expected "0", a regular file`},
	{"long name of GNU tar", tarAs(tar.Header{Name: strings.Repeat("n", 200), Typeflag: tar.TypeReg, Format: tar.FormatGNU}), fmt.Sprintf(badMagic, `"ustar  \x00"`)},
	{"long name of GNU tar in ustar", tarWith(both(setText(tarNameAt, "././@LongLink"), setText(tarTypeAt, "L"))),
		`entry "././@LongLink": type flag "L", a long file name of GNU tar, expected "0", a regular file`},
	{"GNU tar", tarWith(setText(tarMagicAt, "ustar  \x00")), fmt.Sprintf(badMagic, `"ustar  \x00"`)},
	{"tar before ustar", tarWith(setText(tarMagicAt, twoBlocks[:8])), fmt.Sprintf(badMagic, `"\x00\x00\x00\x00\x00\x00\x00\x00"`)},
	{"version", tarWith(setText(tarMagicAt+6, "01")), fmt.Sprintf(badMagic, `"ustar\x0001"`)},
	{"not a tar", gz(bytes.Repeat([]byte("no tar at all..."), 64)), fmt.Sprintf(badMagic, `"o tar at"`)},

	{"size of 8 GiB - 1", tarWith(setText(tarSizeAt, "77777777777")), `entry "a": 8589934591 bytes in one file, expected at most 1073741824`},
	{"size beyond 8 GiB", tarWith(setText(tarSizeAt, "\x80\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00")),
		`entry "a": size "\x80\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00", expected 11 octal digits`},
	{"size of 12 digits", tarWith(setText(tarSizeAt, "000000000050")), `entry "a": size "000000000050", expected "00000000005"`},
	{"size with spaces", tarWith(setText(tarSizeAt, "          5")), `entry "a": size "          5", expected 11 octal digits`},
	{"negative size", tarWith(setText(tarSizeAt, "-0000000005")), `entry "a": size "-0000000005", expected 11 octal digits`},
	{"size that is not octal", tarWith(setText(tarSizeAt, "00000000009")), `entry "a": size "00000000009", expected 11 octal digits`},
	{"claimed 1 GiB", tarWith(setText(tarSizeAt, "10000000000")), `entry "a": tar ends 1073739264 bytes before the end of the content`},
	{"claimed 1 GiB, and nothing there", gz(tarOf("", rawTar{name: "a", header: setText(tarSizeAt, "10000000000")})),
		`entry "a": tar ends 1073741824 bytes before the end of the content`},
	{"size too large by a block", tarWith(setText(tarSizeAt, "00000002000")), fmt.Sprintf(badMagic, `"\x00\x00\x00\x00\x00\x00\x00\x00"`)},
	{"size too small", gz(tarOf(twoBlocks, rawTar{name: "a", content: "hello", header: setText(tarSizeAt, "00000000004")})),
		`entry "a": its last block is filled up with other bytes than zeros`},
	{"size of nothing", tarWith(setText(tarSizeAt, "00000000000")), fmt.Sprintf(badMagic, `"\x00\x00\x00\x00\x00\x00\x00\x00"`)},
	{"hidden after the content", gz(tarOf(twoBlocks, rawTar{name: "a", content: "hello", padding: "\x00evil"})),
		`entry "a": its last block is filled up with other bytes than zeros`},

	{"no end", gz(plainTar[:len(plainTar)-tarEnd]), cutTar},
	{"one block of zeros", gz(plainTar[:len(plainTar)-tarBlock]), cutTar},
	{"three blocks of zeros", gz(append(slices.Clip(plainTar), zeros[:]...)), `tar goes on after two blocks of zeros, expected its end`},
	{"padded to 10 KiB", gz(append(slices.Clip(plainTar), make([]byte, 10240-len(plainTar))...)), `tar goes on after two blocks of zeros, expected its end`},
	{"a byte after the end", gz(append(slices.Clip(plainTar), 0)), `tar goes on after two blocks of zeros, expected its end`},
	{"files after the end", gz(slices.Concat(plainTar, plainTar)), `tar goes on after two blocks of zeros, expected its end`},
	{"files after a block of zeros", gz(slices.Concat(zeros[:], plainTar)), `tar has something after a block of zeros, expected a second one`},
	{"part of a header", gz(plainTar[:100]), cutTar},
	{"header without content", gz(plainTar[:tarBlock]), `entry "a": tar ends 5 bytes before the end of the content`},
	{"content without padding", gz(plainTar[:tarBlock+5]), cutTar},

	{"gzip magic", gzEdited(plainTar, setText(1, "\x8c")), `starts with 0x8c1f, expected 0x8b1f of a gzip file`},
	{"gzip method", gzEdited(plainTar, setText(2, "\x07")), `gzip header has method 7, expected 8 (deflate)`},
	{"gzip text flag", gzEdited(plainTar, setText(3, "\x01")), `gzip header has flags 0x01, expected 0x00 (no name, comment or extra fields)`},
	{"gzip file name", slices.Concat(gzEdited(plainTar, setText(3, "\x08"))[:10], []byte("a.tar\x00"), gz(plainTar)[10:]),
		`gzip header has flags 0x08, expected 0x00 (no name, comment or extra fields)`},
	{"gzip time", gzEdited(plainTar, set32(4, 1)), `gzip header has time 1, expected 0`},
	{"gzip extra flags", gzEdited(plainTar, setText(8, "\x02")), `gzip header has extra flags 2, expected 0`},
	{"gzip system", gzEdited(plainTar, setText(9, "\x03")), `gzip header has system 3, expected 255 (unknown)`},
	{"gzip CRC", gzEdited(plainTar, func(b []byte) { binary.LittleEndian.PutUint32(b[len(b)-8:], 1) }),
		`gzip trailer has CRC-32 0x00000001, expected 0x0ba1e75c, that of the content`},
	{"content for another CRC", gzEdited(plainTar, setText(tarAt+tarBlock, "jello")), `gzip trailer has CRC-32 0x0ba1e75c, expected 0x0ce12b1e, that of the content`},
	{"gzip size", gzEdited(plainTar, func(b []byte) { binary.LittleEndian.PutUint32(b[len(b)-4:], 1) }),
		`gzip trailer has size 1, expected 3072, that of the content`},
	{"second gzip member", slices.Concat(gz(plainTar), gz(plainTar)), `something follows the gzip trailer at offset 3095, expected the end`},
	{"two members for one tar", slices.Concat(gz(plainTar[:tarBlock*2]), gz(plainTar[tarBlock*2:])), `something follows the gzip trailer at offset 1047, expected the end`},
	{"trailing byte", append(gz(plainTar), 0), `something follows the gzip trailer at offset 3095, expected the end`},
	{"empty tar", gzBlocks(nil), `deflate block at offset 10 is empty, expected something in it`},

	{"fixed codes", gzEdited(plainTar, setText(blockAt, "\x03")), `deflate block at offset 10 starts with 0x03, expected 0x01 (stored)`},
	{"dynamic codes", gzEdited(plainTar, setText(blockAt, "\x05")), `deflate block at offset 10 starts with 0x05, expected 0x01 (stored)`},
	{"reserved block", gzEdited(plainTar, setText(blockAt, "\x07")), `deflate block at offset 10 starts with 0x07, expected 0x01 (stored)`},
	{"bits between block and length", gzEdited(plainTar, setText(blockAt, "\x81")), `deflate block at offset 10 starts with 0x81, expected 0x01 (stored)`},
	{"not the last block", gzEdited(plainTar, setText(blockAt, "\x00")), `deflate block at offset 10 has 3072 bytes, expected 65535: all but the last are full`},
	{"length's complement", gzEdited(plainTar, set16(blockAt+3, 0)), `deflate block at offset 10 has complement 0x0000 of its length, expected 0xf3ff`},
	{"small blocks", gzBlocks(plainTar[:512], plainTar[512:]), `deflate block at offset 10 has 512 bytes, expected 65535: all but the last are full`},
	{"empty block at the end", gzBlocks(make([]byte, maxStored), nil), `tar goes on after two blocks of zeros, expected its end`},
	{"empty block after all", gzBlocks(tarOf(twoBlocks, rawTar{name: "a", content: strings.Repeat("x", 1<<17)})[:maxStored], nil),
		`deflate block at offset 65550 is empty, expected something in it`},
	{"empty block at the start", gzBlocks(nil, plainTar), `deflate block at offset 10 has 0 bytes, expected 65535: all but the last are full`},
	{"a block less", gzBlocks(plainTar[:tarBlock]), `entry "a": tar ends 5 bytes before the end of the content`},

	{"no bytes", nil, `cut off after 0 bytes, expected more`},
	{"not a gzip file", []byte("<!DOCTYPE html><title>Not found</title>"), `starts with 0x213c, expected 0x8b1f of a gzip file`},
	{"zip", zipOf("a"), `starts with 0x4b50, expected 0x8b1f of a gzip file`},
	{"tar without gzip", plainTar, `starts with 0x0061, expected 0x8b1f of a gzip file`},
}

func TestHostileTarGz(t *testing.T) {
	w := newWorld(t, t.TempDir())
	for _, test := range hostileTarGz {
		t.Run(test.name, func(t *testing.T) {
			_, err := unpackTarGz(bytes.NewReader(test.data), DefaultLimits())
			if got := message(err); got != test.want {
				t.Errorf("ReadTarGz\n got %s\nwant %s", got, test.want)
			}
			var format *FormatError
			if !errors.As(err, &format) {
				t.Errorf("ReadTarGz returns a %T, want a *FormatError", err)
			}

			w.refuses(t, unpacker(".tar.gz", test.data, DefaultLimits()), test.want)
		})
	}
}

// The archives of the hostile ones' builders are right where nothing is changed, or else their
// tests would show nothing.
func TestHostileTarGzBuilder(t *testing.T) {
	for name, data := range map[string][]byte{
		"tarNames": tarNames("a", "b/c", "d"), "tarWith": tarWith(nil), "gz": gz(plainTar), "gzBlocks": gzBlocks(plainTar),
		"tarAs": tarAs(tar.Header{Name: "a", Typeflag: tar.TypeReg, Mode: 0o644, Format: tar.FormatUSTAR}),
	} {
		if _, err := unpackTarGz(bytes.NewReader(data), DefaultLimits()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What compress/gzip makes is refused at every level, stored or not.
func TestOrdinaryGzip(t *testing.T) {
	for level := gzip.HuffmanOnly; level <= gzip.BestCompression; level++ {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, level)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(plainTar); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		want := "deflate block at offset 10 "
		if level == gzip.BestSpeed || level == gzip.BestCompression {
			want = "gzip header has extra flags "
		}
		files, err := unpackTarGz(&b, DefaultLimits())
		if !strings.HasPrefix(message(err), want) || len(files) > 0 {
			t.Errorf("level %d: %d files, %v, want an error that starts with %s", level, len(files), err, want)
		}
	}
}

func TestTarGzCutOffAnywhere(t *testing.T) {
	data := packTarGz(t, tiny)
	for n := range data {
		var format *FormatError
		if _, err := unpackTarGz(bytes.NewReader(data[:n]), DefaultLimits()); !errors.As(err, &format) {
			t.Errorf("the first %d of %d bytes: %v, want a FormatError", n, len(data), err)
		}
		if _, err := unpackTarGz(bytes.NewReader(data[n+1:]), DefaultLimits()); !errors.As(err, &format) {
			t.Errorf("without the first %d of %d bytes: %v, want a FormatError", n+1, len(data), err)
		}
	}
	content := gunzip(t, data)
	for n := 1; n < len(content); n++ { // the gzip file is right
		var format *FormatError
		if _, err := unpackTarGz(bytes.NewReader(gz(content[:n])), DefaultLimits()); !errors.As(err, &format) {
			t.Errorf("the first %d of %d bytes of the tar: %v, want a FormatError", n, len(content), err)
		}
	}
}

// There is one way to write a set of files, so any other byte anywhere is refused or makes
// another set, even if all checksums fit it.
func TestAnyByteOfATarGzChanged(t *testing.T) {
	data := packTarGz(t, tiny)
	for i := range data {
		changed := bytes.Clone(data)
		for bit := range 8 {
			changed[i] = data[i] ^ 1<<bit
			if _, err := unpackTarGz(bytes.NewReader(changed), DefaultLimits()); err == nil {
				t.Errorf("accepted with bit %d of byte %#x flipped", bit, i)
			}
		}
	}
	content := gunzip(t, data)
	for i := range content {
		for bit := range 8 {
			changed := bytes.Clone(content)
			changed[i] ^= 1 << bit
			if bytes.Equal(withChecksums(changed), content) {
				continue // it was the checksum that changed
			}
			archive := gz(changed)
			files, err := unpackTarGz(bytes.NewReader(archive), DefaultLimits())
			if err == nil && !bytes.Equal(packTarGz(t, files), archive) {
				t.Errorf("accepted with bit %d of byte %#x of the tar flipped", bit, i)
			}
		}
	}
}

// withChecksums puts right checksums into all that looks like a header.
func withChecksums(tar []byte) []byte {
	for at := 0; at+tarBlock <= len(tar); at += tarBlock {
		if h := tar[at : at+tarBlock]; bytes.HasPrefix(h[tarMagicAt:], []byte("ustar")) {
			copy(h[tarChecksumAt:], tarChecksum(h))
		}
	}
	return tar
}

// How much a reader gives at once doesn't matter, and that it fails is not the archive's fault.
func TestTarGzReader(t *testing.T) {
	data := packTarGz(t, append([]File{{Path: "large", Data: make([]byte, 1<<17)}}, samplePackage...))
	want, err := unpackTarGz(bytes.NewReader(data), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"one byte":  iotest.OneByteReader(bytes.NewReader(data)),
		"half":      iotest.HalfReader(bytes.NewReader(data)),
		"early EOF": iotest.DataErrReader(bytes.NewReader(data)),
	} {
		if files, err := unpackTarGz(r, DefaultLimits()); err != nil || !sameFiles(files, want) {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
	}
	broken := errors.New("bad sector")
	for _, err := range []error{broken, io.ErrUnexpectedEOF, io.ErrNoProgress} {
		for _, from := range []int{0, 9, 10, 14, 15, 100, 600, len(data) / 2, 1<<16 + 10, len(data) - 8, len(data) - 1, len(data)} {
			_, got := unpackTarGz(io.MultiReader(bytes.NewReader(data[:from]), iotest.ErrReader(err)), DefaultLimits())
			var format *FormatError
			if !errors.Is(got, err) || errors.As(got, &format) {
				t.Errorf("bad sector at %d: %v, want %v", from, got, err)
			}
		}
	}
}

func TestTarGzVisit(t *testing.T) {
	data := packTarGz(t, []File{{Path: "a", Data: []byte("hello")}, {Path: "b", Data: []byte("world")}})
	stop := errors.New("stop")
	visits := 0
	err := ReadTarGz(bytes.NewReader(data), DefaultLimits(), func(string, int64, io.Reader) error { visits++; return stop })
	if err != stop || visits != 1 {
		t.Errorf("ReadTarGz = %v after %d visits, want %v after 1", err, visits, stop)
	}

	cut := gz(tarOf("", rawTar{name: "a", content: "hello"})[:tarBlock+4])
	for name, visit := range map[string]visitor{
		"reads nothing": func(string, int64, io.Reader) error { return nil },
		"reads a part":  func(_ string, _ int64, r io.Reader) error { _, err := r.Read(make([]byte, 2)); return err },
		"reads all":     func(_ string, _ int64, r io.Reader) error { _, err := io.ReadAll(r); return err },
		"hides the error": func(_ string, _ int64, r io.Reader) error {
			_, first := io.ReadAll(r)
			if _, second := r.Read(make([]byte, 1)); first != nil && first != second {
				t.Errorf("content ends in %v, then %v, want the same error", first, second)
			}
			return nil
		},
	} {
		if err := ReadTarGz(bytes.NewReader(data), DefaultLimits(), visit); err != nil {
			t.Errorf("visit that %s: %v", name, err)
		}
		var format *FormatError
		if err := ReadTarGz(bytes.NewReader(cut), DefaultLimits(), visit); !errors.As(err, &format) || format.Entry != "a" {
			t.Errorf("visit that %s: %v, want a FormatError about the end of a", name, err)
		}
	}
	err = ReadTarGz(bytes.NewReader(data), DefaultLimits(), func(name string, _ int64, r io.Reader) error {
		want := map[string]string{"a": "hello", "b": "world"}[name]
		return iotest.TestReader(r, []byte(want))
	})
	if err != nil {
		t.Error(err)
	}
}

// Memory goes with what is there, not with what is claimed.
func TestTarGzMemory(t *testing.T) {
	claims := tarWith(setText(tarSizeAt, "77777777777"))
	lim := Limits{Files: math.MaxInt32, FileSize: 1 << 40, Size: 1 << 40}
	const runs = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if err := ReadTarGz(bytes.NewReader(claims), lim, func(string, int64, io.Reader) error { return nil }); err == nil {
			t.Fatal("accepted")
		}
	}
	runtime.ReadMemStats(&after)
	if allocated := (after.TotalAlloc - before.TotalAlloc) / runs; allocated > 16<<10 {
		t.Errorf("an archive of %d bytes makes ReadTarGz allocate %d", len(claims), allocated)
	}
}
