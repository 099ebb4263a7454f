package tree_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/wire"
)

var update = flag.Bool("update", false, "write the test vectors anew")

// TestVectorsAreFresh compares the vectors with what this file makes; with -update it writes them. What is a fact of some
// standard stands here as it stands there; what is derived is made by the code, and by none of the vectors alone: TestVectors
// runs the code over them, and the packages' own tests hold it against other tools.
func TestVectorsAreFresh(t *testing.T) {
	m := &maker{t: t, files: make(map[string][]byte)}
	m.canonical()
	m.names()
	m.heads()
	m.signatures()
	m.authors()
	m.events()
	m.entries()
	m.lists()
	m.sources()
	m.zips()
	m.logs()
	m.edges()
	m.trusts()
	m.copies()
	m.catalogues()
	m.registries()
	if *update {
		for class := range classes {
			must(t, os.RemoveAll(filepath.Join(vectors, class)))
		}
		for name, data := range m.files {
			file := filepath.Join(vectors, filepath.FromSlash(name))
			must(t, os.MkdirAll(filepath.Dir(file), 0o755))
			must(t, os.WriteFile(file, data, 0o644))
		}
	}
	for name, data := range m.files {
		have, err := os.ReadFile(filepath.Join(vectors, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(have, data) {
			t.Errorf("%s isn't fresh (%v): run go test ./internal/tree -run TestVectors -update", name, err)
		}
	}
	found, err := filepath.Glob(filepath.Join(vectors, "*", "*"))
	must(t, err)
	found = slices.DeleteFunc(found, func(name string) bool { return slices.Contains(elsewhere, filepath.Base(filepath.Dir(name))) })
	if len(found) != len(m.files) {
		t.Errorf("there are %d files, expected %d", len(found), len(m.files))
	}
}

type maker struct {
	t     *testing.T
	files map[string][]byte
}

// add makes a vector. Its out is what the code gives, if none is given and the outcome is accept.
func (m *maker) add(name, shows, outcome string, in any, out ...any) {
	m.t.Helper()
	class, _, _ := strings.Cut(name, "/")
	plain := func(v any) json.RawMessage {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		must(m.t, enc.Encode(v))
		return b.Bytes()
	}
	v := vector{Shows: shows, Outcome: outcome, In: plain(in)}
	if outcome == "accept" && !slices.Contains(mute, class) {
		if len(out) == 0 {
			got, err := classes[class](m.t, v.In)
			if err != nil {
				m.t.Errorf("%s: %v", name, err)
			}
			out = []any{got}
		}
		v.Out = plain(out[0])
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	must(m.t, enc.Encode(v))
	name += ".json"
	if m.files[name] != nil {
		m.t.Errorf("two vectors are called %s", name)
	}
	m.files[name] = b.Bytes()
}

func (m *maker) canonical() {
	add := func(name, shows, in, want string) {
		if want == "" {
			m.add("canonical/"+name, shows, "range", map[string]string{"json": in})
			return
		}
		m.add("canonical/"+name, shows, "accept", map[string]string{"json": in}, map[string]string{"canonical": want})
	}
	add("rfc8785-sample", "the sample of RFC 8785, section 3.2.2",
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
		`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`)
	add("rfc8785-sorting", "the sample of RFC 8785, section 3.2.3: names sort by UTF-16 code units",
		`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`, "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}")
	add("space", "nothing stands between tokens", " { \"b\" : [ 1 , 2 ] ,\n\t\"a\" : { } }\r\n", `{"a":{},"b":[1,2]}`)
	add("nothing-more-is-escaped", "<, >, &, /, DEL, U+2028 and U+2029 stand as they are", `"\u003c\u003e\u0026\/\u007f\u2028\u2029"`, "\"<>&/\x7f\u2028\u2029\"")
	add("controls", "control characters have the short escape, or \\u00 and two lower-case digits", `"\u0000\u0008\u0009\u000A\u000B\u000C\u000D\u001F"`, `"\u0000\b\t\n\u000b\f\r\u001f"`)
	add("negative-zero", "minus zero is written as 0", `[-0,-0.0,0e5]`, `[0,0,0]`)
	add("largest-integer", "2^53 is the largest integer", `[9007199254740992,-9007199254740992]`, `[9007199254740992,-9007199254740992]`)
	add("integer-beyond-2-53", "an integer beyond 2^53 has no canonical form", `9007199254740993`, "")
	add("integer-beyond-64-bits", "nor has one that needs more than 64 bits", `18446744073709551616`, "")
	add("integer-with-exponent", "nor one that would be written as such an integer", `1e20`, "")
	add("beyond-float64", "a number that no float64 holds has no canonical form", `1e400`, "")
	for name, c := range map[string][2]string{
		"smallest": {"5e-324", "5e-324"}, "largest": {"1.7976931348623157e308", "1.7976931348623157e+308"}, "exponent-21": {"1000000000000000000000", "1e+21"},
		"exponent-minus-6": {"0.000001", "0.000001"}, "exponent-minus-7": {"0.00000099999999999999974", "9.999999999999997e-7"}, "shortest": {"333333333.33333331", "333333333.3333333"},
		"fraction": {"-0.0000033333333333333333", "-0.0000033333333333333333"},
	} {
		add("number-"+name, "a number of RFC 8785, appendix B", c[0], c[1])
	}
}

func (m *maker) names() {
	for name, c := range map[string][3]string{
		"simple": {"clock", "accept", "lower-case letters"}, "digits": {"0ad", "accept", "digits, at the start too"}, "hyphen": {"maintenance-page", "accept", "a hyphen inside a part"},
		"dots": {"org.example.clock", "accept", "parts joined by dots"}, "longest": {strings.Repeat("a", 128), "accept", "128 bytes"}, "almost-a-device": {"console", "accept", "not a device"},
		"device-inside": {"my.con", "accept", "a device's name behind a dot"},
		"empty":         {"", "syntax", "nothing"}, "too-long": {strings.Repeat("a", 129), "range", "129 bytes"}, "upper-case": {"Clock", "syntax", "an upper-case letter"}, "underscore": {"my_clock", "syntax", "an underscore"},
		"hyphen-first": {"-clock", "syntax", "a hyphen at the start of a part"}, "hyphen-last": {"a-.b", "syntax", "a hyphen at the end of a part"}, "empty-part": {"a..b", "syntax", "an empty part"}, "dot-first": {".git", "syntax", "a dot at the start"},
		"slash": {"a/b", "syntax", "a slash"}, "not-ascii": {"uhr-ä", "syntax", "a letter beyond ASCII"}, "device": {"nul", "syntax", "a device of Windows"}, "device-with-dot": {"com1.app", "syntax", "a device of Windows, whatever follows a dot"},
	} {
		m.add("id/"+name, c[2], c[1], map[string]string{"id": c[0]})
	}
	for name, c := range map[string][3]string{
		"release": {"1.4.0", "stable", "a release"}, "zero": {"0.0.0", "stable", "zeros"}, "rc": {"2.0.0-rc.1", "rc", "a release candidate"}, "rc-joined": {"2.0.0-rc1", "rc", "letters and digits in one identifier"},
		"rc-hyphen": {"2.0.0-rc-1", "rc", "a hyphen before the digits"}, "beta": {"2.0.0-beta.2", "beta", "a beta"}, "alpha": {"2.0.0-alpha", "alpha", "an alpha"}, "other": {"2.0.0-dev.3", "preview", "any other prerelease"},
		"digits": {"2.0.0-1", "preview", "a prerelease without letters"}, "second": {"2.0.0-dev.rc", "preview", "only the first identifier counts"}, "fifteen-digits": {"999999999999999.0.0", "stable", "a number of 15 digits"},
		"longest": {"1.0.0-" + strings.Repeat("a", 58), "preview", "64 bytes"},
	} {
		m.add("version/"+name, c[2], "accept", map[string]string{"version": c[0]}, map[string]string{"channel": c[1]})
	}
	for name, c := range map[string][3]string{
		"two-numbers": {"1.4", "syntax", "two numbers"}, "v": {"v1.4.0", "syntax", "a v in front"}, "leading-zero": {"1.04.0", "syntax", "a leading zero"}, "leading-zero-prerelease": {"1.4.0-01", "syntax", "a leading zero in a numeric identifier"},
		"build": {"1.4.0+5", "syntax", "build metadata"}, "upper-case": {"1.4.0-RC.1", "spelling", "an upper-case letter"}, "empty-identifier": {"1.4.0-a..b", "syntax", "an empty identifier"}, "empty": {"", "syntax", "nothing"},
		"space": {"1.4.0 ", "syntax", "a space behind it"}, "sixteen-digits": {"1.0.0-1000000000000000", "range", "a number of 16 digits"}, "too-long": {"1.0.0-" + strings.Repeat("a", 59), "range", "65 bytes"},
	} {
		m.add("version/bad-"+name, c[2], c[1], map[string]string{"version": c[0]})
	}
	m.add("order/semver", "rising precedence, the example of semver.org, section 11, among others", "accept", map[string]any{"versions": []string{
		"0.9.9", "1.0.0-0", "1.0.0-2", "1.0.0-10", "1.0.0-999999999999999", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-beta11", "1.0.0-beta2", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "2.0.0-a", "2.0.0"}})
}

func (m *maker) heads() {
	h := [2]string{wire.Sum([]byte("root")), wire.Sum([]byte("log"))}
	good := "regen/1 index registry=example serial=7 issued=1700000000 expires=1702592000 size=512 sha256=" + h[0] + " epoch=1 log=12:" + h[1] + " keys=1"
	out := map[string]any{"registry": "example", "serial": 7, "issued": 1700000000, "expires": 1702592000, "size": 512, "sha256": h[0], "epoch": 1, "log_size": 12, "log_root": h[1], "keys": 1}
	in := func(s string) any { return map[string]string{"statement": s} }
	m.add("head/good", "a head statement", "accept", in(good), out)
	m.add("head/more-members", "members behind the known ones are passed over", "accept", in(good+" mirrors=3 hint=a:b"), out)
	for name, c := range map[string][4]string{
		"other-format":      {"regen/1", "regen/2", "purpose", "another format"},
		"other-purpose":     {" index ", " metadata ", "purpose", "another purpose"},
		"order":             {"serial=7 issued=1700000000", "issued=1700000000 serial=7", "syntax", "members in another order"},
		"two-spaces":        {" serial", "  serial", "syntax", "two spaces"},
		"missing-member":    {" epoch=1", "", "syntax", "a member is missing"},
		"leading-zero":      {"serial=7", "serial=07", "syntax", "a leading zero"},
		"sign":              {"serial=7", "serial=+7", "syntax", "a sign"},
		"serial-0":          {"serial=7", "serial=0", "range", "serials begin at 1"},
		"beyond-2-53":       {"serial=7", "serial=9007199254740993", "range", "a number beyond 2^53"},
		"expires-when-made": {"expires=1702592000", "expires=1700000000", "range", "it expires when it is issued"},
		"upper-case-hash":   {h[0], strings.ToUpper(h[0]), "syntax", "an upper-case hash"},
		"short-hash":        {h[1], h[1][:62], "syntax", "a hash of 62 digits"},
		"empty-log":         {"log=12:", "log=0:", "range", "a log without entries"},
		"registry":          {"=example", "=Example", "syntax", "a registry's id with an upper-case letter"},
		"keys-0":            {"keys=1", "keys=0", "range", "versions of the trust document begin at 1"},
	} {
		m.add("head/bad-"+name, c[3], c[2], in(strings.Replace(good, c[0], c[1], 1)))
	}
	m.add("head/bad-member-again", "a known member again, behind the others", "syntax", in(good+" serial=8"))
	m.add("head/bad-trailing-space", "a space at the end", "syntax", in(good+" "))
	m.add("head/bad-no-value", "a member without a value", "syntax", in(good+" hint"))
	m.add("head/bad-cut-off", "cut off", "syntax", in(good[:60]))
}

func (m *maker) signatures() {
	key, other := signer(m.t, "release key"), signer(m.t, "another key")
	content := []byte("the package's bytes\n")
	comment := wire.ArtifactComment("clock", "1.0.0", wire.RefOf(content))
	good := string(key.Sign([][]byte{content}, comment))
	add := func(name, shows, outcome, signature string) {
		m.add("signature/"+name, shows, outcome, signatureIn{key.Public().String(), string(content), comment, signature})
	}
	lines := strings.Split(good, "\n")
	with := func(i int, line string) string {
		l := slices.Clone(lines)
		l[i] = line
		return strings.Join(l, "\n")
	}
	add("good", "a prehashed signature with its comment", "accept", good)
	add("untrusted-comment", "the untrusted comment is free", "accept", with(0, "untrusted comment: anything"))
	add("bad-other-key", "by another key", "key", string(other.Sign([][]byte{content}, comment)))
	add("bad-key-id", "by another key under this key's id", "key", func() string {
		l := strings.Split(string(other.Sign([][]byte{content}, comment)), "\n")
		raw, mine := unbase64(m.t, l[1]), unbase64(m.t, lines[1])
		copy(raw[2:10], mine[2:10])
		l[1] = base64Of(raw)
		return strings.Join(l, "\n")
	}())
	add("bad-content", "of other content", "content", string(key.Sign([][]byte{[]byte("other bytes\n")}, comment)))
	add("bad-purpose", "for another purpose", "purpose", string(key.Sign([][]byte{content}, wire.MetadataComment("clock", "1.0.0", wire.RefOf(content)))))
	add("bad-version", "for another version", "purpose", string(key.Sign([][]byte{content}, wire.ArtifactComment("clock", "1.0.1", wire.RefOf(content)))))
	add("bad-comment-altered", "the trusted comment was altered", "key", with(2, strings.Replace(lines[2], "clock", "click", 1)))
	raw := unbase64(m.t, lines[1])
	raw[1] = 'd'
	add("bad-legacy", "algorithm Ed, the legacy kind", "legacy", with(1, base64Of(raw)))
	add("bad-crlf", "line ends of another system", "spelling", strings.ReplaceAll(good, "\n", "\r\n"))
	add("bad-trailing", "a byte behind the last line", "spelling", good+"x")
	add("bad-no-last-line-end", "the last line has no end", "spelling", strings.TrimSuffix(good, "\n"))
	add("bad-base64", "base64 whose unused bits aren't 0", "spelling", with(3, looseEnd(m.t, lines[3])))
	add("bad-cut-off", "cut off in the third line", "syntax", good[:200])
	add("bad-empty", "nothing", "syntax", "")
}

func (m *maker) events() {
	hash := wire.Sum([]byte("metadata"))
	release := func(id, version string) wire.Event {
		return wire.Event{Type: wire.EventRelease, ID: id, Version: version, Channel: wire.ChannelOf(version), SHA256: hash, Size: 9}
	}
	keys := wire.Event{Type: wire.EventKeys, Keys: 1, SHA256: hash, Time: 1700000000}
	delist := wire.Event{Type: wire.EventDelist, ID: "clock", Time: 1700000300}
	relist := wire.Event{Type: wire.EventRelist, ID: "clock", Time: 1700000600}
	advisory := wire.Sum([]byte("advisory"))
	yank := func(id, action string, versions ...string) wire.Event {
		return wire.Event{Type: wire.EventYank, ID: "clock", Advisory: id, Action: action, SHA256: advisory, Size: 8, Versions: versions, Time: 1700000600}
	}
	restore := func(id string, versions ...string) wire.Event {
		return wire.Event{Type: wire.EventRestore, ID: "clock", Advisory: id, Versions: versions, Time: 1700000600}
	}
	text := func(e wire.Event) string { return string(encode(m.t, e)) }
	in := func(s string) any { return map[string]string{"entry": s} }
	known := map[string]bool{"known": true}
	m.add("event/release", "a release", "accept", in(text(release("clock", "1.0.0"))), known)
	m.add("event/keys", "a trust document", "accept", in(text(keys)), known)
	m.add("event/delist", "a package that went", "accept", in(text(delist)), known)
	m.add("event/relist", "a package that came back", "accept", in(text(relist)), known)
	for _, action := range wire.Actions {
		m.add("event/yank-"+action, "an advisory with the action "+action, "accept", in(text(yank("EX-2023-1", action, "1.0.0", "1.1.0-rc.1"))), known)
	}
	m.add("event/restore", "an advisory that no longer applies to a version", "accept", in(text(restore("EX-2023-1", "1.0.0"))), known)
	m.add("event/advisory-longest", "an advisory's id of 64 bytes: letters, digits, and dots, hyphens and underscores inside", "accept", in(text(restore("a.B-_"+strings.Repeat("9", 59), "1.0.0"))), known)
	many := make([]string, wire.MaxYanked+1)
	for i := range many {
		many[i] = fmt.Sprintf("1.0.%d", i)
	}
	m.add("event/yank-most-versions", "256 versions", "accept", in(text(yank("EX-2023-1", wire.Warn, many[1:]...))), known)
	for name, c := range map[string]struct {
		shows, outcome string
		event          wire.Event
	}{
		"yank-action":        {"an action that there isn't", "syntax", yank("EX-2023-1", "delete", "1.0.0")},
		"yank-no-action":     {"a yank without an action", "syntax", yank("EX-2023-1", "", "1.0.0")},
		"yank-no-size":       {"a yank without the size of its advisory", "syntax", func() wire.Event { e := yank("EX-2023-1", wire.Warn, "1.0.0"); e.Size = 0; return e }()},
		"yank-no-hash":       {"a yank without the hash of its advisory", "syntax", func() wire.Event { e := yank("EX-2023-1", wire.Warn, "1.0.0"); e.SHA256 = ""; return e }()},
		"yank-no-advisory":   {"a yank without the id of its advisory", "syntax", yank("", wire.Warn, "1.0.0")},
		"yank-no-versions":   {"a yank without versions", "range", yank("EX-2023-1", wire.Warn)},
		"yank-many-versions": {"257 versions", "range", yank("EX-2023-1", wire.Warn, many...)},
		"yank-falling":       {"versions that don't rise", "order", yank("EX-2023-1", wire.Warn, "1.1.0", "1.0.0")},
		"yank-twice":         {"a version twice", "order", yank("EX-2023-1", wire.Warn, "1.0.0", "1.0.0")},
		"yank-version":       {"what is no version", "syntax", yank("EX-2023-1", wire.Warn, "1.0")},
		"restore-action":     {"a restore with a yank's action", "syntax", func() wire.Event { e := restore("EX-2023-1", "1.0.0"); e.Action = wire.Warn; return e }()},
		"restore-hash":       {"a restore with a yank's hash", "syntax", func() wire.Event { e := restore("EX-2023-1", "1.0.0"); e.SHA256, e.Size = advisory, 8; return e }()},
		"advisory-slash":     {"an advisory's id with a slash", "syntax", restore("../a", "1.0.0")},
		"advisory-hyphen":    {"an advisory's id that begins with a hyphen", "syntax", restore("-a", "1.0.0")},
		"advisory-too-long":  {"an advisory's id of 65 bytes", "range", restore(strings.Repeat("a", 65), "1.0.0")},
		"release-advisory": {"a release with a member of a yank", "syntax", func() wire.Event {
			e := release("clock", "1.0.0")
			e.Advisory = "EX-2023-1"
			return e
		}()},
	} {
		m.add("event/bad-"+name, c.shows, c.outcome, in(text(c.event)))
	}
	m.add("event/unknown-member", "a member that a reader doesn't know is passed over", "accept", in(`{"id":"clock","new":[1],"time":1700000300,"type":"delist"}`), known)
	m.add("event/unknown-type", "a type that a reader doesn't know is passed over", "accept", in(`{"advisory":"x","type":"merge"}`), map[string]bool{"known": false})
	m.add("event/bad-critical-type", "a type that a reader doesn't know, and has to", "critical", in(`{"advisory":"x","critical":true,"type":"merge"}`))
	m.add("event/bad-critical-member", "a member that a reader doesn't know, and has to", "critical", in(`{"critical":true,"id":"clock","new":[1],"time":1700000300,"type":"delist"}`))
	m.add("event/bad-id", "an id that can't be", "syntax", in(`{"id":"../clock","time":1700000300,"type":"delist"}`))
	m.add("event/bad-no-hash", "a release without the hash of its metadata", "syntax", in(`{"channel":"stable","id":"clock","size":9,"type":"release","version":"1.0.0"}`))
	m.add("event/bad-version", "a release of what is no version", "syntax", in(`{"channel":"stable","id":"clock","sha256":"`+hash+`","size":9,"type":"release","version":"1.0"}`))
	m.add("event/bad-foreign-member", "a release with a member of another type", "syntax", in(strings.Replace(text(release("clock", "1.0.0")), `"type"`, `"time":5,"type"`, 1)))
	m.add("event/bad-cut-off", "cut off", "syntax", in(text(delist)[:20]))

	fold := func(name, shows, outcome string, events ...wire.Event) {
		var texts []string
		for _, e := range events {
			texts = append(texts, text(e))
		}
		m.add("fold/"+name, shows, outcome, map[string]any{"entries": texts})
	}
	wrong := release("clock", "1.0.0-beta")
	wrong.Channel = "stable"
	early := delist
	early.Time = 1699999999
	fold("life", "released, gone, back, and released again", "accept", keys, release("clock", "1.0.0"), delist, relist, release("clock", "1.1.0-rc.1"))
	fold("two-packages", "packages have nothing to do with each other", "accept", keys, release("clock", "2.0.0"), release("alarm", "1.0.0"), delist, release("alarm", "1.0.1"))
	fold("bad-same-version", "a version twice", "order", keys, release("clock", "1.0.0"), release("clock", "1.0.0"))
	fold("bad-lower-version", "a version below an earlier one", "order", keys, release("clock", "1.0.0"), release("clock", "1.0.0-rc.1"))
	fold("bad-release-while-delisted", "a release of a delisted package", "state", keys, release("clock", "1.0.0"), delist, release("clock", "1.1.0"))
	fold("bad-delist-unknown", "a package goes that never was", "state", keys, delist)
	fold("bad-relist-listed", "a package comes back that never went", "state", keys, release("clock", "1.0.0"), relist)
	fold("bad-channel", "a channel that isn't the version's", "state", keys, wrong)
	fold("bad-time", "time runs backwards", "order", keys, release("clock", "1.0.0"), early)
	one, two := release("clock", "1.0.0"), release("clock", "1.1.0")
	fold("yank", "an advisory applies to a version", "accept", keys, one, two, yank("EX-2023-1", wire.Block, "1.0.0"))
	fold("yank-two-advisories", "two advisories on one version stand in the order of their ids", "accept", keys, one, yank("EX-2023-2", wire.Warn, "1.0.0"), yank("EX-2023-1", wire.Block, "1.0.0"))
	fold("yank-again", "an advisory that applies in another way takes the place of what it was", "accept", keys, one, yank("EX-2023-1", wire.Warn, "1.0.0"), yank("EX-2023-1", wire.Uninstall, "1.0.0"))
	fold("yank-later-release", "a later release isn't yanked by an earlier event", "accept", keys, one, yank("EX-2023-1", wire.Block, "1.0.0"), two)
	fold("yank-delisted", "a delisted package can be yanked, and stays delisted", "accept", keys, one, delist, yank("EX-2023-1", wire.Block, "1.0.0"))
	fold("restore", "an advisory ceases to apply to one of two versions", "accept", keys, one, two, yank("EX-2023-1", wire.Block, "1.0.0", "1.1.0"), restore("EX-2023-1", "1.1.0"))
	fold("restore-other-advisory", "another advisory goes on", "accept", keys, one, yank("EX-2023-1", wire.Block, "1.0.0"), yank("EX-2023-2", wire.Warn, "1.0.0"), restore("EX-2023-1", "1.0.0"))
	fold("restore-and-yank", "an advisory comes back", "accept", keys, one, yank("EX-2023-1", wire.Block, "1.0.0"), restore("EX-2023-1", "1.0.0"), yank("EX-2023-1", wire.Block, "1.0.0"))
	fold("bad-yank-unknown-package", "a yank of a package that never was", "state", keys, yank("EX-2023-1", wire.Block, "1.0.0"))
	fold("bad-yank-unknown-version", "a yank of a version that never was", "state", keys, one, yank("EX-2023-1", wire.Block, "1.0.0", "1.1.0"))
	fold("bad-yank-same", "a yank that changes nothing", "state", keys, one, yank("EX-2023-1", wire.Block, "1.0.0"), yank("EX-2023-1", wire.Block, "1.0.0"))
	fold("bad-restore-none", "a restore of a version to which no advisory applies", "state", keys, one, restore("EX-2023-1", "1.0.0"))
	fold("bad-restore-other-advisory", "a restore of a version to which another advisory applies", "state", keys, one, yank("EX-2023-1", wire.Block, "1.0.0"), restore("EX-2023-2", "1.0.0"))
	fold("bad-restore-other-version", "a restore of two versions, to one of which the advisory doesn't apply", "state", keys, one, two, yank("EX-2023-1", wire.Block, "1.0.0"), restore("EX-2023-1", "1.0.0", "1.1.0"))
	fold("bad-restore-unknown-package", "a restore of a package that never was", "state", keys, restore("EX-2023-1", "1.0.0"))
	fold("bad-keys", "a version of the trust document is left out", "order", wire.Event{Type: wire.EventKeys, Keys: 2, SHA256: hash, Time: 1})
}

func (m *maker) entries() {
	e := wire.Entry{Format: "vito", Name: "Clock", Summary: "Shows the time", Icon: "1.0.0/assets/icon.svg", Categories: []string{"time"}, Channels: map[string]string{"stable": "1.0.0"},
		Versions: wire.Ref{SHA256: wire.Sum([]byte("list")), Size: 345}}
	in := func(e wire.Entry) any { return map[string]any{"entry": e} }
	m.add("entry-fit/whole", "an entry that fits is left as it is", "accept", in(e))
	long := e
	long.Summary = strings.Repeat("時計 ", 200)
	m.add("entry-fit/long-summary", "the summary is cut at a character, spaces before the cut go", "accept", in(long))
	wide := e
	wide.Name, wide.Summary = strings.Repeat("\x01", 200), strings.Repeat("a", 100)
	blocked := e
	blocked.State, blocked.Channels = wire.AllBlocked, map[string]string{}
	m.add("entry-fit/blocked", "a package whose versions are all blocked has no channels, and says so", "accept", in(blocked))
	m.add("entry-fit/long-name", "then the categories go, then the icon, and then the name's end", "accept", in(wide))
}

// lists makes what the catalogue says of version lists.
func (m *maker) lists() {
	version := func(v string, actions ...string) wire.Version {
		sum := wire.Sum([]byte(v))
		out := wire.Version{Version: v, Channel: wire.ChannelOf(v), Metadata: wire.Ref{SHA256: sum, Size: 9}, Source: sum, Log: 1, Time: 1700000000}
		for i, action := range actions {
			out.Yanks = append(out.Yanks, wire.Yank{Advisory: fmt.Sprintf("EX-2023-%d", i+1), Action: action, Ref: wire.Ref{SHA256: sum, Size: 8}})
		}
		return out
	}
	add := func(name, shows, state string, versions ...wire.Version) {
		m.add("entry/"+name, shows, "accept", map[string]any{"list": wire.VersionList{ID: "clock", State: state, Versions: versions}})
	}
	add("channels", "the highest version of each channel; the primary one is that of the most stable channel", "", version("1.0.0"), version("1.1.0-beta.1"), version("1.1.0-beta.2"), version("1.1.0-rc.1"))
	add("prerelease", "without a stable version, the next channel has the primary one", "", version("1.0.0-alpha"), version("1.0.0-beta"), version("2.0.0-alpha"))
	add("warned", "a version of which an advisory only warns is offered", "", version("1.0.0", wire.Warn))
	add("blocked", "the highest version is blocked: the one below is the channel's", "", version("1.0.0"), version("1.1.0", wire.Block))
	add("uninstalled", "the action uninstall blocks, too, and the strictest of two counts", "", version("1.0.0"), version("1.1.0", wire.Warn, wire.Uninstall))
	add("blocked-channel", "all of a channel is blocked: it isn't there, and the primary version is of the next one", "", version("1.0.0", wire.Block), version("1.1.0-rc.1"))
	add("all-blocked", "every version is blocked: there is no channel, and the highest of the most stable channel stands for the package", "", version("1.0.0", wire.Block), version("1.1.0-rc.1", wire.Uninstall))
	add("delisted", "a delisted package keeps its channels", wire.Delisted, version("1.0.0"))
	add("delisted-and-blocked", "delisted goes before blocked", wire.Delisted, version("1.0.0", wire.Block))
}

func (m *maker) sources() {
	base := sourceIn{Format: "vito", Version: "1.0.0", Channel: "stable", Facts: wire.Facts{Name: wire.Text{"en": "Clock"}, Summary: wire.Text{"en": "Shows the time"}},
		Files: []textFile{{"Plugin.php", "<?php\n"}, {"README.md", "# Clock\n"}, {"a/b.txt", ""}}}
	m.add("source-digest/base", "a package of three files, one of them empty", "accept", base)
	c := base
	c.Facts.Summary = wire.Text{"en": "Shows the time of day"}
	m.add("source-digest/other-facts", "other facts give another digest", "accept", c)
	c = base
	c.Version, c.Channel = "1.0.1-rc.1", "rc"
	m.add("source-digest/other-version", "another version and channel give another digest", "accept", c)
	c = base
	c.Files = []textFile{{"Plugin.php", "<?php\n"}, {"README.md", "# Clock\n"}, {"a/c.txt", ""}}
	m.add("source-digest/other-name", "another name of a file gives another digest", "accept", c)
}

// targz makes the vectors of a tar in gzip. Those that change a header have its checksum, and the CRC, set right again, so that the change alone is wrong.
func (m *maker) targz(files []textFile) {
	m.add("targz/empty", "no file: two blocks of zeros", "accept", targzIn{[]textFile{}})
	m.add("targz/files", "a directory without an entry of its own, a name beyond ASCII, an empty file, in byte order of their names", "accept", targzIn{files})
	long := strings.Repeat("d", 90) + "/" + strings.Repeat("f", 95)
	m.add("targz/split", "a name of more than 100 bytes is split at a slash", "accept", targzIn{[]textFile{{long, "x"}}})
	m.add("targz/bad-name", "a name that no slash splits", "path", targzIn{[]textFile{{strings.Repeat("n", 101), ""}}})
	made, err := runTarGz(m.t, encode(m.t, targzIn{files}))
	must(m.t, err)
	good, err := hex.DecodeString(made.(map[string]any)["hex"].(string))
	must(m.t, err)
	read := func(name, shows, outcome string, data []byte) {
		m.add("targz-read/"+name, shows, outcome, map[string]string{"hex": hex.EncodeToString(data)})
	}
	const gzipHeader, blockHeader, footer = 10, 5, 8
	with := func(change func(tar []byte)) []byte {
		out := bytes.Clone(good)
		tar := out[gzipHeader+blockHeader : len(out)-footer]
		change(tar)
		sum := 0
		for i, b := range tar[:512] {
			if i >= 148 && i < 156 {
				b = ' '
			}
			sum += int(b)
		}
		copy(tar[148:], fmt.Sprintf("%06o\x00 ", sum))
		binary.LittleEndian.PutUint32(out[len(out)-footer:], crc32.ChecksumIEEE(tar))
		return out
	}
	read("good", "what targz/files makes", "accept", good)
	read("good-unchanged", "the first header's checksum and the CRC made again: the same bytes", "accept", with(func([]byte) {}))
	read("bad-mode", "a mode other than 0644", "syntax", with(func(tar []byte) { copy(tar[100:], "0000755") }))
	read("bad-time", "a time", "syntax", with(func(tar []byte) { copy(tar[136:], "00000000001") }))
	read("bad-link", "a symbolic link", "syntax", with(func(tar []byte) { tar[156] = '2' }))
	read("bad-owner", "the name of an owner", "syntax", with(func(tar []byte) { copy(tar[265:], "root") }))
	read("bad-path", "a name that leads out", "path", with(func(tar []byte) { copy(tar, "../ugin.php") }))
	read("bad-crc", "the content isn't the one of the CRC-32", "content", bytes.Replace(good, []byte("<?php"), []byte("<?PHP"), 1))
	read("bad-trailing", "a byte behind the gzip member", "syntax", append(bytes.Clone(good), 0))
	read("bad-cut-off", "the last byte is missing", "syntax", good[:len(good)-1])
	name := bytes.Clone(good)
	name[3] = 8
	read("bad-gzip-name", "gzip flags that say that a name follows", "syntax", name)
	compressed := bytes.Clone(good)
	compressed[gzipHeader] = 3 // the last block, by fixed codes
	read("bad-compressed", "a block that isn't stored", "syntax", compressed)
}

func (m *maker) zips() {
	good := zipIn{"clock/", []textFile{{"Plugin.php", "<?php\n"}, {"a/ä.txt", ""}}}
	m.add("zip/empty", "no file: the end record alone", "accept", zipIn{"", []textFile{}})
	m.add("zip/one", "one file, no prefix", "accept", zipIn{"", []textFile{{"a", "abc"}}})
	m.add("zip/prefix", "a prefix, a directory without an entry of its own, a name beyond ASCII, an empty file", "accept", good)
	m.add("zip/order", "files stand in byte order of their names, whatever order they come in", "accept", zipIn{"", []textFile{{"b", "2"}, {"a/b", "3"}, {"a-b", "4"}, {"Z", "5"}}})
	for name, c := range map[string][2]string{"dots": {"../a", "a path that leads out"}, "absolute": {"/a", "an absolute path"}, "backslash": {`a\b`, "a backslash"}, "device": {"a/NUL.txt", "a device of Windows"}} {
		m.add("zip/bad-"+name, c[1], "path", zipIn{"", []textFile{{c[0], ""}}})
	}
	made, err := runZip(m.t, encode(m.t, map[string]any{"prefix": good.Prefix, "files": good.Files}))
	must(m.t, err)
	zip, err := hex.DecodeString(made.(map[string]any)["hex"].(string))
	must(m.t, err)
	read := func(name, shows, outcome string, zip []byte) {
		m.add("zip-read/"+name, shows, outcome, map[string]string{"hex": hex.EncodeToString(zip)})
	}
	with := func(at int, b ...byte) []byte {
		out := bytes.Clone(zip)
		copy(out[at:], b)
		return out
	}
	central := bytes.Index(zip, []byte("PK\x01\x02"))
	read("good", "what zip/prefix makes", "accept", zip)
	read("bad-trailing", "a byte behind the end record", "syntax", append(bytes.Clone(zip), 0))
	read("bad-leading", "a byte before the first entry", "syntax", append([]byte{0}, zip...))
	read("bad-cut-off", "the last byte is missing", "syntax", zip[:len(zip)-1])
	read("bad-crc", "the content isn't the one of the CRC-32", "content", bytes.Replace(zip, []byte("<?php"), []byte("<?PHP"), 1))
	read("bad-method", "a method other than stored", "syntax", with(central+10, 8))
	read("bad-time", "a time", "syntax", with(central+12, 1))
	read("bad-attributes", "external attributes: a Unix mode", "syntax", with(central+40, 0xed, 0x81))
	read("bad-host", "made on a host other than 0", "syntax", with(central+5, 3))
	read("bad-local-name", "a local header with another name than the directory", "content", bytes.Replace(zip, []byte("clock/Plugin"), []byte("clock/plugin"), 1))
	read("bad-data-descriptor", "flags that say that a data descriptor follows", "syntax", with(6, 8))
	read("bad-empty", "nothing", "syntax", nil)

	m.targz(good.Files)

	paths := func(name, shows, outcome string, paths ...string) {
		m.add("archive-path/"+name, shows, outcome, map[string]any{"paths": paths})
	}
	paths("good", "plain paths", "accept", "a", "a b", "dir/file.txt", "dir/Other", ".hidden", "ä/😀", "CON1", "git", strings.Repeat("n", 255))
	for name, c := range map[string][]string{
		"empty": {"an empty path", ""}, "absolute": {"a slash at the start", "/a"}, "trailing-slash": {"a slash at the end", "a/"}, "double-slash": {"two slashes", "a//b"}, "dot": {"a component .", "a/./b"}, "dots": {"a component ..", "a/../b"},
		"backslash": {"a backslash", `a\b`}, "colon": {"a colon", "a:b"}, "control": {"a control character", "a\x01b"}, "bidi": {"a bidi override", "a\u202eb"}, "zero-width": {"a zero-width joiner", "a\u200db"},
		"trailing-dot": {"a dot at the end of a component", "a./b"}, "trailing-space": {"a space at the end of a component", "a /b"}, "device": {"a device", "a/con"}, "device-extension": {"a device with an extension", "AUX.txt"}, "device-superscript": {"a device with a superscript digit", "com¹"},
		"git": {"git's own directory", ".GIT/config"}, "git-short": {"its short name", "git~1"}, "too-long": {"257 bytes", strings.Repeat("a/", 128) + "b"}, "component-too-long": {"a component of 256 bytes", strings.Repeat("a", 256)},
		"twice": {"a path twice", "a", "a"}, "case": {"two paths that differ in case", "README", "readme"}, "case-of-directory": {"two directories that differ in case", "Dir/a", "dir/b"}, "normal-form": {"two paths that differ in normal form", "é", "e\u0301"},
		"full-folding": {"two paths that are the same under full case folding", "straße", "STRASSE"}, "file-and-directory": {"a file that is also a directory", "a", "a/b"},
	} {
		paths("bad-"+name, c[0], "path", c[1:]...)
	}
}

func (m *maker) logs() {
	for _, n := range []int{1, 2, 3, 5, 255, 256, 257, 600, 65536, 65537} {
		m.add(fmt.Sprintf("log/%d", n), fmt.Sprintf("the log of %d entries, where entry i, from 0, is the text \"entry i\"", n), "accept", map[string]int{"count": n})
	}
	l, made := logOf(m.t, 3)
	root, err := l.Root()
	must(m.t, err)
	read := func(name, shows, outcome string, size int64, root string, change func(map[string]string)) {
		files := make(map[string]string)
		for _, f := range made {
			files[f.Path] = hex.EncodeToString(f.Data)
		}
		change(files)
		m.add("log-read/"+name, shows, outcome, logReadIn{size, root, files})
	}
	const tile, bundle = "log/1/tile/0/000.p/3", "log/1/tile/entries/000.p/3"
	read("good", "a log of three entries", "accept", 3, root, func(map[string]string) {})
	read("bad-entry", "an entry was altered", "content", 3, root, func(f map[string]string) { f[bundle] = strings.Replace(f[bundle], "31", "39", 1) })
	read("bad-tile", "a hash was altered", "content", 3, root, func(f map[string]string) { f[tile] = "00" + f[tile][2:] })
	read("bad-both", "an entry and its hash were altered alike", "content", 3, root, func(f map[string]string) {
		f[bundle] = strings.Replace(f[bundle], "31", "39", 1)
		other := sha256Of(append([]byte{0}, "entry 9"...))
		f[tile] = f[tile][:64] + other + f[tile][128:]
	})
	read("bad-bundle-cut-off", "the last byte of the entries is missing", "syntax", 3, root, func(f map[string]string) { f[bundle] = f[bundle][:len(f[bundle])-2] })
	read("bad-bundle-trailing", "a byte behind the entries", "syntax", 3, root, func(f map[string]string) { f[bundle] += "00" })
	read("bad-tile-cut-off", "half a hash is missing", "syntax", 3, root, func(f map[string]string) { f[tile] = f[tile][:160] })
	read("bad-tile-missing", "the hashes are missing", "missing", 3, root, func(f map[string]string) { delete(f, tile) })
	read("bad-bundle-missing", "the entries are missing", "missing", 3, root, func(f map[string]string) { delete(f, bundle) })
	read("bad-root", "the root is another one", "content", 3, wire.Sum(nil), func(map[string]string) {})

	for name, c := range map[string]struct {
		in   tileIn
		want string
	}{
		"first": {tileIn{1, "0", 0, 256}, "log/1/tile/0/000"}, "partial": {tileIn{1, "0", 5, 44}, "log/1/tile/0/005.p/44"}, "level": {tileIn{1, "2", 0, 1}, "log/1/tile/2/000.p/1"},
		"thousands": {tileIn{1, "0", 1234067, 256}, "log/1/tile/0/x001/x234/067"}, "entries": {tileIn{1, "entries", 1000, 7}, "log/1/tile/entries/x001/000.p/7"}, "epoch": {tileIn{3, "entries", 999, 256}, "log/3/tile/entries/999"},
	} {
		m.add("tile-path/"+name, "where a tile lies", "accept", c.in, map[string]string{"path": c.want})
	}
}

func (m *maker) catalogues() {
	for _, n := range []int{0, 1, 1024, 1025, 20000} {
		m.add(fmt.Sprintf("catalogue-shape/%d", n), fmt.Sprintf("how many packages lie in each leaf of the catalogue of the %d packages p0, p1, …", n), "accept", map[string]int{"count": n})
	}
	entry := wire.Entry{Format: "vito", Name: "Clock", Channels: map[string]string{"stable": "1.0.0"}, Versions: wire.Ref{SHA256: wire.Sum([]byte("list")), Size: 345}}
	facts := &wire.Registry{ID: "example", Name: "Example", Start: strings.Repeat("0", 40), Configured: strings.Repeat("0", 40), Commit: strings.Repeat("0", 40), Time: 1700000000, Count: 1}
	leaf := encode(m.t, wire.Node{Packages: map[string]wire.Entry{"clock": entry}})
	digits := wire.HashDigits("clock")
	inner := encode(m.t, wire.Node{Children: map[string]wire.Ref{digits[1:2]: wire.RefOf(leaf)}})
	deep := string(encode(m.t, wire.Node{Registry: facts, Children: map[string]wire.Ref{digits[:1]: wire.RefOf(inner)}}))
	flat := string(encode(m.t, wire.Node{Registry: facts, Packages: map[string]wire.Entry{"clock": entry}}))
	nodes := map[string]string{wire.NodePath(wire.Sum(leaf)): string(leaf), wire.NodePath(wire.Sum(inner)): string(inner)}
	add := func(name, shows, outcome, id, root string, nodes map[string]string) {
		m.add("catalogue-lookup/"+name, shows, outcome, lookupIn{id, root, nodes})
	}
	add("flat", "a package in the root node", "accept", "clock", flat, map[string]string{})
	add("flat-none", "a package that isn't there", "accept", "alarm", flat, map[string]string{})
	add("deep", "a package two nodes below the root (the nodes are only those on its way)", "accept", "clock", deep, nodes)
	add("deep-none", "a package whose digit has no child", "accept", "alarm", deep, nodes)
	altered := maps.Clone(nodes)
	altered[wire.NodePath(wire.Sum(leaf))] = strings.Replace(string(leaf), "Clock", "Cl0ck", 1)
	add("bad-altered", "a node that isn't what its hash says", "content", "clock", deep, altered)
	missing := maps.Clone(nodes)
	delete(missing, wire.NodePath(wire.Sum(inner)))
	add("bad-missing", "a node that isn't there", "missing", "clock", deep, missing)
	add("bad-critical", "a root node with a member that a reader doesn't know, and has to", "critical", "clock", `{"critical":true,`+flat[1:], map[string]string{})
}

func (m *maker) registries() {
	s := newSmall(m.t)
	base := registryIn{PublicKey: s.key.Public().String(), Registry: registryID, ID: "clock", Version: "1.0.0", Now: now, Files: make(map[string]string)}
	// What belongs to the other version isn't asked for.
	for path, data := range s.files {
		if !strings.HasPrefix(path, wire.ReleasePath("clock", "1.1.0-rc.1")) {
			base.Files[path] = hex.EncodeToString(data)
		}
	}
	m.add("registry/good", "a whole registry, from which clock 1.0.0 is installed", "accept", base)
	add := func(name, shows, outcome string, change func(c *registryIn, s *small)) {
		c := base
		c.Base, c.Files = "good.json", make(map[string]string)
		change(&c, newSmall(m.t))
		m.add("registry/bad-"+name, shows, outcome, c)
	}
	put := func(c *registryIn, path string, data []byte) { c.Files[path] = hex.EncodeToString(data) }
	root, list := wire.NodePath(s.statement.Root.SHA256), wire.VersionsPath("clock", s.root.Packages["clock"].Versions.SHA256)
	metadata, artifact := wire.MetadataPath("clock", "1.0.0"), wire.ArtifactPath("clock", "1.0.0", "clock-1.0.0.zip")
	add("other-registry", "the head is of another registry than the pinned one", "purpose", func(c *registryIn, _ *small) { c.Registry = "another" })
	add("expired", "the head expired just now", "expired", func(c *registryIn, _ *small) { c.Now = expires })
	add("key", "the head is by another key than the pinned one", "key", func(c *registryIn, _ *small) { c.PublicKey = signer(m.t, "another key").Public().String() })
	add("purpose", "the head is the signature of something else", "purpose", func(c *registryIn, s *small) {
		put(c, wire.HeadPath, s.files[metadata+wire.SignatureSuffix])
	})
	add("epoch", "the head is of an epoch that the trust document doesn't name", "rollback", func(c *registryIn, s *small) {
		s.statement.Epoch = 2
		s.sign(m.t)
		put(c, wire.HeadPath, s.files[wire.HeadPath])
	})
	add("root-altered", "the root node isn't the one that the head names", "content", func(c *registryIn, s *small) {
		put(c, root, bytes.Replace(s.files[root], []byte("Example"), []byte("Exampel"), 1))
	})
	add("list-missing", "the version list is missing", "missing", func(c *registryIn, _ *small) { c.Remove = []string{list} })
	add("metadata-altered", "the metadata aren't those that the version list names", "content", func(c *registryIn, s *small) {
		put(c, metadata, bytes.Replace(s.files[metadata], []byte("Clock"), []byte("Cl0ck"), 1))
	})
	add("artifact-altered", "the artifact isn't the one that the metadata name", "content", func(c *registryIn, s *small) {
		put(c, artifact, bytes.Replace(s.files[artifact], []byte("<?php"), []byte("<?PHP"), 1))
	})
	add("artifact-longer", "the artifact has a byte more than the metadata say", "content", func(c *registryIn, s *small) { put(c, artifact, append(s.files[artifact], 0)) })
	add("log-altered", "the log isn't the one that the head names", "content", func(c *registryIn, s *small) {
		path := "log/1/tile/entries/000.p/3"
		put(c, path, bytes.Replace(s.files[path], []byte("clock"), []byte("click"), 1))
	})
	add("no-head", "there is no head", "missing", func(c *registryIn, _ *small) { c.Remove = []string{wire.HeadPath} })
	add("no-version", "a version that was never released", "missing", func(c *registryIn, _ *small) { c.Version = "1.0.1" })
}
