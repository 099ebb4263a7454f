package starter

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// A NameError says why a package can't have a name, and which one it could have.
type NameError struct{ Message, Hint string }

func (e *NameError) Error() string { return e.Message }

// ParseName returns what a name says: the id, and for a plugin of Vito before a slash the vendor, which may be left out. What else a
// format asks of an id, reading the package tells.
func ParseName(format, name string) (vendor, id string, err error) {
	id = name
	if format == "vito" {
		if before, after, ok := strings.Cut(name, "/"); ok {
			vendor, id = before, after
			if fault := fault(vendor); fault != "" {
				return "", "", &NameError{"the vendor: " + fault, suggest(vendor)}
			}
		}
	}
	if fault := fault(id); fault != "" {
		return "", "", &NameError{fault, suggest(id)}
	}
	if format == "mosis" && !strings.Contains(id, ".") {
		return "", "", &NameError{fmt.Sprintf("the id is %s, expected a reverse domain", wording.Quote(id)),
			"as in org.example." + strings.ReplaceAll(id, "-", "") + ", with a domain of your own"}
	}
	return vendor, id, nil
}

// fault returns what keeps a text from being an id, or "".
func fault(id string) string {
	for _, r := range id {
		if r >= utf8.RuneSelf && len(id) <= wire.MaxID {
			return fmt.Sprintf("id %q has %q, expected lower-case letters, digits, hyphens and dots", id, string(r))
		}
	}
	if err := wire.CheckID(id); err != nil {
		return err.Error()
	}
	return ""
}

// suggest returns a hint at an id that can be.
func suggest(name string) string {
	const rule = "lower-case letters, digits and inner hyphens"
	if slug := Slug(name); slug != "" && wire.CheckID(slug) == nil {
		return "an id has " + rule + ": perhaps " + slug
	}
	return "an id has " + rule + ", as in disk-watch"
}

// Slug makes a word of lower-case letters, digits and inner hyphens of a name. It is empty where nothing of the name is left.
func Slug(name string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
		case r >= 0x300 && r <= 0x36f: // a combining accent
		default:
			hyphen = true
		}
	}
	return b.String()
}

// Title returns the title that an id suggests, of at most 30 characters, since some hosts show no more: "Disk Watch" for disk-watch. Of a reverse
// domain, the last part counts.
func Title(format, id string) string {
	const longest = 30
	if format == "mosis" {
		id = id[strings.LastIndexByte(id, '.')+1:]
	}
	title := ""
	for word := range strings.FieldsFuncSeq(id, func(r rune) bool { return r == '-' || r == '.' }) {
		longer := strings.TrimSpace(title + " " + capital(word))
		if len(longer) > longest && title != "" {
			break
		}
		title = longer
	}
	return title[:min(len(title), longest)]
}

// capital returns a word of ASCII letters with the first one in upper case.
func capital(word string) string {
	return strings.ToUpper(word[:min(len(word), 1)]) + word[min(len(word), 1):]
}

// Summary returns a sentence to begin with. With a title of [Title]'s, it has at most 60 characters, since some hosts show no more.
func Summary(title string) string { return "Say in one sentence what " + title + " does" }
