package manifest

// The comments of the fields below are the descriptions in schema/dropserver.schema.json.

// DropApp is the manifest of a Dropserver app: dropapp.json (https://dropserver.org/docs/app-manifest-ref).
type DropApp struct {
	// What people know the app by. Hosts show up to 30 characters.
	Name DropLine `json:"name"`
	// What the app does, in one short sentence. Hosts show up to 60 characters.
	ShortDescription DropLine `json:"short-description"`
	// The semantic version of this release. Published versions never change, and only rise.
	Version Version `json:"version" jsonschema:"required"`
	// The path of the module that a host runs. Default: app.ts or app.js, whichever there is.
	Entrypoint DropPath `json:"entrypoint"`
	// The version of the data that the app keeps: the highest schema that a migration goes up to. It never falls from one release to the next. Default: 0.
	Schema int `json:"schema" jsonschema:"minimum=0,maximum=2147483647,example=1"`
	// The migrations of the app's data that its code has, each once.
	Migrations []DropMigration `json:"migrations" jsonschema:"maxItems=1000"`
	// The path of the icon: a square PNG, JPEG or WebP of at least 160 pixels and up to 50 KiB.
	Icon DropPath `json:"icon"`
	// The colour that goes with the app, as CSS writes colours: hexadecimal, rgb(), hsl() or a name.
	AccentColor string `json:"accent-color"`
	// The path of the list of changes: a text where a line with nothing but a version stands above what is new in it. Default: changelog.txt.
	Changelog DropPath `json:"changelog"`
	// Who made the app, the main authors first.
	Authors []DropAuthor `json:"authors" jsonschema:"maxItems=50"`
	// Where the app's source is developed.
	Code URL `json:"code"`
	// The app's own page.
	Website URL `json:"website"`
	// Where one can give money.
	Funding URL `json:"funding"`
	// The licence as an SPDX expression.
	License License `json:"license"`
	// The path of the licence's text.
	LicenseFile DropPath `json:"license-file"`
	// The day of the release. It is set when the app is packed: leave it out.
	ReleaseDate string `json:"release-date" jsonschema:"example=2026-05-04"`
}

type (
	// DropLine is one line of text, which may be empty or longer than hosts like.
	DropLine string
	// DropPath names a file of the package. A slash before it counts for nothing.
	DropPath string
)

// DropMigration is a step that changes an app's data from one schema to the next, or back.
type DropMigration struct {
	// Whether the step goes up to the schema, from the one below it, or down from it.
	Direction string `json:"direction" jsonschema:"required,enum=up,enum=down,example=up"`
	// The higher one of the two schemas.
	Schema int `json:"schema" jsonschema:"required,minimum=1,maximum=2147483647,example=1"`
}

// DropAuthor is somebody who made the app.
type DropAuthor struct {
	// The name as people are shown it.
	Name Line `json:"name" jsonschema:"example=Ada Example"`
	// Where to write to.
	Email Email `json:"email"`
	// A page about the author.
	URL URL `json:"url"`
}
