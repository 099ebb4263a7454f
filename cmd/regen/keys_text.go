package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// commit says which files to commit.
func (u *ui) commit(paths []string, message string) {
	if len(paths) == 0 {
		return
	}
	slices.Sort(paths)
	u.printf("\nCommit what was written:\n\n  git add %s\n  git commit -m %q\n", strings.Join(slices.Compact(paths), " "), message)
}

// document prints a version of the trust document.
func (u *ui) document(d trust.Draft) {
	state := u.paint(green, "complete")
	if !d.Complete() {
		state = u.paint(yellow, "lacks signatures")
	}
	u.printf("%s  %s\n", u.paint(bold, fmt.Sprintf("%s of %s", wire.KeysPath(d.Version), d.Registry)), state)
	var list []fact
	add := func(label, format string, args ...any) {
		list = append(list, fact{"  " + label, fmt.Sprintf(format, args...), ""})
	}
	add("root keys", "%s (threshold %d)", strings.Join(keyIDs(d.Root.Keys), ", "), d.Root.Threshold)
	add("release keys", "%s", strings.Join(keyIDs(d.Release), ", "))
	if len(d.Revoked) > 0 {
		add("revoked", "%s", strings.Join(keyIDs(d.Revoked), ", "))
		add("epoch", "%d, from serial %d with %s on", d.InEpoch(), d.Floor.Serial, entries(d.Floor.Size))
	}
	if d.Expires != 0 {
		add("expires", "%s", time.Unix(d.Expires, 0).UTC().Format("2006-01-02"))
	}
	for _, q := range d.Quorums {
		by := ""
		if len(q.Signed) > 0 {
			by = ": " + strings.Join(keyIDs(q.Signed), ", ")
		}
		add("signatures", "%d of %d by the root keys of version %d%s", len(q.Signed), q.Threshold, q.Version, by)
	}
	add("sha256", "%s", wire.Sum(d.Data))
	u.facts(list)
}

// signatures says whose signatures a version still lacks, and what they do about it.
func (u *ui) signatures(d trust.Draft) {
	if d.Complete() {
		return
	}
	u.printf("\nIt counts once it has enough signatures. Missing are:\n\n")
	for _, q := range d.Quorums {
		if !q.Reached() {
			u.printf("  %d of %s (root keys of version %d)\n", q.Threshold-len(q.Signed), strings.Join(keyIDs(q.Missing), ", "), q.Version)
		}
	}
	u.printf("\nWhoever holds one of them looks at the document, runs\n\n  regen keys sign --key FILE\n\nand commits the new file.\n")
}
