package storefront

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/check"
)

// A ThemeError says what is wrong with the files of a theme, or with what registry.yaml says of the storefront. Its paths begin at the top of the repo; codes are for those who
// report it.
type ThemeError struct{ Findings check.Findings }

// Error returns the first findings, with their places.
func (e *ThemeError) Error() string {
	const most = 5
	var lines []string
	for _, f := range e.Findings[:min(most, len(e.Findings))] {
		lines = append(lines, f.Place()+": "+f.Message)
	}
	if n := len(e.Findings) - most; n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(lines, "\n")
}

// Fault returns the error that a file of a theme, named by its path below [ThemeDir], isn't as it has to be; "" names the directory.
func Fault(name, format string, args ...any) error {
	f := themeFinding(name, 0, 0, themeHint, format, args...)
	f.Path = path.Clean(f.Path)
	return &ThemeError{check.Findings{f}}
}

const themeHint = "docs/storefront.md says what a theme can change"

// themeFinding makes a finding about a file, named by its path below [ThemeDir].
func themeFinding(name string, line, column int, hint, format string, args ...any) check.Finding {
	return check.Finding{Severity: check.Error, Path: ThemeDir + "/" + name, Line: line, Column: column, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// How errors of templates and texts say where: a file, perhaps with a line and a column, behind words about what was done.
var (
	placed    = regexp.MustCompile(ThemeDir + `/([a-z]+/[^\s:]+|icon\.svg)(?::(\d+))?(?::(\d+))?: ?((?s:.*))$`)
	executing = regexp.MustCompile(`^executing "[^"]*" at (<[^\n]*?>): `)
	noField   = regexp.MustCompile(`can't evaluate field (\w+) in type \*?(?:storefront\.)?(\S+)$`)
)

// whilst is how errors about a page begin.
const whilst = "render "

// themeError makes a [ThemeError] of an error that names a file of the theme. Columns of templates are counted from 0 there, behind the white space that a line begins with.
func (r *Renderer) themeError(err error) error {
	var have *ThemeError
	if err == nil || errors.As(err, &have) {
		return err
	}
	page, text := "", err.Error()
	if rest, ok := strings.CutPrefix(text, whilst+ThemeDir+"/"); ok {
		page, text, _ = strings.Cut(rest, ": ")
	}
	m := placed.FindStringSubmatch(text)
	if m == nil {
		m = []string{"", page, "", "", text}
	}
	if m[1] == "" {
		return err
	}
	if _, own := r.site.Files[m[1]]; !own && m[2] == "" && page != "" { // then it only names the frame
		m[1] = page
	}
	line, _ := strconv.Atoi(m[2])
	column, _ := strconv.Atoi(m[3])
	message := executing.ReplaceAllString(strings.TrimSpace(m[4]), "$1: ")
	if executing.MatchString(m[4]) || strings.Contains(text, "html/template:") {
		lines := strings.Split(string(r.files[m[1]]), "\n")
		if m[3] != "" && line >= 1 && line <= len(lines) {
			column += 1 + len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " \t"))
		}
	}
	message = noField.ReplaceAllString(message, "there is no field $1 in $2")
	return &ThemeError{check.Findings{themeFinding(m[1], line, column, themeHint, "%s", message)}}
}
