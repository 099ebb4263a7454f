package strictyaml

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/wording"
)

const mergeKey = "<<"

// number is what JSON, YAML 1.1 and YAML 1.2 all take for the same number. YAML 1.1 takes an exponent only after a
// point and with a sign (https://yaml.org/type/float.html).
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+][0-9]+)?)?$`)

// words are, in lower case, those that readers may take for something else, and what for. The first six are booleans of
// YAML 1.1 (https://yaml.org/type/bool.html); of the others the versions know more spellings than JSON does.
var words = map[string]string{
	"y": "true", "yes": "true", "on": "true", "n": "false", "no": "false", "off": "false",
	"true": "true", "false": "false", "null": "null", "~": "null",
}

// Scalars of YAML 1.1 (https://yaml.org/type) and of the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema),
// with what readers take beyond them: letters of any case, and underscores.
var (
	date        = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?)?$`)
	sexagesimal = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)
	prefixed    = regexp.MustCompile(`^[-+]?0([xX][0-9a-fA-F_]+|[bB][01_]+|[oO][0-7_]+)$`)
	octal       = regexp.MustCompile(`^[-+]?0[0-7_]+$`)
	zeros       = regexp.MustCompile(`^[-+]?0[0-9]+$`)
	infinity    = regexp.MustCompile(`^[-+]?\.(?i:inf)$`)
	nan         = regexp.MustCompile(`^\.(?i:nan)$`)
	decimal     = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`) // without its underscores
)

// surprise says what readers take a text without quotes for, and what else than a text may be meant by it; what is ""
// where all take it for a text. tag is what yaml.v3 takes it for, which is one more reader.
func surprise(s, tag string) (what, otherwise string) {
	if word := words[strings.ToLower(s)]; word != "" {
		otherwise = "write " + word
		switch {
		case s == "~":
			return "YAML takes for null", otherwise
		case strings.EqualFold(s, word):
			return "some readers of YAML take for " + word + " and others for a text", otherwise
		}
		return "YAML 1.1 takes for " + word + " and YAML 1.2 for a text", otherwise
	}
	otherwise = "write the number in plain decimal digits"
	digits := strings.ReplaceAll(s, "_", "")
	switch {
	case s == mergeKey, s == "=":
		return "YAML 1.1 takes for a mark with a meaning of its own", ""
	case date.MatchString(s):
		return "YAML 1.1 takes for a date and YAML 1.2 for a text", ""
	case sexagesimal.MatchString(s):
		return "YAML 1.1 takes for a number to the base 60" + base60(digits) + " and YAML 1.2 for a text", ""
	case infinity.MatchString(s):
		return "YAML takes for infinity", ""
	case nan.MatchString(s):
		return `YAML takes for "not a number"`, ""
	case prefixed.MatchString(s):
		name := map[byte]string{'x': "a hexadecimal", 'b': "a binary", 'o': "an octal"}[strings.ToLower(strings.TrimLeft(s, "+-"))[1]]
		return "some readers of YAML take for " + name + " number" + integer(digits) + " and others for a text", otherwise
	case octal.MatchString(s):
		return "YAML 1.1 takes for an octal number" + integer(digits) + " and YAML 1.2 for a decimal one or a text", otherwise
	case zeros.MatchString(s):
		return "YAML 1.1 takes for a text and YAML 1.2 for a number", otherwise
	case decimal.MatchString(s) && strings.ContainsAny(s, "eE"):
		return "YAML 1.1 takes for a text and YAML 1.2 for a number with an exponent", otherwise
	case decimal.MatchString(s):
		return "YAML takes for a number, in a form that JSON doesn't have", otherwise
	case decimal.MatchString(digits) && s[0] != '_':
		return "some readers of YAML take for the number " + wording.Quote(digits) + " and others for a text", otherwise
	case tag != "!!str":
		return "some readers of YAML don't take for a text", ""
	}
	return "", ""
}

// integer says the value of an integer with a prefix that tells its base, where that isn't very large.
func integer(s string) string {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (%d)", n)
}

// base60 says the value of an integer to the base 60, where that isn't very large.
func base60(s string) string {
	n := int64(0)
	for digits := range strings.SplitSeq(strings.TrimLeft(s, "+-"), ":") {
		digit, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || max(n, digit) > 1<<40 {
			return ""
		}
		n = n*60 + digit
	}
	if strings.HasPrefix(s, "-") {
		n = -n
	}
	return fmt.Sprintf(" (%d)", n)
}
