package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

type logOptions struct {
	from        string
	last        int
	proof, json bool
}

// newestEvents is how many events of a whole registry are shown, if nobody says how many.
const newestEvents = 20

func logCommand(u *ui) *cobra.Command {
	var o logOptions
	var pub string
	cmd := &cobra.Command{
		Use:   "log [ID] --from DIR|URL",
		Short: "Show what happened to a package, or in a whole registry",
		Long: `log shows the history of a package as the registry's log has it: releases, advisories
that began or ceased to apply to versions, removals. Without an ID it shows the newest
events of the whole registry. Every event is proved against the signed head. Times are
in UTC.

With --proof it shows the proofs, for others to check: the hash of each entry and the
hashes that lead from it to the root in the head (RFC 6962). With --json they are whole.`,
		Example: `  regen log --from ./public
  regen log disk-watch --from https://registry.example.org
  regen log disk-watch --from ./public --proof --json > proof.json`,
		Args: func(cmd *cobra.Command, list []string) error {
			if len(list) > 1 {
				return args(1, "at most one id of a package")(cmd, list)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) == 1 {
				id = args[0]
				if err := wire.CheckID(id); err != nil {
					return &usageError{err}
				}
			}
			if o.from == "" {
				return &usageError{hinted(errors.New("--from is missing"), "name the published tree, as in `regen log --from ./public`")}
			}
			if cmd.Flags().Changed("last") && (o.last < 1 || o.last > history.MaxEvents) {
				return &usageError{fmt.Errorf("--last is %d, expected 1 to %d", o.last, history.MaxEvents)}
			}
			pin, err := loadPin(pub)
			if err != nil {
				return err
			}
			return showLog(cmd.Context(), u, id, pin, o)
		},
	}
	cmd.Flags().StringVar(&o.from, "from", "", "the published tree: a directory or a URL")
	cmd.Flags().StringVar(&pub, "pub", "minisign.pub", "file with the public key that the tree must be signed by")
	cmd.Flags().IntVar(&o.last, "last", 0, fmt.Sprintf("how many of the newest events (default: all of a package, %d of a registry)", newestEvents))
	cmd.Flags().BoolVar(&o.proof, "proof", false, "show the proofs that the events are in the log")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return cmd
}

func showLog(ctx context.Context, u *ui, id string, pin trust.Pin, o logOptions) error {
	if o.last == 0 {
		o.last = newestEvents
		if id != "" {
			o.last = history.MaxEvents
		}
	}
	reader, err := openTree(o.from)
	if err != nil {
		return err
	}
	st, err := tree.Load(ctx, reader, pin)
	if err == nil && st.Head == nil {
		err = fmt.Errorf("%s: %w", wire.HeadPath, store.ErrNotExist)
	}
	if err != nil {
		return readError(o.from, err)
	}
	events, earlier, err := history.Events(ctx, st, id, o.last)
	if errors.Is(err, history.ErrUnknown) {
		return hinted(fmt.Errorf("%s: %w", o.from, err), "without an id, `regen log` shows the newest events of the registry")
	}
	if err == nil && o.proof {
		err = history.Prove(st, events)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o.from, err)
	}
	if s := st.Statement; time.Now().Unix() >= s.Expires {
		u.note("the head expired at %s: there may be a newer one elsewhere", time.Unix(s.Expires, 0).UTC().Format(time.RFC3339))
	}
	if o.json {
		return u.json(logResult(st, events, earlier, o.proof))
	}
	u.events(st, id, events, earlier)
	return nil
}

// loggedEvents is the result of `regen log` for programs.
type loggedEvents struct {
	Registry string          `json:"registry"`
	Serial   int64           `json:"serial"` // of the head
	Epoch    int             `json:"epoch"`
	Size     int64           `json:"size"`           // entries of the log
	Root     string          `json:"root"`           // of the log, hex
	Head     string          `json:"head,omitempty"` // with proofs: the signature file that says so
	Earlier  int64           `json:"earlier"`        // events before these
	Events   []history.Event `json:"events"`
}

func logResult(st *tree.State, events []history.Event, earlier int64, proof bool) loggedEvents {
	s := st.Statement
	r := loggedEvents{Registry: s.Registry, Serial: s.Serial, Epoch: s.Epoch, Size: s.LogSize, Root: s.LogRoot, Earlier: earlier, Events: events}
	if proof {
		r.Head = string(st.Head)
	}
	return r
}

// events prints events as a table, the oldest first.
func (u *ui) events(st *tree.State, id string, events []history.Event, earlier int64) {
	if earlier > 0 {
		u.printf("%s\n", u.paint(dim, fmt.Sprintf("… %d earlier", earlier)))
	}
	var rows [][]string
	for _, e := range events {
		row := []string{strconv.FormatInt(e.Index, 10), timeText(e.Time), e.Type}
		if id == "" {
			row = append(row, e.ID)
		}
		what, more := about(e.Event)
		row = append(row, what, more)
		if p := e.Proof; p != nil {
			row = append(row, proofText(p))
		}
		rows = append(rows, row)
	}
	colours := map[string]string{wire.EventRelease: green, wire.EventRelist: green, wire.EventRestore: green, wire.EventYank: red, wire.EventDelist: yellow, wire.EventKeys: cyan}
	u.table(rows, func(column int, row []string) string {
		switch column {
		case 0, 1:
			return dim
		case 2:
			return colours[row[2]]
		}
		return ""
	})
	s := st.Statement
	u.printf("%s\n", u.paint(dim, fmt.Sprintf("%s, serial %d: %s in the log, root %s", s.Registry, s.Serial, entries(s.LogSize), s.LogRoot)))
}

// timeText returns a time of the log for people.
func timeText(t int64) string {
	if t == 0 {
		return "-"
	}
	return time.Unix(t, 0).UTC().Format("2006-01-02 15:04")
}

// about returns which versions an event is about, and what else it says.
func about(e wire.Event) (what, more string) {
	switch e.Type {
	case wire.EventRelease:
		return e.Version, e.Channel
	case wire.EventYank:
		return versionsText(e.Versions), e.Action + ", " + e.Advisory
	case wire.EventRestore:
		return versionsText(e.Versions), e.Advisory
	case wire.EventKeys:
		return "version " + strconv.Itoa(e.Keys), "of the trust document"
	case wire.EventDelist, wire.EventRelist:
		return "", ""
	}
	return "", "unknown to this regen"
}

// versionsText names a few versions, or how many there are.
func versionsText(versions []string) string {
	if n := len(versions); n > 4 {
		return fmt.Sprintf("%s … %s (%d versions)", versions[0], versions[n-1], n)
	}
	return strings.Join(versions, ", ")
}

// proofText returns the beginnings of the hashes of a proof. --json has them whole.
func proofText(p *history.Proof) string {
	text := "leaf " + p.Leaf[:8] + "  proof"
	for _, h := range p.Hashes {
		text += " " + h[:8]
	}
	return text
}
