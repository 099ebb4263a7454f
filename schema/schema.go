// Package schema holds the JSON Schemas (draft 2020-12) of what regen reads and writes.
//
// They are generated from the Go types, whose comments are the descriptions; the tests fail
// where a schema isn't what its type gives. To refresh them all: go generate ./...
package schema

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:generate go test -run=TestFresh . -update

//go:embed *.schema.json
var files embed.FS

//go:embed store.openapi.json
var storeAPI []byte

// StoreAPI returns the OpenAPI document of the static store, which is written by hand.
func StoreAPI() []byte { return bytes.Clone(storeAPI) }

const suffix = ".schema.json"

// FS returns the schema files, named <name>.schema.json.
func FS() fs.FS { return files }

// Names returns the names of the schemas, sorted: "registry" is the one of registry.yaml.
func Names() []string {
	paths, err := fs.Glob(files, "*"+suffix)
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, p := range paths {
		paths[i] = strings.TrimSuffix(p, suffix)
	}
	slices.Sort(paths)
	return paths
}

// Get returns the schema of that name.
func Get(name string) ([]byte, error) {
	data, err := files.ReadFile(name + suffix)
	if err != nil {
		return nil, fmt.Errorf("there is no schema %q, expected %s", name, strings.Join(Names(), " or "))
	}
	return data, nil
}
