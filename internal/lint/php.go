package lint

import (
	"strings"

	"github.com/regen-registry/regen/internal/code"
)

var (
	// phpConnects talk to other hosts whatever their arguments are.
	phpConnects = []string{
		"curl_exec", "curl_init", "curl_multi_exec", "fsockopen", "ftp_connect", "ftp_ssl_connect", "pfsockopen", "socket_connect", "ssh2_connect", "stream_socket_client",
	}
	// phpReads talk to another host where their first argument begins with an address.
	phpReads = []string{"copy", "file", "file_get_contents", "file_put_contents", "fopen", "get_headers", "readfile", "simplexml_load_file"}
	// phpDecoders make readable code of what isn't.
	phpDecoders = indexOf(true,
		"base64_decode", "convert_uudecode", "gzdecode", "gzinflate", "gzuncompress", "hex2bin", "rawurldecode", "str_rot13", "strrev", "urldecode")
)

// isPHP reports whether token i is a name, in any letter case.
func (f *file) isPHP(i int, names ...string) bool {
	if f.at(i).Kind != code.Ident {
		return false
	}
	text := f.text(i)
	for _, name := range names {
		if strings.EqualFold(text, name) {
			return true
		}
	}
	return false
}

// phpGlobal reports whether the name at i isn't that of a method, a property, a class or a definition.
func phpGlobal(f *file, i int) bool {
	before := i - 1
	if f.is(before, "&") && f.isPHP(before-1, "function") {
		return false
	}
	return !f.is(before, "->", "?->", "::", "#[") && !f.isPHP(before, "function", "new")
}

func phpCall(f *file, i int) bool { return f.is(i+1, "(") && phpGlobal(f, i) }

func phpAssertString(f *file, i int) bool {
	argument := f.at(i + 2).Kind
	return phpCall(f, i) && (argument == code.String || argument == code.StringPart)
}

func phpDecodedEval(f *file, i int) bool {
	if f.word == "assert" || f.word == "eval" {
		return phpCall(f, i) && f.callsWithin(i+1, phpDecoders)
	}
	return phpInclude(f, i) && f.calls(i, f.phpEnd(i+1), phpDecoders)
}

// phpInclude reports whether include or require at i is followed by a file.
func phpInclude(f *file, i int) bool {
	return phpGlobal(f, i) && !f.is(i+1, "=", "=>", ":", "::", ",", ")", ";", "}", "?>")
}

// phpEnd returns the token that ends the expression which begins at i, or the last one that is looked at.
func (f *file) phpEnd(i int) int {
	depth, questions := 0, 0
	for end := min(i+ahead-behind, f.n); i < end; i++ {
		t := f.window[i]
		if t.Kind == code.Ident && depth == 0 && f.isPHP(i, "or", "and", "xor", "as") {
			return i
		}
		if t.Kind != code.Punct {
			continue
		}
		switch c := f.data[t.Start]; {
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			if depth--; depth < 0 {
				return i
			}
		case c == '?' && t.End-t.Start == 1:
			questions++
		case c == ':' && t.End-t.Start == 1 && depth == 0:
			if questions--; questions < 0 {
				return i
			}
		case c == ',' && depth == 0, c == ';', f.is(i, "?>"):
			return i
		}
	}
	return i
}

func phpDynamicInclude(f *file, i int) bool {
	if !phpInclude(f, i) {
		return false
	}
	first := i + 1
	for f.is(first, "(") {
		first++
	}
	if f.isPHP(first, "__DIR__") {
		return false
	}
	if f.isPHP(first, "dirname", `\dirname`) && f.is(first+1, "(") && f.isPHP(first+2, "__FILE__", "__DIR__") {
		return false
	}
	if f.address(first, "http:", "https:", "ftp:", "ftps:", "data:", "php:", "phar:", "expect:") {
		return true
	}
	for end := f.phpEnd(first); first < end; first++ {
		if kind := f.at(first).Kind; kind == code.Variable || kind == code.StringPart {
			return true
		}
	}
	return false
}

// address reports whether token i is a string that begins with one of the schemes.
func (f *file) address(i int, schemes ...string) bool {
	t := f.at(i)
	if t.Kind != code.String && t.Kind != code.StringPart {
		return false
	}
	text := f.text(i)[1:]
	for _, scheme := range schemes {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

func phpNetwork(f *file, i int) bool {
	if !phpCall(f, i) {
		return false
	}
	for _, name := range phpReads {
		if f.word == name {
			return f.address(i+2, "http://", "https://", "ftp://", "ftps://")
		}
	}
	return true
}

func phpUnserialize(f *file, i int) bool {
	if !phpCall(f, i) {
		return false
	}
	end := f.closing(i + 1)
	if inner := f.closing(i + 3); f.isPHP(i+2, "serialize") && inner >= 0 && inner+1 == end {
		return false // a deep copy
	}
	for k := i + 2; k < end; k++ {
		if option, ok := f.literal(k); ok && option == "allowed_classes" && f.is(k+1, "=>") {
			return f.isPHP(k+2, "true")
		}
	}
	return true
}
