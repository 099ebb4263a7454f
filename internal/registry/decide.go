package registry

import (
	"fmt"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

// Candidate is a package as a commit has it.
type Candidate struct {
	Format  string
	Version string
	Source  string // source digest, see [wire.Version]
	Rising  Rising
}

// Rising is what of a release's facts is held against those of the release before.
type Rising struct {
	VersionCode int
	DataSchema  int
	Owner       string
}

// RisingOf returns it of a release's facts. The owner is who the ecosystem says that the name belongs to: the vendor of a composer package. Where an ecosystem has no
// such thing, it is empty.
func RisingOf(f wire.Facts) Rising {
	r := Rising{VersionCode: f.VersionCode, DataSchema: f.DataSchema}
	if composer, ok := f.Ext["composer"].(map[string]any); ok {
		name, _ := composer["name"].(string)
		r.Owner, _, _ = strings.Cut(name, "/")
	}
	return r
}

// Published is what is published of an id. The zero value stands for an id that never was.
type Published struct {
	Format string
	List   wire.VersionList
	Last   Rising // of the highest version
}

// Decision is what a commit means for one id. At most one of Relist and Delist is true.
type Decision struct {
	Relist  bool
	Release bool
	Delist  bool
	Failure *check.Finding // why nothing can be published; what is published stays
}

// Decide compares what a commit has under an id with what is published. A nil candidate stands for a directory that
// isn't there.
func Decide(pub Published, c *Candidate) Decision {
	highest, exists := pub.List.Highest()
	delisted := pub.List.State == wire.Delisted
	switch {
	case c == nil:
		return Decision{Delist: exists && !delisted}
	case !exists:
		return Decision{Release: true}
	}
	if f := CheckIdentity(pub, *c); f != nil {
		return Decision{Failure: f}
	}
	switch {
	case c.Version == highest.Version && c.Source == highest.Source:
		return Decision{Relist: delisted}
	case c.Version == highest.Version:
		return failure("release/same-version",
			fmt.Sprintf("version %s is published with other content: source digest %s is published, %s is here", c.Version, highest.Source, c.Source),
			"published versions never change: raise the version")
	case wire.CompareVersions(c.Version, highest.Version) < 0:
		return failure("release/lower-version",
			fmt.Sprintf("version %s is lower than %s, which is published", c.Version, highest.Version),
			"versions only rise: choose one above "+highest.Version)
	case c.Rising.VersionCode <= pub.Last.VersionCode && pub.Last.VersionCode > 0:
		return failure("release/version-code",
			fmt.Sprintf("version_code is %d, and that of the published version %s is %d", c.Rising.VersionCode, highest.Version, pub.Last.VersionCode),
			"hosts compare it: choose one above")
	case c.Rising.DataSchema < pub.Last.DataSchema:
		return failure("release/data-schema",
			fmt.Sprintf("the schema of the data is %d, and that of the published version %s is %d", c.Rising.DataSchema, highest.Version, pub.Last.DataSchema),
			"hosts can't take data back: keep the migrations, and add one")
	}
	return Decision{Relist: delisted, Release: true}
}

// CheckIdentity returns why a package can't be another version of what is published under its id, or nil.
func CheckIdentity(pub Published, c Candidate) *check.Finding {
	const hint = "ids are reserved for ever: give the package another id"
	switch _, exists := pub.List.Highest(); {
	case !exists:
	case pub.Format != c.Format:
		return failure("id/format", fmt.Sprintf("the id is published as a %s package, and this is a %s one", pub.Format, c.Format), hint).Failure
	case pub.Last.Owner != "" && c.Rising.Owner != "" && c.Rising.Owner != pub.Last.Owner:
		return failure("id/owner", fmt.Sprintf("the id is published as a package of %s, and this is one of %s", pub.Last.Owner, c.Rising.Owner), hint).Failure
	}
	return nil
}

func failure(code, message, hint string) Decision {
	return Decision{Failure: &check.Finding{Code: code, Severity: check.Error, Message: message, Hint: hint}}
}
