package manifest

// The comments of the fields below are the descriptions in schema/mosis.schema.json.

// MosisManifest is the manifest of a Mosis app: manifest.json.
type MosisManifest struct {
	// The app's id, a reverse domain. It is the name of the app's directory.
	ID MosisID `json:"id" jsonschema:"required"`
	// The app's name, as people read it.
	Name Line `json:"name" jsonschema:"required,maxLength=50,example=Clock"`
	// The semantic version of this release. Published versions never change, and only rise.
	Version Version `json:"version" jsonschema:"required"`
	// A number that rises with every release. Devices compare it.
	VersionCode int `json:"version_code" jsonschema:"required,minimum=1,maximum=2147483647,example=12"`
	// What the app is, in one sentence.
	Description Line `json:"description" jsonschema:"maxLength=300"`
	// The path of the document that the device opens first.
	Entry MosisEntry `json:"entry" jsonschema:"required"`
	// What the app may do on the device. The list is empty where it needs nothing.
	Permissions []MosisPermission `json:"permissions" jsonschema:"required,uniqueItems=true,maxItems=50"`
	// The lowest version of Mosis that the app runs on.
	MinMosisVersion HostVersion `json:"min_mosis_version" jsonschema:"required,example=1.0.0"`
	// The version of Mosis that the app was made and tested for.
	TargetMosisVersion HostVersion `json:"target_mosis_version" jsonschema:"example=1.2.0"`
	// Who made the app.
	Author MosisAuthor `json:"author" jsonschema:"required"`
	// The pictures that stand for the app, by their width in pixels.
	Icons MosisIcons `json:"icons" jsonschema:"required"`
	// What kind of app it is.
	Category Slug `json:"category"`
	// Words that people search for.
	Tags []Line `json:"tags" jsonschema:"uniqueItems=true,maxItems=50,example=monitoring"`
	// How the device is held.
	Orientation string `json:"orientation" jsonschema:"enum=portrait,enum=landscape,enum=any,example=portrait"`
	// The colour that is shown until the app is there.
	BackgroundColor Color `json:"background_color"`
	// The languages that the app speaks. The texts of each are in locales/<language>.json.
	Locales []MosisLocale `json:"locales" jsonschema:"uniqueItems=true,maxItems=100"`
	// The one of these languages that stands in where a text isn't translated.
	DefaultLocale MosisLocale `json:"default_locale"`
}

type (
	// MosisID is a reverse domain.
	MosisID string
	// MosisEntry is the path of an RML document.
	MosisEntry string
	// MosisPermission is something that an app may do.
	MosisPermission string
	// MosisLocale is the tag of a language.
	MosisLocale string
)

// MosisAuthor is who made an app.
type MosisAuthor struct {
	// The name as people are shown it.
	Name Line `json:"name" jsonschema:"required,example=Ada Example"`
	// Where to write to.
	Email Email `json:"email"`
	// A page about the author, or the app.
	URL URL `json:"url"`
}

// MosisIcons are the pictures that stand for an app.
type MosisIcons struct {
	// The path of a PNG of exactly 32×32 pixels.
	Small PNGPath `json:"32" jsonschema:"required"`
	// The path of a PNG of exactly 64×64 pixels.
	Medium PNGPath `json:"64" jsonschema:"required"`
	// The path of a PNG of exactly 128×128 pixels.
	Large PNGPath `json:"128" jsonschema:"required"`
}
