package storefront

import (
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// What isn't a page runs nothing and loads nothing, even when somebody opens it by itself: a package's picture or text.
const (
	pagePolicy = "Content-Security-Policy: " + wire.PageCSP + "; frame-ancestors 'none'"
	dataPolicy = "Content-Security-Policy: default-src 'none'; sandbox; frame-ancestors 'none'"
)

// headers renders _headers, in the form that Netlify and Cloudflare Pages read.
//
// The services don't agree on what two rules mean that set the same header for one path: one joins the values, the other takes the last. So a path has each header from one rule, or the same value
// from all. A pattern has at most one *, which stands for slashes, too, and :names, which stand for one part of a path each. Cloudflare takes 100 rules, with lines of at most 2,000 characters.
func (r *Renderer) headers() File {
	view := "Cache-Control: " + wire.CacheControl(wire.RootPath)
	head := "Cache-Control: " + wire.CacheControl(wire.HeadPath)
	immutable := "Cache-Control: " + wire.CacheControl(wire.KeysPath(1))
	sameSite := "Cross-Origin-Resource-Policy: same-origin"

	var b strings.Builder
	rule := func(patterns string, lines ...string) {
		for pattern := range strings.FieldsSeq(patterns) {
			b.WriteString(pattern + "\n  " + strings.Join(lines, "\n  ") + "\n")
		}
	}
	b.WriteString("# What servers should send with the files. Netlify and Cloudflare Pages read it.\n")
	rule("/*", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()")

	b.WriteString("\n# Pages\n")
	rule("/ /index.html /404.html /mana/*", pagePolicy, "Cross-Origin-Opener-Policy: same-origin", sameSite, view)
	for _, tag := range r.site.Languages {
		rule("/"+wire.LangPath(tag, "*"), pagePolicy, "Cross-Origin-Opener-Policy: same-origin", sameSite, view)
	}
	rule("/static/*", pagePolicy, sameSite, view) // a worker would have the policy of its own file

	b.WriteString("\n# Data\n")
	rule("/index.json.minisig", dataPolicy, head)
	rule("/index.json /release.pub /views.json /robots.txt /sitemap.xml /manifest.webmanifest", dataPolicy, view)
	rule("/storefront/* /sitemaps/* /schemas/* /dropserver/* /v1/*", dataPolicy, view)
	rule("/index/* /keys/* /log/* /advisories/* /renditions/*", dataPolicy, immutable)
	rule("/packages/*", dataPolicy)
	rule("/packages/:id/index.json /packages/:id/:version/*.minisig", view)
	rule("/packages/:id/versions/* /packages/:id/:version/metadata.json /packages/:id/:version/assets/*", immutable)
	for _, ext := range artifactExtensions {
		rule("/packages/:id/:version/*"+ext, immutable)
	}

	b.WriteString("\n# Types that servers may not know\n")
	rule("/*.minisig /*.pub", "Content-Type: text/plain; charset=utf-8")
	rule("/*.md", "Content-Type: text/markdown; charset=utf-8")
	rule("/*.atom", "Content-Type: "+atomType+"; charset=utf-8")
	rule("/*.webmanifest", "Content-Type: application/manifest+json")
	rule("/:language/"+wire.OpenSearchPath, "Content-Type: "+openSearchType)
	rule("/*.mosis /*.manapkg", "Content-Type: application/zip")
	rule("/*.mana", "Content-Type: application/json")
	rule("/*.zst", "Content-Type: application/zstd")
	return File{wire.HeadersPath, []byte(b.String())}
}

// artifactExtensions are the ends of the names of artifacts, and of what is made of them.
var artifactExtensions = []string{".zip", ".tar.gz", ".mosis", ".manapkg", ".mana", ".zst"}
