package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/scaffold"
	"github.com/regen-registry/regen/internal/starter"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// An initRepo is a registry that is about to be made, or completed.
type initRepo struct {
	ctx     context.Context
	top     string // without symbolic links, as far as it is there
	exists  bool   // whether it is a repo
	params  scaffold.Params
	starter string // the format of the package to begin with

	missing                []scaffold.File
	needsKey, needsPackage bool

	key                string // the file of the secret key
	keyID, madePackage string
	packageErr         error    // why there is no package
	wrote              []string // from the top
	repository         string   // owner/name
}

// openRegistry looks at what is in a directory.
func openRegistry(ctx context.Context, dir string) (*initRepo, error) {
	top, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	n := &initRepo{ctx: ctx, top: realPath(top)}
	info, err := os.Stat(n.top)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, hinted(fmt.Errorf("%s is no directory", dir), "name a new or empty directory, or a repo")
	}
	switch repo, err := gittree.Open(nearest(n.top)); {
	case errors.Is(err, gittree.ErrNoRepo):
		if err := isEmpty(n.top, dir); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		defer repo.Close()
		if repo.WorkTree() == "" {
			return nil, hinted(fmt.Errorf("%s is a bare repo: it has no working directory", dir), "name a clone of it")
		}
		if repo.WorkTree() != n.top {
			return nil, hinted(fmt.Errorf("%s lies in the git repo %s", dir, repo.WorkTree()), "name the top of that repo, or a directory outside of it")
		}
		n.exists = true
		if err := wholeCheckout(ctx, n.top); err != nil {
			return nil, err
		}
	}
	return n, n.look()
}

// realPath returns a path without symbolic links. What isn't there yet has none.
func realPath(name string) string {
	missing := ""
	for {
		if found, err := filepath.EvalSymlinks(name); err == nil {
			return filepath.Join(found, missing)
		}
		parent := filepath.Dir(name)
		if parent == name {
			return filepath.Join(name, missing)
		}
		name, missing = parent, filepath.Join(filepath.Base(name), missing)
	}
}

// nearest returns the first directory that is there, from a path upwards.
func nearest(name string) string {
	for {
		if info, err := os.Stat(name); err == nil && info.IsDir() || filepath.Dir(name) == name {
			return name
		}
		name = filepath.Dir(name)
	}
}

// liesIn reports whether a file lies in a directory, or would.
func liesIn(file, dir string) (bool, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(dir, realPath(abs))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}

func isEmpty(top, dir string) error {
	entries, err := os.ReadDir(top)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return hinted(fmt.Errorf("%s isn't empty, and isn't a git repo: it holds %s", dir, wording.Quote(entries[0].Name())), "name a new directory; or, if a registry is to be made of what is there, run `git init` in it first")
	}
	return nil
}

// maxRead bounds a file of a repo that is compared, in bytes.
const maxRead = 1 << 20

// reader returns what reads files below a directory, and no others.
func reader(top string) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		root, err := os.OpenRoot(top)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		f, err := root.Open(filepath.FromSlash(path))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, maxRead+1))
		if err == nil && len(data) > maxRead {
			err = fmt.Errorf("%s has more than %d bytes", path, maxRead)
		}
		return data, err
	}
}

// look reads what the repo says of itself.
func (n *initRepo) look() error {
	p, err := scaffold.Read(reader(n.top), filepath.Base(n.top))
	if err != nil {
		return hinted(err, "mend it first, or remove it: `regen validate` says everything that is wrong with it")
	}
	if p.Action == "" {
		version, commit := built()
		p.Action = scaffold.Pinned(commit, version)
	}
	if data, err := reader(n.top)(owners.FileName); err == nil {
		if file, findings := owners.Parse(owners.FileName, data); len(findings) == 0 && len(file.Maintainers) > 0 {
			p.Maintainer = string(file.Maintainers[0])
		}
	}
	n.params = p
	n.needsKey = !n.there(publicKeyFile) && !n.there(wire.KeysPath(1))
	n.needsPackage = true
	for _, pattern := range p.Packages {
		entries, err := os.ReadDir(filepath.Join(n.top, filepath.FromSlash(strings.TrimSuffix(pattern, "/*"))))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		n.needsPackage = n.needsPackage && len(entries) == 0
	}
	return n.fill()
}

// there reports whether something lies at a path.
func (n *initRepo) there(name string) bool {
	_, err := os.Lstat(filepath.Join(n.top, filepath.FromSlash(name)))
	return err == nil
}

// fill makes the files that are missing. It is done again when what they hang on changes.
func (n *initRepo) fill() error {
	list, err := scaffold.Files(n.params)
	if err != nil {
		return err
	}
	n.missing = slices.DeleteFunc(list, func(f scaffold.File) bool { return n.there(f.Path) })
	return nil
}

// nothing reports whether there is nothing to do.
func (n *initRepo) nothing() bool {
	return n.exists && len(n.missing) == 0 && !n.needsKey && !n.needsPackage
}

// take takes what the command line says. Where a repo says something already, it can't say otherwise.
func (n *initRepo) take(o initOptions) error {
	said := n.there(config.FileName)
	if said {
		for _, f := range []struct{ flag, value, has string }{{"--id", o.id, n.params.ID}, {"--name", o.name, n.params.Name}} {
			if f.value != "" && f.value != f.has {
				return hinted(fmt.Errorf("%s is %s, and %s says %s", f.flag, wording.Quote(f.value), config.FileName, wording.Quote(f.has)), "leave out %s, or change the file yourself", f.flag)
			}
		}
	} else {
		if err := n.setID(firstOf(o.id, n.params.ID)); err != nil {
			return err
		}
		if err := n.setName(firstOf(o.name, starter.Title("", n.params.ID))); err != nil {
			return err
		}
	}
	if err := n.setFormat(o.format, said); err != nil {
		return err
	}
	if o.owner != "" {
		if err := n.setMaintainer(o.owner); err != nil {
			return err
		}
	} else if n.params.Maintainer == "" {
		n.params.Maintainer = gitHandle(n.ctx, nearest(n.top))
	}
	repository := o.repository
	if repository == "" && n.exists {
		repository = fromRemote(gitConfig(n.ctx, n.top, "remote.origin.url"))
	}
	if err := n.setRepository(repository, said); err != nil {
		return err
	}
	return n.fill()
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (n *initRepo) setID(id string) error {
	if err := wire.CheckID(id); err != nil {
		return hinted(err, "an id has lower-case letters, digits and inner hyphens: perhaps %s", config.DefaultID(id))
	}
	n.params.ID = id
	return nil
}

// setName takes a name that registry.yaml takes.
func (n *initRepo) setName(name string) error {
	was := n.params.Name
	n.params.Name = name
	return n.taken(func() { n.params.Name = was })
}

// taken returns an error where the registry.yaml that is made isn't taken, and undoes what was changed.
func (n *initRepo) taken(undo func()) error {
	list, err := scaffold.Files(n.params)
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Path != config.FileName {
			continue
		}
		if _, findings := config.Parse(f.Path, f.Data, "x"); len(findings) > 0 {
			undo()
			return hinted(errors.New(findings[0].Message), "%s", findings[0].Hint)
		}
	}
	return nil
}

// setFormat takes the only format of a registry, or "" where it takes all; and for one that is there, that of the package to begin with.
func (n *initRepo) setFormat(format string, said bool) error {
	known := manifest.Names()
	if said {
		known = n.params.Formats
	}
	switch {
	case format == "":
		n.starter = "native" // which asks for the least
		if !slices.Contains(known, n.starter) {
			n.starter = known[0]
		}
		return nil
	case !slices.Contains(known, format):
		return hinted(fmt.Errorf("--format is %s, expected %s", wording.Quote(format), wording.List(known)), "%s", wording.DidYouMean(format, known))
	}
	n.starter = format
	if !said {
		n.params.Formats = []string{format}
	}
	return nil
}

func (n *initRepo) setMaintainer(handle string) error {
	if handle != "" {
		if err := starter.CheckHandle(handle); err != nil {
			return nameHint(err)
		}
	}
	n.params.Maintainer = handle
	return nil
}

var repositoryName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]{0,38})/([A-Za-z0-9_.-]{1,100})$`)

// setRepository takes where the repo is on GitHub, whose Pages serve the registry unless its configuration says otherwise.
func (n *initRepo) setRepository(repository string, said bool) error {
	if repository == "" {
		return nil
	}
	m := repositoryName.FindStringSubmatch(repository)
	if m == nil || m[2] == "." || m[2] == ".." {
		return hinted(fmt.Errorf("the repository is %s, expected owner/name as on GitHub", wording.Quote(repository)), "as in octocat/plugins")
	}
	n.repository = repository
	if said {
		return nil
	}
	was, host := n.params.BaseURL, strings.ToLower(m[1])+".github.io"
	n.params.BaseURL = "https://" + path.Join(host, m[2])
	if strings.EqualFold(m[2], host) {
		n.params.BaseURL = "https://" + host
	}
	return n.taken(func() { n.params.BaseURL, n.repository = was, "" })
}

var remote = regexp.MustCompile(`^(?:https://github\.com/|git@github\.com:|ssh://git@github\.com/)([^/]+/[^/]+?)(?:\.git)?/?$`)

// fromRemote returns owner/name of a repo on GitHub, or "".
func fromRemote(url string) string {
	m := remote.FindStringSubmatch(url)
	if m == nil || !repositoryName.MatchString(m[1]) {
		return ""
	}
	return m[1]
}
