package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/release"
)

// newcomer are what GitHub says of people whose changes were never taken before.
var newcomer = []string{"FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "NONE"}

// ownership says who has to agree.
func (p *one) ownership() {
	before, after := p.owners, p.gate.owners.Of(p.id, p.now.pkg.Sidecar)
	keysBefore, keysAfter := p.keys, manifest.KeysOf(p.now.pkg.Sidecar)
	// What the base changed since is no doing of the change, and a merge keeps it.
	if list := p.gate.owners.Of(p.id, p.forked); len(list) > 0 && sameSet(after, list) {
		after = before
	}
	if list := manifest.KeysOf(p.forked); len(list) > 0 && sameSet(keysAfter, list) {
		keysAfter = keysBefore
	}
	switch p.out.Change {
	case "new":
		p.review(KindNew, "", 0, "the package is new")
	case "removal":
		p.review(KindRemoval, "", 0, "the package goes: it is delisted, its releases stay, and its id stays reserved")
	default:
		if !sameSet(before, after) {
			p.review(KindOwners, "", 0, "the owners change from %s to %s", listed(before), listed(after))
		}
		if !sameSet(keysBefore, keysAfter) {
			p.review(KindKeys, "", 0, "the keys that the author signs with change: %d before, %d after", len(keysBefore), len(keysAfter))
		}
	}
	if p.Pull == nil {
		return
	}
	author := p.Pull.User.Login
	if slices.Contains(newcomer, p.Pull.Association) && !p.isOwner(author) {
		p.review(KindFirstTime, "", 0, "%s changes this registry for the first time", author)
	}
	if p.out.Change == "new" {
		if list := p.newOwners(); !owners.Has(list, author) && !p.gate.owners.IsMaintainer(author) {
			hint := fmt.Sprintf("write `owners: [%s]` into the package's regen.yaml", author)
			if len(p.owners) > 0 {
				hint = "the base's owners.yaml keeps the id for them: choose another one, or ask one of them to open the pull request"
			}
			p.found(check.Finding{Code: "gate/new-owner", Severity: check.Error,
				Message: fmt.Sprintf("the new package is owned by %s, expected its author %s among them", listed(list), author), Hint: hint})
		}
		return
	}
	if p.isOwner(author) {
		return
	}
	if p.out.Change != "removal" && (!sameSet(before, after) || !sameSet(keysBefore, keysAfter)) {
		what := "owners"
		if sameSet(before, after) {
			what = "keys"
		}
		hint := "owners hand a package over, and say what its authors sign with: ask one of them to open the pull request"
		if len(before) == 0 {
			hint = "a maintainer says who owns it, with the label " + OverrideLabel + " on the pull request"
		}
		p.found(check.Finding{Code: "gate/transfer", Severity: check.Error,
			Message: fmt.Sprintf("%s changes the %s of a package that %s %s", author, what, listed(before), plural(max(len(before), 1), "owns", "own")), Hint: hint})
	}
	if p.out.ApprovedBy = p.approvedBy(); p.out.ApprovedBy == "" {
		p.out.NeedsOwner = true
	}
}

// signature holds the package against the keys that the base registers. Whether it is signed by one that it registers itself, validating says.
func (p *one) signature() {
	keys := p.keys
	if p.now.built == nil {
		return
	}
	if len(keys) == 0 {
		if signed, _ := release.Author(p.now.pkg, p.now.read, manifest.KeysOf(p.now.pkg.Sidecar)); signed != nil {
			p.out.SignedBy = signed.Key
		}
		return
	}
	signed, fault := release.Author(p.now.pkg, p.now.read, keys)
	if signed != nil {
		p.out.SignedBy = signed.Key
	}
	if fault != nil {
		what := manifest.SignatureFile + " " + fault.Message
		if p.now.pkg.Signature == nil {
			what = "there is no " + manifest.SignatureFile
		}
		p.found(check.Finding{Code: "gate/signature", Severity: check.Error,
			Message: "the package is to be signed by a key that the base registers, and " + what, Hint: fault.Hint})
	}
}

// approvedBy returns who of the owners and maintainers approved of the very commit that is looked at, or "".
func (p *one) approvedBy() string {
	if p.Pull.HasLabel(OverrideLabel) {
		return "a maintainer, by label"
	}
	last := make(map[string]string) // handle → state
	var order []string
	for _, r := range p.Reviews {
		handle := strings.ToLower(r.User.Login)
		switch {
		case r.State == "COMMENTED" || r.State == "PENDING" || strings.EqualFold(handle, p.Pull.User.Login):
			continue
		case r.State == "APPROVED" && r.Commit != p.head.Commit:
			continue // of what was there before
		}
		if _, seen := last[handle]; !seen {
			order = append(order, r.User.Login)
		}
		last[handle] = r.State
	}
	for _, handle := range order {
		if last[strings.ToLower(handle)] == "APPROVED" && p.isOwner(handle) {
			return handle
		}
	}
	return ""
}

func sameSet(a, b []string) bool {
	for _, list := range [][2][]string{{a, b}, {b, a}} {
		for _, s := range list[0] {
			if !owners.Has(list[1], s) {
				return false
			}
		}
	}
	return true
}

// listed names some people, or nobody.
func listed(list []string) string {
	if len(list) == 0 {
		return "nobody"
	}
	if len(list) > 10 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:10], ", "), len(list)-10)
	}
	return strings.Join(list, ", ")
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
