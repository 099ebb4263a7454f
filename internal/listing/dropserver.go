package listing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/wire"
)

// dropserver makes a distribution site for each app: a host that is given the address of dropserver/<id>/app-listing.json installs the app and updates it.
//
// What a host reads is from Dropserver's source, cmd/ds-host/appops (applisting.go, remote.go):
//
//   - Paths are joined to the listing's directory as they are, so that they are neither escaped nor addresses; there are no redirects.
//   - Versions are strict semver, and the highest one is what is installed, be it a prerelease. So stable ones alone are listed where there is one.
//   - A listing without versions is an error that the host tells its admin, who keeps what is installed: that is how an app looks that is delisted, or blocked as a whole.
type dropserver struct{}

// maxListing bounds app-listing.json, in bytes: the newest versions that fit are in it.
const maxListing = 10 << 10

const dropManifest = "dropapp.json"

// A dropListing is app-listing.json.
type dropListing struct {
	Versions map[string]dropVersion `json:"versions"`
}

// A dropVersion is what the listing says of a version: paths.
type dropVersion struct {
	Manifest  string `json:"manifest"`
	Package   string `json:"package"`
	Changelog string `json:"changelog,omitempty"`
	Icon      string `json:"icon,omitempty"`
}

func (dropserver) Format() string { return "dropserver" }

func (dropserver) App(a App) (Files, error) {
	listing := dropListing{Versions: make(map[string]dropVersion)}
	document, err := wire.Encode(listing)
	if err != nil {
		return nil, err
	}
	dir := wire.HostPath("dropserver", a.List.ID)
	files := make(Files)
	offered, full := offers(a.List), false
	for _, v := range slices.Backward(a.List.Versions) {
		listed, known := offered(v) && !full, a.Known(v.Version)
		if known && !listed {
			continue
		}
		m, err := a.Metadata(v)
		if err != nil {
			return nil, err
		}
		version, own, err := dropRelease(a, m)
		if err != nil {
			return nil, err
		}
		if listed {
			listing.Versions[v.Version] = version
			data, err := wire.Encode(listing)
			if err != nil {
				return nil, err
			}
			if full = len(data) > maxListing; !full {
				document = data
			}
		}
		if known {
			continue
		}
		if own[version.Manifest], err = dropManifestOf(a, m); err != nil {
			return nil, err
		}
		for name, data := range own {
			files[dir+name] = data
		}
	}
	files[dir+"app-listing.json"] = document
	return files, nil
}

// offers returns which versions of a package are offered: of those that no advisory blocks the stable ones, or all where none is.
func offers(list wire.VersionList) func(wire.Version) bool {
	sound := func(v wire.Version) bool { return !v.Blocked() }
	stable := func(v wire.Version) bool { return v.Channel == wire.Stable && sound(v) }
	switch {
	case list.State == wire.Delisted:
		return func(wire.Version) bool { return false }
	case slices.ContainsFunc(list.Versions, stable):
		return stable
	}
	return sound
}

// dropRelease returns what the listing says of a release, and the files of its own besides the manifest, by their paths from the listing on.
func dropRelease(a App, m wire.Metadata) (dropVersion, Files, error) {
	release := "../../" + wire.ReleasePath(m.ID, m.Version)
	version := dropVersion{Manifest: m.Version + "/" + dropManifest, Package: release + m.Artifact.Name}
	own := make(Files)
	if file, ok := m.Changelog[wire.DefaultLanguage]; ok {
		data, err := a.Asset(m, file)
		if err != nil {
			return version, nil, err
		}
		if section := dropChanges(string(data), m.Version); section != "" {
			version.Changelog = m.Version + "/changelog.txt"
			own[version.Changelog] = []byte(section)
		}
	}
	for _, icon := range m.Icons {
		data, err := a.Asset(m, icon.File)
		if err != nil {
			return version, nil, err
		}
		kind := dropIconKinds[http.DetectContentType(data)] // hosts look at the bytes, too
		if kind == "" {
			continue
		}
		version.Icon = release + "assets/" + icon.Path
		if !isPlain(icon.Path) {
			version.Icon = m.Version + "/icon" + kind
			own[version.Icon] = data
		}
		break
	}
	return version, own, nil
}

// dropIconKinds are the pictures that hosts show. An SVG isn't among them.
var dropIconKinds = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}

// isPlain reports whether a path means the same as it stands and as a part of an address, on every server.
func isPlain(name string) bool {
	return path.Clean(name) == name && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
	})
}

// errFound ends the reading of an archive.
var errFound = errors.New("found")

// dropManifestOf returns the manifest as it is in the package: with its release date.
func dropManifestOf(a App, m wire.Metadata) ([]byte, error) {
	artifact, err := a.Artifact(m)
	if err != nil {
		return nil, err
	}
	var manifest []byte
	err = archive.ReadTarGz(bytes.NewReader(artifact), archive.DefaultLimits(), func(name string, _ int64, content io.Reader) error {
		if name != dropManifest {
			return nil
		}
		if manifest, err = io.ReadAll(content); err != nil {
			return err
		}
		return errFound // what follows isn't looked at: the artifact's hash was
	})
	if !errors.Is(err, errFound) {
		return nil, fmt.Errorf("find %s in %s: %w", dropManifest, m.Artifact.Name, err)
	}
	return manifest, nil
}

// dropChanges returns the section on a version of a list of changes, from the line with nothing but the version on; "" where there is none.
func dropChanges(changelog, version string) string {
	var section strings.Builder
	for line := range strings.Lines(changelog) {
		heading := strings.TrimSpace(line)
		switch {
		case section.Len() == 0 && heading == version:
			section.WriteString(version)
		case section.Len() == 0:
		case isDropHeading(heading):
			return strings.TrimRight(section.String(), "\n") + "\n"
		default:
			section.WriteString("\n" + strings.TrimRight(line, " \t\r\n"))
		}
	}
	if section.Len() == 0 {
		return ""
	}
	return strings.TrimRight(section.String(), "\n") + "\n"
}

// isDropHeading reports whether hosts take a line for the version that the next section is on. They do so generously: v1.2 is one.
func isDropHeading(line string) bool {
	if line == "" || len(line) > wire.MaxVersion || strings.Trim(line[:1], "0123456789v") != "" {
		return false
	}
	_, err := semver.NewVersion(line)
	return err == nil
}
