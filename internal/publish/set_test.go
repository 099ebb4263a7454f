package publish_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// unread is a history none of whose packages may be read.
type unread struct {
	publish.History
	t fataler
}

func (u unread) Loader() release.Loader { return u }

func (u unread) Inputs(dir string, _ gittree.Entry, _ int) ([]release.Input, error) {
	u.t.Helper()
	u.t.Fatalf("%s was read", dir)
	return nil, nil
}

// build makes the release set of a run into a store.
func build(t fataler, o publish.Options, dir string) string {
	t.Helper()
	o.Signer = nil
	_, sum, err := publish.Build(context.Background(), o, dir)
	if broken := (*publish.CommitError)(nil); err != nil && !errors.As(err, &broken) {
		t.Fatalf("build: %v", err)
	}
	return sum
}

// publishSet publishes a release set. No package is read.
func publishSet(t fataler, o publish.Options, dir, sum string) (*publish.Report, error) {
	t.Helper()
	set, err := publish.OpenSet(dir, sum)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	o.Set, o.History = set, unread{o.History, t}
	return publish.Run(context.Background(), o)
}

// every returns all files of a tree.
func every(t fataler, s store.Store) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for path, err := range s.List("") {
		if err != nil {
			t.Fatalf("%v", err)
		}
		data, err := s.Read(context.Background(), path, 1<<30)
		if err != nil {
			t.Fatalf("%v", err)
		}
		files[path] = string(data)
	}
	return files
}

// TestAnySets: what is published out of release sets is, with the same key and clock, byte for byte what runs publish that pack the packages themselves; head and signatures included.
func TestAnySets(t *testing.T) {
	checks, released := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		repo := gittest.New(t)
		plain, sets := store.NewMem(), store.NewMem()
		for i := range rapid.IntRange(2, 7).Draw(rt, "commits") {
			commit := repo.Commit(t, randomChange(rt))
			if i > 0 && rapid.IntRange(0, 2).Draw(rt, "skip") == 0 {
				continue
			}
			dir := filepath.Join(t.TempDir(), "set")
			sum := build(rt, options(rt, repo, commit, sets), dir)
			want, err := publish.Run(context.Background(), options(rt, repo, commit, plain))
			if sum == "" {
				if broken := (*publish.CommitError)(nil); !errors.As(err, &broken) || len(every(rt, plain)) > 0 {
					rt.Fatalf("nothing was built, and publishing said %v", err)
				}
				continue
			}
			got, setErr := publishSet(rt, options(rt, repo, commit, sets), dir, sum)
			if fmt.Sprint(err) != fmt.Sprint(setErr) {
				rt.Fatalf("publishing said %v, and with a set %v", err, setErr)
			}
			if a, b := encoded(rt, got), encoded(rt, want); a != b {
				rt.Fatalf("the report is\n%s\nexpected\n%s", a, b)
			}
			released += len(got.Released)
			same(rt, every(rt, sets), every(rt, plain))
		}
	})
	if checks < 20 || released < 20 {
		t.Errorf("%d histories with %d releases were tried, expected more", checks, released)
	}
}

func encoded(t fataler, v any) string {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(data)
}

// large is a plugin whose artifact is worth deltas and a compressed copy.
func large(version string) gittest.Files {
	var text strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&text, "// line %d of %s\n", i*i, wire.Sum(fmt.Append(nil, i))[:20])
	}
	return gittest.Join(gittest.Plugin("plugins/large", version, "x"), gittest.Files{"plugins/large/Data.php": gittest.Text("<?php\n" + text.String())})
}

// A walk over several commits releases the same package again and again: deltas are from what the walk itself released, and the configuration changes on the way.
func TestSetOfSeveralReleases(t *testing.T) {
	repo, plain, sets := gittest.New(t), store.NewMem(), store.NewMem()
	commit := repo.Commit(t, large("1.0.0"))
	for _, s := range []*store.Mem{plain, sets} {
		run(t, repo, commit, s)
	}
	repo.Commit(t, large("1.1.0"))
	repo.Commit(t, gittest.Join(large("1.2.0"), gittest.Files{"registry.yaml": gittest.Text("official: [large]\nbase_url: https://registry.example.org\n")}))
	repo.Commit(t, gittest.Remove("plugins/large"))
	repo.Commit(t, gittest.Join(large("1.3.0"), gittest.Files{"plugins/bad/\xff.txt": gittest.Text("x"), "plugins/\xfe/composer.json": gittest.Text("{")}))
	run(t, repo, "main", plain)
	dir := filepath.Join(t.TempDir(), "set")
	sum := build(t, options(t, repo, "main", sets), dir)
	r, err := publishSet(t, options(t, repo, "main", sets), dir, sum)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Released) != 3 || len(r.Failed) != 2 {
		t.Errorf("released %v, failed %v", r.Released, r.Failed)
	}
	files := every(t, sets)
	same(t, files, every(t, plain))
	if delta := wire.DeltaPath("large", "1.3.0", "large-1.3.0.zip", "1.2.0"); files[delta] == "" {
		t.Errorf("there is no %s", delta)
	}
	check(t, sets)

	// Nothing to do: the set is empty, and nothing changes.
	dir = filepath.Join(t.TempDir(), "empty")
	sum = build(t, options(t, repo, "main", sets), dir)
	if r, err := publishSet(t, options(t, repo, "main", sets), dir, sum); err != nil || r.Wrote || len(r.Released) > 0 {
		t.Errorf("an empty set: %+v, %v", r, err)
	}
	same(t, every(t, sets), files)

	// An empty set issues the head anew.
	o := options(t, repo, "main", sets)
	o.Now = now.AddDate(0, 0, 20)
	if r, err := publishSet(t, o, dir, sum); err != nil || !r.Wrote {
		t.Errorf("an empty set, 20 days later: %+v, %v", r, err)
	}
}

// Another publisher that was faster does no harm: what it published isn't published again, and the rest of the set is.
func TestSetAfterAnotherPublisher(t *testing.T) {
	repo, plain, sets := gittest.New(t), store.NewMem(), store.NewMem()
	first := repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	for _, s := range []*store.Mem{plain, sets} {
		run(t, repo, first, s)
	}
	second := repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "y"))
	repo.Commit(t, gittest.Join(gittest.Plugin("plugins/a", "1.2.0", "z"), gittest.Plugin("plugins/b", "1.0.0", "x")))
	dir := filepath.Join(t.TempDir(), "set")
	sum := build(t, options(t, repo, "main", sets), dir)
	for _, s := range []*store.Mem{plain, sets} {
		run(t, repo, second, s)
	}
	run(t, repo, "main", plain)
	r, err := publishSet(t, options(t, repo, "main", sets), dir, sum)
	if err != nil || len(r.Released) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	same(t, every(t, sets), every(t, plain))
	before := every(t, sets)
	if r, err := publishSet(t, options(t, repo, "main", sets), dir, sum); err != nil || r.Wrote {
		t.Errorf("published already: %+v, %v", r, err)
	}
	same(t, every(t, sets), before)
}

// A set is for one state: of another one, it says so, and nothing is published.
func TestSetOfAnotherState(t *testing.T) {
	repo := gittest.New(t)
	first := repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	second := repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "y"))
	third := repo.Commit(t, gittest.Plugin("plugins/b", "1.0.0", "y"))
	at := func(rev string) *store.Mem {
		s := store.NewMem()
		run(t, repo, rev, s)
		return s
	}
	dir := filepath.Join(t.TempDir(), "set")
	sum := build(t, options(t, repo, second, at(first)), dir)
	for name, c := range map[string]struct {
		into *store.Mem
		rev  string
		want string
	}{
		"nothing is published":  {store.NewMem(), second, "the highest version of a was 1.0.0, and none is published"},
		"another commit":        {at(first), third, "was made of commit " + second[:12] + ", expected " + third[:12]},
		"of a forgotten commit": {at(third), third, "was made of commit"},
	} {
		before := every(t, c.into)
		_, err := publishSet(t, options(t, repo, c.rev, c.into), dir, sum)
		if !errors.Is(err, publish.ErrSet) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
		same(t, every(t, c.into), before)
	}

	// A set of nothing, where there is something to do.
	empty := filepath.Join(t.TempDir(), "empty")
	sum = build(t, options(t, repo, third, at(third)), empty)
	if _, err := publishSet(t, options(t, repo, third, at(first)), empty, sum); !errors.Is(err, publish.ErrSet) || !strings.Contains(err.Error(), "lacks a of commit") {
		t.Errorf("an empty set where something is to do: %v", err)
	}
}

// A set that was altered is refused before anything of it is used.
func TestAlteredSet(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	var artifact string // where the artifact lies
	make := func() (dir, sum string) {
		dir = filepath.Join(t.TempDir(), "set")
		sum = build(t, options(t, repo, "main", s), dir)
		files, err := filepath.Glob(filepath.Join(dir, "files", "*"))
		if err != nil || len(files) != 5 { // artifact, compressed, metadata, readme, icon
			t.Fatalf("%v, %v", files, err)
		}
		artifact = files[0]
		return dir, sum
	}
	write := func(name, data string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		alter func(dir string)
		want  string
	}{
		"another set.json":   {func(dir string) { write(filepath.Join(dir, "set.json"), `{"format":"regen/1 set"}`) }, "set.json has sha256"},
		"no set.json":        {func(dir string) { os.Remove(filepath.Join(dir, "set.json")) }, "set.json is missing"},
		"another file":       {func(string) { flip(t, artifact) }, "expected its name"},
		"a shorter file":     {func(string) { write(artifact, "") }, "expected its name"},
		"a longer file":      {func(string) { write(artifact, strings.Repeat("x", 1<<20)) }, "bytes, expected at most"},
		"a file less":        {func(string) { os.Remove(artifact) }, "is missing"},
		"a file more":        {func(dir string) { write(filepath.Join(dir, "files", "more"), "x") }, `holds "more"`},
		"a file more at top": {func(dir string) { write(filepath.Join(dir, "more"), "x") }, `holds "more"`},
	} {
		dir, sum := make()
		c.alter(dir)
		if _, err := publish.OpenSet(dir, sum); !errors.Is(err, publish.ErrAltered) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
	if runtime.GOOS != "windows" { // where links take a privilege
		dir, sum := make()
		outside := filepath.Join(t.TempDir(), "outside")
		if err := os.Rename(artifact, outside); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, artifact); err != nil {
			t.Fatal(err)
		}
		if _, err := publish.OpenSet(dir, sum); !errors.Is(err, publish.ErrAltered) || !strings.Contains(err.Error(), "is no regular file") {
			t.Errorf("a symlink: %v", err)
		}
	}
	dir, sum := make()
	if _, err := publish.OpenSet(dir, strings.Repeat("0", 64)); !errors.Is(err, publish.ErrAltered) {
		t.Errorf("another hash: %v", err)
	}
	// One that is altered after it was checked.
	set, err := publish.OpenSet(dir, sum)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	flip(t, artifact)
	o := options(t, repo, "main", s)
	o.Set = set
	if _, err := publish.Run(context.Background(), o); !errors.Is(err, publish.ErrAltered) {
		t.Errorf("altered while it is published: %v", err)
	}
	if _, err := s.Read(context.Background(), wire.HeadPath, 1<<20); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("a head was written: %v", err)
	}
}

// flip changes a byte in the middle of a file.
func flip(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// forge changes set.json and the metadata in a set, and makes all hashes fit again: what a builder could do that was taken over.
func forge(t *testing.T, dir string, change func(set map[string]any, metadata *wire.Metadata)) string {
	t.Helper()
	name := filepath.Join(dir, "set.json")
	var set map[string]any
	read := func(name string, v any) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := wire.Decode(data, v); err != nil {
			t.Fatal(err)
		}
	}
	read(name, &set)
	found := set["packages"].([]any)[0].(map[string]any)["found"].(map[string]any)
	ref := found["metadata"].(map[string]any)
	old := filepath.Join(dir, "files", ref["sha256"].(string))
	var m wire.Metadata
	read(old, &m)
	change(set, &m)
	data := must(wire.Encode(m))
	now := wire.RefOf(data)
	files := set["files"].([]any)
	for i, f := range files {
		if f.(map[string]any)["sha256"] == ref["sha256"] {
			files[i] = map[string]any{"sha256": now.SHA256, "size": now.Size}
		}
	}
	sortFiles(files)
	if found["metadata"] != nil {
		found["metadata"] = map[string]any{"sha256": now.SHA256, "size": now.Size}
	}
	if err := os.Remove(old); err != nil {
		t.Fatal(err)
	}
	doc := must(wire.Encode(set))
	for path, data := range map[string][]byte{filepath.Join(dir, "files", now.SHA256): data, name: doc} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return wire.Sum(doc)
}

func sortFiles(files []any) {
	for i := range files {
		for j := i; j > 0 && files[j-1].(map[string]any)["sha256"].(string) > files[j].(map[string]any)["sha256"].(string); j-- {
			files[j-1], files[j] = files[j], files[j-1]
		}
	}
}

// TestForgedSet: what a set says of the commit, of the registry and of paths is not believed, though all its hashes fit.
func TestForgedSet(t *testing.T) {
	repo := gittest.New(t)
	repo.Commit(t, gittest.Files{"registry.yaml": gittest.Text("formats: [vito, native]\nbase_url: https://registry.example.org\n")})
	repo.Commit(t, gittest.Plugin("plugins/a", "1.0.0", "x"))
	found := func(set map[string]any) map[string]any {
		return set["packages"].([]any)[0].(map[string]any)["found"].(map[string]any)
	}
	for name, c := range map[string]struct {
		change func(set map[string]any, m *wire.Metadata)
		want   string // "" where it is published
	}{
		"as it was":             {func(map[string]any, *wire.Metadata) {}, ""},
		"another id":            {func(_ map[string]any, m *wire.Metadata) { m.ID = "b" }, "id is b"},
		"another version":       {func(_ map[string]any, m *wire.Metadata) { m.Version = "2.0.0" }, "version is 2.0.0"},
		"no version":            {func(set map[string]any, m *wire.Metadata) { m.Version, found(set)["version"] = "..", ".." }, "version"},
		"another channel":       {func(_ map[string]any, m *wire.Metadata) { m.Channel = "beta" }, "channel is beta"},
		"another format":        {func(_ map[string]any, m *wire.Metadata) { m.Format = "native" }, "format is native"},
		"a format that isn't":   {func(set map[string]any, m *wire.Metadata) { m.Format, found(set)["format"] = "mana", "mana" }, "has no mana packages"},
		"another commit":        {func(_ map[string]any, m *wire.Metadata) { m.Commit = strings.Repeat("0", 40) }, "commit is 0000"},
		"another directory":     {func(_ map[string]any, m *wire.Metadata) { m.Source = "plugins/b" }, "source is plugins/b"},
		"another time":          {func(_ map[string]any, m *wire.Metadata) { m.ReleasedAt++ }, "released_at is"},
		"official":              {func(_ map[string]any, m *wire.Metadata) { m.Official = true }, "official is true"},
		"another address":       {func(_ map[string]any, m *wire.Metadata) { m.DistributionURL = "https://evil.example" }, "distribution_url is https://evil.example"},
		"another packaging":     {func(_ map[string]any, m *wire.Metadata) { m.PackagingVersion++ }, "packaging_version is"},
		"a rising fact":         {func(_ map[string]any, m *wire.Metadata) { m.VersionCode = 7 }, "what has to rise is {7"},
		"an artifact outside":   {func(_ map[string]any, m *wire.Metadata) { m.Artifact.Name = "../../../index.json.minisig" }, "expected that of a file"},
		"an artifact above":     {func(_ map[string]any, m *wire.Metadata) { m.Artifact.Name = ".." }, "path"},
		"the metadata's name":   {func(_ map[string]any, m *wire.Metadata) { m.Artifact.Name = "metadata.json" }, "metadata.json"},
		"a signature's name":    {func(_ map[string]any, m *wire.Metadata) { m.Artifact.Name = "metadata.json.minisig" }, "metadata.json.minisig"},
		"an asset outside":      {func(_ map[string]any, m *wire.Metadata) { m.Icons[0].Path = "../../../../keys/2.json" }, "keys/2.json"},
		"an asset with no file": {func(_ map[string]any, m *wire.Metadata) { m.Icons[0].SHA256 = strings.Repeat("0", 64) }, "lacks the file 0000"},
		"a large asset":         {func(_ map[string]any, m *wire.Metadata) { m.Icons[0].Size = 1 << 30 }, "1073741824 bytes, expected at most 268435456"},
		"another artifact":      {func(_ map[string]any, m *wire.Metadata) { m.Artifact.SHA256 = m.Icons[0].SHA256 }, "lacks the file"},
		"an author who signed nothing": {func(_ map[string]any, m *wire.Metadata) {
			m.Author = &wire.Authorship{Keys: []string{"RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF"}, Content: m.Artifact.Ref(), Signature: "untrusted comment: x\n"}
		}, "the author's signature"},
		"a delta from nowhere": {func(_ map[string]any, m *wire.Metadata) {
			m.Artifact.Deltas = []wire.Delta{{From: "0.9.0", Ref: m.Artifact.Ref()}}
		}, "isn't one of the last"},
		"a delta outside": {func(_ map[string]any, m *wire.Metadata) {
			m.Artifact.Deltas = []wire.Delta{{From: "/../../x", Ref: m.Artifact.Ref()}}
		}, "x.zst"},
		"another registry":    {func(set map[string]any, _ *wire.Metadata) { set["registry"] = "other" }, `of registry "other"`},
		"another kind of set": {func(set map[string]any, _ *wire.Metadata) { set["format"] = "regen/2 set" }, `of format "regen/2 set"`},
		"a member more":       {func(set map[string]any, _ *wire.Metadata) { set["more"] = true }, "members that format 1 doesn't have"},
		"no source digest":    {func(set map[string]any, _ *wire.Metadata) { found(set)["source"] = "x" }, "source digest"},
		"errors and a package": {func(set map[string]any, _ *wire.Metadata) {
			set["packages"].([]any)[0].(map[string]any)["findings"] = []any{map[string]any{"code": "a/b", "severity": "error", "message": "x"}}
		}, "either a package or errors"},
		"a package twice": {func(set map[string]any, _ *wire.Metadata) {
			p := set["packages"].([]any)
			set["packages"] = append(p, p[0])
		}, "twice"},
		"a file outside": {func(set map[string]any, _ *wire.Metadata) {
			set["files"].([]any)[0].(map[string]any)["sha256"] = "../x"
		}, "sha256"},
		"a file of no size":    {func(set map[string]any, _ *wire.Metadata) { set["files"].([]any)[0].(map[string]any)["size"] = -1 }, "bytes"},
		"a package that isn't": {func(set map[string]any, _ *wire.Metadata) { set["packages"].([]any)[0].(map[string]any)["id"] = "b" }, "lacks a of commit"},
		"a version before": {func(set map[string]any, _ *wire.Metadata) {
			set["packages"].([]any)[0].(map[string]any)["published"] = "0.1.0"
		}, "was 0.1.0, and none is published"},
		"without the release": {func(set map[string]any, _ *wire.Metadata) { delete(found(set), "metadata") }, "was another decision"},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := store.NewMem(), filepath.Join(t.TempDir(), "set")
			build(t, options(t, repo, "main", s), dir)
			sum := forge(t, dir, c.change)
			_, err := publishSet(t, options(t, repo, "main", s), dir, sum)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				check(t, s)
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, publish.ErrSet) && !errors.Is(err, publish.ErrAltered) {
				t.Fatalf("%v, expected %q", err, c.want)
			}
			if _, err := s.Read(context.Background(), wire.HeadPath, 1<<20); !errors.Is(err, store.ErrNotExist) {
				t.Errorf("a head was written: %v", err)
			}
			for path := range every(t, s) {
				if !strings.HasPrefix(path, "packages/a/1.0.0/") {
					t.Errorf("%s was written", path)
				}
			}
		})
	}
}

// The set of this repo's own packages gives the same tree as publishing them.
func TestSetOfOwnPackages(t *testing.T) {
	if testing.Short() {
		t.Skip("packs all packages of this repo several times")
	}
	gittest.Tool(t, "git")
	files := make(gittest.Files)
	for _, top := range []string{"plugins", "registry.yaml"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			files[strings.TrimPrefix(filepath.ToSlash(name), "../../")] = gittest.Text(string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	repo, plain, sets := gittest.New(t), store.NewMem(), store.NewMem()
	repo.Commit(t, files)
	want := run(t, repo, "main", plain)
	if len(want.Released) < 10 || len(want.Failed) > 0 {
		t.Fatalf("%d released, %v failed", len(want.Released), want.Failed)
	}
	dir := filepath.Join(t.TempDir(), "set")
	sum := build(t, options(t, repo, "main", sets), dir)
	if _, err := publishSet(t, options(t, repo, "main", sets), dir, sum); err != nil {
		t.Fatal(err)
	}
	same(t, every(t, sets), every(t, plain))
}
