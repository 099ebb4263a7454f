package wire

// Trust is a trust document, keys/<n>.json: who may sign what.
type Trust struct {
	Registry string   `json:"registry"` // id of the registry
	Version  int      `json:"version"`  // from 1
	Root     RootKeys `json:"root"`     // keys that may sign trust documents
	Release  []string `json:"release"`  // keys that may sign everything but trust documents, as minisign writes public keys (base64)
}

// RootKeys may sign trust documents.
type RootKeys struct {
	Threshold int      `json:"threshold"` // how many of the keys it takes
	Keys      []string `json:"keys"`      // base64, as in Release
}

// SingleKey returns version 1 of the trust document of a registry with one key: the key is the root and signs the releases.
func SingleKey(registry, key string) Trust {
	return Trust{Registry: registry, Version: 1, Root: RootKeys{Threshold: 1, Keys: []string{key}}, Release: []string{key}}
}
