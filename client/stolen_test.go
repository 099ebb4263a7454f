package client_test

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/wire"
)

// What a thief of a release key can't do, although everything that is served is signed.

var (
	doInstall = attempt{"install the clock", func(d *device) error { _, err := d.Install(ctx, "clock", client.InstallOptions{}); return err }}
	showClock = attempt{"show the clock", func(d *device) error { _, err := d.Show(ctx, "clock", ""); return err }}
	search    = attempt{"search", func(d *device) error { _, _, err := d.Search(ctx, ""); return err }}
	syncNow   = changing[0]
	updateAll = changing[2]
)

// theft is a registry with a clock 1.0.0, a device that installed it, and one that is new.
type theft struct {
	*press
	settled, fresh *device
}

func steal(t testing.TB) *theft {
	p := small(t)
	files := p.head()
	return &theft{p, p.settled(files, "clock"), p.device(files)}
}

// sells publishes what the thief made, and returns both devices, which read it.
func (x *theft) sells(edit ...func(*wire.Statement)) (settled, fresh *device) {
	files := x.head(edit...)
	x.settled.reads(files)
	x.fresh.reads(files)
	x.settled.w.now, x.fresh.w.now = x.now, x.now
	return x.settled, x.fresh
}

// TestWrongSoftware: a genuine release isn't taken for another one.
func TestWrongSoftware(t *testing.T) {
	for name, edit := range map[string]func(*pressed){
		"metadata of another package": func(r *pressed) { r.ID = "other" },
		"metadata of another version": func(r *pressed) { r.Version = "1.0.0" },
		"metadata on another channel": func(r *pressed) { r.Channel = "beta" },
		"an artifact of another package": func(r *pressed) {
			r.artifact = zipOf("other/", plugin("other", "1.1.0", "x"))
		},
		"an artifact of another version": func(r *pressed) {
			r.artifact = zipOf("clock/", plugin("clock", "1.0.0", "x"))
		},
		"an artifact without a manifest": func(r *pressed) {
			r.artifact = zipOf("clock/", plugin("clock", "1.1.0", "x")[:1])
		},
		"an artifact whose manifest is no manifest": func(r *pressed) {
			r.artifact = zipOf("clock/", []archive.File{{Path: "composer.json", Data: []byte("[")}})
		},
		"a bundle of another format": func(r *pressed) { r.Format = "mosis" },
	} {
		x := steal(t)
		x.release("clock", "1.1.0", edit)
		settled, fresh := x.sells()
		settled.refuses(name, client.Wrong, updateAll)
		fresh.refuses(name, client.Wrong, doInstall)
		if strings.HasPrefix(name, "metadata") {
			fresh.refuses(name, client.Wrong, showClock)
		}
	}

	x := steal(t)
	x.yank("clock", "A-1", client.Warn, "x", "1.0.0")
	x.noise(1000)
	x.fill(1100)
	other := x.lists["other"]
	x.lists["clock"], x.lists["other"] = other, other // under the clock's name
	x.shown["clock"] = x.shown["other"]
	settled, fresh := x.sells()
	settled.refuses("the version list of another package, far behind", client.Wrong, syncNow, updateAll)
	fresh.refuses("the version list of another package", client.Wrong, doInstall, showClock)

	for name, advisory := range map[string]wire.Advisory{
		"another advisory":                  {ID: "A-2", Package: "clock", Action: client.Block, Reason: wire.Text{"en": "x"}},
		"an advisory about another package": {ID: "A-1", Package: "other", Action: client.Block, Reason: wire.Text{"en": "x"}},
	} {
		x := steal(t)
		x.release("clock", "1.1.0")
		data := must(wire.Encode(advisory))
		ref := wire.RefOf(data)
		x.files[wire.AdvisoryPath(ref.SHA256)] = data
		list := x.lists["clock"]
		list.Versions[1].Yanks = []wire.Yank{{Advisory: "A-1", Action: client.Warn, Ref: ref}}
		x.event(wire.Event{Type: wire.EventYank, ID: "clock", Advisory: "A-1", Action: client.Warn, SHA256: ref.SHA256, Size: ref.Size, Versions: []string{"1.1.0"}, Time: x.time()})
		settled, fresh := x.sells()
		settled.refuses(name, client.Wrong, updateAll)
		fresh.refuses(name, client.Wrong, doInstall, showClock)
	}
}

// TestMalformed: documents that no publisher writes are refused, signed or not.
func TestMalformed(t *testing.T) {
	for name, edit := range map[string]func(*pressed){
		"no name":              func(r *pressed) { r.Artifact.Name = "" },
		"a name that climbs":   func(r *pressed) { r.Artifact.Name = "../../../etc/passwd" },
		"a name in a folder":   func(r *pressed) { r.Artifact.Name = "a/b.zip" },
		"a name by backslash":  func(r *pressed) { r.Artifact.Name = `..\b.zip` },
		"a name with an end":   func(r *pressed) { r.Artifact.Name = "a\x00.zip" },
		"dots":                 func(r *pressed) { r.Artifact.Name = ".." },
		"its own metadata":     func(r *pressed) { r.Artifact.Name = "metadata.json" },
		"a size below nothing": func(r *pressed) { r.Artifact.Size, r.Artifact.SHA256 = -1, wire.Sum(nil) },
		"a size beyond a zip's": func(r *pressed) {
			r.Artifact.Size, r.Artifact.SHA256 = 1<<40, wire.Sum(nil)
		},
		"a hash that is a path": func(r *pressed) { r.Artifact.Size, r.Artifact.SHA256 = 9, strings.Repeat("../", 21)+"x" },
	} {
		x := steal(t)
		x.release("clock", "1.1.0", edit)
		settled, fresh := x.sells()
		settled.refuses("an artifact with "+name, client.Syntax, updateAll)
		fresh.refuses("an artifact with "+name, client.Syntax, doInstall, showClock)
	}

	version := func(v string) wire.Version {
		return wire.Version{Version: v, Channel: "stable", Metadata: wire.RefOf(nil)}
	}
	for name, versions := range map[string][]wire.Version{
		"falling versions":       {version("1.1.0"), version("1.0.0")},
		"a version twice":        {version("1.0.0"), version("1.0.0")},
		"a version that climbs":  {version("../../../x")},
		"a version that is none": {version("")},
	} {
		x := steal(t)
		x.lists["clock"] = wire.VersionList{ID: "clock", Versions: versions}
		_, fresh := x.sells()
		fresh.refuses(name, client.Syntax, doInstall, showClock)
	}
	x := steal(t)
	x.lists["clock"] = wire.VersionList{ID: "clock", Versions: []wire.Version{}}
	_, fresh := x.sells()
	fresh.refuses("no versions", client.Unknown, doInstall, showClock)

	entry := wire.Entry{Format: "vito", Name: "Clock", Channels: map[string]string{}, Versions: wire.RefOf(nil)}
	leaf := func(ids ...string) wire.Node {
		node := wire.Node{Packages: make(map[string]wire.Entry)}
		for _, id := range ids {
			node.Packages[id] = entry
		}
		return node
	}
	for name, c := range map[string]struct {
		root  func(p *press) any
		class client.Class
	}{
		"an id that climbs":    {func(*press) any { return leaf("../../x") }, client.Syntax},
		"an id with an escape": {func(*press) any { return leaf("\x1b]0;x\a") }, client.Syntax},
		"an entry without end": {func(*press) any {
			node := leaf("clock")
			e := entry
			e.Summary = strings.Repeat("x", 2000)
			node.Packages["clock"] = e
			return node
		}, client.Syntax},
		"a package where it isn't looked for": {func(p *press) any {
			return wire.Node{Children: map[string]wire.Ref{"0": p.node(leaf("clock")), "1": p.node(leaf("other"))}}
		}, client.Syntax},
		"a node that is everywhere": {func(p *press) any {
			node := p.node(leaf("clock"))
			for range 63 {
				children := make(map[string]wire.Ref)
				for _, digit := range "0123456789abcdef" {
					children[string(digit)] = node
				}
				node = p.node(wire.Node{Children: children})
			}
			return wire.Node{Children: map[string]wire.Ref{"0": node, "1": node}}
		}, client.Syntax},
		"nodes without end": {func(p *press) any {
			node := p.node(leaf("clock"))
			for range 100 {
				node = p.node(wire.Node{Children: map[string]wire.Ref{"0": node}})
			}
			return wire.Node{Children: map[string]wire.Ref{"0": node}}
		}, client.Syntax},
		"neither packages nor children": {func(*press) any { return wire.Node{} }, client.Syntax},
		"what has to be understood":     {func(*press) any { return map[string]any{"critical": true, "packages": map[string]any{}} }, client.Syntax},
		"another registry's facts": {func(*press) any {
			return wire.Node{Registry: &wire.Registry{ID: "elsewhere"}, Packages: map[string]wire.Entry{}}
		}, client.Purpose},
		"no facts": {func(*press) any { return map[string]any{"packages": map[string]any{}} }, client.Purpose},
		"a list":   {func(*press) any { return []int{1} }, client.Syntax},
	} {
		x := steal(t)
		root := c.root(x.press)
		if node, ok := root.(wire.Node); ok && node.Registry == nil {
			node.Registry = &wire.Registry{ID: x.id, Count: 1 << 50}
			root = node
		}
		x.serial++
		x.fresh.reads(x.headOver(must(wire.Encode(root))))
		x.fresh.refuses("a catalogue with "+name, c.class, search)
	}
}

// node publishes a node of the catalogue.
func (p *press) node(node wire.Node) wire.Ref {
	data := must(wire.Encode(node))
	ref := wire.RefOf(data)
	p.files[wire.NodePath(ref.SHA256)] = data
	return ref
}

// TestEvents: a log with events that no publisher writes is refused. What a later format may add is passed over.
func TestEvents(t *testing.T) {
	event := func(e wire.Event) []byte { return must(wire.Encode(e)) }
	ref := wire.RefOf([]byte("x"))
	for name, c := range map[string]struct {
		entry []byte
		class client.Class
	}{
		"a release below the last one":   {event(wire.Event{Type: wire.EventRelease, ID: "clock", Version: "0.9.0", Channel: "stable", SHA256: ref.SHA256, Size: 9}), client.Events},
		"the same version again":         {event(wire.Event{Type: wire.EventRelease, ID: "clock", Version: "1.0.0", Channel: "stable", SHA256: ref.SHA256, Size: 9}), client.Events},
		"a release on another channel":   {event(wire.Event{Type: wire.EventRelease, ID: "clock", Version: "1.1.0", Channel: "beta", SHA256: ref.SHA256, Size: 9}), client.Events},
		"a version that is none":         {event(wire.Event{Type: wire.EventRelease, ID: "clock", Version: "../x", Channel: "stable", SHA256: ref.SHA256, Size: 9}), client.Events},
		"listed again, and never wasn't": {event(wire.Event{Type: wire.EventRelist, ID: "clock", Time: 1800000000}), client.Events},
		"an id that climbs":              {event(wire.Event{Type: wire.EventDelist, ID: "../x", Time: 1800000000}), client.Events},
		"members of another type":        {event(wire.Event{Type: wire.EventDelist, ID: "clock", Version: "1.0.0", Time: 1800000000}), client.Events},
		"an end that wasn't begun":       {event(wire.Event{Type: wire.EventRestore, ID: "clock", Advisory: "A-1", Versions: []string{"1.0.0"}, Time: 1800000000}), client.Events},
		"what has to be understood":      {[]byte(`{"critical":true,"type":"merge"}`), client.Events},
		"no document":                    {[]byte("x"), client.Events},
		"another document":               {[]byte(`[]`), client.Events},
		"what a later format writes":     {[]byte(`{"id":"clock","type":"merge"}`), ""},
	} {
		x := steal(t)
		x.entries = append(x.entries, c.entry)
		settled, _ := x.sells()
		if c.class == "" {
			settled.does(name, syncNow)
		} else {
			settled.refuses(name, c.class, syncNow, updateAll)
		}
	}
	// Who has no key can't blame the publisher: the entries that a mirror serves are proved before anything is said of them.
	x := steal(t)
	x.noise(1)
	settled, _ := x.sells()
	server := serve(t, x.files)
	server.play(x.files, on("log bundle", func(w http.ResponseWriter, r *http.Request, file []byte) {
		spoilt := bytes.Clone(file)
		spoilt[len(spoilt)-1] = ']'
		honest(w, r, spoilt)
	}))
	settled.open(server.URL)
	settled.refuses("entries that a mirror spoilt", client.Content, syncNow, updateAll)
}

// TestBombs: what expands to more than it should is cut off, and the artifact is fetched in another way.
func TestBombs(t *testing.T) {
	big := squeeze.Compress([][]byte{make([]byte, 64<<20)})
	other := squeeze.Compress([][]byte{[]byte("something else")})
	old := zipOf("clock/", plugin("clock", "1.0.0", "x"))
	for name, edit := range map[string]func(*pressed){
		"a copy that is a hostileBomb": func(r *pressed) { r.zstd = big[:min(len(big), len(r.artifact)-1)] },
		"a copy of other bytes":        func(r *pressed) { r.zstd = other },
		"a copy of other bytes, as many": func(r *pressed) {
			data := bytes.Clone(r.artifact)
			data[len(data)/2] ^= 1
			r.zstd = squeeze.Compress([][]byte{data})
		},
		"a copy that is none":                 func(r *pressed) { r.zstd = []byte("PK\x03\x04") },
		"a delta that is none":                func(r *pressed) { r.deltas = map[string][]byte{"1.0.0": []byte("x")} },
		"a delta that expands to other bytes": func(r *pressed) { r.deltas = map[string][]byte{"1.0.0": must(squeeze.Delta(old, [][]byte{old}))} },
		"a delta from other bytes": func(r *pressed) {
			r.deltas = map[string][]byte{"1.0.0": must(squeeze.Delta(old, [][]byte{r.artifact}))}
		},
		"a delta that is a hostileBomb": func(r *pressed) { r.deltas = map[string][]byte{"1.0.0": big[:min(len(big), len(r.artifact)-1)]} },
	} {
		x := steal(t)
		x.release("clock", "1.1.0", edit)
		files := x.head()
		for _, d := range []*device{x.settled, x.fresh} {
			d.reads(files)
			d.w.now = x.now
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			c := d.install("clock", client.InstallOptions{})
			runtime.ReadMemStats(&after)
			if c.To != "1.1.0" || c.Via != "plain" {
				t.Errorf("%s: %+v, expected the artifact itself", name, c)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 48<<20 {
				t.Errorf("%s: %d MiB were allocated", name, n>>20)
			}
			d.sound()
		}

		// Where the artifact itself can't be had, either, nothing is installed.
		x = steal(t)
		x.release("clock", "1.1.0", edit)
		settled, _ := x.sells()
		for path := range x.files {
			if strings.HasSuffix(path, "1.1.0.zip") {
				settled.reads(x.files.replaced(path, []byte("PK")))
			}
		}
		settled.refuses(name+", and no artifact", client.Content, updateAll)
	}

	// A whole copy that expands to far more than it should, in a few bytes.
	for _, delta := range []bool{false, true} {
		x := steal(t)
		x.release("clock", "1.1.0", func(r *pressed) {
			r.artifact = make([]byte, 2*len(big))
			r.artifact[7] = 1
			if delta {
				r.deltas = map[string][]byte{"1.0.0": big}
			} else {
				r.zstd = big
			}
		})
		settled, _ := x.sells()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		settled.refuses("a hostileBomb", client.Archive, updateAll)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 48<<20 {
			t.Errorf("a hostileBomb: %d MiB were allocated", n>>20)
		}
	}
}

// zipEntry is a file of an archive that keeps no rules.
type zipEntry struct {
	name, content string
	local         string // the name in the local header, if it is another one
	size          uint32 // in the local header, if it is another one
	mode          uint32 // of Unix
	method        uint16
	shared        bool // has the local header of the entry before it
}

// badZip writes an archive as it is told.
func badZip(entries ...zipEntry) []byte {
	le := binary.LittleEndian
	var out, dir []byte
	at := 0
	for _, e := range entries {
		common := func(b []byte, name string, size uint32) []byte {
			b = le.AppendUint16(le.AppendUint16(le.AppendUint16(b, 20), 0x0800), e.method)
			b = le.AppendUint32(le.AppendUint32(b, 0x00210000), crc32.ChecksumIEEE([]byte(e.content)))
			b = le.AppendUint32(le.AppendUint32(b, size), size)
			return le.AppendUint16(le.AppendUint16(b, uint16(len(name))), 0)
		}
		size := uint32(len(e.content))
		if !e.shared {
			at = len(out)
			local := cmp.Or(e.local, e.name)
			out = append(common(append(out, "PK\x03\x04"...), local, cmp.Or(e.size, size)), local...)
			out = append(out, e.content...)
		}
		host := uint16(20)
		if e.mode != 0 {
			host |= 3 << 8
		}
		dir = common(le.AppendUint16(append(dir, "PK\x01\x02"...), host), e.name, size)
		dir = append(dir, make([]byte, 6)...)
		dir = le.AppendUint32(le.AppendUint32(dir, e.mode<<16), uint32(at))
		dir = append(dir, e.name...)
	}
	end := append([]byte("PK\x05\x06"), make([]byte, 4)...)
	end = le.AppendUint16(le.AppendUint16(end, uint16(len(entries))), uint16(len(entries)))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(dir))), uint32(len(out)))
	return slices.Concat(out, dir, end, make([]byte, 2))
}

// badTar writes a tar.gz with the standard library, which lets everything pass.
func badTar(headers ...tar.Header) []byte {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for _, h := range headers {
		h.Format = tar.FormatUSTAR
		h.Mode = 0o644
		if err := w.WriteHeader(&h); err != nil {
			panic(err)
		}
	}
	w.Close()
	zip.Close()
	return b.Bytes()
}

// TestArchives: an archive that breaks a rule isn't unpacked, and nothing is written outside of the device's root, nor inside of it.
func TestArchives(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "canary")
	composer := string(plugin("clock", "1.1.0", "x")[1].Data)
	manifest := zipEntry{name: "clock/composer.json", content: composer}
	evil := func(name string) zipEntry { return zipEntry{name: name, content: "evil"} }
	zips := map[string][]zipEntry{
		"zip slip":                       {evil("../../../../canary"), manifest},
		"zip slip inside":                {manifest, evil("clock/x/../../../../canary")},
		"zip slip by backslash":          {evil(`..\..\canary`), manifest},
		"an absolute path":               {evil(canary), manifest},
		"a drive":                        {evil("C:/canary"), manifest},
		"a share":                        {evil("//host/share/canary"), manifest},
		"a stream":                       {manifest, evil("clock/composer.json:x")},
		"a symlink":                      {{name: "clock/a", content: "../../../canary", mode: 0o120777}, manifest},
		"a symlink and what is below it": {{name: "clock/a", content: filepath.Dir(canary), mode: 0o120777}, evil("clock/a/canary"), manifest},
		"a device of Unix":               {{name: "clock/a", mode: 0o020666}, manifest},
		"a pipe":                         {{name: "clock/a", mode: 0o010666}, manifest},
		"a program":                      {{name: "clock/a", mode: 0o104755}, manifest},
		"a device of Windows":            {manifest, evil("clock/nul.txt")},
		"a console":                      {manifest, evil("clock/CONIN$")},
		"git's own directory":            {evil("clock/.git/config"), manifest},
		"a file twice":                   {manifest, {name: "clock/composer.json", content: strings.Replace(composer, "1.1.0", "9.9.9", 1)}},
		"letter case":                    {evil("clock/Composer.json"), manifest},
		"normal form":                    {manifest, evil("clock/e\u0301"), evil("clock/\u00e9")},
		"a file that is a directory":     {evil("clock"), manifest},
		"a control character":            {evil("clock/\x1b]0;x\a"), manifest},
		"a bidi override":                {manifest, evil("clock/gpj\u202ephp")},
		"the order":                      {manifest, evil("clock/a")},
		"overlapping entries":            {manifest, {name: "clock/d", content: composer, shared: true}},
		"another name in the header":     {{name: "clock/a", content: "x", local: "../../../x"}, manifest},
		"another size in the header":     {{name: "clock/a", content: "evil", size: 2}, manifest},
		"a compressed entry":             {{name: "clock/a", content: "\x03\x00", method: 8}, manifest},
	}
	entries := make(map[string]func(*pressed))
	for name, z := range zips {
		entries[name] = func(r *pressed) { r.artifact = badZip(z...) }
	}
	good := badZip(manifest, evil("clock/x"))
	if !bytes.Equal(good, zipOf("clock/", []archive.File{{Path: "composer.json", Data: []byte(composer)}, {Path: "x", Data: []byte("evil")}})) {
		t.Fatal("an archive that keeps all rules isn't what it should be")
	}
	for name, data := range map[string][]byte{
		"nothing":               {},
		"no archive":            []byte("<!doctype html>"),
		"something before it":   slices.Concat([]byte("#!/bin/sh\n"), good),
		"something behind it":   append(bytes.Clone(good), 0),
		"a gap":                 bytes.Replace(good, []byte("evil"), []byte("evi"), 1),
		"cut off":               good[:len(good)-30],
		"a directory elsewhere": bytes.Replace(good, []byte("PK\x05\x06"), []byte("PK\x05\x07"), 1),
	} {
		entries[name] = func(r *pressed) { r.artifact = data }
	}
	for name, data := range map[string][]byte{
		"a tar that climbs":            badTar(tar.Header{Name: "../../../canary"}),
		"a tar with a symlink":         badTar(tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: canary}),
		"a tar with a hard link":       badTar(tar.Header{Name: "a", Typeflag: tar.TypeLink, Linkname: canary}),
		"a tar with a device":          badTar(tar.Header{Name: "a", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}),
		"a tar with a directory":       badTar(tar.Header{Name: "a/", Typeflag: tar.TypeDir}),
		"a tar with a file twice":      badTar(tar.Header{Name: "dropapp.json"}, tar.Header{Name: "dropapp.json"}),
		"a gzip that is a hostileBomb": zeros(),
		"a tar.gz that is a zip":       good,
		"a tar.gz that has no file":    badTar(),
	} {
		entries[name] = func(r *pressed) {
			r.artifact, r.Format, r.Artifact.Name = data, "dropserver", "clock-1.1.0.tar.gz"
		}
	}
	for name, entrypoint := range map[string]string{
		"a bundle that climbs":           "../../../canary",
		"a bundle in a folder":           "a/blueprint.json",
		"a bundle with an absolute path": canary,
		"a bundle that is a device":      "nul",
		"a bundle without a name":        "",
	} {
		entries[name] = func(r *pressed) {
			r.artifact, r.Format, r.Artifact.Name, r.Entrypoint = []byte("{}"), "mana", "clock-1.1.0.mana", entrypoint
		}
	}
	// Whichever way the archive comes, it is the same archive.
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		x := steal(t)
		x.release("clock", "1.1.0", entries[name], func(r *pressed) {
			if len(r.artifact) > 0 {
				x.cheaper("1.0.0")(r)
			}
		})
		settled, fresh := x.sells()
		for _, d := range []*device{settled, fresh} {
			around := snapshot(t, filepath.Dir(d.root))
			do := updateAll
			if d == fresh {
				do = doInstall
			}
			d.refuses(name, client.Archive, do)
			sameFiles(t, snapshot(t, filepath.Dir(d.root)), around)
		}
		if _, err := os.Lstat(canary); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("%s: %s was written: %v", name, canary, err)
		}
	}
}

// TestHostileTexts: texts come through the library as they are. What isn't a text, such as an id or a version, has none of it.
func TestHostileTexts(t *testing.T) {
	text := "<script>alert(1)</script><svg onload=alert(1)>\u202e\x1b[2J::set-output name=x::y\n::error::z\u0000"
	x := steal(t)
	x.release("clock", "1.1.0", func(r *pressed) {
		r.Name, r.Summary, r.Categories = wire.Text{"en": text}, wire.Text{"en": text}, []string{text}
		r.Permissions, r.License, r.Homepage = []string{text}, text, "javascript:"+text
	})
	x.yank("clock", "A-1", client.Warn, text, "1.1.0")
	settled, fresh := x.sells()
	shown := must(fresh.Show(ctx, "clock", ""))
	if shown.Metadata.Name["en"] != text || shown.Notices[0].Reason["en"] != text || shown.Metadata.License != text {
		t.Errorf("shown: %+v", shown)
	}
	found, _, err := fresh.Search(ctx, "onload")
	if err != nil || len(found) != 1 || found[0].Name != text || found[0].ID != "clock" {
		t.Errorf("found: %+v, %v", found, err)
	}
	offered := 0
	_, err = settled.Update(ctx, client.UpdateOptions{Confirm: func(o client.Offer) bool {
		offered++
		if o.Permissions[0] != text || o.Warnings[0].Reason["en"] != text {
			t.Errorf("offered: %+v", o)
		}
		return true
	}})
	if list := must(settled.List(ctx)); err != nil || offered != 1 || list[0].Name["en"] != text {
		t.Errorf("installed: %+v, %v", list, err)
	}
	settled.sound()
	if entries := must(os.ReadDir(filepath.Join(settled.root, "apps"))); len(entries) != 1 || entries[0].Name() != "clock" {
		t.Errorf("in apps/: %v", entries)
	}
}
