package wire

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	hashA = strings.Repeat("a1", 32)
	hashB = strings.Repeat("0b", 32)
)

func statement() Statement {
	return Statement{
		Registry: "example", Serial: 7, Issued: 1700000000, Expires: 1702592000, Root: Ref{hashA, 512},
		Epoch: 1, LogSize: 12, LogRoot: hashB, Keys: 1,
	}
}

func ExampleStatement_String() {
	s := Statement{Registry: "example", Serial: 7, Issued: 1700000000, Expires: 1702592000, Root: RefOf([]byte("{}")), Epoch: 1, LogSize: 12, LogRoot: Sum(nil), Keys: 1}
	fmt.Println(strings.ReplaceAll(s.String(), " ", "\n"))
	// Output:
	// regen/1
	// index
	// registry=example
	// serial=7
	// issued=1700000000
	// expires=1702592000
	// size=2
	// sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
	// epoch=1
	// log=12:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
	// keys=1
}

// What is written can be read, and what can be read was written so, but for members behind the known ones.
func TestStatementInverse(t *testing.T) {
	number := rapid.Int64Range(1, 1<<53)
	rapid.Check(t, func(t *rapid.T) {
		s := Statement{
			Registry: rapid.StringMatching(`[a-z]{4,20}(\.[a-z0-9]{1,5})?`).Draw(t, "registry"), Serial: number.Draw(t, "serial"), Issued: rapid.Int64Range(0, 1<<52).Draw(t, "issued"),
			Root: Ref{Sum([]byte(rapid.String().Draw(t, "root"))), number.Draw(t, "size")}, Epoch: int(number.Draw(t, "epoch")),
			LogSize: number.Draw(t, "entries"), LogRoot: Sum([]byte(rapid.String().Draw(t, "log"))), Keys: int(number.Draw(t, "keys")),
		}
		s.Expires = s.Issued + rapid.Int64Range(1, 1<<52).Draw(t, "lifetime")
		got, err := ParseStatement(s.String())
		if err != nil || got != s {
			t.Fatalf("%s\nis read as %+v, %v", s, got, err)
		}
		more := s.String() + " " + rapid.StringMatching(`[a-z0-9_]{11,14}=[!-~]{0,9}`).Draw(t, "more")
		if got, err := ParseStatement(more); err != nil || got != s {
			t.Fatalf("%s\nis read as %+v, %v", more, got, err)
		}
	})
}

func TestParseStatementRefuses(t *testing.T) {
	good := statement().String()
	if _, err := ParseStatement(good); err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string {
		t.Helper()
		if strings.Count(good, old) != 1 {
			t.Fatalf("%q is in the statement %d times", old, strings.Count(good, old))
		}
		return strings.Replace(good, old, new, 1)
	}
	fields := strings.Split(good, " ")
	cases := map[string]string{
		"empty":                    "",
		"other format":             with("regen/1", "regen/2"),
		"other purpose":            with(" index ", " artifact "),
		"other case":               with("regen/1", "Regen/1"),
		"leading space":            " " + good,
		"trailing space":           good + " ",
		"trailing line end":        good + "\n",
		"trailing carriage return": good + "\r",
		"two spaces":               with(" serial", "  serial"),
		"tab":                      with(" serial", "\tserial"),
		"order":                    with("serial=7 issued=1700000000", "issued=1700000000 serial=7"),
		"bad registry":             with("registry=example", "registry=Example"),
		"no registry":              with("registry=example", "registry="),
		"serial 0":                 with("serial=7", "serial=0"),
		"negative":                 with("serial=7", "serial=-7"),
		"plus":                     with("serial=7", "serial=+7"),
		"leading zero":             with("serial=7", "serial=07"),
		"no number":                with("serial=7", "serial="),
		"no equals sign":           with("serial=7", "serial"),
		"hex":                      with("serial=7", "serial=0x7"),
		"fraction":                 with("serial=7", "serial=7.0"),
		"beyond 2^53":              with("serial=7", "serial=9007199254740993"),
		"beyond int64":             with("serial=7", "serial=9223372036854775808"),
		"expires at once":          with("expires=1702592000", "expires=1700000000"),
		"expires before":           with("expires=1702592000", "expires=1"),
		"negative size":            with("size=512", "size=-512"),
		"short hash":               with("sha256="+hashA, "sha256="+hashA[1:]),
		"upper-case hash":          with("sha256="+hashA, "sha256="+strings.ToUpper(hashA)),
		"epoch 0":                  with("epoch=1", "epoch=0"),
		"empty log":                with("log=12:", "log=0:"),
		"no log root":              with("log=12:"+hashB, "log=12"),
		"empty log root":           with("log=12:"+hashB, "log=12:"),
		"two log roots":            with("log=12:"+hashB, "log=12:"+hashB+":"+hashB),
		"short log root":           with(hashB, hashB[2:]),
		"keys 0":                   with("keys=1", "keys=0"),
		"member again":             good + " serial=8",
		"unknown member twice":     good + " mirror=1 mirror=2",
		"member without value":     good + " mirror",
		"member without name":      good + " =1",
		"upper-case member":        good + " Mirror=1",
		"control character":        good + " mirror=\x01",
		"not ASCII":                good + " mirror=ä",
	}
	for i := range fields {
		cases["without "+fields[i]] = strings.Join(append(append([]string{}, fields[:i]...), fields[i+1:]...), " ")
	}
	for n := range len(fields) {
		cases["only "+fields[max(0, n-1)]] = strings.Join(fields[:n], " ")
	}
	for name, in := range cases {
		if s, err := ParseStatement(in); err == nil {
			t.Errorf("%s: %q is read as %+v", name, in, s)
		}
	}
}

// Every comment starts with the format and its purpose, so that no signature serves for another.
func TestComments(t *testing.T) {
	ref := Ref{hashA, 9}
	for got, want := range map[string]string{
		ArtifactComment("clock", "1.0.0", ref):                       "regen/1 artifact id=clock version=1.0.0 size=9 sha256=" + hashA,
		MetadataComment("clock", "1.0.0", ref):                       "regen/1 metadata id=clock version=1.0.0 size=9 sha256=" + hashA,
		AuthorComment("clock", "1.0.0", ref, []string{"RWA", "RWB"}): "regen/1 author id=clock version=1.0.0 size=9 sha256=" + hashA + " keys=RWA,RWB",
		KeysComment("example", 1, ref):                               "regen/1 keys registry=example version=1 size=9 sha256=" + hashA,
		statement().String(): "regen/1 index registry=example serial=7 issued=1700000000 expires=1702592000 size=512 sha256=" + hashA +
			" epoch=1 log=12:" + hashB + " keys=1",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func FuzzParseStatement(f *testing.F) {
	good := statement().String()
	for _, seed := range []string{good, good + " more=1", "", "regen/1 index", "regen/1 index registry=", strings.Repeat("a=b ", 100), good + " serial=8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := ParseStatement(in)
		if err != nil {
			return
		}
		if out := s.String(); in != out && !strings.HasPrefix(in, out+" ") {
			t.Errorf("%q is read as %q", in, out)
		}
	})
}
