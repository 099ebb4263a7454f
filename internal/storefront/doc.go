// Package storefront turns what a registry published into pages.
//
// The rules that every page keeps:
//
//   - A page depends on the arguments alone: no clock, no environment, no files. Equal arguments give equal bytes.
//   - The page of a release depends on nothing that another release changes: it links to the package's
//     page for what is newest, and the table of versions stands there alone. So old pages keep still, until an advisory changes.
//   - A page says what advisories say of the version that it shows before anything else. Of one that is blocked it offers no download
//     where others have theirs.
//   - Every page knows the registry's id, name and base URL. Its number of packages stands on the home page alone, and that of a list on the list's
//     first pages: numbers change with every publish. A page of news or of a list links to packages, not to releases.
//   - Every page is there in each language, below a directory of its own, and names the others. Words come from strings/<language>.yaml, texts of packages in the best
//     language that there is, with that language marked. Numbers, sizes and days are written as the language does.
//   - The title of a page ends with the registry's name, so that no package can make it look like another site's.
//   - Links to published files are relative and end in a file name: a tree works from a server, and from a disk. Only 404.html, which a server shows
//     at any path, has addresses that begin at the top of the host. Every path comes from internal/wire.
//   - All works without script. Scripts are files of the site; nothing is inline, nothing comes from another host, and a content security policy in each page says so.
//   - A page takes at most 60 KB with its style and scripts, compressed, and nothing on it moves while it loads: pictures have a size.
//   - What is shown follows the reading direction: styles know no left and no right.
//   - All text is hostile. html/template escapes it; control characters and bidirectional overrides are dropped;
//     a URL is linked if it is http or https (for support also mailto), and shown as text otherwise.
//   - Markdown is rendered without raw HTML. Its headings go below the page's, its relative links and pictures lead to
//     published assets or are plain text, its foreign pictures become links. Size and nesting are bounded, and so is what a
//     section of it weighs when it is compressed.
//   - An asset that could run script when it is opened by itself (SVG, HTML, XML) is only ever shown in an img, never linked.
//
// The files of a site are templates, styles, scripts and texts: those of the directory site/, or a registry's own in their place. The templates that pageFiles names are pages: each defines
// "main", which templates/layout.html frames. All other templates/*.html are parts that pages share. They see the exported fields of the view types in this package, and
// call two functions: t, a text by its key, and number, a whole number as the language writes it.
package storefront
