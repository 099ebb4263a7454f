package manifest

import "github.com/regen-registry/regen/internal/strictjson"

// A Place is one in a document.
type Place struct {
	Path         string // relative to the package's directory
	Line, Column int    // from 1
}

// Locate returns where a package says the first of these keys that it says at the top of its manifest, or else of its sidecar.
func Locate(p Package, format Format, keys ...string) (Place, bool) {
	var documents []*strictjson.Value
	names := []string{format.Manifest(), SidecarFile}
	if file := p.File(names[0]); file != nil && names[0] != SidecarFile {
		top, _ := strictjson.Parse(file.Data, strictjson.Limits{})
		documents = append(documents, top)
	} else {
		names = names[1:]
	}
	documents = append(documents, parseSidecar(p.Sidecar))
	for _, key := range keys {
		for i, top := range documents {
			if at := top.Get(key); at != nil {
				return Place{names[i], at.Line, at.Column}, true
			}
		}
	}
	return Place{}, false
}
