package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

const (
	byteOrderMark = "\ufeff"
	svgSpace      = "http://www.w3.org/2000/svg"
	// maxDrawing bounds an SVG's file, in bytes: a parser takes fifty times as much for the worst of them.
	maxDrawing = 2 << 20
	maxDepth   = 256 // elements within each other
	// maxReports bounds how often one drawing is found to be active.
	maxReports = 20
)

// drawing checks an SVG: one well-formed svg element, without a document type, so that there are no entities, which
// multiply; and nothing active (see active.go). Somebody may open the published file by itself, and then a browser runs what is in it.
func (c *checker) drawing(data []byte) {
	if n := len(data); n > maxDrawing {
		c.add(check.Error, "image/too-many-bytes", "make the file smaller", "has %d bytes, expected at most %d", n, maxDrawing)
		return
	}
	content := bytes.TrimPrefix(data, []byte(byteOrderMark))
	d := drawing{checker: c, decoder: xml.NewDecoder(bytes.NewReader(content)), mark: len(data) - len(content)}
	for d.next() {
	}
}

// A drawing is an SVG that is being read.
type drawing struct {
	*checker
	decoder      *xml.Decoder
	mark         int // length of the byte order mark, which the decoder doesn't see
	line, column int // where the token begins, or where the syntax is wrong
	depth, roots int
	reports      int

	styles                 int    // style elements around
	style                  []byte // what they hold, in however many pieces
	styleLine, styleColumn int
}

// here takes the decoder's position.
func (d *drawing) here() {
	d.line, d.column = d.decoder.InputPos()
	if d.line == 1 {
		d.column += d.mark
	}
}

func (d *drawing) fail(code, hint, format string, args ...any) {
	d.at(check.Error, d.line, d.column, code, hint, format, args...)
}

// next reads the next token, and reports whether to go on.
func (d *drawing) next() bool {
	d.here()
	start := d.decoder.InputOffset()
	token, err := d.decoder.Token()
	if errors.Is(err, io.EOF) {
		if d.roots == 0 {
			d.fail("image/svg-syntax", "export the drawing anew", "has no element, expected svg")
		}
		return false
	}
	if err != nil {
		d.here()
		message := err.Error()
		if syntax := (*xml.SyntaxError)(nil); errors.As(err, &syntax) {
			message = syntax.Msg
		}
		d.fail("image/svg-syntax", "export the drawing anew, as plain SVG in UTF-8", "isn't well-formed SVG: %s", printable(message))
		return false
	}
	switch t := token.(type) {
	case xml.Directive:
		d.fail("image/svg-doctype", "remove it: SVG needs none", "has a document type, expected none")
		return false
	case xml.ProcInst:
		return d.instruction(t, start)
	case xml.CharData:
		if d.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			d.fail("image/svg-syntax", "remove it, or close the svg element after it", "has text outside of its element, expected none")
			return false
		}
		if d.styles > 0 {
			d.style = append(d.style, t...)
		}
	case xml.StartElement:
		return d.start(t)
	case xml.EndElement:
		d.depth--
		d.endStyle(t.Name)
	}
	return true
}

// instruction checks what stands in <? ?>.
func (d *drawing) instruction(t xml.ProcInst, start int64) bool {
	switch {
	case t.Target == "xml-stylesheet":
		d.report(finding{"image/svg-external", "the processing instruction xml-stylesheet"})
	case t.Target != "xml":
		d.report(finding{"image/svg-script", "the processing instruction " + wording.Quote(t.Target)})
	case start > 0:
		d.fail("image/svg-syntax", "begin the file with it", "has its XML declaration after something else, expected it first")
		return false
	}
	return true
}

func (d *drawing) start(t xml.StartElement) bool {
	if d.depth == 0 {
		if d.roots++; d.roots > 1 || t.Name.Local != "svg" || t.Name.Space != svgSpace {
			d.fail("image/svg-syntax", `begin the file with <svg xmlns="`+svgSpace+`">`,
				"has the top element %s, expected one svg element of SVG's namespace", wording.Quote(t.Name.Local))
			return false
		}
		if !sized(t.Attr) {
			d.at(check.Notice, d.line, d.column, "image/svg-size", `add viewBox="0 0 WIDTH HEIGHT" to the svg element`,
				"has neither a viewBox nor a width and height, expected one of them: without, it can't be scaled")
		}
	}
	if d.depth++; d.depth > maxDepth {
		d.fail("image/svg-syntax", "take groups apart", "has elements more than %d deep, expected at most that", maxDepth)
		return false
	}
	active(t, d.report)
	if isStyle(t.Name) {
		if d.styles++; d.styles == 1 {
			d.styleLine, d.styleColumn = d.line, d.column
		}
	}
	return true
}

func isStyle(name xml.Name) bool { return strings.EqualFold(name.Local, "style") }

// endStyle looks at a style once its outermost element ends: in one within it, a browser reads the outer one's text, too.
func (d *drawing) endStyle(name xml.Name) {
	if !isStyle(name) {
		return
	}
	if d.styles--; d.styles == 0 {
		d.line, d.column = d.styleLine, d.styleColumn
		d.report(activeStyle(string(d.style), true))
		d.style = d.style[:0]
	}
}

// A finding is something active; its code is "" where there is nothing.
type finding struct{ code, what string }

var expected = map[string]string{
	"image/svg-script":   "nothing that runs",
	"image/svg-event":    "nothing that runs",
	"image/svg-foreign":  "nothing but SVG",
	"image/svg-external": "nothing from elsewhere",
}

func (d *drawing) report(found finding) {
	if found.code != "" && d.reports < maxReports {
		d.reports++
		d.fail(found.code, "remove it: a drawing only draws", "has %s, expected %s", found.what, expected[found.code])
	}
}

// sized reports whether the svg element says how large the drawing is, to begin with.
func sized(attributes []xml.Attr) bool {
	var width, height bool
	for _, a := range attributes {
		switch {
		case a.Name.Space != "":
		case a.Name.Local == "viewBox":
			if box := strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' }); len(box) == 4 &&
				length(box[2]) && length(box[3]) {
				return true
			}
		case a.Name.Local == "width":
			width = length(strings.TrimSpace(a.Value))
		case a.Name.Local == "height":
			height = length(strings.TrimSpace(a.Value))
		}
	}
	return width && height
}

// length reports whether s is a number above 0, with or without a unit. A share of the page is no length.
func length(s string) bool {
	n, err := strconv.ParseFloat(strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), 64)
	return err == nil && n > 0
}
