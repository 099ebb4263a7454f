package manifest

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

const (
	mosisLocaleDir   = "locales/"
	mosisMostLocales = 100 // as in the schema
)

// locales takes which languages the app speaks, and checks their texts.
func (m *mosis) locales() {
	if m.top == nil {
		return // nobody knows which they are
	}
	listed := strs(m.Locales[:min(len(m.Locales), mosisMostLocales)])
	reference := string(m.DefaultLocale)
	switch {
	case len(listed) == 0 && reference != "":
		listed = []string{reference}
	case reference == "" && slices.Contains(listed, wire.DefaultLanguage):
		reference = wire.DefaultLanguage
	case reference == "" && len(listed) > 0:
		reference = listed[0]
	case reference != "" && !slices.Contains(listed, reference):
		m.at(m.top.Get("default_locale"), "mosis/default-locale", "add it to locales, or name one of those", "default_locale is %s, expected one of locales", wording.Quote(reference))
	}

	files := m.localeFiles()
	for i, lang := range listed {
		at := item(m.top.Get("locales"), i)
		if files[lang] != nil || lang == reference && len(files) == 0 || at != nil && m.found(mosisManifest, at.Pos) {
			continue // an app of one language may have its texts in its documents
		}
		m.note(check.Warning, at, "mosis/locale-missing", "write its texts into "+mosisLocaleDir+lang+".json, or remove the language",
			"the app speaks %s, and there is no %s.json with its texts", wording.Quote(lang), mosisLocaleDir+lang)
	}
	m.translations(listed, reference, files)
}

// localeFiles returns the files with texts, by the language that their names say.
func (m *mosis) localeFiles() map[string]*File {
	files := make(map[string]*File)
	for i := range m.pkg.Files {
		name, ok := strings.CutPrefix(m.pkg.Files[i].Path, mosisLocaleDir)
		if lang, json := strings.CutSuffix(name, ".json"); ok && json && !strings.Contains(name, "/") {
			files[lang] = &m.pkg.Files[i]
		}
	}
	return files
}

// translations checks the texts of each language, and takes how many of those of the reference it has. One file besides the reference is in memory at a time.
func (m *mosis) translations(listed []string, reference string, files map[string]*File) {
	percent := make(map[string]int)
	if slices.Contains(listed, reference) {
		percent[reference] = 100
	}
	var all *strictjson.Value
	if file := files[reference]; file != nil {
		all = m.texts(file)
	}
	for i := range m.pkg.Files {
		file := &m.pkg.Files[i]
		lang := strings.TrimSuffix(strings.TrimPrefix(file.Path, mosisLocaleDir), ".json")
		if files[lang] != file {
			continue
		}
		if !slices.Contains(listed, lang) {
			m.file(check.Warning, "mosis/locale-unlisted", file.Path, "add it to locales, or remove the file", "locales has no %s, expected every language that there are texts in", wording.Quote(lang))
		}
		if lang == reference {
			continue
		}
		texts := m.texts(file)
		if texts == nil || !slices.Contains(listed, lang) {
			continue
		}
		percent[lang] = 100
		if want, have := mosisTranslated(all, texts); want > 0 {
			percent[lang] = 100 * have / want
		}
	}
	if len(percent) > 0 {
		m.facts.Languages = percent
	}
}

// texts reads a file with the texts of a language. It returns nil after a finding.
func (m *mosis) texts(file *File) *strictjson.Value {
	if !m.small || !mosisText(file.Data) {
		return nil // which is told elsewhere
	}
	v, err := strictjson.Parse(file.Data, strictjson.Limits{Size: mosisFileSize})
	switch {
	case err != nil:
		m.add(check.Error, file.Path, err.Pos, "mosis/locale", err.Hint, "the texts of a language can't be read: %s", err.Message)
		return nil
	case v.Kind != strictjson.Object:
		m.add(check.Error, file.Path, v.Pos, "mosis/locale", `write {"key": "text"}`, "the texts of a language are %s, expected an object", v.Kind)
		return nil
	}
	m.charactersAs(check.Warning, file.Path, v)
	return v
}

// mosisTranslated returns how many texts there are in a language, and how many of them another one has. Objects in it are groups of texts.
func mosisTranslated(all, texts *strictjson.Value) (want, have int) {
	if all == nil {
		return 0, 0
	}
	byKey := make(map[string]*strictjson.Value)
	if texts != nil {
		for _, t := range texts.Members {
			byKey[t.Key] = t.Value
		}
	}
	for _, t := range all.Members {
		mine := byKey[t.Key]
		if t.Value.Kind == strictjson.Object {
			w, h := mosisTranslated(t.Value, mine)
			want, have = want+w, have+h
			continue
		}
		want++
		if mine != nil && mine.Kind == t.Value.Kind && (mine.String != "" || t.Value.String == "") {
			have++
		}
	}
	return want, have
}
