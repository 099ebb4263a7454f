// Package github reads the documents of GitHub's API that a registry is told of changes by: events, pull requests and reviews.
//
// The rules:
//
//   - A document is JSON of at most 8 MiB. Members that aren't known are passed over, since GitHub adds some all the time.
//   - What is read is held against what GitHub promises: handles, numbers and commits have their form, or the document is refused.
//   - Texts that people wrote are kept as they are; who shows them escapes them.
//
// It is pure. The shapes are those of version 2022-11-28 of the REST API (https://docs.github.com/en/rest).
package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// MaxDocument bounds a document, in bytes.
const MaxDocument = 8 << 20

// Pull is a pull request.
type Pull struct {
	Number      int        `json:"number"`
	State       string     `json:"state"` // "open" or "closed"
	Title       string     `json:"title"`
	Draft       bool       `json:"draft"`
	MergedAt    *time.Time `json:"merged_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	MergeCommit string     `json:"merge_commit_sha"`
	User        User       `json:"user"`
	Association string     `json:"author_association"` // such as "FIRST_TIME_CONTRIBUTOR" or "MEMBER"
	Labels      []Label    `json:"labels"`
	Requested   []User     `json:"requested_reviewers"`
	Base        Ref        `json:"base"`
	Head        Ref        `json:"head"`
}

// User is an account.
type User struct {
	Login string `json:"login"`
}

// Label is a label of a pull request.
type Label struct {
	Name string `json:"name"`
}

// Ref is one end of a pull request.
type Ref struct {
	SHA  string `json:"sha"`
	Ref  string `json:"ref"`
	Repo *Repo  `json:"repo"` // nil where the fork is gone
}

// Repo is a repository.
type Repo struct {
	FullName string `json:"full_name"` // owner/name
}

// Review is a review of a pull request.
type Review struct {
	User        User      `json:"user"`
	State       string    `json:"state"` // "APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED" or "PENDING"
	Body        string    `json:"body"`
	Commit      string    `json:"commit_id"` // the head that it is about
	SubmittedAt time.Time `json:"submitted_at"`
	PullURL     string    `json:"pull_request_url"`
	Association string    `json:"author_association"` // of its author, such as "MEMBER"
}

// Number returns the number of the pull request that a review is about, or 0.
func (r Review) Number() int {
	n := 0
	_, last, _ := strings.Cut(r.PullURL, "/pulls/")
	if _, err := fmt.Sscanf(last, "%d", &n); err != nil {
		return 0
	}
	return n
}

// HasLabel reports whether the pull request has a label.
func (p Pull) HasLabel(name string) bool {
	return slices.ContainsFunc(p.Labels, func(l Label) bool { return strings.EqualFold(l.Name, name) })
}

// ParsePull reads a pull request, or an event that is about one.
func ParsePull(data []byte) (Pull, error) {
	var doc struct {
		Pull
		Event *Pull `json:"pull_request"`
	}
	if err := decode(data, &doc); err != nil {
		return Pull{}, err
	}
	p := doc.Pull
	if doc.Event != nil {
		p = *doc.Event
	}
	return p, p.check()
}

// ParseReviews reads a list of reviews, or one review, or several lists of reviews one after the other.
func ParseReviews(data []byte) ([]Review, error) {
	if len(data) > MaxDocument {
		return nil, tooLarge(data)
	}
	var reviews []Review
	for dec := json.NewDecoder(strings.NewReader(string(data))); ; {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return nil, fmt.Errorf("not a list of reviews: %w", err)
		}
		var list []Review
		if len(raw) > 0 && raw[0] == '{' {
			list = make([]Review, 1)
			if err := json.Unmarshal(raw, &list[0]); err != nil {
				return nil, fmt.Errorf("not a review: %w", err)
			}
		} else if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("not a list of reviews: %w", err)
		}
		reviews = append(reviews, list...)
	}
	for i, r := range reviews {
		if !handle.MatchString(r.User.Login) || !slices.Contains(reviewStates, r.State) {
			return nil, fmt.Errorf("review %d has the state %.30q of %.60q, expected one of %s and a handle", i+1, r.State, r.User.Login, strings.Join(reviewStates, ", "))
		}
	}
	return reviews, nil
}

var (
	// handle is a login. Those of apps end in [bot].
	handle       = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]{0,99}[A-Za-z0-9_])?(\[bot\])?$`)
	commit       = regexp.MustCompile(`^[0-9a-f]{40}$`)
	reviewStates = []string{"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"}
)

func (p Pull) check() error {
	switch {
	case p.Number < 1:
		return errors.New("the document has no number of a pull request, expected a pull request, or an event about one")
	case p.State != "open" && p.State != "closed":
		return fmt.Errorf("pull request %d has the state %.30q, expected open or closed", p.Number, p.State)
	case !handle.MatchString(p.User.Login):
		return fmt.Errorf("pull request %d is by %.60q, expected a handle", p.Number, p.User.Login)
	case !commit.MatchString(p.Head.SHA) || !commit.MatchString(p.Base.SHA):
		return fmt.Errorf("pull request %d leads from %.50q to %.50q, expected two commits of 40 hexadecimal digits", p.Number, p.Base.SHA, p.Head.SHA)
	}
	return nil
}

func decode(data []byte, into any) error {
	if len(data) > MaxDocument {
		return tooLarge(data)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("not a document of GitHub's API: %w", err)
	}
	return nil
}

func tooLarge(data []byte) error {
	return fmt.Errorf("the document has %d bytes, expected at most %d", len(data), MaxDocument)
}
