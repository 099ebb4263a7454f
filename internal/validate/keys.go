package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Keys returns what is wrong with the trust documents of a registry, keys/<n>.json, as they lie in its repo. registry is its id, and pinned the content of minisign.pub; where either is
// empty, or pins nothing, it isn't asked whether the documents are those of it.
func Keys(registry string, pinned []byte, read trust.ReadFunc) check.Findings {
	var found check.Findings
	broken := func(n int, err error) {
		found = append(found, check.Finding{Code: "keys/document", Severity: check.Error, Path: wire.KeysPath(n), Message: err.Error(),
			Hint: "make it with `regen keys`, and take it back as it was if it was made by hand"})
	}
	drafts, err := trust.Drafts(read)
	if err != nil {
		broken(len(drafts)+1, err)
	}
	if len(drafts) == 0 {
		return found
	}
	first := drafts[0]
	if registry != "" && first.Registry != registry {
		broken(1, fmt.Errorf("is of registry %q, and registry.yaml says %q", first.Registry, registry))
		return found
	}
	if pin, err := trust.ParsePin(pinned); err == nil {
		if err := pin.First(first.Document, read); err != nil {
			broken(1, err)
			return found
		}
	}
	for _, d := range drafts {
		i := slices.IndexFunc(d.Quorums, func(q trust.Quorum) bool { return !q.Reached() })
		if i < 0 {
			continue
		}
		q := d.Quorums[i]
		found = append(found, check.Finding{Code: "keys/signatures", Severity: check.Notice, Path: wire.KeysPath(d.Version),
			Message: fmt.Sprintf("is signed by %d of the root keys of version %d, expected %d, and isn't published before; there is none by %s", len(q.Signed), q.Version, q.Threshold, ids(q.Missing)),
			Hint:    "whoever holds such a root key runs `regen keys sign`, and commits the new file"})
		break // what comes after it waits, too
	}
	return found
}

// ids lists keys by their ids.
func ids(keys []string) string {
	var list []string
	for _, key := range keys {
		list = append(list, trust.KeyID(key))
	}
	return strings.Join(list, ", ")
}
