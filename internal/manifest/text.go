package manifest

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/regen-registry/regen/internal/wording"
)

const maxURL = 2000 // bytes

// checkURL returns an error unless s is an absolute address of one of the schemes, which a page can link to as it is.
func checkURL(s string, schemes ...string) error {
	u, err := url.Parse(s)
	_, unshowable, _ := wording.Unshowable(s)
	switch {
	case len(s) > maxURL:
		return errors.New("expected at most 2000 bytes")
	case unshowable != "" || strings.ContainsFunc(s, unicode.IsSpace) || strings.ContainsAny(s, "\"<>\\`"):
		return errors.New("expected an address without spaces, quotes and controls")
	case err != nil || u.Scheme == "":
		return errors.New("expected an address that begins with " + schemes[0] + "://")
	case !slices.Contains(schemes, u.Scheme):
		return errors.New("expected the scheme " + wording.List(schemes))
	case u.Host == "" || u.Opaque != "":
		return errors.New("expected an address with a host")
	case u.User != nil:
		return errors.New("expected no user and password in it")
	}
	return nil
}

var (
	emailPattern  = regexp.MustCompile("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$") // HTML's, without its lengths
	githubPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$`)
)

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

// isEmail reports whether s is an address as HTML's email field takes it, of at most 254 bytes (RFC 5321, 4.5.3.1.3).
func isEmail(s string) bool { return len(s) <= 254 && emailPattern.MatchString(s) }

// isGitHub reports whether s can be a GitHub handle.
func isGitHub(s string) bool { return githubPattern.MatchString(s) }

// studly returns the StudlyCase of a name: split at hyphens, underscores and spaces, the first letter of each part in upper case.
func studly(name string) string {
	b := make([]byte, 0, len(name))
	upper := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == ' ':
			upper = true
			continue
		case upper && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		upper = false
		b = append(b, c)
	}
	return string(b)
}
