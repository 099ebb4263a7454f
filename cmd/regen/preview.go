package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/serve"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
)

func previewCommand(u *ui) *cobra.Command {
	var dir string
	var port int
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Publish the working directory under a throwaway key, and serve it here",
		Long: `preview publishes what is in the working directory, committed or not, under a key
that is thrown away, into a temporary directory, and serves it on 127.0.0.1 until
Ctrl-C. It needs no key, no configuration and no git repo.`,
		Example: "  regen preview\n  regen preview --repo ~/my-registry --port 8080",
		Args:    args(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if port < 0 || port > 65535 {
				return &usageError{fmt.Errorf("--port is %d, expected 0 to 65535", port)}
			}
			return preview(cmd.Context(), u, dir, port)
		},
	}
	cmd.Flags().StringVar(&dir, "repo", ".", "the working directory")
	cmd.Flags().IntVar(&port, "port", 0, "port to serve on (default: a free one)")
	return cmd
}

func preview(ctx context.Context, u *ui, dir string, port int) error {
	history, done, err := openWorkDir(dir)
	if err != nil {
		return err
	}
	defer done()
	signer, err := sign.Generate()
	if err != nil {
		return err
	}
	renderer, err := newRenderer()
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "regen-preview-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	report, err := publish.Run(ctx, publish.Options{
		History: history, Store: store.NewDir(temp), Key: signer.Public(), Signer: signer, Renderer: renderer, Now: time.Now(), Progress: u.progress,
	})
	if err := u.report(report, err, reportOptions{to: "a preview"}); err != nil && !errors.Is(err, errFailed) {
		return err
	} else if err != nil && report.LogSize == 0 {
		return err // the configuration is broken: there is nothing to show
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return hinted(fmt.Errorf("serve the preview: %w", err), "name another port with --port, or none")
	}
	server := &http.Server{Handler: serve.Handler(temp), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	u.printf("\n  %s\n\n%s\n", u.paint(bold, "http://"+listener.Addr().String()), u.paint(dim, "serving until Ctrl-C"))
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		return server.Close()
	}
	return nil
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
