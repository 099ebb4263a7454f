package tree_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	mod "golang.org/x/mod/sumdb/tlog"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/registry"
	"github.com/regen-registry/regen/internal/release"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/wire"
)

// vectors is where the test vectors lie. docs/spec.md says what they mean.
var vectors = filepath.Join("..", "..", "testdata", "vectors")

// A vector is one case of one class.
type vector struct {
	Shows   string          `json:"shows"`
	Outcome string          `json:"outcome"` // "accept", or the class of the refusal
	In      json.RawMessage `json:"in"`
	Out     json.RawMessage `json:"out,omitempty"`
}

// outcomes are all classes of outcome.
var outcomes = []string{"accept", "syntax", "range", "spelling", "key", "purpose", "legacy", "content", "missing", "critical", "order", "state", "path", "expired", "rollback", "fork"}

// mute are the classes of which nothing comes out but acceptance.
var mute = []string{"id", "order", "consistency", "inclusion"}

// elsewhere are the classes that other packages run: device is run by the client.
var elsewhere = []string{"device"}

// refusal is an error of this code that says its class. It must be that of the vector.
type refusal struct {
	class string
	error
}

// refuse gives an error the class of the first one that it is; without one, any refusal will do.
func refuse(err error, classes map[error]string) error {
	for is, class := range classes {
		if errors.Is(err, is) {
			return refusal{class, err}
		}
	}
	return err
}

type textFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

type hexFile struct {
	Path   string `json:"path"`
	Hex    string `json:"hex,omitempty"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// classes runs a case of each class, and returns what came out and why it was refused.
var classes = map[string]func(t *testing.T, in json.RawMessage) (any, error){
	"canonical":        runCanonical,
	"id":               runID,
	"version":          runVersion,
	"order":            runOrder,
	"head":             runHead,
	"signature":        runSignature,
	"author":           runAuthor,
	"event":            runEvent,
	"fold":             runFold,
	"entry":            runEntry,
	"entry-fit":        runEntryFit,
	"source-digest":    runSourceDigest,
	"zip":              runZip,
	"zip-read":         runZipRead,
	"targz":            runTarGz,
	"targz-read":       runTarGzRead,
	"archive-path":     runArchivePath,
	"log":              runLog,
	"log-read":         runLogRead,
	"tile-path":        runTilePath,
	"edge":             runEdge,
	"consistency":      runConsistency,
	"inclusion":        runInclusion,
	"trust":            runTrust,
	"zstd-read":        runZstdRead,
	"delta-read":       runDeltaRead,
	"catalogue-shape":  runCatalogueShape,
	"catalogue-lookup": runCatalogueLookup,
	"registry":         runRegistry,
}

// What this code makes of each vector is what the vector says.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectors, "*", "*.json"))
	must(t, err)
	perClass := make(map[string]int)
	for _, file := range files {
		class := filepath.Base(filepath.Dir(file))
		if slices.Contains(elsewhere, class) {
			continue
		}
		perClass[class]++
		t.Run(class+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			must(t, err)
			if len(data) > 32<<10 {
				t.Errorf("the vector has %d bytes, expected a small file", len(data))
			}
			var v vector
			strict(t, data, &v)
			if v.Shows == "" || strings.Contains(v.Shows, "\n") || !slices.Contains(outcomes, v.Outcome) || (v.Out != nil) != (v.Outcome == "accept" && !slices.Contains(mute, class)) {
				t.Errorf("malformed: %s, outcome %q", v.Shows, v.Outcome)
			}
			run, ok := classes[class]
			if !ok {
				t.Fatalf("nothing runs vectors of class %s", class)
			}
			got, err := run(t, v.In)
			if (err == nil) != (v.Outcome == "accept") {
				t.Fatalf("%s: expected %s, got the error %v", v.Shows, v.Outcome, err)
			}
			if r := (refusal{}); errors.As(err, &r) && r.class != v.Outcome {
				t.Errorf("%s: expected %s, got %s: %v", v.Shows, v.Outcome, r.class, err)
			}
			if v.Out != nil {
				if got, want := encode(t, got), encode(t, v.Out); !bytes.Equal(got, want) {
					t.Errorf("%s:\ngot  %s\nwant %s", v.Shows, got, want)
				}
			}
		})
	}
	for class := range classes {
		if perClass[class] == 0 {
			t.Errorf("no vectors of class %s", class)
		}
	}
}

// strict reads JSON that has no other members than v.
func strict(t testing.TB, data []byte, v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	must(t, dec.Decode(v))
}

func runCanonical(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ JSON string }
	strict(t, in, &c)
	if !json.Valid([]byte(c.JSON)) {
		return nil, errors.New("not JSON")
	}
	out, err := wire.Encode(json.RawMessage(c.JSON))
	return map[string]string{"canonical": string(out)}, err
}

func runID(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ ID string }
	strict(t, in, &c)
	return nil, wire.CheckID(c.ID)
}

func runVersion(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Version string }
	strict(t, in, &c)
	return map[string]string{"channel": wire.ChannelOf(c.Version)}, wire.CheckVersion(c.Version)
}

func runOrder(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Versions []string }
	strict(t, in, &c)
	for i, a := range c.Versions {
		for j, b := range c.Versions {
			if got := wire.CompareVersions(a, b); got != max(-1, min(1, i-j)) {
				return nil, fmt.Errorf("%s and %s compare as %d", a, b, got)
			}
		}
	}
	return nil, nil
}

func runHead(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Statement string }
	strict(t, in, &c)
	s, err := wire.ParseStatement(c.Statement)
	return headOut(s), err
}

func headOut(s wire.Statement) any {
	return map[string]any{
		"registry": s.Registry, "serial": s.Serial, "issued": s.Issued, "expires": s.Expires, "size": s.Root.Size, "sha256": s.Root.SHA256,
		"epoch": s.Epoch, "log_size": s.LogSize, "log_root": s.LogRoot, "keys": s.Keys,
	}
}

type signatureIn struct {
	PublicKey string `json:"public_key"`
	Content   string `json:"content"`
	Comment   string `json:"comment"` // that is expected
	Signature string `json:"signature"`
}

func runSignature(t *testing.T, in json.RawMessage) (any, error) {
	var c signatureIn
	strict(t, in, &c)
	key, err := sign.ParsePublic([]byte(c.PublicKey))
	must(t, err)
	err = sign.Verify(key, [][]byte{[]byte(c.Content)}, []byte(c.Signature), c.Comment)
	return map[string]string{"key_id": sign.KeyID(key)}, err
}

func runEvent(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Entry string }
	strict(t, in, &c)
	e, err := wire.DecodeEvent([]byte(c.Entry))
	return map[string]bool{"known": e.Check() == nil}, err
}

func runFold(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Entries []string }
	strict(t, in, &c)
	s := registry.NewState()
	for _, entry := range c.Entries {
		e, err := wire.DecodeEvent([]byte(entry))
		must(t, err)
		if err := s.Fold(e); err != nil {
			return nil, err
		}
	}
	packages := make(map[string]any)
	for id, list := range s.Packages {
		var versions []string
		yanks := make(map[string][]wire.Yank)
		for _, v := range list.Versions {
			versions = append(versions, v.Version)
			if len(v.Yanks) > 0 {
				yanks[v.Version] = v.Yanks
			}
		}
		p := map[string]any{"state": list.State, "versions": versions}
		if len(yanks) > 0 {
			p["yanks"] = yanks
		}
		packages[id] = p
	}
	return map[string]any{"keys": s.Trust, "packages": packages}, nil
}

// runEntry makes what the catalogue says of a version list.
func runEntry(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ List wire.VersionList }
	strict(t, in, &c)
	e, _, err := registry.Complete(wire.Entry{}, c.List)
	return map[string]any{"state": e.State, "channels": e.Channels, "primary": c.List.Primary().Version, "versions": e.Versions}, err
}

func runEntryFit(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Entry wire.Entry }
	strict(t, in, &c)
	e, err := c.Entry.Fit()
	return map[string]any{"entry": e, "size": len(encode(t, e))}, err
}

type sourceIn struct {
	Format  string     `json:"format"`
	Version string     `json:"version"`
	Channel string     `json:"channel"`
	Facts   wire.Facts `json:"facts"`
	Files   []textFile `json:"files"`
}

// runSourceDigest makes the digest in two ways: as the publisher does, and from the lines that the spec gives.
func runSourceDigest(t *testing.T, in json.RawMessage) (any, error) {
	var c sourceIn
	strict(t, in, &c)
	p := manifest.Package{Dir: "plugins/clock", ID: "clock"}
	var files []archive.File
	for _, f := range c.Files {
		p.Files = append(p.Files, manifest.File{Path: f.Path, Data: []byte(f.Text)})
		files = append(files, archive.File{Path: f.Path, Data: []byte(f.Text)})
	}
	m := manifest.Manifest{Format: c.Format, Version: c.Version, Channel: c.Channel, Facts: c.Facts, Artifact: manifest.Artifact{Name: "x.zip", Files: p.Files}}
	b, err := release.Pack(p, manifest.Native{}, m, 0)
	if err != nil {
		return nil, err
	}
	text := sourceText(wire.Metadata{Format: c.Format, Version: c.Version, Channel: c.Channel}, encode(t, c.Facts), files)
	if got := wire.Sum([]byte(text)); got != b.Source {
		t.Errorf("the spec's lines give %s, and the publisher %s", got, b.Source)
	}
	return map[string]string{"facts": string(encode(t, c.Facts)), "lines": text, "sha256": b.Source}, nil
}

type zipIn struct {
	Prefix string     `json:"prefix"`
	Files  []textFile `json:"files"`
}

func runZip(t *testing.T, in json.RawMessage) (any, error) {
	var c zipIn
	strict(t, in, &c)
	var files []archive.File
	for _, f := range c.Files {
		files = append(files, archive.File{Path: f.Path, Data: []byte(f.Text)})
	}
	segments, err := archive.StoredZip(c.Prefix, files)
	if err != nil {
		return nil, err
	}
	zip := bytes.Join(segments, nil)
	return map[string]any{"hex": hex.EncodeToString(zip), "size": len(zip), "sha256": wire.Sum(zip)}, nil
}

func runZipRead(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Hex string }
	strict(t, in, &c)
	zip, err := hex.DecodeString(c.Hex)
	must(t, err)
	files := []textFile{}
	err = archive.ReadZip(bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits(), func(name string, _ int64, content io.Reader) error {
		data, err := io.ReadAll(content)
		files = append(files, textFile{name, string(data)})
		return err
	})
	return map[string]any{"files": files}, err
}

type targzIn struct {
	Files []textFile `json:"files"`
}

func runTarGz(t *testing.T, in json.RawMessage) (any, error) {
	var c targzIn
	strict(t, in, &c)
	var files []archive.File
	for _, f := range c.Files {
		files = append(files, archive.File{Path: f.Path, Data: []byte(f.Text)})
	}
	segments, err := archive.StoredTarGz(files)
	if err != nil {
		return nil, err
	}
	data := bytes.Join(segments, nil)
	return map[string]any{"hex": hex.EncodeToString(data), "size": len(data), "sha256": wire.Sum(data)}, nil
}

func runTarGzRead(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Hex string }
	strict(t, in, &c)
	data, err := hex.DecodeString(c.Hex)
	must(t, err)
	files := []textFile{}
	err = archive.ReadTarGz(bytes.NewReader(data), archive.DefaultLimits(), func(name string, _ int64, content io.Reader) error {
		data, err := io.ReadAll(content)
		files = append(files, textFile{name, string(data)})
		return err
	})
	return map[string]any{"files": files}, err
}

func runArchivePath(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Paths []string }
	strict(t, in, &c)
	if problems := archive.CheckPaths(c.Paths); len(problems) > 0 {
		return nil, problems[0]
	}
	return map[string]int{"files": len(c.Paths)}, nil
}

// logOf makes the log whose entry i is the text "entry i".
func logOf(t testing.TB, size int64) (*tlog.Log, []tlog.File) {
	t.Helper()
	l, err := tlog.Open(1, 0, "", nil)
	must(t, err)
	for i := range size {
		_, err := l.Append(fmt.Appendf(nil, "entry %d", i))
		must(t, err)
	}
	files, err := l.Files()
	must(t, err)
	return l, files
}

func runLog(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Count int64 }
	strict(t, in, &c)
	l, made := logOf(t, c.Count)
	root, err := l.Root()
	must(t, err)
	slices.SortFunc(made, func(a, b tlog.File) int { return strings.Compare(a.Path, b.Path) })
	files, sums := []hexFile{}, ""
	for _, f := range made {
		sums += wire.Sum(f.Data) + " " + f.Path + "\n"
		if c.Count > 1000 && !strings.Contains(f.Path, ".p/") && !strings.HasSuffix(f.Path, "/000") {
			continue // they are many, and alike
		}
		h := hexFile{Path: f.Path, Size: int64(len(f.Data)), SHA256: wire.Sum(f.Data)}
		if len(f.Data) <= 128 {
			h.Hex = hex.EncodeToString(f.Data)
		}
		files = append(files, h)
	}
	return map[string]any{"root": root, "files": files, "count": len(made), "sums_sha256": wire.Sum([]byte(sums))}, nil
}

type logReadIn struct {
	Size  int64             `json:"size"`
	Root  string            `json:"root"`
	Files map[string]string `json:"files"` // path → hex
}

func runLogRead(t *testing.T, in json.RawMessage) (any, error) {
	var c logReadIn
	strict(t, in, &c)
	l, err := tlog.Open(1, c.Size, c.Root, func(path string, limit int64) ([]byte, error) {
		text, ok := c.Files[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		data, err := hex.DecodeString(text)
		if int64(len(data)) > limit {
			return nil, store.ErrTooLarge
		}
		return data, err
	})
	if err != nil {
		return nil, err
	}
	entries := []string{}
	err = l.Entries(0, c.Size, func(_ int64, entry []byte) error { entries = append(entries, string(entry)); return nil })
	return map[string]any{"entries": entries}, err
}

type tileIn struct {
	Epoch int    `json:"epoch"`
	Level string `json:"level"` // a number, or "entries"
	Index int64  `json:"index"`
	Width int    `json:"width"`
}

func runTilePath(t *testing.T, in json.RawMessage) (any, error) {
	var c tileIn
	strict(t, in, &c)
	level := -1
	if c.Level != "entries" {
		var err error
		level, err = strconv.Atoi(c.Level)
		must(t, err)
	}
	return map[string]string{"path": wire.TilePath(c.Epoch, mod.Tile{H: wire.LogHeight, L: level, N: c.Index, W: c.Width})}, nil
}

// runCatalogueShape makes the catalogue of the packages p0, p1, ….
func runCatalogueShape(t *testing.T, in json.RawMessage) (any, error) {
	var c struct{ Count int }
	strict(t, in, &c)
	changes := make(map[string]*wire.Entry)
	for i := range c.Count {
		changes["p"+strconv.Itoa(i)] = &wire.Entry{Format: "vito", Name: "p"}
	}
	made := make(map[wire.Ref]wire.Node)
	u, err := registry.Apply(wire.Node{}, changes, nil, func(ref wire.Ref, data []byte) error {
		var n wire.Node
		err := wire.DecodeStrict(data, &n)
		made[ref] = n
		return err
	})
	must(t, err)
	leaves, inner := make(map[string]int), []string{}
	add := func(digits string, n wire.Node) {
		if n.Children != nil {
			inner = append(inner, digits)
		} else {
			leaves[digits] = len(n.Packages)
		}
	}
	add("", u.Root)
	for _, n := range u.Nodes {
		add(n.Digits, made[n.Ref])
	}
	slices.Sort(inner)
	return map[string]any{"inner": inner, "leaves": leaves}, nil
}

type lookupIn struct {
	ID    string            `json:"id"`
	Root  string            `json:"root"`  // the root node's document
	Nodes map[string]string `json:"nodes"` // path → document
}

func runCatalogueLookup(t *testing.T, in json.RawMessage) (any, error) {
	var c lookupIn
	strict(t, in, &c)
	var root wire.Node
	if err := wire.Decode([]byte(c.Root), &root); err != nil {
		return nil, err
	}
	read := []string{}
	e, found, err := registry.Find(root, c.ID, func(ref wire.Ref) (wire.Node, error) {
		var n wire.Node
		p := wire.NodePath(ref.SHA256)
		doc, ok := c.Nodes[p]
		if !ok {
			return n, fs.ErrNotExist
		}
		read = append(read, p)
		if err := ref.Check([]byte(doc)); err != nil {
			return n, err
		}
		return n, wire.Decode([]byte(doc), &n)
	})
	out := map[string]any{"sha256": wire.HashDigits(c.ID), "read": read, "found": found}
	if found {
		out["entry"] = e
	}
	return out, err
}

type registryIn struct {
	PublicKey string            `json:"public_key"`
	Registry  string            `json:"registry"`
	ID        string            `json:"id"`
	Version   string            `json:"version"`
	Now       int64             `json:"now"`
	Base      string            `json:"base,omitempty"`   // another vector, whose files these are
	Remove    []string          `json:"remove,omitempty"` // but for these
	Files     map[string]string `json:"files"`            // and with these: path → content, hex
}

// runRegistry installs a package from a whole registry.
func runRegistry(t *testing.T, in json.RawMessage) (any, error) {
	var c registryIn
	strict(t, in, &c)
	files := make(map[string]string)
	if c.Base != "" {
		data, err := os.ReadFile(filepath.Join(vectors, "registry", c.Base))
		must(t, err)
		var v vector
		strict(t, data, &v)
		var base registryIn
		strict(t, v.In, &base)
		files = base.Files
	}
	for _, p := range c.Remove {
		delete(files, p)
	}
	maps.Copy(files, c.Files)
	m := store.NewMem()
	for p, text := range files {
		data, err := hex.DecodeString(text)
		must(t, err)
		must(t, m.Put(p, data))
	}
	key, err := sign.ParsePublic([]byte(c.PublicKey))
	must(t, err)
	return map[string]string{"artifact": path.Base(wire.ArtifactPath(c.ID, c.Version, c.ID+"-"+c.Version+".zip"))}, install(m, key, c.Registry, c.ID, c.Version, c.Now)
}

// The examples in the spec are files of the vector registry/good.json, the log's entries one a line.
func TestSpecExamples(t *testing.T) {
	spec, err := os.ReadFile(filepath.Join("..", "..", "docs", "spec.md"))
	must(t, err)
	data, err := os.ReadFile(filepath.Join(vectors, "registry", "good.json"))
	must(t, err)
	var v vector
	strict(t, data, &v)
	var good registryIn
	strict(t, v.In, &good)
	examples := strings.Split(string(spec), "\nExample, `")[1:]
	if len(examples) < 7 {
		t.Errorf("the spec has %d examples", len(examples))
	}
	for _, example := range examples {
		name, rest, _ := strings.Cut(example, "`")
		_, rest, _ = strings.Cut(rest, "```\n")
		text, _, found := strings.Cut(rest, "\n```\n")
		content, err := hex.DecodeString(good.Files[name])
		must(t, err)
		if strings.Contains(name, "/entries/") {
			var bundle []byte
			for line := range strings.SplitSeq(text, "\n") {
				bundle = append(append(bundle, byte(len(line)>>8), byte(len(line))), line...)
			}
			text = string(bundle)
		}
		if !found || text != strings.TrimSuffix(string(content), "\n") {
			t.Errorf("the example %s isn't the vector's", name)
		}
	}
}

// The spec names every class of vectors and every outcome.
func TestSpecNamesClasses(t *testing.T) {
	spec, err := os.ReadFile(filepath.Join("..", "..", "docs", "spec.md"))
	must(t, err)
	_, section, _ := strings.Cut(string(spec), "## 19. Test vectors")
	for _, word := range append(slices.Collect(maps.Keys(classes)), outcomes...) {
		if !strings.Contains(section, "`"+word+"`") {
			t.Errorf("the spec doesn't say what %s is", word)
		}
	}
}
