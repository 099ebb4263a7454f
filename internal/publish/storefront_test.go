package publish_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/storefront"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// site is a registry.yaml with these lines.
func site(lines string) gittest.Files {
	return gittest.Files{"registry.yaml": gittest.Text("id: registry\n" + lines)}
}

// category is a plugin of a category.
func category(id, category string) gittest.Files {
	files := gittest.Plugin("plugins/"+id, "1.0.0", "x")
	name := "plugins/" + id + "/composer.json"
	files[name] = gittest.Text(strings.Replace(files[name].Data, `"tests"`, `"`+category+`"`, 1))
	return files
}

func there(s store.Store, path string) bool {
	_, err := s.Read(context.Background(), path, 1<<30)
	return err == nil
}

// tidy checks that a tree is sound, and that it has nothing that no state gives. Styles and scripts of earlier pages may stay.
func tidy(t *testing.T, s store.Store) {
	t.Helper()
	for _, path := range check(t, s).Leftovers {
		if !strings.HasPrefix(path, "static/") {
			t.Errorf("%s was left", path)
		}
	}
}

// TestLanguageGoes: the pages of a language that is switched off go, and those of one that came with a theme, also where the run is killed while they do.
func TestLanguageGoes(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(site("base_url: https://example.org/x\n"), gittest.Plugin("plugins/a", "1.0.0", "x")))
	run(t, repo, "main", s)
	if !there(s, "de/index.html") || !there(s, "es/apps/a/index.html") || !there(s, wire.SitemapPath) {
		t.Fatal("there are no pages in German and Spanish, or no sitemap")
	}
	repo.Commit(t, site("storefront: {languages: [en]}\n"))
	const plenty = 1 << 30
	whole := clone(t, s)
	counter := newKillStore(whole, plenty)
	run(t, repo, "main", counter)
	if there(whole, "de/index.html") || there(whole, wire.SitemapPath) {
		t.Error("the pages in German stay, or the sitemap without a base URL does")
	}
	tidy(t, whole)
	for n := len(counter.of) - 1; n > len(counter.of)-400; n -= 80 {
		killed := clone(t, s)
		if _, err := publish.Run(context.Background(), options(t, repo, "main", newKillStore(killed, n))); !errors.Is(err, errKilled) {
			t.Fatalf("killed at %d of %d: %v", n, len(counter.of), err)
		}
		run(t, repo, "main", killed)
		tidy(t, killed)
	}
}

// TestBrokenTheme: a theme with a mistake keeps neither a release nor an advisory from being published. The pages stay as they look, the run says what is wrong, and the commit that mends it brings the theme.
func TestBrokenTheme(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	style := func(css string) gittest.Files {
		return gittest.Files{"site/styles/90-own.css": gittest.Text(css)}
	}
	repo.Commit(t, gittest.Join(site(""), gittest.Plugin("plugins/a", "1.0.0", "x"), style("body { margin: 1px }\n")))
	run(t, repo, "main", s)
	repo.Commit(t, advise(advised{"A-1", "a", "*", "uninstall", "x"}))
	repo.Commit(t, style("a {\n"))
	report, err := publish.Run(context.Background(), options(t, repo, "main", s))
	if fault := (*storefront.ThemeError)(nil); !errors.As(err, &fault) || !strings.Contains(err.Error(), "site/styles/90-own.css:") {
		t.Errorf("the run says %v, expected the mistake with its place", err)
	}
	if !report.Wrote || len(versionList(t, s, "a").Versions[0].Yanks) != 1 {
		t.Error("the advisory isn't published")
	}
	if data, _ := s.Read(context.Background(), wire.SitePath, 1<<20); !strings.Contains(string(data), "margin: 1px") {
		t.Errorf("the pages don't look as they did: %s", data)
	}
	repo.Commit(t, style("body { margin: 2px }\n"))
	run(t, repo, "main", s)
	if data, _ := s.Read(context.Background(), wire.SitePath, 1<<20); !strings.Contains(string(data), "margin: 2px") {
		t.Errorf("the mended theme isn't shown: %s", data)
	}
	tidy(t, s)
}

// TestForgedSite: a rebuild finds that the pages say of the registry what no commit says, and takes what a later commit than that with the last event says.
func TestForgedSite(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(site(""), gittest.Plugin("plugins/a", "1.0.0", "x")))
	run(t, repo, "main", s)
	repo.Commit(t, site("storefront: {install: {vito: 'evil {id}'}}\n"))
	run(t, repo, "main", s)
	for rev, want := range map[string]int{"main": 0, "main~1": 1} {
		published, later := options(t, repo, "main~1", s).History, options(t, repo, rev, s).History
		rebuilt, err := publish.Rebuild(context.Background(), s, store.NewMem(), published, later, trust.KeyPin(signer().Public()), func(string, int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		if len(rebuilt.Differences) != want || want > 0 && rebuilt.Differences[0].Path != wire.SitePath {
			t.Errorf("with the history up to %s: %v, expected %d", rev, rebuilt.Differences, want)
		}
	}
}

// TestLooksLikeAnother: a category whose name is the slug of another one has a list of its own, and so has an advisory with the name of the page of all.
func TestLooksLikeAnother(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(site(""), category("a", "none"), category("b", wire.Slug("none")), advise(advised{"index", "a", "*", "warn", "x"})))
	run(t, repo, "main", s)
	list := func(category string) string {
		return en(wire.ListPage(wire.OfCategory, wire.Slug(category), wire.ByUpdate, ""))
	}
	if one, other := list("none"), list(wire.Slug("none")); one == other || !there(s, one) || !there(s, other) {
		t.Errorf("the lists are at %s and %s", one, other)
	}
	if !strings.Contains(page(t, s, en(wire.AdvisoriesPage)), `href="../../en/advisories/~index.html"`) || !there(s, "en/advisories/~index.html") {
		t.Error("the page of all advisories doesn't lead to that with the id index")
	}
	repo.Commit(t, gittest.Join(gittest.Remove("plugins/b"), gittest.Remove("advisories.yaml")))
	run(t, repo, "main", s)
	if !there(s, list("none")) || !there(s, en(wire.AdvisoriesPage)) {
		t.Error("what looked like it took the page along")
	}
	tidy(t, s)
}

// TestEmptyChangelog: a changelog that is empty in one language is that of another there, and where all are empty, its page goes.
func TestEmptyChangelog(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	version := func(version, english, german string) gittest.Files {
		return gittest.Join(gittest.Plugin("plugins/a", version, "x"), gittest.Files{"plugins/a/CHANGELOG.md": gittest.Text(english), "plugins/a/CHANGELOG.de.md": gittest.Text(german)})
	}
	for _, c := range []struct {
		version, english, german string
		there                    bool
		says                     string
	}{
		{"1.0.0", "# Changes\n\n- English\n", "# Neu\n\n- Deutsch\n", true, "Deutsch"},
		{"1.1.0", "# Changes\n\n- English\n", " \n", true, "English"},
		{"1.2.0", "\n", " \n", false, ""},
	} {
		repo.Commit(t, gittest.Join(site(""), version(c.version, c.english, c.german)))
		run(t, repo, "main", s)
		path := wire.LangPath("de", wire.PackageChangelogPage("a"))
		if there(s, path) != c.there || c.there && !strings.Contains(page(t, s, path), c.says) {
			t.Errorf("%s: there is a page: %v, expected %v, which says %q", c.version, there(s, path), c.there, c.says)
		}
		tidy(t, s)
	}
}

// TestQuietAdvisories: where no advisory changes, their page is left alone.
func TestQuietAdvisories(t *testing.T) {
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(site(""), gittest.Plugin("plugins/a", "1.0.0", "x")))
	run(t, repo, "main", s)
	repo.Commit(t, gittest.Plugin("plugins/a", "1.1.0", "x"))
	counted := &countStore{Store: s}
	run(t, repo, "main", counted)
	if i := slices.IndexFunc(counted.put, func(p string) bool { return strings.Contains(p, "advisories") }); i >= 0 {
		t.Errorf("%s was written", counted.put[i])
	}
}
