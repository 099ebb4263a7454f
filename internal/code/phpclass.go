package code

import "strings"

// A Name is a name that a file declares, and where it stands.
type Name struct {
	Name   string
	Offset int
}

// PHPClass looks for the declaration of a class in a namespace, both spelt as they are. It returns at once where it finds it; else
// found is false, and the namespaces and classes are what the file declares outside of functions, at most 20 of each.
func PHPClass(data []byte, namespace, class string) (found bool, namespaces, classes []Name) {
	const most = 20
	p := phpWords{lexer: Lex(PHP, data)}
	var last phpWord        // before w
	current, depth := "", 0 // the namespace around w, and how many braces it opens
	statement := true       // whether w can begin a statement
	for w, ok := p.next(); ok; {
		switch {
		case w.depth == 0 && statement && strings.EqualFold(w.text, "namespace"):
			name, ok := p.next()
			current, depth = "", 0
			if ok && name.text != "{" {
				current = name.text
				if len(namespaces) < most {
					namespaces = append(namespaces, Name{current, name.offset})
				}
				name, ok = p.next()
			}
			if ok && name.text == "{" {
				depth = 1
			}
			w = name
		case w.depth == depth && (statement || isModifier(last.text)) && strings.EqualFold(w.text, "class"):
			name, ok := p.next()
			if !ok {
				break
			}
			if current == namespace && name.text == class {
				return true, namespaces, classes
			}
			if len(classes) < most {
				classes = append(classes, Name{name.text, name.offset})
			}
			w = name
		}
		statement = w.text == ";" || w.text == "{" || w.text == "}"
		last = w
		w, ok = p.next()
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

// phpWords reads the names and the punctuation of a file that stand outside of strings.
type phpWords struct {
	lexer *Lexer
	depth int
}

type phpWord struct {
	text   string
	offset int
	depth  int // braces open around it
}

func (p *phpWords) next() (w phpWord, ok bool) {
	for {
		t, ok := p.lexer.Next()
		if !ok {
			return phpWord{}, false
		}
		if t.Kind != Ident && t.Kind != Punct || p.lexer.InValue() {
			continue
		}
		w := phpWord{string(p.lexer.data[t.Start:t.End]), t.Start, p.depth}
		switch w.text {
		case "{":
			p.depth++
		case "}":
			p.depth = max(p.depth-1, 0)
			w.depth = p.depth
		case "?>":
			w.text = ";" // which it stands for
		}
		return w, true
	}
}
