package lint

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/code"
)

// A Rule is one thing that the lint looks for.
type Rule struct {
	Code     string
	Language code.Language // None for any file; JS is TypeScript, too
	Words    []string      // the names that the rule is tried at; a rule without any looks at the file as a whole, or at tokens of one kind
	Severity check.Severity
	Message  string // %s is what was found: one of the words, or what fits it
	Hint     string
	fits     func(f *file, i int) bool // whether the word that token i is stands for what the rule means
}

// Rules returns all rules, sorted by code.
func Rules() []Rule { return slices.Clone(rules) }

const (
	noProgram = "let the host do it, or say in the readme which program runs, and why"
	noCode    = "write the code itself, so that it can be read before it runs"
	noGuess   = "name the file itself, so that it can be read before it runs"
	sayWhere  = "say in the readme which hosts are talked to, and what is sent"
)

// rules are sorted by code.
var rules = []Rule{
	{
		Code: "lint/bidi", Severity: check.Warning,
		Message: "the bidi control %s, expected none in source: it makes code look like other code",
		Hint:    "remove it, or write it as an escape in a string",
	},
	{
		Code: "lint/binary", Severity: check.Warning,
		Message: "a byte that is NUL or not UTF-8, expected source as text",
		Hint:    "save the file as UTF-8, and move data into a file of its own",
	},
	{
		Code: "lint/bytecode", Severity: check.Warning,
		Message: "the file is %s, expected source that can be read",
		Hint:    "put in the source that it was made from",
	},
	{
		Code: "lint/js-child-process", Language: code.JS, Words: []string{"from", "getBuiltinModule", "import", "require"}, Severity: check.Warning,
		Message: "loads node:child_process, which runs programs, expected none", Hint: noProgram, fits: jsChildProcess,
	},
	{
		Code: "lint/js-decoded-eval", Language: code.JS, Words: []string{"eval", "Function"}, Severity: check.Warning,
		Message: "%s runs code that is decoded first, expected code that can be read", Hint: noCode, fits: jsDecodedEval,
	},
	{
		Code: "lint/js-deno-ffi", Language: code.JS, Words: []string{"Deno"}, Severity: check.Warning,
		Message: "Deno.dlopen loads a native library, which no sandbox holds, expected none",
		Hint:    "use WebAssembly, or what Deno has itself", fits: jsField("dlopen"),
	},
	{
		Code: "lint/js-deno-run", Language: code.JS, Words: []string{"Deno"}, Severity: check.Warning,
		Message: "Deno.Command and Deno.run run a program, expected none", Hint: noProgram, fits: jsField("Command", "run"),
	},
	{
		Code: "lint/js-dynamic-import", Language: code.JS, Words: []string{"import"}, Severity: check.Warning,
		Message: "imports what is known only when it runs, expected the name of a module in quotes", Hint: noGuess, fits: jsDynamicImport,
	},
	{
		Code: "lint/js-eval", Language: code.JS, Words: []string{"eval"}, Severity: check.Warning,
		Message: "eval runs a text as code, expected code that can be read", Hint: noCode, fits: jsEval,
	},
	{
		Code: "lint/js-function", Language: code.JS, Words: []string{"Function"}, Severity: check.Warning,
		Message: "Function makes code of a text, expected code that can be read", Hint: noCode, fits: jsCall,
	},
	{
		Code: "lint/js-network", Language: code.JS, Words: []string{"fetch", "Deno", "EventSource", "WebSocket", "WebSocketStream", "XMLHttpRequest"}, Severity: check.Notice,
		Message: "opens a network connection with %s", Hint: sayWhere, fits: jsNetwork,
	},
	{
		Code: "lint/js-remote-import", Language: code.JS, Words: []string{"from", "import"}, Severity: check.Notice,
		Message: "imports code from another site, whose bytes may change", Hint: "keep a copy of it in the package, and import that", fits: jsRemoteImport,
	},
	{
		Code: "lint/js-string-timer", Language: code.JS, Words: []string{"setInterval", "setTimeout"}, Severity: check.Warning,
		Message: "%s gets a text, which it runs as code, expected a function", Hint: "give it a function: () => …", fits: jsStringTimer,
	},
	{
		Code: "lint/long-line", Severity: check.Warning,
		Message: "a line of %s bytes, expected at most 2000: minified code can't be reviewed",
		Hint:    "put in the source that it was made from, and data into a file of its own",
	},
	{
		Code: "lint/lua-bytecode", Language: code.Lua, Severity: check.Warning,
		Message: "the file is %s, expected source that can be read", Hint: "put in the source that it was made from",
	},
	{
		Code: "lint/lua-debug", Language: code.Lua, Words: []string{"debug"}, Severity: check.Warning,
		Message: "uses the library debug, which reaches past every sandbox, expected none", Hint: "remove it: it is for finding errors, and not for apps",
		fits: luaField(luaDebug...),
	},
	{
		Code: "lint/lua-io-popen", Language: code.Lua, Words: []string{"io"}, Severity: check.Warning,
		Message: "io.popen runs a program, expected none", Hint: noProgram, fits: luaField("popen"),
	},
	{
		Code: "lint/lua-load", Language: code.Lua, Words: []string{"dofile", "load", "loadfile", "loadstring"}, Severity: check.Warning,
		Message: "%s runs code that is known only when it runs, expected a text in quotes",
		Hint:    "write the code itself, or use require; if the function is your own, give it another name", fits: luaLoad,
	},
	{
		Code: "lint/lua-loadlib", Language: code.Lua, Words: []string{"package"}, Severity: check.Warning,
		Message: "package.loadlib loads a native library, which no sandbox holds, expected none", Hint: "write it in Lua", fits: luaField("loadlib"),
	},
	{
		Code: "lint/lua-os-execute", Language: code.Lua, Words: []string{"os"}, Severity: check.Warning,
		Message: "os.execute runs a program, expected none", Hint: noProgram, fits: luaField("execute"),
	},
	{
		Code: "lint/lua-setfenv", Language: code.Lua, Words: []string{"getfenv", "setfenv"}, Severity: check.Warning,
		Message: "%s reaches into the globals of other functions, expected none", Hint: "hand over what a function needs as its arguments", fits: luaCall,
	},
	{
		Code: "lint/php-assert-string", Language: code.PHP, Words: []string{"assert"}, Severity: check.Warning,
		Message: "assert gets a text, which older PHP runs as code, expected a condition", Hint: "write the condition without quotes", fits: phpAssertString,
	},
	{
		Code: "lint/php-backtick", Language: code.PHP, Severity: check.Warning,
		Message: "backticks run a program, expected none", Hint: noProgram,
	},
	{
		Code: "lint/php-create-function", Language: code.PHP, Words: []string{"create_function"}, Severity: check.Warning,
		Message: "create_function makes code of a text, expected code that can be read", Hint: "write function () { … }", fits: phpCall,
	},
	{
		Code: "lint/php-decoded-eval", Language: code.PHP, Words: []string{"assert", "eval", "include", "include_once", "require", "require_once"}, Severity: check.Warning,
		Message: "%s runs code that is decoded first, expected code that can be read", Hint: noCode, fits: phpDecodedEval,
	},
	{
		Code: "lint/php-dynamic-include", Language: code.PHP, Words: []string{"include", "include_once", "require", "require_once"}, Severity: check.Warning,
		Message: "%s runs a file that is known only when it runs, expected one below __DIR__", Hint: noGuess, fits: phpDynamicInclude,
	},
	{
		Code: "lint/php-eval", Language: code.PHP, Words: []string{"eval"}, Severity: check.Warning,
		Message: "eval runs a text as code, expected code that can be read", Hint: noCode, fits: phpCall,
	},
	{
		Code: "lint/php-exec", Language: code.PHP, Words: []string{"exec"}, Severity: check.Warning,
		Message: "exec runs a program, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-network", Language: code.PHP, Words: slices.Concat(phpConnects, phpReads), Severity: check.Notice,
		Message: "opens a network connection with %s", Hint: sayWhere, fits: phpNetwork,
	},
	{
		Code: "lint/php-passthru", Language: code.PHP, Words: []string{"passthru"}, Severity: check.Warning,
		Message: "passthru runs a program, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-pcntl-exec", Language: code.PHP, Words: []string{"pcntl_exec"}, Severity: check.Warning,
		Message: "pcntl_exec runs a program in place of PHP, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-popen", Language: code.PHP, Words: []string{"popen"}, Severity: check.Warning,
		Message: "popen runs a program, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-proc-open", Language: code.PHP, Words: []string{"proc_open"}, Severity: check.Warning,
		Message: "proc_open runs a program, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-shell-exec", Language: code.PHP, Words: []string{"shell_exec"}, Severity: check.Warning,
		Message: "shell_exec runs a program, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-system", Language: code.PHP, Words: []string{"system"}, Severity: check.Warning,
		Message: "system runs a program, expected none", Hint: noProgram, fits: phpCall,
	},
	{
		Code: "lint/php-unserialize", Language: code.PHP, Words: []string{"unserialize"}, Severity: check.Warning,
		Message: "unserialize makes objects of any class, whose methods then run, expected allowed_classes",
		Hint:    "use json_decode, or add ['allowed_classes' => false]", fits: phpUnserialize,
	},
	{
		Code: "lint/unread", Severity: check.Warning,
		Message: "the file %s, and the lint doesn't read on", Hint: "split it: nobody reads such a file",
	},
}

// Rules that look at more than names.
var (
	ruleBidi        = ruleOf("lint/bidi")
	ruleBinary      = ruleOf("lint/binary")
	ruleBytecode    = ruleOf("lint/bytecode")
	ruleLongLine    = ruleOf("lint/long-line")
	ruleLuaBytecode = ruleOf("lint/lua-bytecode")
	rulePHPBacktick = ruleOf("lint/php-backtick")
	ruleUnread      = ruleOf("lint/unread")
)

// ruleOf returns the index of the rule with a code.
func ruleOf(code string) int {
	i, found := slices.BinarySearchFunc(rules, code, func(r Rule, code string) int { return strings.Compare(r.Code, code) })
	if !found {
		panic("lint: no rule " + code)
	}
	return i
}
