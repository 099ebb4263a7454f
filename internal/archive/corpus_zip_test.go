package archive

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// unixMode makes an entry one of that mode on Unix: host 3.
func unixMode(mode uint32) edit { return both(set16(4, 3<<8|version), set32(38, mode<<16)) }

// zipMode returns what makes a zip of one entry "a" with a changed header in the directory.
func zipMode(content string, central edit) func() []byte {
	return func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: content, central: central}}}.bytes()
	}
}

// likeTheFirst makes an entry of the directory that of a first one whose content is "hello".
func likeTheFirst(record []byte) {
	set32(16, crc32.ChecksumIEEE([]byte("hello")))(record)
	set32(20, 5)(record)
	set32(24, 5)(record)
	set32(42, 0)(record)
}

// extra is an extra field (APPNOTE 4.5.1).
func extra(id uint16, data string) string {
	b := binary.LittleEndian.AppendUint16(nil, id)
	return string(binary.LittleEndian.AppendUint16(b, uint16(len(data)))) + data
}

// unicodePath is the extra field that gives an entry another name (APPNOTE 4.6.9).
func unicodePath(name, instead string) string {
	b := binary.LittleEndian.AppendUint32([]byte{1}, crc32.ChecksumIEEE([]byte(name)))
	return extra(0x7075, string(b)+instead)
}

// overlapping is a zip bomb of n entries over one kernel: the content of each is all that
// follows its local header, those of the entries after it included, and all sizes and sums
// are right.
func overlapping(n int, kernel []byte) []byte {
	entries := make([]entry, n)
	body := kernel
	for i := n - 1; i >= 0; i-- {
		entries[i] = entry{name: numbered(i), crc: crc32.ChecksumIEEE(body), size: uint32(len(body))}
		body = append(entries[i].appendLocal(nil), body...)
	}
	var directory []byte
	at := 0
	for _, e := range entries {
		e.offset = uint32(at)
		directory = e.appendCentral(directory)
		at += localLen + len(e.name)
	}
	tail := endRecord{entries: uint16(n), size: uint32(len(directory)), offset: uint32(len(body))}
	return tail.appendTo(append(body, directory...))
}

// zipCorpus are zips that must be refused.
var zipCorpus = []corpusCase{
	{name: "zip/symlink-on-unix.zip", made: zipMode("../near/canary", unixMode(0o120777)), want: `entry "a": made by version and host 0x0314, expected 0x0014`},
	{name: "zip/symlink-on-no-host.zip", made: zipMode("../near/canary", set32(38, 0o120777<<16)), want: `entry "a": external attributes 0xa1ff0000, expected 0x00000000`},
	{name: "zip/symlink-by-reparse-point.zip", made: zipMode("../near/canary", set32(38, 0x400)), want: `entry "a": external attributes 0x00000400, expected 0x00000000`},
	{name: "zip/symlink-and-a-file-through-it.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: "../near", central: unixMode(0o120777)}, {name: "a/canary", content: "evil"}}}.bytes()
	}, want: `entry "a": made by version and host 0x0314, expected 0x0014`},
	{name: "zip/link-and-a-file-through-it.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: "../near"}, {name: "a/canary", content: "evil"}}}.bytes()
	}, want: `path "a/canary": clashes with "a": one name for a file and a directory`},
	{name: "zip/hardlink-by-extra-field.zip", made: func() []byte { // APPNOTE 4.5.7: a link's target is in the data
		e := extra(0x000d, strings.Repeat("\x00", 12)+"../near/canary")
		return rawZip{files: []rawFile{{name: "a", localExtra: e, centralExtra: e}}}.bytes()
	}, want: `entry "a": extra fields of 30 bytes, expected 0`},
	{name: "zip/character-device.zip", made: zipMode("", set32(38, 0o020666<<16)), want: `entry "a": external attributes 0x21b60000, expected 0x00000000`},
	{name: "zip/block-device.zip", made: zipMode("", set32(38, 0o060666<<16)), want: `entry "a": external attributes 0x61b60000, expected 0x00000000`},
	{name: "zip/pipe.zip", made: zipMode("", set32(38, 0o010666<<16)), want: `entry "a": external attributes 0x11b60000, expected 0x00000000`},
	{name: "zip/socket.zip", made: zipMode("", set32(38, 0o140666<<16)), want: `entry "a": external attributes 0xc1b60000, expected 0x00000000`},
	{name: "zip/character-device-on-unix.zip", made: zipMode("", unixMode(0o020666)), want: `entry "a": made by version and host 0x0314, expected 0x0014`},
	{name: "zip/set-user-id.zip", made: zipMode("#!/bin/sh\n", set32(38, 0o104755<<16)), want: `entry "a": external attributes 0x89ed0000, expected 0x00000000`},
	{name: "zip/directory-attribute.zip", made: zipMode("", set32(38, 0x10)), want: `entry "a": external attributes 0x00000010, expected 0x00000000`},

	{name: "zip/duplicate-of-one-local-header.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: "hello"}, {name: "a", central: likeTheFirst}}}.bytes()
	}, want: `entry "a": starts at offset 0, expected 36: overlaps the entry before it`},
	{name: "zip/overlap-of-all.zip", made: func() []byte { // each entry of the directory has the same local header
		z := rawZip{files: []rawFile{{name: "a", content: "hello"}}}
		for _, name := range []string{"b", "c", "d"} {
			z.files = append(z.files, rawFile{name: name, central: likeTheFirst})
		}
		return z.bytes()
	}, want: `entry "b": starts at offset 0, expected 36: overlaps the entry before it`},
	{name: "zip/overlap-by-quoting.zip", made: func() []byte { return overlapping(5, []byte(strings.Repeat("bomb ", 20))) }, want: `entry "000001": starts at offset 36, expected 280: overlaps the entry before it`},

	{name: "zip/disagree-on-the-name.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "inno/cent", local: setText(localLen, "../canary")}}}.bytes()
	}, want: `entry "inno/cent": local header has the name "../canary", expected the one in the directory`},
	{name: "zip/disagree-on-the-name-in-the-directory.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "inno/cent", central: setText(centralLen, "../canary")}}}.bytes()
	}, want: `path "../canary": a component "..", expected names only`},
	{name: "zip/disagree-on-the-length-of-the-name.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: "b", local: set16(26, 2)}}}.bytes()
	}, want: `entry "a": local header has a name of 2 bytes, expected 1 as in the directory`},
	{name: "zip/disagree-on-the-size.zip", made: func() []byte { // behind the one in the local header there is an entry that the directory doesn't know
		hidden := entry{name: "../canary"}.appendLocal(nil)
		return rawZip{files: []rawFile{{name: "a", content: string(hidden), local: both(set32(18, 0), set32(22, 0))}}}.bytes()
	}, want: `entry "a": local header has compressed size 0, expected 39 as in the directory`},
	{name: "zip/disagree-on-the-crc.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: "hello", local: set32(14, 0)}}}.bytes()
	}, want: `entry "a": local header has CRC-32 0x00000000, expected 0x3610a686 as in the directory`},
	{name: "zip/disagree-on-the-offset.zip", made: func() []byte { // the directory's is in the content, where there is a right local header
		inner := entry{name: "a", crc: crc32.ChecksumIEEE([]byte("evil")), size: 4}
		content := string(inner.appendLocal(nil)) + "evil"
		return rawZip{files: []rawFile{{name: "a", content: content, central: both(both(set32(16, inner.crc), set32(42, localLen+1)), both(set32(20, 4), set32(24, 4)))}}}.bytes()
	}, want: `entry "a": starts at offset 31, expected 0: leaves a gap before it`},
	{name: "zip/disagree-on-the-method.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", content: "\x03\x00", local: set16(8, 8)}}}.bytes()
	}, want: `entry "a": local header has method 8, expected 0 (stored)`},
	{name: "zip/disagree-on-the-end.zip", made: func() []byte { // a second end record in the comment of the first
		second := zipOf("b")
		return rawZip{files: []rawFile{{name: "a"}}, end: set16(20, uint16(len(second))), trailing: string(second)}.bytes()
	}, want: `directory ends at offset 90, expected 190, where the end record starts`},

	{name: "zip/quine.zip", made: zipQuine, want: `entry "a-zip-that-holds/itself/it.zip": compressed with method 8, expected 0 (stored)`},
	{name: "zip/strong-encryption.zip", made: func() []byte { return zipWith(set16(6, 0x0841), set16(8, 0x0841)) }, want: `entry "a": flags 0x0841, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{name: "zip/masked-headers.zip", made: func() []byte { return zipWith(set16(6, 0x2801), set16(8, 0x2801)) }, want: `entry "a": flags 0x2801, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{name: "zip/patched-data.zip", made: func() []byte { return zipWith(set16(6, 0x0820), set16(8, 0x0820)) }, want: `entry "a": flags 0x0820, expected 0x0800 (UTF-8 name, no data descriptor, not encrypted)`},
	{name: "zip/unicode-path.zip", made: func() []byte {
		e := unicodePath("a", "../canary")
		return rawZip{files: []rawFile{{name: "a", localExtra: e, centralExtra: e}}}.bytes()
	}, want: `entry "a": extra fields of 18 bytes, expected 0`},
	{name: "zip/unicode-path-in-the-local-header.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", localExtra: unicodePath("a", "../canary")}}}.bytes()
	}, want: `directory starts at offset 49, expected 31, where the last entry ends`},
	{name: "zip/zip64-extra-field.zip", made: func() []byte {
		e := extra(1, strings.Repeat("\x00", 16))
		return rawZip{files: []rawFile{{name: "a", localExtra: e, centralExtra: e}}}.bytes()
	}, want: `entry "a": extra fields of 20 bytes, expected 0`},
	{name: "zip/data-descriptor.zip", made: func() []byte { // which the flags don't tell of
		return rawZip{files: []rawFile{{name: "a"}, {name: "b", before: "PK\x07\x08" + strings.Repeat("\x00", 12)}}}.bytes()
	}, want: `entry "b": starts at offset 47, expected 31: leaves a gap before it`},
	{name: "zip/spanned.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a", before: "PK\x07\x08"}}}.bytes()
	}, want: `entry "a": starts at offset 4, expected 0: leaves a gap before it`},
	{name: "zip/archive-extra-data.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a"}}, beforeDirectory: "PK\x06\x08\x04\x00\x00\x00evil"}.bytes()
	}, want: `directory starts at offset 43, expected 31, where the last entry ends`},
	{name: "zip/digital-signature.zip", made: func() []byte {
		return rawZip{files: []rawFile{{name: "a"}}, afterDirectory: "PK\x05\x05\x04\x00evil"}.bytes()
	}, want: `10 bytes after the directory's last entry, expected none`},
	{name: "zip/leading-program.zip", made: func() []byte { // as self-extracting ones have it: offsets count from the first entry
		return append([]byte("#!/bin/sh\n"), zipOf("a")...)
	}, want: `directory ends at offset 90, expected 100, where the end record starts`},
	{name: "zip/trailing-line.zip", made: func() []byte { return append(zipOf("a"), '\n') }, want: `the last 22 bytes have signature 0x0006054b, expected 0x06054b50 of an end record: cut off, or something follows it`},
	{name: "zip/deep.zip", made: zipped(strings.Repeat("a/", 1000) + "b"), want: `2001 bytes in a name, expected at most 256`},
	{name: "zip/deep-by-one.zip", made: zipped(strings.Repeat("a/", 128) + "b"), want: `257 bytes in a name, expected at most 256`},

	{name: "zip/info-zip.zip", script: `echo hello >a; touch -d @0 a; zip -q ../out.zip a; mv ../out.zip ../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-stored.zip", script: `echo hello >a; touch -d 1980-01-01 a; zip -q0X ../out.zip a; mv ../out.zip ../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-dos.zip", script: `echo hello >a; touch -d 1980-01-01 a; zip -q0Xk ../out.zip a; mv ../out.zip ../out`, want: `entry "A": needs version 10, expected 20`},
	{name: "zip/info-zip-symlink.zip", script: `ln -s ../near/canary a; zip -q0yX ../out.zip a; mv ../out.zip ../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-pipe.zip", script: `mkfifo a; echo hello >a & zip -q0X -FI ../out.zip a; mv ../out.zip ../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-directory.zip", script: `mkdir -p a/b; zip -q0Xr ../out.zip a; mv ../out.zip ../out`, want: `path "a/": an empty component, expected single slashes, and none at the end`},
	{name: "zip/info-zip-encrypted.zip", script: `echo hello >a; zip -q0X -P secret ../out.zip a; mv ../out.zip ../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-data-descriptor.zip", script: `echo hello >a; zip -q0X - a | cat >../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-zip64.zip", script: `echo hello | zip -q0X -fz ../out.zip -; mv ../out.zip ../out`, want: `end record refers to a zip64 one, expected none`},
	{name: "zip/info-zip-comment.zip", script: `echo hello >a; echo evil | zip -q0Xz ../out.zip a; mv ../out.zip ../out`, want: `the last 22 bytes have signature 0x00000000, expected 0x06054b50 of an end record: cut off, or something follows it`},
	{name: "zip/info-zip-self-extracting.zip", script: `echo hello >a; zip -q0X ../out.zip a; (printf '#!/bin/sh\n%0100d\n' 0; cat ../out.zip) >../out; zip -qA ../out`, want: `entry "a": made by version and host 0x031e, expected 0x0014`},
	{name: "zip/info-zip-split.zip", script: `head -c 70000 /dev/zero >a; zip -q0X -s 64k ../out.zip a; mv ../out.zip ../out`, want: `end record is on disk 1, expected 0`},
	{name: "zip/python.zip", script: python(`z.writestr(zipfile.ZipInfo("a"), b"hello")`), want: `entry "a": made by version and host 0x0314, expected 0x0014`},
	{name: "zip/python-climbing.zip", script: python(`z.writestr(info("../canary"), b"evil")`), want: `path "../canary": a component "..", expected names only`},
	{name: "zip/python-absolute.zip", script: python(`z.writestr(info("` + absolute + `"), b"evil")`), want: `path "/tmp/regen-archive-canary": starts with a slash, expected a relative path`},
	{name: "zip/python-backslash.zip", script: python(`z.writestr(info("..\\canary"), b"evil")`), want: `path "..\\canary": character "\\", which Windows does not allow in a name`},
	{name: "zip/python-symlink.zip", script: python(`i = info("a"); i.create_system = 3; i.external_attr = 0o120777 << 16; z.writestr(i, b"../near")`,
		`z.writestr(info("a/canary"), b"evil")`), want: `entry "a": made by version and host 0x0314, expected 0x0014`},
	{name: "zip/python-device.zip", script: python(`i = info("a"); i.create_system = 3; i.external_attr = 0o020666 << 16; z.writestr(i, b"")`), want: `entry "a": made by version and host 0x0314, expected 0x0014`},
	{name: "zip/python-duplicate.zip", script: python(`z.writestr(info("\u00e4"), b"hello")`, `z.writestr(info("\u00e4"), b"evil")`), want: `path "ä": is there twice`},
	{name: "zip/python-case.zip", script: python(`z.writestr(info("\u00c4"), b"hello")`, `z.writestr(info("\u00e4"), b"evil")`), want: `path "ä": clashes with "Ä": they differ only in letter case or Unicode normal form`},
	{name: "zip/python-directory.zip", script: python(`z.mkdir("a")`), want: `path "a/": an empty component, expected single slashes, and none at the end`},
	{name: "zip/python-deflate.zip", script: python(`z.writestr(info("\u00e4"), b"hello " * 100, zipfile.ZIP_DEFLATED)`), want: `entry "ä": compressed with method 8, expected 0 (stored)`},
	{name: "zip/python-bzip2.zip", script: python(`z.writestr(info("\u00e4"), b"hello " * 100, zipfile.ZIP_BZIP2)`), want: `entry "ä": made by version and host 0x002e, expected 0x0014`},
	{name: "zip/python-lzma.zip", script: python(`z.writestr(info("\u00e4"), b"hello " * 100, zipfile.ZIP_LZMA)`), want: `entry "ä": made by version and host 0x003f, expected 0x0014`},
	{name: "zip/python-zip64.zip", script: python(`with z.open(info("\u00e4"), "w", force_zip64=True) as f: f.write(b"hello")`), want: `entry "ä": made by version and host 0x002d, expected 0x0014`},
	{name: "zip/python-comment.zip", script: python(`z.writestr(info("\u00e4"), b"hello"); z.comment = b"evil"`), want: `the last 22 bytes have signature 0x00000000, expected 0x06054b50 of an end record: cut off, or something follows it`},
	{name: "zip/python-comment-of-an-entry.zip", script: python(`i = info("\u00e4"); i.comment = b"evil"; z.writestr(i, b"hello")`), want: `entry "ä": a comment of 4 bytes, expected 0`},
	{name: "zip/python-extra-field.zip", script: python(`i = info("\u00e4"); i.extra = b"\x75\x70\x0a\x00\x01\x00\x00\x00\x00evil!"; z.writestr(i, b"hello")`), want: `entry "ä": extra fields of 14 bytes, expected 0`},
	{name: "zip/python-bomb.zip", script: python(`z.writestr(info("\u00e4"), b"\0" * 10_000_000, zipfile.ZIP_DEFLATED, 9)`), want: `entry "ä": compressed with method 8, expected 0 (stored)`},
	{name: "zip/python-bomb-of-bombs.zip", script: python(
		`def zipped(files):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as inner:
        for name, data in files: inner.writestr(info(name), data, zipfile.ZIP_DEFLATED, 9)
    return b.getvalue()`,
		`data = b"\0" * 10_000_000`,
		`for level in range(4): data = zipped([(f"{i}.zip", data) for i in range(16)])`,
		`z.writestr(info("\u00e4.zip"), data, zipfile.ZIP_DEFLATED, 9)`), want: `entry "ä.zip": compressed with method 8, expected 0 (stored)`},
}

// python is a script that writes a zip. What it can, it does as it must be.
func python(lines ...string) string {
	return "cat >make.py <<'END'\nimport io, warnings, zipfile\nwarnings.simplefilter('ignore')\n" +
		"def info(name):\n    i = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)); i.create_system = 0; return i\n" +
		"with zipfile.ZipFile('../out', 'w') as z:\n    " + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n    ") +
		"\n    for i in z.filelist:\n        if i.create_system == 0: i.external_attr = 0\nEND\npython3 make.py"
}
