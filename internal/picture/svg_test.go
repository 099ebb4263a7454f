package picture

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// An svgCase is a drawing, or what stands in one, and its findings: "code line:column: message" or only a part of the message.
type svgCase struct {
	shows, content string
	want           []string
}

func (c svgCase) run(t *testing.T, content string) {
	t.Helper()
	_, findings := Check("a.svg", []byte(content), Rule{What: "it", Kinds: []Kind{SVG}})
	got := lines(findings, nil)
	for i := range got {
		got[i] = strings.Replace(got[i], "a.svg:", "", 1)
	}
	if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
		t.Errorf("%s: got\n%s\nwant\n%s", c.shows, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
	}
}

const svgSample = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="20"/></svg>`

// A drawing is one well-formed svg element.
func TestSVGSyntax(t *testing.T) {
	top := `image/svg-syntax 1:%d: it has the top element %q, expected one svg element of SVG's namespace`
	open := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">`
	for _, c := range []svgCase{
		{"a declaration, comments and line ends", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- x -->\n" + svgSample + "<!-- y -->\n", nil},
		{"a byte order mark", "\ufeff" + svgSample, nil},
		{"a byte order mark and a declaration", "\ufeff<?xml version=\"1.0\"?>" + svgSample, nil},
		{"places count the bytes of a byte order mark", "\ufeff<svg/>\n", []string{fmt.Sprintf(top, 4, "svg")}},
		{"a prefix for SVG's namespace", `<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`, nil},
		{"what drawing programs leave in it", open + `<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:li r:resource="http://purl.org/dc"/></r:RDF></metadata></svg>`, nil},
		{"256 elements deep", open + strings.Repeat("<g>", 255) + strings.Repeat("</g>", 255) + "</svg>", nil},

		{"257 elements deep", open + strings.Repeat("<g>", 256), []string{"image/svg-syntax 1:824: it has elements more than 256 deep"}},
		{"no namespace", `<svg/>`, []string{fmt.Sprintf(top, 1, "svg")}},
		{"another namespace", `<svg xmlns="http://www.w3.org/2000/SVG"/>`, []string{fmt.Sprintf(top, 1, "svg")}},
		{"HTML", `<html><svg/></html>`, []string{fmt.Sprintf(top, 1, "html")}},
		{"a second element at the top", svgSample + svgSample, []string{fmt.Sprintf(top, 99, "svg")}},
		{"an empty file", "", []string{"image/svg-syntax 1:1: it has no element, expected svg"}},
		{"a text", "hello", []string{"image/svg-syntax 1:1: it has text outside of its element"}},
		{"text after it", svgSample + "\ny", []string{"image/svg-syntax 1:99: it has text outside of its element"}},
		{"an element that isn't closed", open + "\n<g>", []string{"image/svg-syntax 2:4: it isn't well-formed SVG: unexpected EOF"}},
		{"elements crosswise", open + "\n <g><a></g></a></svg>", []string{"image/svg-syntax 2:12: it isn't well-formed SVG: element <a> closed by </g>"}},
		{"an attribute without quotes", open + "<g id=a/></svg>", []string{"image/svg-syntax 1:66: it isn't well-formed SVG: unquoted or missing attribute value in element"}},
		{"an entity of nowhere", open + "<text>é&lol;</text></svg>", []string{"image/svg-syntax 1:72: it isn't well-formed SVG: invalid character entity &lol;"}},
		{"bytes that aren't UTF-8", open + "<text>\xff</text></svg>", []string{"image/svg-syntax 1:66: it isn't well-formed SVG: invalid UTF-8"}},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>` + svgSample, []string{`image/svg-syntax 1:44: it isn't well-formed SVG: xml: encoding "ISO-8859-1" declared`}},
		{"a declaration after a line end", "\n<?xml version=\"1.0\"?>" + svgSample, []string{"image/svg-syntax 2:1: it has its XML declaration after something else, expected it first"}},
		{"UTF-16", "\xff\xfe<\x00s\x00v\x00g\x00", []string{"image/svg-syntax 1:3: it isn't well-formed SVG: invalid UTF-8"}},

		{"a document type", "<!DOCTYPE svg>" + svgSample, []string{"image/svg-doctype 1:1: it has a document type, expected none"}},
		{"entities", `<!DOCTYPE svg [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>` + svgSample, []string{"image/svg-doctype 1:1: it has a document type"}},
		{"an entity further down", open + `<!ENTITY a "b"></svg>`, []string{"image/svg-doctype 1:59: it has a document type"}},
	} {
		c.run(t, c.content)
	}
}

// A drawing says how large it is: it has a viewBox, or a width and a height.
func TestSVGSize(t *testing.T) {
	none := []string{"notice: image/svg-size 1:1: it has neither a viewBox nor a width and height, expected one of them"}
	for _, c := range []svgCase{
		{"a viewBox", `viewBox="0 0 64 64"`, nil},
		{"a viewBox with commas", `viewBox=" -1.5,0, 6e1 64 "`, nil},
		{"width and height", `width="64" height="48.5"`, nil},
		{"with units", `width=" 64px" height="2.5em "`, nil},
		{"a share of the page beside a viewBox", `width="100%" height="100%" viewBox="0 0 1 1"`, nil},
		{"nothing", ``, none},
		{"a width alone", `width="64"`, none},
		{"a share of the page", `width="100%" height="100%"`, none},
		{"no height", `width="64" height="0"`, none},
		{"less than none", `width="64" height="-1"`, none},
		{"auto", `width="auto" height="auto"`, none},
		{"lower case", `viewbox="0 0 64 64"`, none},
		{"three numbers", `viewBox="0 64 64"`, none},
		{"an empty box", `viewBox="0 0 64 0"`, none},
		{"of another namespace", `xmlns:x="urn:x" x:viewBox="0 0 64 64"`, none},
	} {
		c.run(t, `<svg xmlns="http://www.w3.org/2000/svg" `+c.content+`><svg/></svg>`)
	}
}

// Nothing in a drawing runs or is loaded from elsewhere.
func TestSVGActive(t *testing.T) {
	const (
		data     = "data:image/png;base64,"
		script   = "image/svg-script 1:105: it has "
		event    = "image/svg-event 1:105: it has "
		foreign  = "image/svg-foreign 1:105: it has "
		external = "image/svg-external 1:105: it has "
	)
	for _, c := range []svgCase{
		{"references within the file", `<g id="a"/><use xlink:href="#a"/><use href=" #a "/><image href="data:image/png;base64,AA=="/><image href="DATA:image/WebP;base64,AA=="/>`, nil},
		{"a style that stays in the file", `<style>.a{fill:url(#b)}@media print{g{fill:URL( '#c' )}}</style><g fill="url('#b')" style="fill: url( #c ); mask:url(&quot;#d&quot;)"/>`, nil},
		{"an animation", `<animate attributeName="opacity" values="0;1"/><set attributeName="fill" to="url(#a)"/>`, nil},
		{"a link within the file", `<a href="#a"><text>javascript: https://example.org onload=""</text></a>`, nil},
		{"texts that look like styles", `<g id="image(1)" data-name="url(x)" aria-label="src(\)" class="url(y)" xmlns:i="urn:i" i:label="url(C:\a)"/>`, nil},
		{"addresses of namespaces", `<g xmlns:x="https://example.org/x" xmlns:onload="urn:y" xml:space="preserve" xml:lang="en"/>`, nil},
		{"a picture in it of almost 64 KiB", `<image href="` + data + strings.Repeat("A", maxInline-len(data)) + `"/>`, nil},

		{"script", `<script>alert(1)</script>`, []string{script + `the element "script", expected nothing that runs`}},
		{"script in upper case, and of another namespace", `<x:SCRIPT xmlns:x="urn:x"/>`, []string{script + `the element "SCRIPT"`}},
		{"a handler of SVG Tiny", `<handler/>`, []string{script + `the element "handler"`}},
		{"a listener of XML Events", `<listener/>`, []string{script + `the element "listener"`}},
		{"script as a link", `<a xlink:href="javascript:x"/>`, []string{script + `a reference to "javascript:x"`}},
		{"the same in disguise", `<a href=" jAva&#9;scr&#10;ipt:x"/>`, []string{script + `a reference to " jAva\tscr\nipt:x"`}},
		{"of old", `<a href="VBScript:x"/>`, []string{script + `a reference to "VBScript:x"`}},
		{"an animation that makes a link", `<set attributeName="xlink:href" to="javascript:x"/>`, []string{script + `an animation of "xlink:href"`}},
		{"the same of SVG 2", `<animate attributeName=" HREF" values="javascript:x"/>`, []string{script + `an animation of " HREF"`}},
		{"an instruction to PHP", `<?php system($_GET[0]); ?>`, []string{script + `the processing instruction "php"`}},

		{"a handler of an event", `<g onload="x"/>`, []string{event + `the attribute "onload", expected nothing that runs`}},
		{"a handler in upper case", `<g ONLOAD="x"/>`, []string{event + `the attribute "ONLOAD"`}},
		{"an animation that makes a handler", `<set attributeName="onmouseover" to="x"/>`, []string{event + `an animation of "onmouseover"`}},
		{"two in one element", `<g onload="x" onclick="x"/>`, []string{event + `the attribute "onclick"`, event + `the attribute "onload"`}},

		{"HTML in SVG", `<foreignObject/>`, []string{foreign + `the element "foreignObject", expected nothing but SVG`}},
		{"a frame", `<iframe src="https://example.org"/>`, []string{foreign + `the element "iframe"`}},
		{"things of HTML", `<object/><embed/><audio/><video/><canvas/>`, []string{foreign, "image/svg-foreign 1:114: ", "image/svg-foreign 1:122: ", "image/svg-foreign 1:130: ", "image/svg-foreign 1:138: "}},
		{"HTML by its namespace", `<x:p xmlns:x="http://www.w3.org/1999/xhtml"/>`, []string{foreign + `the HTML element "p"`}},
		{"HTML by its namespace, inherited", `<g xmlns="http://www.w3.org/1999/xhtml"/>`, []string{foreign + `the HTML element "g"`}},

		{"a picture from elsewhere", `<image xlink:href="https://example.org/x.png"/>`, []string{external + `a reference to "https://example.org/x.png", expected nothing from elsewhere`}},
		{"from the same server", `<image href="x.png"/>`, []string{external + `a reference to "x.png"`}},
		{"the file again", `<use href=""/>`, []string{external + `a reference to ""`}},
		{"a fragment after a space of another kind", "<use href=\"\u00a0#a\"/>", []string{external + `a reference to "\u00a0#a"`}},
		{"an SVG in an SVG", `<image href="data:image/svg+xml;base64,AA=="/>`, []string{external + `a reference to "data:image/svg+xml;base64,AA=="`}},
		{"HTML in a link", `<a href="data:text/html,x"/>`, []string{external + `a reference to "data:text/html,x"`}},
		{"a picture in it of more than 64 KiB", `<image href="` + data + strings.Repeat("A", maxInline-len(data)+1) + `"/>`, []string{external + "a data: address of more than 65536 bytes"}},
		{"someone who is told of clicks", `<a href="#a" ping="https://example.org"/>`, []string{external + `a reference to "https://example.org"`}},
		{"another base", `<g xml:base="https://example.org/"><use href="#a"/></g>`, []string{external + `the attribute "base"`}},
		{"a style sheet", `<?xml-stylesheet href="x.css"?>`, []string{external + "the processing instruction xml-stylesheet"}},

		{"an attribute that loads", `<g fill="URL(https://example.org/#a)"/>`, []string{external + `a reference to "https://example.org/#a"`}},
		{"the second of two", `<g style="fill:url(#a);mask:url(b.svg#a)"/>`, []string{external + `a reference to "b.svg#a"`}},
		{"an animation that loads", `<set attributeName="fill" to="url(//example.org)"/>`, []string{external + `a reference to "//example.org"`}},
		{"a reference behind an open string", "<style>a{fill:url('#a\nb{fill:url(//example.org)}</style>", []string{external + `a reference to "//example.org"`}},
		{"a reference in a reference", `<style>a{fill:url(#a url(//example.org))}</style>`, []string{external + `a reference to "#a url(//example.org"`}},
		{"pictures as texts", `<g style="mask:-webkit-image-set('#a' 1x, '//example.org' 2x)"/>`, []string{external + "a style with image-set()"}},
		{"a font", `<style>@font-face{font-family:a;src:url(data:font/woff2;base64,AA==)}</style>`, []string{external + `a reference to "data:font/woff2;base64,aa=="`}},
		{"an import", `<style>@IMPORT 'x.css';</style>`, []string{external + "a style with an @import"}},
		{"an import in pieces", "<style>\n@im<!-- -->po<![CDATA[rt 'x.css']]></style>", []string{external + "a style with an @import"}},
		{"an import behind a style in the style", `<style><style/>@import 'x.css';</style>`, []string{external + "a style with an @import"}},
		{"an import in an element in the style", `<style><g>@import 'x.css';</g></style>`, []string{external + "a style with an @import"}},
		{"an escape in a style", `<g style="fill:\75rl(x)"/>`, []string{external + "a style with an escape"}},
		{"an escape in a style element", `<style>@\69mport 'x.css';</style>`, []string{external + "a style with an escape"}},
		{"an escape in a paint", `<g fill="\75rl(https://example.org/#a)"/>`, []string{external + "a style with an escape"}},
	} {
		c.run(t, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 64 64"> `+c.content+`</svg>`)
	}
	many := strings.Repeat(`<g onload="x"/>`, 1000)
	_, findings := Check("a.svg", []byte(strings.Replace(svgSample, "<circle", many+"<circle", 1)), anything)
	if len(findings) != maxReports {
		t.Errorf("a thousand handlers: %d findings, expected the first %d", len(findings), maxReports)
	}
	// A place is where the element begins, in bytes from the start of its line.
	svgCase{want: []string{`image/svg-event 3:11: it has the attribute "onload"`}}.run(t, strings.Replace(svgSample, "<circle", "\n\n <!--ü--><circle\nonload='x'", 1))
}
