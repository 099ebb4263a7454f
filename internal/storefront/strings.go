package storefront

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/strictyaml"
	"github.com/regen-registry/regen/internal/wire"
)

// themePrefix is how the keys begin of texts that a theme's own templates bring.
const themePrefix = "theme_"

// maxStrings bounds a file of texts, in bytes.
const maxStrings = 256 << 10

// A locale has the texts of the pages in one language: strings/<tag>.yaml. A text that a file doesn't have is the default language's.
//
// The file is a mapping of keys to texts. {name} in a text stands for a value that the page gives. Where a text depends on a number, {n}, its value is a mapping of
// the language's plural categories (CLDR: zero, one, two, few, many, other) to texts. These keys are about the language itself:
//
//	language    its name, as its readers call it
//	direction   ltr or rtl
//	date        how a day is written, with {day}, {month} and {year}
//	months      the twelve names of months, separated by spaces
//	thousands   what groups of three digits are separated by
//	decimal     what fractions are separated by
//	stop_words  words that the search passes over, separated by spaces; may be empty
type locale struct {
	tag       string
	parsed    language.Tag
	file      string
	messages  map[string]message
	fallback  *locale // of the default language; nil in that itself
	months    []string
	stopWords []string
}

// A message is a text, or one for each plural category. It is cut where values go.
type message struct {
	forms map[string][]string // category, "" where the text is the same for all → text, name, text, name, …, text
	line  int
}

// maxText bounds a text with its values, in bytes: a theme could make one out of itself, again and again.
const maxText = 256 << 10

// required are the keys about a language without which nothing works.
var required = []string{"language", "direction", "date", "months", "thousands", "decimal"}

// categories are the plural categories of CLDR by their numbers in x/text.
var categories = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// parseLocale reads a file of texts. fallback has the texts that it doesn't: those of the same language that are built in, where a theme changes some; else those of the default language, nil for that itself.
// No key may be there that the fallback doesn't have.
func parseLocale(tag, file string, data []byte, fallback *locale) (*locale, error) {
	parsed, err := language.Parse(tag)
	if err != nil || parsed.String() != tag || !wire.IsLanguageDirectory(tag) {
		return nil, fmt.Errorf("%s: %q is no language tag, expected one such as de or pt-BR", file, tag)
	}
	doc, errs := strictyaml.Parse(data, strictjson.Limits{Size: maxStrings})
	if len(errs) > 0 {
		return nil, fmt.Errorf("%s:%w", file, errs[0])
	}
	if doc.Kind != strictjson.Object {
		return nil, fmt.Errorf("%s:1:1: expected a mapping of keys to texts", file)
	}
	l := &locale{tag: tag, parsed: parsed, file: file, messages: make(map[string]message, len(doc.Members)), fallback: fallback}
	for _, m := range doc.Members {
		at := fmt.Sprintf("%s:%d:%d", file, m.KeyPos.Line, m.KeyPos.Column)
		var known *message
		if fallback != nil {
			have, _, err := fallback.find(m.Key)
			switch {
			case err == nil:
				known = &have
			case tag != wire.DefaultLanguage || !strings.HasPrefix(m.Key, themePrefix):
				return nil, fmt.Errorf("%s: no page has a text %q, expected a key of strings/%s.yaml; a text of the theme's own begins with %s, and stands there first", at, m.Key, wire.DefaultLanguage, themePrefix)
			}
		}
		if l.messages[m.Key], err = parseMessage(m.Value, known); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", at, m.Key, err)
		}
	}
	partial := fallback != nil && fallback.tag == tag
	for _, key := range required {
		if _, ok := l.messages[key]; !ok && !partial {
			return nil, fmt.Errorf("%s:1:1: %s is missing: it says something about the language itself", file, key)
		}
	}
	line := func(key string) string { return fmt.Sprintf("%s:%d:1: %s", file, l.messages[key].line, key) }
	if l.months = strings.Fields(l.text("months")); len(l.months) != 12 {
		return nil, fmt.Errorf("%s has %d names, expected 12", line("months"), len(l.months))
	}
	if d := l.text("direction"); d != "ltr" && d != "rtl" {
		return nil, fmt.Errorf("%s is %q, expected ltr or rtl", line("direction"), d)
	}
	if _, ok := l.messages["stop_words"]; ok {
		l.stopWords = strings.Fields(l.text("stop_words"))
	} else if partial {
		l.stopWords = fallback.stopWords
	}
	return l, nil
}

// parseMessage reads one text. known is the same of the default language, if there is one: it says which values the page gives.
func parseMessage(v *strictjson.Value, known *message) (message, error) {
	m := message{forms: make(map[string][]string, 1), line: v.Line}
	add := func(category string, v *strictjson.Value) error {
		if v.Kind != strictjson.String {
			return errors.New("expected a text, in quotes where it looks like something else")
		}
		parts, err := splitMessage(clean(v.String))
		m.forms[category] = parts
		return err
	}
	if v.Kind == strictjson.Object {
		for _, form := range v.Members {
			if !slices.ContainsFunc([]string{"zero", "one", "two", "few", "many", "other"}, func(c string) bool { return c == form.Key }) {
				return m, fmt.Errorf("%q is no plural category, expected zero, one, two, few, many or other", form.Key)
			}
			if err := add(form.Key, form.Value); err != nil {
				return m, fmt.Errorf("%s: %w", form.Key, err)
			}
		}
		if m.forms["other"] == nil {
			return m, errors.New("the plural category other is missing")
		}
	} else if err := add("", v); err != nil {
		return m, err
	}
	if known != nil {
		names := known.names()
		for name := range m.names() {
			if !names[name] {
				return m, fmt.Errorf("the page gives no {%s} there, expected %s", name, listNames(names))
			}
		}
	}
	return m, nil
}

// splitMessage cuts a text where values go.
func splitMessage(s string) ([]string, error) {
	var parts []string
	for {
		before, rest, ok := strings.Cut(s, "{")
		if !ok {
			return append(parts, s), nil
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok || name == "" || strings.ContainsAny(name, " {") {
			return nil, fmt.Errorf("{%s stands for no value, expected a name in braces such as {n}", cutText(rest, 20))
		}
		parts = append(parts, before, name)
		s = after
	}
}

// names returns the names of the values in a text.
func (m message) names() map[string]bool {
	names := make(map[string]bool)
	for _, parts := range m.forms {
		for i := 1; i < len(parts); i += 2 {
			names[parts[i]] = true
		}
	}
	return names
}

func listNames(names map[string]bool) string {
	if len(names) == 0 {
		return "no braces"
	}
	var list []string
	for name := range names {
		list = append(list, "{"+name+"}")
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// find returns a text, that of the default language where this one has none.
func (l *locale) find(key string) (message, *locale, error) {
	if m, ok := l.messages[key]; ok {
		return m, l, nil
	}
	if l.fallback != nil {
		return l.fallback.find(key)
	}
	return message{}, l, fmt.Errorf("%s has no text %q", l.file, key)
}

// text returns a text without values; the key itself where there is no such text, which checks of templates find.
func (l *locale) text(key string, args ...any) string {
	s, err := l.t(key, args...)
	if err != nil {
		return key
	}
	if h, ok := s.(template.HTML); ok {
		return string(h)
	}
	return s.(string)
}

// t is what templates call: {{t "key" "name" value …}}. The result is a text, or HTML if one of the values is: then all the rest is escaped. A value named n that is a whole number decides the
// plural category, and is written as numbers are.
func (l *locale) t(key string, args ...any) (any, error) {
	m, from, err := l.find(key)
	if err != nil {
		return nil, err
	}
	if parts := m.forms[""]; len(parts) == 1 && len(args) == 0 {
		return parts[0], nil
	}
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("text %s: a value has no name", key)
	}
	values := make(map[string]any, len(args)/2)
	isHTML := false
	category := ""
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("text %s: %v is no name", key, args[i])
		}
		v := args[i+1]
		if n, ok := v.(int); ok {
			if name == "n" {
				category = from.category(n)
			}
			v = l.count(int64(n))
		}
		switch v.(type) {
		case template.HTML:
			isHTML = true
		case string:
		default:
			return nil, fmt.Errorf("text %s: {%s} is a %T, expected a text or a whole number", key, name, v)
		}
		values[name] = v
	}
	parts := m.forms[""]
	if parts == nil {
		if parts = m.forms[category]; parts == nil {
			parts = m.forms["other"]
		}
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 0 {
			if isHTML {
				part = template.HTMLEscapeString(part)
			}
			b.WriteString(part)
			continue
		}
		switch v := values[part].(type) {
		case template.HTML:
			b.WriteString(string(v))
		case string:
			if isHTML {
				v = template.HTMLEscapeString(v)
			}
			b.WriteString(v)
		default:
			return nil, fmt.Errorf("text %s: the page gives no {%s}", key, part)
		}
		if b.Len() > maxText {
			return nil, fmt.Errorf("text %s: it would have more than %d bytes", key, maxText)
		}
	}
	if isHTML {
		return template.HTML(b.String()), nil
	}
	return b.String(), nil
}

// category returns the plural category of a number.
func (l *locale) category(n int) string {
	return categories[plural.Cardinal.MatchPlural(l.parsed, n, 0, 0, 0, 0)]
}

// count returns a whole number as the language writes it.
func (l *locale) count(n int64) string {
	s := formatCount(n)
	if separator := l.text("thousands"); separator != "," {
		s = strings.ReplaceAll(s, ",", separator)
	}
	return s
}

// size returns a size in bytes as people read it.
func (l *locale) size(n int64) string {
	return strings.Replace(formatSize(n), ".", l.text("decimal"), 1)
}

// date returns a day as the language writes it; "" if the time isn't known. The day is that of UTC.
func (l *locale) date(unix int64) string {
	if unix <= 0 {
		return ""
	}
	return l.day(time.Unix(unix, 0).UTC())
}

func (l *locale) day(t time.Time) string {
	return l.text("date", "day", fmt.Sprint(t.Day()), "month", l.months[t.Month()-1], "year", fmt.Sprint(t.Year()))
}
