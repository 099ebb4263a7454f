package publish

import (
	"cmp"
	"slices"

	"github.com/regen-registry/regen/internal/check"
)

// Report says what a run did, or would do.
type Report struct {
	Registry   string         `json:"registry"`
	Commit     string         `json:"commit"`
	Commits    int            `json:"commits"` // how many were walked
	Packages   int            `json:"packages"`
	Released   []Released     `json:"released"`
	Relisted   []string       `json:"relisted"`
	Advisories []Advised      `json:"advisories"` // that began or ceased to apply
	Delisted   []string       `json:"delisted"`
	Failed     []Failed       `json:"failed"`
	Mended     []Failed       `json:"mended"` // failed at a commit of this walk, and not at a later one
	Warnings   []Failed       `json:"warnings"`
	Notes      []string       `json:"notes"`
	Broken     check.Findings `json:"broken,omitempty"` // what keeps the newest commit as a whole from being published
	Unchanged  int            `json:"unchanged"`
	Serial     int64          `json:"serial"`
	LogSize    int64          `json:"log_size"`
	Due        bool           `json:"-"`     // of [Build]: whether publishing the set would write anything
	Issued     int64          `json:"-"`     // when the head was issued, unix seconds
	Wrote      bool           `json:"wrote"` // whether a head was written
	Views      int            `json:"views"` // pages rendered
}

// Released is a version that was published.
type Released struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Size    int64  `json:"size"` // of the artifact, bytes
	SHA256  string `json:"sha256"`
}

// Advised is an advisory that began or ceased to apply to versions.
type Advised struct {
	Type     string   `json:"type"` // yank or restore
	Advisory string   `json:"advisory"`
	ID       string   `json:"id"` // of the package
	Action   string   `json:"action,omitempty"`
	Versions []string `json:"versions"`
}

// Failed is a package with what was found in it.
type Failed struct {
	ID       string         `json:"id"`
	Commit   string         `json:"commit"`
	Findings check.Findings `json:"findings"`
}

// finish sorts the report, once the walk is over.
func (r *Report) finish(failing map[string]Failed) {
	for _, f := range failing {
		r.Failed = append(r.Failed, f)
	}
	if r.Released == nil {
		r.Released = []Released{}
	}
	if r.Advisories == nil {
		r.Advisories = []Advised{}
	}
	for _, list := range []*[]string{&r.Relisted, &r.Delisted, &r.Notes} {
		if *list == nil {
			*list = []string{}
		}
	}
	for _, list := range []*[]Failed{&r.Failed, &r.Mended, &r.Warnings} {
		if *list == nil {
			*list = []Failed{}
		}
	}
	byID := func(a, b Failed) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Commit, b.Commit))
	}
	slices.SortFunc(r.Failed, byID)
	slices.SortStableFunc(r.Mended, byID)
	slices.SortStableFunc(r.Warnings, byID)
	touched := make(map[string]bool)
	for _, x := range r.Released {
		touched[x.ID] = true
	}
	for _, x := range r.Failed {
		touched[x.ID] = true
	}
	for _, id := range r.Relisted {
		touched[id] = true
	}
	for _, id := range r.Delisted {
		delete(touched, id) // its directory is gone, so it isn't among the packages
	}
	r.Unchanged = max(0, r.Packages-len(touched))
}
