package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

// An app's data has a schema, 0 where it is new. Migrations lead from there to the schema of the app, one by one, and back where somebody goes back to an
// older version. The rules:
//
//   - No migration is there twice (dropserver/migration-duplicate).
//   - The schema is the highest one that a migration goes up to (dropserver/schema), and none goes down from a higher one (dropserver/migration-up).
//   - Warning: a migration is missing between others, so that those beyond it are of no use (dropserver/migration-gap).
//   - Notice: data can't go back to 0 (dropserver/migration-pair). Hosts tell that to whoever installs the app.

// mostDuplicates is how many duplicates are told one by one.
const mostDuplicates = 50

// data takes the schema and the migrations.
func (d *dropserver) data() {
	f, list := &d.facts, d.top.Get("migrations")
	if at := d.top.Get("schema"); at != nil && (at.Kind != strictjson.Number || d.Schema < 0) || list != nil && list.Kind != strictjson.Array {
		return // the schema has told
	}
	f.DataSchema = d.Schema
	for _, m := range d.Migrations {
		if m.Direction != "up" && m.Direction != "down" || m.Schema < 1 {
			return
		}
		f.Migrations = append(f.Migrations, wire.Migration{Direction: m.Direction, Schema: m.Schema})
	}
	if d.duplicates(list) {
		return
	}
	var ups, downs []int
	for _, m := range f.Migrations {
		if m.Direction == "up" {
			ups = append(ups, m.Schema)
		} else {
			downs = append(downs, m.Schema)
		}
	}
	slices.Sort(ups)
	slices.Sort(downs)
	highest := highestOf(ups)
	if d.Schema != highest {
		hint := fmt.Sprintf(`write "schema": %d, or add the migrations up to %d`, highest, d.Schema)
		d.at(d.top.Get("schema"), "dropserver/schema", hint,
			"the schema is %d, and the highest one that a migration goes up to is %d, expected the same", d.Schema, highest)
	}
	if back := highestOf(downs); back > highest {
		hint := fmt.Sprintf(`add {"direction": "up", "schema": %d}, or remove the one down`, back)
		d.at(list, "dropserver/migration-up", hint, "a migration goes down from %d, and none goes up to it, expected one", back)
	}
	if missing := missingBetween(ups, 1, highest); missing != "" {
		d.note(check.Warning, list, "dropserver/migration-gap", "add them, or number the others without a gap",
			"no migration goes up to %s, expected one to each schema from 1 to %d", missing, highest)
	}
	lowest := highest + 1
	if len(downs) > 0 {
		lowest = downs[0]
	}
	if missing := missingBetween(downs, lowest, highest); missing != "" {
		d.note(check.Warning, list, "dropserver/migration-gap", "add them, or remove those below",
			"no migration goes down from %s, expected one from each schema from %d to %d", missing, lowest, highest)
	}
	if lowest > 1 && highest > 0 {
		missing := missingBetween(nil, 1, min(lowest-1, highest))
		d.note(check.Notice, list, "dropserver/migration-pair", "add them, so that people can go back to an older version",
			"no migration goes down from %s, expected one for each that goes up", missing)
	}
}

// duplicates reports whether a migration is there twice.
func (d *dropserver) duplicates(list *strictjson.Value) bool {
	seen := make(map[wire.Migration]bool)
	count := 0
	for i, m := range d.facts.Migrations {
		if !seen[m] {
			seen[m] = true
			continue
		}
		if count++; count <= mostDuplicates {
			d.at(item(list, i), "dropserver/migration-duplicate", "remove one of the two",
				"the migration %s %s %d is here twice, expected it once", m.Direction, map[string]string{"up": "to", "down": "from"}[m.Direction], m.Schema)
		}
	}
	if count > mostDuplicates {
		d.at(list, "dropserver/migration-duplicate", "mend those that are listed, and run it again",
			"%d more migrations are here twice", count-mostDuplicates)
	}
	return count > 0
}

// missingBetween words which numbers from first to last, of which both count, aren't in a sorted list: "2" or "2, 4 to 9".
func missingBetween(list []int, first, last int) string {
	const most = 5 // of what is told apart
	var words []string
	add := func(from, to int) {
		switch {
		case from > to || len(words) > most:
		case len(words) == most:
			words = append(words, "more")
		case from == to:
			words = append(words, fmt.Sprint(from))
		default:
			words = append(words, fmt.Sprintf("%d to %d", from, to))
		}
	}
	for _, n := range list {
		if n >= first && n <= last {
			add(first, n-1)
			first = n + 1
		}
	}
	add(first, last)
	return strings.Join(words, ", ")
}

// highestOf returns the last of a sorted list, or 0.
func highestOf(sorted []int) int {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)-1]
}
