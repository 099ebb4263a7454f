package validate_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/rules"
	"github.com/regen-registry/regen/internal/rules/casefile"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/validate"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

var update = flag.Bool("update", false, "write what is found in the bad examples into the rules' files")

// A file of a repo in memory.
type file struct {
	mode gittree.Mode
	data []byte
}

// repo holds files by their paths from the top.
type repo map[string]file

// corrupt marks a directory whose tree git can't read.
const corrupt = gittree.Mode(255)

// lay puts an example over a repo. Its path is in the package's directory, or from the top where it begins with a slash.
func (r repo) lay(t *testing.T, dir string, e rules.Example) {
	t.Helper()
	path, top := strings.CutPrefix(e.Path, "/")
	if !top {
		path = dir + "/" + path
	}
	switch e.Make {
	case "":
		r[path] = file{gittree.Regular, []byte(e.Content)}
	case "remove":
		for p := range r {
			if p == path || strings.HasPrefix(p, path+"/") {
				delete(r, p)
			}
		}
	case "symlink":
		r[path] = file{gittree.Symlink, []byte(strings.TrimSpace(e.Content))}
	case "submodule":
		r[path] = file{gittree.Submodule, nil}
	case "corrupt":
		r[path] = file{corrupt, nil}
	default:
		data, err := casefile.Make(e.Make, []byte(e.Content))
		if err != nil {
			t.Fatalf("%s: %v", e.Path, err)
		}
		r[path] = file{gittree.Regular, data}
	}
}

// site returns what the repo says of its storefront.
func (r repo) site(cfg config.Config) (s wire.Site, err error) {
	files := make(map[string][]byte)
	for path, f := range r {
		if name, ok := strings.CutPrefix(path, storefront.ThemeDir+"/"); ok {
			files[name] = f.data
		}
	}
	s.Languages = cfg.Storefront.Languages
	s.Files, err = storefront.Theme(site.FS, files)
	return s, err
}

// Inputs implements release.Loader.
func (r repo) Inputs(dir string, _ gittree.Entry, most int) ([]release.Input, error) {
	var inputs []release.Input
	for path, f := range r {
		rel, ok := strings.CutPrefix(path, dir+"/")
		if !ok {
			continue
		}
		if f.mode == corrupt {
			return nil, fmt.Errorf("tree %s: %w", dir, gittree.ErrCorrupt)
		}
		inputs = append(inputs, release.Input{
			Path: rel, Mode: f.mode,
			Size: func() (int64, error) { return int64(len(f.data)), nil },
			Read: func(limit int64) ([]byte, error) {
				if n := int64(len(f.data)); n > limit {
					return nil, &gittree.LimitError{What: rel, Found: n, Limit: limit, Unit: "bytes"}
				}
				return f.data, nil
			},
		})
	}
	slices.SortFunc(inputs, func(a, b release.Input) int { return strings.Compare(a.Path, b.Path) })
	return inputs, nil
}

// read returns a file of the repo.
func (r repo) read(path string, _ int64) ([]byte, error) {
	f, there := r[path]
	if !there {
		return nil, fs.ErrNotExist
	}
	return f.data, nil
}

// targets returns the packages below plugins/.
func (r repo) targets() []validate.Target {
	var list []validate.Target
	for path, f := range r {
		parts := strings.SplitN(path, "/", 3)
		if parts[0] != "plugins" && parts[0] != "extensions" {
			continue
		}
		t := validate.Target{Dir: parts[0] + "/" + parts[1], Entry: gittree.Entry{Name: parts[1], Mode: gittree.Dir}}
		if len(parts) == 2 {
			if t.Entry.Mode = f.mode; f.mode == gittree.Regular {
				continue
			}
		}
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b validate.Target) int { return strings.Compare(a.Dir, b.Dir) })
	return list
}

// write puts the file of that name, which is at the top of the repo, into a directory.
func (r repo) write(t *testing.T, dir, name string) {
	t.Helper()
	f, there := r[name]
	if !there {
		return
	}
	name, err := filepath.Join(dir, name), error(nil)
	if f.mode == gittree.Symlink {
		err = os.Symlink(string(f.data), name)
	} else {
		err = os.WriteFile(name, f.data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// advisories looks at advisories.yaml as commands do: out of a working directory.
func (r repo) advisories(t *testing.T, ids []string) check.Findings {
	t.Helper()
	dir := t.TempDir()
	r.write(t, dir, advisory.FileName)
	data, findings, err := advisory.Read(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return append(findings, validate.Advisories(data, ids)...)
}

// config reads registry.yaml in the same way.
func (r repo) config(t *testing.T) (config.Config, check.Findings) {
	t.Helper()
	dir := t.TempDir()
	r.write(t, dir, publish.ConfigFile)
	work, err := publish.NewWorkDir(dir, nil, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	head, err := work.Head()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := work.Config(head)
	broken := (*publish.CommitError)(nil)
	if err != nil && !errors.As(err, &broken) {
		t.Fatal(err)
	}
	if broken == nil {
		return cfg, nil
	}
	return cfg, broken.Findings
}

// before is a repo whose packages count as published.
type before struct {
	*testing.T
	repo
}

func (b before) load(id string) (manifest.Package, *release.Built) {
	cfg, _ := b.config(b.T)
	inputs, err := b.Inputs("plugins/"+id, gittree.Entry{}, 1000)
	if err != nil || len(inputs) == 0 {
		return manifest.Package{}, nil
	}
	p, format, findings, err := release.Load("plugins/"+id, id, inputs, cfg, func(int64) error { return nil })
	if err != nil || len(findings) > 0 {
		b.Fatalf("what is there before: %v %v", findings, err)
	}
	built, findings, err := release.Build(p, format, cfg, "", 0)
	if err != nil || built == nil {
		b.Fatalf("what is there before: %v %v", findings, err)
	}
	return p, built
}

func (b before) Published(id string) (registry.Published, error) {
	_, built := b.load(id)
	if built == nil {
		return registry.Published{}, nil
	}
	return registry.Published{Format: built.Format, Last: registry.RisingOf(built.Facts), List: wire.VersionList{Versions: []wire.Version{{Version: built.Version, Source: built.Source}}}}, nil
}

func (b before) Owners(id string) ([]string, error) {
	p, _ := b.load(id)
	return manifest.OwnersOf(p.Sidecar), nil
}

func (b before) IDs() ([]string, error) {
	var ids []string
	for _, t := range b.targets() {
		ids = append(ids, t.ID())
	}
	return ids, nil
}

// look runs an example, and returns what is found.
func look(t *testing.T, r rules.Rule, examples []rules.Example) check.Report {
	t.Helper()
	base := r.Base
	if base == "" {
		base = "native"
	}
	baseFiles, err := rules.Base(base)
	if err != nil {
		t.Fatal(err)
	}
	id := "demo"
	if base == "mosis" {
		id = "org.example.demo"
	}
	dir := "plugins/" + id
	now, was := make(repo), make(repo)
	known := false
	for _, f := range baseFiles {
		now.lay(t, dir, f)
	}
	for _, e := range examples {
		if e.Before && !known {
			known = true
			for _, f := range baseFiles {
				was.lay(t, dir, f)
			}
		}
		if e.Before {
			was.lay(t, dir, e)
		} else {
			now.lay(t, dir, e)
		}
	}
	cfg, findings := now.config(t)
	if len(findings) > 0 {
		return check.NewReport([]check.Package{{Dir: ".", Findings: findings}})
	}
	o := validate.Options{Config: cfg, Loader: func() release.Loader { return now }}
	if known {
		o.Known = before{t, was}
		for _, w := range was.targets() {
			if !slices.ContainsFunc(now.targets(), func(n validate.Target) bool { return n.ID() == w.ID() }) {
				o.Gone = append(o.Gone, w.Dir)
			}
		}
	}
	ids, err := o.IDs(now.targets())
	if err != nil {
		t.Fatal(err)
	}
	findings = now.advisories(t, ids)
	if len(findings.Errors()) > 0 {
		return check.NewReport([]check.Package{{Dir: ".", Findings: findings}})
	}
	if findings := validate.Keys(cfg.ID, nil, now.read); len(findings) > 0 {
		return check.NewReport([]check.Package{{Dir: ".", Findings: findings}})
	}
	theme, err := validate.Storefront(func() (wire.Site, error) { return now.site(cfg) })
	if err != nil {
		t.Fatal(err)
	}
	if len(theme) > 0 {
		return check.NewReport([]check.Package{{Dir: ".", Findings: theme}})
	}
	report, err := validate.Run(context.Background(), now.targets(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) > 0 {
		report.Packages = slices.Insert(report.Packages, 0, check.Package{Dir: ".", Findings: findings})
	}
	if !strings.HasPrefix(r.Code, "listing/") && r.Code != "" {
		// Examples are short: what a listing would want besides is shown by the rules of that area.
		for i := range report.Packages {
			p := &report.Packages[i]
			p.Findings = slices.DeleteFunc(p.Findings, func(f check.Finding) bool { return strings.HasPrefix(f.Code, "listing/") })
		}
		report = check.NewReport(report.Packages)
	}
	return report
}

func text(t *testing.T, r check.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := check.Writers["text"](&b, r, check.Style{}); err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(b.String(), "\n`regen explain")
	lines := strings.SplitAfter(body+"\n", "\n")
	if len(lines) > 60 { // of very many findings, the first two and the last one tell enough
		const finding = 6 // lines
		lines = slices.Concat(lines[:1+2*finding], []string{"  …\n"}, lines[len(lines)-finding-2:])
	}
	return strings.Join(lines, "")
}

func codes(r check.Report) []string {
	var list []string
	for _, p := range r.Packages {
		for _, f := range p.Findings {
			list = append(list, f.Code)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Each rule's bad example raises its code, with its severity, at a place and with a hint; its good one, a near miss, raises nothing.
func TestRules(t *testing.T) {
	for _, r := range rules.All() {
		if strings.HasPrefix(r.Code, "gate/") {
			continue // which package gate runs: they are about pull requests
		}
		t.Run(r.Code, func(t *testing.T) {
			if r.Why == "" || len(r.Bad) == 0 || len(r.Good) == 0 {
				t.Fatal("a rule has a reason, a bad and a good example")
			}
			bad := look(t, r, r.Bad)
			allowed := append([]string{r.Code}, r.Also...)
			raised := false
			for _, p := range bad.Packages {
				for _, f := range p.Findings {
					if f.Code == r.Code {
						raised = true
						if f.Severity != r.Severity {
							t.Errorf("raised as %s, expected %s", f.Severity, r.Severity)
						}
						if f.Hint == "" || f.Path == "" || f.Message == "" {
							t.Errorf("without path, message or hint: %+v", f)
						}
					}
					if !slices.Contains(allowed, f.Code) {
						t.Errorf("the bad example raises %s, too: %s", f.Code, f)
					}
				}
			}
			got := text(t, bad)
			if !raised {
				t.Errorf("the bad example doesn't raise it:\n%s", got)
			}
			good := look(t, r, r.Good)
			if found := codes(good); slices.Contains(found, r.Code) || len(found) > 0 && !subset(found, r.Also) {
				t.Errorf("the good example raises %v:\n%s", found, text(t, good))
			}
			if got == r.Want {
				return
			}
			if !*update {
				t.Errorf("found:\n%s\nexpected:\n%s(run go test ./internal/validate -update if it is right now)", got, r.Want)
				return
			}
			if err := casefile.SetWant("../rules/testdata", r.Code, got); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// The base packages have no findings at all.
func TestBases(t *testing.T) {
	for _, base := range []string{"vito", "mosis", "mana", "dropserver", "native"} {
		if found := look(t, rules.Rule{Base: base}, nil); len(codes(found)) > 0 {
			t.Errorf("%s:\n%s", base, text(t, found))
		}
	}
}
