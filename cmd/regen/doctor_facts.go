package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/doctor"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/scaffold"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
)

// gatherer gathers what doctor decides over.
type gatherer struct {
	ctx  context.Context
	top  string
	cfg  config.Config
	work *publish.WorkDir
	head publish.Snapshot
	doctor.Facts
}

func gatherFacts(ctx context.Context, dir, key string) (doctor.Facts, error) {
	g := &gatherer{ctx: ctx}
	g.Now = time.Now()
	if out, ok := g.git("version"); ok {
		g.Git = strings.TrimPrefix(out, "git version ")
	}
	if info, err := os.Stat(dir); err != nil {
		return g.Facts, err
	} else if !info.IsDir() {
		return g.Facts, fmt.Errorf("%s is not a directory", dir)
	}
	repo, err := gittree.Open(dir)
	if errors.Is(err, gittree.ErrNoRepo) {
		return g.Facts, nil
	}
	if err != nil {
		g.Repo.Broken = err.Error()
		return g.Facts, nil
	}
	defer repo.Close()
	if g.Repo.Bare = repo.WorkTree() == ""; g.Repo.Bare {
		return g.Facts, nil
	}
	g.top, g.Repo.Top = repo.WorkTree(), repo.WorkTree()
	if g.work, err = publish.NewWorkDir(g.top, repo, g.Now); err != nil {
		return g.Facts, err
	}
	if g.head, err = g.work.Head(); err != nil {
		return g.Facts, err
	}
	g.clone()
	g.documents()
	g.settings()
	g.keys(key)
	g.Secrets, g.Unsearched = secretsBelow(g.top)
	g.scaffold()
	g.published(repo)
	return g.Facts, ctx.Err()
}

// git runs git, without a fetch of what a partial clone lacks, and returns what it says.
func (g *gatherer) git(args ...string) (string, bool) {
	cmd, done := g.command(args...)
	defer done()
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err == nil
}

func (g *gatherer) command(args ...string) (*exec.Cmd, func()) {
	ctx, done := context.WithTimeout(g.ctx, 30*time.Second)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.top
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	return cmd, done
}

// flag returns whether a setting of git is on.
func (g *gatherer) flag(key string) (on, set bool) {
	out, ok := g.git("config", "--type=bool", "--get", key)
	return out == "true", ok
}

func (g *gatherer) clone() {
	out, _ := g.git("rev-parse", "--is-shallow-repository")
	g.Repo.Shallow = out == "true"
	out, _ = g.git("config", "--type=bool", "--get-regexp", `^remote\..*\.promisor$`)
	g.Repo.Partial = strings.Contains(out, " true")
	g.Repo.Sparse, _ = g.flag("core.sparseCheckout")
}

// settings gathers how git writes files here.
func (g *gatherer) settings() {
	if on, set := g.flag("core.autocrlf"); set {
		g.Lines.AutoCRLF = fmt.Sprint(on)
	} else { // it may be "input", which is no flag
		g.Lines.AutoCRLF, _ = g.git("config", "--get", "core.autocrlf")
	}
	g.Lines.EOL, _ = g.git("config", "--get", "core.eol")
	file := strings.TrimSuffix(g.cfg.Packages[0], "*") + "any/README.md"
	if out, ok := g.git("check-attr", "text", "--", file); ok {
		_, g.Lines.Attribute, _ = strings.Cut(out, ": text: ")
	}
	links, set := g.flag("core.symlinks")
	g.Facts.Files.NoSymlinks = set && !links
	g.Facts.Files.IgnoreCase, _ = g.flag("core.ignorecase")
	if g.Facts.Files.NoSymlinks || g.Facts.Files.IgnoreCase {
		g.index()
	}
}

// index looks for what this file system can't hold.
func (g *gatherer) index() {
	cmd, done := g.command("ls-files", "--stage", "-z")
	defer done()
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return
	}
	seen := make(map[string]string)
	s := bufio.NewScanner(out)
	s.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := slices.Index(data, 0); i >= 0 {
			return i + 1, data[:i], nil
		}
		return 0, nil, nil
	})
	for s.Scan() {
		mode, path, ok := strings.Cut(s.Text(), "\t")
		if !ok {
			continue
		}
		if f := &g.Facts.Files; strings.HasPrefix(mode, "120000 ") && f.Symlink == "" {
			f.Symlink = path
		}
		folded := strings.ToLower(path)
		if other, there := seen[folded]; there && g.Facts.Files.Alike[0] == "" {
			g.Facts.Files.Alike = [2]string{other, path}
		}
		seen[folded] = path
	}
	_ = cmd.Wait()
}

// wrong says the first error of some findings.
func wrong(doc *doctor.Document, findings check.Findings) {
	for _, f := range findings {
		if f.Severity == check.Error && doc.Wrong == "" {
			doc.Wrong, doc.Hint = f.Place()+": "+f.Message, f.Hint
			if doc.Hint == "" {
				doc.Hint = "`regen validate` says all that is wrong with it"
			}
		}
	}
}

func (g *gatherer) documents() {
	g.cfg = config.Default(g.work.Name())
	cfg, err := g.work.Config(g.head)
	broken := (*publish.CommitError)(nil)
	switch data, missing := g.work.File(g.head, config.FileName, config.MaxFile); {
	case errors.As(err, &broken):
		wrong(&g.Config, broken.Findings)
	case err != nil:
		g.Config.Wrong, g.Config.Hint = err.Error(), "check the file"
	default:
		g.cfg, g.BaseURL = cfg, cfg.BaseURL
		g.Config.There = missing == nil && data != nil
		g.Config.Said = fmt.Sprintf("registry %s", cfg.ID)
	}
	if data, err := g.work.File(g.head, owners.FileName, owners.MaxFile); err == nil {
		file, findings := owners.Parse(owners.FileName, data)
		g.Owners.There, g.Named = true, len(file.Maintainers)
		g.Owners.Said = "it names " + plural(g.Named, "maintainer")
		wrong(&g.Owners, findings)
	} else if !errors.Is(err, fs.ErrNotExist) {
		g.Owners.Wrong, g.Owners.Hint = err.Error(), "check the file"
	}
}

// keys gathers what devices pin, what that leads to, and whether the secret key of whoever publishes belongs to it.
func (g *gatherer) keys(key string) {
	data, err := g.work.File(g.head, publicKeyFile, sign.MaxKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	g.Key.There = true
	var pin trust.Pin
	if err == nil {
		pin, err = trust.ParsePin(data)
	}
	g.Key.Placeholder = errors.Is(err, sign.ErrPlaceholder)
	if err != nil {
		g.Key.Wrong = err.Error()
	} else if public, ok := pin.Key(); ok {
		g.Key.ID = sign.KeyID(public)
	} else {
		g.Key.ID = pin.String()
	}
	read := publish.Documents(g.work, g.head)
	id := ""
	if g.Config.There {
		id = g.cfg.ID
	}
	findings := validate.Keys(id, data, read)
	wrong(&g.Documents, findings)
	drafts, err := trust.Drafts(read)
	if err == nil && len(drafts) > 0 {
		g.Documents.There, g.Documents.Said = true, wire.KeysPath(len(drafts))+" is sound"
	}
	for _, f := range findings {
		if f.Severity != check.Error && g.Documents.Wrong == "" {
			g.Documents.Lacks, g.Documents.Hint = f.Place()+" "+f.Message, f.Hint
		}
	}
	if g.Key.Wrong == "" {
		g.secret(key, releaseKeys(pin, drafts))
	}
}

// releaseKeys returns the keys that may publish.
func releaseKeys(pin trust.Pin, drafts []trust.Draft) []string {
	for _, d := range slices.Backward(drafts) {
		if d.Complete() {
			return d.Release
		}
	}
	if key, ok := pin.Key(); ok {
		return []string{key.String()}
	}
	return nil
}

// errEncrypted says that a secret key can't be read without its password.
var errEncrypted = errors.New("encrypted")

func (g *gatherer) secret(file string, release []string) {
	s := &g.Facts.Secret
	s.Named = file != ""
	var text []byte
	if variable := os.Getenv(secretKeyVariable); file == "" && variable != "" {
		s.Place, s.There, text = secretKeyVariable, true, []byte(variable)
	} else {
		if err := secretHome(&file, "minisign.key", "--key"); err != nil {
			return
		}
		s.Place = file
		data, err := readFile(file, sign.MaxKeyFile)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		s.There = true
		if err != nil {
			s.Wrong = err.Error()
			return
		}
		if info, err := os.Stat(file); err == nil && runtime.GOOS != "windows" {
			s.Readable = info.Mode()&0o077 != 0
		}
		text = data
	}
	signer, err := sign.ParseSecret(text, func() (string, error) { return "", errEncrypted })
	switch {
	case errors.Is(err, errEncrypted):
		s.Encrypted = true
	case err != nil:
		s.Wrong = err.Error()
	default:
		s.ID, s.Releases = sign.KeyID(signer.Public()), slices.Contains(release, signer.Public().String())
	}
}

// maxSearched bounds the files that are searched for secret keys.
const maxSearched = 200_000

// secretsBelow returns the files below a directory that are secret keys as minisign writes them, slash-separated, but for what git itself keeps.
func secretsBelow(top string) (found []string, unsearched bool) {
	searched := 0
	_ = filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // what can't be read is no danger from here
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if searched++; searched > maxSearched {
			unsearched = true
			return filepath.SkipAll
		}
		info, err := d.Info()
		if err != nil || info.Size() < 200 || info.Size() > sign.MaxKeyFile {
			return nil
		}
		data, err := readFile(name, sign.MaxKeyFile)
		if err != nil || !strings.HasPrefix(string(data), "untrusted comment:") {
			return nil
		}
		if _, err := sign.ParseSecret(data, func() (string, error) { return "", errEncrypted }); err == nil || errors.Is(err, errEncrypted) {
			if rel, err := filepath.Rel(top, name); err == nil {
				found = append(found, filepath.ToSlash(rel))
			}
		}
		return nil
	})
	return found, unsearched
}

// scaffold gathers what has drifted from what init writes. Files that are looked at by themselves are left out.
func (g *gatherer) scaffold() {
	s := &g.Facts.Scaffold
	read := reader(g.top)
	if entries, err := os.ReadDir(filepath.Join(g.top, ".github", "workflows")); err == nil {
		s.Workflows = len(entries)
	} else if g.Repo.Sparse { // what seems to be missing may be committed
		s.Unseen = true
		return
	}
	if action, err := scaffold.Action(read); err == nil {
		s.Placeholder = scaffold.IsPlaceholder(action)
	}
	if g.Config.Wrong != "" {
		return
	}
	_, drifts, err := drifted(g.top)
	if err != nil {
		return
	}
	for _, d := range drifts {
		switch {
		case slices.Contains([]string{config.FileName, owners.FileName, publicKeyFile}, d.Path), s.Workflows == 0 && isWorkflow(d.Path):
		case d.Missing():
			s.Missing = append(s.Missing, d.Path)
		default:
			s.Drifted = append(s.Drifted, placeOf(d))
		}
	}
}

// publishedBranch is where the registry is published to.
const publishedBranch = "published"

// published gathers what the head of the published branch says, as it was fetched last.
func (g *gatherer) published(repo *gittree.Repo) {
	p := &g.Facts.Published
	if g.Config.There {
		p.ID = g.cfg.ID
	}
	remotes, _ := g.git("remote")
	p.Remotes = remotes != ""
	refs, _ := g.git("for-each-ref", "--format=%(refname)", "refs/remotes/origin/"+publishedBranch, "refs/remotes/*/"+publishedBranch, "refs/heads/"+publishedBranch)
	list := strings.Fields(refs)
	if len(list) == 0 {
		return
	}
	ref := list[0]
	if origin := "refs/remotes/origin/" + publishedBranch; slices.Contains(list, origin) {
		ref = origin
	}
	p.Ref = strings.TrimPrefix(strings.TrimPrefix(ref, "refs/remotes/"), "refs/heads/")
	statement, err := publishedHead(repo, ref)
	if err != nil {
		p.Wrong = err.Error()
		return
	}
	p.Registry, p.Serial, p.Issued, p.Expires = statement.Registry, statement.Serial, time.Unix(statement.Issued, 0), time.Unix(statement.Expires, 0)
}

// publishedHead reads the head of a published branch. Its signature isn't checked: that is verify's work.
func publishedHead(repo *gittree.Repo, ref string) (wire.Statement, error) {
	commits, err := publish.NewCommits(repo, ref)
	if err != nil {
		return wire.Statement{}, err
	}
	head, err := commits.Head()
	if err != nil {
		return wire.Statement{}, err
	}
	data, err := commits.File(head, wire.HeadPath, sign.MaxSignature)
	if err != nil {
		return wire.Statement{}, err
	}
	comment, err := sign.StoredComment(data)
	if err != nil {
		return wire.Statement{}, fmt.Errorf("%s: %w", wire.HeadPath, err)
	}
	return wire.ParseStatement(comment)
}
