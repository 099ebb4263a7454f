package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/strictjson"
)

// Duration is a time span in nanoseconds, as time.Duration. It is written as whole days (30d) or
// whole hours (12h).
type Duration time.Duration

const day = 24 * Duration(time.Hour)

// ParseDuration reads "30d" or "12h", from [MinLifetime] to [MaxLifetime].
func ParseDuration(s string) (Duration, error) {
	digits := strings.TrimRight(s, "dh")
	n, err := parseDigits(digits)
	switch unit := s[len(digits):]; {
	case err != nil:
		return 0, fmt.Errorf("expected days (30d) or hours (12h)")
	case unit == "d" && n <= int64(MaxLifetime/day):
		return checkLifetime(Duration(n) * day)
	case unit == "h" && n <= int64(MaxLifetime/Duration(time.Hour)):
		return checkLifetime(Duration(n) * Duration(time.Hour))
	case unit == "":
		return 0, fmt.Errorf("expected days (%[1]dd) or hours (%[1]dh)", n)
	case unit != "d" && unit != "h":
		return 0, fmt.Errorf("expected days (30d) or hours (12h)")
	}
	return checkLifetime(MaxLifetime + 1)
}

// DecodeValue implements shape.Decoder. What can't be read is left as it is.
func (d *Duration) DecodeValue(v *strictjson.Value) {
	if span, err := ParseDuration(v.String); err == nil {
		*d = span
	}
}

func checkLifetime(d Duration) (Duration, error) {
	if d < MinLifetime || d > MaxLifetime {
		return 0, fmt.Errorf("expected from %v to %v", MinLifetime, MaxLifetime)
	}
	return d, nil
}

// Seconds returns the span in whole seconds.
func (d Duration) Seconds() int64 { return int64(time.Duration(d) / time.Second) }

// String returns the span as it is written: in days if there are whole ones, else in hours.
func (d Duration) String() string {
	if d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return fmt.Sprintf("%dh", d/Duration(time.Hour))
}

// Size is a number of bytes. It is written as a number, or as a text such as 64 MiB.
type Size int64

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

var units = []struct {
	name  string
	bytes int64
}{{"GiB", gib}, {"MiB", mib}, {"KiB", kib}, {"B", 1}}

// ParseSize reads "64 MiB", "64MiB" or "67108864", at most most bytes.
func ParseSize(s string, most Size) (Size, error) {
	digits := s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
	unit := strings.TrimPrefix(s[len(digits):], " ")
	factor := int64(0)
	if unit == "" {
		factor = 1
	}
	for _, u := range units {
		if unit == u.name {
			factor = u.bytes
		}
	}
	n, err := parseDigits(digits)
	if err != nil || factor == 0 {
		for _, u := range units[:3] {
			if err == nil && strings.EqualFold(unit, u.name) || strings.EqualFold(unit, u.name[:1]+"B") || strings.EqualFold(unit, u.name[:1]) {
				return 0, fmt.Errorf("expected %d %s", n, u.name)
			}
		}
		return 0, fmt.Errorf("expected bytes, or a text such as 64 MiB")
	}
	if n < 1 || n > int64(most)/factor {
		return 0, fmt.Errorf("expected from 1 B to %v", most)
	}
	return Size(n * factor), nil
}

// DecodeValue implements shape.Decoder. What can't be read is left as it is.
func (s *Size) DecodeValue(v *strictjson.Value) {
	if size, err := ParseSize(v.String+string(v.Number), MaxSize); err == nil {
		*s = size
	}
}

// parseDigits reads a decimal number without sign or superfluous zeros.
func parseDigits(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && strconv.FormatInt(n, 10) != s {
		err = strconv.ErrSyntax
	}
	return n, err
}

// String returns the size in the largest unit that it is a whole number of.
func (s Size) String() string {
	for _, u := range units {
		if int64(s)%u.bytes == 0 {
			return fmt.Sprintf("%d %s", int64(s)/u.bytes, u.name)
		}
	}
	return ""
}
