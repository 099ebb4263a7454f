package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

const (
	svgSpace = "http://www.w3.org/2000/svg"
	maxDepth = 256 // elements within each other
	// maxReports bounds how often one drawing is found to be active.
	maxReports = 20
)

// svg checks a drawing: one well-formed svg element, without a document type, so that there are no entities and nothing that
// multiplies; without processing instructions; without script, handlers of events, foreign objects and references to anything outside.
// Somebody may open the published file by itself, and then a browser runs what is in it.
func (s *source) svg(f *File, what, code string, maxBytes int) wire.Image {
	img := wire.Image{File: asset(f)}
	if n := len(f.Data); n > maxBytes {
		s.file(check.Error, code, f.Path, "make the file smaller", "%s has %d bytes, expected at most %d", what, n, maxBytes)
		return img
	}
	d := xml.NewDecoder(bytes.NewReader(f.Data))
	var pos strictjson.Pos // where the token begins, or where the syntax is wrong
	fail := func(code, hint, format string, args ...any) {
		s.add(check.Error, f.Path, pos, code, hint, format, args...)
	}
	reports := 0
	report := func(found string) {
		if found != "" && reports < maxReports {
			reports++
			fail("image/svg-active", "remove it: a drawing only draws", "%s has %s, expected nothing that runs or is loaded from elsewhere", what, found)
		}
	}
	var style []byte // what the style element around holds, in however many pieces
	inStyle := false
	for depth, roots := 0, 0; ; {
		pos.Line, pos.Column = d.InputPos()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if roots == 0 {
				fail("image/svg", "", "%s has no element, expected svg", what)
			}
			return img
		}
		if err != nil {
			pos.Line, pos.Column = d.InputPos()
			var syntax *xml.SyntaxError
			message := printable(err)
			if errors.As(err, &syntax) {
				message = printable(errors.New(syntax.Msg))
			}
			fail("image/svg", "export the drawing anew", "%s isn't well-formed SVG: %s", what, message)
			return img
		}
		switch t := token.(type) {
		case xml.Directive:
			fail("image/svg-doctype", "remove it: SVG needs none", "%s has a document type, expected none", what)
			return img
		case xml.ProcInst:
			if t.Target != "xml" {
				fail("image/svg-active", "remove it", "%s has the processing instruction %s, expected none", what, wording.Quote(t.Target))
			}
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				fail("image/svg", "", "%s has text outside of its element", what)
				return img
			}
			if inStyle {
				style = append(style, t...)
			}
		case xml.StartElement:
			if depth == 0 {
				roots++
				if roots > 1 || t.Name.Local != "svg" || t.Name.Space != svgSpace {
					fail("image/svg", `begin the file with <svg xmlns="`+svgSpace+`">`, "%s has the top element %s, expected one svg element of SVG's namespace", what, wording.Quote(t.Name.Local))
					return img
				}
			}
			if depth++; depth > maxDepth {
				fail("image/svg", "", "%s has elements more than %d deep", what, maxDepth)
				return img
			}
			inStyle = inStyle || strings.EqualFold(t.Name.Local, "style")
			report(active(t))
		case xml.EndElement:
			depth--
			if inStyle && strings.EqualFold(t.Name.Local, "style") {
				report(activeStyle(string(style), true))
				inStyle, style = false, nil
			}
		}
	}
}

// active returns what runs, or is loaded from elsewhere, in the start of an element, or "".
func active(t xml.StartElement) string {
	switch strings.ToLower(t.Name.Local) {
	case "script", "foreignobject", "iframe", "object", "embed", "handler", "listener":
		return "the element " + wording.Quote(t.Name.Local)
	}
	for _, a := range t.Attr {
		name := strings.ToLower(a.Name.Local)
		switch {
		case a.Name.Space == "xmlns":
			continue
		case strings.HasPrefix(name, "on"), name == "base":
			return "the attribute " + wording.Quote(a.Name.Local)
		case (name == "href" || name == "src") && !harmless(a.Value):
			return "a reference to " + wording.Quote(a.Value)
		case name == "attributename" && animatesLink(a.Value):
			return "an animation of " + wording.Quote(a.Value)
		}
		if found := activeStyle(a.Value, name == "style"); found != "" {
			return found
		}
	}
	return ""
}

// activeStyle returns what is loaded by a style, or by an attribute that takes a paint or a filter as a style does, or "".
func activeStyle(css string, style bool) string {
	if style && strings.Contains(css, `\`) {
		return "a style with an escape" // which could be any of what follows
	}
	if !strings.ContainsAny(css, "(@") {
		return ""
	}
	css = strings.ToLower(css)
	if style && strings.Contains(css, "@import") {
		return "a style with an @import"
	}
	for _, function := range []string{"url(", "image(", "image-set("} {
		for rest := css; ; {
			_, after, found := strings.Cut(rest, function)
			if !found {
				break
			}
			if ref := strings.TrimLeft(after, " \t\r\n\f\"'"); !harmless(ref) {
				return "a reference to " + wording.Quote(ref)
			}
			rest = after
		}
	}
	return ""
}

// animatesLink reports whether an animation of an attribute can make a link or a handler of it.
func animatesLink(name string) bool {
	_, local, prefixed := strings.Cut(strings.ToLower(strings.TrimSpace(name)), ":")
	if !prefixed {
		local = strings.ToLower(strings.TrimSpace(name))
	}
	return local == "href" || local == "src" || strings.HasPrefix(local, "on")
}

// harmless reports whether a reference stays in the file.
func harmless(ref string) bool {
	ref = strings.TrimSpace(ref)
	if strings.HasPrefix(ref, "#") {
		return true
	}
	for _, kind := range []string{"png", "jpeg", "gif", "webp"} {
		if strings.HasPrefix(ref, "data:image/"+kind+";base64,") {
			return true
		}
	}
	return false
}
