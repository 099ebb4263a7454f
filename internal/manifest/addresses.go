package manifest

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// address returns an address that a page can link to as it is, or "" after a finding in the sidecar. What its form alone tells, the schema does.
func (s *source) address(address URL, at *strictjson.Value) string {
	return s.addressIn(SidecarFile, string(address), at)
}

func (s *source) addressIn(name, address string, at *strictjson.Value) string {
	if address == "" {
		return ""
	}
	var pos strictjson.Pos
	if at != nil {
		pos = at.Pos
	}
	if fault := urlFault(address); fault != "" {
		if !s.found(name, pos) { // the schema may have told
			s.add(check.Error, name, pos, "text/url", "write it as a browser shows it", "%s is no address to link to, %s", wording.Quote(address), fault)
		}
		return ""
	}
	return address
}

// urlFault returns what keeps an address from being one that a page can link to, or "".
func urlFault(address string) string {
	u, err := url.Parse(address)
	switch {
	case len(address) > 2000:
		return "expected at most 2000 bytes"
	case strings.ContainsFunc(address, unicode.IsSpace) || strings.ContainsAny(address, "\"<>\\`"):
		return "expected no spaces, quotes and backslashes in it"
	case err != nil:
		return "expected an address such as https://example.org/"
	case u.Scheme == "mailto":
		return ""
	case u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "irc" && u.Scheme != "ircs": // such as javascript
		return "expected one that begins with https://"
	case u.Host == "" || u.Opaque != "":
		return "expected a host in it"
	case u.User != nil:
		return "expected no user and password in it"
	}
	return ""
}

// isLanguage reports whether s is the tag of a language that there is, in its usual spelling.
func isLanguage(s string) bool {
	if len(s) < 2 || len(s) > 12 {
		return false
	}
	tag, err := language.Parse(s)
	return err == nil && tag.String() == s
}

// isSlug reports whether s is a word of lower-case letters, digits and inner hyphens.
func isSlug(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == '-' && i > 0 && i < len(s)-1:
		default:
			return false
		}
	}
	return s != ""
}
