package advisory

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/check"
)

// A regular file that isn't too large is read; where there is none, that is fine; all else is told.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, FileName)
	look := func(shows, want, code string) {
		t.Helper()
		data, findings, err := Read(os.DirFS(dir))
		if err != nil || string(data) != want {
			t.Errorf("%s: %d bytes, %v", shows, len(data), err)
		}
		if code == "" && len(findings) > 0 || code != "" && (len(findings) != 1 || findings[0].Code != code || findings[0].Path != FileName || findings[0].Hint == "") {
			t.Errorf("%s: %v, expected %q", shows, findings, code)
		}
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look("none", "", "")
	write("advisories: []\n")
	look("a file", "advisories: []\n", "")
	full := strings.Repeat("#", MaxFile)
	write(full)
	look("a file as large as may be", full, "")
	write(full + "#")
	look("a file that is too large", "", "yaml/size")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	look("a directory", "", "advisories/file")
	if runtime.GOOS == "windows" {
		return // symbolic links need a privilege there
	}
	for _, target := range []string{"/etc/passwd", "nowhere", FileName} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
		look("a symbolic link to "+target, "", "advisories/file")
	}
}

// What can't be read is an error, and not as if there were no advisories.
func TestReadFails(t *testing.T) {
	if data, findings, err := Read(failing{}); err == nil || data != nil || findings != nil {
		t.Errorf("%v %v %v", data, findings, err)
	}
}

type failing struct{}

func (failing) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

// A package that isn't there is told at its place, with the id that is near where one is.
func TestUnknown(t *testing.T) {
	doc := "advisories:\n" +
		"- {id: a, package: clokc, versions: '*', action: warn, reason: Slow}\n" +
		"- {id: b, package: clock, versions: '*', action: warn, reason: Slow}\n" +
		"- {id: c, package: something-else, versions: '*', action: warn, reason: Slow}\n"
	list, findings := Parse(FileName, []byte(doc))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	got := Unknown(FileName, list, []string{"clock", "notes"})
	want := check.Findings{{
		Code: "advisories/unknown-package", Severity: check.Warning, Path: FileName, Line: 2, Column: 20,
		Message: `the advisory a is about the package "clokc", which isn't there`, Hint: `did you mean "clock"?`,
	}, {
		Code: "advisories/unknown-package", Severity: check.Warning, Path: FileName, Line: 4, Column: 20,
		Message: `the advisory c is about the package "something-else", which isn't there`, Hint: "write the id of a package of this registry; one that was removed from the repo is known with --published",
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := Unknown(FileName, list, []string{"clock", "clokc", "something-else"}); len(got) > 0 {
		t.Error(got)
	}
	if got := Unknown(FileName, list, nil); len(got) != 3 {
		t.Error(got)
	}
}
