package manifest

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

// The Markdown files that are found by their names. README.de.md is the one in German.
const (
	readmeFile    = "README.md"
	changelogFile = "CHANGELOG.md"
)

// inLanguages returns the texts of that name in all languages that there are.
func (s *source) inLanguages(name string) map[string]wire.File {
	files := make(map[string]wire.File)
	stem, ext, _ := strings.Cut(name, ".")
	for i := range s.pkg.Files {
		f := &s.pkg.Files[i]
		if f.Path == name {
			files[wire.DefaultLanguage] = s.readable(f)
		} else if lang, ok := strings.CutPrefix(f.Path, stem+"."); ok {
			if lang, ok = strings.CutSuffix(lang, "."+ext); ok && isLanguage(lang) {
				files[lang] = s.readable(f)
			}
		}
	}
	return files
}

// description takes the package's description: what the sidecar names, else the files that are found by their names.
func (s *source) description() {
	found := s.inLanguages(readmeFile)
	for _, lang := range slices.Sorted(maps.Keys(s.sidecar.Description)) {
		prose, at := s.sidecar.Description[lang], in(s.side.Get("description"), lang)
		if !isPath(prose) && s.pkg.File(prose) == nil {
			delete(found, lang)
			if s.facts.DescriptionText == nil {
				s.facts.DescriptionText = make(wire.Text)
			}
			s.facts.DescriptionText[lang] = prose
			continue
		}
		if f := s.sideFile(prose, at); f != nil {
			found[lang] = s.readable(f)
		}
	}
	for lang, file := range s.facts.Description {
		found[lang] = file
	}
	if f := s.pkg.File(readmeFile); f != nil && len(bytes.TrimSpace(f.Data)) == 0 {
		s.file(check.Warning, "listing/readme", readmeFile, "say what the package does and how it is used", "%s is empty, expected the package's description", readmeFile)
	}
	s.facts.Description = filesOrNil(found)
}

// changelog takes the list of changes likewise. A format that has its own puts it in the facts before.
func (s *source) changelog() {
	found := s.inLanguages(changelogFile)
	for _, lang := range slices.Sorted(maps.Keys(s.sidecar.Changelog)) {
		if f := s.sideFile(s.sidecar.Changelog[lang], in(s.side.Get("changelog"), lang)); f != nil {
			found[lang] = s.readable(f)
		}
	}
	for lang, file := range s.facts.Changelog {
		found[lang] = file
	}
	s.facts.Changelog = filesOrNil(found)
}

func (s *source) helpFiles() {
	for _, lang := range slices.Sorted(maps.Keys(s.sidecar.HelpFiles)) {
		at := in(s.side.Get("help_files"), lang)
		for i, path := range s.sidecar.HelpFiles[lang] {
			if f := s.sideFile(path, item(at, i)); f != nil {
				if s.facts.HelpFiles == nil {
					s.facts.HelpFiles = make(map[string][]wire.File)
				}
				s.facts.HelpFiles[lang] = append(s.facts.HelpFiles[lang], s.readable(f))
			}
		}
	}
}

// maxProse bounds a file that listings show as text, in bytes.
const maxProse = 1 << 20

// readable returns a file that listings show as text.
func (s *source) readable(f *File) wire.File {
	if s.looked[f.Path] {
		return s.asset(f) // a list may name a file thousands of times
	}
	s.looked[f.Path] = true
	if !utf8.Valid(f.Data) || bytes.IndexByte(f.Data, 0) >= 0 { // looked at even if the file is a picture of the listing, too
		s.file(check.Error, "text/control", f.Path, "name a text file, saved as UTF-8", "the file isn't text, expected UTF-8 without NUL")
		return s.asset(f)
	}
	if _, known := s.assets[f.Path]; known {
		return s.asset(f)
	}
	if n := len(f.Data); n > maxProse {
		s.file(check.Error, "text/size", f.Path, "make the text shorter", "the text has %d bytes, expected at most %d", n, maxProse)
	}
	for at, line := 0, 1; at < len(f.Data) && len(f.Data) <= maxProse && !s.found(f.Path, strictjson.Pos{}); line++ {
		text, _, _ := bytes.Cut(f.Data[at:], []byte("\n"))
		at += len(text) + 1
		code, hint, message := Suspicious(string(bytes.TrimSuffix(text, []byte("\r"))))
		if code == "text/workflow-command" { // pages show it, and no log does
			continue
		}
		if code != "" {
			s.add(check.Warning, f.Path, strictjson.Pos{Line: line, Column: 1}, code, hint, "the line holds %s", message)
			break // one is enough to look at the file
		}
	}
	return s.asset(f)
}

// isPath reports whether what may be Markdown or the path of a file is the latter.
func isPath(s string) bool {
	lower := strings.ToLower(s)
	return !strings.ContainsAny(s, " \n") && (strings.HasSuffix(lower, ".md") || strings.HasSuffix(lower, ".markdown") || strings.HasSuffix(lower, ".txt"))
}

func filesOrNil(files map[string]wire.File) map[string]wire.File {
	if len(files) == 0 {
		return nil
	}
	return files
}
