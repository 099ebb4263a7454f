package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/serve"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/trust"
)

func previewCommand(u *ui) *cobra.Command {
	var dir, to, rev string
	var port int
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Publish the working directory under a throwaway key, and serve it here",
		Long: `preview publishes what is in the working directory, committed or not, under a key
that is thrown away, into a temporary directory, and serves it on 127.0.0.1 until
Ctrl-C. What is saved meanwhile is shown at once: pages load themselves again. It
needs no key, no configuration and no git repo.

With --to it writes the tree into a directory instead of serving it, and with --rev
besides it takes a commit instead of the working directory.`,
		Example: "  regen preview\n  regen preview --repo ~/my-registry --port 8080\n  regen preview --to ./preview --rev HEAD",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if port < 0 || port > 65535 {
				return &usageError{fmt.Errorf("--port is %d, expected 0 to 65535", port)}
			}
			if to == "" && rev != "" {
				return &usageError{hinted(errors.New("--rev is for --to"), "what is served is the working directory, as in `regen preview`; a commit goes into a directory with `regen preview --to DIR --rev REV`")}
			}
			if to != "" && cmd.Flags().Changed("port") {
				return &usageError{hinted(errors.New("--port and --to exclude each other"), "with --to, nothing is served")}
			}
			if to != "" {
				return previewTo(cmd.Context(), u, dir, rev, to)
			}
			return preview(cmd.Context(), u, dir, port)
		},
	}
	cmd.Flags().StringVar(&dir, "repo", ".", "the working directory")
	cmd.Flags().StringVar(&to, "to", "", "write the tree into this directory, empty or not there yet, and serve nothing")
	cmd.Flags().StringVar(&rev, "rev", "", "the commit to show (default: the working directory)")
	cmd.Flags().IntVar(&port, "port", 0, "port to serve on (default: a free one)")
	return cmd
}

func preview(ctx context.Context, u *ui, dir string, port int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the watching
	temp, err := os.MkdirTemp("", "regen-preview-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	p := previewer{ui: u, dir: dir, temp: temp, live: serve.NewLive()}
	if p.signer, err = sign.Generate(); err != nil {
		return err
	}
	edits := make(chan struct{}, 1)
	file, dirs := p.places()
	start := func() (watching bool, stop func()) {
		ctx, stop := context.WithCancel(ctx)
		return watch(ctx, file, dirs, func() {
			select {
			case edits <- struct{}{}:
			default:
			}
		}), stop
	}
	watching, unwatch := start() // before the first publish: what is saved during it is shown, too
	defer func() { unwatch() }()
	report, err := p.publish(ctx)
	if err := u.report(report, err, reportOptions{to: "a preview"}); err != nil && !errors.Is(err, errFailed) {
		return err
	} else if err != nil && report.LogSize == 0 {
		return err // the configuration is broken: there is nothing to show
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return hinted(fmt.Errorf("serve the preview: %w", err), "name another port with --port, or none")
	}
	server := &http.Server{Handler: p.live, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	note := "serving until Ctrl-C"
	if watching {
		note += "; what is saved is shown at once"
	}
	u.printf("\n  %s\n\n%s\n", u.paint(bold, "http://"+listener.Addr().String()), u.paint(dim, note))
	for {
		select {
		case err := <-failed:
			return err
		case <-edits:
			report, err := p.publish(ctx)
			if ctx.Err() == nil {
				u.printf("\n")
				if err := u.report(report, err, reportOptions{to: "the preview"}); err != nil && !errors.Is(err, errFailed) {
					u.fail(err)
				}
			}
			if _, now := p.places(); !slices.Equal(now, dirs) { // registry.yaml names other directories
				unwatch()
				dirs = now
				_, unwatch = start()
			}
			continue
		case <-ctx.Done():
		}
		break
	}
	stop, release := context.WithTimeout(context.Background(), 2*time.Second)
	defer release()
	if err := server.Shutdown(stop); err != nil {
		return server.Close()
	}
	return nil
}

// A previewer publishes a working directory again and again, each time from nothing: so a package may change without a new version.
type previewer struct {
	*ui
	dir, temp string
	runs      int
	signer    *sign.Signer
	live      *serve.Live
}

// unkeyed is a history without the registry's trust documents: a preview is signed by a key that is made for it.
type unkeyed struct{ publish.History }

// File implements [publish.History].
func (h unkeyed) File(s publish.Snapshot, path string, limit int64) ([]byte, error) {
	if strings.HasPrefix(path, "keys/") {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return h.History.File(s, path, limit)
}

func (p *previewer) publish(ctx context.Context) (*publish.Report, error) {
	history, done, err := openWorkDir(p.dir)
	if err != nil {
		return &publish.Report{}, err
	}
	defer done()
	p.runs++
	to := filepath.Join(p.temp, strconv.Itoa(p.runs))
	report, err := publish.Run(ctx, publish.Options{
		History: unkeyed{history}, Store: store.NewDir(to), Pin: trust.KeyPin(p.signer.Public()), Signer: p.signer, Now: time.Now(), Progress: p.progress,
	})
	old := to // where nothing can be shown, what was shown stays
	if report.LogSize > 0 {
		old = p.live.Show(to)
	}
	if old != "" {
		os.RemoveAll(old)
	}
	return report, err
}

// places returns what an edit can change: the configuration, and the directories of packages and of the theme.
func (p *previewer) places() (file string, dirs []string) {
	history, done, err := openWorkDir(p.dir)
	if err != nil {
		return "", nil
	}
	defer done()
	packages := config.Default("").Packages
	if head, err := history.Head(); err == nil {
		if cfg, err := history.Config(head); err == nil {
			packages = cfg.Packages
		}
	}
	for _, pattern := range packages {
		dirs = append(dirs, filepath.Join(history.Top(), filepath.FromSlash(strings.TrimSuffix(pattern, "/*"))))
	}
	dirs = append(dirs, filepath.Join(history.Top(), storefront.ThemeDir))
	return filepath.Join(history.Top(), publish.ConfigFile), dirs
}

// openWorkDir returns the working directory that a path lies in: the top of its repo, or the path itself where there is no repo.
func openWorkDir(dir string) (*publish.WorkDir, func(), error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, nil, err
	} else if !info.IsDir() {
		return nil, nil, fmt.Errorf("%s is not a directory", dir)
	}
	repo, err := gittree.Open(dir)
	if errors.Is(err, gittree.ErrNoRepo) {
		top, err := filepath.Abs(dir)
		if err != nil {
			return nil, nil, err
		}
		history, err := publish.NewWorkDir(top, nil, time.Now())
		return history, func() {}, err
	}
	if err != nil {
		return nil, nil, err
	}
	done := func() { repo.Close() }
	if repo.WorkTree() == "" {
		done()
		return nil, nil, hinted(fmt.Errorf("%s is a bare repo: it has no working directory", dir), "use `regen publish --dry-run`, or a clone")
	}
	history, err := publish.NewWorkDir(repo.WorkTree(), repo, time.Now())
	if err != nil {
		done()
		return nil, nil, err
	}
	return history, done, nil
}
