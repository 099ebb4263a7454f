package lint

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/code"
)

// luaDebug are the functions of the library debug, in any version of Lua.
var luaDebug = []string{
	"debug", "getfenv", "gethook", "getinfo", "getlocal", "getmetatable", "getregistry", "getupvalue", "getuservalue", "setcstacklimit", "setfenv",
	"sethook", "setlocal", "setmetatable", "setupvalue", "setuservalue", "traceback", "upvalueid", "upvaluejoin",
}

// luaGlobal reports whether the name at i isn't that of a field, a method or a definition.
func luaGlobal(f *file, i int) bool {
	if f.is(i-1, ".") {
		return f.is(i-2, "_G", "_ENV")
	}
	return !f.is(i-1, ":", "function", "goto") // a label, ::os::, is never followed by what the rules look for
}

// luaField returns whether one of the fields of a library is used, be it written with a dot or with brackets.
func luaField(fields ...string) func(f *file, i int) bool {
	return func(f *file, i int) bool {
		if !luaGlobal(f, i) {
			return false
		}
		if f.is(i+1, ".") {
			return slices.Contains(fields, f.text(i+2))
		}
		field, ok := f.literal(i + 2)
		return f.is(i+1, "[") && ok && slices.Contains(fields, field)
	}
}

func luaCall(f *file, i int) bool { return luaGlobal(f, i) && f.is(i+1, "(") }

// luaLoad reports whether what is loaded isn't one literal, or one of bytecode.
func luaLoad(f *file, i int) bool {
	argument := i + 1
	if f.is(argument, "(") {
		argument++
	} else if f.at(argument).Kind != code.String {
		return false
	}
	if !luaGlobal(f, i) {
		return false
	}
	text, ok := f.literal(argument)
	if !ok || argument == i+2 && !f.is(argument+1, ",", ")") {
		return true
	}
	return slices.ContainsFunc([]string{"\x1b", `\27`, `\027`, `\x1b`, `\x1B`}, func(escape string) bool { return strings.HasPrefix(text, escape) })
}
