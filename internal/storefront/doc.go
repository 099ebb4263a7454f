// Package storefront turns what a registry published into pages.
//
// The rules that every page keeps:
//
//   - A page depends on the arguments alone: no clock, no environment, no files. Equal arguments give equal bytes.
//   - The page of a release depends on nothing that another release changes: it links to the package's
//     page for what is newest, and the table of versions stands there alone. So old pages keep still, until an advisory changes.
//   - A page says what advisories say of the version that it shows before anything else. Of one that is blocked it offers no download
//     where others have theirs.
//   - The page of a release knows the registry's id and name, and no other of its facts, since those change with every publish.
//   - Links to published files are relative and end in a file name: a tree works from a server, and from a disk.
//     Every path comes from internal/wire.
//   - No script, no inline style, no request to another host. A content security policy in each page says so.
//   - All text is hostile. html/template escapes it; control characters and bidirectional overrides are dropped;
//     a URL is linked if it is http or https (for support also mailto), and shown as text otherwise.
//   - Markdown is rendered without raw HTML. Its headings go below the page's, its relative links and pictures lead to
//     published assets or are plain text, its foreign pictures become links. Size and nesting are bounded.
//   - An asset that could run script when it is opened by itself (SVG, HTML, XML) is only ever shown in an img, never linked.
//
// The templates are files of a directory, site/ by default. templates/home.html, release.html and shelf.html are pages: each
// defines "main", which templates/layout.html frames. All other templates/*.html are parts that the pages share. They see the
// exported fields of the view types in this package.
package storefront
