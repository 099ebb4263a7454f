package strictyaml

import (
	"encoding/json"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// value turns a node that lies within depth lists and mappings into a value. Where there is none it returns nil, and an error is added.
func (r *reader) value(n *yaml.Node, depth int) *strictjson.Value {
	v := &strictjson.Value{Pos: r.pos(n)}
	if r.values++; r.values > r.lim.Values {
		if r.values == r.lim.Values+1 {
			r.add(CodeValues, v.Pos, "move data into a file of its own", "the document holds more than %d values", r.lim.Values)
		}
		return nil
	}
	plain := r.plain(n, v.Pos)
	switch {
	case n.Kind == yaml.ScalarNode && plain:
		r.scalar(v, n, false)
	case n.Kind == yaml.ScalarNode, n.Kind == yaml.AliasNode:
		return nil
	case depth >= r.lim.Depth:
		r.tooDeep(v.Pos)
		return nil
	case n.Kind == yaml.MappingNode:
		v.Kind = strictjson.Object
		r.mapping(v, n, depth+1)
	case n.Kind == yaml.SequenceNode:
		v.Kind = strictjson.Array
		for _, item := range n.Content {
			v.Items = append(v.Items, r.value(item, depth+1))
		}
	}
	return v
}

func (r *reader) tooDeep(at strictjson.Pos) {
	r.add(CodeDepth, at, "nest them less deeply", "lists and mappings are nested more than %d deep", r.lim.Depth)
}

// plain reports whether a node stands for itself alone, and adds an error where it has an anchor or a tag or is an alias.
func (r *reader) plain(n *yaml.Node, at strictjson.Pos) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		r.add(CodeAlias, at, aliasHint, "found the alias %s, expected a document without anchors and aliases", wording.Quote("*"+n.Value))
	case n.Anchor != "":
		r.add(CodeAlias, at, "put a text that begins with & in quotes, or remove the anchor and write the value where it is needed",
			"found the anchor %s, expected a document without anchors and aliases", wording.Quote("&"+n.Anchor))
	case n.Style&yaml.TaggedStyle != 0:
		r.add(CodeTag, at, tagHint, "found the tag %s, expected a document without tags", wording.Quote(n.Tag))
	case r.bareTag(n, at):
		r.add(CodeTag, at, tagHint, `found the tag "!", expected a document without tags`)
	default:
		return true
	}
	return false
}

// bareTag reports whether a node has the tag !, which yaml.v3 doesn't keep. A node that begins with that character
// has a tag, or is a mapping of which the first key has one.
func (r *reader) bareTag(n *yaml.Node, at strictjson.Pos) bool {
	if at.Offset >= len(r.data) || r.data[at.Offset] != '!' {
		return false
	}
	return n.Kind != yaml.MappingNode || len(n.Content) == 0 || r.pos(n.Content[0]) != at
}

func (r *reader) mapping(v *strictjson.Value, n *yaml.Node, depth int) {
	first := make(map[string]strictjson.Pos)
	for i := 0; i+1 < len(n.Content); i += 2 {
		at := r.pos(n.Content[i])
		key, ok := r.key(n.Content[i], at)
		value := r.value(n.Content[i+1], depth)
		old, twice := first[key]
		switch {
		case !ok:
		case twice:
			r.add(CodeDuplicate, at, "remove one of the two: readers don't agree on which of them counts",
				"the key %s is here twice, first at line %d column %d", wording.Quote(key), old.Line, old.Column)
		default:
			first[key] = at
			v.Members = append(v.Members, strictjson.Member{Key: key, KeyPos: at, Value: value})
		}
	}
}

// key returns the text of a key.
func (r *reader) key(n *yaml.Node, at strictjson.Pos) (string, bool) {
	if !r.plain(n, at) {
		return "", false
	}
	if n.Kind != yaml.ScalarNode {
		r.add(CodeKey, at, "put a text that begins with { or [ in quotes", "found %s as a key, expected a text", kinds[n.Kind])
		return "", false
	}
	if n.Style == 0 && n.Value == mergeKey {
		r.add(CodeAlias, at, "write the keys themselves", "found the merge key <<, expected a document without anchors and aliases")
		return "", false
	}
	key := strictjson.Value{Pos: at}
	if r.scalar(&key, n, true); key.Kind != strictjson.String {
		hint := "put it in quotes: " + wording.Quote(n.Value)
		if n.Value == "" {
			hint = "write the key before the colon"
		}
		r.add(CodeKey, at, hint, "found %s as a key, expected a text", describe(n.Value, key.Kind))
		return "", false
	}
	return key.String, true
}

var kinds = map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list"}

// describe describes a scalar that isn't a text.
func describe(s string, kind strictjson.Kind) string {
	if s == "" {
		return "nothing"
	}
	names := map[strictjson.Kind]string{strictjson.Null: "the null", strictjson.Bool: "the boolean", strictjson.Number: "the number"}
	return names[kind] + " " + wording.Quote(s)
}

// scalar fills in what a scalar is. Only one without quotes, which has no style, may be anything but a text.
func (r *reader) scalar(v *strictjson.Value, n *yaml.Node, isKey bool) {
	s := n.Value
	switch {
	case n.Style != 0:
		v.Kind, v.String = strictjson.String, s
	case s == "", s == "null":
		v.Kind = strictjson.Null
	case s == "true", s == "false":
		v.Kind, v.Bool = strictjson.Bool, s == "true"
	case number.MatchString(s):
		v.Kind, v.Number = strictjson.Number, json.Number(s)
	default:
		v.Kind, v.String = strictjson.String, s
		if what, otherwise := surprise(s, n.ShortTag()); what != "" {
			hint := "put it in quotes: " + wording.Quote(s)
			if otherwise != "" && !isKey {
				hint += ", or " + otherwise
			}
			r.add(CodeSurprise, v.Pos, hint, "found %s without quotes, which %s", wording.Quote(s), what)
		}
	}
}
