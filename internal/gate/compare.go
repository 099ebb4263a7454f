package gate

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/lint"
	"github.com/regen-registry/regen/internal/wording"
)

const (
	maxText = 1 << 20  // bytes of a text whose lines are compared
	maxRead = 64 << 20 // bytes of a package's changed files that are read; of more, only the sizes are told
	// What an artifact may grow by before somebody looks at why.
	growth     = 64 << 10  // bytes
	growthPart = 2         // half of what it was
	readable   = 512 << 10 // bytes of a text that somebody may be asked to read
)

// contents is what a file holds before and after a change; nil where there is no file, or one that is too large to be read.
type contents struct{ was, now []byte }

// fileChange returns what happens to a file, its lines that the change touches, and its content.
func (g *gate) fileChange(d delta) (FileChange, lines, contents, error) {
	f := FileChange{Path: clip(strings.ToValidUTF8(d.path, "\uFFFD"), 600), Status: "modified"}
	if d.was.Mode == 0 {
		f.Status = "added"
	}
	if d.now.Mode == 0 {
		f.Status = "removed"
	}
	was, _, err := g.content(d.was)
	if err != nil {
		return f, lines{}, contents{}, err
	}
	now, size, err := g.content(d.now)
	if err != nil {
		return f, lines{}, contents{}, err
	}
	f.Size = size
	f.Binary = was != nil && !isText(was) || now != nil && !isText(now)
	if f.Binary || d.was.Mode != 0 && was == nil || d.now.Mode != 0 && now == nil {
		return f, lines{}, contents{was, now}, nil
	}
	l := compareLines(was, now)
	f.Added, f.Removed = l.added, l.removed
	return f, l, contents{was, now}, nil
}

// content returns the bytes of a file and their number; nil for what is none, or is too large.
func (g *gate) content(e gittree.Entry) ([]byte, int64, error) {
	if e.Mode != gittree.Regular && e.Mode != gittree.Executable {
		return nil, 0, nil
	}
	data, err := g.read.Blob(e.Hash, maxText)
	if limit := (*gittree.LimitError)(nil); errors.As(err, &limit) {
		size, err := g.read.Size(e.Hash)
		return nil, size, err
	}
	if data == nil {
		data = []byte{}
	}
	return data, int64(len(data)), err
}

// files says what changes in the files.
func (p *one) files() error {
	p.out.FileCount = len(p.deltas)
	old := p.oldHosts()
	var read int64
	for _, d := range p.deltas {
		if read > maxRead {
			p.review(KindUnreadable, "", 0, "more than %s change: the other files weren't looked at", wording.Bytes(maxRead))
			break
		}
		change, touched, data, err := p.fileChange(d)
		if err != nil {
			return err
		}
		read += change.Size
		packed := p.isPacked(d.path)
		change.Unpacked = !packed
		if len(p.out.Files) < MaxFiles {
			p.out.Files = append(p.out.Files, change)
		}
		if d.now.Mode != 0 && packed {
			p.reviewFile(d.path, change, touched, data, old)
		}
	}
	return nil
}

// isPacked reports whether a path of the repo is a file of the package after the change.
func (p *one) isPacked(name string) bool {
	rel, ok := strings.CutPrefix(name, p.out.Dir+"/")
	return ok && p.now.pkg.File(rel) != nil
}

// pictures are what people look at as pictures, by what their content begins with.
var pictures = map[string]string{".png": "\x89PNG", ".jpg": "\xff\xd8\xff", ".jpeg": "\xff\xd8\xff", ".webp": "RIFF", ".gif": "GIF8"}

func isPicture(name string, data []byte) bool {
	begin, ok := pictures[strings.ToLower(path.Ext(name))]
	return ok && bytes.HasPrefix(data, []byte(begin))
}

// fresh returns the findings of a text that a change brings: those in lines that it touches, and those in other lines that weren't found there before, such as in
// code that was a comment.
func fresh(found, before check.Findings, l lines, c contents) check.Findings {
	if len(found) == 0 {
		return nil
	}
	was, now := split(c.was), split(c.now)
	key := func(f check.Finding, text [][]byte) string {
		if f.Line < 1 || f.Line > len(text) {
			return f.Code
		}
		return f.Code + " " + string(text[f.Line-1])
	}
	known := make(map[string]int, len(before))
	for _, f := range before {
		known[key(f, was)]++
	}
	return slices.DeleteFunc(found, func(f check.Finding) bool {
		k := key(f, now)
		if l.touched[f.Line] || known[k] == 0 {
			return false
		}
		known[k]--
		return true
	})
}

// reviewFile says what somebody should look at in one file that comes or changes.
func (p *one) reviewFile(name string, f FileChange, l lines, c contents, old map[string]bool) {
	data := c.now
	found := lint.File(name, data)
	if !f.Binary {
		found = fresh(found, lint.File(name, c.was), l, c)
	}
	hidden := slices.ContainsFunc(found, func(f check.Finding) bool {
		return slices.Contains([]string{"lint/bytecode", "lint/lua-bytecode", "lint/long-line", "lint/binary", "lint/unread"}, f.Code)
	})
	switch {
	case data == nil, f.Size > readable && !f.Binary:
		p.review(KindUnreadable, name, 0, "a file of %s: nobody reads that much", wording.Bytes(f.Size))
	case hidden:
		p.review(KindUnreadable, name, 0, "a file that nobody can review as it is: see what lint says of it")
	case f.Binary && !isPicture(name, data):
		p.review(KindBinary, name, 0, "a file that isn't text, of %s", wording.Bytes(f.Size))
	case f.Binary && f.Status == "added":
		p.review(KindBinary, name, 0, "a picture of %s", wording.Bytes(f.Size))
	}
	for _, finding := range found {
		p.lint = append(p.lint, finding)
		p.review(KindLint, name, finding.Line, "%s (%s)", finding.Message, finding.Code)
	}
	if f.Binary || data == nil || speaksOf(name) {
		return
	}
	for _, h := range hostsIn(data, l.touched) {
		if !old[h.name] {
			old[h.name] = true
			p.review(KindNetwork, name, h.line, "names the host %s, which is new to it", h.name)
		}
	}
}

// oldHosts returns the hosts that the package named before.
func (p *one) oldHosts() map[string]bool {
	old := make(map[string]bool)
	for _, f := range p.was.pkg.Files {
		if len(f.Data) > maxText || !isText(f.Data) || speaksOf(f.Path) {
			continue
		}
		for _, h := range hostsIn(f.Data, nil) {
			old[h.name] = true
		}
	}
	return old
}

// compare says what changes in the facts.
func (p *one) compare() {
	if !p.now.there {
		return
	}
	for _, permission := range p.now.facts.Permissions {
		if slices.Contains(p.was.facts.Permissions, permission) {
			continue
		}
		since := "since " + p.was.version
		if p.was.version == "" {
			since = "as a new package"
		}
		if slices.Contains(p.config.Permissions.Dangerous, permission) {
			p.review(KindDangerous, "", 0, "asks for the permission %s %s, which is dangerous", permission, since)
		} else {
			p.review(KindPermission, "", 0, "asks for the permission %s %s", permission, since)
		}
	}
	if was, now := p.was.facts.License, p.now.facts.License; p.was.there && was != now {
		p.review(KindLicence, "", 0, "the licence changes from %s to %s", orNone(was), orNone(now))
	}
	if a := p.out.Artifact; a != nil && a.Before > 0 && a.Size-a.Before > max(growth, a.Before/growthPart) {
		p.review(KindSize, "", 0, "the package grows from %s to %s", wording.Bytes(a.Before), wording.Bytes(a.Size))
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// clip bounds a text in bytes, at a character.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return string(bytes.ToValidUTF8([]byte(s[:most-3]), nil)) + "…"
}
