package config

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

const maxURL = 2000 // bytes

// plainURL is what an address is made of: published addresses are made by appending to it, and they
// stand in signed documents, so there is nothing in it that needs escaping somewhere.
var plainURL = regexp.MustCompile(`^(https?)://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[::1\])(:[0-9]{1,5})?((?:/[A-Za-z0-9._~%+-]+)*)/?$`)

// address returns the address without a slash at its end and with its host in lower case, or "" after
// adding a finding. key names it in the finding, and example is one that is right.
func (r *reader) address(at *strictjson.Value, code, key, example, s string) string {
	fault, hint := "", "write it like "+example
	u, err := url.Parse(s)
	m := plainURL.FindStringSubmatch(s)
	switch {
	case len(s) > maxURL:
		fault = "expected at most 2000 bytes"
	case err != nil || u.Scheme == "" || u.Host == "":
		fault = "expected an address"
	case u.User != nil:
		fault, hint = "expected no user and password in it", "remove them: the address is published"
	case strings.ContainsAny(s, "?#"):
		fault, hint = "expected no query and no fragment", "remove what follows ? or #"
	case u.Scheme != "https" && u.Scheme != "http":
		fault = "expected https"
	case m == nil:
		fault, hint = "expected ASCII letters, digits and - . _ ~ % + between single slashes", "write a host of other letters in its xn-- form, and a path percent-encoded"
	case dotted(u.Path):
		fault = "expected no . and no .. in its path"
	case u.Scheme == "http" && !local(u.Hostname()):
		fault, hint = "expected https, since it isn't localhost", "serve it over https"
	default:
		return m[1] + "://" + strings.ToLower(m[2]) + m[3] + m[4]
	}
	r.at(at, code, hint, "%s is %s, %s", key, wording.Quote(s), fault)
	return ""
}

func dotted(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

func local(host string) bool {
	host = strings.ToLower(host)
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}
