package lint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/code"
)

// jsDecoders make readable code of what isn't.
var jsDecoders = indexOf(false, "atob", "decodeURIComponent", "fromCharCode", "fromCodePoint", "unescape")

// jsGlobal reports whether the name at i isn't that of a property, a method or a definition.
func jsGlobal(f *file, i int) bool {
	if f.is(i-1, ".", "?.") {
		return f.is(i-2, "globalThis", "window", "self", "global") && !f.is(i-3, ".", "?.")
	}
	return !f.is(i-1, "function", "class", "interface") && !(f.is(i-1, "*") && f.is(i-2, "function"))
}

// jsCall reports whether the function that token i names is called, and isn't a method that is defined there.
func jsCall(f *file, i int) bool {
	open := i + 1
	if f.is(open, "?.") {
		open++
	}
	return f.is(open, "(") && jsGlobal(f, i) && !jsMethod(f, i, open)
}

// jsMethod reports whether a class, an object or a type defines a method by the name at i: the parameters are followed by a body on the same
// line, which no call is, or stand where members do and are followed by a type.
func jsMethod(f *file, i, open int) bool {
	end := f.closing(open)
	switch {
	case end < 0:
	case f.is(end+1, "{"):
		return !f.is(i-1, "extends") && !f.newline(end, end+1)
	case f.is(end+1, ":"):
		return f.is(i-1, "{", "}", ";", ",", "*", "async", "get", "static", "public", "private", "protected", "override", "abstract", "readonly") ||
			f.at(i-1).Kind != code.Punct && f.newline(i-1, i) && !f.is(i-1, "case")
	}
	return false
}

// newline reports whether a line ends between two tokens.
func (f *file) newline(i, k int) bool {
	return bytes.IndexByte(f.data[f.at(i).End:f.at(k).Start], '\n') >= 0
}

func jsEval(f *file, i int) bool {
	// (0, eval)(text) runs it with the globals alone.
	return jsCall(f, i) || f.is(i-1, ",") && f.is(i+1, ")") && f.is(i+2, "(")
}

func jsDecodedEval(f *file, i int) bool {
	return jsCall(f, i) && f.callsWithin(i+1, jsDecoders)
}

// specifier returns the module that the word at i loads, if that is a literal.
func (f *file) specifier(i int) string {
	k := i + 1
	switch {
	case f.word == "from":
	case f.word == "import" && f.at(k).Kind == code.String:
	case f.is(k, "("):
		k++
	default:
		return ""
	}
	if _, ok := f.literal(k); !ok || f.word != "require" && f.word != "getBuiltinModule" && f.is(i-1, ".", "?.") {
		return ""
	}
	return code.JSString([]byte(f.text(k)))
}

func jsChildProcess(f *file, i int) bool {
	module := f.specifier(i)
	return module == "child_process" || module == "node:child_process"
}

func jsRemoteImport(f *file, i int) bool {
	module := strings.ToLower(f.specifier(i))
	return strings.HasPrefix(module, "http://") || strings.HasPrefix(module, "https://")
}

func jsDynamicImport(f *file, i int) bool {
	_, ok := f.literal(i + 2)
	return jsCall(f, i) && !(ok && f.is(i+3, ")", ","))
}

// jsField returns whether one of the members of an object is used: as in Deno.run, Deno["run"], or const { run } = Deno.
func jsField(members ...string) func(f *file, i int) bool {
	return func(f *file, i int) bool {
		if !jsGlobal(f, i) {
			return false
		}
		switch {
		case f.is(i+1, ".", "?."):
			return f.is(i+2, members...)
		case f.is(i+1, "["):
			name, ok := f.literal(i + 2)
			return ok && slices.Contains(members, name)
		case f.is(i-1, "=") && f.is(i-2, "}"):
			for k := i - 3; k >= i-behind && !f.is(k, "{", "}", ";"); k-- {
				if f.is(k, members...) {
					return true
				}
			}
		}
		return false
	}
}

var jsConnects = jsField("connect", "connectQuic", "connectTls", "createHttpClient")

func jsNetwork(f *file, i int) bool {
	switch f.word {
	case "fetch":
		return jsCall(f, i)
	case "Deno":
		return jsConnects(f, i)
	}
	if f.is(i-1, ".") {
		return jsGlobal(f, i) && f.is(i-3, "new")
	}
	return f.is(i-1, "new")
}

func jsStringTimer(f *file, i int) bool {
	argument := f.at(i + 2).Kind
	return jsCall(f, i) && (argument == code.String || argument == code.StringPart)
}
