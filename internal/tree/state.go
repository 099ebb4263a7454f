// Package tree reads published trees, with every check that the hash chain from the head allows: whatever it returns is what
// the head names, or it is an error.
package tree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
	"github.com/regen-registry/regen/internal/wire"
)

// Bounds of what is read of a published tree.
const (
	MaxNode     = 4 << 20 // bytes: 1,024 entries of 1 KiB and the registry's facts, with room
	MaxVersions = 8 << 20 // bytes of a version list: about 30,000 versions
	MaxMetadata = 4 << 20 // bytes
	MaxAdvisory = 4 << 20 // bytes
)

// ErrDamaged says that something that the head names isn't there, or isn't what the head says.
var ErrDamaged = errors.New("the published tree is damaged")

// ErrUntrusted says that the head isn't one that counts under the pin.
var ErrUntrusted = errors.New("the head doesn't verify")

// State is what a tree has published. Only what is asked for is read.
type State struct {
	Head      []byte // the signature file, nil where nothing is published
	Statement wire.Statement
	Root      wire.Node
	Log       *tlog.Log
	Key       sign.PublicKey // that signed the head
	// Chain are the versions of the trust document that count; none where nothing is published.
	Chain []*trust.Document
	// Trust is the one of them that the head counts under: the newest one, or the one that the head names. A publisher that is killed between
	// writing a new version and its head leaves such a tree. To a device, only the newest one counts.
	Trust *trust.Document

	signed trust.Head
	store  store.Reader
	mu     sync.Mutex
	nodes  map[string]wire.Node // by hash
}

// A Package is what is published of an id.
type Package struct {
	registry.Published
	Entry wire.Entry // as the catalogue has it, or will have it
	Was   wire.Ref   // the version list that the published head names
}

// Load reads the trust documents of a tree, as far as they count under the pin, and its head, which must be signed by a release key. A tree without a head gives an empty state.
func Load(ctx context.Context, s store.Reader, pin trust.Pin) (*State, error) {
	st := &State{store: s, nodes: make(map[string]wire.Node)}
	read := func(path string, limit int64) ([]byte, error) {
		data, err := s.Read(ctx, path, limit)
		if err != nil {
			return nil, damaged(err)
		}
		return data, nil
	}
	head, err := s.Read(ctx, wire.HeadPath, sign.MaxSignature)
	if errors.Is(err, store.ErrNotExist) {
		// A run writes views after its head, so a tree with views once had a head.
		if _, err := s.Read(ctx, wire.RootPath, MaxNode); !errors.Is(err, store.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s is there, and %s isn't", ErrDamaged, wire.RootPath, wire.HeadPath)
		}
		st.Log, err = tlog.Open(1, 0, "", read)
		return st, err
	}
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	if err := st.trust(pin, head, read); err != nil {
		return nil, err
	}
	data, err := st.ReadRef(ctx, wire.NodePath(st.Statement.Root.SHA256), st.Statement.Root, MaxNode)
	if err != nil {
		return nil, err
	}
	if err := st.signed.Signs(data); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrUntrusted, wire.HeadPath, err)
	}
	if err := wire.Decode(data, &st.Root); err != nil {
		return nil, err
	}
	if st.Root.Registry == nil {
		return nil, fmt.Errorf("%s lacks the registry's facts", wire.NodePath(st.Statement.Root.SHA256))
	}
	st.Head = head
	st.Log, err = tlog.Open(st.Statement.Epoch, st.Statement.LogSize, st.Statement.LogRoot, read)
	return st, err
}

// trust follows the trust documents, and finds the version under which the head counts.
func (st *State) trust(pin trust.Pin, head []byte, read trust.ReadFunc) error {
	chain, err := trust.Chain(pin, "", nil, read)
	if errors.Is(err, trust.ErrForged) || errors.Is(err, trust.ErrSyntax) {
		return fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	if err != nil {
		return err
	}
	st.Chain = chain
	for _, doc := range slices.Backward(chain) {
		var fault error
		if st.signed, fault = doc.Head(head); fault == nil && (doc == st.Newest() || st.signed.Keys == doc.Version) {
			st.Trust, st.Statement, st.Key = doc, st.signed.Statement, st.signed.Key
			return nil
		}
		if doc == st.Newest() {
			err = fault
		}
	}
	return fmt.Errorf("%w: %s: %w", ErrUntrusted, wire.HeadPath, err)
}

// Newest returns the newest version of the trust document that counts.
func (st *State) Newest() *trust.Document { return st.Chain[len(st.Chain)-1] }

// damaged says what a failed read of something that the head names means.
func damaged(err error) error {
	if errors.Is(err, store.ErrNotExist) || errors.Is(err, store.ErrTooLarge) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// ReadRef reads an immutable file and checks that it is the one that the reference names.
func (st *State) ReadRef(ctx context.Context, path string, ref wire.Ref, limit int64) ([]byte, error) {
	if ref.Size > limit {
		return nil, fmt.Errorf("%w: %s has %d bytes, expected at most %d", ErrDamaged, path, ref.Size, limit)
	}
	data, err := st.store.Read(ctx, path, ref.Size)
	if err != nil {
		err = damaged(err)
	} else if err = ref.Check(data); err != nil {
		err = fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	if again, ok := st.store.(RefReader); ok && errors.Is(err, ErrDamaged) {
		if data, err := again.ReadRef(ctx, path, ref, limit); err == nil {
			return data, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// A RefReader is a reader that can look for what a reference names, past the caches or in other places, where what it read first is something else.
type RefReader interface {
	// ReadRef returns the bytes that ref names, or an error.
	ReadRef(ctx context.Context, path string, ref wire.Ref, limit int64) ([]byte, error)
}

// Node returns a node of the catalogue, and remembers it.
func (st *State) Node(ctx context.Context, ref wire.Ref) (wire.Node, error) {
	st.mu.Lock()
	node, ok := st.nodes[ref.SHA256]
	st.mu.Unlock()
	if ok {
		return node, nil
	}
	node, err := st.readNode(ctx, ref)
	if err == nil {
		st.mu.Lock()
		st.nodes[ref.SHA256] = node
		st.mu.Unlock()
	}
	return node, err
}

func (st *State) readNode(ctx context.Context, ref wire.Ref) (wire.Node, error) {
	var node wire.Node
	data, err := st.ReadRef(ctx, wire.NodePath(ref.SHA256), ref, MaxNode)
	if err != nil {
		return wire.Node{}, err
	}
	if err := wire.Decode(data, &node); err != nil {
		return wire.Node{}, fmt.Errorf("%s: %w", wire.NodePath(ref.SHA256), err)
	}
	return node, nil
}

// Reader returns a reader of nodes for the registry package.
func (st *State) Reader(ctx context.Context) registry.ReadNode {
	return func(ref wire.Ref) (wire.Node, error) { return st.Node(ctx, ref) }
}

// Walk visits all nodes of a catalogue with this root, without remembering them.
func (st *State) Walk(ctx context.Context, root wire.Node, visit func(digits string, ref *wire.Ref, node wire.Node) error) error {
	_, err := registry.Walk(root, func(ref wire.Ref) (wire.Node, error) { return st.readNode(ctx, ref) }, visit)
	return err
}

// Package returns what is published of an id; the zero value where nothing is.
func (st *State) Package(ctx context.Context, id string) (*Package, error) {
	if st.Root.Registry == nil {
		return &Package{}, nil
	}
	entry, ok, err := registry.Find(st.Root, id, st.Reader(ctx))
	if err != nil || !ok {
		return &Package{}, err
	}
	list, err := st.Versions(ctx, id, entry.Versions)
	if err != nil {
		return nil, err
	}
	return &Package{Published: registry.Published{Format: entry.Format, List: list}, Entry: entry, Was: entry.Versions}, nil
}

// Versions returns a version list.
func (st *State) Versions(ctx context.Context, id string, ref wire.Ref) (wire.VersionList, error) {
	var list wire.VersionList
	path := wire.VersionsPath(id, ref.SHA256)
	data, err := st.ReadRef(ctx, path, ref, MaxVersions)
	if err != nil {
		return list, err
	}
	if err := wire.Decode(data, &list); err != nil {
		return list, fmt.Errorf("%s: %w", path, err)
	}
	if list.ID != id {
		return list, fmt.Errorf("%w: %s is the list of %q", ErrDamaged, path, list.ID)
	}
	return list, nil
}

// Metadata returns the metadata of a release.
func (st *State) Metadata(ctx context.Context, id string, version wire.Version) (wire.Metadata, error) {
	var m wire.Metadata
	path := wire.MetadataPath(id, version.Version)
	data, err := st.ReadRef(ctx, path, version.Metadata, MaxMetadata)
	if err != nil {
		return m, err
	}
	if err := wire.Decode(data, &m); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// All calls visit with every id in the catalogue.
func (st *State) All(ctx context.Context, visit func(id string)) error {
	if st.Root.Registry == nil {
		return nil
	}
	return st.Walk(ctx, st.Root, func(_ string, _ *wire.Ref, node wire.Node) error {
		for id := range node.Packages {
			visit(id)
		}
		return nil
	})
}

// LoadUnsigned reads the head statement of a tree that was made without a key: its head file is the bare statement. It is for rebuilding alone.
func LoadUnsigned(ctx context.Context, s store.Reader) (wire.Statement, error) {
	data, err := s.Read(ctx, wire.HeadPath, sign.MaxSignature)
	if err != nil {
		return wire.Statement{}, err
	}
	return wire.ParseStatement(string(data))
}
