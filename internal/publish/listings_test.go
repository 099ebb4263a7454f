package publish_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/listing"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/rules/casefile"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// pkg returns a sound package of a format with a host, below plugins/. A higher number makes a higher version.
func pkg(t fataler, format, id string, number int, pre string) gittest.Files {
	t.Helper()
	version := fmt.Sprintf("1.%d.0", number) + pre
	edit := map[string]*strings.Replacer{
		"mosis":      strings.NewReplacer("org.example.demo", id, `"1.2.0"`, `"`+version+`"`, `"version_code": 12`, fmt.Sprintf(`"version_code": %d`, number+1)),
		"dropserver": strings.NewReplacer(`"1.0.0"`, `"`+version+`"`, `"Demo"`, `"The app `+id+`"`, "1.0.0\n", version+"\n\nThat is new in "+version+".\n\n0.1.0\n"),
		"mana":       strings.NewReplacer(`"version": "1.0.0"`, `"version": "`+version+`"`),
	}[format]
	archive, err := txtar.ParseFile("../rules/testdata/bases/" + format + ".txtar")
	if err != nil {
		t.Fatalf("%v", err)
	}
	files := make(gittest.Files)
	for _, f := range archive.Files {
		name, directive, made := strings.Cut(f.Name, " | ")
		if made {
			if f.Data, err = casefile.Make(directive, nil); err != nil {
				t.Fatalf("%v", err)
			}
		}
		data := string(f.Data)
		if !made {
			data = edit.Replace(data)
		}
		files["plugins/"+id+"/"+name] = gittest.Text(data)
	}
	return files
}

func listings(lines ...string) gittest.Files {
	return gittest.Files{"registry.yaml": gittest.Text("id: registry\n" + strings.Join(lines, "\n") + "\n")}
}

// hostFiles returns which files of a tree are listings of hosts.
func hostFiles(files map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(path string) bool {
		top, _, _ := strings.Cut(path, "/")
		return !slices.Contains([]string{"dropserver", "mana", "v1", wire.RedirectsPath}, top)
	})
}

// fresh publishes all commits at once, into a new tree.
func fresh(t fataler, repo *gittest.Repo, start string) store.Store {
	t.Helper()
	s := store.NewMem()
	o := options(t, repo, "main", s)
	o.From = start
	if _, err := publish.Run(context.Background(), o); err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

// TestListings: a publish of what changed writes the same listings as a publish of everything, whatever happens to a package, and whenever a listing is
// switched on. What a listing that was switched off had is left over, and no fault.
func TestListings(t *testing.T) {
	repo, each := gittest.New(t), store.NewMem()
	start, before, ever := "", map[string]string{}, map[string]string{}
	drop := func(version string) string { return "dropserver/guests/" + version + "/dropapp.json" }
	const clock, tides = "v1/store/apps/org.clock/index.json", "v1/store/apps/org.tides/index.json"
	for _, c := range []struct {
		what   string
		commit gittest.Files
		now    []string // what there is now and wasn't before
		gone   []string // what there was
		left   int      // files that were left over
	}{
		{"none switched on", gittest.Join(listings(), gittest.Plugin("plugins/a", "1.0.0", "x"), pkg(t, "mosis", "org.clock", 0, ""), pkg(t, "dropserver", "guests", 0, ""), pkg(t, "mana", "moving", 0, "")), nil, nil, 0},
		{"switched on", listings("listings: [mosis, dropserver, mana]"),
			[]string{"_redirects", "mana/moving/index.html", "dropserver/guests/1.0.0/changelog.txt", drop("1.0.0"), "dropserver/guests/app-listing.json", "v1/store/apps/index.json", clock, "v1/store/apps/updates.json", "v1/store/openapi.json"}, nil, 0},
		{"a package without a host", gittest.Plugin("plugins/a", "1.1.0", "x"), nil, nil, 0},
		{"new and updated", gittest.Join(pkg(t, "mosis", "org.tides", 0, "-beta.1"), pkg(t, "dropserver", "guests", 1, ""), pkg(t, "mosis", "org.clock", 1, "-rc.1")),
			[]string{"dropserver/guests/1.1.0/changelog.txt", drop("1.1.0"), tides}, nil, 0},
		{"delisted, and a prerelease", gittest.Join(gittest.Remove("plugins/org.clock"), pkg(t, "dropserver", "guests", 2, "-alpha.1")), []string{"dropserver/guests/1.2.0-alpha.1/changelog.txt", drop("1.2.0-alpha.1")}, nil, 0},
		{"relisted, and delisted", gittest.Join(gittest.Remove("plugins/guests"), pkg(t, "mosis", "org.clock", 2, "")), nil, nil, 0},
		{"switched off", listings("listings: [mosis, mana]"), nil,
			[]string{"dropserver/guests/1.0.0/changelog.txt", drop("1.0.0"), "dropserver/guests/1.1.0/changelog.txt", drop("1.1.0"), "dropserver/guests/1.2.0-alpha.1/changelog.txt", drop("1.2.0-alpha.1"), "dropserver/guests/app-listing.json"}, 7},
		{"meanwhile", gittest.Join(pkg(t, "dropserver", "guests", 3, ""), pkg(t, "mana", "moving", 1, ""), gittest.Remove("plugins/org.tides")), nil, nil, 7},
		{"on again", listings("listings: [dropserver, mana, mosis]"),
			[]string{"dropserver/guests/1.0.0/changelog.txt", drop("1.0.0"), "dropserver/guests/1.1.0/changelog.txt", drop("1.1.0"), "dropserver/guests/1.2.0-alpha.1/changelog.txt", drop("1.2.0-alpha.1"),
				"dropserver/guests/1.3.0/changelog.txt", drop("1.3.0"), "dropserver/guests/app-listing.json"}, nil, 0},
		{"moved", listings("listings: [dropserver, mana, mosis]", "base_url: https://example.org/apps"), []string{"mana/moving/qr.svg"}, nil, 0},
		{"after that", gittest.Join(pkg(t, "mosis", "org.tides", 1, ""), gittest.Remove("plugins/moving")), nil, nil, 0},
		// What is blocked is no longer offered, and its files stay, as those of a delisted package do.
		{"the newest are blocked", advise(advised{"C", "org.clock", ">=1.2.0", "block", "x"}, advised{"G", "guests", ">=1.1.0", "uninstall", "x"}, advised{"M", "moving", "=1.1.0", "block", "x"}), nil, nil, 0},
		{"all are blocked", advise(advised{"C", "org.clock", "*", "block", "x"}, advised{"G", "guests", "*", "uninstall", "x"}, advised{"M", "moving", "*", "block", "x"}), nil, nil, 0},
		{"one comes that isn't", gittest.Join(pkg(t, "dropserver", "guests", 4, ""), pkg(t, "mana", "moving", 2, ""), advise(advised{"C", "org.clock", "*", "warn", "x"}, advised{"G", "guests", "<1.4.0", "block", "x"}, advised{"M", "moving", "<1.2.0", "block", "x"})),
			[]string{"dropserver/guests/1.4.0/changelog.txt", drop("1.4.0")}, nil, 0},
		{"lifted", gittest.Remove("advisories.yaml"), nil, nil, 0},
	} {
		commit := repo.Commit(t, c.commit)
		if start == "" {
			start = commit
		}
		run(t, repo, "main", each)
		after := live(t, each)
		now, was := hostFiles(after), hostFiles(before)
		if got := slices.DeleteFunc(slices.Clone(now), func(p string) bool { return slices.Contains(was, p) }); !slices.Equal(got, slices.Sorted(slices.Values(c.now))) {
			t.Errorf("%s: there are now\n%s\nexpected\n%s", c.what, strings.Join(got, "\n"), strings.Join(c.now, "\n"))
		}
		if got := slices.DeleteFunc(was, func(p string) bool { return slices.Contains(now, p) }); !slices.Equal(got, slices.Sorted(slices.Values(c.gone))) {
			t.Errorf("%s: gone are\n%s\nexpected\n%s", c.what, strings.Join(got, "\n"), strings.Join(c.gone, "\n"))
		}
		left := slices.DeleteFunc(check(t, each).Leftovers, func(p string) bool { return strings.HasPrefix(p, "advisories/") })
		if len(left) != c.left {
			t.Errorf("%s: left over are %v, expected %d", c.what, left, c.left)
		}
		offersNothingBlocked(t, each)
		for _, path := range now {
			if old, ok := ever[path]; ok && old != after[path] && strings.HasSuffix(path, "/dropapp.json") {
				t.Errorf("%s: %s changed", c.what, path)
			}
			ever[path] = after[path]
		}
		same(t, after, live(t, fresh(t, repo, start)))
		before = after
	}
}

// offersNothingBlocked fails the test if what a host reads of a tree leads to a version that is blocked, or to any of a package that is delisted.
func offersNothingBlocked(t *testing.T, s store.Store) {
	t.Helper()
	files := live(t, s)
	for _, path := range hostFiles(files) {
		name := path[strings.LastIndexByte(path, '/')+1:]
		for at := range files {
			id, list := strings.TrimSuffix(strings.TrimPrefix(at, "packages/"), "/index.json"), wire.VersionList{}
			if at != wire.PackageViewPath(id) {
				continue
			}
			if err := wire.DecodeStrict([]byte(files[at]), &list); err != nil {
				t.Fatal(err)
			}
			for _, v := range list.Versions {
				// Files of a release stay, and a delisted app's own document does. The page of a bundle shows the picture of a version, but offers none.
				ofRelease := strings.HasPrefix(path, "dropserver/"+id+"/"+v.Version+"/")
				kept := list.State == wire.Delisted && !v.Blocked() && (name == "index.html" || path == "v1/store/apps/"+id+"/index.json")
				if !ofRelease && !kept && (v.Blocked() || list.State == wire.Delisted) {
					for _, escaped := range []string{"packages/" + id + "/" + v.Version + "/" + id + "-" + v.Version, "packages%2F" + id + "%2F" + v.Version + "%2F"} {
						if strings.Contains(files[path], escaped) {
							t.Errorf("%s offers %s %s, which is %s", path, id, v.Version, cmp.Or(v.Action(), list.State))
						}
					}
				}
			}
		}
	}
}

// TestAnyListings is the same for histories that are made by chance, where some commits are published together.
func TestAnyListings(t *testing.T) {
	formats := map[string]string{"org.a": "mosis", "org.b": "mosis", "c": "dropserver", "d": "dropserver", "e": "mana"}
	ids := slices.Sorted(maps.Keys(formats))
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 0))
		one := func(of ...string) string { return of[random.IntN(len(of))] }
		repo, each, start, number := gittest.New(t), store.NewMem(), "", 0
		for range 1 + random.IntN(7) {
			files := make(gittest.Files)
			for range 1 + random.IntN(3) {
				id := one(ids...)
				number++
				switch random.IntN(8) {
				case 0:
					files = gittest.Join(files, gittest.Remove("plugins/"+id))
				case 2:
					var list []advised
					for _, id := range ids {
						if random.IntN(2) == 0 {
							list = append(list, advised{"A-" + id, id, one("*", "<", ">=", "="), one(wire.Actions...), one("x", "why")})
							if v := &list[len(list)-1].versions; *v != "*" {
								*v += fmt.Sprintf("1.%d.0", random.IntN(number+1)) + one("", "-0")
							}
						}
					}
					files = gittest.Join(files, advise(list...))
				case 3:
					files = gittest.Join(files, gittest.Files{"advisories.yaml": gittest.Text("# none\n")})
				case 1:
					files = gittest.Join(files, listings("listings: ["+one("", "mosis", "mana, dropserver", "mosis, dropserver, mana")+"]", one("", "base_url: https://example.org/a")))
				default:
					files = gittest.Join(files, pkg(t, formats[id], id, number, one("", "", "-beta.1")))
				}
			}
			commit := repo.Commit(t, files)
			if start == "" {
				start = commit
				run(t, repo, "main", each)
			} else if random.IntN(4) > 0 {
				run(t, repo, "main", each)
			}
		}
		run(t, repo, "main", each)
		t.Logf("seed %d", seed)
		same(t, live(t, each), live(t, fresh(t, repo, start)))
		offersNothingBlocked(t, each)
	}
}

// TestSpoiltIndex: the rows that didn't change come from the published index. If that is gone or isn't one, they are made anew.
func TestSpoiltIndex(t *testing.T) {
	const index = "v1/store/apps/index.json"
	for what, spoil := range map[string]func(*store.Mem) error{
		"gone":    func(s *store.Mem) error { return s.Remove(index) },
		"empty":   func(s *store.Mem) error { return s.Put(index, nil) },
		"no JSON": func(s *store.Mem) error { return s.Put(index, []byte("<html>")) },
		"another's": func(s *store.Mem) error {
			return s.Put(index, []byte(`{"apps":[{"id":"org.clock","version":"1.0.0","url":"https://e.org/x"}]}`))
		},
		"with a bad id":    func(s *store.Mem) error { return s.Put(index, []byte(`{"apps":[{"id":"a\n/* https://e.org 302"}]}`)) },
		"an object's list": func(s *store.Mem) error { return s.Put(index, []byte(`{"apps":{}}`)) },
	} {
		repo, s := gittest.New(t), store.NewMem()
		start := repo.Commit(t, gittest.Join(listings("listings: [mosis]"), pkg(t, "mosis", "org.clock", 0, ""), pkg(t, "mosis", "org.tides", 0, ""), pkg(t, "dropserver", "guests", 0, "")))
		run(t, repo, "main", s)
		if err := spoil(s); err != nil {
			t.Fatal(err)
		}
		repo.Commit(t, pkg(t, "mosis", "org.tides", 1, ""))
		run(t, repo, "main", s)
		got, want := live(t, s), live(t, fresh(t, repo, start))
		if got[index] != want[index] || !strings.Contains(got[index], "org.clock-1.0.0.mosis") {
			t.Errorf("%s: %s", what, got[index])
		}
		same(t, got, want)
	}
}

// TestNameOfAFile: an app whose id is the name of a file of the store keeps nobody from being published, itself neither.
func TestNameOfAFile(t *testing.T) {
	repo, s := gittest.New(t), store.NewDir(t.TempDir())
	repo.Commit(t, gittest.Join(listings("listings: [mosis]"), pkg(t, "mosis", "index.json", 0, ""), pkg(t, "mosis", "updates.json", 0, ""), pkg(t, "mosis", "org.tides", 0, "")))
	if r := run(t, repo, "main", s); len(r.Released) != 3 {
		t.Errorf("released %v, failed %v", r.Released, r.Failed)
	}
	repo.Commit(t, pkg(t, "mosis", "index.json", 1, ""))
	run(t, repo, "main", s)
	if files := live(t, s); !strings.Contains(files["v1/store/apps/index.json"], `"total":1}`) {
		t.Error(files["v1/store/apps/index.json"])
	}
}

// TestRebuildListings: the commits give the listings again, also if a commit did nothing but switch one on or off.
func TestRebuildListings(t *testing.T) {
	repo, s, first := gittest.New(t), store.NewMem(), ""
	for _, files := range []gittest.Files{
		gittest.Join(listings(), pkg(t, "mosis", "org.clock", 0, ""), pkg(t, "dropserver", "guests", 0, ""), advise(advised{"C", "org.clock", "*", "block", "x"})), listings("listings: [mosis]"), listings("listings: [dropserver]"),
	} {
		commit := repo.Commit(t, files)
		run(t, repo, "main", s)
		if first == "" {
			first = commit
		}
		for _, rev := range []string{"main", first} { // the first one was the last with events, where an audit ends
			r, err := publish.Rebuild(context.Background(), s, store.NewMem(), options(t, repo, rev, s).History, options(t, repo, rev, s).History, trust.KeyPin(signer().Public()), func(string, int, int) {})
			if err != nil || len(r.Differences) > 0 {
				t.Errorf("%s: %v %v", rev, err, r)
			}
		}
	}
}

// TestUnlisted: names of hosts that this program doesn't know, as a newer one may have written, are passed over.
func TestUnlisted(t *testing.T) {
	if listing.Of("tomorrow") != nil {
		t.Fatal("there is such a host")
	}
	repo, s := gittest.New(t), store.NewMem()
	repo.Commit(t, gittest.Join(listings("listings: [mosis]"), pkg(t, "mosis", "org.clock", 0, "")))
	run(t, repo, "main", s)
	data, err := s.Read(context.Background(), wire.ViewsPath, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(wire.ViewsPath, []byte(strings.Replace(string(data), `["mosis"]`, `["mosis","tomorrow"]`, 1))); err != nil {
		t.Fatal(err)
	}
	check(t, s)
	repo.Commit(t, pkg(t, "mosis", "org.clock", 1, ""))
	run(t, repo, "main", s)
	live(t, s)
}
