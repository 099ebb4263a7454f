package report

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/github"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
)

const (
	perPage  = 100
	maxPages = 50 // of comments; of files GitHub has 30

	maxSidecar = 1 << 20 // bytes of a regen.yaml that is looked at
)

// bot is who the token of a workflow writes as.
const bot = "github-actions[bot]"

// pull returns a pull request, and how many files it changes.
func (c *client) pull(ctx context.Context, number int) (github.Pull, int, error) {
	var raw json.RawMessage
	if err := c.do(ctx, http.MethodGet, fmt.Sprintf("/pulls/%d", number), nil, &raw); err != nil {
		return github.Pull{}, 0, err
	}
	p, err := github.ParsePull(raw)
	if err != nil {
		return p, 0, err
	}
	var more struct {
		Files *int `json:"changed_files"`
	}
	if err := json.Unmarshal(raw, &more); err != nil || more.Files == nil {
		return p, 0, fmt.Errorf("GitHub doesn't say how many files pull request %d changes", number)
	}
	return p, *more.Files, nil
}

// pages reads a list, page by page, until each returns false or the list ends. It reports whether it ended.
func pages[T any](ctx context.Context, c *client, path string, each func(T) bool) (bool, error) {
	for page := 1; page <= maxPages; page++ {
		var list []T
		if err := c.do(ctx, http.MethodGet, fmt.Sprintf("%s?per_page=%d&page=%d", path, perPage, page), nil, &list); err != nil {
			return false, err
		}
		for _, item := range list {
			if !each(item) {
				return true, nil
			}
		}
		if len(list) < perPage {
			return true, nil
		}
	}
	return false, nil
}

// files returns the paths that a pull request changes, and how many files those are.
func (c *client) files(ctx context.Context, number int) (paths []string, n int, err error) {
	type file struct {
		Name   string `json:"filename"`
		Before string `json:"previous_filename"`
	}
	_, err = pages(ctx, c, fmt.Sprintf("/pulls/%d/files", number), func(f file) bool {
		n++
		paths = append(paths, f.Name)
		if f.Before != "" {
			paths = append(paths, f.Before)
		}
		return true
	})
	return paths, n, err
}

// file returns a file as a branch has it, or nil where there is none.
func (c *client) file(ctx context.Context, name, branch string, limit int) ([]byte, error) {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	var data []byte
	err := c.patiently(ctx, func() (err error) {
		data, err = c.raw(ctx, http.MethodGet, "/contents/"+strings.Join(parts, "/")+"?ref="+url.QueryEscape(branch), "application/vnd.github.raw+json", nil)
		return err
	})
	if isStatus(err, http.StatusNotFound) {
		return nil, nil
	}
	if err == nil && len(data) > limit {
		return nil, fmt.Errorf("%.100q has %d bytes on branch %.100q, expected at most %d", name, len(data), branch, limit)
	}
	return data, err
}

// owners returns who owns the packages in directories, and who may speak for them, by the records of a branch.
func (c *client) owners(ctx context.Context, branch string, dirs []string) (map[string][]string, error) {
	list := make(map[string][]string)
	if len(dirs) == 0 {
		return list, nil
	}
	data, err := c.file(ctx, owners.FileName, branch, owners.MaxFile)
	if err != nil {
		return nil, err
	}
	records, findings := owners.Parse(owners.FileName, data)
	if len(findings) > 0 {
		return list, nil // the gate tells of it; nobody is an owner by a broken file
	}
	for _, dir := range dirs {
		sidecar, err := c.file(ctx, dir+"/"+manifest.SidecarFile, branch, maxSidecar)
		if err != nil {
			return nil, err
		}
		list[dir] = records.Of(path.Base(dir), sidecar)
		for _, m := range records.Maintainers {
			list[dir] = append(list[dir], string(m))
		}
	}
	return list, nil
}

// issueComment is a comment of a pull request.
type issueComment struct {
	ID   int64       `json:"id"`
	Body string      `json:"body"`
	User github.User `json:"user"`
}

// upsert makes the one comment say a text. It returns what it did: "created", "updated" or "unchanged".
func (c *client) upsert(ctx context.Context, number int, text string) (done string, err error) {
	var lost error // why the comments couldn't be read
	err = c.patiently(ctx, func() error {
		// Each time anew: a try that seemed to fail may have made the comment.
		var found *issueComment
		if found, lost = c.comment(ctx, number); lost != nil {
			return nil
		}
		switch {
		case found == nil:
			done = "created"
			return c.once(ctx, http.MethodPost, fmt.Sprintf("/issues/%d/comments", number), map[string]string{"body": text}, nil)
		case strings.TrimSpace(found.Body) == strings.TrimSpace(text):
			done = "unchanged"
			return nil
		}
		done = "updated"
		return c.once(ctx, http.MethodPatch, fmt.Sprintf("/issues/comments/%d", found.ID), map[string]string{"body": text}, nil)
	})
	if err == nil {
		err = lost
	}
	if err != nil {
		done = ""
	}
	return done, err
}

// comment returns the comment that an earlier run made, or nil.
func (c *client) comment(ctx context.Context, number int) (found *issueComment, err error) {
	ended, err := pages(ctx, c, fmt.Sprintf("/issues/%d/comments", number), func(o issueComment) bool {
		if o.User.Login == bot && strings.HasPrefix(o.Body, Marker) {
			found = &o
		}
		return found == nil
	})
	if err == nil && !ended {
		err = fmt.Errorf("pull request %d has more than %d comments: the one to change can't be found", number, perPage*maxPages)
	}
	return found, err
}

// label puts labels on a pull request. Those that the repo doesn't have are made first.
func (c *client) label(ctx context.Context, number int, labels []string) error {
	if len(labels) == 0 {
		return nil
	}
	for _, name := range labels {
		err := c.do(ctx, http.MethodGet, "/labels/"+url.PathEscape(name), nil, nil)
		if isStatus(err, http.StatusNotFound) {
			look := lookOf(name)
			err = c.do(ctx, http.MethodPost, "/labels", map[string]string{"name": name, "color": look.colour, "description": look.text}, nil)
			if isStatus(err, http.StatusUnprocessableEntity) {
				err = nil // another run made it meanwhile
			}
		}
		if err != nil {
			return err
		}
	}
	return c.do(ctx, http.MethodPost, fmt.Sprintf("/issues/%d/labels", number), map[string][]string{"labels": labels}, nil)
}

// unlabel takes a label off a pull request.
func (c *client) unlabel(ctx context.Context, number int, name string) error {
	err := c.do(ctx, http.MethodDelete, fmt.Sprintf("/issues/%d/labels/%s", number, url.PathEscape(name)), nil, nil)
	if isStatus(err, http.StatusNotFound) {
		return nil
	}
	return err
}

// retitle gives a pull request a title.
func (c *client) retitle(ctx context.Context, number int, title string) error {
	return c.do(ctx, http.MethodPatch, fmt.Sprintf("/pulls/%d", number), map[string]string{"title": check.OneLine(title)}, nil)
}
