package starter

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/regen-registry/regen/internal/wording"
)

var handle = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$`)

// CheckHandle returns an error, a [*NameError], unless a text is a handle on GitHub as owners in regen.yaml takes it.
func CheckHandle(text string) error {
	if handle.MatchString(text) {
		return nil
	}
	hint := "as in octocat: what is behind github.com/ in the address of your profile"
	if bare := strings.TrimPrefix(text[strings.LastIndexByte(text, '/')+1:], "@"); handle.MatchString(bare) {
		hint = "a handle is written without @ and address: perhaps " + bare
	}
	return &NameError{fmt.Sprintf("the owner is %s, expected a handle on GitHub: letters, digits and hyphens, at most 39", wording.Quote(text)), hint}
}
