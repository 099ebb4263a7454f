package manifest

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wording"
)

// What a device takes.
const (
	mosisFiles       = 1_000
	mosisFileSize    = 10 << 20 // bytes
	mosisPackageSize = 50 << 20 // bytes
)

// limits reports whether the package is one that a device takes, as far as numbers go. What is packed counts, META-INF/MANIFEST.MF included.
func (m *mosis) limits() bool {
	const headers, end = 30 + 46, 22 // bytes of a zip, for each file and at its end (APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16)
	files := len(m.pkg.Files) + 1
	size := end + headers + 2*len(mosisDigestsFile)
	for _, f := range m.pkg.Files {
		size += headers + 2*len(f.Path) + len(f.Data)
		if !stamp.InMeta(f.Path) {
			size += mosisDigestLine + len(f.Path)
		}
	}
	if files > mosisFiles {
		m.file(check.Error, "mosis/package-size", m.name, "leave out what isn't needed on a device", "the package has %d files with its %s, expected at most %d", files, mosisDigestsFile, mosisFiles)
	}
	if size > mosisPackageSize {
		m.file(check.Error, "mosis/package-size", m.name, "leave out what isn't needed on a device", "the package has %d bytes, expected at most %d", size, mosisPackageSize)
	}
	return files <= mosisFiles && size <= mosisPackageSize
}

// files checks every file by its size, its name and its content.
func (m *mosis) files() {
	for _, f := range m.pkg.Files {
		if n := len(f.Data); n > mosisFileSize {
			m.file(check.Error, "mosis/file-size", f.Path, "make the file smaller", "the file has %d bytes, expected at most %d", n, mosisFileSize)
		}
		if stamp.InMeta(f.Path) {
			continue
		}
		typ, ok := mosisTypeOf(f.Path)
		switch found := mosisForbidden(f.Path, f.Data); {
		case !ok:
			hint := "remove the file, or put what it says into README.md"
			if _, lower := mosisTypeOf(strings.ToLower(f.Path)); lower {
				hint = "write the extension in lower case"
			}
			m.file(check.Error, "mosis/file-type", f.Path, hint, "the file is named %s, expected a name that ends in %s, or a licence or readme",
				wording.Quote(path.Base(f.Path)), wording.List(mosisExtensions))
		case found != "":
			m.file(check.Error, "mosis/file-content", f.Path, "remove the file: what it holds can't be reviewed", "the content is %s, expected neither archives nor executables in a package", found)
		case typ.is != nil && !typ.is(f.Data) && f.Path != mosisManifest: // whose parser says more
			m.file(check.Error, "mosis/file-content", f.Path, "save it as "+typ.title+", or name it for what it is", "the content isn't %s, expected what the name says", typ.title)
		}
	}
}

// A mosisType is a type of file that a device knows.
type mosisType struct {
	title      string
	extensions []string
	is         func(data []byte) bool // looks at how the content begins; nil for Lua, which the lint reads
}

var mosisTypes = []mosisType{
	{"UTF-8 text", []string{".rml", ".rcss", ".json"}, mosisText},
	{"Lua", []string{".lua"}, nil},
	{"a PNG", []string{".png"}, mosisBegins("\x89PNG\r\n\x1a\n")},
	{"a JPEG", []string{".jpg", ".jpeg"}, mosisBegins("\xff\xd8\xff")},
	{"a TGA picture", []string{".tga"}, mosisTGA},
	{"a WebP", []string{".webp"}, mosisRIFF("WEBP")},
	{"a TrueType or OpenType font", []string{".ttf", ".otf"}, mosisBegins("\x00\x01\x00\x00", "OTTO", "true")},
	{"Ogg sound", []string{".ogg"}, mosisBegins("OggS")},
	{"WAVE sound", []string{".wav"}, mosisRIFF("WAVE")},
	{"MP3 sound", []string{".mp3"}, mosisMP3},
}

// mosisExtensions are all of them.
var mosisExtensions = func() (all []string) {
	for _, t := range mosisTypes {
		all = append(all, t.extensions...)
	}
	return all
}()

// mosisTypeOf returns the type that a file's name says. A licence and a readme are text, whatever their names end in.
func mosisTypeOf(name string) (mosisType, bool) {
	name = path.Base(name)
	for _, t := range mosisTypes {
		if slices.Contains(t.extensions, path.Ext(name)) {
			return t, true
		}
	}
	lower := strings.ToLower(name)
	begins := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(lower, name) })
	}
	if begins("license", "licence", "copying") || begins("readme", "changelog") && strings.HasSuffix(lower, ".md") {
		return mosisType{title: "UTF-8 text", is: mosisText}, true
	}
	return mosisType{}, false
}

func mosisText(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }

// mosisBegins returns whether content begins in one of these ways.
func mosisBegins(ways ...string) func([]byte) bool {
	return func(data []byte) bool {
		return slices.ContainsFunc(ways, func(way string) bool { return bytes.HasPrefix(data, []byte(way)) })
	}
}

func mosisRIFF(form string) func([]byte) bool {
	return func(data []byte) bool {
		return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == form
	}
}

// mosisMP3 looks for a tag (ID3v2), or the header of a frame of layer III (ISO/IEC 11172-3, 2.4.1.3).
func mosisMP3(data []byte) bool {
	return bytes.HasPrefix(data, []byte("ID3")) || len(data) >= 4 && data[0] == 0xff && data[1]&0xe0 == 0xe0 && data[1]&0x06 == 0x02
}

// mosisTGA looks at the header (Truevision TGA 2.0, fields 2, 3 and 5.5): a TGA has no mark of its own at its start.
func mosisTGA(data []byte) bool {
	return len(data) >= 18 && data[1] <= 1 && slices.Contains([]byte{1, 2, 3, 9, 10, 11}, data[2]) && slices.Contains([]byte{8, 15, 16, 24, 32}, data[16])
}

// mosisForbidden returns what a file is that no package may hold, by its content, or "".
func mosisForbidden(name string, data []byte) string {
	for _, f := range mosisForbiddenBegins {
		if bytes.HasPrefix(data, []byte(f.begin)) {
			return f.title
		}
	}
	lua := path.Ext(name) == ".lua"
	at := func(i int, text string) bool { return len(data) >= i && bytes.HasPrefix(data[i:], []byte(text)) }
	switch {
	case at(257, "ustar\x00"), at(257, "ustar  \x00"):
		return "a tar archive"
	case at(0, "BZh") && (at(4, "1AY&SY") || at(4, "\x17rE8P\x90")): // a block, or the end at once
		return "a bzip2 archive"
	case at(0, "MZ") && bytes.IndexByte(data[:min(len(data), 64)], 0) >= 0:
		return "an executable (PE)"
	case !lua && (at(0, "\x1bLua") || at(0, "\x1bLJ")): // in a .lua the lint tells of it
		return "Lua bytecode"
	case !lua && at(0, "#!"): // Lua skips such a line
		return "a script"
	case mosisEndsAsZip(data):
		return "something with a zip archive at its end"
	}
	return ""
}

var mosisForbiddenBegins = []struct{ begin, title string }{
	{"PK\x03\x04", "a zip archive"}, {"PK\x05\x06", "a zip archive"}, {"PK\x07\x08", "a zip archive"},
	{"\x1f\x8b", "a gzip archive"},
	{"\xfd7zXZ\x00", "an xz archive"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{"Rar!\x1a\x07", "a rar archive"},
	{"\x28\xb5\x2f\xfd", "a zstd archive"},
	{"!<arch>\n", "an ar archive"},
	{"\x7fELF", "an executable (ELF)"},
	{"\xfe\xed\xfa\xce", "an executable (Mach-O)"}, {"\xfe\xed\xfa\xcf", "an executable (Mach-O)"},
	{"\xce\xfa\xed\xfe", "an executable (Mach-O)"}, {"\xcf\xfa\xed\xfe", "an executable (Mach-O)"},
	{"\xca\xfe\xba\xbe", "an executable (Mach-O or Java)"},
	{"\x00asm", "an executable (WebAssembly)"},
}

// mosisEndsAsZip reports whether a file is one that programs unpack as a zip, since they look for the directory at its end (APPNOTE.TXT 6.3.10, 4.3.16).
func mosisEndsAsZip(data []byte) bool {
	const end = 22 // bytes, and a comment of up to 65,535
	tail := data[max(0, len(data)-end-0xffff):]
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < end {
		return false
	}
	record := tail[i:]
	size, comment := binary.LittleEndian.Uint32(record[12:]), binary.LittleEndian.Uint16(record[20:])
	return int(comment) == len(record)-end && int64(size) <= int64(len(data)-len(record))
}
