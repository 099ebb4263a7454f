package tree

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/wire"
)

// maxRetired bounds the note of what a head superseded, in bytes.
const maxRetired = 64 << 20

// ReadRetired reads the note of what a head superseded. Paths that no head supersedes are an error: what is noted may be removed.
func ReadRetired(ctx context.Context, s store.Reader, path string) (wire.Retired, error) {
	var note wire.Retired
	data, err := s.Read(ctx, path, maxRetired)
	if err != nil {
		return note, err
	}
	if err := wire.DecodeStrict(data, &note); err != nil {
		return note, fmt.Errorf("%s: %w", path, err)
	}
	for _, p := range note.Paths {
		if !supersedable(p) {
			return note, fmt.Errorf("%s names %q, which no head supersedes", path, p)
		}
	}
	return note, nil
}

// partialTile is the path of a tile of the log that isn't full.
var partialTile = regexp.MustCompile(`^log/[1-9][0-9]*/tile/(entries|[0-9]+)/(x[0-9]{3}/)*[0-9]{3}\.p/[1-9][0-9]{0,2}$`)

// supersedable reports whether a path is that of a node, a version list, or a partial tile.
func supersedable(path string) bool {
	parts := strings.Split(path, "/")
	hash := strings.TrimSuffix(parts[len(parts)-1], ".json")
	switch {
	case len(parts) == 2 && parts[0] == "index":
		return wire.CheckSHA256(hash) == nil && path == wire.NodePath(hash)
	case len(parts) == 4 && parts[0] == "packages":
		return wire.CheckSHA256(hash) == nil && wire.CheckID(parts[1]) == nil && path == wire.VersionsPath(parts[1], hash)
	}
	return partialTile.MatchString(path)
}
