package registry

import (
	"fmt"

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
	Data   []byte
	Node   wire.Node
}

// Update is what changing entries does to a catalogue.
type Update struct {
	Root    wire.Node  // to be completed with the registry's facts, and written
	Nodes   []Changed  // all other nodes that are new
	Retired []wire.Ref // nodes that these replace
}

// Apply changes entries of a catalogue. Only the nodes on the way to changed entries are read and made. No entry ever goes.
func Apply(root wire.Node, changes map[string]wire.Entry, read ReadNode) (Update, error) {
	var u Update
	work := make(map[string]change, len(changes))
	for id, e := range changes {
		work[id] = change{wire.HashDigits(id), e}
	}
	var err error
	u.Root, err = u.apply(root, "", work, read)
	return u, err
}

// change is a changed entry, with its place in the catalogue.
type change struct {
	digits string
	entry  wire.Entry
}

// apply returns the node at digits with the changes in it.
func (u *Update) apply(node wire.Node, digits string, changes map[string]change, read ReadNode) (wire.Node, error) {
	if node.Children == nil {
		packages := make(map[string]wire.Entry, len(node.Packages)+len(changes))
		for id, e := range node.Packages {
			packages[id] = e
		}
		for id, c := range changes {
			packages[id] = c.entry
		}
		if len(packages) <= wire.MaxLeaf {
			return wire.Node{Packages: packages}, nil
		}
		// Too many: the leaf becomes an inner node, and all its packages are changes to new leaves.
		for id, e := range node.Packages {
			if _, ok := changes[id]; !ok {
				changes[id] = change{wire.HashDigits(id), e}
			}
		}
	}
	children := make(map[string]wire.Ref, 16)
	for digit, ref := range node.Children {
		children[digit] = ref
	}
	byDigit := make(map[string]map[string]change)
	for id, c := range changes {
		if len(digits) >= maxDepth {
			return wire.Node{}, fmt.Errorf("more than %d ids share a hash", wire.MaxLeaf)
		}
		digit := c.digits[len(digits) : len(digits)+1]
		if byDigit[digit] == nil {
			byDigit[digit] = make(map[string]change)
		}
		byDigit[digit][id] = c
	}
	for _, digit := range hexDigits {
		below, ok := byDigit[digit]
		if !ok {
			continue
		}
		var old wire.Node
		ref, exists := children[digit]
		if exists {
			var err error
			if old, err = read(ref); err != nil {
				return wire.Node{}, err
			}
		}
		child, err := u.apply(old, digits+digit, below, read)
		if err != nil {
			return wire.Node{}, err
		}
		data, err := wire.Encode(child)
		if err != nil {
			return wire.Node{}, err
		}
		made := wire.RefOf(data)
		if exists && made == ref {
			continue
		}
		if exists {
			u.Retired = append(u.Retired, ref)
		}
		children[digit] = made
		u.Nodes = append(u.Nodes, Changed{Digits: digits + digit, Ref: made, Data: data, Node: child})
	}
	return wire.Node{Children: children}, nil
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
