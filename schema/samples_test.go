package schema_test

import (
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gate"
	"github.com/regen-registry/regen/internal/wire"
)

const sampleKey = "RWT4i+STv2c0mXJ2sooTCeGmCH0BTddPD8XnuDBmi0pldHJsUS8N7bMF"

// sampleSignature is an author's, of version 1.0.0 of clock.
const sampleSignature = "untrusted comment: author's signature: regen sign --print prints what is signed\n" +
	"RUSYiqvQSgL1M3pbKMe731nXXWBQKR0HdjIMa5urkMTpbxon+CYUtLcbigXfJzzaRCEV/WXR+7FTD5wT/dJu2qvwSpUyzizdHQ4=\n" +
	"trusted comment: regen/1 author id=clock version=1.0.0 size=275 sha256=ae265efd2eda35a0bcedbbbf897586fdd802f09df5fe342c28b0b56305589a43 keys=RWSYiqvQSgL1M9wcmfF5/I2+Qy2NElMbJ99q7xPSvIPXBI75pieUaVFs\n" +
	"CMACjmtXpLvB0sZ4lqsvHODQxP7nZRNt3NUgKnGTOVWxktDKoS6nWrA/KIFMJMKam3fjP7TGEnj7pdxpvHKUDQ==\n"

// Documents whose parts are the examples in the schemas of what is published.
var (
	sampleRef  = wire.Ref{SHA256: "88c7d713770885ebc83c951898f8b918a64bab82263ea9528bbad9f3ced9999c", Size: 620}
	sampleFile = wire.File{Path: "README.md", Size: 1834, SHA256: "fb91f9a03c202c5f160eef644da6f2f704b19ac5c5f8b4c124e1b0b485ad57a0"}
	samplePNG  = wire.File{Path: "icons/128.png", Size: 4096, SHA256: "555f35e12196adb6cc8476615e0f2545252557f93041feeaedaac5f31296b59b"}

	sampleNode = wire.Node{
		Registry: &wire.Registry{
			ID: "example", Name: "Example", BaseURL: "https://example.org/registry", Start: "0123456789abcdef0123456789abcdef01234567",
			Configured: "0123456789abcdef0123456789abcdef01234567", Commit: "0123456789abcdef0123456789abcdef01234567", Time: 1700000300, Pending: []string{"broken"}, Count: 1,
		},
		Packages: map[string]wire.Entry{"clock": {
			Format: "mosis", Name: "Clock", Summary: "Shows the time", Icon: "1.0.0/assets/icons/128.png", Categories: []string{"time"}, State: wire.Delisted,
			Channels: map[string]string{"stable": "1.0.0"}, Versions: sampleRef,
		}},
		Children: map[string]wire.Ref{"a": sampleRef},
	}

	sampleVersions = wire.VersionList{ID: "clock", State: wire.Delisted, Versions: []wire.Version{{
		Version: "1.0.0", Channel: "stable", Metadata: sampleRef, Source: "2bfcb1bec93bc1bc615d40896b45831fff611b1e7d1739f9ca801e668bd35f73", Log: 1, Time: 1700000000,
		Yanks: []wire.Yank{{Advisory: "ACME-2026-0001", Action: wire.Warn, Ref: sampleRef}},
	}}}

	sampleAdvisory = wire.Advisory{ID: "ACME-2026-0001", Package: "clock", Action: wire.Block, Reason: wire.Text{"en": "Stores passwords in clear text."}, Link: "https://example.org/advisories/1"}

	sampleTrust = wire.Trust{
		Registry: "example", Version: 2, Root: wire.RootKeys{Threshold: 1, Keys: []string{sampleKey}}, Release: []string{sampleKey},
		Revoked: []string{"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"}, Epoch: 2, Floor: &wire.Floor{Serial: 12, Size: 40, Root: sampleRef.SHA256}, Expires: 1900000000,
	}

	sampleEvent = wire.Event{Type: wire.EventRelease, ID: "clock", Version: "1.0.0", Channel: "stable", SHA256: sampleRef.SHA256, Size: 620, Keys: 1, Advisory: "ACME-2026-0001", Action: wire.Block, Versions: []string{"1.0.0"}, Time: 1700000000}

	sampleMetadata = wire.Metadata{
		ID: "clock", Format: "mosis", PackagingVersion: wire.PackagingVersion, Version: "1.0.0", Channel: "stable", Commit: "0123456789abcdef0123456789abcdef01234567",
		Source: "plugins/clock", ReleasedAt: 1700000000, Official: true, DistributionURL: "https://example.org/registry/packages/clock/1.0.0/clock-1.0.0.mosis",
		Artifact: wire.Artifact{Name: "clock-1.0.0.mosis", Size: 20480, SHA256: "3b5746563b3cd9acb895816d6913f42866ce341e5dc55152483f400cd2a59cc6", Zstd: &sampleRef, Deltas: []wire.Delta{{From: "0.9.0", Ref: sampleRef}}, Encoder: "klauspost/compress v1.20.3"},
		Author: &wire.Authorship{
			Keys: []string{"RWSYiqvQSgL1M9wcmfF5/I2+Qy2NElMbJ99q7xPSvIPXBI75pieUaVFs"}, Content: wire.Ref{SHA256: "ae265efd2eda35a0bcedbbbf897586fdd802f09df5fe342c28b0b56305589a43", Size: 275}, Signature: sampleSignature,
		},
		Facts: wire.Facts{
			Name: wire.Text{"en": "Clock", "de": "Uhr"}, VersionCode: 12, Summary: wire.Text{"en": "Shows the time", "de": "Zeigt die Zeit"},
			Description: map[string]wire.File{"en": sampleFile}, DescriptionText: wire.Text{"de": "Zeigt die **Zeit**."}, Changelog: map[string]wire.File{"en": sampleFile},
			HelpFiles: map[string][]wire.File{"en": {sampleFile}}, Entrypoint: "main.rml", HostAPI: &wire.HostAPI{Min: "1.0.0", Target: "1.2.0"}, DataSchema: 2,
			Migrations: []wire.Migration{{Direction: "up", Schema: 2}}, RoutesRisk: "private", Permissions: []string{"notifications"}, Requires: []string{"tasks"}, Code: "lua", Vendored: true,
			Icons: []wire.Image{{File: samplePNG, Width: 128, Height: 128, Title: wire.Text{"en": "The clock"}, Alt: wire.Text{"en": "A clock face"}}}, MainScreenshot: &wire.Image{File: samplePNG, Width: 800, Height: 1280, Title: wire.Text{"en": "The clock"}, Alt: wire.Text{"en": "A clock face at noon"}},
			Screenshots: []wire.Image{{File: samplePNG, Width: 800, Height: 1280, Title: wire.Text{"en": "The clock"}, Alt: wire.Text{"en": "A clock face at noon"}}},
			Languages:   map[string]int{"en": 100, "de": 80}, Authors: []wire.Author{{Name: "Ada Example", Email: "ada@example.org", URL: "https://example.org/ada", GitHub: "ada"}},
			Repository: "https://example.org/clock.git", Homepage: "https://example.org/clock", Related: []wire.Related{{ID: "timer", URL: "https://example.org/timer", Relation: "works-with"}},
			Keywords: []string{"time"}, Categories: []string{"tools"}, License: "MIT", LicenseFile: &sampleFile, LicenseURL: "https://example.org/licence",
			Funding: []wire.Text{{"en": "https://example.org/give"}}, Support: []wire.Text{{"en": "https://example.org/help"}}, AgeRating: "none", Features: []wire.Text{{"en": "Rings"}},
			AntiFeatures: []wire.AntiFeature{{Kind: "tethered-network", Reason: wire.Text{"en": "It asks one server for the time"}}}, AccentColor: "#3b82f6", Orientation: "portrait", BackgroundColor: "#ffffff",
			Ext: map[string]any{"mosis": map[string]any{"default_locale": "en"}},
		},
	}

	sampleFinding = check.Finding{Code: "lint/php-eval", Severity: check.Warning, Path: "plugins/clock/main.lua", Line: 12, Column: 3, Message: "eval runs a text as code, expected code that can be read",
		Hint: "write the code itself", Source: "  eval(x)", Caret: 3, ColumnUTF16: 3}

	sampleGate = gate.Result{
		Kind: gate.KindOfResult, Registry: "example", Base: "0123456789abcdef0123456789abcdef01234567", Head: "89abcdef0123456789abcdef0123456789abcdef",
		Pull: &gate.Pull{Number: 12, Author: "ada", Draft: true}, Verdict: gate.NeedsReview, Title: "clock 1.0.0", Labels: []string{"regen/release", "regen/needs-review"}, Ping: []string{"ada"},
		Findings: check.Findings{sampleFinding}, PackageCount: 1, OtherCount: 1, Others: []gate.FileChange{{Path: "README.md", Status: "modified", Added: 2, Removed: 1, Size: 1834}},
		Packages: []gate.Package{{
			ID: "clock", Dir: "plugins/clock", Format: "mosis", Change: "release", Version: "1.0.0", Before: "0.9.0", Owners: []string{"ada"}, ApprovedBy: "ada", NeedsOwner: true, SignedBy: sampleKey,
			Artifact: &gate.Artifact{Name: "clock-1.0.0.mosis", Size: 20480, Before: 19000, SHA256: "3b5746563b3cd9acb895816d6913f42866ce341e5dc55152483f400cd2a59cc6", Source: "2bfcb1bec93bc1bc615d40896b45831fff611b1e7d1739f9ca801e668bd35f73"},
			Review:   []gate.Item{{Kind: gate.KindNetwork, Text: "talks to example.org", Path: "plugins/clock/main.lua", Line: 12}}, ReviewCount: 1, Findings: check.Findings{sampleFinding}, FindingCount: 1,
			Files: []gate.FileChange{{Path: "plugins/clock/main.lua", Status: "modified", Added: 2, Removed: 1, Size: 1834, Binary: true, Unpacked: true}}, FileCount: 1,
		}},
	}
)
