package storefront

import (
	"path"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// genuineView is what it takes to check a package.
type genuineView struct {
	Artifact, Signature, Metadata Link
	SHA256                        string
	Size                          string // exact
	Sum, Minisign                 string // commands
	Comment                       string // trusted comment of the signature
	Commit, Source                string
}

// genuine returns the link to the package, and how to check it.
func genuine(b base, m *wire.Metadata, publicKey string) (download Link, v genuineView) {
	name := clean(m.Artifact.Name)
	artifact := wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name)
	metadata := wire.MetadataPath(m.ID, m.Version)
	word := shellWord(name)
	download = Link{Label: "Download", Href: b.href(artifact, ""), Note: formatSize(m.Artifact.Size)}
	if kind := kindOf(name); kind != "" {
		download.Note = kind + ", " + download.Note
	}
	v = genuineView{
		Artifact:  Link{Label: name, Href: download.Href},
		Signature: Link{Label: name + wire.SignatureSuffix, Href: b.href(artifact+wire.SignatureSuffix, "")},
		Metadata:  Link{Label: path.Base(metadata), Href: b.href(metadata, "")},
		SHA256:    clean(m.Artifact.SHA256),
		Size:      formatCount(m.Artifact.Size),
		Sum:       "sha256sum " + word,
		Minisign:  "minisign -Vm " + word + " -p " + wire.ReleaseKeyPath,
		Comment:   clean(wire.ArtifactComment(m.ID, m.Version, wire.Ref{SHA256: m.Artifact.SHA256, Size: m.Artifact.Size})),
		Commit:    clean(m.Commit),
		Source:    clean(m.Source),
	}
	if publicKey != "" {
		v.Minisign = "minisign -Vm " + word + " -P " + keyWord(publicKey)
	}
	return download, v
}

// kindOf returns what a file is, by the end of its name.
func kindOf(name string) string {
	if strings.HasSuffix(name, ".tar.gz") {
		return "tar.gz"
	}
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}
