package manifest

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/picture"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

const (
	maxAsset = 20 << 20 // bytes
	// maxAssetPixels bounds what decoding a bundle's pictures takes, and movingPixels is what an animation counts as: how many frames it
	// has isn't known, but that they are no more than package picture decodes.
	maxAssetPixels = 512 << 20
	movingPixels   = 16 << 20
)

// manaPictures are the names of the kinds of pictures, in the order of manaPicture.
var manaPictures = []string{".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"}

var manaPicture = picture.Rule{
	What: "the asset", Kinds: []picture.Kind{picture.PNG, picture.JPEG, picture.WebP, picture.GIF, picture.SVG}, Animated: true, Severity: check.Error,
}

// manaKinds says how to tell what else an asset can be. What isn't one of these, such as a program or an archive, is refused by whatever name.
var manaKinds = map[string]func(data []byte) bool{
	".mp3": func(data []byte) bool {
		return bytes.HasPrefix(data, []byte("ID3")) || len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0
	},
	".ogg": func(data []byte) bool { return bytes.HasPrefix(data, []byte("OggS")) },
	".wav": func(data []byte) bool {
		return bytes.HasPrefix(data, []byte("RIFF")) && len(data) >= 12 && string(data[8:12]) == "WAVE"
	},
	".pdf":  func(data []byte) bool { return bytes.HasPrefix(data, []byte("%PDF-")) },
	".json": func(data []byte) bool { return utf8.Valid(data) && json.Valid(data) },
	".txt":  isText,
	".md":   isText,
}

// isText reports whether a file is text, and no script.
func isText(data []byte) bool {
	return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 && !bytes.HasPrefix(data, []byte("#!"))
}

// files checks the assets, and that manifest.json and the texts name each of them.
func (m *mana) files() {
	if m.single {
		return // layout has told that there are none
	}
	pixels := 0
	for _, f := range m.assets {
		if !m.used[f.Path] && !m.full("mana/asset-unused") {
			m.file(check.Error, "mana/asset-unused", f.Path, "remove it, or write "+wording.Quote(assetScheme+strings.TrimPrefix(f.Path, manaAssets))+" where it belongs",
				"no text of the blueprint refers to the file, expected only assets that are used")
		}
		switch extension := strings.ToLower(path.Ext(f.Path)); {
		case len(f.Data) > maxAsset:
			if !m.full("mana/asset-size") {
				m.file(check.Error, "mana/asset-size", f.Path, "make the file smaller", "the file has %d bytes, expected at most %d", len(f.Data), maxAsset)
			}
		case slices.Contains(manaPictures, extension):
			if pixels > maxAssetPixels {
				continue // told below
			}
			info, findings := picture.Check(m.pkg.Dir+"/"+f.Path, f.Data, manaPicture)
			for _, finding := range findings {
				if !m.full(finding.Code) {
					m.findings = append(m.findings, finding)
				}
			}
			pixels += info.Width * info.Height
			if info.Animated {
				pixels += movingPixels
			}
		default:
			m.kind(f, extension)
		}
	}
	if pixels > maxAssetPixels {
		m.file(check.Error, "mana/asset-size", manaPackage, "export them with fewer pixels, or make several bundles of it",
			"the pictures have more than %d pixels together, expected at most that", maxAssetPixels)
	}
	if m.index != nil {
		m.indexed()
	}
}

// kind checks that what isn't a picture is what its name says.
func (m *mana) kind(f *File, extension string) {
	is, known := manaKinds[extension]
	if known && is(f.Data) || m.full("mana/asset-kind") {
		return
	}
	if known {
		m.file(check.Error, "mana/asset-kind", f.Path, "export the file anew, or end its name in what it is",
			"the content isn't what the name says, expected that of a %s file", extension)
		return
	}
	all := slices.Concat(manaPictures, slices.Sorted(maps.Keys(manaKinds)))
	m.file(check.Error, "mana/asset-kind", f.Path, "an asset is a picture, a sound or a text",
		"the name ends in %s, expected %s", wording.Quote(extension), wording.List(all))
}

// indexed checks that manifest.json lists the assets, each once, and nothing else.
func (m *mana) indexed() {
	list := m.index.Get("assets")
	listed := make(map[string]bool)
	wrong := func(at *strictjson.Value, hint, format string, args ...any) {
		if !m.full("mana/asset-index") {
			m.add(check.Error, manaPackage, at.Pos, "mana/asset-index", hint, format, args...)
		}
	}
	for i, a := range m.pack.Assets {
		at, name := item(list, i), string(a.Path)
		if name == "" {
			continue // the schema has told
		}
		if !strings.HasPrefix(name, manaAssets) {
			name = manaAssets + name
		}
		f := m.pkg.File(name)
		switch {
		case f == nil:
			wrong(at, "remove it from the list, or commit the file", "there is no file %s, expected only files that there are", wording.Quote(name))
			continue
		case listed[name]:
			wrong(at, "remove one of the two", "the file %s is listed twice", wording.Quote(name))
		case at.Get("size") != nil && a.Size != int64(len(f.Data)):
			wrong(at.Get("size"), "write what the file has", "the size of %s is %d, expected %d", wording.Quote(name), a.Size, len(f.Data))
		case a.SHA256 != "" && string(a.SHA256) != wire.RefOf(f.Data).SHA256:
			wrong(at.Get("sha256"), "write what the file has", "the hash of %s is another one, expected %s", wording.Quote(name), wire.RefOf(f.Data).SHA256)
		}
		listed[name] = true
	}
	if list == nil {
		list = m.index
	}
	for _, f := range m.assets {
		if !listed[f.Path] {
			wrong(list, "add it to assets", "the file %s isn't listed, expected all files in %s", wording.Quote(f.Path), manaAssets)
		}
	}
}
