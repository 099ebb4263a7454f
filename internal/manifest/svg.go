package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest/wording"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

const (
	svgSpace = "http://www.w3.org/2000/svg"
	maxDepth = 256 // elements within each other
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
	fail := func(code, hint, format string, args ...any) {
		var pos strictjson.Pos
		pos.Line, pos.Column = d.InputPos()
		s.add(check.Error, f.Path, pos, code, hint, format, args...)
	}
	for depth, roots := 0, 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if roots == 0 {
				fail("image/svg", "", "%s has no element, expected svg", what)
			}
			return img
		}
		if err != nil {
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
			if found := active(t); found != "" {
				fail("image/svg-active", "remove it: an icon only draws", "%s has %s, expected nothing that runs or is loaded from elsewhere", what, found)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// active returns what runs, or is loaded from elsewhere, in an element, or "".
func active(t xml.StartElement) string {
	switch strings.ToLower(t.Name.Local) {
	case "script", "foreignobject", "iframe", "object", "embed", "handler", "listener":
		return "the element " + wording.Quote(t.Name.Local)
	}
	for _, a := range t.Attr {
		name := strings.ToLower(a.Name.Local)
		if strings.HasPrefix(name, "on") {
			return "the attribute " + wording.Quote(a.Name.Local)
		}
		if (name == "href" || name == "src") && !harmless(a.Value) {
			return "a reference to " + wording.Quote(a.Value)
		}
	}
	return ""
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
