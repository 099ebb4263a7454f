package storefront

import (
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/site"
)

const publicKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"

var registry = wire.Registry{ID: "harbour", Name: "Harbour Plugins", Commit: strings.Repeat("ab", 20), Time: 1767484800, Count: 3}

func newRenderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New(site.FS, wire.Site{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// richMetadata has everything that metadata can have.
func richMetadata() wire.Metadata {
	image := func(path string, width, height int) wire.Image {
		return wire.Image{File: wire.File{Path: path, Size: 2048, SHA256: wire.Sum([]byte(path))}, Width: width, Height: height}
	}
	first := image("screenshots/overview.png", 1600, 1000)
	first.Title = wire.Text{"en": "Every disk at a glance"}
	first.Alt = wire.Text{"en": "A list of servers with a bar for each disk"}
	return wire.Metadata{
		ID: "disk-watch", Format: "vito", PackagingVersion: 1, Version: "1.4.0", Channel: wire.Stable,
		Commit: "9f2c41d0a7e35b86f1c2d3e4f5a6b7c8d9e0f1a2", Source: "plugins/disk-watch", ReleasedAt: 1767484800, Official: true,
		Artifact: wire.Artifact{Name: "disk-watch-1.4.0.zip", Size: 31234, SHA256: wire.Sum([]byte("artifact"))},
		Facts: wire.Facts{
			Name:        wire.Text{"en": "Disk Watch"},
			Summary:     wire.Text{"en": "Checks the disks and inodes of your servers every hour, and notifies you before they fill up."},
			Description: map[string]wire.File{"en": {Path: "README.md", Size: int64(len(readme))}},
			Changelog:   map[string]wire.File{"en": {Path: "CHANGELOG.md"}},
			HostAPI:     &wire.HostAPI{Min: "3.11.0", Target: "3.14.0"},
			Requires:    []string{"laravel/prompts"},
			Icons:       []wire.Image{image("assets/icon.png", 512, 512)},
			Screenshots: []wire.Image{first, image("screenshots/a detail & more.png", 1600, 1000), image("screenshots/third.png", 1600, 1000)},
			Authors:     []wire.Author{{Name: "Ada Harbour", GitHub: "ada-harbour"}, {Name: "Grace", URL: "https://grace.example/"}},
			Repository:  "https://github.com/regen-registry/regen",
			Homepage:    "https://www.example.org/disk-watch?from=registry&lang=en",
			Categories:  []string{"servers", "monitoring", "maintenance"},
			License:     "Apache-2.0",
			Funding:     []wire.Text{{"en": "https://opencollective.example/disk-watch"}},
			Support:     []wire.Text{{"en": "https://github.com/regen-registry/regen/issues"}, {"en": "mailto:help@example.org"}},
		},
	}
}

func richRelease() Package {
	return Package{
		Registry: registry, PublicKey: publicKey, Metadata: richMetadata(),
		List: wire.VersionList{ID: "disk-watch", Versions: []wire.Version{
			{Version: "1.2.0", Channel: wire.Stable, Time: 1751328000}, {Version: "1.3.0", Channel: wire.Stable, Time: 1759276800},
			{Version: "1.4.0-rc.1", Channel: "rc"}, {Version: "1.4.0", Channel: wire.Stable, Time: 1767484800},
		}},
		Texts: map[string][]byte{"README.md": []byte(readme), "CHANGELOG.md": []byte(changelog)},
	}
}

// plainRelease is what most packages are: one version, a readme of 2 KB, an icon and a screenshot.
func plainRelease() Package {
	p := richRelease()
	m := &p.Metadata
	m.Channel, m.Official = wire.Stable, false
	m.Screenshots, m.Changelog, m.Requires, m.Funding = m.Screenshots[:1], nil, nil, nil
	m.Authors, m.Support, m.HostAPI.Target = m.Authors[:1], nil, ""
	p.List.Versions = p.List.Versions[3:]
	return p
}

func bareRelease() Package {
	return Package{
		Registry: registry, PublicKey: publicKey,
		Metadata: wire.Metadata{
			ID: "tiny", Format: "native", Version: "0.1.0", Channel: wire.Stable, ReleasedAt: 1767484800, Commit: strings.Repeat("0d", 20), Source: "plugins/tiny",
			Artifact: wire.Artifact{Name: "tiny-0.1.0.zip", Size: 812, SHA256: wire.Sum(nil)},
			Facts:    wire.Facts{Name: wire.Text{"en": "Tiny"}},
		},
		List: wire.VersionList{ID: "tiny", Versions: []wire.Version{{Version: "0.1.0", Channel: wire.Stable}}},
	}
}

// onePage renders the page of a package in the default language.
func onePage(r *Renderer, p Package) ([]byte, error) {
	files, err := r.Package(p)
	if err != nil {
		return nil, err
	}
	return files[0].Data, nil
}

// readme is a readme of about 2 KB, as they are.
const readme = `# Disk Watch

Watches the disks of every server that your panel looks after, and tells you **before** one is full. It looks
at space *and* at inodes, since a disk with free space and no inodes is just as full.

![Every disk at a glance](screenshots/overview.png)

## What it does

- Checks each server once an hour, over the connection that the panel has anyway
- Notifies through the channels that you have set up: mail, Slack, Discord or Telegram
- Clears package caches, old journals and rotated logs, **only** when you ask for it
- Shows what takes the space, directory by directory

## Installation

Install it from the registry, then open *Server → Plugins → Disk Watch*. Or by hand:

` + "```sh" + `
cd /home/panel/plugins
unzip ~/disk-watch-1.4.0.zip
php artisan plugins:enable disk-watch --force --because="a very long line that doesn't fit a phone's screen at all"
` + "```" + `

## Settings

| Setting | Default | What it means |
|---|:---:|---|
| ` + "`warn_at`" + ` | 80 % | a notification is sent once |
| ` + "`alarm_at`" + ` | 92 % | a notification is sent every hour |
| ` + "`ignore`" + ` | ` + "`/snap/*`" + ` | mount points that are left alone |

> A threshold of 100 % turns a check off. You won't like what follows.

### Permissions

1. It reads ` + "`df`" + ` and ` + "`df -i`" + `
2. It runs ` + "`apt-get clean`" + ` when you press *Clean up*
3. It never writes anywhere else

## How it works

The panel keeps a connection to each of your servers. Once an hour this plugin asks for the free space and the free
inodes of every mounted disk, remembers the answers for a week, and draws a line through them. When that line meets the
bottom within two days, you hear of it, even if the threshold is still far away.

## Help

See [the settings](#settings), the [changelog](CHANGELOG.md), or the [documentation](https://docs.example.org/disk-watch). Found
a mistake? [Open an issue](https://github.com/regen-registry/regen/issues), or look at [the source](src/Watcher.php).

- [x] Space and inodes
- [ ] Predictions
`

const changelog = `# Changelog

## 1.4.0

- Inodes are watched, too
- A server that can't be reached is no longer reported as empty

## 1.3.0

- Notifications through Telegram
`

// advisories returns one of each action.
func advisories() []wire.Advisory {
	return []wire.Advisory{
		{ID: "HARBOUR-2026-0001", Package: "disk-watch", Action: wire.Warn, Reason: wire.Text{"en": "Counts the inodes of network disks twice, so that it may warn too early."}},
		{ID: "HARBOUR-2026-0002", Package: "disk-watch", Action: wire.Block,
			Reason: wire.Text{"de": "Löscht Dateien, die noch gebraucht werden.", "en": "Removes files that are still in use when it clears package caches.\n\nUpdate to 1.4.1, and look whether a service has to be installed anew."},
			Link:   "https://harbour.example/advisories/2"},
		{ID: "HARBOUR-2026-0003", Package: "disk-watch", Action: wire.Uninstall, Reason: wire.Text{"de": "Schickt Passwörter an Fremde."}, Link: "https://www.harbour.example/advisories/3?lang=de"},
	}
}
