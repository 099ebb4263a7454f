package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/wording"
)

// A field is a key of a mapping and what reads its value.
type field struct {
	key  string
	read func(*yaml.Node)
}

// mapping reads a mapping of these keys. where names the mapping in messages.
func (r *reader) mapping(n *yaml.Node, where string, fields []field) {
	if n.Kind != yaml.MappingNode {
		r.at(n, "config/type", "", "%s is %s, expected keys and their values", where, found(n))
		return
	}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	first := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			r.at(key, "config/unknown-key", "", "%s has %s as a key, expected a word", where, found(key))
			continue
		}
		if key.ShortTag() == "!!merge" {
			r.at(key, "config/alias", "write the keys themselves", "found the merge key <<, expected a file without anchors and aliases")
			continue
		}
		if old := first[key.Value]; old != nil {
			r.at(key, "config/duplicate-key", "remove one of the two", "the key %s is here twice, first at line %d", wording.Quote(key.Value), old.Line)
			continue
		}
		first[key.Value] = key
		k := slices.Index(known, key.Value)
		switch {
		case k < 0:
			r.at(key, "config/unknown-key", wording.DidYouMean(key.Value, known), "%s has no key %s", where, wording.Quote(key.Value))
		case isNull(value):
			r.at(value, "config/type", "remove the key to have its default", "%s has no value", key.Value)
		default:
			fields[k].read(value)
		}
	}
}

// text returns a text that every YAML reader takes for one.
func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		r.at(n, "config/type", "", "%s is %s, expected a text", what, found(n))
		return "", false
	}
	surprise := ""
	switch tag := n.ShortTag(); {
	case tag != "!!str":
		surprise = "is " + found(n)
	case n.Style == 0 && slices.Contains(yaml11Booleans, strings.ToLower(n.Value)):
		surprise = "is " + wording.Quote(n.Value) + " without quotes, which YAML 1.1 takes for a boolean"
	case n.Style == 0 && sexagesimal(n.Value):
		surprise = "is " + wording.Quote(n.Value) + " without quotes, which YAML 1.1 takes for a number to the base 60"
	default:
		return n.Value, true
	}
	r.at(n, "config/type", "put it in quotes: "+wording.Quote(n.Value), "%s %s, expected a text", what, surprise)
	return "", false
}

// yaml11Booleans are those of https://yaml.org/type/bool.html that YAML 1.2 has no more.
var yaml11Booleans = []string{"y", "yes", "n", "no", "on", "off"}

// sexagesimal reports whether YAML 1.1 takes s for a number to the base 60, such as 12:30
// (https://yaml.org/type/int.html).
func sexagesimal(s string) bool {
	return strings.Contains(s, ":") && strings.Trim(s, "0123456789:_.+-") == ""
}

// scalar returns the text of a value that may be a text or a number. Numbers are decimal: what
// other notations YAML knows, its versions don't read alike.
func (r *reader) scalar(n *yaml.Node, what, expected string) (string, bool) {
	tag := n.ShortTag()
	if n.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!int" {
		r.at(n, "config/type", "", "%s is %s, expected %s", what, found(n), expected)
		return "", false
	}
	if tag == "!!int" {
		if _, err := parseDigits(strings.TrimPrefix(n.Value, "-")); err != nil {
			r.at(n, "config/type", "write the number in plain decimal digits", "%s is %s, which readers of YAML don't read alike", what, wording.Quote(n.Value))
			return "", false
		}
	}
	return n.Value, true
}

// texts reads a list of texts, and refuses one that is there twice. check may be nil.
func (r *reader) texts(n *yaml.Node, key, example string, check func(n *yaml.Node, s string) bool) []string {
	if n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("write [%q], or an item on its own line after a hyphen", example)
		}
		r.at(n, "config/type", hint, "%s is %s, expected a list of texts", key, found(n))
		return nil
	}
	list := []string{}
	for i, item := range n.Content {
		s, ok := r.text(item, fmt.Sprintf("item %d of %s", i+1, key))
		switch {
		case !ok:
		case slices.Contains(list, s):
			r.at(item, "config/duplicate-item", "remove one of the two", "%s has %s twice", key, wording.Quote(s))
		case check(item, s):
			list = append(list, s)
		}
	}
	return list
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// found describes what a node is.
func found(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	switch n.ShortTag() {
	case "!!str":
		return "the text " + wording.Quote(n.Value)
	case "!!int", "!!float":
		return "the number " + wording.Quote(n.Value)
	case "!!bool":
		return "the boolean " + wording.Quote(n.Value)
	case "!!timestamp":
		return "the date " + wording.Quote(n.Value)
	case "!!null":
		return "empty"
	}
	return "something else"
}
