package tree_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/squeeze"
	"github.com/regen-registry/regen/internal/wire"
)

type zstdIn struct {
	Hex  string `json:"hex"`
	Size int64  `json:"size"` // of the artifact
}

// runZstdRead expands a compressed copy.
func runZstdRead(t *testing.T, in json.RawMessage) (any, error) {
	var c zstdIn
	strict(t, in, &c)
	frame, err := hex.DecodeString(c.Hex)
	must(t, err)
	return contentOut(squeeze.Expand(bytes.NewReader(frame), c.Size))
}

type deltaIn struct {
	Old  string `json:"old"` // hex
	Hex  string `json:"hex"`
	Size int64  `json:"size"` // of the artifact
}

// runDeltaRead applies a delta.
func runDeltaRead(t *testing.T, in json.RawMessage) (any, error) {
	var c deltaIn
	strict(t, in, &c)
	old, err := hex.DecodeString(c.Old)
	must(t, err)
	frame, err := hex.DecodeString(c.Hex)
	must(t, err)
	return contentOut(squeeze.Apply(old, bytes.NewReader(frame), c.Size))
}

// contentOut is what came out: all of it if it is short.
func contentOut(r io.Reader) (any, error) {
	content, err := io.ReadAll(r)
	out := map[string]string{"sha256": wire.Sum(content)}
	if len(content) <= 128 {
		out["hex"] = hex.EncodeToString(content)
	}
	return out, err
}

// A frame is put together by hand (RFC 8878, section 3.1.1), so that it can say what no encoder would.
type frameOf struct {
	descriptor byte
	header     []byte // behind the descriptor
	blocks     []byte
	checksum   []byte
}

func (f frameOf) bytes() []byte {
	return bytes.Join([][]byte{{0x28, 0xb5, 0x2f, 0xfd, f.descriptor}, f.header, f.blocks, f.checksum}, nil)
}

// rawBlock is a block whose content stands as it is; rleBlock one of a byte that is repeated.
func rawBlock(content string, last bool) []byte { return block(0, len(content), content, last) }

func rleBlock(b string, times int, last bool) []byte { return block(1, times, b, last) }

func block(kind, size int, content string, last bool) []byte {
	h := kind<<1 | size<<3
	if last {
		h |= 1
	}
	return append([]byte{byte(h), byte(h >> 8), byte(h >> 16)}, content...)
}

// singleSegment is a descriptor: a single segment, with a size of one byte and no checksum.
const singleSegment = 0x20

func (m *maker) copies() {
	zstd := func(name, shows, outcome string, frame []byte, size int64) {
		m.add("zstd-read/"+name, shows, outcome, zstdIn{hex.EncodeToString(frame), size})
	}
	const text = "Shows the time.\n"
	good := frameOf{singleSegment, []byte{byte(len(text))}, rawBlock(text, true), nil}
	with := func(change func(f *frameOf)) []byte {
		f := good
		change(&f)
		return f.bytes()
	}
	long := strings.Repeat(text, 5000) // 80,000 bytes
	zstd("raw", "one block, stored, without a checksum", "accept", good.bytes(), int64(len(text)))
	zstd("compressed", "what this project's encoder makes of 80,000 bytes", "accept", squeeze.Compress([][]byte{[]byte(long)}), int64(len(long)))
	zstd("empty", "no content", "accept", with(func(f *frameOf) { f.header, f.blocks = []byte{0}, rawBlock("", true) }), 0)
	zstd("two-blocks", "two blocks", "accept", with(func(f *frameOf) { f.blocks = append(rawBlock(text[:5], false), rawBlock(text[5:], true)...) }), int64(len(text)))
	// A window of 8 MiB: exponent 13, mantissa 0 (section 3.1.1.1.2), and a size of 4 bytes.
	window := func(descriptor byte) []byte {
		return frameOf{0x80, binary.LittleEndian.AppendUint32([]byte{descriptor}, uint32(len(text))), rawBlock(text, true), nil}.bytes()
	}
	zstd("largest-window", "a window of 8 MiB", "accept", window(13<<3), int64(len(text)))
	zstd("bad-window", "a window of 9 MiB", "range", window(13<<3|1), int64(len(text)))
	zstd("bad-single-segment", "a single segment of more than 8 MiB: all of it would be the window", "range",
		frameOf{0xa0, binary.LittleEndian.AppendUint32(nil, 8<<20+1), bytes.Join([][]byte{bytes.Repeat(rleBlock("a", 128<<10, false), 64), rleBlock("a", 1, true)}, nil), nil}.bytes(), 8<<20+1)
	zstd("bad-size", "the header has another size than the metadata", "content", good.bytes(), int64(len(text))+1)
	zstd("bad-more", "more content than the header says", "content", with(func(f *frameOf) { f.blocks = rawBlock(text+"!", true) }), int64(len(text)))
	zstd("bad-bomb", "much more content than the header says, in a few bytes", "content", with(func(f *frameOf) {
		f.blocks = append(bytes.Repeat(rleBlock("a", 128<<10, false), 100), rleBlock("a", 1, true)...)
	}), int64(len(text)))
	zstd("bad-fewer", "less content than the header says", "content", with(func(f *frameOf) { f.blocks = rawBlock(text[1:], true) }), int64(len(text)))
	zstd("bad-no-size", "a header without a size", "syntax", frameOf{0, []byte{10 << 3}, rawBlock(text, true), nil}.bytes(), int64(len(text)))
	zstd("bad-dictionary", "a dictionary is named", "syntax", frameOf{singleSegment | 1, []byte{7, byte(len(text))}, rawBlock(text, true), nil}.bytes(), int64(len(text)))
	zstd("bad-checksum", "the content isn't the one of the checksum", "content", func() []byte {
		frame := squeeze.Compress([][]byte{[]byte(text)})
		frame[len(frame)-1] ^= 1
		return frame
	}(), int64(len(text)))
	zstd("bad-reserved", "a block of the reserved kind", "syntax", with(func(f *frameOf) { f.blocks = block(3, len(text), text, true) }), int64(len(text)))
	zstd("bad-cut-off", "the last byte is missing", "syntax", good.bytes()[:len(good.bytes())-1], int64(len(text)))
	zstd("bad-no-last-block", "no block says that it is the last one", "syntax", with(func(f *frameOf) { f.blocks = rawBlock(text, false) }), int64(len(text)))
	zstd("bad-trailing", "a byte behind the frame", "syntax", append(good.bytes(), 0), int64(len(text)))
	zstd("bad-two-frames", "a second frame, without content", "syntax", append(good.bytes(), with(func(f *frameOf) { f.header, f.blocks = []byte{0}, rawBlock("", true) })...), int64(len(text)))
	zstd("bad-skippable", "a skippable frame before the frame", "syntax", append([]byte{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0}, good.bytes()...), int64(len(text)))
	zstd("bad-long", "a frame of 1,100 bytes for 16 of content: empty blocks", "range", with(func(f *frameOf) {
		f.blocks = append(bytes.Repeat(rawBlock("", false), 360), rawBlock(text, true)...)
	}), int64(len(text)))
	zstd("bad-magic", "not zstd: gzip", "syntax", []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0)
	zstd("bad-nothing", "nothing", "syntax", nil, 0)

	delta := func(name, shows, outcome string, old, frame []byte, size int) {
		m.add("delta-read/"+name, shows, outcome, deltaIn{hex.EncodeToString(old), hex.EncodeToString(frame), int64(size)})
	}
	// Words that are all different, so that what is the same in the other text has to come from there.
	var words strings.Builder
	for i := range byte(24) {
		words.WriteString(wire.Sum([]byte{i})[:10] + "\n")
	}
	old := []byte(words.String())
	now := []byte(strings.Replace(words.String(), "\n", " and more\n", 1))
	d, err := squeeze.Delta(old, [][]byte{now})
	must(m.t, err)
	delta("good", "a delta between two texts that differ in one place", "accept", old, d, len(now))
	delta("whole", "a delta that takes nothing from the old artifact", "accept", old, good.bytes(), len(text))
	none, err := squeeze.Delta(nil, [][]byte{[]byte(text)})
	must(m.t, err)
	delta("from-nothing", "the old artifact is empty", "accept", nil, none, len(text))
	same, err := squeeze.Delta(old, [][]byte{old})
	must(m.t, err)
	delta("same", "nothing has changed", "accept", old, same, len(old))
	other := bytes.Clone(old)
	other[20] ^= 1
	delta("bad-old", "another old artifact: the content isn't the one of the checksum", "content", other, d, len(now))
	delta("bad-short-old", "an old artifact that is too short: the delta takes bytes from before its start", "content", old[len(old)-16:], d, len(now))
	delta("bad-size", "the header has another size than the metadata", "content", old, d, len(now)-1)
	delta("bad-window", "a window in place of a single segment", "syntax", old, window(10<<3), len(text))
	delta("bad-cut-off", "the last byte is missing", "syntax", old, d[:len(d)-1], len(now))
	delta("bad-trailing", "a byte behind the frame", "syntax", old, append(bytes.Clone(d), 0), len(now))
	delta("bad-dictionary", "a dictionary is named", "syntax", old, frameOf{singleSegment | 1, []byte{7, byte(len(text))}, rawBlock(text, true), nil}.bytes(), len(text))
}
