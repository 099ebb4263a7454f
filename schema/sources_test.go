package schema_test

import (
	"testing"

	"github.com/invopop/jsonschema"

	"github.com/regen-registry/regen/internal/advisory"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/listing"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/owners"
	"github.com/regen-registry/regen/internal/wire"
)

// A schema is generated from a type: one of a format's documents, or one of these.
type source struct {
	manifest.Document
	published bool // whether it is something that is published: readers pass over keys that they don't know
	adjust    func(*testing.T, *jsonschema.Schema)
}

// sources returns what schemas are generated from.
func sources() []source {
	list := []source{{
		Document: manifest.Document{Name: "registry", Title: "registry.yaml", About: "How a registry is published from its repo. Every key has a default.", Root: config.Config{}},
		adjust: func(t *testing.T, s *jsonschema.Schema) {
			for _, name := range manifest.Names() {
				formats := property(t, s, "formats").Items
				formats.Enum = append(formats.Enum, name)
			}
			for _, name := range listing.Names() {
				listings := property(t, s, "listings").Items
				listings.Enum = append(listings.Enum, name)
			}
			manifestSize := property(t, property(t, s, "limits"), "manifest_size")
			command := pattern(line, oneLine, 500, "vito plugin install {id}")
			install := property(t, property(t, s, "storefront"), "install")
			install.Properties, install.AdditionalProperties = jsonschema.NewProperties(), jsonschema.FalseSchema
			for _, name := range manifest.Names() {
				of := command()
				of.Description = "The command that installs a package of the format " + name + "."
				install.Properties.Set(name, of)
			}
			install.Examples = []any{map[string]any{"vito": "vito plugin install {id}"}}
			manifestSize.OneOf[1].Maximum, manifestSize.Examples = number(int64(config.MaxManifestSize)), []any{"256 KiB"}
		},
	}, {
		Document: manifest.Document{Name: "advisories", Title: "advisories.yaml", About: "What is wrong with published versions, and what devices do about it. To lift an advisory, remove it.", Root: advisory.File{}},
		adjust: func(t *testing.T, s *jsonschema.Schema) {
			list := property(t, s, "advisories")
			list.Type, list.Extras = "", map[string]any{"type": []string{"array", "null"}} // the key may stay when the last one is lifted
			versions, reason := property(t, list.Items, "versions"), property(t, list.Items, "reason")
			versions.Examples = append(versions.Examples, "=1.4.1 || =1.4.2", ">=1.0.0 <1.4.2") // hints show the first, and JSON's escapes of < and > would be hard to read there
			texts := localised(pattern(`\S`, "a text that isn't empty", 2000, "Stores passwords in clear text."))()
			texts.Description, texts.Examples = reason.Description, []any{"Stores passwords in clear text.", map[string]any{"en": "Stores passwords in clear text.", "de": "Speichert Passwörter im Klartext."}}
			*reason = *texts
		},
	}}
	list = append(list, source{
		Document: manifest.Document{Name: "owners", Title: "owners.yaml", About: "Who looks after the registry, and who owns packages whose regen.yaml doesn't say.", Root: owners.File{}},
	}, source{
		Document: manifest.Document{Name: "gate", Title: "What `regen gate` says of a pull request", About: "The result of the gate, as data.", Root: gate.Result{}, Sample: sampleGate},
	})
	for _, format := range manifest.Formats {
		for _, d := range format.Documents() {
			list = append(list, source{Document: d})
		}
	}
	published := func(name, title, about string, root, sample any) {
		list = append(list, source{Document: manifest.Document{Name: name, Title: title, About: about, Root: root, Sample: sample}, published: true})
	}
	published("node", "A node of the catalogue: index/<sha256>.json", "A leaf with packages, or an inner node with the references of its children. The root node also has the facts about the registry.", wire.Node{}, sampleNode)
	published("versions", "A version list: packages/<id>/versions/<sha256>.json", "Every version of one package, the lowest first.", wire.VersionList{}, sampleVersions)
	published("metadata", "The metadata of a release: packages/<id>/<version>/metadata.json", "Every fact about one release.", wire.Metadata{}, sampleMetadata)
	published("keys", "A trust document: keys/<n>.json", "The keys that a registry's statements are signed with.", wire.Trust{}, sampleTrust)
	published("advisory", "An advisory: advisories/<sha256>.json", "What is wrong with versions of a package. Which ones, the log says.", wire.Advisory{}, sampleAdvisory)
	published("event", "An entry of the log", "What happened to one package, or to the keys. Which members there are depends on the type.", wire.Event{}, sampleEvent)
	return list
}
