package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// Bounds of what a blueprint's schema can't bound.
const (
	maxConditions     = 5000 // of all steps
	maxConditionDepth = 16
	maxManaApps       = 100
	maxManaName       = 64
)

// A manaList names a list of items.
type manaList struct {
	step            int
	app, collection string
}

// data looks at what the steps are and hold: which apps they write to, which lists there are, and the ids of the items.
func (m *mana) data() {
	m.ids, m.lists, m.tasks = make(map[string]int), make(map[manaList]*strictjson.Value), make(map[string][]int)
	apps := make(map[string]bool)
	for i, step := range m.Steps {
		at := item(m.top.Get("steps"), i)
		if first, ok := m.ids[string(step.ID)]; !ok {
			m.ids[string(step.ID)] = i
		} else if step.ID != "" && !m.full("mana/step-duplicate") {
			m.at(at.Get("id"), "mana/step-duplicate", "choose another id",
				"the id %s is that of steps[%d], too, expected an id of its own", wording.Quote(string(step.ID)), first)
		}
		data := at.Get("data")
		if data == nil {
			continue
		}
		for _, app := range data.Members {
			if len(app.Key) > maxManaName { // the schema has told
				continue
			}
			apps[app.Key] = true
			for _, collection := range app.Value.Members {
				if len(collection.Key) > maxManaName {
					continue
				}
				m.lists[manaList{i, app.Key, collection.Key}] = collection.Value
				for _, entry := range collection.Value.Items {
					if id := entry.Get("id"); id != nil && id.Kind == strictjson.String {
						if steps := m.tasks[id.String]; len(steps) == 0 || steps[len(steps)-1] != i {
							m.tasks[id.String] = append(steps, i)
						}
					}
				}
			}
		}
	}
	if len(apps) > maxManaApps {
		m.at(m.top.Get("steps"), "mana/size", "make several bundles of it", "the steps write to %d apps, expected at most %d", len(apps), maxManaApps)
		return
	}
	for app := range apps {
		m.facts.Requires = append(m.facts.Requires, app)
	}
	slices.Sort(m.facts.Requires)
}

// A manaTrigger is something that is waited for, with the key that says more.
type manaTrigger struct{ name, key string }

var manaTriggers = []manaTrigger{{"time", "after"}, {"step-completed", "stepId"}, {"task:completed", "taskId"}}

// A wait is a condition of a step that is looked at: it is met when need falls to 0.
type wait struct {
	parent *wait // the condition that it is part of
	parts  []*wait
	need   int
	step   int // that is released when the condition is met
	on     int // the step that has to be done before, of a condition without parts
}

// conditions checks what the steps wait for, and that none of them waits for ever.
//
// A step that waits for something unknown counts as one that doesn't wait, so that only the cause is told. All of it takes as long as the conditions
// are many: a condition is told once of each of its parts that is met.
func (m *mana) conditions() {
	c := manaConditions{mana: m, onStep: make([][]*wait, len(m.Steps)), onTask: make(map[string][]*wait)}
	for i := range m.Steps {
		c.roots = append(c.roots, c.wait(&m.Steps[i].ReleaseOn, i, 1))
	}
	if c.total > maxConditions {
		m.at(m.top.Get("steps"), "mana/size", "make the conditions simpler", "the steps have %d conditions, expected at most %d", c.total, maxConditions)
	}
	c.release()
	c.unreachable()
}

type manaConditions struct {
	*mana
	roots  []*wait   // of each step
	onStep [][]*wait // those that wait for each step
	onTask map[string][]*wait
	total  int
}

// wait checks a condition, and returns it with its parts.
func (c *manaConditions) wait(r *ReleaseOn, step, depth int) *wait {
	c.total++
	w := &wait{step: step}
	wrong := func(hint, format string, args ...any) *wait {
		if !c.full("mana/release-on") {
			c.at(r.at, "mana/release-on", hint, format, args...)
		}
		return w
	}
	if depth > maxConditionDepth {
		return wrong("make the condition simpler", "conditions are nested more than %d deep", maxConditionDepth)
	}
	if r.at == nil || r.at.Kind != strictjson.Object { // at once, or the schema has told
		return w
	}
	var kinds []string
	for _, key := range []string{"trigger", "any", "all"} {
		if r.at.Get(key) != nil {
			kinds = append(kinds, key)
		}
	}
	if len(kinds) != 1 {
		found := "none of trigger, any and all"
		if len(kinds) > 0 {
			found = strings.Join(kinds, " and ")
		}
		return wrong("put conditions that belong together into any or all", "the condition has %s, expected exactly one", found)
	}
	if kinds[0] == "trigger" && !slices.ContainsFunc(manaTriggers, func(t manaTrigger) bool { return t.name == r.Trigger }) {
		return w // the schema has told
	}
	for _, t := range manaTriggers {
		switch has, needs := r.at.Get(t.key) != nil, t.name == r.Trigger; {
		case has && !needs:
			return wrong("remove one of the two", "the condition has %s, expected it only with the trigger %s", t.key, wording.Quote(t.name))
		case needs && !has:
			return wrong("say what is waited for", "the trigger %s has no %s, expected it", wording.Quote(t.name), t.key)
		}
	}
	switch {
	case r.Trigger == "step-completed":
		on, ok := c.ids[string(r.StepID)]
		if !ok && r.StepID != "" && !c.full("mana/step-unknown") {
			c.at(r.at.Get("stepId"), "mana/step-unknown", c.nearStep(string(r.StepID)), "there is no step %s, expected the id of one", wording.Quote(string(r.StepID)))
		}
		if ok && r.StepID != "" {
			w.need, w.on = 1, on
			c.onStep[on] = append(c.onStep[on], w)
		}
	case r.Trigger == "task:completed":
		c.task(r, w)
	case len(r.Any) > 0:
		w.need = 1
		for i := range r.Any {
			part := c.wait(&r.Any[i], step, depth+1)
			part.parent = w
			w.parts = append(w.parts, part)
			w.need = min(w.need, part.need)
		}
	case len(r.All) > 0:
		for i := range r.All {
			part := c.wait(&r.All[i], step, depth+1)
			part.parent = w
			w.parts = append(w.parts, part)
			w.need += min(1, part.need)
		}
	}
	return w
}

// task lets a condition wait for the steps that hold its task.
func (c *manaConditions) task(r *ReleaseOn, w *wait) {
	id := string(r.TaskID)
	if id == "" {
		return
	}
	if strings.HasPrefix(id, "$") {
		if on := c.reference(r.at.Get("taskId")); on >= 0 {
			w.need, w.on = 1, on
			c.onStep[on] = append(c.onStep[on], w)
		}
		return
	}
	if steps := c.tasks[id]; len(steps) > 0 {
		w.need, w.on = 1, steps[0]
		c.onTask[id] = append(c.onTask[id], w)
	} else if !c.full("mana/reference") {
		c.at(r.at.Get("taskId"), "mana/reference", "write the id of an item of the data, or a reference such as $plan.tasks.todo[0].id",
			"no item of the data has the id %s", wording.Quote(id))
	}
}

// release releases the steps that can be, one after the other.
func (c *manaConditions) release() {
	var ready []int
	for i, w := range c.roots {
		if w.need == 0 {
			ready = append(ready, i)
		}
	}
	holds := make([][]string, len(c.roots))
	for id, steps := range c.tasks {
		if len(c.onTask[id]) > 0 {
			for _, i := range steps {
				holds[i] = append(holds[i], id)
			}
		}
	}
	met := func(w *wait) {
		for ; w.need > 0; w = w.parent {
			if w.need--; w.need > 0 {
				return
			}
			if w.parent == nil {
				ready = append(ready, w.step)
				return
			}
		}
	}
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, w := range c.onStep[i] {
			met(w)
		}
		for _, id := range holds[i] {
			for _, w := range c.onTask[id] {
				met(w)
			}
			delete(c.onTask, id)
		}
	}
}

// unreachable tells of the steps that are never released: each waits for another one of them, so that there is a circle.
func (c *manaConditions) unreachable() {
	const shown = 8 // steps of a circle
	for i, w := range c.roots {
		if w.need == 0 || c.full("mana/unreachable") {
			continue
		}
		var way []int
		seen := make(map[int]bool)
		for at := i; ; at = c.roots[at].blocked() {
			way = append(way, at)
			if seen[at] {
				break
			}
			seen[at] = true
		}
		var names []string
		for _, at := range way[:min(len(way), shown)] {
			names = append(names, wording.Quote(string(c.Steps[at].ID)))
		}
		if len(way) > shown {
			names = append(names, "others")
		}
		c.at(c.Steps[i].ReleaseOn.at, "mana/unreachable", "let one of them wait for something else",
			"the step is never reached: %s waits for %s", names[0], strings.Join(names[1:], ", which waits for "))
	}
}

// blocked returns the step that a condition is waiting for.
func (w *wait) blocked() int {
	for len(w.parts) > 0 {
		w = w.parts[slices.IndexFunc(w.parts, func(part *wait) bool { return part.need > 0 })]
	}
	return w.on
}

// nearStep returns a hint at the step that may be meant.
func (c *manaConditions) nearStep(id string) string {
	const most = 200 // steps to compare with
	var ids []string
	for _, step := range c.Steps[:min(len(c.Steps), most)] {
		ids = append(ids, string(step.ID))
	}
	if near := wording.Nearest(id, ids); near != "" {
		return "did you mean " + wording.Quote(near) + "?"
	}
	return "write the id of a step"
}

// manaReference is a reference to an item: step, app, collection, and the place in the list.
var manaReference = regexp.MustCompile(`^\$([A-Za-z0-9_][A-Za-z0-9_-]*)\.([A-Za-z0-9_][A-Za-z0-9_-]*)\.([A-Za-z0-9_][A-Za-z0-9_-]*)\[(0|[1-9][0-9]{0,5})\]\.id$`)

// isReference reports whether a text is meant as a reference, perhaps a wrong one. A price or the name of a variable of a shell isn't.
func isReference(text string) bool {
	return strings.HasPrefix(text, "$") && strings.Contains(text, ".") &&
		(strings.Contains(text, "[") || strings.HasSuffix(text, ".id")) && !strings.ContainsAny(text, " \t\r\n{")
}

// reference checks a reference, and returns the step that holds its item, or -1.
func (m *mana) reference(at *strictjson.Value) int {
	const longest = 300
	fail := func(hint, format string, args ...any) int {
		if !m.full("mana/reference") {
			m.at(at, "mana/reference", hint, "the reference %s %s", wording.Quote(at.String), fmt.Sprintf(format, args...))
		}
		return -1
	}
	var parts []string
	if len(at.String) <= longest {
		parts = manaReference.FindStringSubmatch(at.String)
	}
	if parts == nil {
		return fail("write it like $plan.tasks.todo[0].id", "is of another form, expected $<step>.<app>.<collection>[<number>].id")
	}
	step, ok := m.ids[parts[1]]
	if !ok {
		return fail("write the id of a step first", "names no step: there is no %s", wording.Quote(parts[1]))
	}
	list := m.lists[manaList{step, parts[2], parts[3]}]
	if list == nil {
		return fail("see what the step writes",
			"names no list: the step %s writes no %s of %s", wording.Quote(parts[1]), wording.Quote(parts[3]), wording.Quote(parts[2]))
	}
	switch i, _ := strconv.Atoi(parts[4]); {
	case i >= len(list.Items):
		return fail("the first item is [0]", "names no item: the list has %d", len(list.Items))
	case list.Items[i].Kind != strictjson.Object:
		return fail("refer to an item that has keys", "names %s, expected an item with an id", list.Items[i].Kind)
	}
	return step
}
