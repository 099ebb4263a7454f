package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/fetch"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

func deviceCommand(u *ui) *cobra.Command {
	cmd := group("device", "Find, install and update packages, as a device does",
		"  regen device install clock --root ./device --url https://plugins.example.org --pub minisign.pub\n  regen device update --root ./device --url https://plugins.example.org\n  regen device list --root ./device",
		deviceSyncCommand(u), deviceSearchCommand(u), deviceShowCommand(u), deviceInstallCommand(u), deviceUpdateCommand(u), deviceListCommand(u), deviceVerifyCommand(u), devicePinCommand(u),
		deviceRollbackCommand(u), deviceRemoveCommand(u))
	cmd.Long = `device does what a device that pinned a registry's key does. All that it keeps is below
one directory, --root. Nothing of what the mirrors serve is trusted unless the pinned
key leads to it, and whatever fails leaves the device as it was.

A root remembers what it pinned: --pub or --pin is needed until it has met its registry.`
	return cmd
}

// onDeviceStep is told of every step before anything else happens. Tests set it, to end the process there.
var onDeviceStep func(client.Progress)

// device is what the commands below `regen device` share: their flags, and where they write.
type device struct {
	*ui
	root      string
	asJSON    bool
	remote    bool // whether the command goes to the registry
	mirrors   []string
	pub, pin  string
	tolerance time.Duration
	hosts     map[string]string
	authors   bool // whether only what authors signed is taken
	newAuthor bool // whether the owner agrees to other authors than those that the device knows
}

// local adds the flags of all commands.
func (d *device) local(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.root, "root", "", "the device's `directory`")
	cmd.Flags().BoolVar(&d.asJSON, "json", false, "print the result as JSON")
	_ = cmd.MarkFlagDirname("root")
}

// registry adds the flags of the commands that go to the registry.
func (d *device) registry(cmd *cobra.Command) {
	d.local(cmd)
	d.remote = true
	cmd.Flags().StringSliceVar(&d.mirrors, "url", nil, "`URL` of the registry's tree, or a directory; more of them, with commas between, are mirrors")
	cmd.Flags().StringVar(&d.pub, "pub", "", "`file` with the public key to pin; a root that has met its registry remembers it")
	cmd.Flags().StringVar(&d.pin, "pin", "", "what to pin, instead of --pub: `sha256:HASH` of a trust document")
	cmd.Flags().DurationVar(&d.tolerance, "clock-tolerance", 24*time.Hour, "how far in the future the registry's head may be issued before the device's clock is called wrong")
	cmd.Flags().Lookup("clock-tolerance").DefValue = "24h"
}

// host adds the flag of the commands that choose versions.
func (d *device) host(cmd *cobra.Command) {
	cmd.Flags().StringToStringVar(&d.hosts, "host", nil, "what packages of a format run on, as in `vito=3.1.0`: versions that need a newer one are passed over")
	cmd.Flags().Lookup("host").DefValue = ""
}

// author adds the flags of the commands that take new versions.
func (d *device) author(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&d.authors, "author", false, "take only what the package's author signed, and from then on what that author signs")
	cmd.Flags().BoolVar(&d.newAuthor, "new-author", false, "agree to another author of the named packages than the one that the device knows")
}

// run makes what a command does: open the device, do it, and tell an error in one line.
func (d *device) run(do func(ctx context.Context, c *client.Client, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := d.open()
		if err != nil {
			return err
		}
		err = do(cmd.Context(), c, args)
		d.clear()
		switch {
		case err == nil:
			return nil
		case cmd.Context().Err() != nil:
			return errors.New("interrupted; what was installed before stands")
		case errors.Is(err, errFailed):
			return err
		case !d.remote && client.ClassOf(err) == client.Unknown && !errors.As(err, new(*hintError)):
			err = hinted(err, "`regen device list` tells what is installed")
		}
		return lineError{err}
	}
}

// lineError is an error in one line: texts from outside that are part of it can't look like lines of this program's own.
type lineError struct{ error }

func (e lineError) Error() string {
	return check.OneLine(strings.ReplaceAll(e.error.Error(), "\n", "; "))
}

func (e lineError) Unwrap() error { return e.error }

// open opens the device that the flags name.
func (d *device) open() (*client.Client, error) {
	if d.root == "" {
		return nil, &usageError{hinted(errors.New("--root is missing"), "name the device's directory, as in --root ./device")}
	}
	options := client.Options{
		Root: d.root, Hosts: d.hosts, Authors: d.authors, ClockTolerance: d.tolerance, Progress: d.step,
		Waiting: func() { d.note("another command is at work on %s, waiting for it", d.root) },
	}
	if !d.remote {
		info, err := os.Stat(d.root)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s isn't a directory", d.root)
		}
		if err != nil {
			return nil, hinted(fmt.Errorf("there is no device: %w", err), "check --root; `regen device sync` and `regen device install` begin a device")
		}
		return client.Open(options)
	}
	pin, err := d.pinned()
	if err != nil {
		return nil, err
	}
	options.Pin, options.Mirrors = pin, d.mirrors
	if err := d.check(); err != nil {
		return nil, &usageError{err}
	}
	return client.Open(options)
}

// check returns an error where a flag of the commands that go to the registry can't be used.
func (d *device) check() error {
	if len(d.mirrors) == 0 {
		return hinted(errors.New("--url is missing"), "name the registry's address, or a directory with its tree, as in --url https://plugins.example.org")
	}
	if _, err := fetch.New(d.mirrors, fetch.Options{}); err != nil {
		return hinted(fmt.Errorf("--url: %w", err), "as in --url https://plugins.example.org,/media/stick/registry")
	}
	if d.tolerance <= 0 {
		return fmt.Errorf("--clock-tolerance is %v, expected more than 0", d.tolerance)
	}
	for format, version := range d.hosts {
		if known := manifest.Names(); !slices.Contains(known, format) {
			return hinted(fmt.Errorf("--host is about %s, expected %s", wording.Quote(format), wording.List(known)), "%s", wording.DidYouMean(format, known))
		}
		if err := wire.CheckVersion(version); err != nil {
			return hinted(fmt.Errorf("--host %s: %w", format, err), "as in --host %s=3.1.0", format)
		}
	}
	return nil
}

// pinned returns what the flags pin; "" where the root remembers it.
func (d *device) pinned() (string, error) {
	switch {
	case d.pub != "" && d.pin != "":
		return "", &usageError{errors.New("--pub and --pin are both given, expected one of them")}
	case d.pub != "":
		pin, err := loadPin(d.pub)
		return pin.String(), err
	case d.pin != "":
		pin, err := trust.ParsePin([]byte(d.pin))
		if err != nil {
			return "", &usageError{hinted(fmt.Errorf("--pin: %w", err), "sha256: and the hash of a trust document (keys/<n>.json), in hex; --pub takes the file of a public key")}
		}
		return pin.String(), nil
	}
	if _, err := os.Lstat(filepath.Join(d.root, "state.json")); errors.Is(err, fs.ErrNotExist) {
		return "", &usageError{hinted(errors.New("--pub is missing: this device hasn't met its registry yet"), "name the file of the registry's public key, as in --pub minisign.pub; the device remembers it")}
	}
	return "", nil
}

// step shows how a download gets on.
func (d *device) step(p client.Progress) {
	if onDeviceStep != nil {
		onDeviceStep(p)
	}
	if p.Step == client.StepDownload && p.Total > 0 {
		d.progress(p.Package+", "+wording.Bytes(p.Total), int(100*p.Done/p.Total), 100)
		return
	}
	d.clear()
}
