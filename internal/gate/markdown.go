package gate

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

// MaxMarkdown bounds what [Markdown] returns, in bytes. GitHub takes 65,536 characters of a comment.
const MaxMarkdown = 60_000

// Markdown writes a result for people, as GitHub renders it. Whatever the result holds, it makes no link, no picture, no HTML, no reference and no mention, but for the
// handles in Ping, which are asked for their approval. It is bounded: of long lists, the first entries are shown.
func Markdown(r Result) []byte {
	for most := MaxFiles; ; most /= 3 {
		w := &markdown{most: max(most, 1)}
		w.result(r)
		if w.Len() <= MaxMarkdown || most <= 1 {
			return []byte(clip(w.String(), MaxMarkdown))
		}
	}
}

// markdown is a text that grows.
type markdown struct {
	strings.Builder
	most int // entries of a list
}

// printf writes nothing more where there is too much already: then all of it is written anew, with shorter lists.
func (w *markdown) printf(format string, args ...any) {
	if !w.full() {
		fmt.Fprintf(w, format, args...)
	}
}

// handles is the form of what GitHub takes for somebody's name.
var handles = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$`)

func (w *markdown) full() bool { return w.Len() > MaxMarkdown }

// verdicts are the words for them.
var verdicts = map[Verdict]string{Pass: "✅ pass", NeedsReview: "👀 needs review", Fail: "❌ fail"}

func (w *markdown) result(r Result) {
	word, ok := verdicts[r.Verdict]
	if !ok {
		word = span(string(r.Verdict))
	}
	w.printf("## %s: %s\n\n", word, plain(r.Title))
	w.printf("Commit %s against %s.", span(short(r.Head)), span(short(r.Base)))
	switch {
	case r.PackageCount == 0 && r.OtherCount > 0:
		w.printf(" No package changes; %s %s.", count(r.OtherCount, "other file"), plural(r.OtherCount, "does", "do"))
	case r.PackageCount == 0:
		w.printf(" Nothing changes.")
	case r.OtherCount > 0:
		w.printf(" %s outside of packages %s, too.", count(r.OtherCount, "file"), plural(r.OtherCount, "changes", "change"))
	}
	w.printf("\n")
	if len(r.Ping) > 0 {
		w.printf("\n**Approval is missing.** Somebody who owns what changes has to approve of it:")
		for _, handle := range first(r.Ping, w.most) {
			if handles.MatchString(handle) {
				w.printf(" @%s", handle)
			}
		}
		w.printf("\n")
	}
	w.findings(r.Findings, len(r.Findings))
	for _, p := range first(r.Packages, w.most) {
		w.pkg(p)
	}
	w.more(len(first(r.Packages, w.most)), r.PackageCount, "package")
	w.fileList("What changes outside of packages", r.Others, r.OtherCount)
}

func (w *markdown) pkg(p Package) {
	w.printf("\n### %s", span(p.ID))
	switch {
	case p.Change == "new":
		w.printf(" %s, new", plain(p.Version))
	case p.Change == "removal":
		w.printf(" %s goes", plain(p.Before))
	case p.Before != "" && p.Before != p.Version:
		w.printf(" %s → %s", plain(p.Before), plain(p.Version))
	case p.Version != "":
		w.printf(" %s", plain(p.Version))
	}
	w.printf("\n\n")
	fact := func(label, text string) {
		if text != "" {
			w.printf("- **%s:** %s\n", label, text)
		}
	}
	fact("format", plain(p.Format))
	var names []string
	for _, o := range first(p.Owners, w.most) {
		names = append(names, span(o))
	}
	switch owners := strings.Join(names, ", "); {
	case p.Change == "new" && owners == "":
		fact("owners", "none")
	case owners == "":
		fact("owners", "none: the registry's maintainers decide")
	default:
		fact("owners", owners)
	}
	if p.NeedsOwner {
		fact("approval", "missing")
	} else if p.ApprovedBy != "" {
		fact("approval", "by "+span(p.ApprovedBy))
	}
	if p.SignedBy != "" {
		fact("signed by", span(p.SignedBy))
	}
	if a := p.Artifact; a != nil {
		text := span(a.Name) + ", " + wording.Bytes(a.Size)
		if a.Before > 0 && a.Before != a.Size {
			text += ", was " + wording.Bytes(a.Before)
		}
		fact("artifact", text)
		if a.SHA256 != "" {
			fact("sha256", span(a.SHA256))
		}
		fact("source", span(a.Source))
	}
	w.findings(p.Findings, p.FindingCount)
	w.items(p)
	w.fileList("Files that change", p.Files, p.FileCount)
}

// items lists what somebody should look at. Advice of lint is among what was found, with its hints.
func (w *markdown) items(p Package) {
	list := p.Look()
	if len(list) == 0 {
		return
	}
	w.printf("\n**To look at**\n\n")
	for _, item := range first(list, w.most) {
		if w.full() {
			return
		}
		w.printf("- %s %s%s\n", plain(string(item.Kind)+":"), plain(item.Text), at(item.Path, item.Line))
	}
	w.more(len(first(list, w.most)), len(list)+p.ReviewCount-len(p.Review), "thing")
}

// signs are what findings are marked with.
var signs = map[check.Severity]string{check.Error: "❌", check.Warning: "⚠️", check.Notice: "ℹ️"}

func (w *markdown) findings(list check.Findings, n int) {
	if len(list) == 0 {
		return
	}
	w.printf("\n**Found**\n\n")
	shown := 0
	for _, severity := range []check.Severity{check.Error, check.Warning, check.Notice} {
		for _, f := range list {
			if f.Severity != severity || shown == w.most || w.full() {
				continue
			}
			shown++
			w.printf("- %s %s%s (%s)\n", signs[severity], plain(f.Message), at(f.Path, f.Line), span(f.Code))
			if f.Hint != "" {
				w.printf("  <br>%s\n", plain(f.Hint))
			}
		}
	}
	w.more(shown, n, "finding")
}

func (w *markdown) fileList(title string, files []FileChange, n int) {
	if n == 0 {
		return
	}
	w.printf("\n<details><summary>%s: %d</summary>\n\n", title, n)
	list := first(files, w.most)
	for _, f := range list {
		if w.full() {
			return
		}
		w.printf("- %s %s", span(f.Path), plain(f.Status))
		switch {
		case f.Binary:
			w.printf(", not text, %s", wording.Bytes(f.Size))
		case f.Added > 0 || f.Removed > 0:
			w.printf(", +%d −%d", f.Added, f.Removed)
		}
		if f.Unpacked && f.Status != "removed" {
			w.printf(", not packed")
		}
		w.printf("\n")
	}
	w.more(len(list), n, "file")
	w.printf("\n</details>\n")
}

// more says that a list is longer than what is shown.
func (w *markdown) more(shown, n int, noun string) {
	if n > shown {
		w.printf("- … and %s more\n", count(n-shown, noun))
	}
}

func count(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun, noun+"s")) }

func at(path string, line int) string {
	switch {
	case path == "" || path == ".":
		return ""
	case line > 0:
		return " at " + span(fmt.Sprintf("%s:%d", path, line))
	}
	return " at " + span(path)
}

func short(commit string) string { return commit[:min(len(commit), 12)] }

// references are what GitHub makes a mention, a link to an issue or a commit, or a picture of, wherever it stands in a text but for code.
var references = regexp.MustCompile(`(?:[@#]|[Gg][Hh]-\d+|:[A-Za-z0-9_+-]+:|\b[0-9a-f]{7,40}\b)+`)

// plain makes a text from outside one that Markdown shows as it is. What GitHub would take for a reference stands in code: no backslash keeps it from that.
func plain(text string) string {
	text = check.OneLine(strings.Join(strings.Fields(text), " "))
	var b strings.Builder
	end := 0
	for _, at := range references.FindAllStringIndex(text, -1) {
		escape(&b, text[end:at[0]])
		b.WriteString("`" + text[at[0]:at[1]] + "`")
		end = at[1]
	}
	escape(&b, text[end:])
	return b.String()
}

// escape writes a text in which nothing is Markdown or HTML.
func escape(b *strings.Builder, text string) {
	for i, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case strings.ContainsRune("\\`*_[]!|~$:", r):
			b.WriteString("\\" + string(r))
		case r == '.' && strings.HasSuffix(strings.ToLower(text[max(0, i-3):i]), "www"): // which begins an address
			b.WriteString("\\.")
		default:
			b.WriteRune(r)
		}
	}
}

// span makes a text from outside one of code.
func span(text string) string {
	text = check.OneLine(strings.Join(strings.Fields(text), " "))
	if text == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}
