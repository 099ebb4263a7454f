package storefront

import (
	"html/template"
	"strings"

	"github.com/regen-registry/regen/internal/qrcode"
	"github.com/regen-registry/regen/internal/wire"
)

// getView is how to get a package.
type getView struct {
	Download Link              // noted with kind and size
	Deep     template.HTMLAttr // href that opens the package in its app; "" where there is none
	Host     string            // the app: the name of the format
	Command  string            // that installs it; "" where there is none
	Code     *codeView         // of the page's address; nil where it has none
}

// A codeView is a QR code.
type codeView struct {
	Address string
	Path    template.HTMLAttr // d
	Side    int               // of the picture, in modules
}

// getOf returns how to get the package that a page shows. address is that of the page, "" where it isn't known.
func (r *Renderer) getOf(l *locale, b base, p *Package, address string) *getView {
	m := &p.Metadata
	v := &getView{Download: downloadOf(l, b, m), Host: clean(m.Format)}
	// Devices install nothing of a package that is delisted.
	if p.Own || p.List.State != wire.Delisted {
		v.Command = r.command(p)
		// html/template would refuse the scheme. The publisher makes the link, of an address and a hash; nothing in it is the package's own word.
		v.Deep = deepLink(m.Format, p.Link)
	}
	if address != "" && !p.Own {
		if d, side := qrcode.Path(address); d != "" {
			v.Code = &codeView{Address: address, Path: template.HTMLAttr(`d="` + d + `"`), Side: side}
		}
	}
	return v
}

// deepLink returns the link that opens a package in its app, if it has the scheme of the package's format.
func deepLink(format, link string) template.HTMLAttr {
	if format == "" || !strings.HasPrefix(link, format+"://") {
		return ""
	}
	return attr("href", link)
}

// command returns what somebody types to install a package: what the registry says for the format, else what regen's own device does.
func (r *Renderer) command(p *Package) string {
	m := &p.Metadata
	artifact := wire.ArtifactPath(m.ID, m.Version, m.Artifact.Name)
	url := escapePath(artifact)
	if p.Registry.BaseURL != "" {
		url = p.Registry.BaseURL + "/" + url
	}
	if command := r.site.Install[m.Format]; command != "" {
		return clean(strings.NewReplacer("{id}", shellWord(clean(m.ID)), "{version}", shellWord(clean(m.Version)), "{url}", addressWord(url)).Replace(command))
	}
	id := clean(m.ID)
	if p.Own {
		id += "@" + clean(m.Version)
	}
	return "regen device install " + addressWord(id) + " --root ./device --url " + placeWord(p.Registry) + " --pub " + wire.ReleaseKeyPath
}

// addressWord returns an address as it can be pasted into a shell.
func addressWord(s string) string {
	for i := range len(s) {
		if c := s[i]; !isPathByte(c) && c != ':' && c != '%' && c != '@' || c == '~' {
			return shellWord(clean(s))
		}
	}
	if strings.HasPrefix(s, "-") {
		return shellWord(s)
	}
	return s
}
