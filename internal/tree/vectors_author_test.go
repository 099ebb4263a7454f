package tree_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/regen-registry/regen/internal/author"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/stamp"
	"github.com/regen-registry/regen/internal/wire"
)

type authorIn struct {
	ID      string          `json:"id"`
	Version string          `json:"version"`
	Author  wire.Authorship `json:"author"` // as the metadata have it
	Files   []textFile      `json:"files"`  // of the source
}

func (c authorIn) source() []stamp.File {
	var files []stamp.File
	for _, f := range c.Files {
		files = append(files, stamp.File{Path: f.Path, Data: []byte(f.Text)})
	}
	return files
}

func runAuthor(t *testing.T, in json.RawMessage) (any, error) {
	var c authorIn
	strict(t, in, &c)
	key, err := author.Check(c.ID, c.Version, c.Author, c.source())
	if errors.Is(err, author.ErrContent) {
		err = refusal{"content", err}
	}
	if errors.Is(err, sign.ErrLegacy) {
		err = refusal{"legacy", err}
	}
	return map[string]string{
		"statement": string(author.Statement(c.ID, c.Version, c.source())), "comment": wire.AuthorComment(c.ID, c.Version, c.Author.Content, c.Author.Keys), "key": key,
	}, err
}

func (m *maker) authors() {
	ada, next, other := signer(m.t, "author key"), signer(m.t, "next author key"), signer(m.t, "another key")
	named := func(signers ...*sign.Signer) []string {
		var keys []string
		for _, s := range signers {
			keys = append(keys, s.Public().String())
		}
		slices.Sort(keys)
		return keys
	}
	files := []textFile{{"composer.json", "{\"version\":\"1.0.0\"}\n"}, {"Plugin.php", "<?php\n"}, {"lang/de.json", ""}}
	base := authorIn{ID: "clock", Version: "1.0.0", Files: files}
	statement := author.Statement(base.ID, base.Version, base.source())
	signed := func(by *sign.Signer, keys []string) authorIn {
		c := base
		c.Author = author.Of(statement, keys, author.Sign(by, base.ID, base.Version, statement, keys))
		return c
	}
	add := func(name, shows, outcome string, c authorIn) { m.add("author/"+name, shows, outcome, c) }
	one := signed(ada, named(ada))
	add("good", "a version that its author signed", "accept", one)
	add("two-keys", "the signature names two keys, and one of them made it", "accept", signed(ada, named(ada, next)))
	c := one
	c.Files = []textFile{files[2], files[0], files[1]}
	add("any-order", "files sort by the bytes of their paths", "accept", c)
	c = one
	c.Files = slices.Clone(files)
	c.Files[1].Text = "<?php \n"
	add("bad-altered", "a file was altered", "content", c)
	c.Files = files[:2]
	add("bad-left-out", "a file was left out", "content", c)
	c.Files = append(slices.Clone(files), textFile{"more.php", "<?php\n"})
	add("bad-added", "a file was added", "content", c)
	c = one
	c.Version = "1.0.1"
	add("bad-version", "signed as another version", "purpose", c)
	c = one
	c.ID = "click"
	add("bad-package", "signed as another package", "purpose", c)
	c = one
	c.Author.Signature = string(ada.Sign([][]byte{statement}, wire.ArtifactComment("clock", "1.0.0", c.Author.Content)))
	add("bad-purpose", "the author's key signed the same statement for another purpose", "purpose", c)
	add("bad-key", "by another key than the one that is named", "key", signed(other, named(ada)))
	c = one
	c.Author.Keys = named(ada, other)
	add("bad-keys", "a key was added behind the signature", "purpose", c)
	c = signed(ada, named(ada, next))
	slices.Reverse(c.Author.Keys)
	add("bad-keys-order", "the keys aren't in byte order", "order", c)
	add("bad-keys-none", "no key is named", "range", signed(ada, []string{}))
	add("bad-keys-many", "21 keys are named", "range", signed(ada, slices.Repeat(named(ada), 21)))
	c = one
	c.Author.Signature = string(ada.Sign([][]byte{[]byte("other bytes\n")}, wire.AuthorComment("clock", "1.0.0", c.Author.Content, c.Author.Keys)))
	add("bad-content", "the comment is right, and the signature of something else", "content", c)
	lines := strings.Split(one.Author.Signature, "\n")
	raw := unbase64(m.t, lines[1])
	raw[1] = 'd'
	lines[1] = base64Of(raw)
	c = one
	c.Author.Signature = strings.Join(lines, "\n")
	add("bad-legacy", "algorithm Ed, the legacy kind", "legacy", c)
}
