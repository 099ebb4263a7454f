package report

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/regen-registry/regen/internal/github"
)

// Workflow is the path of the workflow whose results are told.
const Workflow = ".github/workflows/validate.yml"

// workflowName is the name in it.
const workflowName = "validate"

// Event is the end of a workflow's run, as GitHub tells it: what it says can be trusted.
type Event struct {
	Action     string      `json:"action"`
	Run        WorkflowRun `json:"workflow_run"`
	Repository github.Repo `json:"repository"`
}

// WorkflowRun is a run of a workflow.
type WorkflowRun struct {
	ID         int64        `json:"id"`
	Name       string       `json:"name"`
	Path       string       `json:"path"`
	Event      string       `json:"event"`      // what started it
	Conclusion string       `json:"conclusion"` // such as "success" or "failure"
	HeadSHA    string       `json:"head_sha"`
	HeadBranch string       `json:"head_branch"`
	HeadRepo   *github.Repo `json:"head_repository"` // nil where the fork is gone
}

var (
	repoName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$`)
	commit   = regexp.MustCompile(`^[0-9a-f]{40}$`)
)

// ParseEvent reads a workflow_run event. An error says that it is none, or one that there is nothing to tell of.
func ParseEvent(data []byte) (Event, error) {
	var e Event
	if len(data) > github.MaxDocument {
		return e, fmt.Errorf("the event has %d bytes, expected at most %d", len(data), github.MaxDocument)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("the event isn't one of GitHub's: %w", err)
	}
	r := e.Run
	switch {
	case e.Action != "completed":
		return e, fmt.Errorf("the event is %.30q, expected the end of a workflow's run: completed", e.Action)
	case r.Name != workflowName || r.Path != Workflow:
		return e, fmt.Errorf("the run is of %.60q in %.100q, expected %q in %s", r.Name, r.Path, workflowName, Workflow)
	case r.Event != "pull_request" && r.Event != "pull_request_review":
		return e, fmt.Errorf("the run was started by %.30q, expected pull_request or pull_request_review", r.Event)
	case r.Conclusion != "success" && r.Conclusion != "failure":
		return e, fmt.Errorf("the run ended as %.30q, expected success or failure", r.Conclusion)
	case !commit.MatchString(r.HeadSHA):
		return e, fmt.Errorf("the run is of the commit %.50q, expected 40 hexadecimal digits", r.HeadSHA)
	case r.HeadRepo == nil || !repoName.MatchString(r.HeadRepo.FullName):
		return e, fmt.Errorf("the event doesn't say which repo the commit is from")
	case !repoName.MatchString(e.Repository.FullName):
		return e, fmt.Errorf("the event is of the repo %.60q, expected owner/name", e.Repository.FullName)
	}
	return e, nil
}
