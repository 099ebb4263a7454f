package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/rules/casefile"
	"github.com/regen-registry/regen/internal/wire"
)

func readMana(files tree) (Manifest, check.Findings) {
	return Mana{}.Read(files.pack(), Env{Published: "0.0.1"})
}

// manaCodes returns the codes that a package raises, each once, sorted.
func manaCodes(files tree) []string {
	_, findings := readMana(files)
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func manaFile(files tree, path string) wire.File {
	sum := sha256.Sum256([]byte(files[path]))
	return wire.File{Path: path, Size: int64(len(files[path])), SHA256: hex.EncodeToString(sum[:])}
}

// manaObject is a value as metadata has it.
type manaObject = map[string]any

// canonical is how facts are compared: numbers of the same value are the same.
func canonical(t *testing.T, v any) string {
	t.Helper()
	data, err := wire.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What a bundle with assets says of itself, all of it.
func TestManaFacts(t *testing.T) {
	files := baseOf(t, "mana")
	m, findings := readMana(files)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if m.Format != "mana" || m.Version != "1.0.0" || m.Channel != "stable" {
		t.Errorf("got %s %s %s", m.Format, m.Version, m.Channel)
	}
	want := wire.Facts{
		Name: wire.Text{"en": "New Home"}, Summary: wire.Text{"en": "What to think of when you move"},
		Description: map[string]wire.File{"en": manaFile(files, "README.md")}, Changelog: map[string]wire.File{"en": manaFile(files, "CHANGELOG.md")},
		Entrypoint: "blueprint.json", Code: "none", Requires: []string{"calendar", "notes", "tasks"}, Categories: []string{"blueprint"},
		Icons: []wire.Image{{File: manaFile(files, "icon.png"), Width: 256, Height: 256}}, License: "CC-BY-4.0", Languages: map[string]int{"en": 100},
		Authors: []wire.Author{{Name: "Ada Example", URL: "https://example.org/ada"}},
		Ext: manaObject{"mana": manaObject{
			"version": "1.0",
			"meta":    manaObject{"createdAt": "2026-01-31"},
			"variables": manaObject{
				"city":       manaObject{"type": "string", "prompt": "Where do you move to?"},
				"moving_day": manaObject{"type": "date", "prompt": "When do you move?", "default": "+30d"},
			},
			"steps": []any{
				manaObject{"id": "plan", "label": "Plan the move", "releaseOn": "import"},
				manaObject{"id": "arrive", "label": "Arrive", "releaseOn": manaObject{"any": []any{
					manaObject{"trigger": "task:completed", "taskId": "van"}, manaObject{"trigger": "time", "after": "+45d"},
				}}},
				manaObject{"id": "settle", "label": "Settle in", "releaseOn": manaObject{"trigger": "step-completed", "stepId": "arrive"}},
			},
			"dashboard": manaObject{"layout": []any{
				manaObject{"type": "task-list", "size": "large", "position": manaObject{"x": 0, "y": 0}},
				manaObject{"type": "calendar", "size": "medium", "position": manaObject{"x": 2, "y": 0}},
			}},
		}},
	}
	if got, want := canonical(t, m.Facts), canonical(t, want); got != want {
		t.Errorf("got\n%s\nexpected\n%s", got, want)
	}
	if want := []string{"icon.png", "README.md", "CHANGELOG.md"}; !slices.Equal(m.Assets, want) {
		t.Errorf("the listing has %v, expected %v", m.Assets, want)
	}
}

// A package with assets is packed with its two documents and them alone; one without is its blueprint, byte for byte.
func TestManaArtifact(t *testing.T) {
	withAssets, single := baseOf(t, "mana"), baseOf(t, "mana-single")
	plain := tree{"blueprint.json": single["home.mana"], "regen.yaml": single["regen.yaml"], "icon.png": single["icon.png"]}
	for _, c := range []struct {
		files      tree
		name, main string
		kind       ArtifactKind
		packed     []string
	}{
		{withAssets, "demo-1.0.0.manapkg", "blueprint.json", StoredZip, []string{"assets/checklist.md", "assets/rooms.png", "blueprint.json", "manifest.json"}},
		{withAssets.put("notes/draft.txt", "a draft"), "demo-1.0.0.manapkg", "blueprint.json", StoredZip, []string{"assets/checklist.md", "assets/rooms.png", "blueprint.json", "manifest.json"}},
		{single, "demo-1.0.0.mana", "home.mana", Single, []string{"home.mana"}},
		{plain, "demo-1.0.0.mana", "blueprint.json", Single, []string{"blueprint.json"}},
		{plain.put("manifest.json", `{"name": "New Home"}`), "demo-1.0.0.mana", "blueprint.json", Single, []string{"blueprint.json"}},
	} {
		m, findings := readMana(c.files)
		if errs := findings.Errors(); len(errs) > 0 {
			t.Errorf("%s: %v", c.main, errs)
			continue
		}
		var packed []string
		for _, f := range m.Artifact.Files {
			packed = append(packed, f.Path)
			if string(f.Data) != c.files[f.Path] {
				t.Errorf("%s was changed", f.Path)
			}
		}
		if m.Artifact.Name != c.name || KindOf(m.Artifact.Name) != c.kind || !slices.Equal(packed, c.packed) || m.Facts.Entrypoint != c.main {
			t.Errorf("got %s of %v with %s, expected %s of %v with %s", m.Artifact.Name, packed, m.Facts.Entrypoint, c.name, c.packed, c.main)
		}
	}
}

func TestManaDetect(t *testing.T) {
	for names, want := range map[string]bool{
		"README.md blueprint.json manifest.json": true,
		"README.md home.mana":                    true,
		"blueprint.json":                         true,
		"manifest.json":                          false,
		"home.manapkg":                           false,
		".mana":                                  false,
		"Blueprint.json":                         false,
		"":                                       false,
	} {
		if got := (Mana{}).Detect(strings.Fields(names)); got != want {
			t.Errorf("%q: %v, expected %v", names, got, want)
		}
	}
	if f, ok := ByName("mana").(Mana); !ok || f.Prefix("demo") != "" || f.Manifest() != "blueprint.json" {
		t.Error("mana isn't one of the formats")
	}
	for path, want := range map[string]bool{"regen.yaml": true, "assets/regen.yaml": false, "blueprint.json": false, "README.md": false, ".git/config": true} {
		if got := (Mana{}).Excluded(path); got != want {
			t.Errorf("%s: left out is %v, expected %v", path, got, want)
		}
	}
}

// Which files there may be.
func TestManaLayout(t *testing.T) {
	files, single := baseOf(t, "mana"), baseOf(t, "mana-single")
	for name, c := range map[string]struct {
		files tree
		want  []string
	}{
		"nothing":                       {single.without("home.mana"), []string{"files/missing"}},
		"a .mana beside blueprint.json": {files.put("other.mana", "{}"), []string{"mana/layout"}},
		"assets without manifest.json":  {files.without("manifest.json").put("regen.yaml", "version: 1.0.0\n"+files["regen.yaml"]), []string{"mana/layout"}},
		"assets beside a .mana":         {single.put("assets/a.txt", "text"), []string{"mana/layout"}},
		"manifest.json beside a .mana":  {single.put("manifest.json", `{"name": "New Home"}`), []string{"mana/layout"}},
		"assets of a directory":         {single.put("pictures/assets/a.txt", "text"), nil},
	} {
		if got := manaCodes(c.files); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, expected %v", name, got, c.want)
		}
	}
}

// manifest.json's version is the native one, and regen.yaml's counts where there is none.
func TestManaVersion(t *testing.T) {
	files := baseOf(t, "mana")
	without := files.put("manifest.json", strings.Replace(files["manifest.json"], `  "version": "1.0.0",`, "", 1))
	side := func(files tree, version string) tree {
		return files.put("regen.yaml", "version: "+version+"\n"+files["regen.yaml"])
	}
	native := func(version string) tree {
		return files.put("manifest.json", strings.Replace(files["manifest.json"], "1.0.0", version, 1))
	}
	for name, c := range map[string]struct {
		files   tree
		version string
		want    []string
		path    string
	}{
		"in manifest.json":        {files, "1.0.0", nil, ""},
		"in both":                 {side(files, "1.0.0"), "1.0.0", nil, ""},
		"two":                     {side(files, "1.0.1"), "1.0.0", []string{"sidecar/overrides"}, "plugins/demo/regen.yaml"},
		"in regen.yaml":           {side(without, "2.0.0-beta.1"), "2.0.0-beta.1", nil, ""},
		"nowhere":                 {without, "", []string{"mana/version"}, "plugins/demo/regen.yaml"},
		"wrong in manifest.json":  {native("1.0"), "", []string{"schema/pattern"}, "plugins/demo/manifest.json"},
		"wrong in regen.yaml":     {side(without, "v1.0.0"), "", []string{"schema/pattern"}, "plugins/demo/regen.yaml"},
		"a number in regen.yaml":  {side(without, "1"), "", []string{"schema/type"}, "plugins/demo/regen.yaml"},
		"of the format, not ours": {files.put("blueprint.json", strings.Replace(files["blueprint.json"], `"1.0"`, `"1.1"`, 1)), "1.0.0", []string{"schema/enum"}, "plugins/demo/blueprint.json"},
	} {
		m, findings := readMana(c.files)
		if got := manaCodes(c.files); !slices.Equal(got, c.want) || m.Version != c.version {
			t.Errorf("%s: %q %v, expected %q %v", name, m.Version, findings, c.version, c.want)
		} else if len(findings) > 0 && findings[0].Path != c.path {
			t.Errorf("%s: found in %s, expected %s", name, findings[0].Path, c.path)
		}
	}
}

// manaDocument returns a blueprint of the members that matter.
func manaDocument(members string) string {
	return `{"version": "1.0", "type": "blueprint", "meta": {"name": "New Home", "description": "What to think of", "author": "Ada Example"}, ` + members + `}`
}

// Blueprints, and what they raise. None raises anything else.
func TestManaBlueprints(t *testing.T) {
	single := baseOf(t, "mana-single")
	steps := func(list ...string) string { return `"steps": [` + strings.Join(list, ", ") + `]` }
	step := func(id, releaseOn string) string {
		return fmt.Sprintf(`{"id": %q, "releaseOn": %s, "data": {"tasks": {"todo": [{"id": "%s-task"}]}}}`, id, releaseOn, id)
	}
	holds := func(item string) string {
		return `"steps": [{"id": "a", "releaseOn": "import", "data": {"tasks": {"todo": [` + item + `]}}}]`
	}
	done := func(id string) string { return fmt.Sprintf(`{"trigger": "step-completed", "stepId": %q}`, id) }
	task := func(id string) string { return fmt.Sprintf(`{"trigger": "task:completed", "taskId": %q}`, id) }
	nested := func(depth int) string {
		return strings.Repeat(`{"any": [`, depth-1) + `"import"` + strings.Repeat(`]}`, depth-1)
	}
	asks := func(variable, use string) string {
		return `"variables": {"x": ` + variable + `}, "steps": [{"id": "a", "releaseOn": "import", "data": {"tasks": {"todo": ["` + use + `"]}}}]`
	}
	for name, c := range map[string]struct{ members, want string }{
		// conditions
		"at once":                                {steps(step("a", `"import"`)), ""},
		"no condition":                           {`"steps": [{"id": "a"}]`, "schema/required"},
		"another word":                           {steps(step("a", `"imports"`)), "schema/enum"},
		"a number":                               {steps(step("a", `7`)), "schema/type"},
		"a time":                                 {steps(step("a", `{"trigger": "time", "after": "+0d"}`)), ""},
		"a time in weeks":                        {steps(step("a", `{"trigger": "time", "after": "+1w"}`)), "schema/pattern"},
		"a time without after":                   {steps(step("a", `{"trigger": "time"}`)), "mana/release-on"},
		"another trigger":                        {steps(step("a", `{"trigger": "moon"}`)), "schema/enum"},
		"a misspelt key":                         {steps(step("a", `"import"`), step("b", `{"trigger": "step-completed", "stepID": "a"}`)), "mana/release-on schema/unknown-key"},
		"an empty condition":                     {steps(step("a", `{}`)), "mana/release-on"},
		"two kinds":                              {steps(step("a", `{"any": ["import"], "all": ["import"]}`)), "mana/release-on"},
		"a stepId beside any":                    {steps(step("a", `{"any": ["import"], "stepId": "a"}`)), "mana/release-on"},
		"none of any":                            {steps(step("a", `{"any": []}`)), "schema/items"},
		"sixteen deep":                           {steps(step("a", nested(16))), ""},
		"seventeen deep":                         {steps(step("a", nested(17))), "mana/release-on"},
		"another step":                           {steps(step("a", done("b")), step("b", `"import"`)), ""},
		"a step that isn't there":                {steps(step("a", done("b"))), "mana/step-unknown"},
		"an id with a dot":                       {steps(step("a.b", `"import"`)), "schema/pattern"},
		"a task by its id":                       {steps(step("a", `"import"`), step("b", task("a-task"))), ""},
		"a task by a reference":                  {steps(step("a", `"import"`), step("b", task("$a.tasks.todo[0].id"))), ""},
		"a task that isn't there":                {steps(step("a", `"import"`), step("b", task("c-task"))), "mana/reference"},
		"the same id twice":                      {steps(step("a", `"import"`), step("a", `"import"`)), "mana/step-duplicate"},
		"no steps":                               {`"steps": []`, "schema/items"},
		"a step without data":                    {`"steps": [{"id": "a", "releaseOn": "import"}]`, ""},
		"itself":                                 {steps(step("a", done("a"))), "mana/unreachable"},
		"its own task":                           {steps(step("a", task("a-task"))), "mana/unreachable"},
		"its own task, by a reference":           {steps(step("a", task("$a.tasks.todo[0].id"))), "mana/unreachable"},
		"a circle of three":                      {steps(step("a", done("b")), step("b", task("c-task")), step("c", done("a"))), "mana/unreachable"},
		"a circle with a way out":                {steps(step("a", done("b")), step("b", task("c-task")), step("c", `{"any": [`+done("a")+`, {"trigger": "time", "after": "+1d"}]}`)), ""},
		"all of what can't be":                   {steps(step("a", `{"all": ["import", `+done("a")+`]}`)), "mana/unreachable"},
		"any inside all":                         {steps(step("a", `"import"`), step("b", `{"all": [{"any": [`+done("b")+`, `+done("a")+`]}, `+done("a")+`]}`)), ""},
		"any of two that can't be":               {steps(step("a", `{"any": [`+done("a")+`, `+done("b")+`]}`), step("b", done("a"))), "mana/unreachable"},
		"a task that two steps hold, one for us": {steps(step("a", `"import"`), `{"id": "b", "releaseOn": `+task("a-task")+`, "data": {"tasks": {"todo": [{"id": "a-task"}]}}}`), ""},

		// references
		"a reference in the data":          {holds(`{"id": "x"}, {"after": "$a.tasks.todo[0].id"}`), ""},
		"in a list of lists":               {holds(`{"id": "x"}, {"after": [["$a.tasks.todo[2].id"]]}`), "mana/reference"},
		"of another form":                  {holds(`{"after": "$a.tasks.todo[0]"}`), "mana/reference"},
		"without a number":                 {holds(`{"after": "$a.tasks.todo.id"}`), "mana/reference"},
		"to another step":                  {holds(`{"after": "$b.tasks.todo[0].id"}`), "mana/reference"},
		"to another list":                  {holds(`{"after": "$a.tasks.done[0].id"}`), "mana/reference"},
		"to another app":                   {holds(`{"after": "$a.notes.todo[0].id"}`), "mana/reference"},
		"to a text":                        {holds(`"x", {"after": "$a.tasks.todo[0].id"}`), "mana/reference"},
		"a price":                          {holds(`{"price": "$1.000.000"}`), ""},
		"a variable of a shell":            {holds(`{"command": "$HOME/.id"}`), "mana/reference"},
		"a sentence":                       {holds(`{"text": "$a.tasks.todo[0].id is the first"}`), ""},
		"a label":                          {`"steps": [{"id": "a", "label": "$a.tasks.todo[0].id", "releaseOn": "import"}]`, ""},
		"the data of an app that's a list": {`"steps": [{"id": "a", "releaseOn": "import", "data": {"tasks": []}}]`, "schema/type"},
		"a collection that's no list":      {`"steps": [{"id": "a", "releaseOn": "import", "data": {"tasks": {"todo": {}}}}]`, "schema/type"},
		"an app's name with a dot":         {`"steps": [{"id": "a", "releaseOn": "import", "data": {"org.tasks": {"todo": []}}}]`, "schema/key"},

		// variables
		"a variable":                    {asks(`{"type": "string"}`, "for {{x}}"), ""},
		"with spaces":                   {asks(`{"type": "string"}`, "for {{ x }}{{x}}"), ""},
		"that is used elsewhere":        {`"variables": {"x": {"type": "string"}}, "steps": [{"id": "a", "releaseOn": "import"}], "dashboard": {"layout": [{"type": "{{x}}"}]}`, ""},
		"that only a question names":    {`"variables": {"x": {"type": "string", "prompt": "{{x}}?"}}, "steps": [{"id": "a", "releaseOn": "import"}]`, "mana/variable-unused"},
		"that isn't there":              {asks(`{"type": "string"}`, "for {{x}} and {{y}}"), "mana/variable-unknown"},
		"without a name":                {asks(`{"type": "string"}`, "for {{x}} and {{}}"), "mana/variable-unknown"},
		"one brace":                     {asks(`{"type": "string"}`, "for {{x}} and {y}"), ""},
		"braces that aren't closed":     {asks(`{"type": "string"}`, "for {{x}} and {{y"), ""},
		"a name with a hyphen":          {`"variables": {"a-b": {"type": "string"}}, ` + holds(`"{{a-b}}"`), "schema/key"},
		"another type":                  {asks(`{"type": "text"}`, "{{x}}"), "schema/enum"},
		"a text for a text":             {asks(`{"type": "string", "default": ""}`, "{{x}}"), ""},
		"a number for a text":           {asks(`{"type": "string", "default": 1}`, "{{x}}"), "mana/variable-default"},
		"a number for a number":         {asks(`{"type": "number", "default": -1.5}`, "{{x}}"), ""},
		"a number nobody reads alike":   {asks(`{"type": "number", "default": 12345678901234567890}`, "{{x}}"), "schema/number"},
		"false for true or false":       {asks(`{"type": "boolean", "default": false}`, "{{x}}"), ""},
		"a text for true or false":      {asks(`{"type": "boolean", "default": "yes"}`, "{{x}}"), "mana/variable-default"},
		"a list":                        {asks(`{"type": "string", "default": []}`, "{{x}}"), "schema/type"},
		"nothing":                       {asks(`{"type": "string", "default": null}`, "{{x}}"), "schema/type"},
		"a date":                        {asks(`{"type": "date", "default": "today"}`, "{{x}}"), ""},
		"a number for a date":           {asks(`{"type": "date", "default": 20260131}`, "{{x}}"), "mana/variable-default"},
		"a word for a date":             {asks(`{"type": "date", "default": "tomorrow"}`, "{{x}}"), "mana/date"},
		"a text that needn't be a date": {asks(`{"type": "string", "default": "tomorrow"}`, "{{x}}"), ""},

		// dates
		"days":                        {holds(`{"due": "+30d"}`), ""},
		"days ago":                    {holds(`{"due": "-30d"}`), "mana/date"},
		"many days":                   {holds(`{"due": "+999999d"}`), "mana/date"},
		"no days":                     {holds(`{"due": "+d"}`), "mana/date"},
		"a day":                       {holds(`{"dueDate": "2024-02-29"}`), ""},
		"no such day":                 {holds(`{"dueDate": "2026-02-29"}`), "mana/date"},
		"with a time":                 {holds(`{"remindAt": "2026-02-28T09:00"}, {"start": "2026-02-28T09:00:00.5+01:00"}`), ""},
		"an empty date":               {holds(`{"due": ""}`), "mana/date"},
		"a variable in its place":     {`"variables": {"x": {"type": "date"}}, ` + holds(`{"due": "{{x}}"}`), ""},
		"of a key that is no date's":  {holds(`{"duet": "31.1."}`), ""},
		"in a list":                   {holds(`{"date": ["today", "31.1."]}`), "mana/date"},
		"a number under such a key":   {holds(`{"start": 5}`), ""},
		"such a key outside the data": {`"variables": {"start": {"type": "string", "prompt": "soon?"}}, ` + holds(`"{{start}}"`), ""},

		// assets and what stands for them
		"an asset of a .mana":         {holds(`"asset://a.png"`), "mana/asset-missing"},
		"data that is small":          {holds(`"data:image/png;base64,` + strings.Repeat("A", 49_977) + `"`), ""},
		"data that isn't":             {holds(`"data:image/png;base64,` + strings.Repeat("A", 49_978) + `"`), "mana/inline-size"},
		"data without a name":         {holds(`"` + strings.Repeat("Ab+/9", 10_000) + `=="`), "mana/inline-size"},
		"data in lines":               {holds(`"` + strings.Repeat(strings.Repeat("A", 76)+`\n`, 700) + `"`), "mana/inline-size"},
		"data that is no base64":      {holds(`"data:text/plain,` + strings.Repeat("a,", 25_000) + `"`), "mana/inline-size"},
		"a long text":                 {holds(`"` + strings.Repeat("no data at all. ", 4000) + `"`), ""},
		"a picture of the web":        {holds(`"see https://example.org/a/b.PNG?x=1#y."`), "mana/hosted-asset"},
		"a page of the web":           {holds(`"see https://example.org/a.html, and https://example.org"`), ""},
		"a host with such a name":     {holds(`"https://example.mov"`), ""},
		"an icon of the web":          {holds(`{"icon": "http://example.org/icon"}`), "mana/hosted-asset"},
		"a sentence under such a key": {holds(`{"icon": "as on https://example.org/icon"}`), ""},
		"a scheme that looks alike":   {holds(`{"icon": "httpx://example.org/icon.png"}`), ""},

		// the rest
		"another key":             {steps(step("a", `"import"`)) + `, "extra": 1`, "schema/unknown-key"},
		"a tile":                  {steps(step("a", `"import"`)) + `, "dashboard": {"layout": [{"type": "x", "size": "2x1", "position": {"x": 0, "y": 1}}]}`, ""},
		"a tile that is nowhere":  {steps(step("a", `"import"`)) + `, "dashboard": {"layout": [{"type": "x", "position": {"x": -1, "y": 0.5}}]}`, "schema/range schema/type"},
		"a control character":     {holds(`"\u202e"`), "text/bidi"},
		"a command to a CI":       {holds(`"a\n::error::b"`), "text/workflow-command"},
		"a hundred apps, and one": {`"steps": [{"id": "a", "releaseOn": "import", "data": {` + manyMembers(101, `"app%d": {}`) + `}}]`, "mana/size"},
		"a hundred apps":          {`"steps": [{"id": "a", "releaseOn": "import", "data": {` + manyMembers(100, `"app%d": {}`) + `}}]`, ""},
		"5000 conditions":         {steps(manyMembers(100, `{"id": "s%d", "releaseOn": {"any": [`+strings.Repeat(`"import", `, 48)+`"import"]}}`)), ""},
		"5001 conditions":         {steps(manyMembers(100, `{"id": "s%d", "releaseOn": {"any": [`+strings.Repeat(`"import", `, 48)+`"import"]}}`), step("a", `"import"`)), "mana/size"},
	} {
		want := strings.Fields(c.want)
		if got := manaCodes(single.put("home.mana", manaDocument(c.members))); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s: %v, expected %v", name, got, want)
		}
	}
}

// manyMembers repeats a part of a document, with the number of each.
func manyMembers(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, strings.ReplaceAll(format, "%d", "%[1]d"), i)
	}
	return b.String()
}

// The circle is told, and the way to it.
func TestManaUnreachable(t *testing.T) {
	_, findings := readMana(baseOf(t, "mana-single").put("home.mana", manaDocument(`"steps": [
		{"id": "a", "releaseOn": {"trigger": "step-completed", "stepId": "b"}},
		{"id": "b", "releaseOn": {"all": ["import", {"any": [{"trigger": "step-completed", "stepId": "c"}]}]}},
		{"id": "c", "releaseOn": {"trigger": "step-completed", "stepId": "b"}},
		{"id": "d", "releaseOn": "import"}
	]`)))
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
	}
	want := []string{
		`2:28 the step is never reached: "a" waits for "b", which waits for "c", which waits for "b"`,
		`3:28 the step is never reached: "b" waits for "c", which waits for "b"`,
		`4:28 the step is never reached: "c" waits for "b", which waits for "c"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	_, findings = readMana(baseOf(t, "mana-single").put("home.mana", manaDocument(`"steps": [`+manyMembers(20, `{"id": "s%d", "releaseOn": {"trigger": "step-completed", "stepId": "s%dx"}}`)+`]`)))
	if len(findings) != 20 || findings[0].Code != "mana/step-unknown" {
		t.Errorf("steps that wait for what isn't there raise %v, expected only the cause", findings)
	}
	var chain []string
	for i := range 20 {
		chain = append(chain, fmt.Sprintf(`{"id": "s%d", "releaseOn": {"trigger": "step-completed", "stepId": "s%d"}}`, i, (i+1)%20))
	}
	_, findings = readMana(baseOf(t, "mana-single").put("home.mana", manaDocument(`"steps": [`+strings.Join(chain, ", ")+`]`)))
	if len(findings) != 20 || !strings.HasSuffix(findings[0].Message, `which waits for "s7", which waits for others`) {
		t.Errorf("a long circle raises %v", findings)
	}
}

// What meta and manifest.json say of the name, the author and the day.
func TestManaMeta(t *testing.T) {
	files := baseOf(t, "mana")
	in := func(file, old, now string) tree {
		if !strings.Contains(files[file], old) {
			t.Fatalf("%s has no %s", file, old)
		}
		return files.put(file, strings.Replace(files[file], old, now, 1))
	}
	const object = `{"name": "Ada Example", "url": "https://example.org/ada"}`
	for name, c := range map[string]struct {
		files tree
		want  []string
	}{
		"no name":                    {in("blueprint.json", `"name": "New Home",`, ""), []string{"schema/required"}},
		"a name with HTML":           {in("blueprint.json", `"New Home"`, `"<b>New Home"`), []string{"mana/package-mismatch", "text/html"}},
		"no description":             {in("blueprint.json", `"description": "What to think of when you move",`, ""), []string{"listing/summary"}},
		"no author in the blueprint": {in("blueprint.json", `"author": "Ada Example",`, ""), nil},
		"no author in manifest.json": {in("manifest.json", `"author": `+object+`,`, ""), nil},
		"another author":             {in("manifest.json", "Ada", "Ida"), []string{"mana/package-mismatch"}},
		"the same page":              {in("blueprint.json", `"Ada Example"`, object), nil},
		"another page":               {in("blueprint.json", `"Ada Example"`, strings.Replace(object, "/ada", "/bob", 1)), []string{"mana/package-mismatch"}},
		"a page without a host":      {in("blueprint.json", `"Ada Example"`, `{"name": "Ada Example", "url": "https://:@/"}`), []string{"text/url"}},
		"an author without a name":   {in("blueprint.json", `"Ada Example"`, `{"email": "ada@example.org"}`), []string{"schema/required"}},
		"an author with a phone":     {in("blueprint.json", `"Ada Example"`, `{"name": "Ada Example", "phone": "1"}`), []string{"schema/unknown-key"}},
		"two authors":                {in("blueprint.json", `"Ada Example"`, `["Ada Example"]`), []string{"schema/type"}},
		"a day with a time":          {in("blueprint.json", "2026-01-31", "2026-01-31T12:00:00Z"), nil},
		"no such day":                {in("blueprint.json", "2026-01-31", "2026-01-32"), []string{"mana/date"}},
		"a day after the import":     {in("blueprint.json", "2026-01-31", "+3d"), []string{"schema/pattern"}},
		"another type":               {in("blueprint.json", `"blueprint"`, `"theme"`), []string{"schema/enum"}},
		"the sidecar's own apps":     {files.put("regen.yaml", files["regen.yaml"]+"requires: [tasks]\n"), []string{"sidecar/ignored"}},
		"the sidecar's ext":          {files.put("regen.yaml", files["regen.yaml"]+"ext: {shelf: 1}\n"), nil},
		"the sidecar's ext.mana":     {files.put("regen.yaml", files["regen.yaml"]+"ext: {mana: 1}\n"), []string{"sidecar/overrides"}},
	} {
		if got := manaCodes(c.files); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, expected %v", name, got, c.want)
		}
	}
}

// What may lie below assets/, and how manifest.json lists it.
func TestManaAssets(t *testing.T) {
	base := baseOf(t, "mana")
	hash := func(content string) string {
		sum := sha256.Sum256([]byte(content))
		return hex.EncodeToString(sum[:])
	}
	add := func(name, content, entry string) tree {
		files := base.put("assets/"+name, content)
		files["blueprint.json"] = strings.Replace(files["blueprint.json"], `"title": "Meet`, fmt.Sprintf(`"file": %q, "title": "Meet`, "asset://"+name), 1)
		files["manifest.json"] = strings.Replace(files["manifest.json"], `"assets/checklist.md"`, `"assets/checklist.md", `+entry, 1)
		return files
	}
	plain := func(name, content string) tree { return add(name, content, fmt.Sprintf("%q", name)) }
	text := func(old, now string) tree {
		return base.put("blueprint.json", strings.Replace(base["blueprint.json"], old, now, 1))
	}
	for name, c := range map[string]struct {
		files tree
		want  string
	}{
		"a text":                     {plain("a.txt", "Grüße"), ""},
		"a deeper one":               {plain("b/c/a.TXT", "text"), ""},
		"with spaces in its name":    {plain("my notes (1).txt", "text"), ""},
		"a text of other bytes":      {plain("a.txt", "Gr\xfc\xdfe"), "mana/asset-kind"},
		"a script":                   {plain("a.txt", "#!/bin/sh"), "mana/asset-kind"},
		"JSON":                       {plain("a.json", "[1]"), ""},
		"no JSON":                    {plain("a.json", "[1"), "mana/asset-kind"},
		"an MP3 with a tag":          {plain("a.mp3", "ID3\x04"), ""},
		"an MP3 without":             {plain("a.mp3", "\xff\xfb\x90"), ""},
		"a program":                  {plain("a.exe", "MZ"), "mana/asset-kind"},
		"a program by another name":  {plain("a.mp3", "MZ\x90"), "mana/asset-kind"},
		"an archive":                 {plain("a.zip", "PK\x03\x04"), "mana/asset-kind"},
		"an archive by another name": {plain("a.pdf", "PK\x03\x04"), "mana/asset-kind"},
		"a PDF":                      {plain("a.pdf", "%PDF-1.7"), ""},
		"a WAV":                      {plain("a.wav", "RIFF\x00\x00\x00\x00WAVEfmt "), ""},
		"no WAV":                     {plain("a.wav", "RIFF\x00\x00\x00\x00WEBPVP8L"), "mana/asset-kind"},
		"an Ogg":                     {plain("a.ogg", "OggS"), ""},
		"no extension":               {plain("a", "text"), "mana/asset-kind"},
		"no picture":                 {plain("a.png", strings.Repeat("no picture ", 9)), "image/kind"},
		"a picture":                  {plain("a.png", base["icon.png"]), ""},
		"a drawing that runs":        {plain("a.svg", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>1</script></svg>`), "image/svg-script"},

		"listed with its hash":      {add("a.txt", "text", `{"path": "assets/a.txt", "size": 4, "sha256": "`+hash("text")+`"}`), ""},
		"listed with another hash":  {add("a.txt", "text", `{"path": "a.txt", "sha256": "`+hash("test")+`"}`), "mana/asset-index"},
		"listed with another size":  {add("a.txt", "text", `{"path": "a.txt", "size": 0}`), "mana/asset-index"},
		"listed twice":              {add("a.txt", "text", `"a.txt", {"path": "assets/a.txt"}`), "mana/asset-index"},
		"not listed":                {base.put("manifest.json", `{"name": "New Home", "version": "1.0.0"}`), "mana/asset-index"},
		"not listed, with an empty": {base.put("manifest.json", `{"name": "New Home", "version": "1.0.0", "assets": []}`), "mana/asset-index"},
		"something else listed":     {base.put("manifest.json", strings.Replace(base["manifest.json"], `["`, `["../icon.png", "`, 1)), "schema/pattern mana/asset-index"},
		"a way out":                 {base.put("manifest.json", strings.Replace(base["manifest.json"], `["`, `["assets/../icon.png", "`, 1)), "mana/asset-index"},

		"in a longer text":      {text("asset://rooms.png", "![rooms](asset://rooms.png), see asset://rooms.png."), ""},
		"with a word after it":  {text("asset://rooms.png", "asset://rooms.png, and more"), ""},
		"with other letters":    {text("asset://rooms.png", "asset://rooms.PNG"), "mana/asset-missing mana/asset-unused"},
		"nothing after it":      {text("asset://rooms.png", "asset:// asset://rooms.png"), "mana/asset-missing"},
		"of no asset":           {text("asset://rooms.png", "asset://../icon.png asset://rooms.png"), "mana/asset-missing"},
		"of the dashboard":      {text(`"type": "calendar"`, `"type": "asset://nothing.png"`), "mana/asset-missing"},
		"a blueprint all wrong": {base.put("blueprint.json", "{"), "json/syntax"},
	} {
		want := strings.Fields(c.want)
		slices.Sort(want)
		got := slices.DeleteFunc(manaCodes(c.files), func(code string) bool { return strings.HasPrefix(code, "listing/") })
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s: %v, expected %v", name, got, want)
		}
	}
}

// Pictures are bounded together: each animation counts as sixteen million pixels.
func TestManaPixels(t *testing.T) {
	gif, err := casefile.Make("gif 16 16 2", nil)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int][]string{31: nil, 33: {"mana/asset-size"}} {
		files := baseOf(t, "mana")
		for i := range n {
			files[fmt.Sprintf("assets/%d.gif", i)] = string(gif)
		}
		files["blueprint.json"] = strings.Replace(files["blueprint.json"], `{"title": "Meet`, manyMembers(n, `"asset://%d.gif"`)+`, {"title": "Meet`, 1)
		files["manifest.json"] = strings.Replace(files["manifest.json"], `["`, `[`+manyMembers(n, `"%d.gif"`)+`, "`, 1)
		if got := manaCodes(files); !slices.Equal(got, want) {
			t.Errorf("%d animations: %v, expected %v", n, got, want)
		}
	}
}

// At most fifty findings of one code are told, and how many more there are.
func TestManaManyFindings(t *testing.T) {
	_, findings := readMana(baseOf(t, "mana-single").put("home.mana", manaDocument(`"steps": [{"id": "a", "releaseOn": "import", "data": {"tasks": {"todo": [`+manyMembers(70, `"{{x%d}}"`)+`]}}}]`)))
	if len(findings) != 51 || findings[0].Message != "20 more of these (mana/variable-unknown) aren't listed" {
		t.Errorf("%d findings, the first is %v", len(findings), findings[0])
	}
	_, again := readMana(baseOf(t, "mana-single").put("home.mana", manaDocument(`"steps": [{"id": "a", "releaseOn": "import", "data": {"tasks": {"todo": [`+manyMembers(50, `"{{x%d}}"`)+`]}}}]`)))
	if len(again) != 50 || !reflect.DeepEqual(again[0].Code, "mana/variable-unknown") {
		t.Errorf("%d findings of fifty", len(again))
	}
}

// Whatever a mebibyte of blueprint holds, it is read soon.
func TestManaHostile(t *testing.T) {
	const size = 1 << 20
	fill := func(before, part, between, after string) string {
		n := (size - len(before) - len(after) - 200) / (len(part) + len(between) + 4)
		n = min(n, 95_000/(1+strings.Count(part, ":")+strings.Count(part, "["))) // values
		var b strings.Builder
		b.WriteString(before)
		for i := range n {
			if i > 0 {
				b.WriteString(between)
			}
			b.WriteString(strings.ReplaceAll(part, "#", fmt.Sprint(i)))
		}
		return manaDocument(b.String() + after)
	}
	files := baseOf(t, "mana-single")
	const item, end = `"steps": [{"id": "a", "releaseOn": "import", "data": {"a": {"a": [`, `]}}}]`
	for name, document := range map[string]string{
		"references":     fill(item, `"$a.a.a[#].id"`, ",", end),
		"variables":      fill(item, `"{{x#}}"`, ",", end),
		"braces":         fill(item+`"`, `{{ {`, "", `"`+end),
		"assets":         fill(item+`"`, `asset://#`, " ", `"`+end),
		"asset, asset":   fill(item+`"`, `asset://`, "", `"`+end),
		"addresses":      fill(item+`"`, `http`, "", `"`+end),
		"data":           fill(item+`"`, `data:`, "", `"`+end),
		"ids":            fill(item, `{"id":"a"}`, ",", end),
		"tasks":          fill(`"steps": [{"id":"s","releaseOn":{"any":[`, `{"trigger":"task:completed","taskId":"a"}`, ",", `]}}, {"id":"t","releaseOn":"import","data":{"a":{"a":[`+strings.Repeat(`{"id":"a"},`, 999)+`1]}}}]`),
		"steps of tasks": fill(`"steps": [`, `{"id":"s#","releaseOn":{"trigger":"task:completed","taskId":"a"},"data":{"a":{"a":[{"id":"a"}]}}}`, ",", `]`),
		"a circle":       fill(`"steps": [{"id":"z","releaseOn":{"trigger":"step-completed","stepId":"s0"}},`, `{"id":"s#","releaseOn":{"trigger":"step-completed","stepId":"z"}}`, ",", `]`),
		"conditions":     fill(`"steps": [{"id":"s","releaseOn":{"all":[`, `{"any":["import"]}`, ",", `]}}]`),
		"apps":           fill(`"steps": [{"id":"s","releaseOn":"import","data":{`, `"a#":{}`, ",", `}}]`),
		"dates":          fill(item, `{"due":"#"}`, ",", end),
		"same ids":       fill(`"steps": [`, `{"id":"s","releaseOn":"import"}`, ",", `]`),
		"unused":         fill(`"steps": [{"id":"s","releaseOn":"import"}], "variables": {`, `"x#":{"type":"string"}`, ",", `}`),
	} {
		start := time.Now()
		_, findings := readMana(files.put("home.mana", document))
		if len(findings) > 0 && (findings[0].Code == "json/values" || findings[0].Code == "json/size") {
			t.Errorf("%s: %v, expected a document that is read", name, findings[0])
		}
		if took := time.Since(start); took > 5*time.Second || len(findings) > 500 {
			t.Errorf("%s: %v and %d findings", name, took, len(findings))
		} else {
			t.Logf("%s: %v, %d findings", name, took.Round(time.Millisecond), len(findings))
		}
	}
}

// Whatever a manifest holds, reading it ends, with findings that are complete; and what has no error can be metadata.
func FuzzMana(f *testing.F) {
	base, single := baseOf(f, "mana"), baseOf(f, "mana-single")
	f.Add([]byte(base["blueprint.json"]), []byte(base["manifest.json"]))
	f.Add([]byte(single["home.mana"]), []byte(`{"name": "New Home"}`))
	f.Add([]byte(manaDocument(`"steps": [{"id": "a", "releaseOn": {"all": [{"trigger": "task:completed", "taskId": "$a.b.c[0].id"}]}, "data": {"b": {"c": [{"due": "{{x}}"}]}}}]`)), []byte(`{"assets": [{"path": "x"}]}`))
	f.Add([]byte(`{"steps": [null, {"id": 1, "data": [], "releaseOn": {"any": {}}}], "variables": [], "meta": {"author": 1}, "dashboard": null}`), []byte(`[]`))
	f.Fuzz(func(t *testing.T, blueprint, pack []byte) {
		for _, files := range []tree{
			base.put("blueprint.json", string(blueprint)).put("manifest.json", string(pack)),
			single.put("home.mana", string(blueprint)),
		} {
			m, findings := readMana(files)
			for _, f := range findings {
				if f.Code == "" || f.Severity == "" || f.Message == "" || f.Path == "" {
					t.Errorf("not complete: %+v", f)
				}
			}
			if len(findings) > 500 {
				t.Errorf("%d findings", len(findings))
			}
			if len(findings.Errors()) > 0 {
				continue
			}
			data, err := wire.Encode(m.Facts)
			if err != nil || len(data) > 4<<20 || m.Version == "" || len(m.Artifact.Files) == 0 {
				t.Errorf("%d bytes of facts, version %q: %v", len(data), m.Version, err)
			}
		}
	})
}
