package highlight

import (
	"strings"
	"sync"
)

// words returns a set of the words in a list.
func words(list string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// Strings and comments that languages share.
var (
	single  = quote{pair{`'`, `'`}, true, false}
	double  = quote{pair{`"`, `"`}, true, false}
	verbal  = quote{pair{`'`, `'`}, false, true}
	across  = quote{pair{`"`, `"`}, true, true}
	ticks   = quote{pair{"`", "`"}, true, true}
	raw     = quote{pair{"`", "`"}, false, true}
	slashes = []string{"//"}
	hashes  = []string{"#"}
	stars   = []pair{{"/*", "*/"}}
	truths  = words("true false null nil none undefined True False None NULL")
)

// cLike returns a language with the comments, strings and calls of C.
func cLike(keywords string) *syntax {
	return &syntax{lines: slashes, blocks: stars, quotes: []quote{double, single}, keywords: words(keywords), constants: truths, calls: true, capitals: true, marks: true}
}

// languages returns all but those that have a way of their own, by the names that fences give them. They are made when they are needed first:
// few commands show code.
var languages = sync.OnceValue(func() map[string]*syntax {
	languages := make(map[string]*syntax)
	add := func(names string, l *syntax) {
		for _, name := range strings.Fields(names) {
			languages[name] = l
		}
	}

	add("sh bash shell zsh ksh ash dash", &syntax{
		lines: hashes, quotes: []quote{across, verbal}, inner: "-./+:@~%*?,[]!", variables: true, commands: true, heredocs: true,
		keywords: words("if then elif else fi for while until do done case esac in function select time return exit break continue local export readonly set unset shift trap source alias sudo exec ! [ [["),
		leads:    words("if then elif else while until do time sudo exec !"),
	})
	add("dockerfile docker containerfile", &syntax{
		lines: hashes, quotes: []quote{double, single}, inner: "-./+:@~%*?,", variables: true, commands: true, anyCase: true, heredocs: true,
		keywords: words("from as run cmd label maintainer expose env add copy entrypoint volume user workdir arg onbuild stopsignal healthcheck shell"),
		leads:    words("run cmd entrypoint onbuild"),
	})
	add("makefile make mk", &syntax{lines: hashes, quotes: []quote{double, single}, inner: "-./%", keys: ':', place: lineStart, keywords: words("ifeq ifneq ifdef ifndef else endif include define endef export")})

	php := cLike(`abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enddeclare endfor endforeach endif endswitch endwhile enum exit extends
		final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match namespace new or print private protected public readonly require
		require_once return static switch throw trait try unset use var while xor yield bool float int iterable mixed never object self string void`)
	php.lines, php.quotes, php.variables, php.marks, php.heredocs = []string{"//", "#"}, []quote{across, {pair{`'`, `'`}, true, true}}, true, false, true
	add("php-code", php)

	golang := cLike(`break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var any bool byte comparable complex128 complex64
		error float32 float64 int int16 int32 int64 int8 rune string uint uint16 uint32 uint64 uint8 uintptr`)
	golang.quotes, golang.capitals, golang.marks = []quote{double, single, raw}, false, false
	add("go golang", golang)

	js := cLike(`abstract any as asserts async await bigint boolean break case catch class const constructor continue debugger declare default delete do else enum export extends finally for from function get if implements
		import in infer instanceof interface is keyof let namespace never new number object of override package private protected public readonly return satisfies set static string super switch symbol this throw try
		type typeof unknown var void while with yield`)
	js.quotes, js.inner = []quote{double, single, ticks}, "$"
	add("js javascript jsx mjs cjs ts typescript tsx mts node", js)

	add("json jsonc json5 webmanifest", &syntax{lines: slashes, blocks: stars, quotes: []quote{double, single}, constants: truths, keys: ':', place: quoted})
	add("yaml yml", &syntax{lines: hashes, quotes: []quote{across, verbal}, inner: "-./", constants: words("true false null yes no on off True False Null"), keys: ':', place: lineStart})
	add("toml", &syntax{
		lines: hashes, quotes: []quote{{pair{`"""`, `"""`}, true, true}, {pair{`'''`, `'''`}, false, true}, double, {pair{`'`, `'`}, false, false}},
		constants: truths, keys: '=', place: lineStart,
	})
	add("ini cfg conf env dotenv properties desktop systemd", &syntax{lines: []string{"#", ";"}, quotes: []quote{double}, constants: truths, keys: '=', place: lineStart})

	add("css scss less", &syntax{blocks: stars, lines: nil, quotes: []quote{double, single}, inner: "-", calls: true, marks: true, hex: true, keys: ':', place: inBraces})

	lua := cLike("and break do else elseif end for function goto if in local not or repeat return then until while self")
	lua.lines, lua.blocks, lua.capitals, lua.marks = []string{"--"}, []pair{{"--[[", "]]"}, {"--[=[", "]=]"}}, false, false
	lua.quotes = []quote{double, single, {pair{"[[", "]]"}, false, true}, {pair{"[=[", "]=]"}, false, true}}
	add("lua", lua)

	python := cLike(`and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield self`)
	python.lines, python.blocks, python.prefixes = hashes, nil, strings.Fields("r b f u rb br fr rf R B F U")
	python.quotes = []quote{{pair{`"""`, `"""`}, true, true}, {pair{`'''`, `'''`}, true, true}, double, single}
	add("python py python3", python)

	ruby := cLike(`alias and begin break case class def do else elsif end ensure for if in module next not or redo require rescue retry return self super then undef unless until when while yield`)
	ruby.lines, ruby.blocks, ruby.marks, ruby.heredocs = hashes, nil, false, true
	add("ruby rb", ruby)

	rust := cLike(`as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait type unsafe use where while bool char
		f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize`)
	rust.quotes, rust.prefixes, rust.chars, rust.marks = []quote{{pair{`r#"`, `"#`}, false, true}, across}, []string{"r", "b", "br", "c"}, true, false
	add("rust rs", rust)

	sql := &syntax{
		lines: []string{"--"}, blocks: stars, quotes: []quote{{pair{`'`, `'`}, false, true}, double}, constants: truths, calls: true, anyCase: true,
		keywords: words(`add all alter and as asc begin between by case check column commit constraint create cross database default delete desc distinct drop else end except exists explain foreign from full grant group having if
			in index inner insert intersect into is join key left like limit not offset on or order outer pragma primary references replace returning right rollback select set table then transaction trigger union unique
			update using values view when where with bigint blob boolean char date datetime decimal int integer numeric real text timestamp varchar`),
	}
	add("sql mysql postgresql postgres sqlite plsql", sql)

	c := `alignas alignof auto bool break case char const constexpr continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef
		union unsigned void volatile while`
	add("c h", cLike(c))
	add("cpp c++ cxx hpp cc", cLike(c+` and catch class concept co_await co_return co_yield decltype delete dynamic_cast explicit export final friend mutable namespace new noexcept not operator or override private protected public
		reinterpret_cast requires static_cast template this throw try typename using virtual`))
	add("java kotlin kt scala groovy", cLike(`abstract assert boolean break byte case catch char class companion const continue data def default do double else enum extends final finally float for fun goto if implements import in
		instanceof int interface internal is lateinit lazy long native new object open override package private protected public record return sealed short static strictfp super suspend switch synchronized this throw throws
		trait transient try val var void volatile when where while yield`))
	add("csharp cs c# dart swift", cLike(`abstract as async await base bool break byte case catch char class const continue decimal default defer delegate do double else enum event extension extends final finally fixed float for
		foreach func get guard if implements import in init int interface internal is late let library long mixin namespace new operator out override params private protected protocol public readonly ref required return
		sealed self set short static string struct super switch this throw throws try typeof uint using var virtual void where while with yield`))
	return languages
})
