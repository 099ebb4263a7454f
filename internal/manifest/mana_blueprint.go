package manifest

import (
	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
)

// The comments of the fields below are the descriptions in schema/mana.schema.json and schema/mana-package.schema.json.

// Blueprint is a bundle of starter data: a blueprint.json, or a .mana file.
type Blueprint struct {
	// The version of the format that the file is written in.
	Version string `json:"version" jsonschema:"required,enum=1.0,example=1.0"`
	// What the file is.
	Type string `json:"type" jsonschema:"required,enum=blueprint,example=blueprint"`
	// What people are told of the bundle.
	Meta BlueprintMeta `json:"meta" jsonschema:"required"`
	// What people are asked when they import the bundle, by name: {{name}} in a text stands for the answer.
	Variables BlueprintVariables `json:"variables"`
	// What is written, and when.
	Steps []BlueprintStep `json:"steps" jsonschema:"required,minItems=1,maxItems=1000"`
	// What the start page shows.
	Dashboard BlueprintDashboard `json:"dashboard"`
}

// BlueprintMeta is what people are told of a bundle.
type BlueprintMeta struct {
	// The bundle's name, as people read it.
	Name Line `json:"name" jsonschema:"required,maxLength=80,example=Moving house"`
	// What the bundle is for, in one sentence.
	Description Line `json:"description" jsonschema:"maxLength=300"`
	// Who made the bundle: a name, or a name with addresses.
	Author ManaAuthor `json:"author"`
	// The day that the bundle was made, perhaps with the time.
	CreatedAt ManaDate `json:"createdAt"`
}

// ManaAuthor is who made a bundle. A text stands for the name.
type ManaAuthor struct {
	// The name as people are shown it.
	Name Line `json:"name" jsonschema:"required,example=Ada Example"`
	// Where to write to.
	Email Email `json:"email"`
	// A page about the author.
	URL URL `json:"url"`
}

// DecodeValue implements shape.Decoder.
func (a *ManaAuthor) DecodeValue(v *strictjson.Value) {
	type object ManaAuthor
	if v.Kind == strictjson.String {
		a.Name = Line(v.String)
		return
	}
	shape.Decode(v, (*object)(a))
}

// ManaDate is a day of the calendar, perhaps with a time, as ISO 8601 writes it.
type ManaDate string

// BlueprintVariables are what people are asked, by name.
type BlueprintVariables map[string]BlueprintVariable

// BlueprintVariable is something that people are asked.
type BlueprintVariable struct {
	// What kind of answer it takes.
	Type string `json:"type" jsonschema:"required,enum=string,enum=date,enum=number,enum=boolean,example=date"`
	// The question.
	Prompt Line `json:"prompt" jsonschema:"maxLength=300,example=When do you move?"`
	// The answer where people give none.
	Default BlueprintValue `json:"default"`
}

// BlueprintValue is an answer: a text, a number, true or false.
type BlueprintValue any

// BlueprintStep is data that is written together.
type BlueprintStep struct {
	// The step's name for the conditions and references of others.
	ID ManaName `json:"id" jsonschema:"required"`
	// The step's name, as people read it.
	Label Line `json:"label" jsonschema:"example=Plan the move"`
	// When the data is written: at once ("import"), or when a condition is met.
	ReleaseOn ReleaseOn `json:"releaseOn" jsonschema:"required"`
	// The items that are written, by app and collection.
	Data BlueprintData `json:"data"`
}

// ManaName is a name that conditions and references use.
type ManaName string

// BlueprintData holds lists of items by app and collection. What an item is, its app says.
type BlueprintData map[string]map[string][]any

// ReleaseOn is a condition. It is "import", which is met at once, or has exactly one of trigger, any and all.
type ReleaseOn struct {
	// What is waited for: a time (see after), that another step is done (stepId), or that a task is (taskId).
	Trigger string `json:"trigger" jsonschema:"enum=time,enum=step-completed,enum=task:completed,example=step-completed"`
	// How many days after the import.
	After ManaDelay `json:"after"`
	// The id of the step.
	StepID ManaName `json:"stepId"`
	// The id of the task: that of an item, or a reference to one, such as $plan.tasks.todo[0].id.
	TaskID Line `json:"taskId" jsonschema:"example=$plan.tasks.todo[0].id"`
	// Conditions of which one has to be met.
	Any []ReleaseOn `json:"any" jsonschema:"minItems=1,maxItems=50"`
	// Conditions that all have to be met.
	All []ReleaseOn `json:"all" jsonschema:"minItems=1,maxItems=50"`

	at *strictjson.Value // where it stands
}

// DecodeValue implements shape.Decoder.
func (r *ReleaseOn) DecodeValue(v *strictjson.Value) {
	type object ReleaseOn
	shape.Decode(v, (*object)(r))
	r.at = v
}

// ManaDelay is a number of days from the import on.
type ManaDelay string

// BlueprintDashboard is what the start page shows.
type BlueprintDashboard struct {
	// The tiles of the page.
	Layout []BlueprintTile `json:"layout" jsonschema:"maxItems=100"`
}

// BlueprintTile is a part of the start page.
type BlueprintTile struct {
	// What the tile shows, as the host names it.
	Type Line `json:"type" jsonschema:"required,maxLength=64,example=task-list"`
	// How large the tile is, as the host names it.
	Size Line `json:"size" jsonschema:"maxLength=64,example=medium"`
	// Where the tile is.
	Position BlueprintPosition `json:"position"`
}

// BlueprintPosition is a place in the grid of the start page.
type BlueprintPosition struct {
	// The column, from 0 on.
	X int `json:"x" jsonschema:"required,minimum=0,maximum=1000,example=0"`
	// The row, from 0 on.
	Y int `json:"y" jsonschema:"required,minimum=0,maximum=1000,example=2"`
}

// ManaPackage is the manifest.json beside a blueprint.json: what the bundle is, and which assets it holds.
type ManaPackage struct {
	// The bundle's name. It is that of the blueprint's meta.
	Name Line `json:"name" jsonschema:"required,maxLength=80,example=Moving house"`
	// The semantic version of this release. Where it isn't here, regen.yaml has it. Published versions never change, and only rise.
	Version Version `json:"version"`
	// Who made the bundle, as in the blueprint's meta: a name, or a name with addresses.
	Author ManaAuthor `json:"author"`
	// All files below assets/: their paths, or their paths with size and hash.
	Assets []ManaAsset `json:"assets" jsonschema:"maxItems=1000"`
}

// ManaAsset is a file below assets/. A text stands for the path.
type ManaAsset struct {
	// The path of the file; assets/ before it may be left out.
	Path Path `json:"path" jsonschema:"required"`
	// How many bytes the file has.
	Size int64 `json:"size" jsonschema:"minimum=0,maximum=20971520,example=5120"`
	// The SHA-256 of the file, in hexadecimal digits.
	SHA256 ManaHash `json:"sha256"`
	// What kind of file it is, as a media type.
	Type string `json:"type" jsonschema:"pattern=^[a-z]+/[a-z0-9.+-]+$,maxLength=100,example=image/png"`
}

// DecodeValue implements shape.Decoder.
func (a *ManaAsset) DecodeValue(v *strictjson.Value) {
	type object ManaAsset
	if v.Kind == strictjson.String {
		a.Path = Path(v.String)
		return
	}
	shape.Decode(v, (*object)(a))
}

// ManaHash is a SHA-256 in hexadecimal digits.
type ManaHash string
