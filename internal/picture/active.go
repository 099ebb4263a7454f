package picture

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/regen-registry/regen/internal/wording"
)

const htmlSpace = "http://www.w3.org/1999/xhtml"

// maxInline is how long a picture within a drawing may be, as text: more isn't a drawing.
const maxInline = 64 << 10

// Elements by their names in lower case, whatever their namespace.
var (
	running = map[string]bool{"script": true, "handler": true, "listener": true}
	foreign = map[string]bool{"foreignobject": true, "iframe": true, "object": true, "embed": true, "audio": true, "video": true, "canvas": true}
)

// active reports what runs, or is loaded from elsewhere, in the start of an element. Letter case doesn't count in names, and namespaces hardly: it
// is better to find too much than to know what each browser takes for one.
func active(t xml.StartElement, report func(finding)) {
	switch name := strings.ToLower(t.Name.Local); {
	case running[name]:
		report(finding{"image/svg-script", "the element " + wording.Quote(t.Name.Local)})
	case foreign[name]:
		report(finding{"image/svg-foreign", "the element " + wording.Quote(t.Name.Local)})
	case t.Name.Space == htmlSpace:
		report(finding{"image/svg-foreign", "the HTML element " + wording.Quote(t.Name.Local)})
	default:
		for _, a := range t.Attr {
			report(activeAttribute(a))
		}
	}
}

func activeAttribute(a xml.Attr) finding {
	if a.Name.Space == "xmlns" {
		return finding{}
	}
	switch name := strings.ToLower(a.Name.Local); {
	case strings.HasPrefix(name, "on"):
		return finding{"image/svg-event", "the attribute " + wording.Quote(a.Name.Local)}
	case name == "base": // all references are relative to it
		return finding{"image/svg-external", "the attribute " + wording.Quote(a.Name.Local)}
	case name == "href", name == "src", name == "ping":
		if found := reference(a.Value); found.code != "" {
			return found
		}
	case name == "attributename":
		if code := animates(a.Value); code != "" {
			return finding{code, "an animation of " + wording.Quote(a.Value)}
		}
	case name == "style":
		return activeStyle(a.Value, true)
	}
	// Paints and filters are attributes that hold what stands in styles, and so are the values of animations.
	switch name := a.Name.Local; {
	case a.Name.Space != "", name == "id", name == "class", strings.HasPrefix(name, "data-"), strings.HasPrefix(name, "aria-"):
		return finding{} // names and texts, which programs that draw fill with anything
	case strings.Contains(a.Value, `\`) && strings.Contains(a.Value, "("):
		return escaped
	}
	return activeStyle(a.Value, false)
}

// animates returns what is wrong with animating an attribute: it can make a link or a handler of it.
func animates(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if _, local, prefixed := strings.Cut(name, ":"); prefixed {
		name = local
	}
	switch {
	case strings.HasPrefix(name, "on"):
		return "image/svg-event"
	case name == "href", name == "src":
		return "image/svg-script"
	}
	return ""
}

// escaped is for what could be any of the names that are looked for in styles.
var escaped = finding{"image/svg-external", "a style with an escape"}

// activeStyle returns what a style loads, or an attribute that takes a paint or a filter as a style does.
func activeStyle(css string, style bool) finding {
	if style && strings.Contains(css, `\`) {
		return escaped
	}
	if !strings.ContainsAny(css, "(@") {
		return finding{}
	}
	css = strings.ToLower(css)
	if style && strings.Contains(css, "@import") {
		return finding{"image/svg-external", "a style with an @import"}
	}
	// They take a reference as a plain text, too, and several of them.
	for _, function := range []string{"image(", "image-set(", "src("} {
		if strings.Contains(css, function) {
			return finding{"image/svg-external", "a style with " + function + ")"}
		}
	}
	for rest := css; ; {
		_, after, found := strings.Cut(rest, "url(")
		if !found {
			return finding{}
		}
		after = strings.TrimLeft(after, " \t\r\n\f\"'")
		end := strings.IndexAny(after, "\"')\r\n\f")
		if end < 0 {
			end = len(after)
		}
		if found := reference(after[:end]); found.code != "" {
			return found
		}
		if strings.Contains(after[:end], "(") { // or another reference could hide in this one
			return finding{"image/svg-external", "a reference to " + wording.Quote(after[:end])}
		}
		rest = after[end:]
	}
}

// lineEnds takes out what browsers do.
var lineEnds = strings.NewReplacer("\t", "", "\r", "", "\n", "")

// reference returns what is wrong with a reference: it has to stay in the file.
func reference(ref string) finding {
	// As a browser reads it: without controls and spaces around it, and without line ends and tabs anywhere (URL standard, 4.4).
	url := strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	url = strings.ToLower(lineEnds.Replace(url))
	if strings.HasPrefix(url, "#") {
		return finding{}
	}
	for _, kind := range []Kind{PNG, JPEG, GIF, WebP} {
		if strings.HasPrefix(url, "data:image/"+string(kind)+";base64,") {
			if len(url) > maxInline {
				return finding{"image/svg-external", fmt.Sprintf("a data: address of more than %d bytes", maxInline)}
			}
			return finding{}
		}
	}
	code := "image/svg-external"
	if strings.HasPrefix(url, "javascript:") || strings.HasPrefix(url, "vbscript:") {
		code = "image/svg-script"
	}
	return finding{code, "a reference to " + wording.Quote(ref)}
}
