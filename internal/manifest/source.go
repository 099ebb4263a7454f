package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// A source is a JSON manifest that is being read. Its methods take values out of it, and add a finding for
// each that isn't as it has to be. A nil value is a key that isn't there: that alone is no finding.
type source struct {
	pkg      Package
	name     string // of the manifest, relative to the package's directory
	findings check.Findings
}

// parse returns the manifest's object, or nil after adding a finding.
func (s *source) parse(lim Limits) *strictjson.Value {
	file := s.pkg.File(s.name)
	if file == nil {
		s.file(check.Error, "files/missing", s.name, "", "there is no %s, expected the manifest", s.name)
		return nil
	}
	v, err := strictjson.Parse(file.Data, strictjson.Limits{Size: int(lim.ManifestSize)})
	if err != nil {
		s.at(err.Pos, err.Code, err.Hint, "%s", err.Message)
		return nil
	}
	return s.object(v, s.name)
}

// at adds an error at a place in the manifest.
func (s *source) at(pos strictjson.Pos, code, hint, format string, args ...any) {
	s.add(check.Error, s.name, pos, code, hint, format, args...)
}

// file adds a finding about a file as a whole.
func (s *source) file(severity check.Severity, code, path, hint, format string, args ...any) {
	s.add(severity, path, strictjson.Pos{}, code, hint, format, args...)
}

func (s *source) add(severity check.Severity, path string, pos strictjson.Pos, code, hint, format string, args ...any) {
	s.findings = append(s.findings, check.Finding{
		Code: code, Severity: severity, Path: s.pkg.Dir + "/" + path, Line: pos.Line, Column: pos.Column,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// is reports whether v is there and of a kind. what names it in messages.
func (s *source) is(v *strictjson.Value, kind strictjson.Kind, what string) bool {
	if v == nil {
		return false
	}
	if v.Kind != kind {
		hint := ""
		if kind == strictjson.String && v.Kind == strictjson.Number {
			hint = "put it in quotes: " + wording.Quote(string(v.Number))
		}
		s.at(v.Pos, "json/type", hint, "%s is %s, expected %s", what, v.Kind, kind)
	}
	return v.Kind == kind
}

// object returns v if it is an object, else nil.
func (s *source) object(v *strictjson.Value, what string) *strictjson.Value {
	if !s.is(v, strictjson.Object, what) {
		return nil
	}
	return v
}

// items returns the items of a list, at most most of them.
func (s *source) items(v *strictjson.Value, what, code string, most int) []*strictjson.Value {
	if !s.is(v, strictjson.Array, what) {
		return nil
	}
	if n := len(v.Items); n > most {
		s.at(v.Items[most].Pos, code, "", "%s has %d items, expected at most %d", what, n, most)
		return v.Items[:most]
	}
	return v.Items
}

// required returns the member of an object, and adds an error if it isn't there. where names the object.
func (s *source) required(v *strictjson.Value, key, where, code, expected string) *strictjson.Value {
	member := v.Get(key)
	if member == nil && v != nil {
		s.at(v.Pos, code, "", "%s has no %q, expected %s", where, key, expected)
	}
	return member
}

// closed adds an error for each key that isn't known.
func (s *source) closed(v *strictjson.Value, where, code string, known []string) {
	if v == nil {
		return
	}
	for _, m := range v.Members {
		if !slices.Contains(known, m.Key) {
			s.at(m.KeyPos, code, wording.DidYouMean(m.Key, known), "%s has no key %s", where, wording.Quote(m.Key))
		}
	}
}

// shown returns a text that listings show: one line of 1 to most code points, not only spaces.
func (s *source) shown(v *strictjson.Value, what, code string, most int) string {
	if !s.is(v, strictjson.String, what) {
		return ""
	}
	if r, found, _ := wording.Unshowable(v.String); found != "" {
		s.at(v.Pos, "text/character", "remove it", "%s holds %s (%U), expected one line of visible text", what, found, r)
		return ""
	}
	switch n := utf8.RuneCountInString(v.String); {
	case strings.TrimSpace(v.String) == "":
		s.at(v.Pos, code, "", "%s is empty, expected 1 to %d characters", what, most)
	case n > most:
		s.at(v.Pos, code, "", "%s has %d characters, expected 1 to %d", what, n, most)
	default:
		return v.String
	}
	return ""
}

// shownList returns a list of different texts that listings show.
func (s *source) shownList(v *strictjson.Value, what, code string, mostItems, most int) []string {
	var list []string
	for i, item := range s.items(v, what, code, mostItems) {
		text := s.shown(item, fmt.Sprintf("item %d of %s", i+1, what), code, most)
		switch {
		case text == "":
		case slices.Contains(list, text):
			s.at(item.Pos, code, "remove one of the two", "%s has %s twice", what, wording.Quote(text))
		default:
			list = append(list, text)
		}
	}
	return list
}

// url returns an address of one of the schemes.
func (s *source) url(v *strictjson.Value, what string, schemes ...string) string {
	if !s.is(v, strictjson.String, what) {
		return ""
	}
	if err := checkURL(v.String, schemes...); err != nil {
		s.at(v.Pos, "text/url", "", "%s is %s, %v", what, wording.Quote(v.String), err)
		return ""
	}
	return v.String
}

// rest returns the members of v that aren't in known, for Facts.Ext. Everything in there has to have a canonical form.
func (s *source) rest(v *strictjson.Value, known []string) map[string]any {
	rest := make(map[string]any)
	for _, m := range v.Members {
		if !slices.Contains(known, m.Key) {
			s.numbers(m.Value)
			rest[m.Key] = m.Value.Any()
		}
	}
	return rest
}

func (s *source) numbers(v *strictjson.Value) {
	for _, item := range v.Items {
		s.numbers(item)
	}
	for _, m := range v.Members {
		s.numbers(m.Value)
	}
	if v.Kind == strictjson.Number {
		if _, err := wire.Encode(v.Number); err != nil {
			for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(next) {
				err = next
			}
			s.at(v.Pos, "json/number", "put it in quotes", "a number that readers of JSON don't read alike: %v", err)
		}
	}
}
