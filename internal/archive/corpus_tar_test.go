package archive

import "strings"

// tarTwo returns what makes a tar of two entries.
func tarTwo(a, b rawTar) func() []byte {
	return func() []byte { return gz(tarOf(twoBlocks, a, b)) }
}

// link makes an entry one of that type, to somewhere.
func link(kind, to string) edit { return both(setText(tarTypeAt, kind), setText(157, to)) }

// tarCorpus are tars that must be refused.
var tarCorpus = []corpusCase{
	{name: "targz/symlink-to-canary.tar.gz", made: func() []byte { return tarWith(link("2", "../near/canary")) }, want: `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/symlink-and-a-file-through-it.tar.gz", made: tarTwo(rawTar{name: "a", header: link("2", "../near")}, rawTar{name: "a/canary", content: "evil"}), want: `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/symlink-and-a-file-in-its-place.tar.gz", made: tarTwo(rawTar{name: "a", header: link("2", "../canary")}, rawTar{name: "a", content: "evil"}), want: `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/symlink-to-itself.tar.gz", made: func() []byte { return tarWith(link("2", "a")) }, want: `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/symlink-after-a-file.tar.gz", made: tarTwo(rawTar{name: "a", content: "hello"}, rawTar{name: "b", header: link("2", "..")}), want: `entry "b": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/link-and-a-file-through-it.tar.gz", made: tarTwo(rawTar{name: "a", content: "../near"}, rawTar{name: "a/canary", content: "evil"}), want: `path "a/canary": clashes with "a": one name for a file and a directory`},
	{name: "targz/hardlink-to-canary.tar.gz", made: func() []byte { return tarWith(link("1", "../near/canary")) }, want: `entry "a": type flag "1", a hard link, expected "0", a regular file`},
	{name: "targz/hardlink-and-a-file-in-its-place.tar.gz", made: tarTwo(rawTar{name: "a", header: link("1", "../canary")}, rawTar{name: "a", content: "evil"}), want: `entry "a": type flag "1", a hard link, expected "0", a regular file`},
	{name: "targz/hardlink-with-content.tar.gz", made: tarTwo(rawTar{name: "a", content: "evil", header: link("1", "../canary")}, rawTar{name: "b"}), want: `entry "a": type flag "1", a hard link, expected "0", a regular file`},
	{name: "targz/hardlink-after-a-file.tar.gz", made: tarTwo(rawTar{name: "a", content: "hello"}, rawTar{name: "b", header: link("1", "a")}), want: `entry "b": type flag "1", a hard link, expected "0", a regular file`},
	{name: "targz/character-device.tar.gz", made: func() []byte {
		return tarWith(both(setText(tarTypeAt, "3"), both(setText(329, "0000001"), setText(337, "0000003"))))
	}, want: `entry "a": type flag "3", a character device, expected "0", a regular file`},
	{name: "targz/block-device.tar.gz", made: func() []byte {
		return tarWith(both(setText(tarTypeAt, "4"), both(setText(329, "0000010"), setText(337, "0000000"))))
	}, want: `entry "a": type flag "4", a block device, expected "0", a regular file`},
	{name: "targz/pipe-after-a-file.tar.gz", made: tarTwo(rawTar{name: "a", content: "hello"}, rawTar{name: "b", header: setText(tarTypeAt, "6")}), want: `entry "b": type flag "6", a pipe, expected "0", a regular file`},

	{name: "targz/duplicate-apart.tar.gz", made: tarred("a", "b", "a"), want: `entry "a": comes after "b", expected byte order`},
	{name: "targz/disagree-on-the-size.tar.gz", made: func() []byte { // gzip's
		data := gz(plainTar)
		set32(len(data)-4, uint32(len(plainTar)-tarBlock))(data)
		return data
	}, want: `gzip trailer has size 2560, expected 3072, that of the content`},
	{name: "targz/disagree-on-the-sum.tar.gz", made: func() []byte {
		return gz(tarOf(twoBlocks, rawTar{name: "a", sum: "000000\x00 "}))
	}, want: `entry "a": header has checksum "000000\x00 ", expected "007336\x00 "`},
	{name: "targz/disagree-on-the-size-by-pax.tar.gz", made: tarTwo(
		rawTar{name: "a", content: "10 size=0\n", header: setText(tarTypeAt, "x")}, rawTar{name: "a", content: string(tarOf("", rawTar{name: "../canary"}))}), want: `entry "a": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/disagree-on-the-name-by-pax.tar.gz", made: tarTwo(
		rawTar{name: "a", content: "18 path=../canary\n", header: setText(tarTypeAt, "x")}, rawTar{name: "a"}), want: `entry "a": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/disagree-on-the-name-by-gnu.tar.gz", made: tarTwo(
		rawTar{name: "a", content: "../canary\x00", header: setText(tarTypeAt, "L")}, rawTar{name: "a"}), want: `entry "a": type flag "L", a long file name of GNU tar, expected "0", a regular file`},
	{name: "targz/disagree-on-the-link-by-gnu.tar.gz", made: tarTwo(
		rawTar{name: "a", content: "../canary\x00", header: setText(tarTypeAt, "K")}, rawTar{name: "a", header: link("2", "b")}), want: `entry "a": type flag "K", a long link name of GNU tar, expected "0", a regular file`},
	{name: "targz/size-over-a-header.tar.gz", made: tarTwo( // the content of the first is to be all of the second
		rawTar{name: "a", header: setText(tarSizeAt, "00000002000")}, rawTar{name: "../canary"}), want: `tar ends too early, expected a header, the rest of a block, or two blocks of zeros`},
	{name: "targz/size-over-a-border.tar.gz", made: tarTwo(
		rawTar{name: "a", header: setText(tarSizeAt, "00000001777")}, rawTar{name: "../canary"}), want: `tar ends too early, expected a header, the rest of a block, or two blocks of zeros`},

	{name: "targz/quine.tar.gz", made: gzipQuine, want: `deflate block at offset 10 has 0 bytes, expected 65535: all but the last are full`},
	{name: "targz/bomb.tar.gz", script: pythonGzip(`deflated(b"\0" * 10_000_000)`), want: `deflate block at offset 10 starts with 0xec, expected 0x00 (stored)`},
	{name: "targz/bomb-of-bombs.tar.gz", script: pythonGzip(`deflated(deflated(b"\0" * 10_000_000) * 100)`), want: `deflate block at offset 10 starts with 0xed, expected 0x01 (stored)`},
	{name: "targz/deflated.tar.gz", script: `echo hello >a; ` + gnu("--format=ustar", "a") + "; " + pythonGzip(`deflated(open("../out", "rb").read())`), want: `deflate block at offset 10 starts with 0x4b, expected 0x01 (stored)`},
	{name: "targz/leading-bytes.tar.gz", made: func() []byte { return append([]byte("#!/bin/sh\n"), gz(plainTar)...) }, want: `starts with 0x2123, expected 0x8b1f of a gzip file`},
	{name: "targz/trailing-line.tar.gz", made: func() []byte { return append(gz(plainTar), '\n') }, want: `something follows the gzip trailer at offset 3095, expected the end`},
	{name: "targz/leading-member.tar.gz", made: func() []byte { return append(gzBlocks(nil), gz(plainTar)...) }, want: `deflate block at offset 10 is empty, expected something in it`},
	{name: "targz/deep.tar.gz", made: func() []byte {
		name := strings.Repeat("a/", 1000) + "b"
		return gz(tarOf(twoBlocks, rawTar{name: "a", content: "2011 path=" + name + "\n", header: setText(tarTypeAt, "x")}, rawTar{name: "a"}))
	}, want: `entry "a": type flag "x", a pax header, expected "0", a regular file`},

	{name: "targz/gnu-gzip.tar.gz", script: `echo hello >a; ` + gnu("--format=ustar -z", "a"), want: `gzip header has system 3, expected 255 (unknown)`},
	{name: "targz/gnu-gzip-named.tar.gz", script: `echo hello >a; ` + gnu("--format=ustar", "a") + `; gzip -1 ../out; mv ../out.gz ../out`, want: `gzip header has flags 0x08, expected 0x00 (no name, comment or extra fields)`},
	{name: "targz/gnu-ustar-padded.tar.gz", script: `echo hello >a; ` + strings.ReplaceAll(gnu("--format=ustar", "a"), "-b1", "-b8"), want: `tar goes on after two blocks of zeros, expected its end`},
	{name: "targz/gnu-gnu.tar.gz", script: `echo hello >a; ` + gnu("--format=gnu", "a"), want: `tar header has magic and version "ustar  \x00", expected "ustar\x0000"`},
	{name: "targz/gnu-v7.tar.gz", script: `echo hello >a; ` + gnu("--format=v7", "a"), want: `tar header has magic and version "\x00\x00\x00\x00\x00\x00\x00\x00", expected "ustar\x0000"`},
	{name: "targz/gnu-pax.tar.gz", script: `echo hello >a; ` + gnu("--format=posix", "a"), want: `entry "./PaxHeaders/a": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/gnu-pax-long-name.tar.gz", script: `n=$(printf %0150d 0); echo hello >$n; ` + gnu("--format=posix --pax-option=delete=atime,delete=ctime", "$n"), want: `entry "./PaxHeaders/000000000000000000000000000000000000000000000000000000000000000000000000000000000000000": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/gnu-pax-for-all.tar.gz", script: `echo hello >a; ` + gnu("--format=posix --pax-option=globexthdr.name=g,evil=x", "a"), want: `entry "g": type flag "g", a pax header for all files, expected "0", a regular file`},
	{name: "targz/gnu-long-name.tar.gz", script: `n=$(printf %0150d 0); echo hello >$n; ` + gnu("--format=gnu", "$n"), want: `tar header has magic and version "ustar  \x00", expected "ustar\x0000"`},
	{name: "targz/gnu-climbing.tar.gz", script: `echo evil >../canary; ` + gnu("--format=ustar -P", "../canary"), want: `path "../canary": a component "..", expected names only`},
	{name: "targz/gnu-dot.tar.gz", script: `echo hello >a; ` + gnu("--format=ustar", "./a"), want: `path "./a": a component ".", expected names only`},
	{name: "targz/gnu-directory.tar.gz", script: `mkdir a; echo hello >a/b; ` + gnu("--format=ustar", "a"), want: `entry "a/": type flag "5", a directory, expected "0", a regular file`},
	{name: "targz/gnu-symlink.tar.gz", script: `ln -s ../near/canary a; ` + gnu("--format=ustar", "a"), want: `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/gnu-hardlink.tar.gz", script: `echo hello >a; ln a b; ` + gnu("--format=ustar", "a b"), want: `entry "b": type flag "1", a hard link, expected "0", a regular file`},
	{name: "targz/gnu-duplicate.tar.gz", script: `echo hello >a; ` + gnu("--format=ustar --hard-dereference", "a a"), want: `path "a": is there twice`},
	{name: "targz/gnu-case.tar.gz", script: `echo hello >A; echo evil >a; ` + gnu("--format=ustar", "A a"), want: `path "a": clashes with "A": they differ only in letter case or Unicode normal form`},
	{name: "targz/gnu-order.tar.gz", script: `echo hello >a; echo evil >b; ` + gnu("--format=ustar", "b a"), want: `entry "a": comes after "b", expected byte order`},
	{name: "targz/gnu-pipe.tar.gz", script: `mkfifo a; ` + gnu("--format=ustar", "a"), want: `entry "a": type flag "6", a pipe, expected "0", a regular file`},
	{name: "targz/gnu-device.tar.gz", script: gnu("--format=ustar -P --transform=s,/dev/null,a,", "/dev/null"), want: `entry "a": type flag "3", a character device, expected "0", a regular file`},
	{name: "targz/gnu-sparse.tar.gz", script: `truncate -s 1G a; ` + gnu("--format=gnu --sparse", "a"), want: `tar header has magic and version "ustar  \x00", expected "ustar\x0000"`},
	{name: "targz/gnu-sparse-pax.tar.gz", script: `truncate -s 1G a; ` + gnu("--format=posix --sparse --pax-option=delete=atime,delete=ctime", "a"), want: `entry "./PaxHeaders/a": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/gnu-two-in-a-row.tar.gz", script: `echo hello >a; ` + gnu("--format=ustar", "a") + `; cat ../out ../out >../both; mv ../both ../out`, want: `tar goes on after two blocks of zeros, expected its end`},
	{name: "targz/python-ustar.tar.gz", script: pythonTar("USTAR", `add("a", b"hello")`), want: `entry "a": device "", expected "0000000"`},
	{name: "targz/python-climbing.tar.gz", script: pythonTar("USTAR", `add("../canary", b"evil")`), want: `path "../canary": a component "..", expected names only`},
	{name: "targz/python-absolute.tar.gz", script: pythonTar("USTAR", `add("`+absolute+`", b"evil")`), want: `path "/tmp/regen-archive-canary": starts with a slash, expected a relative path`},
	{name: "targz/python-symlink.tar.gz", script: pythonTar("USTAR", `add("a", type=tarfile.SYMTYPE, linkname="../near")`, `add("a/canary", b"evil")`), want: `entry "a": type flag "2", a symbolic link, expected "0", a regular file`},
	{name: "targz/python-hardlink.tar.gz", script: pythonTar("USTAR", `add("a", type=tarfile.LNKTYPE, linkname="../canary")`, `add("a", b"evil")`), want: `entry "a": type flag "1", a hard link, expected "0", a regular file`},
	{name: "targz/python-character-device.tar.gz", script: pythonTar("USTAR", `add("a", type=tarfile.CHRTYPE, devmajor=1, devminor=3)`), want: `entry "a": type flag "3", a character device, expected "0", a regular file`},
	{name: "targz/python-block-device.tar.gz", script: pythonTar("USTAR", `add("a", type=tarfile.BLKTYPE, devmajor=8, devminor=0)`), want: `entry "a": type flag "4", a block device, expected "0", a regular file`},
	{name: "targz/python-pipe.tar.gz", script: pythonTar("USTAR", `add("a", type=tarfile.FIFOTYPE)`), want: `entry "a": type flag "6", a pipe, expected "0", a regular file`},
	{name: "targz/python-pax.tar.gz", script: pythonTar("PAX", `add("a", b"hello", pax_headers={"path": "../canary"})`), want: `entry "././@PaxHeader": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/python-pax-link.tar.gz", script: pythonTar("PAX", `add("a", type=tarfile.SYMTYPE, linkname="b", pax_headers={"linkpath": "../canary"})`), want: `entry "././@PaxHeader": type flag "x", a pax header, expected "0", a regular file`},
	{name: "targz/python-gnu-long-name.tar.gz", script: pythonTar("GNU", `add("n" * 150 + "/../../canary", b"evil")`), want: `tar header has magic and version "ustar  \x00", expected "ustar\x0000"`},
	{name: "targz/python-gnu-long-link.tar.gz", script: pythonTar("GNU", `add("a", type=tarfile.SYMTYPE, linkname="../" * 50 + "canary")`), want: `tar header has magic and version "ustar  \x00", expected "ustar\x0000"`},
	{name: "targz/python-size-of-gnu.tar.gz", script: pythonTar("GNU", `add("a", size=1 << 40)`), want: `tar header has magic and version "ustar  \x00", expected "ustar\x0000"`},
}

// gnu is a script that writes a tar, with times and owners as they must be, and without what
// fills it up to 10 KiB.
func gnu(options, files string) string {
	return "tar -b1 --mtime=@0 --numeric-owner --owner=0 --group=0 --mode=0644 " + options + " -cf ../out " + files
}

// pythonGzip is a script that writes a gzip file whose header is as it must be.
func pythonGzip(content string) string {
	return "cat >make.py <<'END'\nimport zlib\n" +
		"def deflated(data, level=6):\n    z = zlib.compressobj(level, wbits=-15)\n" +
		"    around = [(n & 0xffffffff).to_bytes(4, 'little') for n in (zlib.crc32(data), len(data))]\n" +
		"    return bytes.fromhex('1f8b08000000000000ff') + z.compress(data) + z.flush() + b''.join(around)\n" +
		"data = " + content + "\nopen('../out', 'wb').write(data)\nEND\npython3 make.py"
}

// pythonTar is a script that writes a tar.
func pythonTar(format string, lines ...string) string {
	return "cat >make.py <<'END'\nimport io, tarfile\ntarfile.RECORDSIZE = 512\n" +
		"t = tarfile.open('../out', 'w', format=tarfile." + format + "_FORMAT)\n" +
		"def add(name, data=b'', **fields):\n    i = tarfile.TarInfo(name); i.size = len(data)\n" +
		"    for key, value in fields.items(): setattr(i, key, value)\n" +
		"    t.addfile(i, io.BytesIO(data) if data else None)\n" +
		strings.Join(lines, "\n") + "\nt.close()\nEND\npython3 make.py"
}
