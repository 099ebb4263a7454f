package branch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/regen-registry/regen/internal/gittree"
)

// Options say which branch it is.
type Options struct {
	Repo   string                      // directory of the clone whose remotes count
	Remote string                      // the name of one, or a URL, or a path
	Name   string                      // of the branch
	Lookup func(string) (string, bool) // the environment; GITHUB_TOKEN and GITHUB_SERVER_URL are read of it, too
}

// Branch is a branch of a remote, with a repo of its own. It is used by one goroutine.
type Branch struct {
	name, url, shown string
	program          string
	env              []string
	secrets          []string
	dir              string // all that is written lies in it
	tries            int
}

// branchName is what a branch may be called: what git allows is wider.
var branchName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$`)

// CheckName returns an error unless a branch may have the name.
func CheckName(name string) error {
	if !branchName.MatchString(name) || len(name) > 200 || strings.Contains(name, "..") || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".") {
		return fmt.Errorf("%q can't be a branch, expected letters, digits, '-', '_', '.' and '/', as in published", name)
	}
	return nil
}

// Open finds the remote, and makes the repo that the branch is fetched into. It doesn't talk to the remote.
func Open(ctx context.Context, o Options) (_ *Branch, err error) {
	if err := CheckName(o.Name); err != nil {
		return nil, err
	}
	b := &Branch{name: o.Name}
	if b.program, err = lookGit(); err != nil {
		return nil, err
	}
	if b.program, err = filepath.Abs(b.program); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("", "regen-branch-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	b.env = environment(o.Lookup, nil)
	if b.url, err = b.address(ctx, o); err != nil {
		return nil, err
	}
	b.shown = fmt.Sprintf("branch %s of %s", o.Name, withoutUser(o.Remote))
	token, _ := o.Lookup("GITHUB_TOKEN")
	server, _ := o.Lookup("GITHUB_SERVER_URL")
	more := authorization(b.url, server, token)
	for _, s := range more {
		b.secrets = append(b.secrets, s.value, s.value[strings.LastIndexByte(s.value, ' ')+1:])
	}
	if token != "" {
		b.secrets = append(b.secrets, token)
	}
	if u, err := url.Parse(b.url); err == nil && u.User != nil {
		b.secrets = append(b.secrets, u.User.String()+"@")
	}
	b.env = environment(o.Lookup, more)
	_, err = b.git(ctx, nil, "init", "--quiet", "--bare", "--template=", b.repo())
	return b, err
}

// Close removes all that was fetched and written.
func (b *Branch) Close() error { return os.RemoveAll(b.dir) }

// String returns the branch as people are told of it.
func (b *Branch) String() string { return b.shown }

func (b *Branch) repo() string { return filepath.Join(b.dir, "repo.git") }

func (b *Branch) ref() string { return "refs/heads/" + b.name }

// address returns where a remote is.
func (b *Branch) address(ctx context.Context, o Options) (string, error) {
	if o.Remote == "" || strings.HasPrefix(o.Remote, "-") {
		return "", fmt.Errorf("%q can't be a remote, expected its name, a URL or a path", o.Remote)
	}
	if strings.ContainsAny(o.Remote, `/\:`) {
		return absolute(o.Remote, "")
	}
	repo, err := filepath.Abs(o.Repo)
	if err != nil {
		return "", err
	}
	out, err := b.git(ctx, nil, "-C", repo, "remote", "get-url", "--push", "--", o.Remote)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(out, "\n")
	return absolute(first, repo)
}

// absolute returns a remote's address as it is understood in any directory. A relative path is one from base, or from the working directory.
func absolute(remote, base string) (string, error) {
	switch {
	case remote == "" || strings.HasPrefix(remote, "-"):
		return "", fmt.Errorf("the remote's address is %q, expected a URL or a path", remote)
	case strings.Contains(remote, "://"), filepath.IsAbs(remote):
		return remote, nil
	case strings.ContainsRune(remote[:strings.IndexByte(remote+"/", '/')], ':'): // host:path
		return remote, nil
	}
	return filepath.Abs(filepath.Join(base, remote))
}

// withoutUser returns a remote's name or address without what may be a password in it.
func withoutUser(remote string) string {
	u, err := url.Parse(remote)
	if err != nil || u.User == nil {
		return remote
	}
	u.User = nil
	return u.String()
}

// tip returns the commit that the branch has at the remote; "" where there is no such branch.
func (b *Branch) tip(ctx context.Context) (string, error) {
	out, err := b.git(ctx, nil, "-C", b.repo(), "ls-remote", "--", b.url, b.ref())
	if err != nil {
		return "", fmt.Errorf("read %s: %w", b, err)
	}
	for line := range strings.Lines(out) {
		if hash, ref, _ := strings.Cut(strings.TrimSpace(line), "\t"); ref == b.ref() {
			if _, err := gittree.ParseHash(hash); err != nil {
				return "", fmt.Errorf("read %s: %w", b, err)
			}
			return hash, nil
		}
	}
	return "", nil
}

// Fetch gets the newest commit of the branch, and returns the tree that it holds: an empty one where there is no such branch.
func (b *Branch) Fetch(ctx context.Context) (*Tree, error) {
	b.tries++
	tip, err := b.tip(ctx)
	if err != nil || tip == "" {
		return b.tree("", nil), err
	}
	if _, err := b.git(ctx, nil, "-C", b.repo(), "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", b.url, "+"+b.ref()+":"+b.ref()); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", b, err)
	}
	repo, err := gittree.Open(b.repo())
	if err != nil {
		return nil, err
	}
	t := b.tree("", repo)
	if err := t.load(b.ref()); err != nil {
		t.Close()
		return nil, fmt.Errorf("%s: %w", b, err)
	}
	return t, nil
}

// push sends a commit to the remote. It succeeds only where the branch still has the parent. An error of the connection says nothing about whether the remote took the commit, so the remote is asked.
func (b *Branch) push(ctx context.Context, commit, parent string) error {
	_, err := b.git(ctx, nil, "-C", b.repo(), "push", "--quiet", "--no-verify", "--", b.url, commit+":"+b.ref())
	if err == nil || ctx.Err() != nil {
		return err
	}
	tip, tipErr := b.tip(ctx)
	switch {
	case tipErr != nil:
		return errors.Join(fmt.Errorf("push to %s: %w", b, err), tipErr)
	case tip == commit:
		return nil
	case tip != parent:
		return ErrMoved
	}
	return fmt.Errorf("push to %s: %w", b, err)
}
