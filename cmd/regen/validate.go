package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
)

type validateOptions struct {
	repo, changed, published, pub, output string
}

func validateCommand(u *ui) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Say what is wrong with packages, where, and how to mend it",
		Long: `validate looks at packages of the working directory: all of them, those at the
paths, or those that differ from a commit. It says everything that would keep a
package from being published, and what somebody will ask about it. It runs
nothing of what it looks at. Errors in registry.yaml or advisories.yaml it says
before it looks at any package.

It exits with 1 where there is an error. Warnings and notices are advice.`,
		Example: `  regen validate
  regen validate plugins/disk-watch
  regen validate --changed origin/main --output github
  regen validate --published https://plugins.example.org --output sarif > findings.sarif`,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"changed", "published"} { // as from a variable that isn't set: nothing would be held against anything
				if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
					return &usageError{hinted(fmt.Errorf("--%s is empty", name), "leave it out, or say what to compare with")}
				}
			}
			return runValidate(cmd.Context(), u, o, args)
		},
	}
	cmd.Flags().StringVar(&o.repo, "repo", ".", "the working directory, unless a path lies in a git repo")
	cmd.Flags().StringVar(&o.changed, "changed", "", "look only at what differs from this commit, and hold it against what is there")
	cmd.Flags().StringVar(&o.published, "published", "", "hold the packages against this published tree: a directory or an address")
	cmd.Flags().StringVar(&o.pub, "pub", "", "file with the public key of the published tree (default: minisign.pub at the top of the repo)")
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "how findings are printed: text, json, github or sarif")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json", "github", "sarif"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runValidate(ctx context.Context, u *ui, o validateOptions, paths []string) error {
	write, ok := check.Writers[o.output]
	if !ok {
		return &usageError{fmt.Errorf("--output is %q, expected text, json, github or sarif", o.output)}
	}
	work, done, err := openPaths(o.repo, paths)
	if err != nil {
		return err
	}
	defer done()
	head, err := work.Head()
	if err != nil {
		return err
	}
	advisories, found, err := advisory.Read(os.DirFS(work.Top()))
	if err != nil {
		return err
	}
	cfg, err := work.Config(head)
	if broken := (*publish.CommitError)(nil); errors.As(err, &broken) {
		found = slices.Concat(broken.Findings, found, validate.Advisories(advisories, nil))
		found.Sort()
	} else if err != nil {
		return err
	}
	report := registryReport(found)
	if len(found) == 0 {
		if report, err = validatePackages(ctx, u, o, work, head, cfg, advisories, paths); err != nil {
			return err
		}
	}
	var theme check.Findings
	if len(cfg.Packages) > 0 { // where the configuration is broken, there is none
		if theme, err = validate.Storefront(func() (wire.Site, error) { return publish.SiteOf(work, head, cfg) }); err != nil {
			return err
		}
	}
	report = withRegistry(report, slices.Concat(keysFindings(work, head, cfg.ID), theme))
	u.clear()
	if err := write(u.out, report, u.style()); err != nil {
		return err
	}
	if n := report.Errors + report.Warnings + report.Notices; o.output == "sarif" && n > check.MostSARIF {
		u.note("found %d, and GitHub's code scanning takes %d at most: look at fewer packages at once", n, check.MostSARIF)
	}
	if report.Errors > 0 {
		return errFailed
	}
	return nil
}

// registryReport returns a report of what is wrong with the registry itself. Where that has an error, no package is looked at.
func registryReport(findings check.Findings) check.Report {
	return check.NewReport([]check.Package{{Dir: ".", Findings: findings}})
}

// openPaths opens the working directory that the paths are in: the repo around the first one, or where there is none, or no path, a directory.
func openPaths(dir string, paths []string) (*publish.WorkDir, func(), error) {
	if len(paths) == 0 {
		return openWorkDir(dir)
	}
	near := paths[0]
	if info, err := os.Stat(near); err != nil {
		return nil, nil, err
	} else if !info.IsDir() {
		near = filepath.Dir(near)
	}
	work, done, err := openWorkDir(near)
	if err != nil || work.Repo() != nil {
		return work, done, err
	}
	done()
	return openWorkDir(dir)
}

func validatePackages(ctx context.Context, u *ui, o validateOptions, work *publish.WorkDir, head publish.Snapshot, cfg config.Config, advisories []byte, paths []string) (check.Report, error) {
	targets, err := validateTargets(work, head, cfg, paths)
	if err != nil {
		return check.Report{}, err
	}
	all := targets
	opts := validate.Options{Config: cfg, Loader: work.Loader, Progress: u.progress}
	if o.changed != "" {
		base, err := validateBase(work, o.changed)
		if err != nil {
			return check.Report{}, err
		}
		if len(paths) == 0 {
			opts.Others = targets
			if gitConfig(ctx, work.Top(), "core.sparseCheckout") != "true" { // where others needn't be here
				opts.Gone = gone(base, targets)
			}
		}
		if targets, err = changedTargets(work, base, targets); err != nil {
			return check.Report{}, err
		}
		opts.Known = base
	}
	if o.published != "" {
		published, err := openPublished(ctx, o.published, cmp.Or(o.pub, filepath.Join(work.Top(), publicKeyFile)))
		if err != nil {
			return check.Report{}, err
		}
		opts.Known = validate.Both(published, opts.Known)
	}
	var ids []string
	if len(paths) == 0 { // else other packages are there, too
		if ids, err = opts.IDs(all); err != nil {
			return check.Report{}, err
		}
	}
	found := validate.Advisories(advisories, ids)
	found.Block(cfg.Blocking)
	if len(found.Errors()) > 0 {
		return registryReport(found), nil
	}
	report, err := validate.Run(ctx, targets, opts)
	if err != nil || len(found) == 0 {
		return report, err
	}
	return check.NewReport(slices.Concat(registryReport(found).Packages, report.Packages)), nil
}

// width returns how many columns the terminal has that results go to; 0 where they go elsewhere.
func (u *ui) width() int {
	if f, ok := u.out.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}

// validateTargets returns the packages at the paths: a package's directory, something in it, or a directory above. Without paths, they are all.
func validateTargets(work *publish.WorkDir, head publish.Snapshot, cfg config.Config, paths []string) ([]validate.Target, error) {
	var wanted []string
	for _, p := range paths {
		rel, err := pathFromTop(work, p)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, rel)
	}
	if len(wanted) > 0 { // cost follows what is asked for
		if targets, ok := direct(work, cfg, wanted); ok {
			return targets, nil
		}
	}
	list, err := publish.List(work, head, cfg)
	if err != nil {
		return nil, err
	}
	var targets []validate.Target
	found := make(map[string]bool)
	for _, root := range slices.Sorted(maps.Keys(list)) {
		for _, e := range list[root] {
			dir := root + "/" + e.Name
			for _, w := range wanted {
				if within(dir, w) || within(w, dir) {
					found[w] = true
				}
			}
			if len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return within(dir, w) || within(w, dir) }) {
				targets = append(targets, validate.Target{Dir: dir, Entry: e})
			}
		}
	}
	for i, w := range wanted {
		if !found[w] {
			hint := fmt.Sprintf("packages are the directories %s, from %s on", strings.Join(cfg.Packages, " and "), work.Top())
			return nil, hinted(fmt.Errorf("%s holds no package", paths[i]), "%s", hint)
		}
	}
	return targets, nil
}

// pathFromTop returns a path of the command line as one from the top of the working directory. A package that is a symbolic link is the link itself.
func pathFromTop(work *publish.WorkDir, name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if info, err := os.Lstat(name); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if dir, err := work.Rel(filepath.Dir(name)); err == nil {
			return path.Join(dir, filepath.Base(name)), nil
		}
	}
	rel, err := work.Rel(name)
	if err != nil {
		return "", hinted(err, "all paths have to be in one repo; without a repo, in the current directory or the one that --repo names")
	}
	return rel, nil
}

// direct returns the targets where every path is one package's directory.
func direct(work *publish.WorkDir, cfg config.Config, wanted []string) ([]validate.Target, bool) {
	var targets []validate.Target
	for _, w := range wanted {
		i := strings.LastIndexByte(w, '/')
		if i < 0 || !slices.Contains(cfg.Packages, w[:i]+"/*") || w[i+1] == '.' || !work.IsDir(w) {
			return nil, false
		}
		if t := (validate.Target{Dir: w, Entry: gittree.Entry{Name: w[i+1:], Mode: gittree.Dir}}); !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
	}
	return targets, true
}

// within reports whether a path is a directory or lies in it.
func within(path, dir string) bool {
	return dir == "." || path == dir || strings.HasPrefix(path, dir+"/")
}

// validateBase opens the commit that a change is based on.
func validateBase(work *publish.WorkDir, rev string) (*publish.Base, error) {
	repo := work.Repo()
	if repo == nil {
		return nil, hinted(gittree.ErrNoRepo, "--changed compares with a commit: run it inside a git repo")
	}
	commits, err := publish.NewCommits(repo, rev)
	if err != nil {
		return nil, err
	}
	return publish.NewBase(commits)
}

// gone returns the directories of the base's packages that aren't there any more.
func gone(base *publish.Base, targets []validate.Target) []string {
	there := make(map[string]bool, len(targets))
	for _, t := range targets {
		there[t.ID()] = true
	}
	var dirs []string
	for _, id := range base.All() {
		if entry, _ := base.Entry(id); !there[id] {
			dirs = append(dirs, entry.Name)
		}
	}
	return dirs
}

// changedTargets returns the targets that aren't the same at the base.
func changedTargets(work *publish.WorkDir, base *publish.Base, targets []validate.Target) ([]validate.Target, error) {
	var changed []validate.Target
	for _, t := range targets {
		entry, there := base.Entry(t.ID())
		if there && entry.Name == t.Dir && t.Entry.Mode == gittree.Dir && entry.Mode == gittree.Dir {
			differs, err := work.Changed(t.Dir, base.Commits, entry)
			if err != nil {
				return nil, err
			}
			if !differs {
				continue
			}
		}
		changed = append(changed, t)
	}
	return changed, nil
}
