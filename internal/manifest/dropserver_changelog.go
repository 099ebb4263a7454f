package manifest

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

// changes takes the list of changes. A line with nothing but a version stands above what is new in it (https://dropserver.org/docs/app-packaging-distributing).
func (d *dropserver) changes() {
	name, file := dropChangelog, d.pkg.File(dropChangelog)
	if at := d.top.Get("changelog"); at != nil {
		if file = d.inPackage(d.Changelog, at); file == nil {
			return
		}
		name = file.Path
	}
	hint := fmt.Sprintf("write a line with nothing but %s, and below it what is new", d.version)
	if file == nil {
		if d.version != "" {
			d.file(check.Warning, "dropserver/changelog-section", name, hint,
				"there is no %s, expected one that says what is new in %s, since hosts show it", name, d.version)
		}
		return
	}
	d.facts.Changelog = map[string]wire.File{wire.DefaultLanguage: d.readable(file)}
	if d.version == "" || len(file.Data) > maxProse {
		return
	}
	warn := func(line int, hint, format string, args ...any) {
		d.add(check.Warning, name, strictjson.Pos{Line: line}, "dropserver/changelog-section", hint, format, args...)
	}
	switch heading, near := changelogSection(string(file.Data), d.version); {
	case heading == 0 && near > 0:
		warn(near, "write nothing but "+d.version+" in the line above what is new",
			"%s has no section on %s, expected a line with nothing but that above it", name, d.version)
	case heading == 0:
		warn(0, hint, "%s has no section on %s, expected one, since hosts show it", name, d.version)
	case heading < 0:
		warn(-heading, "say below it what is new", "the section on %s is empty, expected a text, since hosts show it", d.version)
	}
}

// changelogSection returns the number of the line that heads the section on a version, negative where the section is empty, and 0 where there is none.
// Then near is the first line that looks like such a heading, or 0.
func changelogSection(text, version string) (heading, near int) {
	const longest = 100 // bytes of a heading
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case heading == 0 && line == version:
			heading = n
		case heading == 0:
			if near == 0 && len(line) <= longest && namesVersion(line, version) {
				near = n
			}
		case isVersionLine(line):
			return -heading, 0
		case line != "":
			return heading, 0
		}
	}
	return -heading, near
}

// namesVersion reports whether a version is one of the words of a line.
func namesVersion(line, version string) bool {
	for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return !strings.ContainsRune("0123456789.-abcdefghijklmnopqrstuvwxyz", r) }) {
		if strings.TrimPrefix(word, "v") == version {
			return true
		}
	}
	return false
}

// isVersionLine reports whether hosts take a line for a version, which they do generously: v1.2 is one.
func isVersionLine(line string) bool {
	if line == "" || len(line) > wire.MaxVersion || strings.Trim(line[:1], "0123456789v") != "" {
		return false
	}
	_, err := semver.NewVersion(line)
	return err == nil
}
