package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/picture"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// What the formats ask of pictures where they have no rules of their own.
var (
	iconRule       = picture.Rule{What: "the icon", Kinds: []picture.Kind{"png", "jpeg", "webp"}, MaxBytes: 1 << 20, Square: true, MinSide: 64, Severity: check.Error}
	drawnIconRule  = picture.Rule{What: "the icon", Kinds: []picture.Kind{"svg"}, MaxBytes: 512 << 10, Severity: check.Error}
	screenshotRule = picture.Rule{What: "the screenshot", Kinds: []picture.Kind{"png", "jpeg", "webp"}, MaxBytes: 3 << 20, MinSide: 200, Severity: check.Error}
)

// fill completes the facts with the sidecar's: what the native manifest says stands. Then it says what of a listing is missing. It is called when the native facts are there.
func (s *source) fill() {
	c, f := &s.sidecar, &s.facts
	s.owned("id", s.pkg.ID, string(c.ID))
	if s.name != SidecarFile {
		if s.version != "" && s.top.Get("version") != nil {
			s.owned("version", s.version, string(c.Version))
		}
		if s.top.Get("permissions") != nil && s.side.Get("permissions") != nil {
			s.beside(check.Error, s.side.Get("permissions"), "sidecar/overrides", "remove it from "+SidecarFile, "%s has permissions, which %s has, expected them in one place", SidecarFile, s.name)
		}
	}
	f.Name = s.texts("name", f.Name, wire.Text(c.Name))
	f.Summary = s.texts("summary", f.Summary, wire.Text(c.Summary))
	s.description()
	s.changelog()
	s.helpFiles()

	one(s, "version_code", &f.VersionCode, c.VersionCode)
	one(s, "data_schema", &f.DataSchema, c.DataSchema)
	one(s, "routes_risk", &f.RoutesRisk, c.RoutesRisk)
	one(s, "code", &f.Code, c.Code)
	one(s, "vendored", &f.Vendored, c.Vendored)
	one(s, "repository", &f.Repository, s.address(c.Repository, s.side.Get("repository")))
	one(s, "homepage", &f.Homepage, s.address(c.Homepage, s.side.Get("homepage")))
	one(s, "age_rating", &f.AgeRating, c.AgeRating)
	one(s, "accent_color", &f.AccentColor, string(c.AccentColor))
	one(s, "orientation", &f.Orientation, c.Orientation)
	one(s, "background_color", &f.BackgroundColor, string(c.BackgroundColor))
	if file := s.sideFile(string(c.Entrypoint), s.side.Get("entrypoint")); file != nil {
		one(s, "entrypoint", &f.Entrypoint, file.Path)
	}
	if c.HostAPI != nil {
		if f.HostAPI == nil {
			f.HostAPI = &wire.HostAPI{}
		}
		one(s, "host_api.min", &f.HostAPI.Min, c.HostAPI.Min.semantic())
		one(s, "host_api.target", &f.HostAPI.Target, c.HostAPI.Target.semantic())
		if h := f.HostAPI; h.Min != "" && h.Target != "" && wire.CompareVersions(h.Min, h.Target) > 0 {
			s.beside(check.Error, s.side.At("host_api", "target"), "sidecar/host-api", "raise target, or lower min",
				"host_api.target is %s, and min %s, expected a package to be made for a version that it runs on", h.Target, h.Min)
		}
		if *f.HostAPI == (wire.HostAPI{}) {
			f.HostAPI = nil
		}
	}
	s.permissionsIn(SidecarFile, s.side.Get("permissions"), strs(c.Permissions), s.env.Permissions)
	many(s, "permissions", &f.Permissions, strs(c.Permissions))
	many(s, "requires", &f.Requires, strs(c.Requires))
	many(s, "keywords", &f.Keywords, s.words(SidecarFile, "keywords", c.Keywords, s.side.Get("keywords")))
	many(s, "categories", &f.Categories, strs(c.Categories))
	many(s, "authors", &f.Authors, s.authors())
	many(s, "related", &f.Related, s.related())
	many(s, "funding", &f.Funding, s.addresses("funding", c.Funding))
	many(s, "support", &f.Support, s.addresses("support", c.Support))
	many(s, "icons", &f.Icons, s.icons())
	many(s, "screenshots", &f.Screenshots, s.screenshots())
	if file := s.sideFile(string(c.MainScreenshot), s.side.Get("main_screenshot")); file != nil {
		image := s.image(file, screenshotRule)
		f.MainScreenshot = &image
	}
	if len(c.Languages) > 0 {
		s.languages()
	}
	for i, text := range c.Features {
		f.Features = append(f.Features, s.shown(fmt.Sprintf("features[%d]", i), wire.Text(text), item(s.side.Get("features"), i)))
	}
	for i, a := range c.AntiFeatures {
		at := item(s.side.Get("anti_features"), i)
		f.AntiFeatures = append(f.AntiFeatures, wire.AntiFeature{Kind: a.Kind, Reason: s.shown(fmt.Sprintf("anti_features[%d].reason", i), wire.Text(a.Reason), at.Get("reason"))})
	}
	s.licence()
	if ext := s.side.Get("ext"); ext != nil && ext.Kind == strictjson.Object && len(ext.Members) > 0 {
		if f.Ext == nil {
			f.Ext = make(map[string]any)
		}
		for _, m := range ext.Members {
			if _, taken := f.Ext[m.Key]; taken {
				s.beside(check.Error, m.Value, "sidecar/overrides", "choose another name", "ext.%s is something that %s says", m.Key, s.name)
				continue
			}
			s.numbers(SidecarFile, m.Value)
			f.Ext[m.Key] = m.Value.Any()
		}
	}
	s.missing()
}

// owned adds an error where the sidecar says something other than what is said elsewhere, and isn't its to say.
func (s *source) owned(key, native, side string) {
	at := s.side.Get(key)
	if side != "" && side != native && native != "" && !s.found(SidecarFile, at.Pos) {
		where := s.name
		if s.name == SidecarFile || key == "id" {
			where = "the directory's name"
		}
		s.beside(check.Error, at, "sidecar/overrides", "remove it from "+SidecarFile, "%s is %s, and %s says %s", key, wording.Quote(side), where, wording.Quote(native))
	}
}

// ignored says that the sidecar's value of a key isn't used.
func (s *source) ignored(key string, at *strictjson.Value) {
	if at != nil && s.found(SidecarFile, at.Pos) {
		return // it can't be used in any case
	}
	s.beside(check.Warning, at, "sidecar/ignored", "remove it from "+SidecarFile+", or change "+s.name, "%s is ignored, since %s says something else", key, s.name)
}

// one sets a fact that the native manifest doesn't have.
func one[T comparable](s *source, key string, native *T, side T) {
	var none T
	switch {
	case side == none:
	case *native == none:
		*native = side
	case *native != side:
		s.ignored(key, s.side.At(strings.Split(key, ".")...))
	}
}

// many sets a list that the native manifest doesn't have.
func many[T any](s *source, key string, native *[]T, side []T) {
	switch {
	case len(side) == 0:
	case len(*native) == 0:
		*native = side
	default:
		s.ignored(key, s.side.Get(key))
	}
}

// texts adds the sidecar's languages to a text.
func (s *source) texts(key string, native, side wire.Text) wire.Text {
	side = s.shown(key, side, s.side.Get(key))
	if len(native) == 0 {
		return side
	}
	for _, lang := range slices.Sorted(maps.Keys(side)) {
		if have, ok := native[lang]; !ok {
			native[lang] = side[lang]
		} else if have != side[lang] {
			s.ignored(key+" in "+lang, in(s.side.Get(key), lang))
		}
	}
	return native
}

// shown checks a text of the sidecar that listings show. It returns nil where there is none.
func (s *source) shown(key string, text wire.Text, at *strictjson.Value) wire.Text {
	for _, lang := range slices.Sorted(maps.Keys(text)) {
		s.listed(SidecarFile, key, text[lang], in(at, lang))
	}
	if len(text) == 0 {
		return nil
	}
	return text
}

// listed checks a text that listings show: they show text, not HTML, and a word in two scripts may be made to look like another.
func (s *source) listed(name, key, text string, at *strictjson.Value) {
	var pos strictjson.Pos
	if at != nil {
		pos = at.Pos
	}
	if tag := html(text); tag != "" {
		s.add(check.Error, name, pos, "text/html", "write plain text, with a space behind a < that is meant as one", "%s holds %s, which looks like HTML, expected text", key, wording.Quote(tag))
	}
	if word := mixed(text); word != "" {
		s.add(check.Warning, name, pos, "text/mixed-script", "write the word in letters of one script", "%s has the word %s, whose letters are of more than one script and may look like another word", key, wording.Quote(word))
	}
}

// words returns a list of texts that listings show, after a look at them.
func (s *source) words(name, key string, list []Line, at *strictjson.Value) []string {
	for i, text := range list {
		s.listed(name, fmt.Sprintf("%s[%d]", key, i), string(text), item(at, i))
	}
	return strs(list)
}

// title returns a native manifest's text for listings, in the default language.
func (s *source) title(key, text string) wire.Text {
	if text == "" {
		return nil
	}
	s.listed(s.name, key, text, s.top.At(strings.Split(key, ".")...))
	return wire.Text{wire.DefaultLanguage: text}
}

func (s *source) authors() []wire.Author {
	var list []wire.Author
	for i, a := range s.sidecar.Authors {
		at := item(s.side.Get("authors"), i)
		s.listed(SidecarFile, fmt.Sprintf("authors[%d].name", i), string(a.Name), at.Get("name"))
		list = append(list, wire.Author{Name: string(a.Name), Email: string(a.Email), URL: s.address(a.URL, at.Get("url")), GitHub: string(a.GitHub)})
	}
	return list
}

func (s *source) related() []wire.Related {
	var list []wire.Related
	for i, r := range s.sidecar.Related {
		at := item(s.side.Get("related"), i)
		if (r.ID == "") == (r.URL == "") {
			s.beside(check.Error, at, "sidecar/related", "name a package of this registry by its id, and anything else by its url", "related[%d] has %s, expected either an id or a url", i, map[bool]string{true: "neither", false: "both"}[r.ID == ""])
		}
		list = append(list, wire.Related{URL: s.address(r.URL, at.Get("url")), ID: string(r.ID), Relation: r.Relation})
	}
	return list
}

func (s *source) addresses(key string, list []LocalURL) []wire.Text {
	var texts []wire.Text
	for i, urls := range list {
		at := item(s.side.Get(key), i)
		text := make(wire.Text)
		for _, lang := range slices.Sorted(maps.Keys(urls)) {
			if address := s.address(URL(urls[lang]), in(at, lang)); address != "" {
				text[lang] = address
			}
		}
		texts = append(texts, text)
	}
	return texts
}

func (s *source) icons() []wire.Image {
	var list []wire.Image
	for i, icon := range s.sidecar.Icons {
		if file := s.sideFile(string(icon.Path), item(s.side.Get("icons"), i).Get("path")); file != nil {
			rule := iconRule
			if strings.HasSuffix(strings.ToLower(file.Path), ".svg") {
				rule = drawnIconRule
			}
			list = append(list, s.image(file, rule))
		}
	}
	return list
}

func (s *source) screenshots() []wire.Image {
	var list []wire.Image
	for i, shot := range s.sidecar.Screenshots {
		at := item(s.side.Get("screenshots"), i)
		file := s.sideFile(string(shot.Path), at.Get("path"))
		if file == nil {
			continue
		}
		image := s.image(file, screenshotRule)
		image.Title = s.shown(fmt.Sprintf("screenshots[%d].title", i), wire.Text(shot.Title), at.Get("title"))
		image.Alt = s.shown(fmt.Sprintf("screenshots[%d].alt", i), wire.Text(shot.Alt), at.Get("alt"))
		list = append(list, image)
	}
	return list
}

// maxPictures bounds the pictures that are looked at, since each costs time. It is more than any schema allows.
const maxPictures = 64

// image checks a picture, and returns what listings say of it.
func (s *source) image(f *File, rule picture.Rule) wire.Image {
	if s.pictures++; s.pictures > maxPictures {
		return wire.Image{File: s.asset(f)}
	}
	info, findings := picture.Check(s.pkg.Dir+"/"+f.Path, f.Data, rule)
	s.findings = append(s.findings, findings...)
	return wire.Image{File: s.asset(f), Width: info.Width, Height: info.Height}
}

// languages takes which languages the package speaks.
func (s *source) languages() {
	if len(s.facts.Languages) > 0 {
		if !maps.Equal(s.facts.Languages, s.sidecar.Languages) {
			s.ignored("languages", s.side.Get("languages"))
		}
		return
	}
	s.facts.Languages = maps.Clone(s.sidecar.Languages)
}

// missing says what a listing would want and isn't there. What is there and can't be used was told of. A name is what every format asks for itself.
func (s *source) missing() {
	if s.unread {
		return // it may be there
	}
	f := &s.facts
	lacks := func(severity check.Severity, code, hint, message string) {
		s.file(severity, code, s.name, hint, "%s", message)
	}
	if len(f.Summary) == 0 && !s.told("dropserver/short-description") {
		lacks(check.Warning, "listing/summary", "write summary: and one sentence in "+SidecarFile, "there is no summary, expected one sentence that says what the package is")
	}
	if len(f.Icons) == 0 && !s.told("files/") {
		lacks(check.Warning, "listing/icon", "add a square PNG of 256 pixels, and write icons: [{path: icon.png}] in "+SidecarFile, "there is no icon, expected one")
	}
	if len(f.Authors) == 0 {
		lacks(check.Warning, "listing/authors", "write authors: [{name: Ada Example}] in "+SidecarFile, "there is no author, expected one, so that people know whom to ask")
	}
	if f.License == "" && f.LicenseFile == nil && f.LicenseURL == "" && !s.told("license/") && !s.told("files/") && !s.told("text/url") {
		lacks(check.Warning, "listing/license", "write license: MIT, or another SPDX expression, in "+SidecarFile, "there is no license, expected one, so that people know what they may do")
	}
	if s.env.Published != "" && s.env.Published != s.version && len(f.Changelog) == 0 && !s.told("files/") {
		lacks(check.Notice, "listing/changelog", "write what is new into "+changelogFile, "there is no list of changes, expected one with a new version")
	}
	if len(f.Languages) == 0 {
		lacks(check.Notice, "listing/languages", "write languages: {en: 100} in "+SidecarFile, "nothing says which languages the package itself speaks, expected them; English is assumed")
	}
}

// told reports whether there is a finding whose code begins so.
func (s *source) told(prefix string) bool {
	return slices.ContainsFunc(s.findings, func(f check.Finding) bool { return strings.HasPrefix(f.Code, prefix) })
}

// item returns an item of a list, or nil.
func item(v *strictjson.Value, i int) *strictjson.Value {
	if v == nil || i >= len(v.Items) {
		return nil
	}
	return v.Items[i]
}

func strs[S ~string](list []S) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// semantic returns a host's version as a semantic one: 3.0 means 3.0.0.
func (v HostVersion) semantic() string {
	if strings.Count(string(v), ".") == 1 {
		return string(v) + ".0"
	}
	return string(v)
}
