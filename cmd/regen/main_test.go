package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

func TestMain(m *testing.M) {
	if os.Getenv(asRegen) != "" {
		os.Unsetenv(asRegen)
		main()
	}
	testscript.Main(m, map[string]func(){"regen": main})
}

// TestScripts runs the real binary through testdata/script. Each script says in its first line what it shows.
func TestScripts(t *testing.T) {
	gittest.Tool(t, "git")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z")
			env.Setenv("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")
			env.Setenv("NO_COLOR", "1")
			env.Setenv("ZERO", strings.Repeat("0", 64))
			if err := os.MkdirAll(home, 0o755); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[user]\nname = Test\nemail = test@example.org\n[init]\ndefaultBranch = main\n[commit]\ngpgsign = false\n"), 0o644)
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			gittest.Tool(t, cond)
			return true, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"plugin":  scriptPlugin,
			"commit":  scriptCommit,
			"secret":  scriptSecret,
			"signall": scriptSignAll,
			"serve":   scriptServe,
			"publish": scriptPublish,
			"sum":     scriptSum,
		},
	})
}

// plugin DIR VERSION TEXT writes a sound plugin.
func scriptPlugin(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: plugin DIR VERSION TEXT")
	}
	for path, file := range gittest.Plugin(args[0], args[1], args[2]) {
		name := ts.MkAbs(path)
		ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
		ts.Check(os.WriteFile(name, []byte(file.Data), 0o644))
	}
}

// commit MESSAGE commits everything in the current directory.
func scriptCommit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: commit MESSAGE")
	}
	ts.Check(ts.Exec("git", "add", "-A"))
	ts.Check(ts.Exec("git", "commit", "-q", "--allow-empty", "-m", args[0]))
}

// secret FILE puts the text of a secret key into MINISIGN_SECRET_KEY.
func scriptSecret(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: secret FILE")
	}
	ts.Setenv("MINISIGN_SECRET_KEY", ts.ReadFile(args[0]))
}

// sum FILE VARIABLE puts the SHA-256 of a file into an environment variable.
func scriptSum(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sum FILE VARIABLE")
	}
	ts.Setenv(args[1], wire.Sum([]byte(ts.ReadFile(args[0]))))
}

// serve DIR VARIABLE serves a directory until the script ends, and puts its address into an environment variable.
func scriptServe(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: serve DIR VARIABLE")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(server.Close)
	ts.Setenv(args[1], server.URL)
}

// publish DIR KEY DURATION publishes the repo in the current directory with a clock that is ahead by the duration.
func scriptPublish(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: publish DIR KEY DURATION")
	}
	ahead, err := time.ParseDuration(args[2])
	ts.Check(err)
	signer, err := sign.ParseSecret([]byte(ts.ReadFile(args[1])), nil)
	ts.Check(err)
	repo, err := gittree.Open(ts.MkAbs("."))
	ts.Check(err)
	defer repo.Close()
	history, err := publish.NewCommits(repo, "HEAD")
	ts.Check(err)
	_, err = publish.Run(context.Background(), publish.Options{
		History: history, Store: store.NewDir(ts.MkAbs(args[0])), Pin: trust.KeyPin(signer.Public()), Signer: signer, Now: time.Now().Add(ahead),
	})
	ts.Check(err)
}

// signall DIR KEY [ROOT...] checks every signature below DIR with stock minisign: those of trust documents with the key of their id, all others with the first.
func scriptSignAll(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: signall DIR PUBFILE [ROOTPUBFILE...]")
	}
	n := 0
	byID := make(map[string]string)
	for _, file := range args[1:] {
		key, err := sign.ParsePublic([]byte(ts.ReadFile(file)))
		ts.Check(err)
		byID[sign.KeyID(key)] = ts.MkAbs(file)
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".minisig" {
			return err
		}
		n++
		message, pub := path[:len(path)-len(".minisig")], ts.MkAbs(args[1])
		if filepath.Base(filepath.Dir(path)) == "keys" {
			id := filepath.Ext(message)
			message, pub = strings.TrimSuffix(message, id), byID[id[1:]]
		}
		return ts.Exec("minisign", "-V", "-q", "-p", pub, "-m", message, "-x", path)
	}))
	if n == 0 {
		ts.Fatalf("no signatures below %s", args[0])
	}
	ts.Logf("stock minisign verified %d signatures", n)
}
