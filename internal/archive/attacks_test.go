package archive

import (
	"path/filepath"
	"strings"
	"testing"
)

// attacks says for each kind of malicious archive which cases there are of it: names, or what they
// start with, of the corpus ("zip/…", "targz/…"), of hostile, hostileTarGz and boundsCases.
// A tar has no central directory, and its entries can't overlap: what comes next to it stands there.
var attacks = []struct {
	name       string
	zip, targz []string
}{
	{"zip slip", []string{"zip/climb-", "zip/python-climbing.zip", "zip slip", "zip slip by backslash"},
		[]string{"targz/climb-", "targz/gnu-climbing.tar.gz", "targz/python-climbing.tar.gz", "climbing", "climbing by the prefix"}},
	{"absolute paths", []string{"zip/absolute-", "zip/python-absolute.zip", "absolute", "drive"}, []string{"targz/absolute-", "targz/python-absolute.tar.gz", "absolute"}},
	{"symbolic links", []string{"zip/symlink-", "zip/info-zip-symlink.zip", "zip/python-symlink.zip", "symlink"},
		[]string{"targz/symlink-", "targz/gnu-symlink.tar.gz", "targz/python-symlink.tar.gz", "targz/python-pax-link.tar.gz", "symbolic link"}},
	{"hard links", []string{"zip/hardlink-by-extra-field.zip"}, []string{"targz/hardlink-", "targz/gnu-hardlink.tar.gz", "targz/python-hardlink.tar.gz", "hard link"}},
	{"device nodes, pipes and sockets", []string{"zip/character-device", "zip/block-device.zip", "zip/pipe.zip", "zip/socket.zip", "zip/info-zip-pipe.zip", "zip/python-device.zip"},
		[]string{"targz/character-device.tar.gz", "targz/block-device.tar.gz", "targz/gnu-device.tar.gz", "targz/gnu-pipe.tar.gz", "targz/python-character-device.tar.gz", "targz/python-block-device.tar.gz", "character device", "block device", "pipe"}},
	{"directories", []string{"zip/info-zip-directory.zip", "zip/python-directory.zip", "zip/directory-attribute.zip", "directory entry"}, []string{"targz/gnu-directory.tar.gz", "directory"}},
	{"duplicate names", []string{"zip/duplicate", "zip/python-duplicate.zip", "duplicate"}, []string{"targz/duplicate", "targz/gnu-duplicate.tar.gz", "duplicate"}},
	{"names that differ in case", []string{"zip/case-", "zip/python-case.zip", "case collision", "case collision of directories"}, []string{"targz/case-", "targz/gnu-case.tar.gz", "case collision", "case collision of directories"}},
	{"names that differ in normal form", []string{"zip/normal-form", "normal form collision"}, []string{"targz/normal-form"}},
	{"a file that is a directory", []string{"zip/file-that-is-a-directory", "zip/link-and-a-file-through-it.zip", "file and directory"}, []string{"targz/file-that-is-a-directory", "targz/link-and-a-file-through-it.tar.gz", "file and directory"}},
	{"names that Windows reads otherwise", []string{"zip/stream", "zip/dot-at-the-end", "zip/space-at-the-end.zip", "zip/device"}, []string{"targz/stream", "targz/dot-at-the-end", "targz/space-at-the-end.tar.gz", "targz/device"}},
	{"overlapping entries", []string{"zip/overlap-", "a kernel under 200 entries.zip", "same content twice", "quoted entry"}, []string{"targz/size-over-a-", "size too large by a block"}},
	{"headers that disagree", []string{"zip/disagree-", "local name", "local size", "local compressed size", "local CRC", "local deflate", "gap", "hidden entry"},
		[]string{"targz/disagree-", "checksum", "gzip size", "gzip CRC", "targz/python-pax.tar.gz"}},
	{"other names in extensions", []string{"zip/unicode-path"}, []string{"targz/gnu-pax", "targz/gnu-long-name.tar.gz", "targz/python-gnu-long-", "targz/disagree-on-the-name-by-"}},
	{"large sizes in extensions", []string{"zip/zip64-extra-field.zip", "zip/info-zip-zip64.zip", "zip/python-zip64.zip", "zip64 sizes"}, []string{"targz/python-size-of-gnu.tar.gz", "targz/gnu-sparse", "size beyond 8 GiB"}},
	{"encryption", []string{"zip/info-zip-encrypted.zip", "zip/strong-encryption.zip", "zip/masked-headers.zip", "encrypted"}, nil},
	{"data descriptors", []string{"zip/info-zip-data-descriptor.zip", "zip/data-descriptor.zip", "data descriptor", "local data descriptor"}, nil},
	{"compression", []string{"zip/info-zip.zip", "zip/python-deflate.zip", "zip/python-bzip2.zip", "zip/python-lzma.zip", "deflate"}, []string{"targz/deflated.tar.gz", "targz/gnu-gzip", "fixed codes", "dynamic codes"}},
	{"something before or behind", []string{"zip/leading-program.zip", "zip/trailing-line.zip", "zip/info-zip-self-extracting.zip", "zip/info-zip-comment.zip", "two archives"},
		[]string{"targz/leading-", "targz/trailing-line.tar.gz", "targz/gnu-two-in-a-row.tar.gz", "second gzip member"}},
	{"quines", []string{"zip/quine.zip"}, []string{"targz/quine.tar.gz"}},
	{"bombs", []string{"zip/python-bomb", "claimed 4 GiB", "a large file.zip", "large altogether.zip", "directories.zip"},
		[]string{"targz/bomb", "claimed 1 GiB", "a large file.tar.gz", "large altogether.tar.gz", "directories.tar.gz"}},
	{"deep paths", []string{"zip/deep"}, []string{"targz/deep.tar.gz"}},
	{"100,000 entries", []string{"100,000 entries.zip", "100,000 entries by zip64.zip"}, []string{"100,000 entries.tar.gz"}},
}

// There are cases of every attack, in both formats.
func TestAttacksHaveCases(t *testing.T) {
	var zips, tars []string
	add := func(name string, zip bool) {
		if zip {
			zips = append(zips, name)
		} else {
			tars = append(tars, name)
		}
	}
	for _, c := range corpus() {
		add(c.name, strings.HasPrefix(c.name, "zip/"))
	}
	for _, c := range hostile {
		add(c.name, true)
	}
	for _, c := range hostileTarGz {
		add(c.name, false)
	}
	for _, c := range boundsCases {
		add(c.name, strings.HasSuffix(c.name, ".zip"))
	}
	for _, a := range attacks {
		for _, list := range []struct{ want, have []string }{{a.zip, zips}, {a.targz, tars}} {
			for _, want := range list.want {
				found := false
				for _, have := range list.have {
					found = found || have == want || strings.Contains(want, "/") && strings.HasPrefix(have, want)
				}
				if !found {
					t.Errorf("%s: there is no case %q", a.name, want)
				}
			}
		}
	}
}

// Neither does an absolute path get anywhere that leads to what is there.
func TestAbsolutePaths(t *testing.T) {
	w := newWorld(t, inMemory(t))
	for _, to := range []string{"/canary", "/box/near/evil"} {
		path := filepath.ToSlash(w.top) + to
		want := CheckPath(path).Error()
		w.refuses(t, unpacker(".zip", zipOf(path), DefaultLimits()), want)
		w.refuses(t, unpacker(".tar.gz", tarNames(path), DefaultLimits()), want)
	}
}
