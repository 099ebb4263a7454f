package registry

import (
	"fmt"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wire"
)

// Candidate is a package as a commit has it.
type Candidate struct {
	Format  string
	Version string
	Source  string // source digest, see [wire.Version]
}

// Published is what is published of an id. The zero value stands for an id that never was.
type Published struct {
	Format string
	List   wire.VersionList
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
	case pub.Format != c.Format:
		return failure("release/format", fmt.Sprintf("the id is published as a %s package, and this is a %s one", pub.Format, c.Format),
			"ids are reserved for ever: give the package another id")
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
	}
	return Decision{Relist: delisted, Release: true}
}

func failure(code, message, hint string) Decision {
	return Decision{Failure: &check.Finding{Code: code, Severity: check.Error, Message: message, Hint: hint}}
}
