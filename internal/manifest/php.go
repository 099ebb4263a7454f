package manifest

import (
	"bytes"
	"strings"
)

// A phpScanner finds the words of a PHP file that stand in code: not those in comments, strings, heredocs and
// the text around <?php. It knows just enough of PHP's lexical grammar for that
// (https://www.php.net/manual/en/langref.php), and never fails: what isn't PHP has some tokens, too.
type phpScanner struct {
	src   []byte
	i     int
	modes []phpMode // the innermost last; strings may have code in them, which may have strings
}

// A phpMode is what surrounds a place.
type phpMode struct {
	kind   byte   // 'h' text outside of <?php, 'c' code, '"' or '`' a string, '<' a heredoc
	braces int    // open ones, in code
	label  []byte // of a heredoc
}

// A phpToken is a word or a character of code. Variables, numbers and strings are none.
type phpToken struct {
	text   string // a name with its backslashes, or one character
	offset int    // of its first byte
	depth  int    // braces open around it
}

// maxPHP is how much of a file is looked at, in bytes.
const maxPHP = 1 << 20

func newPHPScanner(src []byte) *phpScanner {
	return &phpScanner{src: src[:min(len(src), maxPHP)], modes: []phpMode{{kind: 'h'}}}
}

// next returns the next token of code that isn't inside a string; ok is false at the end.
func (p *phpScanner) next() (t phpToken, ok bool) {
	for p.i < len(p.src) {
		mode := &p.modes[len(p.modes)-1]
		switch mode.kind {
		case 'h':
			p.text(mode)
		case 'c':
			if t, ok = p.code(mode); ok && len(p.modes) == 1 {
				return t, true
			}
		default:
			p.inString(mode)
		}
	}
	return phpToken{}, false
}

// text goes to the code after the next <?php or <?=.
func (p *phpScanner) text(mode *phpMode) {
	for {
		k := bytes.Index(p.src[p.i:], []byte("<?"))
		if k < 0 {
			p.i = len(p.src)
			return
		}
		p.i += k + 2
		rest := p.src[p.i:]
		switch {
		case hasPrefix(rest, "="):
			p.i++
		case opensPHP(p.src[p.i-2:]):
			p.i += 3
		default:
			continue
		}
		mode.kind = 'c'
		return
	}
}

// opensPHP reports whether src begins with <?php.
func opensPHP(src []byte) bool {
	const tag = "<?php"
	return len(src) >= len(tag) && strings.EqualFold(string(src[:len(tag)]), tag) && (len(src) == len(tag) || isPHPSpace(src[len(tag)]))
}

// code reads what stands at i; ok is false if that was no token.
func (p *phpScanner) code(mode *phpMode) (t phpToken, ok bool) {
	rest := p.src[p.i:]
	c := rest[0]
	t = phpToken{offset: p.i, depth: mode.braces}
	switch {
	case isPHPSpace(c):
		p.i++
		return t, false
	case c == '#' && !hasPrefix(rest, "#["), hasPrefix(rest, "//"):
		if k := bytes.IndexAny(rest, "\r\n"); k >= 0 {
			rest = rest[:k]
		}
		if k := bytes.Index(rest, []byte("?>")); k >= 0 {
			rest = rest[:k]
		}
		p.i += len(rest)
		return t, false
	case hasPrefix(rest, "/*"):
		if k := bytes.Index(rest[2:], []byte("*/")); k >= 0 {
			rest = rest[:2+k+2]
		}
		p.i += len(rest)
		return t, false
	case hasPrefix(rest, "?>") && len(p.modes) == 1:
		p.i += 2
		mode.kind = 'h'
		t.text = ";" // which it stands for
		return t, true
	case c == '\'':
		p.quoted()
		return t, false
	case c == '"', c == '`':
		p.i++
		p.modes = append(p.modes, phpMode{kind: c})
		return t, false
	case hasPrefix(rest, "<<<") && p.heredoc(rest):
		return t, false
	case c == '$', '0' <= c && c <= '9':
		p.i += 1 + nameLength(rest[1:])
		return t, false
	}
	if n := nameLength(rest); n > 0 {
		p.i += n
		t.text = string(rest[:n])
		if strings.EqualFold(t.text, "__halt_compiler") {
			p.i = len(p.src) // what follows is data
		}
		return t, true
	}
	p.i++
	t.text = string(rest[:1])
	switch {
	case c == '{':
		mode.braces++
	case c == '}' && mode.braces > 0:
		mode.braces--
		t.depth = mode.braces
	case c == '}' && len(p.modes) > 1: // the end of the code in a string
		p.modes = p.modes[:len(p.modes)-1]
	}
	return t, true
}

// quoted skips a string in single quotes.
func (p *phpScanner) quoted() {
	for p.i++; p.i < len(p.src); p.i++ {
		switch p.src[p.i] {
		case '\\':
			p.i++
		case '\'':
			p.i++
			return
		}
	}
}

// heredoc enters the heredoc, or skips the nowdoc, that begins with rest. It reports whether one does.
func (p *phpScanner) heredoc(rest []byte) bool {
	k := len("<<<")
	for k < len(rest) && (rest[k] == ' ' || rest[k] == '\t') {
		k++
	}
	var quote byte
	if k < len(rest) && (rest[k] == '"' || rest[k] == '\'') {
		quote = rest[k]
		k++
	}
	label := rest[k:]
	label = label[:nameLength(label)]
	k += len(label)
	if quote != 0 {
		if k >= len(rest) || rest[k] != quote {
			return false
		}
		k++
	}
	if len(label) == 0 || bytes.IndexByte(label, '\\') >= 0 || k >= len(rest) || rest[k] != '\n' && rest[k] != '\r' {
		return false
	}
	p.i += k
	kind := byte('<')
	if quote == '\'' {
		kind = '\''
	}
	p.modes = append(p.modes, phpMode{kind: kind, label: label})
	return true
}

// inString goes to the end of a string, a heredoc or a nowdoc, or into the code in it.
func (p *phpScanner) inString(mode *phpMode) {
	for p.i < len(p.src) {
		c := p.src[p.i]
		switch {
		case mode.label == nil && c == mode.kind:
			p.i++
			p.modes = p.modes[:len(p.modes)-1]
			return
		case mode.label != nil && (c == '\n' || c == '\r'):
			p.i++
			if n := endsHeredoc(p.src[p.i:], mode.label); n > 0 {
				p.i += n
				p.modes = p.modes[:len(p.modes)-1]
				return
			}
		case mode.kind == '\'':
			p.i++
		case c == '\\' && p.i+1 < len(p.src) && p.src[p.i+1] != '\n' && p.src[p.i+1] != '\r':
			p.i += 2
		case hasPrefix(p.src[p.i:], "{$"):
			p.i++
			p.modes = append(p.modes, phpMode{kind: 'c'})
			return
		case hasPrefix(p.src[p.i:], "${"):
			p.i += 2
			p.modes = append(p.modes, phpMode{kind: 'c'})
			return
		default:
			p.i++
		}
	}
}

// endsHeredoc returns how many bytes of a line are the end of a heredoc: its label, perhaps indented (PHP 7.3).
func endsHeredoc(line, label []byte) int {
	k := 0
	for k < len(line) && (line[k] == ' ' || line[k] == '\t') {
		k++
	}
	if !bytes.HasPrefix(line[k:], label) {
		return 0
	}
	k += len(label)
	if k < len(line) && isPHPName(line[k]) {
		return 0
	}
	return k
}

// nameLength returns how many bytes at the start of src belong to a name, with its backslashes.
func nameLength(src []byte) int {
	n := 0
	for n < len(src) && (isPHPName(src[n]) || src[n] == '\\') {
		n++
	}
	return n
}

func isPHPName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

func isPHPSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func hasPrefix(src []byte, prefix string) bool {
	return len(src) >= len(prefix) && string(src[:len(prefix)]) == prefix
}

// A phpName is a declared name and where it stands.
type phpName struct {
	name   string
	offset int
}

// phpClass looks for the declaration of a class in a namespace, both spelt as they are. It returns at once where it finds it; else
// found is false, and the namespaces and classes are what the file declares outside of functions, at most 20 of each.
func phpClass(src []byte, namespace, class string) (found bool, namespaces, classes []phpName) {
	const most = 20
	p := newPHPScanner(src)
	var last phpToken       // before t
	current, depth := "", 0 // the namespace around t, and how many braces it opens
	statement := true       // whether t can begin a statement
	for t, ok := p.next(); ok; {
		word := strings.ToLower(t.text)
		switch {
		case word == "namespace" && t.depth == 0 && statement:
			name, ok := p.next()
			current, depth = "", 0
			if ok && name.text != "{" {
				current = name.text
				if len(namespaces) < most {
					namespaces = append(namespaces, phpName{current, name.offset})
				}
				name, ok = p.next()
			}
			if ok && name.text == "{" {
				depth = 1
			}
			t = name
		case word == "class" && t.depth == depth && (statement || isModifier(last.text)):
			name, ok := p.next()
			if !ok {
				break
			}
			if current == namespace && name.text == class {
				return true, namespaces, classes
			}
			if len(classes) < most {
				classes = append(classes, phpName{name.text, name.offset})
			}
			t = name
		}
		statement = t.text == ";" || t.text == "{" || t.text == "}"
		last = t
		t, ok = p.next()
	}
	return false, namespaces, classes
}

// isModifier reports whether a word may stand before class; ] ends an attribute.
func isModifier(word string) bool {
	switch strings.ToLower(word) {
	case "final", "abstract", "readonly", "]":
		return true
	}
	return false
}
