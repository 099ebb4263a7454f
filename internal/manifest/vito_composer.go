package manifest

import "github.com/regen-registry/regen/internal/strictjson"

// The comments of the fields below are the descriptions in schema/vito.schema.json.

// Composer is the manifest of a Vito plugin: a composer.json with extra.vito. Keys of Composer's that aren't here are kept as they are.
type Composer struct {
	// The name as vendor/package. The package is the name of the plugin's directory.
	Name PackageName `json:"name" jsonschema:"required"`
	// What the plugin does, in one sentence.
	Description Line `json:"description" jsonschema:"required,maxLength=300"`
	// The semantic version of this release. Published versions never change, and only rise.
	Version Version `json:"version" jsonschema:"required"`
	// Composer's type of package.
	Type string `json:"type" jsonschema:"enum=vito-plugin,example=vito-plugin"`
	// Words that people search for.
	Keywords []Line `json:"keywords" jsonschema:"uniqueItems=true,maxItems=100,example=monitoring"`
	// The licence as an SPDX expression, or a list of licences to choose from.
	License Licenses `json:"license"`
	// Who made the plugin.
	Authors []ComposerAuthor `json:"authors" jsonschema:"maxItems=50"`
	// Where one finds help: addresses by kind, such as issues, docs and email.
	Support map[string]string `json:"support"`
	// Where one can give money.
	Funding []ComposerFunding `json:"funding" jsonschema:"maxItems=20"`
	// What has to be installed: packages and the versions that fit. A panel installs none; each besides php is reviewed.
	Require map[string]string `json:"require"`
	// How classes are found.
	Autoload ComposerAutoload `json:"autoload" jsonschema:"required"`
	// What Composer has no place for.
	Extra ComposerExtra `json:"extra" jsonschema:"required"`
}

// PackageName is a name as vendor/package.
type PackageName string

// Licenses are the licences to choose from: a text stands for one.
type Licenses []string

// DecodeValue implements shape.Decoder.
func (l *Licenses) DecodeValue(v *strictjson.Value) {
	switch v.Kind {
	case strictjson.String:
		*l = Licenses{v.String}
	case strictjson.Array:
		for _, item := range v.Items {
			*l = append(*l, item.String)
		}
	}
}

// ComposerAuthor is somebody who made the plugin.
type ComposerAuthor struct {
	// The name as people are shown it.
	Name Line `json:"name" jsonschema:"example=Ada Example"`
	// Where to write to.
	Email Email `json:"email"`
	// A page about the author.
	Homepage URL `json:"homepage"`
	// What the author does.
	Role string `json:"role" jsonschema:"example=Developer"`
}

// ComposerFunding is a place where one can give money.
type ComposerFunding struct {
	// What kind of place it is.
	Type string `json:"type" jsonschema:"example=github"`
	// The address of the place.
	URL URL `json:"url"`
}

// ComposerAutoload says how classes are found.
type ComposerAutoload struct {
	// Namespaces, and the directories that their classes are in. The plugin's own maps to the empty text.
	PSR4 map[string]any `json:"psr-4" jsonschema:"required"`
}

// ComposerExtra holds what Composer has no place for.
type ComposerExtra struct {
	// What Vito's marketplace shows of the plugin.
	Vito VitoExtra `json:"vito" jsonschema:"required"`
}

// VitoExtra is what Vito's marketplace shows of a plugin.
type VitoExtra struct {
	// The plugin's name, as people read it.
	Name Line `json:"name" jsonschema:"required,maxLength=80,example=Disk Watch"`
	// The path of the icon: an SVG of up to 512 KiB, or a square PNG of at least 256 pixels and up to 1 MiB.
	Icon VitoIconPath `json:"icon" jsonschema:"required"`
	// What kind of plugin it is.
	Categories []Slug `json:"categories" jsonschema:"uniqueItems=true,maxItems=8"`
	// The plugin's own page.
	Homepage URL `json:"homepage"`
	// Where the plugin's source is developed.
	Repository URL `json:"repository"`
	// Who made the plugin.
	Author VitoAuthor `json:"author"`
	// Whether the author asks for the plugin to be shown as official. The registry's configuration decides.
	Official bool `json:"official"`
	// The lowest version of Vito that the plugin runs on.
	MinVitoVersion HostVersion `json:"min_vito_version"`
	// The paths of pictures of the plugin at work: PNG of exactly 1600×1000 pixels and up to 3 MiB.
	Screenshots []PNGPath `json:"screenshots" jsonschema:"uniqueItems=true,maxItems=6"`
}

// VitoIconPath is the path of an SVG or a PNG.
type VitoIconPath string

// PNGPath is the path of a PNG.
type PNGPath string

// VitoAuthor is who made a plugin.
type VitoAuthor struct {
	// The name as people are shown it.
	Name Line `json:"name" jsonschema:"example=Ada Example"`
	// The author's handle on GitHub.
	GitHub Handle `json:"github"`
	// Where to write to.
	Email Email `json:"email"`
}
