package review_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/review"
)

const (
	base = "0123456789abcdef0123456789abcdef01234567"
	head = "89abcdef0123456789abcdef0123456789abcdef"
)

// pull returns a pull request as the API has it, with more members.
func pull(number int, more string) string {
	return fmt.Sprintf(`{"number": %d, "state": "open", "title": "a change", "user": {"login": "eve"}, "created_at": "2026-01-02T03:04:05Z", "base": {"sha": %q}, "head": {"sha": %q}%s}`, number, base, head, more)
}

func said(number int, who, state, commit, association, body string) string {
	return fmt.Sprintf(`{"user": {"login": %q}, "state": %q, "commit_id": %q, "author_association": %q, "body": %q, "submitted_at": "2026-01-03T03:04:05Z", "pull_request_url": "https://api.example.org/repos/o/r/pulls/%d"}`, who, state, commit, association, body, number)
}

// result returns what the gate said of a release of demo 1.1.0, which ada owns.
func result(t *testing.T, number int, commit string) string {
	t.Helper()
	data, err := gate.Result{
		Kind: gate.KindOfResult, Registry: "example", Base: base, Head: commit, Pull: &gate.Pull{Number: number, Author: "eve"}, Verdict: gate.NeedsReview, Title: "demo 1.1.0", Labels: []string{}, PackageCount: 1,
		Packages: []gate.Package{{ID: "demo", Dir: "plugins/demo", Change: "release", Version: "1.1.0", Owners: []string{"ada"}}},
	}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// log is what is published: id and version → what keeps devices from it.
type log map[string]string

func (l log) Release(id, version string) (bool, string, error) {
	why, ok := l[id+" "+version]
	return ok, why, nil
}

// The state of a pull request follows from the API's documents, the gate and the log.
func TestStates(t *testing.T) {
	const merged = `, "state": "closed", "merged_at": "2026-01-04T03:04:05Z"`
	for _, c := range []struct {
		what    string
		docs    []string
		log     review.Log
		state   review.State
		reasons string
	}{
		{"a draft", []string{pull(1, `, "draft": true`)}, nil, review.Draft, ""},
		{"open", []string{pull(1, "")}, nil, review.Submitted, ""},
		{"somebody was asked", []string{pull(1, `, "requested_reviewers": [{"login": "ada"}]`)}, nil, review.InReview, ""},
		{"a comment", []string{pull(1, ""), "[" + said(1, "ada", "COMMENTED", head, "MEMBER", "hm") + "]"}, nil, review.InReview, ""},
		{"approved by a member", []string{pull(1, ""), said(1, "mel", "APPROVED", head, "MEMBER", "")}, nil, review.Approved, ""},
		{"approved by somebody", []string{pull(1, ""), said(1, "bob", "APPROVED", head, "NONE", "")}, nil, review.InReview, ""},
		{"approved by an owner", []string{pull(1, ""), said(1, "ADA", "APPROVED", head, "NONE", ""), result(t, 1, head)}, nil, review.Approved, ""},
		{"approved by an owner whom the gate named for another commit", []string{pull(1, ""), said(1, "ADA", "APPROVED", head, "NONE", ""), result(t, 1, base)}, nil, review.InReview, ""},
		{"approved before the last commit", []string{pull(1, ""), said(1, "mel", "APPROVED", base, "MEMBER", "")}, nil, review.InReview, ""},
		{"changes wanted", []string{pull(1, ""), said(1, "mel", "APPROVED", head, "MEMBER", ""), said(1, "ada", "CHANGES_REQUESTED", head, "MEMBER", "\n\ntoo large\nsee above")}, nil, review.InReview, "ada: too large"},
		{"closed", []string{pull(1, `, "state": "closed"`), said(1, "ada", "CHANGES_REQUESTED", head, "MEMBER", "unsafe")}, nil, review.Rejected, "ada: unsafe"},
		{"closed without a word", []string{pull(1, `, "state": "closed"`)}, nil, review.Rejected, ""},
		{"merged, and nothing is known", []string{pull(1, merged)}, nil, review.Approved, ""},
		{"merged, and not in the log", []string{pull(1, merged), result(t, 1, head)}, log{"demo 1.0.0": ""}, review.Approved, "demo 1.1.0 isn't in the log yet"},
		{"merged, and in the log", []string{pull(1, merged), result(t, 1, head)}, log{"demo 1.1.0": ""}, review.Published, ""},
		{"merged, and blocked", []string{pull(1, merged), result(t, 1, head)}, log{"demo 1.1.0": "advisory X-1"}, review.Suspended, "demo 1.1.0: advisory X-1"},
		{"an event, and a newer document", []string{`{"action": "opened", "pull_request": ` + pull(1, `, "updated_at": "2026-01-05T00:00:00Z", "draft": true`) + `}`, pull(1, `, "updated_at": "2026-01-04T00:00:00Z"`)}, nil, review.Draft, ""},
		{"an event about a review", []string{`{"action": "submitted", "review": {"user": {"login": "mel"}, "state": "APPROVED", "commit_id": "` + head + `", "author_association": "OWNER"}, "pull_request": ` + pull(1, "") + `}`}, nil, review.Approved, ""},
	} {
		var q review.Queue
		for _, doc := range c.docs {
			if err := q.Add([]byte(doc)); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
		}
		list, err := q.List(c.log)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %v, %v", c.what, list, err)
		}
		if got := strings.Join(list[0].Reasons, "; "); list[0].State != c.state || got != c.reasons {
			t.Errorf("%s: %s (%s), expected %s (%s)", c.what, list[0].State, got, c.state, c.reasons)
		}
	}
}

// What wants to be looked at first comes first.
func TestOrder(t *testing.T) {
	var q review.Queue
	docs := []string{pull(1, `, "state": "closed"`), pull(5, ""), pull(3, `, "draft": true`), pull(4, "")}
	if err := q.Add([]byte("[" + strings.Join(docs, ",") + "]")); err != nil {
		t.Fatal(err)
	}
	list, err := q.List(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(list)
	var order []int
	for _, e := range list {
		order = append(order, e.Number)
	}
	if fmt.Sprint(order) != "[4 5 3 1]" {
		t.Errorf("%v: %s", order, got)
	}
}

// What isn't one of the documents is refused, with what was expected.
func TestRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		"":                                       "JSON",
		"{":                                      "JSON",
		"[1]":                                    "item 1",
		`{"kind": "regen/1 gate"}`:               "expected",
		pull(0, ""):                              "number",
		pull(1, `, "state": "odd"`):              "expected open or closed",
		`{"number": 1, "head": "x"}`:             "API",
		said(1, "a b", "APPROVED", head, "", ""): "handle",
		said(1, "ada", "LIKED", head, "", ""):    "LIKED",
		pull(1, `, "head": {"sha": "x"}`):        "40 hexadecimal digits",
		strings.Repeat("[", 100_000):             "JSON",
		pull(1, `, "user": {"login": "<img src=x>"}`): "handle",
	} {
		var q review.Queue
		err := q.Add([]byte(doc))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, expected %q", doc, err, want)
		}
	}
}
