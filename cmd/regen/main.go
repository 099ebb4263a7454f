// Command regen publishes a registry of packages out of a git repo as a signed, static tree.
//
// This package is flags in, exit code out: one file a verb. It is the only place for wording, and the only one that exits.
// docs/cli.md is made of what the commands say of themselves.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

//go:generate go test -run=TestCLIDocs . -update

func main() { os.Exit(run()) }

// run is main, but for exiting.
func run() int {
	debug.SetMemoryLimit(memoryTarget)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ui := newUI(os.Stdout, os.Stderr)
	root := rootCommand(ui)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, errFailed) {
		return 1 // told already
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; what was published before stands")
	}
	ui.fail(err)
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		return 2
	}
	return 1
}

// memoryTarget makes the garbage collector work harder from there on, in bytes. It is no limit: what is in use stays.
const memoryTarget = 400 << 20

// errFailed says that the command did its work, found something wrong, and has told it.
var errFailed = errors.New("failed")

// usageError is a command line that can't be understood.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func rootCommand(ui *ui) *cobra.Command {
	root := &cobra.Command{
		Use:     "regen",
		Version: versionText(),
		Short:   "An app store that is only files",
		Long: `regen publishes the packages of a git repo as a signed, static tree that any
web server or CDN can serve: packages, an index, an append-only log, pages.
Devices pin one public key and trust nothing else.`,
		Example:           "  regen preview\n  regen publish --to ./public\n  regen verify ./public",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{hinted(fmt.Errorf("unknown command %q", args[0]), suggestion(cmd, args[0]))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("regen {{.Version}}\n")
	root.SetOut(ui.out)
	root.SetErr(ui.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{hinted(err, "see `"+cmd.CommandPath()+" --help`")}
	})
	root.AddCommand(
		deviceCommand(ui), doctorCommand(ui), initCommand(ui), newCommand(ui), publishCommand(ui), statusCommand(ui),
		previewCommand(ui), packCommand(ui), signCommand(ui), keysCommand(ui), verifyCommand(ui), logCommand(ui), schemaCommand(ui),
		validateCommand(ui), gateCommand(ui), reportCommand(ui), reviewCommand(ui), explainCommand(ui), buildCommand(ui),
	)
	return root
}

func suggestion(cmd *cobra.Command, name string) string {
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return "did you mean `" + cmd.CommandPath() + " " + near[0] + "`?"
	}
	return "see `" + cmd.CommandPath() + " --help`"
}

// args wraps a check of positional arguments, so that a wrong number of them is a usage error.
func args(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return &usageError{hinted(fmt.Errorf("%s takes %s, found %d arguments", cmd.CommandPath(), what, len(args)),
				"usage: "+cmd.UseLine())}
		}
		return nil
	}
}

// group makes a command that only holds others.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Example: example,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{hinted(fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath()), suggestion(cmd, args[0]))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(commands...)
	return cmd
}

// hintError is an error with a hint at what to do.
type hintError struct {
	error
	hint string
}

func (e *hintError) Unwrap() error { return e.error }

func hinted(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	return &hintError{err, format}
}

// readFile reads a small file that the command line names.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return data, nil
}

// isURL reports whether a place that the command line names is on a web server.
func isURL(place string) bool {
	return strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://")
}
