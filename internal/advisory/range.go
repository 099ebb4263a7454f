package advisory

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// A Range holds versions of a package. The zero Range holds none.
type Range struct {
	alternatives []alternative
}

// An alternative is comparisons that must all hold; all versions where there are none.
type alternative []comparison

type comparison struct {
	operator string // one of operators
	version  string
}

// operators are all, longer ones before those that they begin with.
var operators = []string{"<=", ">=", "<", ">", "="}

// ParseRange reads a range of at most [MaxRange] bytes:
//
//	range       = alternative *( "||" alternative )    ; a version is in it if it is in one of them
//	alternative = "*" / comparison *( separator comparison )    ; in "*" are all versions; else all comparisons must hold
//	comparison  = ( "<" / "<=" / ">" / ">=" / "=" ) version
//	separator   = at least one space, or a comma
//
// Spaces may stand on either side of every part but within an operator or a version. Versions are as [wire.CheckVersion] wants them, and are
// compared by semver's precedence alone: 1.4.2-rc.1 is in <1.4.2, and isn't in >=1.4.2. There are no other operators, and no wildcards in
// versions.
func ParseRange(text string) (Range, error) {
	if len(text) > MaxRange {
		return Range{}, fmt.Errorf("which has %d bytes, expected at most %d", len(text), MaxRange)
	}
	var r Range
	for part := range strings.SplitSeq(text, "||") {
		a, err := parseAlternative(strings.Trim(part, " "))
		if err != nil {
			return Range{}, err
		}
		r.alternatives = append(r.alternatives, a)
	}
	return r, nil
}

func parseAlternative(text string) (alternative, error) {
	if text == "*" {
		return alternative{}, nil
	}
	var a alternative
	for rest := text; ; {
		c, behind, err := parseComparison(rest)
		if err != nil {
			return nil, err
		}
		a = append(a, c)
		if behind == "" {
			return a, nil
		}
		if behind[0] != ' ' && behind[0] != ',' {
			return nil, fmt.Errorf("expected a space before %s", wording.Quote(behind))
		}
		behind, _ = strings.CutPrefix(strings.TrimLeft(behind, " "), ",")
		rest = strings.TrimLeft(behind, " ")
	}
}

// parseComparison reads the comparison that a text begins with, and returns what is behind it.
func parseComparison(text string) (c comparison, behind string, err error) {
	i := slices.IndexFunc(operators, func(o string) bool { return strings.HasPrefix(text, o) })
	switch {
	case text == "":
		return c, "", errors.New("expected a comparison such as <1.4.2, and there is none")
	case i < 0:
		return c, "", fmt.Errorf("expected <, <=, >, >= or = before %s", wording.Quote(text))
	}
	c.operator = operators[i]
	text = strings.TrimLeft(text[len(c.operator):], " ")
	end := strings.IndexAny(text, " ,<>=|")
	if end < 0 {
		end = len(text)
	}
	c.version, behind = text[:end], text[end:]
	if c.version == "" {
		return c, "", fmt.Errorf("expected a version behind %s", c.operator)
	}
	return c, behind, wire.CheckVersion(c.version)
}

// DecodeValue implements shape.Decoder. What can't be read is left as it is.
func (r *Range) DecodeValue(v *strictjson.Value) {
	if parsed, err := ParseRange(v.String); err == nil {
		*r = parsed
	}
}

// String returns the range with single spaces: the same for ranges that are written alike but for spaces and commas. That of the zero
// Range is empty.
func (r Range) String() string {
	parts := make([]string, len(r.alternatives))
	for i, a := range r.alternatives {
		parts[i] = a.String()
	}
	return strings.Join(parts, " || ")
}

func (a alternative) String() string {
	if len(a) == 0 {
		return "*"
	}
	parts := make([]string, len(a))
	for i, c := range a {
		parts[i] = c.operator + c.version
	}
	return strings.Join(parts, " ")
}

// Contains reports whether a version is in the range. What is no version is in none.
func (r Range) Contains(version string) bool {
	return wire.CheckVersion(version) == nil && slices.ContainsFunc(r.alternatives, func(a alternative) bool { return a.contains(version) })
}

func (a alternative) contains(version string) bool {
	return !slices.ContainsFunc(a, func(c comparison) bool { return !c.holds(version) })
}

func (c comparison) holds(version string) bool {
	switch d := wire.CompareVersions(version, c.version); c.operator {
	case "<":
		return d < 0
	case "<=":
		return d <= 0
	case ">":
		return d > 0
	case ">=":
		return d >= 0
	default:
		return d == 0
	}
}

// empty returns the first alternative that no version can be in, or "".
func (r Range) empty() string {
	for _, a := range r.alternatives {
		if a.empty() {
			return a.String()
		}
	}
	return ""
}

// empty reports whether the highest lower bound is above the lowest upper one. The comparison "=" is both.
func (a alternative) empty() bool {
	var low, high comparison
	for _, c := range a {
		if c.operator[0] != '<' && (low.operator == "" || c.beyond(low) > 0) {
			low = c
		}
		if c.operator[0] != '>' && (high.operator == "" || c.beyond(high) < 0) {
			high = c
		}
	}
	if low.operator == "" || high.operator == "" {
		return false
	}
	d := wire.CompareVersions(low.version, high.version)
	return d > 0 || d == 0 && (low.excludes() || high.excludes())
}

// beyond orders two bounds on the same side: by their versions, and of the same version the one that excludes it is further in.
func (c comparison) beyond(other comparison) int {
	if d := wire.CompareVersions(c.version, other.version); d != 0 {
		return d
	}
	switch {
	case c.operator == ">" && !other.excludes():
		return 1
	case c.operator == "<" && !other.excludes():
		return -1
	}
	return 0
}

// excludes reports whether the version itself isn't meant.
func (c comparison) excludes() bool { return c.operator == "<" || c.operator == ">" }
