package storefront

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/schema"
)

// A schemaText is a schema with its fields.
type schemaText struct {
	name   string
	part   *schemaPart
	fields []schemaField
}

func schemaTexts() ([]schemaText, error) {
	var list []schemaText
	for _, name := range schema.Names() {
		part, err := schemaOf(name)
		if err != nil {
			return nil, err
		}
		list = append(list, schemaText{name, part, part.fields("")})
	}
	return list, nil
}

// A SchemaField is a field as the page of its schema shows it.
type SchemaField struct {
	Path, ID string
	Type     template.HTML
	Required bool
	About    string
	Rules    []string // in the page's language
	Expected []string // in English
	Patterns []string
	Enum     []string
	Default  string
	Examples []string
}

// schemas returns the page that names all schemas, and a page for each.
func (m docsMaker) schemas() ([]File, error) {
	type named struct {
		Link
		Name, About string
	}
	v := struct {
		docsView
		Schemas []named
	}{docsView: m.view(wire.DocPage("schemas"), "schemas", m.l.text("docs_schemas"), m.l.text("docs_schemas_about"))}
	var files []File
	for _, s := range m.texts.schemas {
		at := wire.DocPage("schema-" + s.name)
		v.Schemas = append(v.Schemas, named{Link{Label: s.part.Title, Href: v.Page.base.href(wire.LangPath(m.l.tag, at), "")}, s.name, s.part.About})
		f, err := m.schema(at, s)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	f, err := m.make(&v.docsView, schemasFile, &v)
	return append(files, f), err
}

func (m docsMaker) schema(at string, s schemaText) (File, error) {
	v := struct {
		docsView
		Title, About string
		FileLink     template.HTML
		Open         bool // there may be other fields
		Fields       []SchemaField
		Examples     []string
	}{docsView: m.view(at, "schemas", m.l.text("docs_schema_of", "name", s.name), s.part.Title), Title: s.part.Title, About: s.part.About, Open: !s.part.Closed}
	v.FileLink = Link{Label: strings.TrimPrefix(wire.SchemaPath(s.name), "schemas/"), Href: v.Page.base.href(wire.SchemaPath(s.name), "")}.html()
	for _, f := range s.fields {
		v.Fields = append(v.Fields, m.field(f))
		if !strings.ContainsAny(f.Path, ".[") {
			v.Contents = append(v.Contents, Link{Label: f.Path, Href: attr("href", "#"+fieldID(f.Path))})
		}
	}
	for _, e := range s.part.Examples {
		v.Examples = append(v.Examples, shown(e))
	}
	return m.make(&v.docsView, schemaFile, &v)
}

// fieldID returns the id of a field on the page of its schema: its path without what addresses can't have.
func fieldID(path string) string {
	return "field-" + strings.NewReplacer("[]", "-item", "*", "any").Replace(path)
}

func (m docsMaker) field(f schemaField) SchemaField {
	v := SchemaField{Path: f.Path, ID: fieldID(f.Path), Type: m.typeOf(f.Part), Required: f.Required, About: f.Part.About}
	add := func(list *[]string, text string) {
		if text != "" && !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	var look func(p *schemaPart)
	look = func(p *schemaPart) { // at what the field holds, but not at fields of their own
		for _, bound := range schemaBounds {
			if n, err := strconv.Atoi(p.Bounds[bound]); err == nil {
				add(&v.Rules, m.l.text("docs_"+bound, "n", n))
			}
		}
		if p.Unique {
			add(&v.Rules, m.l.text("docs_uniqueItems"))
		}
		add(&v.Expected, strings.TrimPrefix(p.PatternError, "expected "))
		add(&v.Patterns, p.Pattern)
		for _, value := range p.Enum {
			add(&v.Enum, shown(value))
		}
		for _, key := range p.Patterns {
			add(&v.Patterns, key.Key)
			look(key.Part)
		}
		for _, one := range slices.Concat(p.OneOf, []*schemaPart{p.Items, p.Others}) {
			if one != nil && len(one.Properties) == 0 {
				look(one)
			}
		}
	}
	look(f.Part)
	if f.Part.Default != nil {
		v.Default = shown(f.Part.Default)
	}
	for _, e := range f.Part.Examples {
		add(&v.Examples, shown(e))
	}
	return v
}

// typeOf returns what a value is, in words.
func (m docsMaker) typeOf(p *schemaPart) template.HTML {
	word := func(key string) template.HTML {
		return template.HTML(template.HTMLEscapeString(m.l.text("docs_type_" + key)))
	}
	of := func(key string, what *schemaPart) template.HTML {
		if what == nil {
			return word(key)
		}
		return template.HTML(m.l.text("docs_type_"+key+"_of", "type", m.typeOf(what)))
	}
	var words []template.HTML
	add := func(w template.HTML) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if p.Ref != "" {
		path := referred(p.Ref)
		add(template.HTML(`<a href="#` + template.HTMLEscapeString(fieldID(path)) + `"><code>` + template.HTMLEscapeString(path) + `</code></a>`))
	}
	for _, one := range p.OneOf {
		add(m.typeOf(one))
	}
	for _, t := range p.Types {
		switch {
		case t == "array":
			add(of("list", p.Items))
		case t == "object" && len(p.Properties) > 0:
			add(word("object"))
		case t == "object" && len(p.Patterns) > 0:
			add(of("map", p.Patterns[0].Part))
		case t == "object":
			add(of("map", p.Others))
		default:
			add(word(t))
		}
	}
	if len(words) == 0 {
		add(word("any"))
	}
	joined := words[0]
	for _, w := range words[1:] {
		joined = template.HTML(m.l.text("docs_type_or", "one", joined, "other", w))
	}
	return joined
}

// schemaTitle returns the title of a schema.
func (t *docsTexts) schemaTitle(name string) string {
	i := slices.IndexFunc(t.schemas, func(s schemaText) bool { return s.name == name })
	if i < 0 {
		return name
	}
	return cmp.Or(t.schemas[i].part.Title, name)
}
