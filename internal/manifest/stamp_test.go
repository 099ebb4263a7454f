package manifest

import (
	"reflect"
	"testing"

	"github.com/regen-registry/regen/internal/stamp"
)

// What a device takes for a package's source is what was packed, in every format.
func TestStampKnowsEveryFormat(t *testing.T) {
	const released = 1777852800
	for _, f := range Formats {
		p := baseOf(t, f.Name()).pack()
		m, findings := f.Read(p, Env{})
		if len(findings.Errors()) > 0 {
			t.Fatalf("%s: %v", f.Name(), findings)
		}
		packed := m.Artifact.Files
		if s, ok := f.(Stamper); ok {
			packed = s.Stamp(packed, released)
		}
		var unpacked []File
		for _, file := range packed {
			unpacked = append(unpacked, File{Path: f.Prefix(p.ID) + file.Path, Exec: file.Exec, Data: file.Data})
		}
		source, err := stamp.Source(f.Name(), p.ID, unpacked, released)
		if err != nil || !reflect.DeepEqual(source, m.Artifact.Files) {
			t.Errorf("%s: the source is %v (%v), expected %v", f.Name(), source, err, m.Artifact.Files)
		}
	}
}

// The author's signature is in no package, and part of no digest: it is left out of every format, at the top alone.
func TestSignatureExcluded(t *testing.T) {
	for _, f := range Formats {
		if !f.Excluded(SignatureFile) || f.Excluded("docs/"+SignatureFile) {
			t.Errorf("%s: %s is packed, or docs/%s isn't", f.Name(), SignatureFile, SignatureFile)
		}
	}
}
