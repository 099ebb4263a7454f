package scaffold

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/schema"
)

var update = flag.Bool("update", false, "write this repo's own files")

// registry returns the params of a registry of one format, or of all.
func registry(format string) Params {
	cfg := config.Default("acme")
	cfg.Name = "Acme plugins"
	if format != "" {
		cfg.Formats = []string{format}
	}
	p := New(cfg)
	p.Maintainer, p.Action = "ada", Pinned(strings.Repeat("a1", 20), "v1.2.3")
	return p
}

func made(t *testing.T, p Params) map[string]string {
	t.Helper()
	list, err := Files(p)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, f := range list {
		if _, twice := all[f.Path]; twice {
			t.Errorf("%s is made twice", f.Path)
		}
		all[f.Path] = string(f.Data)
	}
	if !slices.IsSortedFunc(list, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the files aren't sorted")
	}
	return all
}

// A registry of each format, and of all, gets the files that the package comment and the issue name; its configuration is taken as it is, and says what was asked for.
func TestFiles(t *testing.T) {
	for _, format := range append(manifest.Names(), "") {
		p := registry(format)
		files := made(t, p)
		for _, path := range []string{
			".editorconfig", ".gitattributes", ".github/CODEOWNERS", ".github/ISSUE_TEMPLATE/bug.yml", ".github/ISSUE_TEMPLATE/config.yml", ".github/ISSUE_TEMPLATE/new-package.yml",
			".github/ISSUE_TEMPLATE/report-abuse.yml", ".github/pull_request_template.md", ".gitignore", ".vscode/settings.json", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "README.md", "SECURITY.md",
			"owners.yaml", "registry.yaml", "schema/registry.schema.json", "schema/advisories.schema.json",
		} {
			if files[path] == "" {
				t.Errorf("%q: there is no %s", format, path)
			}
		}
		cfg, findings := config.Parse(config.FileName, []byte(files["registry.yaml"]), "elsewhere")
		if len(findings) > 0 {
			t.Errorf("%q: %v\n%s", format, findings, files["registry.yaml"])
		}
		if cfg.ID != "acme" || cfg.Name != "Acme plugins" || !slices.Equal(cfg.Formats, p.Formats) {
			t.Errorf("%q: %+v", format, cfg)
		}
		for path, text := range files {
			if strings.Contains(text, "[[") && !strings.HasSuffix(path, ".schema.json") || strings.Contains(text, "<no value>") || !strings.HasSuffix(text, "\n") || strings.HasPrefix(text, "\n") || strings.HasSuffix(text, "\n\n") || strings.Contains(text, "\r") {
				t.Errorf("%q: %s isn't filled in, or doesn't end with one line end:\n%s", format, path, text)
			}
		}
		again := made(t, p)
		for path := range files {
			if again[path] != files[path] {
				t.Errorf("%s is another one the second time", path)
			}
		}
	}
}

// What comes from a person stays what it is in YAML and Markdown.
func TestOddName(t *testing.T) {
	p := registry("")
	p.ID, p.Name, p.BaseURL = "0x1f", `"A: #b" <i>*c*</i> \`, "https://ada.github.io/plugins"
	files := made(t, p)
	cfg, findings := config.Parse(config.FileName, []byte(files["registry.yaml"]), "elsewhere")
	if cfg.ID != p.ID || cfg.Name != p.Name || cfg.BaseURL != p.BaseURL || len(findings) > 0 {
		t.Errorf("%+v %v", cfg, findings)
	}
	if !strings.HasPrefix(files["README.md"], `# "A: #b" \<i>\*c\*\</i> \\`+"\n") {
		t.Errorf("the heading is %.60q", files["README.md"])
	}
}

// The examples that are commented out in registry.yaml are right: without the #, each is taken.
func TestConfigExamples(t *testing.T) {
	text := made(t, registry(""))["registry.yaml"]
	examples := 0
	for line := range strings.Lines(text) {
		if key, _, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(key, "#") && !strings.Contains(key, " ") {
			examples++
			if strings.Contains(text, "\n"+key[1:]+":") {
				t.Errorf("%s is there already", key)
			}
		}
	}
	if examples < 8 {
		t.Errorf("%d examples", examples)
	}
	all := strings.NewReplacer("\n#  ", "\n  ").Replace(text)
	for _, key := range []string{"base_url", "formats", "permissions", "blocking", "exclude", "listings", "head_lifetime", "limits", "gate", "official", "storefront"} {
		if !strings.Contains(all, "\n#"+key+":") {
			t.Errorf("there is no example of %s", key)
		}
		all = strings.Replace(all, "\n#"+key+":", "\n"+key+":", 1)
	}
	cfg, findings := config.Parse(config.FileName, []byte(all), "elsewhere")
	if len(findings) > 0 || cfg.BaseURL == "" || len(cfg.Permissions.Dangerous) == 0 || len(cfg.Blocking) == 0 || len(cfg.Listings) == 0 || cfg.Storefront.Accent == "" {
		t.Errorf("%v\n%s", findings, all)
	}
	// What is said to hold without it does.
	base, _ := config.Parse(config.FileName, []byte(text), "elsewhere")
	if !slices.Equal(base.Formats, cfg.Formats) || base.Limits != cfg.Limits || base.Gate != cfg.Gate || base.HeadLifetime != cfg.HeadLifetime {
		t.Errorf("%+v\nexpected %+v", cfg, base)
	}
}

// owners.yaml and CODEOWNERS name the maintainer, and where there is none, nobody.
func TestMaintainer(t *testing.T) {
	p := registry("vito")
	for maintainer, want := range map[string][]string{"ada": {"ada"}, "": nil, "1e5": {"1e5"}} {
		p.Maintainer = maintainer
		files := made(t, p)
		file, findings := owners.Parse(owners.FileName, []byte(files["owners.yaml"]))
		if len(findings) > 0 || len(file.Packages) > 0 || len(file.Maintainers) != len(want) || maintainer != "" && !file.IsMaintainer(maintainer) {
			t.Errorf("%+v %v\n%s", file, findings, files["owners.yaml"])
		}
		example := strings.Replace(strings.Replace(files["owners.yaml"], "packages: {}\n#packages", "packages", 1), "\n#  ", "\n  ", 1)
		if file, findings := owners.Parse(owners.FileName, []byte(example)); len(findings) > 0 || !slices.Equal(file.Of("disk-watch", nil), []string{"octocat"}) {
			t.Errorf("the example: %+v %v\n%s", file, findings, example)
		}
		for _, path := range []string{"/.github/", "/keys/", "/minisign.pub", "/registry.yaml", "/owners.yaml", "/advisories.yaml"} {
			line := path
			if maintainer != "" {
				line += " @" + maintainer
			}
			if !strings.Contains(files[".github/CODEOWNERS"], "\n"+line+"\n") {
				t.Errorf("CODEOWNERS lacks %q:\n%s", line, files[".github/CODEOWNERS"])
			}
		}
	}
}

// The editor's settings name schemas that are there, for files where packages lie.
func TestBindings(t *testing.T) {
	type settings struct {
		YAML map[string][]string `json:"yaml.schemas"`
		JSON []jsonBinding       `json:"json.schemas"`
	}
	read := func(p Params) (s settings, files map[string]string) {
		files = made(t, p)
		if err := json.Unmarshal([]byte(files[".vscode/settings.json"]), &s); err != nil {
			t.Fatal(err)
		}
		return s, files
	}
	for format, want := range map[string]string{
		"vito": "plugins/*/composer.json", "mosis": "plugins/*.*/manifest.json", "dropserver": "plugins/*/dropapp.json", "mana": "plugins/*/blueprint.json", "native": "",
	} {
		s, files := read(registry(format))
		bound := ""
		for _, j := range s.JSON {
			bound += strings.Join(j.Files, " ") + " "
			if data, _ := schema.Get(strings.TrimSuffix(strings.TrimPrefix(j.URL, "./schema/"), ".schema.json")); files[strings.TrimPrefix(j.URL, "./")] != string(data) || len(data) == 0 {
				t.Errorf("%s: %s isn't the schema", format, j.URL)
			}
		}
		for path := range s.YAML {
			if files[strings.TrimPrefix(path, "./")] == "" {
				t.Errorf("%s: there is no %s", format, path)
			}
		}
		if !strings.Contains(bound, want) || (bound == "") != (want == "") {
			t.Errorf("%s: bound are %s, expected %s", format, bound, want)
		}
		sidecar := "./schema/regen.schema.json"
		if format == "native" {
			sidecar = "./schema/native.schema.json"
		}
		if !slices.Equal(s.YAML[sidecar], []string{"plugins/*/regen.yaml"}) || !slices.Equal(s.YAML["./schema/registry.schema.json"], []string{"registry.yaml"}) {
			t.Errorf("%s: %v", format, s.YAML)
		}
	}
	p := registry("")
	p.Packages = []string{"apps/*", "more/deep/*"}
	s, _ := read(p)
	if got := s.YAML["./schema/regen.schema.json"]; !slices.Equal(got, []string{"apps/*/regen.yaml", "more/deep/*/regen.yaml"}) {
		t.Errorf("%v", got)
	}
	if got := s.JSON[len(s.JSON)-1].Files; !slices.Equal(got, []string{"apps/*/manifest.json", "more/deep/*/manifest.json", "!apps/*.*/manifest.json", "!more/deep/*.*/manifest.json"}) {
		t.Errorf("%v", got)
	}
}

// Issue forms are as GitHub takes them: https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
func TestIssueForms(t *testing.T) {
	files := made(t, registry(""))
	forms := 0
	for path, text := range files {
		if !strings.HasPrefix(path, ".github/ISSUE_TEMPLATE/") || strings.HasSuffix(path, "/config.yml") {
			continue
		}
		forms++
		var form struct {
			Name, Description, Title string
			Labels                   []string
			Body                     []struct {
				Type, ID   string
				Attributes struct {
					Label, Description, Placeholder, Value, Render string
					Options                                        []any
				}
				Validations struct{ Required bool }
			}
		}
		dec := yaml.NewDecoder(strings.NewReader(text))
		dec.KnownFields(true)
		if err := dec.Decode(&form); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if form.Name == "" || form.Description == "" || len(form.Body) == 0 {
			t.Errorf("%s: %+v", path, form)
		}
		ids, asks := make(map[string]bool), false
		for i, b := range form.Body {
			asks = asks || b.Type != "markdown"
			a := b.Attributes
			if ids[b.ID] && b.ID != "" || (b.Type == "markdown") != (b.ID == "") || (b.Type == "markdown") != (a.Value != "") || (b.Type == "markdown") == (a.Label != "") {
				t.Errorf("%s: part %d is %+v", path, i, b)
			}
			ids[b.ID] = true
			switch b.Type {
			case "markdown", "input", "textarea":
				if len(a.Options) > 0 {
					t.Errorf("%s: part %d has options", path, i)
				}
			case "dropdown", "checkboxes":
				if len(a.Options) == 0 {
					t.Errorf("%s: part %d has no options", path, i)
				}
			default:
				t.Errorf("%s: part %d is a %q", path, i, b.Type)
			}
		}
		if !asks {
			t.Errorf("%s asks nothing", path)
		}
	}
	if forms != 3 {
		t.Errorf("%d forms, expected 3", forms)
	}
	if !strings.Contains(files[".github/ISSUE_TEMPLATE/new-package.yml"], "\n        - mosis\n") {
		t.Error("the formats aren't asked for")
	}
}

// Whatever lies below files/ is picked up, hidden or not, and filled in.
func TestPickedUp(t *testing.T) {
	p := registry("")
	list, err := files(p, fstest.MapFS{
		".github/workflows/x.yml": {Data: []byte("uses: [[.Action]]\n${{ github.sha }} [[if .Self]]self[[else]]other[[end]]\n")}, "README.md": {Data: []byte("[[json .ID]]")}, "CONTRIBUTING.md": {},
	})
	if err != nil {
		t.Fatal(err)
	}
	edited := make(map[string]bool)
	for _, f := range list {
		edited[f.Path] = f.Edited
		if want := "uses: regen-registry/regen@" + strings.Repeat("a1", 20) + " # v1.2.3\n${{ github.sha }} other\n"; strings.HasSuffix(f.Path, "x.yml") && string(f.Data) != want {
			t.Errorf("got %s", f.Data)
		}
	}
	if x, there := edited[".github/workflows/x.yml"]; !there || x || !edited["README.md"] || !edited["CONTRIBUTING.md"] {
		t.Errorf("%v", edited)
	}
	p.Self = true
	list, _ = files(p, fstest.MapFS{"CONTRIBUTING.md": {}})
	for _, f := range list {
		if f.Path == "CONTRIBUTING.md" && f.Edited {
			t.Error("this repo's CONTRIBUTING.md isn't compared")
		}
	}
	if _, err := files(p, fstest.MapFS{"a": {Data: []byte("[[.Nothing]]")}}); err == nil {
		t.Error("a template with a value that there isn't is filled in")
	}
}

// A changed byte of a file that is the same everywhere is told, with its line; one of a file that people edit isn't. A file that is missing always is.
func TestCheck(t *testing.T) {
	p := registry("")
	list, err := Files(p)
	if err != nil {
		t.Fatal(err)
	}
	repo := fstest.MapFS{"minisign.pub": {Data: []byte("x")}}
	for _, f := range list {
		repo[f.Path] = &fstest.MapFile{Data: f.Data}
	}
	read := func(path string) ([]byte, error) { return fs.ReadFile(repo, path) }
	drifts := func() []Drift {
		t.Helper()
		d, err := Check(p, read)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := drifts(); len(d) > 0 {
		t.Errorf("%v", d)
	}
	repo["README.md"].Data = []byte("mine")
	if d := drifts(); len(d) > 0 {
		t.Errorf("an edited readme: %v", d)
	}
	const path = "CODE_OF_CONDUCT.md"
	good := repo[path].Data
	first, rest, _ := bytes.Cut(good, []byte("\n"))
	last := bytes.TrimSuffix(good[bytes.LastIndexByte(good[:len(good)-1], '\n')+1:], []byte("\n"))
	lines := bytes.Count(good, []byte("\n"))
	for _, c := range []struct {
		data string
		want Drift
	}{
		{"# Other\n" + string(rest), Drift{path, 1, "# Other", string(first)}},
		{string(good) + "more\n", Drift{path, lines + 1, "more", "end of file"}},
		{string(good[:len(good)-1]), Drift{path, lines, string(last) + " (without a line end)", string(last)}},
		{strings.ReplaceAll(string(good), "\n", "\r\n"), Drift{path, 1, string(first) + "\r", string(first)}},
		{"", Drift{path, 1, "end of file", string(first)}},
	} {
		repo[path].Data = []byte(c.data)
		c.want.Found, c.want.Expected = cut(c.want.Found), cut(c.want.Expected)
		if d := drifts(); len(d) != 1 || d[0] != c.want || d[0].Missing() {
			t.Errorf("got %+v\nexpected %+v", d, c.want)
		}
	}
	delete(repo, path)
	delete(repo, "minisign.pub")
	delete(repo, "README.md")
	if d := drifts(); len(d) != 3 || !d[0].Missing() || d[0].Path != path || d[1].Path != "README.md" || d[2].Path != "minisign.pub" {
		t.Errorf("%v", d)
	}
	broken := errors.New("broken")
	if _, err := Check(p, func(string) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func cut(line string) string {
	if len(line) > longest && !strings.HasSuffix(line, "end)") {
		return line[:longest] + "…"
	}
	return line
}

// A pin is read back from the workflows as it was written. What isn't one isn't taken.
func TestAction(t *testing.T) {
	hash := strings.Repeat("0a", 20)
	for action, placeholder := range map[string]bool{
		Pinned(hash, "v1.2.3"): false, Pinned(hash, ""): true, Pinned("", "v1.2.3"): true, Pinned("0a0a", "v1"): true, Pinned(strings.ToUpper(hash), "v1"): true, Placeholder: true,
	} {
		if IsPlaceholder(action) != placeholder {
			t.Errorf("%s: it is a placeholder: %v", action, !placeholder)
		}
		for _, line := range []string{"      - uses: " + action + "\n", "        uses: " + action + "\r\n", "uses: " + action} {
			m := uses.FindStringSubmatch("a: b\n" + line)
			if m == nil || m[1] != action {
				t.Errorf("%q: %v", line, m)
			}
		}
	}
	for _, line := range []string{"uses: regen-registry/regen@main", "uses: regen-registry/regen@" + hash + "0", "uses: other/regen@" + hash, "# uses: regen-registry/regen@" + hash, "run: uses: regen-registry/regen@" + hash} {
		if m := uses.FindString(line); m != "" {
			t.Errorf("%q is taken", line)
		}
	}
	if got, err := Action(func(string) ([]byte, error) { return nil, fs.ErrNotExist }); got != "" || err != nil {
		t.Errorf("without workflows: %q %v", got, err)
	}
}

// This repo's own files are the ones that a new registry gets, rendered. With -update they are written.
func TestThisRepo(t *testing.T) {
	top := "../.."
	goMod, err := os.ReadFile(filepath.Join(top, "go.mod"))
	if err != nil || !IsSelf(goMod) {
		t.Fatalf("%v", err)
	}
	p, err := Read(func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(top, filepath.FromSlash(path))) }, "regen")
	if err != nil || !p.Self || p.Action != Local {
		t.Fatalf("%+v %v", p, err)
	}
	list, err := Files(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		name := filepath.Join(top, filepath.FromSlash(f.Path))
		old, err := os.ReadFile(name)
		switch {
		case *update && (err != nil || !f.Edited && !bytes.Equal(old, f.Data)):
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		case err != nil:
			t.Errorf("%v (go generate ./internal/scaffold)", err)
		case !f.Edited && !bytes.Equal(old, f.Data):
			line, was, want := differs(old, f.Data)
			t.Errorf("%s:%d: found %q, expected %q (go generate ./internal/scaffold)", f.Path, line, was, want)
		}
	}
}

// What a repo says of itself is taken: its registry.yaml, its pin, and whether it is regen's own.
func TestRead(t *testing.T) {
	repo := fstest.MapFS{}
	read := func(path string) ([]byte, error) { return fs.ReadFile(repo, path) }
	if p, err := Read(read, "My Plugins"); err != nil || p.ID != "my-plugins" || p.Self || p.Action != "" || len(p.Formats) != len(manifest.Names()) {
		t.Errorf("%+v %v", p, err)
	}
	repo["registry.yaml"] = &fstest.MapFile{Data: []byte("id: acme\nname: Acme\nformats: [mana]\npackages: [x/*]\n")}
	repo["go.mod"] = &fstest.MapFile{Data: []byte("module github.com/regen-registry/regen/fork\n")}
	if p, err := Read(read, "x"); err != nil || p.ID != "acme" || p.Name != "Acme" || p.Format() != "mana" || p.Dir() != "x" || p.Self {
		t.Errorf("%+v %v", p, err)
	}
	repo["go.mod"].Data = []byte("module github.com/regen-registry/regen\n\ngo 1.26\n")
	if p, err := Read(read, "x"); err != nil || !p.Self || p.Action != Local {
		t.Errorf("%+v %v", p, err)
	}
	repo["registry.yaml"].Data = []byte("id: acme\nnme: Acme\n")
	if _, err := Read(read, "x"); err == nil || !strings.Contains(err.Error(), "registry.yaml:2:1: ") {
		t.Errorf("a broken registry.yaml: %v", err)
	}
}

// CONTRIBUTING.md names every label that the gate gives, and the one that maintainers give.
func TestLabels(t *testing.T) {
	text := made(t, registry(""))["CONTRIBUTING.md"]
	for _, label := range append(slices.Clone(gate.Labels), gate.OverrideLabel) {
		if !strings.Contains(text, "`"+label+"`") {
			t.Errorf("CONTRIBUTING.md doesn't name %s", label)
		}
	}
	for _, m := range regexp.MustCompile("`(regen/[a-z-]+)`").FindAllStringSubmatch(text, -1) {
		if !slices.Contains(gate.Labels, m[1]) && m[1] != gate.OverrideLabel {
			t.Errorf("CONTRIBUTING.md names %s, which the gate doesn't give", m[1])
		}
	}
}

// Links lead to files and headings that are there: in this repo, and from a new registry to this repo's documentation.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, self := range []bool{true, false} {
		p := registry("")
		p.Self = self
		files := made(t, p)
		links := 0
		for path, text := range files {
			if !strings.HasSuffix(path, ".md") && !strings.HasPrefix(path, ".github/ISSUE_TEMPLATE/") {
				continue
			}
			for _, m := range link.FindAllStringSubmatch(text, -1) {
				target, heading, _ := strings.Cut(m[1], "#")
				target = strings.TrimPrefix(target, "../blob/HEAD/")
				target, ours := strings.CutPrefix(target, "https://"+Module+"/blob/main/")
				if strings.HasPrefix(target, "https://") {
					continue
				}
				links++
				to, there := files[target]
				switch {
				case target == "":
					to = text
				case ours || self && !there:
					data, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(target)))
					if err != nil {
						t.Errorf("%s: %v", path, err)
					}
					to = string(data)
				case !there:
					t.Errorf("%s links to %s, which isn't there", path, target)
				}
				if want := regexp.MustCompile(`(?mi)^#+ ` + strings.ReplaceAll(heading, "-", "[ ,:]+") + `$`); heading != "" && !want.MatchString(to) {
					t.Errorf("%s links to %s, which has no such heading", path, m[1])
				}
			}
		}
		if links < 15 {
			t.Errorf("%d links", links)
		}
	}
}
