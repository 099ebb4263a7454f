package registry

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/regen-registry/regen/internal/wire"
)

// ReadNode returns a node of the catalogue.
type ReadNode func(wire.Ref) (wire.Node, error)

// maxDepth bounds the catalogue: SHA-256 has 64 hex digits.
const maxDepth = 64

// Find returns the entry of a package, in a catalogue with this root.
func Find(root wire.Node, id string, read ReadNode) (wire.Entry, bool, error) {
	digits := wire.HashDigits(id)
	node := root
	for depth := 0; node.Packages == nil; depth++ {
		ref, ok := node.Children[digits[depth:depth+1]]
		if !ok || depth == maxDepth-1 {
			return wire.Entry{}, false, nil
		}
		var err error
		if node, err = read(ref); err != nil {
			return wire.Entry{}, false, err
		}
	}
	e, ok := node.Packages[id]
	return e, ok, nil
}

// Changed is a node that an update made.
type Changed struct {
	Digits string // the hex digits that lead to the node
	Ref    wire.Ref
}

// WriteNode keeps a node that an update made.
type WriteNode func(ref wire.Ref, data []byte) error

// Update is what changing entries does to a catalogue.
type Update struct {
	Root    wire.Node  // to be completed with the registry's facts, and written
	Nodes   []Changed  // all other nodes that are new; they are written
	Retired []wire.Ref // nodes that these replace
}

// Apply changes entries of a catalogue. Only the nodes on the way to changed entries are read, made and written, one leaf in memory at a
// time. No entry ever goes.
func Apply(root wire.Node, changes map[string]*wire.Entry, read ReadNode, write WriteNode) (Update, error) {
	u := updater{read: read, write: write}
	work := make([]change, 0, len(changes))
	for id, e := range changes {
		work = append(work, change{sha256.Sum256([]byte(id)), id, e})
	}
	slices.SortFunc(work, func(a, b change) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	var err error
	u.Root, err = u.apply(root, "", work)
	return u.Update, err
}

// change is a changed entry, with its place in the catalogue.
type change struct {
	hash  [sha256.Size]byte
	id    string
	entry *wire.Entry
}

// digit returns the n-th hex digit of the hash.
func (c change) digit(n int) byte {
	if n%2 == 0 {
		return c.hash[n/2] >> 4
	}
	return c.hash[n/2] & 15
}

type updater struct {
	Update
	read  ReadNode
	write WriteNode
}

// apply returns the node at digits with the changes, which are sorted by hash, in it.
func (u *updater) apply(node wire.Node, digits string, changes []change) (wire.Node, error) {
	if node.Children == nil {
		var leaf bool
		if changes, leaf = merge(node.Packages, changes); leaf {
			packages := make(map[string]wire.Entry, len(changes))
			for _, c := range changes {
				packages[c.id] = *c.entry
			}
			return wire.Node{Packages: packages}, nil
		}
	}
	children := make(map[string]wire.Ref, 16)
	for digit, ref := range node.Children {
		children[digit] = ref
	}
	if len(digits) >= maxDepth {
		return wire.Node{}, fmt.Errorf("more than %d ids share a hash", wire.MaxLeaf)
	}
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].digit(len(digits)) == changes[0].digit(len(digits)) {
			n++
		}
		digit := hexDigits[changes[0].digit(len(digits))]
		if err := u.child(children, digits, digit, changes[:n]); err != nil {
			return wire.Node{}, err
		}
		changes = changes[n:]
	}
	return wire.Node{Children: children}, nil
}

// child brings one child up to the changes.
func (u *updater) child(children map[string]wire.Ref, digits, digit string, changes []change) error {
	var old wire.Node
	ref, exists := children[digit]
	if exists {
		var err error
		if old, err = u.read(ref); err != nil {
			return err
		}
	}
	node, err := u.apply(old, digits+digit, changes)
	if err != nil {
		return err
	}
	data, err := wire.Encode(node)
	if err != nil {
		return err
	}
	made := wire.RefOf(data)
	if exists && made == ref {
		return nil
	}
	if exists {
		u.Retired = append(u.Retired, ref)
	}
	children[digit] = made
	u.Nodes = append(u.Nodes, Changed{Digits: digits + digit, Ref: made})
	return u.write(made, data)
}

// merge returns the changes and the packages of a leaf that aren't changed, sorted by hash, and whether they still make one leaf.
func merge(packages map[string]wire.Entry, changes []change) ([]change, bool) {
	changed := make(map[string]bool, len(changes))
	for _, c := range changes {
		changed[c.id] = true
	}
	all := changes
	for id, e := range packages {
		if !changed[id] {
			if len(all) == len(changes) {
				all = slices.Clone(changes)
			}
			all = append(all, change{sha256.Sum256([]byte(id)), id, &e})
		}
	}
	slices.SortFunc(all, func(a, b change) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	return all, len(all) <= wire.MaxLeaf
}

var hexDigits = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"}

// Walk visits all nodes of a catalogue below the root, parents first, and checks its shape: only a node with more than
// [wire.MaxLeaf] packages below it is split, and each package lies where its hash says. It returns the number of packages.
func Walk(root wire.Node, read ReadNode, visit func(digits string, ref *wire.Ref, node wire.Node) error) (int, error) {
	return walk(root, nil, "", read, visit)
}

func walk(node wire.Node, ref *wire.Ref, digits string, read ReadNode, visit func(string, *wire.Ref, wire.Node) error) (int, error) {
	if len(digits) > maxDepth {
		return 0, fmt.Errorf("the catalogue is deeper than %d nodes", maxDepth)
	}
	name := "the catalogue's root node"
	if ref != nil {
		name = wire.NodePath(ref.SHA256)
	}
	switch {
	case (node.Packages == nil) == (node.Children == nil):
		return 0, fmt.Errorf("%s has both packages and children or neither, expected one of them", name)
	case (node.Registry == nil) != (ref != nil):
		return 0, fmt.Errorf("%s: the registry's facts are in the root node and nowhere else", name)
	case len(node.Packages) > wire.MaxLeaf:
		return 0, fmt.Errorf("%s has %d packages, expected at most %d", name, len(node.Packages), wire.MaxLeaf)
	}
	if err := visit(digits, ref, node); err != nil {
		return 0, err
	}
	for id, e := range node.Packages {
		if err := wire.CheckID(id); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		if hash := wire.HashDigits(id); hash[:len(digits)] != digits {
			return 0, fmt.Errorf("%s: package %s doesn't belong into it: its id's hash starts with %s", name, id, hash[:len(digits)])
		}
		if b, err := wire.Encode(e); err != nil || len(b) > wire.MaxEntry {
			return 0, fmt.Errorf("%s: the entry of %s has %d bytes, expected at most %d", name, id, len(b), wire.MaxEntry)
		}
	}
	count := len(node.Packages)
	for digit := range node.Children {
		if len(digit) != 1 || digit[0] > 'f' || digit[0] < '0' || digit[0] > '9' && digit[0] < 'a' {
			return 0, fmt.Errorf("%s has a child %q, expected a hex digit", name, digit)
		}
	}
	for _, digit := range hexDigits {
		child, ok := node.Children[digit]
		if !ok {
			continue
		}
		below, err := read(child)
		if err != nil {
			return 0, err
		}
		n, err := walk(below, &child, digits+digit, read, visit)
		if err != nil {
			return 0, err
		}
		count += n
	}
	if ref != nil && count == 0 {
		return 0, fmt.Errorf("%s is empty, expected no node where there are no packages", name)
	}
	if node.Children != nil && count <= wire.MaxLeaf {
		return 0, fmt.Errorf("%s is split and has %d packages below it, expected more than %d", name, count, wire.MaxLeaf)
	}
	return count, nil
}
