package main

import (
	"slices"
	"strings"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// noted is a change with its release notes.
type noted struct {
	client.Change
	Notes []string `json:"notes,omitempty"` // lines of Markdown
}

// updated prints what an update did or, if it only looked, would do.
func (q *consent) updated(u client.Updated, removed map[string]bool, look bool) error {
	if q.asJSON {
		list := []noted{}
		for _, c := range u.Changes {
			list = append(list, noted{c, q.notes[c.ID]})
		}
		return q.ui.json(struct {
			client.Updated
			Changes []noted `json:"changes"`
		}{u, list})
	}
	if len(u.Changes)+len(u.Held) == 0 {
		q.printf("nothing to update\n")
	}
	var rows [][]string
	for _, c := range u.Changes {
		rows = append(rows, changeRow(c, removed[c.ID], look))
	}
	for _, c := range u.Held {
		rows = append(rows, []string{"pinned", c.ID, c.From, c.To + " is there"})
	}
	q.changeTable(rows)
	if look {
		q.previews(u.Changes)
	}
	// What was told of a version that isn't there any more is no news.
	words := slices.DeleteFunc(slices.Clone(u.Notices), func(w client.Word) bool {
		return slices.ContainsFunc(u.Changes, func(c client.Change) bool {
			return c.ID == w.ID && !look && !c.Refused && (c.To != "" || removed[c.ID])
		})
	})
	q.words(q.reasons(q.ctx, q.c, words))
	return nil
}

// changeRow says in a row what was done, or would be, to a package.
func changeRow(c client.Change, removed, look bool) []string {
	versions := c.From + " → " + c.To
	if c.From == "" || c.To == "" {
		versions = c.From + c.To
	}
	what := "stays"
	var more []string
	switch {
	case c.Refused:
		what = "declined"
	case removed:
		return []string{"removed", c.ID, versions, "its data stays"}
	case c.To == "":
	case look:
		what = "available"
	case c.From == "" || wire.CompareVersions(c.To, c.From) < 0:
		what = "installed"
	default:
		what = "updated"
	}
	if c.Bytes > 0 && !c.Refused {
		more = append(more, wording.Bytes(c.Bytes)+map[string]string{"delta": " as a delta", "zstd": " compressed"}[c.Via])
	}
	if len(c.Passed) > 0 {
		more = append(more, c.Passed[0].Version+" "+oneLine(c.Passed[0].Reason))
	}
	return []string{what, c.ID, versions, strings.Join(more, "; ")}
}

func (u *ui) changeTable(rows [][]string) {
	colours := map[string]string{"installed": green, "updated": green, "available": cyan, "removed": yellow, "declined": yellow, "stays": dim, "pinned": dim}
	u.table(rows, func(column int, row []string) string {
		switch column {
		case 0:
			return colours[row[0]]
		case 3:
			return dim
		}
		return ""
	})
}

// previews shows of each update what somebody would be asked about.
func (q *consent) previews(changes []client.Change) {
	installed, err := q.c.List(q.ctx)
	if err != nil {
		return // the table stands
	}
	for _, c := range changes {
		m := c.Metadata
		if m == nil {
			continue
		}
		fresh := m.Permissions
		for _, p := range installed {
			if p.ID == c.ID {
				fresh = slices.DeleteFunc(slices.Clone(fresh), func(s string) bool { return slices.Contains(p.Permissions, s) })
			}
		}
		if len(fresh)+len(q.notes[c.ID]) == 0 {
			continue
		}
		q.printf("\n%s\n\n", q.paint(bold, c.ID+" "+c.To))
		for _, p := range fresh {
			q.facts([]fact{{"asks for", p, yellow}})
		}
		if len(fresh) > 0 {
			q.printf("\n")
		}
		q.releaseNotes(q.notes[c.ID])
	}
}
