package sign

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

// secretText returns an unencrypted secret key in minisign's format, made from a name.
func secretText(name string) []byte {
	seed := sha256.Sum256([]byte(name))
	raw := make([]byte, 158)
	copy(raw, "Ed\x00\x00B2")
	binary.LittleEndian.PutUint64(raw[54:], binary.LittleEndian.Uint64(seed[:]))
	copy(raw[62:], ed25519.NewKeyFromSeed(seed[:]))
	return []byte("untrusted comment: minisign encrypted secret key\n" + base64.StdEncoding.EncodeToString(raw) + "\n")
}

func signer(t testing.TB, name string) *Signer {
	t.Helper()
	s, err := ParseSecret(secretText(name), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const comment = "regen/1 metadata id=clock version=1.0.0 size=3 sha256=x"

func TestVerify(t *testing.T) {
	s := signer(t, "one")
	sig := s.Sign([][]byte{[]byte("a"), nil, []byte("bc")}, comment)
	for _, segments := range [][][]byte{{[]byte("abc")}, {[]byte("ab"), []byte("c")}, {nil, []byte("abc")}} {
		if err := Verify(s.Public(), segments, sig, comment); err != nil {
			t.Error(err)
		}
	}
	if err := VerifyReader(s.Public(), iotest.OneByteReader(strings.NewReader("abc")), sig, comment); err != nil {
		t.Error(err)
	}
	if got, err := Comment(s.Public(), sig); err != nil || got != comment {
		t.Errorf("the comment is %q, %v", got, err)
	}
	if got, err := SignedBy(sig); err != nil || got != KeyID(s.Public()) {
		t.Errorf("signed by %s, %v", got, err)
	}
	if again := s.Sign([][]byte{[]byte("abc")}, comment); !bytes.Equal(again, sig) {
		t.Errorf("signing again gives other bytes:\n%s%s", sig, again)
	}

	refused := func(name string, key PublicKey, message, sig []byte, comment string) {
		t.Helper()
		if Verify(key, [][]byte{message}, sig, comment) == nil {
			t.Errorf("%s: accepted", name)
		}
		if VerifyReader(key, bytes.NewReader(message), sig, comment) == nil {
			t.Errorf("%s: accepted from a reader", name)
		}
	}
	other := signer(t, "two")
	refused("other message", s.Public(), []byte("abd"), sig, comment)
	refused("shorter message", s.Public(), []byte("ab"), sig, comment)
	refused("no message", s.Public(), nil, sig, comment)
	refused("other key", other.Public(), []byte("abc"), sig, comment)
	refused("other purpose", s.Public(), []byte("abc"), sig, strings.Replace(comment, "metadata", "artifact", 1))
	refused("other package", s.Public(), []byte("abc"), sig, strings.Replace(comment, "clock", "click", 1))
	refused("longer comment", s.Public(), []byte("abc"), sig, comment+" ")
	refused("empty signature", s.Public(), []byte("abc"), nil, comment)

	if err := VerifyReader(s.Public(), iotest.ErrReader(errors.New("broken")), sig, comment); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a broken reader gives %v", err)
	}
}

// variants are other spellings of a signature, and other signatures made of its parts. None may pass.
func variants(t *testing.T, good, other []byte) map[string][]byte {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(good), "\n"), "\n")
	others := strings.Split(strings.TrimSuffix(string(other), "\n"), "\n")
	if len(lines) != 4 || len(others) != 4 {
		t.Fatalf("a signature of %d lines:\n%s", len(lines), good)
	}
	with := func(i int, line string) []byte {
		l := append([]string{}, lines...)
		l[i] = line
		return []byte(strings.Join(l, "\n") + "\n")
	}
	raw, err := base64.StdEncoding.DecodeString(lines[1])
	if err != nil {
		t.Fatal(err)
	}
	rawWith := func(change func([]byte)) string {
		b := bytes.Clone(raw)
		change(b)
		return base64.StdEncoding.EncodeToString(b)
	}
	// The last character before = holds bits that decoding drops.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	looseEnd := func(s string) string {
		i := strings.IndexByte(s, '=')
		if i < 0 {
			t.Fatalf("%s has no padding", s)
		}
		return s[:i-1] + string(alphabet[strings.IndexByte(alphabet, s[i-1])+1]) + s[i:]
	}
	return map[string][]byte{
		"trailing byte":                   append(bytes.Clone(good), 'x'),
		"trailing line end":               append(bytes.Clone(good), '\n'),
		"trailing space":                  append(bytes.Clone(good), ' '),
		"no last line end":                bytes.TrimSuffix(good, []byte("\n")),
		"five lines":                      append(bytes.Clone(good), "trusted comment: x\n"...),
		"three lines":                     []byte(strings.Join(lines[:3], "\n") + "\n"),
		"CRLF":                            bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")),
		"CR behind the untrusted comment": with(0, lines[0]+"\r"),
		"CR behind the signature":         with(1, lines[1]+"\r"),
		"CR behind the trusted comment":   with(2, lines[2]+"\r"),
		"CR in the trusted comment":       with(2, lines[2][:30]+"\r"+lines[2][30:]),
		"space behind the comment":        with(2, lines[2]+" "),
		"byte order mark":                 append([]byte("\ufeff"), good...),
		"leading line end":                append([]byte("\n"), good...),
		"other base64 end":                with(1, looseEnd(lines[1])),
		"other base64 end of the second":  with(3, looseEnd(lines[3])),
		"no padding":                      with(1, strings.TrimRight(lines[1], "=")),
		"line end inside base64":          with(3, lines[3][:20]+"\r"+lines[3][20:]),
		"URL alphabet":                    with(1, strings.NewReplacer("+", "-", "/", "_").Replace(lines[1])+"="),
		"no untrusted comment":            with(0, "comment"),
		"no trusted comment":              with(2, "untrusted comment: x"),
		"comment of another signature":    with(2, others[2]),
		"comment and its signature":       []byte(strings.Join([]string{lines[0], lines[1], others[2], others[3]}, "\n") + "\n"),
		"signature of another message":    with(1, others[1]),
		"legacy algorithm":                with(1, rawWith(func(b []byte) { b[1] = 'd' })),
		"unknown algorithm":               with(1, rawWith(func(b []byte) { b[1] = 'X' })),
		"other key id":                    with(1, rawWith(func(b []byte) { b[2] ^= 1 })),
		"one bit of R":                    with(1, rawWith(func(b []byte) { b[10] ^= 1 })),
		"one bit of S":                    with(1, rawWith(func(b []byte) { b[50] ^= 1 })),
		"S plus the order":                with(1, rawWith(addOrder)),
		"too large":                       with(0, lines[0]+strings.Repeat("x", MaxSignature)),
		"binary":                          {0xff, 0xfe, '\n', '\n', '\n', '\n'},
	}
}

// addOrder adds the order of the group to the second half of an Ed25519 signature: another spelling of the same number.
func addOrder(raw []byte) {
	order := []byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	s := raw[42:]
	carry := 0
	for i := range s {
		carry += int(s[i]) + int(order[i])
		s[i], carry = byte(carry), carry>>8
	}
}

func TestOneSpelling(t *testing.T) {
	s := signer(t, "one")
	good := s.Sign([][]byte{[]byte("abc")}, comment)
	other := s.Sign([][]byte{[]byte("abcd")}, strings.Replace(comment, "1.0.0", "1.0.1", 1))
	for name, sig := range variants(t, good, other) {
		if bytes.Equal(sig, good) {
			t.Errorf("%s: the variant is the signature itself", name)
		}
		if err := Verify(s.Public(), [][]byte{[]byte("abc")}, sig, comment); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	// Only the untrusted comment is free.
	free := bytes.Replace(good, []byte(untrusted), []byte("anything, such as <script>"), 1)
	if err := Verify(s.Public(), [][]byte{[]byte("abc")}, free, comment); err != nil {
		t.Error(err)
	}
}

func TestParsePublic(t *testing.T) {
	s := signer(t, "one")
	line := s.Public().String()
	for name, text := range map[string]string{
		"as it is written": string(PublicText(s.Public())),
		"the line alone":   line,
		"CRLF":             "untrusted comment: x\r\n" + line + "\r\n",
		"no last line end": "untrusted comment: x\n" + line,
	} {
		if key, err := ParsePublic([]byte(text)); err != nil || !key.Equal(s.Public()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	secret := string(secretText("one"))
	for name, text := range map[string]string{
		"empty":            "",
		"comment alone":    "untrusted comment: x\n",
		"no comment":       "something\n" + line,
		"cut off":          line[:50],
		"trailing":         line + "x",
		"third line":       "untrusted comment: x\n" + line + "\nmore",
		"second line":      line + "\nmore",
		"two keys":         line + "\n" + line,
		"other algorithm":  "AA" + line[2:],
		"line end inside":  "untrusted comment: x\n" + line[:20] + "\n" + line[20:],
		"a secret key":     secret,
		"too large":        strings.Repeat("x", MaxKeyFile+1),
		"a placeholder":    "untrusted comment: placeholder, put your own key here\n" + line,
		"not base64":       strings.Repeat("!", 56),
		"other characters": strings.Repeat("\xff", 56),
	} {
		if key, err := ParsePublic([]byte(text)); err == nil {
			t.Errorf("%s: read as %s", name, key)
		} else if holds(err.Error(), secret) {
			t.Errorf("%s: the error holds the secret key", name)
		} else if errors.Is(err, ErrPlaceholder) != (name == "a placeholder") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// holds reports whether a message holds 8 characters in a row of the base64 of a key file.
func holds(message, keyFile string) bool {
	lines := strings.Split(strings.TrimSpace(keyFile), "\n")
	key := lines[len(lines)-1]
	for i := 0; i+8 <= len(key); i++ {
		if part := key[i : i+8]; strings.Trim(part, "A") != "" && strings.Contains(message, part) {
			return true
		}
	}
	return false
}

func TestParseSecretRefuses(t *testing.T) {
	good := string(secretText("one"))
	line := strings.Split(good, "\n")[1]
	raw, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func([]byte)) string {
		b := bytes.Clone(raw)
		change(b)
		return "untrusted comment: x\n" + base64.StdEncoding.EncodeToString(b) + "\n"
	}
	password := func() (string, error) { return "hunter2 is the password", nil }
	for name, text := range map[string]string{
		"empty":             "",
		"cut off":           good[:150],
		"trailing":          strings.TrimSpace(good) + "AAAA",
		"a public key":      string(PublicText(signer(t, "one").Public())),
		"not base64":        strings.Replace(good, line[:1], "!", 1),
		"too large":         good + strings.Repeat("x", MaxKeyFile),
		"other algorithm":   with(func(b []byte) { b[0] = 'X' }),
		"unknown KDF":       with(func(b []byte) { b[2] = 'X' }),
		"unknown checksum":  with(func(b []byte) { b[4] = 'X' }),
		"seed damaged":      with(func(b []byte) { b[70] ^= 1 }),
		"public half":       with(func(b []byte) { b[110] ^= 1 }),
		"no public half":    with(func(b []byte) { clear(b[94:126]) }),
		"encrypted, absurd": with(func(b []byte) { copy(b[2:], "Sc"); copy(b[38:54], bytes.Repeat([]byte{0xff}, 16)) }),
		"encrypted, short":  "untrusted comment: x\n" + base64.StdEncoding.EncodeToString([]byte("EdScB2")),
	} {
		s, err := ParseSecret([]byte(text), password)
		if err == nil {
			t.Errorf("%s: read as the secret key of %s", name, KeyID(s.Public()))
			continue
		}
		if holds(err.Error(), text) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error holds the key or the password: %v", name, err)
		}
	}
	noPassword := errors.New("no terminal")
	_, err = ParseSecret([]byte(with(func(b []byte) { copy(b[2:], "Sc") })), func() (string, error) { return "", noPassword })
	if !errors.Is(err, noPassword) {
		t.Errorf("got %v, expected the error of the prompt", err)
	}
	// The password isn't asked for where none is needed.
	if _, err := ParseSecret([]byte(good), func() (string, error) { t.Error("asked for a password"); return "", nil }); err != nil {
		t.Error(err)
	}
}

func TestGenerate(t *testing.T) {
	a, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	if a.Public().Equal(b.Public()) {
		t.Error("two keys are the same")
	}
	text, err := a.SecretText("")
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseSecret(text, nil)
	if err != nil || !again.Public().Equal(a.Public()) {
		t.Errorf("read back: %v", err)
	}
	if id := KeyID(a.Public()); len(id) != 16 || strings.Trim(id, "0123456789ABCDEF") != "" {
		t.Errorf("the key's id is %q", id)
	}
}

func TestSignConcurrently(t *testing.T) {
	s := signer(t, "one")
	want := s.Sign([][]byte{[]byte("abc")}, comment)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if got := s.Sign([][]byte{[]byte("abc")}, comment); !bytes.Equal(got, want) {
					t.Errorf("got %s", got)
				}
			}
		})
	}
	group.Wait()
}

func FuzzParse(f *testing.F) {
	s := signer(f, "one")
	good := s.Sign([][]byte{[]byte("abc")}, comment)
	for _, seed := range [][]byte{good, bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), nil, []byte("untrusted comment: \n\ntrusted comment: \n"), bytes.Repeat([]byte("\n"), 9)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sig []byte) {
		parsed, err := parse(sig)
		if err != nil {
			return
		}
		if out, err := parsed.MarshalText(); err != nil || !bytes.Equal(out, sig) {
			t.Errorf("%q is written again as %q, %v", sig, out, err)
		}
		if strings.ContainsAny(parsed.TrustedComment, "\r\n") {
			t.Errorf("the trusted comment is %q", parsed.TrustedComment)
		}
		if got, err := Comment(s.Public(), sig); err == nil && got != comment {
			t.Errorf("a forged comment: %q", got)
		}
	})
}

func FuzzParsePublic(f *testing.F) {
	f.Add(PublicText(signer(f, "one").Public()))
	f.Add([]byte(signer(f, "one").Public().String()))
	f.Add([]byte("untrusted comment: placeholder"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := ParsePublic(text)
		if err != nil {
			return
		}
		if again, err := ParsePublic(PublicText(key)); err != nil || !again.Equal(key) {
			t.Errorf("%q is read back as %v, %v", text, again, err)
		}
	})
}
