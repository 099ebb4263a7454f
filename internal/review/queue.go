package review

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/github"
)

// An Entry is one pull request of the queue.
type Entry struct {
	Number   int       `json:"number"`
	State    State     `json:"state"`
	Reasons  []string  `json:"reasons,omitempty"` // why it is in that state
	Title    string    `json:"title"`
	Author   string    `json:"author"`
	Opened   time.Time `json:"opened"`
	Verdict  string    `json:"verdict,omitempty"`  // of the gate
	Packages []string  `json:"packages,omitempty"` // ids, with the version that is released
	Waiting  []string  `json:"waiting_for,omitempty"`
}

// A Queue is what is known of pull requests.
type Queue struct {
	pulls   map[int]github.Pull
	reviews map[int][]github.Review
	results map[int]gate.Result
}

// Add reads a document: a pull request or a list of them, an event about one, a list of reviews, or a result of the gate. Of several about one pull request
// the newest counts.
func (q *Queue) Add(data []byte) error {
	if q.pulls == nil {
		q.pulls, q.reviews, q.results = make(map[int]github.Pull), make(map[int][]github.Review), make(map[int]gate.Result)
	}
	if len(data) > github.MaxDocument {
		return fmt.Errorf("has %d bytes, expected at most %d", len(data), github.MaxDocument)
	}
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			return fmt.Errorf("not JSON: %w", err)
		}
		for i, item := range list {
			if err := q.one(item); err != nil {
				return fmt.Errorf("item %d: %w", i+1, err)
			}
		}
		return nil
	}
	return q.one(data)
}

// one reads a document that is no list.
func (q *Queue) one(data []byte) error {
	var kind struct {
		Kind    string           `json:"kind"`
		PullURL string           `json:"pull_request_url"`
		Review  *json.RawMessage `json:"review"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	switch {
	case kind.Kind == gate.KindOfResult:
		return q.result(data)
	case kind.PullURL != "":
		return q.review(data, 0)
	}
	p, err := github.ParsePull(data)
	if err != nil {
		return err
	}
	if old, ok := q.pulls[p.Number]; !ok || !p.UpdatedAt.Before(old.UpdatedAt) {
		q.pulls[p.Number] = p
	}
	if kind.Review == nil {
		return nil
	}
	return q.review(*kind.Review, p.Number) // of an event about a review
}

func (q *Queue) review(data []byte, number int) error {
	list, err := github.ParseReviews(data)
	if err != nil {
		return err
	}
	for _, r := range list {
		if n := cmp.Or(number, r.Number()); n > 0 {
			if !slices.Contains(q.reviews[n], r) {
				q.reviews[n] = append(q.reviews[n], r)
			}
		} else {
			return errors.New("a review that names no pull request")
		}
	}
	return nil
}

// result reads what the gate said. It comes from a machine that others may have a say in.
func (q *Queue) result(data []byte) error {
	r, err := gate.ParseResult(data)
	if err != nil {
		return err
	}
	if r.Pull != nil {
		q.results[r.Pull.Number] = r
	}
	return nil
}

// List returns the queue, what wants to be looked at first before all, and then the oldest first. The log may be nil.
func (q *Queue) List(log Log) ([]Entry, error) {
	list := make([]Entry, 0, len(q.pulls))
	for number, p := range q.pulls {
		e := Entry{Number: number, Title: p.Title, Author: p.User.Login, Opened: p.CreatedAt}
		reviews := q.reviews[number]
		slices.SortStableFunc(reviews, func(a, b github.Review) int { return a.SubmittedAt.Compare(b.SubmittedAt) })
		var result *gate.Result
		if r, ok := q.results[number]; ok && r.Head == p.Head.SHA { // one of an older commit says nothing of this one
			result = &r
			e.Verdict, e.Waiting = string(r.Verdict), r.Ping
			for _, pkg := range r.Packages {
				e.Packages = append(e.Packages, packageOf(pkg))
			}
		}
		var err error
		if e.State, e.Reasons, err = stateOf(p, reviews, result, log); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(slices.Index(States, a.State)-slices.Index(States, b.State), a.Number-b.Number)
	})
	return list, nil
}

func packageOf(p gate.Package) string {
	if p.Change == "new" || p.Change == "release" {
		return p.ID + " " + p.Version
	}
	return p.ID
}
