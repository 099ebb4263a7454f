package client

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/tree"
	"github.com/regen-registry/regen/internal/wire"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// rootNode reads the catalogue's root node, which the head signs.
func (s *session) rootNode() (wire.Node, error) {
	if s.root != nil {
		return *s.root, nil
	}
	s.step(StepIndex)
	path := wire.NodePath(s.head.Root.SHA256)
	data, err := s.src.ReadRef(s.ctx, path, s.head.Root, tree.MaxNode)
	if err != nil {
		return wire.Node{}, classified(StepIndex, Network, err)
	}
	if err := s.head.Signs(data); err != nil {
		return wire.Node{}, failf(StepIndex, Content, "%s: %w", path, err)
	}
	var node wire.Node
	if err := wire.Decode(data, &node); err != nil {
		return node, failf(StepIndex, Syntax, "%s: %w", path, err)
	}
	if node.Registry == nil || node.Registry.ID != s.head.Registry {
		return node, failf(StepIndex, Purpose, "%s isn't the root node of registry %q", path, s.head.Registry)
	}
	s.root = &node
	return node, nil
}

// node reads a node below the root. The last one is kept, since the next package is often in it.
func (s *session) node(ref wire.Ref) (wire.Node, error) {
	if s.lastNode.ref == ref {
		return s.lastNode.node, nil
	}
	var node wire.Node
	err := s.readRef(StepIndex, wire.NodePath(ref.SHA256), ref, tree.MaxNode, &node)
	if err == nil && node.Packages != nil {
		s.lastNode.ref, s.lastNode.node = ref, node
	}
	return node, err
}

// find returns the catalogue's entry of a package.
func (s *session) find(id string) (Entry, bool, error) {
	root, err := s.rootNode()
	if err != nil {
		return Entry{}, false, err
	}
	return registry.Find(root, id, s.node)
}

// versions reads a version list.
func (s *session) versions(id string, ref wire.Ref) (VersionList, error) {
	var list VersionList
	path := wire.VersionsPath(id, ref.SHA256)
	if err := s.readRef(StepVersions, path, ref, tree.MaxVersions, &list); err != nil {
		return list, err
	}
	if list.ID != id {
		return list, failf(StepVersions, Wrong, "%s is the version list of %q, expected %q", path, list.ID, id)
	}
	for i, v := range list.Versions {
		if err := wire.CheckVersion(v.Version); err != nil {
			return list, failf(StepVersions, Syntax, "%s: %w", path, err)
		}
		if i > 0 && wire.CompareVersions(list.Versions[i-1].Version, v.Version) >= 0 {
			return list, failf(StepVersions, Syntax, "%s has %s after %s, expected rising versions", path, v.Version, list.Versions[i-1].Version)
		}
	}
	return list, nil
}

// metadata reads the facts of a release, and holds them against what was asked for.
func (s *session) metadata(id string, v Version) (Metadata, error) {
	var m Metadata
	path := wire.MetadataPath(id, v.Version)
	if err := s.readRef(StepMetadata, path, v.Metadata, tree.MaxMetadata, &m); err != nil {
		return m, err
	}
	if m.ID != id || m.Version != v.Version || m.Channel != wire.ChannelOf(v.Version) {
		return m, failf(StepMetadata, Wrong, "%s is of %s %s (channel %s), expected %s %s", path, m.ID, m.Version, m.Channel, id, v.Version)
	}
	if err := checkArtifact(m); err != nil {
		return m, failf(StepMetadata, Syntax, "%s: %w", path, err)
	}
	return m, nil
}

// checkArtifact returns an error unless the metadata name an artifact that can lie beside them.
func checkArtifact(m Metadata) error {
	name := m.Artifact.Name
	if name == "" || name == "metadata.json" || len(name) > 255 || slices.Contains([]string{".", ".."}, name) || !isFileName(name) {
		return fmt.Errorf("the artifact is named %q, expected a file name", name)
	}
	if m.Artifact.Size < 0 || m.Artifact.Size > maxArtifact {
		return fmt.Errorf("the artifact has %d bytes, expected at most %d", m.Artifact.Size, int64(maxArtifact))
	}
	return wire.CheckSHA256(m.Artifact.SHA256)
}

func isFileName(name string) bool {
	for _, r := range name {
		if r < '!' || r > '~' || r == '/' || r == '\\' {
			return false
		}
	}
	return true
}

// maxArtifact is what a stored zip can hold, in bytes.
const maxArtifact = 4 << 30

// advisory reads what an advisory says.
func (s *session) advisory(id string, y Yank) (Advisory, error) {
	var a Advisory
	path := wire.AdvisoryPath(y.SHA256)
	if err := s.readRef(StepAdvisory, path, y.Ref, tree.MaxAdvisory, &a); err != nil {
		return a, err
	}
	if a.ID != y.Advisory || a.Package != id {
		return a, failf(StepAdvisory, Wrong, "%s is %s about %s, expected %s about %s", path, a.ID, a.Package, y.Advisory, id)
	}
	return a, nil
}

// look opens a session that changes nothing: it reads the head, and nothing is stored.
func (c *Client) look(ctx context.Context) (*session, error) {
	s, err := c.session(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.source(); err != nil {
		return nil, err
	}
	return s, s.readHead()
}
