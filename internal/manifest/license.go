package manifest

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/github/go-spdx/v2/spdxexp/spdxlicenses"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// licence takes the sidecar's licence where the native manifest has none.
func (s *source) licence() {
	c, f := &s.sidecar, &s.facts
	if c.License != "" {
		one(s, "license", &f.License, s.spdx(SidecarFile, string(c.License), s.side.Get("license")))
	}
	if file := s.sideFile(string(c.LicenseFile), s.side.Get("license_file")); file != nil {
		if text := s.readable(file); f.LicenseFile == nil {
			f.LicenseFile = &text
		} else if *f.LicenseFile != text {
			s.ignored("license_file", s.side.Get("license_file"))
		}
	}
	one(s, "license_url", &f.LicenseURL, s.address(c.LicenseURL, s.side.Get("license_url")))
}

// maxLicense bounds an expression, in bytes.
const maxLicense = 500

// spdx checks a licence expression (SPDX 2.3, annex D) in a file of the package.
func (s *source) spdx(name, expression string, at *strictjson.Value) string {
	var pos strictjson.Pos
	if at != nil {
		pos = at.Pos
	}
	fail := func(code, hint, format string, args ...any) string {
		if !s.found(name, pos) { // the schema may have told
			s.add(check.Error, name, pos, code, hint, format, args...)
		}
		return ""
	}
	if len(expression) > maxLicense {
		return fail("license/syntax", "put the text of the licences into a file, and name that in license_file", "license has %d bytes, expected at most %d", len(expression), maxLicense)
	}
	words := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(expression))
	for _, word := range words {
		switch {
		case isOperator(word), isLicenseRef(word):
		case isOperator(strings.ToUpper(word)):
			return fail("license/syntax", "write it in upper case: "+strings.ToUpper(word), "license is %s, expected AND, OR and WITH in upper case", wording.Quote(expression))
		default:
			bare := strings.TrimSuffix(word, "+")
			known, _ := findLicense(bare)
			switch {
			case known == "":
				return fail("license/unknown", licenseHint(bare, expression), "license names %s, expected an identifier that SPDX lists", wording.Quote(word))
			case known != bare:
				return fail("license/unknown", "write "+wording.Quote(known), "license names %s, expected the identifier as SPDX spells it", wording.Quote(word))
			}
		}
	}
	if !isExpression(words) {
		return fail("license/syntax", "write it like MIT, or MIT OR Apache-2.0", "license is %s, expected an SPDX expression", wording.Quote(expression))
	}
	return expression
}

// isExpression reports whether words that are each known make an expression: licences, each perhaps WITH an exception, between AND and OR, and parentheses around
// any of these.
func isExpression(words []string) bool {
	const (
		start     = iota // a licence or an opening parenthesis has to follow
		license          // after a licence
		with             // after WITH
		ended            // after an exception or a closing parenthesis
		malformed        // for good
	)
	state, open := start, 0
	for _, word := range words {
		_, isException := findLicense(word)
		switch {
		case word == "(" && state == start:
			open++
		case word == ")" && (state == license || state == ended) && open > 0:
			open--
			state = ended
		case (word == "AND" || word == "OR") && (state == license || state == ended):
			state = start
		case word == "WITH" && state == license:
			state = with
		case isOperator(word):
			state = malformed
		case state == with && isException:
			state = ended
		case state == start && !isException:
			state = license
		default:
			state = malformed
		}
	}
	return open == 0 && (state == license || state == ended)
}

// isOperator reports whether a word joins others.
func isOperator(word string) bool {
	return word == "AND" || word == "OR" || word == "WITH" || word == "(" || word == ")"
}

// licenseHint guesses at what a word that SPDX doesn't list was meant to be.
func licenseHint(word, expression string) string {
	if strings.ContainsAny(word, "/|,;&") {
		return "join licences with OR or AND"
	}
	var known []string
	for _, l := range licenses() {
		known = append(known, l.id)
	}
	if near := cmp.Or(wording.Nearest(word, known), wording.Nearest(strings.ReplaceAll(expression, " ", "-"), known)); near != "" {
		return "did you mean " + wording.Quote(near) + "?"
	}
	return "see https://spdx.org/licenses, or write LicenseRef- and a name of your own"
}

func isLicenseRef(word string) bool {
	if _, after, ok := strings.Cut(word, ":"); ok && strings.HasPrefix(word, "DocumentRef-") {
		word = after
	}
	name, ok := strings.CutPrefix(word, "LicenseRef-")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == ""
}

// A knownLicense is a licence or an exception that SPDX lists.
type knownLicense struct {
	id        string
	exception bool
}

// licenses returns them all, sorted without regard to case.
var licenses = sync.OnceValue(func() []knownLicense {
	var all []knownLicense
	for _, id := range slices.Concat(spdxlicenses.GetLicenses(), spdxlicenses.GetDeprecated()) {
		all = append(all, knownLicense{id, false})
	}
	for _, id := range spdxlicenses.GetExceptions() {
		all = append(all, knownLicense{id, true})
	}
	slices.SortFunc(all, func(a, b knownLicense) int { return strings.Compare(strings.ToLower(a.id), strings.ToLower(b.id)) })
	return slices.Compact(all)
})

// findLicense returns an identifier as SPDX spells it, whatever its letters' case, or "".
func findLicense(word string) (id string, exception bool) {
	i, ok := slices.BinarySearchFunc(licenses(), strings.ToLower(word), func(l knownLicense, word string) int { return strings.Compare(strings.ToLower(l.id), word) })
	if !ok {
		return "", false
	}
	return licenses()[i].id, licenses()[i].exception
}
