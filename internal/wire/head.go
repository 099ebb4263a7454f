package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// Prefix is how the trusted comment of every signature of this format starts; the purpose follows it.
const Prefix = "regen/1"

// A Statement is the head of a registry: the trusted comment of [HeadPath]. It is a complete, authentic statement of the registry's state.
type Statement struct {
	Registry string `json:"registry"` // the registry's id
	Serial   int64  `json:"serial"`   // grows by one at every write of the head, from 1
	Issued   int64  `json:"issued"`   // unix seconds
	Expires  int64  `json:"expires"`  // unix seconds
	Root     Ref    `json:"root"`     // the root node of the catalogue
	Epoch    int    `json:"epoch"`    // of the log, from 1
	LogSize  int64  `json:"log_size"` // entries
	LogRoot  string `json:"log_root"` // Merkle tree hash (RFC 6962) over the entries, hex
	Keys     int    `json:"keys"`     // newest version of the trust document; a hint
}

// String returns the statement as it stands in the trusted comment: one line, members in this order.
func (s Statement) String() string {
	return fmt.Sprintf("%s index registry=%s serial=%d issued=%d expires=%d size=%d sha256=%s epoch=%d log=%d:%s keys=%d",
		Prefix, s.Registry, s.Serial, s.Issued, s.Expires, s.Root.Size, s.Root.SHA256, s.Epoch, s.LogSize, s.LogRoot, s.Keys)
}

// ParseStatement reads a head statement. It accepts exactly what [Statement.String] writes, perhaps with more members of
// the form name=value behind those: names of lower-case letters, digits and underscores, each once, and values of printable
// ASCII without spaces.
func ParseStatement(comment string) (Statement, error) {
	fields := strings.Split(comment, " ")
	if len(fields) < 2 || fields[0] != Prefix || fields[1] != "index" {
		return Statement{}, fmt.Errorf("the trusted comment doesn't start with %q", Prefix+" index")
	}
	var s Statement
	var logField string
	fields = fields[2:]
	want := []struct {
		name string
		set  func(string) error
	}{
		{"registry", func(v string) error { s.Registry = v; return CheckID(v) }},
		{"serial", setInt(&s.Serial)},
		{"issued", setInt(&s.Issued)},
		{"expires", setInt(&s.Expires)},
		{"size", setInt(&s.Root.Size)},
		{"sha256", func(v string) error { s.Root.SHA256 = v; return CheckSHA256(v) }},
		{"epoch", setInt(&s.Epoch)},
		{"log", func(v string) error { logField = v; return nil }},
		{"keys", setInt(&s.Keys)},
	}
	for i, w := range want {
		if i >= len(fields) {
			return Statement{}, fmt.Errorf("the head statement lacks %s=", w.name)
		}
		name, value, _ := strings.Cut(fields[i], "=")
		if name != w.name {
			return Statement{}, fmt.Errorf("the head statement has %q where %s= was expected", fields[i], w.name)
		}
		if err := w.set(value); err != nil {
			return Statement{}, fmt.Errorf("the head statement's %s: %w", w.name, err)
		}
	}
	seen := make(map[string]bool)
	for _, w := range want {
		seen[w.name] = true
	}
	for _, field := range fields[len(want):] {
		name, _, found := strings.Cut(field, "=")
		if !found || !isMember(field, name) || seen[name] {
			return Statement{}, fmt.Errorf("the head statement has %q where another name=value was expected", field)
		}
		seen[name] = true
	}
	size, root, _ := strings.Cut(logField, ":")
	if err := setInt(&s.LogSize)(size); err != nil {
		return Statement{}, fmt.Errorf("the head statement's log: %w", err)
	}
	if err := CheckSHA256(root); err != nil {
		return Statement{}, fmt.Errorf("the head statement's log: %w", err)
	}
	s.LogRoot = root
	if s.Serial < 1 || s.Epoch < 1 || s.Keys < 1 || s.LogSize < 1 || s.Expires <= s.Issued {
		return Statement{}, fmt.Errorf("the head statement has a number out of range: %q", comment)
	}
	return s, nil
}

// isMember reports whether a field of a statement, and the name that it starts with, have the characters that they may.
func isMember(field, name string) bool {
	for i := range len(field) {
		if c := field[i]; c <= ' ' || c > '~' {
			return false
		}
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != ""
}

// setInt parses a whole number of at most 2⁵³, without sign or leading zeros.
func setInt[T int | int64](to *T) func(string) error {
	return func(v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 0 || n > 1<<53 || int64(T(n)) != n || strconv.FormatInt(n, 10) != v {
			return fmt.Errorf("%q isn't a whole number", v)
		}
		*to = T(n)
		return nil
	}
}

// ArtifactComment is the trusted comment of the signature of a package.
func ArtifactComment(id, version string, ref Ref) string {
	return fileComment("artifact", id, version, ref)
}

// MetadataComment is the trusted comment of the signature of a release's metadata.
func MetadataComment(id, version string, ref Ref) string {
	return fileComment("metadata", id, version, ref)
}

// AuthorComment is the trusted comment of an author's signature: what was signed is the content statement of a version. The keys are those that may sign the next version; they have the order
// of their bytes. They stand here and not in the content statement, since a comment can be checked without the content: that is how a device follows keys over versions that it never had.
func AuthorComment(id, version string, content Ref, keys []string) string {
	return fileComment("author", id, version, content) + " keys=" + strings.Join(keys, ",")
}

// KeysComment is the trusted comment of a signature of version n of the trust document of a registry.
func KeysComment(registry string, n int, ref Ref) string {
	return fmt.Sprintf("%s keys registry=%s version=%d size=%d sha256=%s", Prefix, registry, n, ref.Size, ref.SHA256)
}

func fileComment(purpose, id, version string, ref Ref) string {
	return fmt.Sprintf("%s %s id=%s version=%s size=%d sha256=%s", Prefix, purpose, id, version, ref.Size, ref.SHA256)
}
