package lint

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

const luaBytecode = "Lua bytecode"

// machineCode says what a file is that holds no text but code for a machine, real or virtual, or "". An archive counts only where
// source is expected. The magic numbers are those of each format's own description.
func machineCode(data []byte, isSource bool) string {
	if len(data) < 4 {
		return ""
	}
	switch string(data[:4]) {
	case "\x7fELF":
		return "an ELF program or library"
	case "\x00asm":
		return "WebAssembly"
	case "\x1bLua":
		return luaBytecode
	case "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe":
		return "a Mach-O program or library"
	case "\xca\xfe\xba\xbe": // a Mach-O has fewer architectures than a Java class has a version
		if len(data) >= 8 && binary.BigEndian.Uint32(data[4:]) < 40 {
			return "a Mach-O program or library"
		}
		return "a Java class"
	case "PK\x03\x04", "PK\x05\x06":
		if isSource {
			return "a zip archive"
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\x1bLJ")):
		return luaBytecode
	case bytes.HasPrefix(data, []byte("OPCACHE")):
		return "PHP bytecode"
	case bytes.HasPrefix(data, []byte("MZ")) && len(data) >= 0x40:
		header := int64(binary.LittleEndian.Uint32(data[0x3c:]))
		if header+4 <= int64(len(data)) && string(data[header:header+4]) == "PE\x00\x00" {
			return "a Windows program or library"
		}
	case bytes.HasSuffix(data, []byte("GBMB")) && bytes.Contains(data, []byte("__HALT_COMPILER();")):
		return "a PHAR archive"
	}
	return ""
}

// characters reports what no text of source holds: bytes that are no text, and the bidi controls with which code looks like other code
// (CVE-2021-42574).
func (f *file) characters() {
	if !utf8.Valid(f.data) || bytes.IndexByte(f.data, 0) >= 0 {
		f.report(ruleBinary, firstBinary(f.data), "")
	}
	for i := indexByte(f.data, 0, 0xe2); i+2 < len(f.data); i = indexByte(f.data, i+1, 0xe2) {
		if name := bidiControl(f.data[i+1], f.data[i+2]); name != "" {
			f.report(ruleBidi, i, name)
		}
	}
}

// firstBinary returns the offset of the first byte that is 0 or not UTF-8.
func firstBinary(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// bidiControl returns the name of the control whose UTF-8 is E2 and the two bytes, or "".
func bidiControl(second, third byte) string {
	switch {
	case second == 0x80 && 0xaa <= third && third <= 0xae:
		return [...]string{"U+202A", "U+202B", "U+202C", "U+202D", "U+202E"}[third-0xaa]
	case second == 0x81 && 0xa6 <= third && third <= 0xa9:
		return [...]string{"U+2066", "U+2067", "U+2068", "U+2069"}[third-0xa6]
	}
	return ""
}

// indexByte returns the offset of the first c at or after i, or len(data).
func indexByte(data []byte, i int, c byte) int {
	if k := bytes.IndexByte(data[i:], c); k >= 0 {
		return i + k
	}
	return len(data)
}

// lastIndexByte returns the offset of the last c from start up to end, or -1.
func lastIndexByte(data []byte, start, end int, c byte) int {
	if k := bytes.LastIndexByte(data[start:end], c); k >= 0 {
		return start + k
	}
	return -1
}
