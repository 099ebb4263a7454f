package shape

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
	"github.com/regen-registry/regen/schema"
)

// A compiled schema, and its document for the words in it.
type compiled struct {
	run *jsonschema.Schema
	doc any
}

var cache sync.Map // name → func() compiled

// load compiles a schema once. The schemas are part of the program, and tests compile each of them.
func load(name string) compiled {
	f, _ := cache.LoadOrStore(name, sync.OnceValue(func() compiled {
		data, err := schema.Get(name)
		if err != nil {
			panic(err)
		}
		c, err := compile(data)
		if err != nil {
			panic(fmt.Errorf("schema %s: %w", name, err))
		}
		return c
	}))
	return f.(func() compiled)()
}

func compile(data []byte) (compiled, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return compiled{}, err
	}
	const name = "schema:"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		return compiled{}, err
	}
	run, err := c.Compile(name)
	return compiled{run, doc}, err
}

// Check holds a document against the schema of that name, and returns its problems in the order of the document, up to a bound. what
// names the document in messages.
func Check(name, what string, v *strictjson.Value) []*strictjson.Error {
	return load(name).check(what, v)
}

func (c compiled) check(what string, v *strictjson.Value) []*strictjson.Error {
	err := c.run.Validate(plain(v))
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []*strictjson.Error{{Code: CodeType, Pos: v.Pos, Message: err.Error()}}
	}
	k := &checker{doc: c.doc, top: v, what: what, index: make(map[*strictjson.Value]map[string]int)}
	k.walk(invalid)
	slices.SortStableFunc(k.found, func(a, b leaf) int { return a.at.Offset - b.at.Offset })
	var problems []*strictjson.Error
	for _, l := range k.found[:min(len(k.found), maxProblems)] {
		p := l.word()
		p.Pos = l.at
		if !slices.ContainsFunc(problems, func(o *strictjson.Error) bool { return *o == p }) {
			problems = append(problems, &p)
		}
	}
	// The validator goes through maps, so that what it finds at one place comes in any order.
	slices.SortStableFunc(problems, func(a, b *strictjson.Error) int {
		return cmp.Or(a.Offset-b.Offset, strings.Compare(a.Code, b.Code), strings.Compare(a.Message, b.Message))
	})
	if n := len(k.found) - maxProblems; n > 0 {
		problems = append(problems, &strictjson.Error{
			Code: CodeMany, Pos: k.found[maxProblems].at, Message: fmt.Sprintf("%d more problems from here on aren't listed", n), Hint: "mend those above, and run it again",
		})
	}
	return problems
}

// A checker collects what the validator found.
type checker struct {
	doc   any
	top   *strictjson.Value
	what  string
	index map[*strictjson.Value]map[string]int // of the members of an object
	found []leaf
}

// A leaf is a problem. It is worded where it is told, since there may be very many.
type leaf struct {
	at   strictjson.Pos
	word func() strictjson.Error
}

func (k *checker) add(at strictjson.Pos, word func() strictjson.Error) {
	k.found = append(k.found, leaf{at, word})
}

// problem words a problem.
func problem(code, hint, format string, args ...any) strictjson.Error {
	return strictjson.Error{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// walk collects the leaves of a tree of errors.
func (k *checker) walk(err *jsonschema.ValidationError) {
	v := k.value(err.InstanceLocation)
	switch e := err.ErrorKind.(type) {
	case *kind.Required:
		for _, key := range e.Missing {
			k.add(v.Pos, func() strictjson.Error { return k.required(err, key) })
		}
		return
	case *kind.AdditionalProperties:
		for _, key := range e.Properties {
			k.add(k.key(v, key), func() strictjson.Error {
				rule, name := k.rule(err.SchemaURL), k.name(err.InstanceLocation)
				if rule["patternProperties"] != nil { // any key of a form
					return problem(CodeKey, "rename the key", "%s has the key %s, expected %s", name, wording.Quote(key), expected(rule))
				}
				return problem(CodeUnknown, wording.DidYouMean(key, properties(rule)), "%s has no key %s", name, wording.Quote(key))
			})
		}
		return
	case *kind.UniqueItems:
		second := v.Items[e.Duplicates[1]]
		k.add(second.Pos, func() strictjson.Error {
			return problem(CodeDuplicate, "remove one of the two", "%s has %s twice", k.name(err.InstanceLocation), show(second))
		})
		return
	case *kind.OneOf, *kind.AnyOf:
		k.alternatives(err, v)
		return
	}
	if len(err.Causes) == 0 {
		k.add(v.Pos, func() strictjson.Error { return k.wrong(err, v) })
		return
	}
	for _, cause := range err.Causes {
		k.walk(cause)
	}
}

// wrong words what is wrong with a value by itself.
func (k *checker) wrong(err *jsonschema.ValidationError, v *strictjson.Value) strictjson.Error {
	name, rule := k.name(err.InstanceLocation), k.rule(err.SchemaURL)
	switch e := err.ErrorKind.(type) {
	case *kind.Type:
		return otherKind(v, name, e.Want, rule)
	case *kind.Pattern:
		want := rule
		if text(rule, words) == "" { // the words for the items of a list may stand at the list
			want = k.rule(strings.TrimSuffix(err.SchemaURL, "/items"))
		}
		return problem(CodePattern, like(rule), "%s is %s, expected %s", name, wording.Quote(e.Got), expected(want))
	case *kind.Enum:
		return enum(v, name, e.Want, rule)
	case *kind.Const:
		return enum(v, name, []any{e.Want}, rule)
	case *kind.MinLength:
		return problem(CodeLength, "write some more, or remove the key", "%s has %s, expected %s", name, count(e.Got, "character"), between(rule, "minLength", "maxLength"))
	case *kind.MaxLength:
		return problem(CodeLength, "make it shorter", "%s has %s, expected %s", name, count(e.Got, "character"), between(rule, "minLength", "maxLength"))
	case *kind.Minimum:
		return problem(CodeRange, "raise it", "%s is %s, expected %s", name, number(v), between(rule, "minimum", "maximum"))
	case *kind.Maximum:
		return problem(CodeRange, "lower it", "%s is %s, expected %s", name, number(v), between(rule, "minimum", "maximum"))
	case *kind.MinItems:
		return problem(CodeItems, "add what is missing, or remove the key", "%s has %s, expected %s", name, count(e.Got, "item"), between(rule, "minItems", "maxItems"))
	case *kind.MaxItems:
		return problem(CodeItems, "keep those that matter most", "%s has %s, expected %s", name, count(e.Got, "item"), between(rule, "minItems", "maxItems"))
	case *kind.MinProperties:
		return problem(CodeItems, "add what is missing, or remove the key", "%s has %s, expected %s", name, count(e.Got, "key"), between(rule, "minProperties", "maxProperties"))
	case *kind.MaxProperties:
		return problem(CodeItems, "keep those that matter most", "%s has %s, expected %s", name, count(e.Got, "key"), between(rule, "minProperties", "maxProperties"))
	}
	return problem(CodeType, "see the schema", "%s: %s", name, err.ErrorKind.LocalizedString(english))
}

var english = message.NewPrinter(language.English)

// alternatives collects what is wrong with the alternative that the value's kind is one of; if there is none, it names the kinds.
func (k *checker) alternatives(e *jsonschema.ValidationError, v *strictjson.Value) {
	var kinds []string
	for _, cause := range e.Causes {
		if t, ok := wanted(cause, e.InstanceLocation); ok {
			kinds = append(kinds, t...)
			continue
		}
		k.walk(cause)
		return
	}
	k.add(v.Pos, func() strictjson.Error { return otherKind(v, k.name(e.InstanceLocation), kinds, k.rule(e.SchemaURL)) })
}

// wanted returns the kinds that a value isn't one of, where that is what an error says of the value itself.
func wanted(e *jsonschema.ValidationError, location []string) ([]string, bool) {
	if t, ok := e.ErrorKind.(*kind.Type); ok && len(e.InstanceLocation) == len(location) {
		return t.Want, true
	}
	for _, cause := range e.Causes {
		if t, ok := wanted(cause, location); ok {
			return t, true
		}
	}
	return nil, false
}
