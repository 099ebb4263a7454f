package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wording"
)

func newCommand(u *ui) *cobra.Command {
	var format, dir, owner string
	cmd := &cobra.Command{
		Use:   "new [NAME]",
		Short: "Begin a package: a small one that works, to make your own of",
		Long: `new writes a small package that works and validates, and says where its author has
to decide something. Its name is the package's id: lower-case letters, digits and
inner hyphens. A plugin of Vito may have its vendor before it, as in acme/disk-watch,
and an app of Mosis is named by a reverse domain, as in org.example.clock.

Who may change the package later is its owners, by their handles on GitHub: --owner is
the first of them, or else what git config github.user says.

Nothing that is there is ever overwritten. On a terminal and without a name, it asks.

` + formatList(manifest.Names()),
		Example: "  regen new\n  regen new disk-watch --format vito --owner octocat\n  regen new org.example.clock --format mosis --dir apps",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{hinted(fmt.Errorf("%s takes one name, found %d arguments", cmd.CommandPath(), len(args)), "usage: "+cmd.UseLine())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runNew(cmd.Context(), u, format, dir, owner, args)
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "the package's format: "+wording.List(manifest.Names())+" (default: the only one in registry.yaml)")
	cmd.Flags().StringVar(&dir, "dir", "", "directory that the package's own is made in (default: the first of packages in registry.yaml, plugins)")
	cmd.Flags().StringVar(&owner, "owner", "", "handle on GitHub of who may change the package (default: git's github.user)")
	return cmd
}

// formatList lists formats and what their packages are.
func formatList(formats []string) string {
	var b strings.Builder
	b.WriteString("Formats:")
	for _, name := range formats {
		if !starter.Has(name) {
			continue
		}
		fmt.Fprintf(&b, "\n  %-12s%s", name, starter.About(name))
	}
	return b.String()
}

func runNew(ctx context.Context, u *ui, format, dir, owner string, args []string) error {
	work, done, err := openWorkDir(".")
	if err != nil {
		return err
	}
	defer done()
	head, err := work.Head()
	if err != nil {
		return err
	}
	cfg, err := work.Config(head)
	if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
		u.findings(broken.Findings)
		return errFailed
	}
	if err != nil {
		return err
	}
	cfg.Formats = slices.DeleteFunc(slices.Clone(cfg.Formats), func(name string) bool { return !starter.Has(name) })
	n := &newPackage{work: work, cfg: cfg, ctx: ctx}
	if err := n.setFormat(format); err != nil {
		return err
	}
	if err := n.setDir(dir); err != nil {
		return err
	}
	n.signedBy(ctx)
	if owner != "" {
		if err := n.setOwner(owner); err != nil {
			return &usageError{err}
		}
	}
	switch interactive := u.terminal && term.IsTerminal(int(os.Stdin.Fd())); {
	case len(args) > 0 && n.Format == "":
		return &usageError{hinted(fmt.Errorf("--format is missing, expected %s", wording.List(cfg.Formats)), "as in `regen new %s --format %s`", args[0], cfg.Formats[0])}
	case len(args) > 0:
		err = n.setName(args[0])
	case interactive:
		err = n.ask(ask{ctx: ctx, lines: lines(os.Stdin), out: u.err, paint: func(colour, text string) string { return paint(u.errColour, colour, text) }})
	default:
		err = &usageError{hinted(errors.New("the name is missing, and there is no terminal to ask for it"), "as in `regen new disk-watch --format vito`")}
	}
	if err != nil {
		return err
	}
	return n.write(u)
}

// A newPackage is a package that is about to be made.
type newPackage struct {
	starter.Package
	ctx  context.Context
	work *publish.WorkDir
	cfg  config.Config
	dir  string // where packages are, without symbolic links
	rel  string // the same from the top, slash-separated
}

// signedBy takes who makes the package, as git is configured, and the day.
func (n *newPackage) signedBy(ctx context.Context) {
	top := n.work.Top()
	n.Author, n.Email, n.Owner = gitConfig(ctx, top, "user.name"), gitConfig(ctx, top, "user.email"), gitHandle(ctx, top)
	n.Day = time.Now().Format(time.DateOnly)
}

// setOwner takes the handle of who may change the package; none where it is empty.
func (n *newPackage) setOwner(handle string) error {
	if handle != "" {
		if err := starter.CheckHandle(handle); err != nil {
			return nameHint(err)
		}
	}
	n.Owner = handle
	return nil
}

// nameHint adds the hint of an error about a name.
func nameHint(err error) error {
	if fault := (*starter.NameError)(nil); errors.As(err, &fault) {
		return hinted(err, "%s", fault.Hint)
	}
	return err
}

// setFormat takes a format that the registry takes. Where none is given, that is its only one.
func (n *newPackage) setFormat(format string) error {
	switch known := n.cfg.Formats; {
	case format == "" && len(known) == 1:
		n.Format = known[0]
	case format == "" || slices.Contains(known, format):
		n.Format = format
	case slices.Contains(manifest.Names(), format):
		return &usageError{hinted(fmt.Errorf("--format is %s, and this registry takes %s", format, wording.List(known)), "add it to formats in %s", publish.ConfigFile)}
	default:
		return &usageError{hinted(fmt.Errorf("--format is %s, expected %s", wording.Quote(format), wording.List(known)), "%s", wording.DidYouMean(format, known))}
	}
	return nil
}

// setDir takes the directory that the package's own is made in.
func (n *newPackage) setDir(dir string) error {
	if dir == "" {
		dir = filepath.Join(n.work.Top(), filepath.FromSlash(strings.TrimSuffix(n.cfg.Packages[0], "/*")))
	}
	there, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	missing := "" // the last parts, which are still to be made
	for {
		found, err := filepath.EvalSymlinks(there)
		if err == nil {
			n.dir = filepath.Join(found, missing)
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		there, missing = filepath.Dir(there), filepath.Join(filepath.Base(there), missing)
	}
	rel, err := n.work.Rel(there)
	if err != nil {
		return &usageError{hinted(fmt.Errorf("--dir is %s, expected a directory of this repo", wording.Quote(dir)), "run it inside the repo that the package is for")}
	}
	n.rel = path.Join(rel, filepath.ToSlash(missing))
	return nil
}

// setName takes the name, and what it suggests.
func (n *newPackage) setName(name string) error {
	vendor, id, err := starter.ParseName(n.Format, name)
	if err != nil {
		return &usageError{nameHint(err)}
	}
	n.ID, n.Title = id, starter.Title(n.Format, id)
	n.Vendor, n.Summary = vendor, starter.Summary(n.Title)
	if vendor == "" {
		if n.Vendor = starter.Slug(n.Author); strings.Trim(n.Vendor[:min(len(n.Vendor), 1)], "abcdefghijklmnopqrstuvwxyz") != "" || n.Vendor == "" {
			n.Vendor = "example" // a namespace doesn't begin with a digit
		}
	}
	if err := n.free(); err != nil {
		return err
	}
	return n.sound()
}

// free returns an error where the package is there already.
func (n *newPackage) free() error {
	for _, dir := range append([]string{n.dir}, n.roots()...) {
		place := filepath.Join(dir, n.ID)
		info, err := os.Lstat(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.IsDir() {
			entries, err := os.ReadDir(place)
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				continue
			}
		}
		return hinted(fmt.Errorf("%s is there already", shown(place)), "choose another name: nothing that is there is overwritten")
	}
	return nil
}

// roots returns the directories of the registry's packages.
func (n *newPackage) roots() []string {
	var dirs []string
	for _, pattern := range n.cfg.Packages {
		dirs = append(dirs, filepath.Join(n.work.Top(), filepath.FromSlash(strings.TrimSuffix(pattern, "/*"))))
	}
	return dirs
}

// sound returns an error where validate would find something in the package. Where that is the author's name in git's configuration, the package does without.
func (n *newPackage) sound() error {
	finding, err := n.validate(n.Package)
	if err == nil && finding != nil && n.Author+n.Email != "" {
		anonymous := n.Package
		anonymous.Author, anonymous.Email = "", ""
		if again, err := n.validate(anonymous); err == nil && again == nil {
			n.Package, finding = anonymous, nil
		}
	}
	if err != nil || finding == nil {
		return err
	}
	return &usageError{hinted(errors.New(finding.Message), "%s", finding.Hint)}
}

// validate returns the first of what is to be said of a package that isn't written yet.
func (n *newPackage) validate(p starter.Package) (*check.Finding, error) {
	files, err := starter.Files(p)
	if err != nil {
		return nil, err
	}
	var others otherPackages
	for _, root := range n.roots() {
		entries, err := os.ReadDir(root)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() && e.Name() != p.ID {
				others = append(others, e.Name())
			}
		}
	}
	target := validate.Target{Dir: path.Join(n.rel, p.ID), Entry: gittree.Entry{Name: p.ID, Mode: gittree.Dir}}
	report, err := validate.Run(n.ctx, []validate.Target{target}, validate.Options{
		Config: n.cfg, Known: others, Loader: func() release.Loader { return unwritten(files) },
	})
	if err != nil {
		return nil, err
	}
	for _, p := range report.Packages {
		for _, f := range slices.Concat(p.Findings.Errors(), p.Findings) {
			return &f, nil
		}
	}
	return nil, nil
}

// unwritten implements release.Loader for files that are on no disk.
type unwritten []starter.File

func (files unwritten) Inputs(string, gittree.Entry, int) ([]release.Input, error) {
	var inputs []release.Input
	for _, f := range files {
		inputs = append(inputs, release.Input{
			Path: f.Path, Mode: gittree.Regular,
			Size: func() (int64, error) { return int64(len(f.Data)), nil },
			Read: func(limit int64) ([]byte, error) {
				if n := int64(len(f.Data)); n > limit {
					return nil, &gittree.LimitError{What: f.Path, Found: n, Limit: limit, Unit: "bytes"}
				}
				return f.Data, nil
			},
		})
	}
	return inputs, nil
}

// otherPackages implements validate.Known: the ids count, and nothing is published of the new one.
type otherPackages []string

func (o otherPackages) IDs() ([]string, error)          { return o, nil }
func (o otherPackages) Owners(string) ([]string, error) { return nil, nil }
func (o otherPackages) Published(string) (registry.Published, error) {
	return registry.Published{}, nil
}

// write writes the package, and says what comes next.
func (n *newPackage) write(u *ui) error {
	files, err := starter.Files(n.Package)
	if err != nil {
		return err
	}
	err = writePackage(n.ctx, n.work.Top(), n.dir, n.ID, files)
	if errors.Is(err, errStopped) {
		return err
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", shown(filepath.Join(n.dir, n.ID)), err)
	}
	place := shown(filepath.Join(n.dir, n.ID))
	u.printf("Wrote %s, %s:\n\n", u.paint(bold, place), starter.About(n.Format))
	for _, f := range files {
		u.printf("  %s\n", f.Path)
	}
	u.printf("\nIt works as it is. README.md ends with what is left for you to decide. Then:\n\n")
	u.table([][]string{
		{"  regen validate " + place, "says what is wrong, and how to mend it"},
		{"  regen preview", "shows it in the listing while you work"},
	}, func(column int, _ []string) string { return []string{cyan, dim}[column] })
	if n.Author == "" {
		u.note("git has no user.name that can stand there: write your name in place of %q", n.Signed())
	}
	if n.Owner == "" {
		u.note("no owner is named: put your handle on GitHub into `owners` of regen.yaml, so that nobody else changes the package unasked")
	}
	if !slices.Contains(n.cfg.Packages, n.rel+"/*") {
		u.note("packages are published from %s: add %s to packages in %s", wording.List(n.cfg.Packages), n.rel+"/*", publish.ConfigFile)
	}
	return nil
}

// writePackage writes the files at the top of the repo, and puts them into the directory in one step: a run that is cut off leaves no half of a package,
// and whoever watches the directory sees none.
func writePackage(ctx context.Context, top, dir, id string, files []starter.File) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(top, ".regen-new-*")
	if err != nil {
		return errors.Unwrap(err) // it names a file that nobody asked for
	}
	defer os.RemoveAll(temp)
	for _, f := range files {
		name := filepath.Join(temp, id, filepath.FromSlash(f.Path))
		err := os.MkdirAll(filepath.Dir(name), 0o777)
		if err == nil {
			err = os.WriteFile(name, f.Data, 0o666)
		}
		if err != nil {
			return errors.Unwrap(err)
		}
	}
	if ctx.Err() != nil {
		return errStopped
	}
	place := filepath.Join(dir, id)
	if info, err := os.Lstat(place); err == nil && info.IsDir() {
		_ = os.Remove(place) // which only removes an empty one
	}
	if err := os.Rename(filepath.Join(temp, id), place); err != nil {
		return errors.Unwrap(err)
	}
	return nil
}

// errStopped says that somebody has pressed Ctrl-C.
var errStopped = errors.New("stopped, and nothing was written")

// shown returns how a path is written from here.
func shown(name string) string {
	here, err := os.Getwd()
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err == nil {
		if rel, err := filepath.Rel(here, name); err == nil {
			return rel
		}
	}
	return name
}

// gitHandle returns the handle on GitHub that git is configured to, or "" where there is none.
func gitHandle(ctx context.Context, dir string) string {
	handle := gitConfig(ctx, dir, "github.user")
	if starter.CheckHandle(handle) != nil {
		return ""
	}
	return handle
}

// gitConfig returns what git is configured to, or "" where git or the value isn't there.
func gitConfig(ctx context.Context, dir, key string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "config", "--get", key)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
