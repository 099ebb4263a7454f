package storefront

import (
	"html/template"
	"path"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// genuineView is what it takes to check a package.
type genuineView struct {
	Artifact, Signature         template.HTML // links
	Tool, Key                   template.HTML // likewise
	Metadata, MetadataSignature Link
	SHA256                      string
	Size                        int    // bytes
	Sum, Minisign               string // commands
	Log                         string // command; "" where the log's entry isn't known
	Entry                       string // number of the release's entry in the log
	LogPath                     string // of the log, published; "" where it isn't known
	Comment                     string // trusted comment of the signature
	Commit, Source              string
	AuthorKeys                  []string // one of which signed the release; none where the author didn't
}

// genuine returns how to check the package of a release.
func genuine(l *locale, b base, p *Package) genuineView {
	m := &p.Metadata
	name := clean(m.Artifact.Name)
	artifact := wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name)
	metadata := wire.MetadataPath(m.ID, m.Version)
	word := shellWord(name)
	v := genuineView{
		Artifact:          Link{Label: name, Href: b.href(artifact, "") + " download"}.html(),
		Signature:         Link{Label: l.text("genuine_signature"), Href: b.href(artifact+wire.SignatureSuffix, "") + " download"}.html(),
		Key:               Link{Label: wire.ReleaseKeyPath, Href: b.href(wire.ReleaseKeyPath, "") + " download"}.html(),
		Tool:              Link{Label: "minisign", Href: foreign("https://jedisct1.github.io/minisign/")}.html(),
		Metadata:          Link{Label: path.Base(metadata), Href: b.href(metadata, "")},
		MetadataSignature: Link{Label: path.Base(metadata) + wire.SignatureSuffix, Href: b.href(metadata+wire.SignatureSuffix, "")},
		SHA256:            clean(m.Artifact.SHA256),
		Size:              int(m.Artifact.Size),
		Sum:               "sha256sum " + word,
		Minisign:          "minisign -Vm " + word + " -p " + wire.ReleaseKeyPath,
		Comment:           clean(wire.ArtifactComment(m.ID, m.Version, wire.Ref{SHA256: m.Artifact.SHA256, Size: m.Artifact.Size})),
		Commit:            clean(m.Commit),
		Source:            clean(m.Source),
	}
	if p.PublicKey != "" {
		v.Minisign = "minisign -Vm " + word + " -P " + keyWord(p.PublicKey)
	}
	if version, ok := p.List.Find(m.Version); ok {
		v.Log = "regen log " + shellWord(clean(m.ID)) + " --from " + placeWord(p.Registry) + " --pub " + wire.ReleaseKeyPath
		v.Entry = l.count(version.Log)
		if p.Epoch > 0 {
			v.LogPath = wire.LogPath(p.Epoch)
		}
	}
	if m.Author != nil {
		for _, key := range m.Author.Keys[:min(len(m.Author.Keys), wire.MaxAuthorKeys)] {
			v.AuthorKeys = append(v.AuthorKeys, clean(key))
		}
	}
	return v
}

// placeWord returns where the published tree is, for commands: its address, or the directory that somebody stands in.
func placeWord(registry wire.Registry) string {
	if registry.BaseURL == "" {
		return "."
	}
	return addressWord(registry.BaseURL)
}

// downloadOf returns the link to the package of a release, noted with kind and size.
func downloadOf(l *locale, b base, m *wire.Metadata) Link {
	note := l.size(m.Artifact.Size)
	if kind := kindOf(clean(m.Artifact.Name)); kind != "" {
		note = kind + ", " + note
	}
	return Link{Label: l.text("download"), Href: b.href(wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name), ""), Note: note}
}

// kindOf returns what a file is, by the end of its name.
func kindOf(name string) string {
	if strings.HasSuffix(name, ".tar.gz") {
		return "tar.gz"
	}
	return cutText(strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")), 20)
}
