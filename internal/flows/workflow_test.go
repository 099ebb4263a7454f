package flows

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/regen-registry/regen/internal/scaffold"
)

// workflow is a file in .github/workflows, as far as it is looked at.
type workflow struct {
	Name        string      `yaml:"name"`
	On          yaml.Node   `yaml:"on"`
	Permissions permissions `yaml:"permissions"`
	Env         scalars     `yaml:"env"`
	Defaults    defaults    `yaml:"defaults"`
	Concurrency struct {
		Group  scalar `yaml:"group"`
		Cancel scalar `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Jobs jobs `yaml:"jobs"`
}

type defaults struct {
	Run struct {
		Shell            scalar `yaml:"shell"`
		WorkingDirectory scalar `yaml:"working-directory"`
	} `yaml:"run"`
}

// job is one of a workflow's jobs.
type job struct {
	ID          string      `yaml:"-"`
	Needs       words       `yaml:"needs"`
	If          scalar      `yaml:"if"`
	Timeout     scalar      `yaml:"timeout-minutes"`
	Environment scalar      `yaml:"environment"`
	Permissions permissions `yaml:"permissions"`
	Outputs     scalars     `yaml:"outputs"`
	Env         scalars     `yaml:"env"`
	Defaults    defaults    `yaml:"defaults"`
	Steps       []step      `yaml:"steps"`
}

// step is one of a job's steps, or of a composite action's.
type step struct {
	ID               string  `yaml:"id"`
	Name             string  `yaml:"name"`
	If               scalar  `yaml:"if"`
	Uses             scalar  `yaml:"uses"`
	With             scalars `yaml:"with"`
	Run              scalar  `yaml:"run"`
	Env              scalars `yaml:"env"`
	Shell            scalar  `yaml:"shell"`
	WorkingDirectory scalar  `yaml:"working-directory"`
	ContinueOnError  scalar  `yaml:"continue-on-error"`
}

// title names a step for people.
func (s step) title() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Uses != "":
		return string(s.Uses)
	}
	line, _, _ := strings.Cut(string(s.Run), "\n")
	return line
}

// scalar is a value as it is written, whatever its type.
type scalar string

func (s *scalar) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: expected a scalar", n.Line)
	}
	*s = scalar(n.Value)
	return nil
}

type scalars map[string]scalar

// words is a list that may be written as one word.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// permissions are those of a token. They are nil where nothing is said.
type permissions map[string]string

func (p *permissions) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode { // read-all, write-all
		*p = permissions{"all": n.Value}
		return nil
	}
	*p = permissions{}
	return n.Decode((*map[string]string)(p))
}

// jobs are in the order of the file.
type jobs []job

func (js *jobs) UnmarshalYAML(n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		var j job
		if err := n.Content[i+1].Decode(&j); err != nil {
			return err
		}
		j.ID = n.Content[i].Value
		*js = append(*js, j)
	}
	return nil
}

func (w workflow) job(t *testing.T, id string) job {
	t.Helper()
	i := slices.IndexFunc(w.Jobs, func(j job) bool { return j.ID == id })
	if i < 0 {
		t.Fatalf("the workflow %s has no job %s", w.Name, id)
	}
	return w.Jobs[i]
}

// events returns what starts a workflow, sorted.
func (w workflow) events() []string {
	var list []string
	switch w.On.Kind {
	case yaml.ScalarNode:
		list = []string{w.On.Value}
	case yaml.SequenceNode:
		for _, n := range w.On.Content {
			list = append(list, n.Value)
		}
	case yaml.MappingNode:
		for i := 0; i < len(w.On.Content); i += 2 {
			list = append(list, w.On.Content[i].Value)
		}
	}
	slices.Sort(list)
	return list
}

func parse(data []byte) (workflow, error) {
	var w workflow
	err := yaml.Unmarshal(data, &w)
	return w, err
}

const top = "../.."

// variants are the two kinds of repos that the templates are rendered for.
var variants = map[string]scaffold.Params{
	"this repo":      {ID: "acme", Name: "Acme", Formats: []string{"vito"}, Packages: []string{"plugins/*"}, Self: true, Action: scaffold.Local},
	"other registry": {ID: "acme", Name: "Acme", Formats: []string{"vito"}, Packages: []string{"plugins/*"}, Action: scaffold.Pinned("0123456789abcdef0123456789abcdef01234567", "v1.2.3")},
}

// render returns the workflows that a repo gets, by file name.
func render(t testing.TB, p scaffold.Params) map[string][]byte {
	t.Helper()
	list, err := scaffold.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, f := range list {
		if dir, name := path.Split(f.Path); dir == ".github/workflows/" {
			files[name] = f.Data
		}
	}
	if len(files) != 3 {
		t.Fatalf("there are %d templates of workflows, expected validate, report and publish", len(files))
	}
	return files
}

// own returns the workflows in .github/workflows, by file name.
func own(t testing.TB) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	paths, err := filepath.Glob(filepath.Join(top, ".github/workflows/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = data
	}
	return files
}

// all returns every workflow that there is, by a name for people.
func all(t testing.TB) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	for name, data := range own(t) {
		files[".github/workflows/"+name] = data
	}
	for variant, p := range variants {
		for name, data := range render(t, p) {
			files[name+" of "+variant] = data
		}
	}
	return files
}
