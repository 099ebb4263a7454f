package manifest

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

const (
	variableStart, variableEnd = "{{", "}}"

	assetScheme = "asset://"
	// maxInline is what inline data has to be less than, in bytes as it is written.
	maxInline = 50_000
	// endOfAddress are the characters that an address in a longer text ends at, and a mark at its end belongs to the sentence around it.
	endOfAddress = " \t\r\n\"'`<>()[]{}|\\"
	punctuation  = ".,;:!?"
)

var (
	// manaDateKeys are the keys whose texts are dates.
	manaDateKeys = []string{"date", "deadline", "due", "dueDate", "end", "endDate", "remindAt", "start", "startDate"}
	// mediaKeys are keys whose addresses are pictures, however they end.
	mediaKeys  = []string{"avatar", "cover", "icon", "image", "src", "thumbnail"}
	mediaTypes = []string{".avif", ".gif", ".jpeg", ".jpg", ".m4a", ".mov", ".mp3", ".mp4", ".ogg", ".png", ".svg", ".wav", ".webm", ".webp"}
)

// variables checks what people are asked.
func (m *mana) variables() {
	kinds := map[string]strictjson.Kind{"string": strictjson.String, "date": strictjson.String, "number": strictjson.Number, "boolean": strictjson.Bool}
	for _, variable := range m.asked() {
		typ, value := m.Variables[variable.Key].Type, variable.Value.Get("default")
		want, known := kinds[typ]
		switch {
		case value == nil || !known || value.Kind != strictjson.String && value.Kind != strictjson.Number && value.Kind != strictjson.Bool:
		case value.Kind != want:
			if !m.full("mana/variable-default") {
				m.at(value, "mana/variable-default", "write a default of that type, or leave it out",
					"the default of %s is %s, expected one for the type %s", wording.Quote(variable.Key), value.Kind, typ)
			}
		case typ == "date":
			m.date(value)
		}
	}
}

// asked returns the variables in the order of the document.
func (m *mana) asked() []strictjson.Member {
	if list := m.top.Get("variables"); list != nil {
		return list.Members
	}
	return nil
}

// A place is where in the blueprint a text stands.
type place struct {
	key   string
	fills bool // whether {{name}} stands for an answer
	data  bool // whether it is in the data of a step
}

// texts looks at every text of the blueprint.
func (m *mana) texts() {
	for _, top := range m.top.Members {
		switch top.Key {
		case "steps":
			for _, step := range top.Value.Items {
				for _, member := range step.Members {
					data := member.Key == "data"
					m.visit(member.Value, place{key: member.Key, data: data, fills: data || member.Key == "label"})
				}
			}
		default:
			m.visit(top.Value, place{key: top.Key, fills: top.Key == "dashboard"})
		}
	}
	for _, variable := range m.asked() {
		if !m.used[variableStart+variable.Key] && !m.full("mana/variable-unused") {
			m.add(check.Warning, m.name, variable.KeyPos, "mana/variable-unused",
				"remove it, or write "+wording.Quote(variableStart+variable.Key+variableEnd)+" where the answer belongs",
				"the variable %s is used nowhere, and people would be asked for nothing", wording.Quote(variable.Key))
		}
	}
}

func (m *mana) visit(v *strictjson.Value, p place) {
	for _, item := range v.Items {
		m.visit(item, p)
	}
	for _, member := range v.Members {
		p.key = member.Key
		m.visit(member.Value, p)
	}
	if v.Kind != strictjson.String {
		return
	}
	m.references(v)
	m.inline(v)
	m.hosted(v, p.key)
	if p.fills {
		m.uses(v)
	}
	if p.data && isReference(v.String) {
		m.reference(v)
	}
	if p.data && slices.Contains(manaDateKeys, p.key) && !strings.Contains(v.String, variableStart) {
		m.date(v)
	}
}

// uses checks that what {{name}} stands for is a variable.
func (m *mana) uses(v *strictjson.Value) {
	for rest := v.String; ; {
		var name string
		var ok bool
		if _, rest, ok = strings.Cut(rest, variableStart); !ok {
			return
		}
		if name, rest, ok = strings.Cut(rest, variableEnd); !ok {
			return
		}
		name = strings.TrimSpace(name)
		if _, known := m.Variables[name]; known {
			m.used[variableStart+name] = true
		} else if !m.full("mana/variable-unknown") {
			m.at(v, "mana/variable-unknown", m.nearVariable(name), "there is no variable %s, expected one of variables", wording.Quote(name))
		}
	}
}

// nearVariable returns a hint at the variable that may be meant.
func (m *mana) nearVariable(name string) string {
	const most = 200 // variables to compare with
	var names []string
	asked := m.asked()
	for _, variable := range asked[:min(len(asked), most)] {
		names = append(names, variable.Key)
	}
	if near := wording.Nearest(name, names); near != "" {
		return "did you mean " + wording.Quote(near) + "?"
	}
	return "add it to variables, with a type and a question"
}

// date checks a text that is a date.
func (m *mana) date(v *strictjson.Value) {
	if s := v.String; s != "today" && !isDelay(s) && !isISODate(s) && !m.full("mana/date") {
		m.at(v, "mana/date", "write +3d for three days after the import",
			"the date is %s, expected today, days such as +3d, or a day such as 2026-01-31", wording.Quote(s))
	}
}

// isDelay reports whether a text is +Nd: a number of days from the import on.
func isDelay(s string) bool {
	const most = 5 // digits
	days, plus := strings.CutPrefix(s, "+")
	days, d := strings.CutSuffix(days, "d")
	return plus && d && days != "" && len(days) <= most && strings.Trim(days, "0123456789") == ""
}

// isISODate reports whether a text is a day that there is, perhaps with a time, as ISO 8601 writes it.
func isISODate(s string) bool {
	const longest = 40
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04Z07:00"} {
		if _, err := time.Parse(layout, s[:min(len(s), longest)]); err == nil && len(s) <= longest {
			return true
		}
	}
	return false
}

// references checks that the assets that a text refers to are there.
func (m *mana) references(v *strictjson.Value) {
	if whole, ok := strings.CutPrefix(v.String, assetScheme); ok && m.pkg.File(manaAssets+whole) != nil {
		m.used[manaAssets+whole] = true // perhaps with spaces in it
		return
	}
	for address := range addresses(v.String, assetScheme) {
		name := manaAssets + strings.TrimPrefix(address, assetScheme)
		switch {
		case m.pkg.File(name) != nil && !m.single:
			m.used[name] = true
		case m.full("mana/asset-missing"):
		case m.single:
			m.at(v, "mana/asset-missing", "name the blueprint "+manaBlueprint+", and put the file into "+manaAssets,
				"the text refers to %s, and a %s file has no assets", wording.Quote(address), manaSuffix)
		default:
			m.at(v, "mana/asset-missing", m.nearFile(name), "the text refers to %s, and there is no file %s", wording.Quote(address), wording.Quote(name))
		}
	}
}

// hosted tells of pictures and sounds that are taken from the web: their bytes may be others tomorrow, and nobody would see it.
func (m *mana) hosted(v *strictjson.Value, key string) {
	for address := range addresses(v.String, "http") {
		scheme, rest, ok := strings.Cut(address, "://")
		if !ok || scheme != "http" && scheme != "https" {
			continue
		}
		if i := strings.IndexAny(rest, "?#"); i >= 0 {
			rest = rest[:i]
		}
		_, file, _ := strings.Cut(rest, "/")
		media := slices.Contains(mediaTypes, strings.ToLower(path.Ext(file))) || slices.Contains(mediaKeys, key) && address == v.String
		if media && !m.full("mana/hosted-asset") {
			m.note(check.Warning, v, "mana/hosted-asset", "put the file into "+manaAssets+", and write "+assetScheme+" and its name",
				"%s is taken from the web, where it can change, expected a file of the package", wording.Quote(address))
		}
	}
}

// addresses returns the parts of a text that begin with some letters and go on to the end of an address.
func addresses(text, begin string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for rest := text; ; {
			i := strings.Index(rest, begin)
			if i < 0 {
				return
			}
			rest = rest[i:]
			end := strings.IndexAny(rest, endOfAddress)
			if end < 0 {
				end = len(rest)
			}
			if !yield(strings.TrimRight(rest[:end], punctuation)) {
				return
			}
			rest = rest[end:]
		}
	}
}

// inline bounds the data that stands in a text: a data: address, or what looks like base64.
func (m *mana) inline(v *strictjson.Value) {
	if len(v.String) < maxInline {
		return
	}
	longest, run := 0, 0
	for i := range len(v.String) {
		switch c := v.String[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("+/=_-\r\n", c) >= 0:
			run++
			longest = max(longest, run)
		default:
			run = 0
		}
	}
	for address := range addresses(v.String, "data:") {
		longest = max(longest, len(address))
	}
	if longest >= maxInline && !m.full("mana/inline-size") {
		m.at(v, "mana/inline-size", "put it into a file in "+manaAssets+", and write "+assetScheme+" and its name",
			"the text holds %d bytes of inline data, expected less than %d", longest, maxInline)
	}
}
