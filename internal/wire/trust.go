package wire

// Trust is a trust document, keys/<n>.json: who may sign what. Who may follow whom is decided by package trust.
type Trust struct {
	Registry string   `json:"registry"`          // id of the registry
	Version  int      `json:"version"`           // from 1
	Root     RootKeys `json:"root"`              // keys that may sign trust documents
	Release  []string `json:"release"`           // keys that may sign everything but trust documents, as minisign writes public keys (base64)
	Revoked  []string `json:"revoked,omitempty"` // keys that were stolen: nothing that they sign counts any more, and none of them ever comes back
	Epoch    int      `json:"epoch,omitempty"`   // of the log; absent: 1. It rises with every version that revokes a key
	Floor    *Floor   `json:"floor,omitempty"`   // where the epoch begins; in every version of an epoch above 1
	Expires  int64    `json:"expires,omitempty"` // unix seconds; from then on, the version counts no more. Absent: never
}

// RootKeys may sign trust documents.
type RootKeys struct {
	Threshold int      `json:"threshold"` // how many of the keys it takes
	Keys      []string `json:"keys"`      // base64, as in Release
}

// A Floor is the last state of a registry that its operators vouch for, before a key was stolen. The log of the new epoch begins with the entries up to it.
type Floor struct {
	Serial int64  `json:"serial"` // of the head
	Size   int64  `json:"size"`   // entries of the log
	Root   string `json:"root"`   // Merkle tree hash over them, hex
}

// InEpoch returns the epoch of the log that the document is of.
func (t Trust) InEpoch() int { return max(t.Epoch, 1) }

// SingleKey returns version 1 of the trust document of a registry with one key: the key is the root and signs the releases.
func SingleKey(registry, key string) Trust {
	return Trust{Registry: registry, Version: 1, Root: RootKeys{Threshold: 1, Keys: []string{key}}, Release: []string{key}}
}
