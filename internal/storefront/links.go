package storefront

import (
	"html/template"
	"net/url"
	"path"
	"strings"
)

// maxURL is the longest foreign URL that is linked, in bytes.
const maxURL = 2048

// A base leads from a page to the top of the tree: "", "../", ….
type base string

// baseOf returns the base of the page at a published path.
func baseOf(page string) base { return base(strings.Repeat("../", strings.Count(page, "/"))) }

// to returns the URL of a published path. It has no character that means anything in HTML.
func (b base) to(path string) string { return string(b) + escapePath(path) }

// href returns a link to a published path, which may end in a fragment.
func (b base) href(path, fragment string) template.HTMLAttr {
	return attr("href", b.to(path)+fragment)
}

// attr returns an attribute whose value is a URL. Templates get URLs as whole attributes: that is as safe as the value
// that is put in here, and takes one call where html/template takes three to escape a URL.
func attr(name, url string) template.HTMLAttr {
	return template.HTMLAttr(name + `="` + template.HTMLEscapeString(url) + `"`)
}

// rel is what every link to another host says.
const rel = "nofollow noopener noreferrer"

// foreign returns a link to another host.
func foreign(url string) template.HTMLAttr {
	return template.HTMLAttr(`href="` + template.HTMLEscapeString(url) + `" rel="` + rel + `"`)
}

// escapePath escapes what isn't a plain character of a URL's path.
func escapePath(p string) string {
	plain := true
	for i := 0; i < len(p) && plain; i++ {
		plain = isPathByte(p[i])
	}
	if plain {
		return p
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(p)+16)
	for i := range len(p) {
		if c := p[i]; isPathByte(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

func isPathByte(c byte) bool {
	return isAlphanumeric(c) || c == '/' || c == '-' || c == '.' || c == '_' || c == '~'
}

// A Link is a text that may lead somewhere.
type Link struct {
	Label string
	Note  string            // what tells it from other links of the same label, or ""
	Href  template.HTMLAttr // href="…", perhaps with more attributes; "" where the text leads nowhere
}

// html returns the link as an element, or its text alone if it leads nowhere.
func (l Link) html() template.HTML {
	var b strings.Builder
	if l.Href != "" {
		b.WriteString("<a " + string(l.Href) + ">" + template.HTMLEscapeString(l.Label) + "</a>")
	} else {
		b.WriteString(template.HTMLEscapeString(l.Label))
	}
	if l.Note != "" {
		b.WriteString(` <span class="quiet" dir="auto">` + template.HTMLEscapeString(l.Note) + "</span>")
	}
	return template.HTML(b.String())
}

// external returns a URL of another host that may be linked; ok is false for any other.
func external(raw string) (u *url.URL, ok bool) {
	if len(raw) > maxURL {
		return nil, false
	}
	u, err := url.Parse(raw)
	// A user name before the host serves nothing but to mislead who reads the link.
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, false
	}
	return u, true
}

// webLink returns a link to a web page, noted with its host; a URL that can't be linked is the note alone.
func webLink(label, raw string) Link {
	u, ok := external(raw)
	if !ok {
		return Link{Label: label, Note: cutText(clean(raw), 120)}
	}
	return Link{Label: label, Note: cutText(clean(strings.TrimPrefix(u.Hostname(), "www.")), 60), Href: foreign(u.String())}
}

// supportLink returns a link to a web page or a mail address.
func supportLink(label, raw string) Link {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "mailto" || len(raw) > maxURL {
		return webLink(label, raw)
	}
	// Only the address: a subject, body or further recipient would be the author's words under the reader's name.
	address, err := url.PathUnescape(u.Opaque)
	if err != nil || !isMailAddress(address) {
		return Link{Label: label, Note: cutText(clean(raw), 120)}
	}
	return Link{Label: label, Note: address, Href: foreign("mailto:" + strings.ReplaceAll(escapePath(address), "%40", "@"))}
}

// isMailAddress accepts the plain ones.
func isMailAddress(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	if !ok || name == "" || host == "" || len(s) > 254 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isPathByte(c) && c != '+' && c != '@' {
			return false
		}
	}
	return !strings.ContainsAny(s, "/~") && strings.Count(s, "@") == 1
}

// gitHubLink returns the profile that belongs to a handle, or "".
func gitHubLink(handle string) template.HTMLAttr {
	if handle == "" || len(handle) > 39 {
		return ""
	}
	for i := range len(handle) {
		if c := handle[i]; !isAlphanumeric(c) && c != '-' {
			return ""
		}
	}
	return foreign("https://github.com/" + handle)
}

// opensSafely tells whether a file may be linked: one that a browser shows as a document could run script in the registry's name.
func opensSafely(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".md", ".markdown", ".txt":
		return true
	}
	return false
}
