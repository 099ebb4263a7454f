// Package review says in which state a registry's pull requests are, out of what the repo host and the registry's log have of them.
//
// The rules:
//
//   - There is no state of its own to keep: all follow from the pull request, its reviews, and the log.
//   - A pull request that is open is a draft, submitted, in-review or approved; one that was closed without a merge is rejected, with the reasons that its reviews give.
//   - One that was merged is approved until its releases are in the log, then published; suspended, while an advisory blocks one of them or the package is delisted.
//   - An approval counts from people who may write to the repo, and from owners of what changes, for the commit that it was given for.
//
// It is pure.
package review

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
)

// State is where a pull request stands.
type State string

// The states, in the order in which they want to be looked at.
const (
	Submitted State = "submitted" // nobody has looked at it yet
	InReview  State = "in-review" // somebody has, or was asked to
	Approved  State = "approved"  // it can be merged, or is merged and waits to be published
	Draft     State = "draft"     // its author isn't done
	Suspended State = "suspended" // published, and an advisory keeps devices from it
	Rejected  State = "rejected"  // closed without a merge
	Published State = "published" // merged, and in the log
)

// States are all, in that order.
var States = []State{Submitted, InReview, Approved, Draft, Suspended, Rejected, Published}

// A Log tells what is published.
type Log interface {
	// Release returns whether a version is published, and what keeps devices from it, or "".
	Release(id, version string) (published bool, suspended string, err error)
}

// maxReasons bounds what is told of why a pull request was rejected.
const maxReasons = 20

// stateOf returns where a pull request stands, and why, so far as that isn't plain. The result of the gate and the log may be nil.
func stateOf(p github.Pull, reviews []github.Review, result *gate.Result, log Log) (State, []string, error) {
	switch {
	case p.MergedAt != nil:
		return merged(result, log)
	case p.State == "closed":
		return Rejected, reasons(reviews, result), nil
	case p.Draft:
		return Draft, nil, nil
	}
	last := verdicts(reviews)
	if wanting := reasonsOf(last, "CHANGES_REQUESTED"); len(wanting) > 0 {
		return InReview, wanting, nil
	}
	if slices.ContainsFunc(last, func(r github.Review) bool {
		return r.State == "APPROVED" && r.Commit == p.Head.SHA && counts(r, result)
	}) {
		return Approved, nil, nil
	}
	if len(reviews) > 0 || len(p.Requested) > 0 {
		return InReview, nil, nil
	}
	return Submitted, nil, nil
}

// merged tells approved, published and suspended apart.
func merged(result *gate.Result, log Log) (State, []string, error) {
	if result == nil || log == nil {
		return Approved, nil, nil
	}
	var why []string
	for _, p := range result.Packages {
		if p.Change != "new" && p.Change != "release" {
			continue
		}
		published, suspended, err := log.Release(p.ID, p.Version)
		if err != nil {
			return "", nil, err
		}
		if !published {
			return Approved, []string{p.ID + " " + p.Version + " isn't in the log yet"}, nil
		}
		if suspended != "" {
			why = append(why, p.ID+" "+p.Version+": "+suspended)
		}
	}
	if len(why) > 0 {
		return Suspended, why, nil
	}
	return Published, nil, nil
}

// counts reports whether somebody's approval means anything: anybody can give one on a public repo.
func counts(r github.Review, result *gate.Result) bool {
	if slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, r.Association) {
		return true
	}
	return result != nil && slices.ContainsFunc(result.Packages, func(p gate.Package) bool {
		return p.Change != "new" && slices.ContainsFunc(p.Owners, func(o string) bool { return strings.EqualFold(o, r.User.Login) })
	})
}

// verdicts returns what each reviewer said last, comments aside, in the order of who was first.
func verdicts(reviews []github.Review) []github.Review {
	var last []github.Review
	for _, r := range reviews {
		if r.State == "COMMENTED" || r.State == "PENDING" {
			continue
		}
		i := slices.IndexFunc(last, func(l github.Review) bool { return strings.EqualFold(l.User.Login, r.User.Login) })
		if i < 0 {
			last = append(last, r)
		} else {
			last[i] = r
		}
	}
	return last
}

func reasonsOf(last []github.Review, state string) []string {
	var list []string
	for _, r := range last {
		if r.State == state && len(list) < maxReasons {
			list = append(list, strings.TrimSuffix(r.User.Login+": "+firstLine(r.Body), ": "))
		}
	}
	return list
}

// reasons returns why a pull request was closed: what its reviewers wanted changed, and what the gate found.
func reasons(reviews []github.Review, result *gate.Result) []string {
	list := reasonsOf(verdicts(reviews), "CHANGES_REQUESTED")
	if result == nil {
		return list
	}
	add := func(findings check.Findings) {
		for _, f := range findings.Errors() {
			if len(list) < maxReasons {
				list = append(list, f.Code+": "+f.Message)
			}
		}
	}
	add(result.Findings)
	for _, p := range result.Packages {
		add(p.Findings)
	}
	return list
}

// firstLine returns the first line of a text that says something, bounded.
func firstLine(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			if runes := []rune(line); len(runes) > 200 {
				return string(runes[:199]) + "…"
			}
			return line
		}
	}
	return ""
}
