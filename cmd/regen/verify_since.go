package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/regen-registry/regen/internal/fetch"
	"github.com/regen-registry/regen/internal/history"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// verifySince follows the log of a registry from the state in a file, prints what is new, and replaces the file.
func verifySince(ctx context.Context, u *ui, place string, pin trust.Pin, file string) error {
	state, err := readState(file)
	if err != nil {
		return err
	}
	reader, err := openTree(place)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(u.out)
	o := history.Options{
		Pin: pin, Now: time.Now(),
		Read: func(path string, limit int64) ([]byte, error) { return reader.Read(ctx, path, limit) },
		Tell: func(line []byte) error {
			_, err := out.Write(append(line, '\n'))
			return err
		},
	}
	if u.width() == 0 { // else the lines show it
		o.Progress = func(done, total int64) { u.progress("log", int(done), int(total)) }
	}
	if src, ok := reader.(*fetch.Source); ok {
		o.Past = func(path, key string, limit int64) ([]byte, error) { return src.ReadPast(ctx, 0, path, key, limit) }
	}
	next, problems, err := history.Follow(o, state)
	u.clear()
	// What was told is proved, whatever happened then.
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return sinceError(place, file, err)
	}
	data, err := next.Encode()
	if err != nil {
		return err
	}
	if err := replaceFile(file, data); err != nil {
		return hinted(fmt.Errorf("%s is as it was: %w", file, err), "the next run prints the same events again")
	}
	for _, problem := range problems {
		u.fail(hinted(fmt.Errorf("%s: %w", place, problem), "%s", problemHint(problem)))
	}
	if len(problems) > 0 {
		return errFailed
	}
	return nil
}

// readState returns what a monitor keeps in a file; a state that has seen nothing where there is no file yet.
func readState(file string) (history.State, error) {
	data, err := readFile(file, history.MaxState)
	if errors.Is(err, fs.ErrNotExist) {
		// Better now than after everything is printed.
		if _, err := os.Stat(filepath.Dir(file)); err != nil {
			return history.State{}, hinted(err, "%s will be a file: make its directory first", file)
		}
		return history.State{}, nil
	}
	if err != nil {
		return history.State{}, err
	}
	state, err := history.ParseState(data)
	if err != nil {
		return state, hinted(fmt.Errorf("%s: %w", file, err), "restore it from a backup; without the file, the next run begins at the first event and prints all of them")
	}
	return state, nil
}

// sinceError says what a failed run means, and keeps the evidence if there is any.
func sinceError(place, file string, err error) error {
	var c *history.Contradiction
	if !errors.As(err, &c) {
		switch {
		case errors.Is(err, history.ErrPin):
			return hinted(fmt.Errorf("%s: %w", file, err), "name the file with what was pinned with --pub, or begin with another STATE")
		case errors.Is(err, history.ErrUntrusted):
			return hinted(fmt.Errorf("%s: %w", place, err), "no device takes this head; run again, since a publisher may be at work; if it stays, ask the registry's operators. %s is as it was", file)
		case errors.Is(err, history.ErrGone):
			return hinted(fmt.Errorf("%s: %w", place, err), "read from a mirror that still has it; without one, ask the registry's operators what the new epoch begins with, and begin with another STATE. %s is as it was", file)
		case errors.Is(err, tlog.ErrDamaged):
			return hinted(fmt.Errorf("%s: %w", place, err), "what is served isn't what the head says: read from another mirror. %s is as it was", file)
		}
		return readError(place, err)
	}
	dir := file + ".evidence"
	kept := "both heads are in " + dir
	if failed := keepEvidence(dir, c.Seen, c.Shown); failed != nil {
		kept = fmt.Sprintf("the heads couldn't be kept in %s (%v)", dir, failed)
	}
	hint := "copy the tree as it is served now, show both heads to the registry's operators and to other monitors, and install nothing until it is explained"
	if errors.Is(err, history.ErrBehind) {
		hint = "a mirror that is out of date looks like this: read from another one, and show both heads to the registry's operators if all of them are"
	}
	return hinted(fmt.Errorf("%s: %w; %s, and %s is as it was", place, err, kept, file), "%s", hint)
}

// keepEvidence writes heads into a directory, each under its hash.
func keepEvidence(dir string, heads ...[]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, head := range heads {
		if err := replaceFile(filepath.Join(dir, wire.Sum(head)+wire.SignatureSuffix), head); err != nil {
			return err
		}
	}
	return nil
}

// problemHint says what to do about a registry that is followed and has a problem.
func problemHint(problem error) string {
	switch {
	case errors.Is(problem, history.ErrExpired):
		return "its history is proved, and no device installs from it: the registry has to publish, or a mirror is out of date"
	case errors.Is(problem, history.ErrFuture):
		return "its history is proved; is this machine's clock right?"
	}
	return "its history is proved; is there a newer regen? if not, ask the registry's operators"
}

// replaceFile replaces a file in one step, by one that is on the disk.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
