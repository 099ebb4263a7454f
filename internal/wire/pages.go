package wire

import (
	"strconv"
	"strings"
)

// The storefront's paths. All but the renditions are views. Every page lies below the directory of its language; what all languages share
// lies beside them.
const (
	HomePage           = "index.html" // the home page of the default language, at the top
	NotFoundPage       = "404.html"
	HeadersPath        = "_headers" // response headers, for CDNs that read such a file
	RobotsPath         = "robots.txt"
	SitemapPath        = "sitemap.xml"
	WebManifestPath    = "manifest.webmanifest"
	storefrontPrefix   = "storefront/"
	SitePath           = storefrontPrefix + "site.json"       // a [Site]
	AdvisoriesDocPath  = storefrontPrefix + "advisories.json" // an [ActiveAdvisories]
	DaysDocPath        = storefrontPrefix + "days/index.json" // a [Days]
	feedName           = "feed.atom"
	openSearchName     = "opensearch.xml"
	renditionDirectory = "renditions/"
)

// The paths of pages without their language. [LangPath] puts them below it.
const (
	IndexPage      = "index.html" // home
	SearchPage     = "search/index.html"
	AddPage        = "add/index.html"
	DocsPage       = "docs/index.html"
	NewsPage       = "new/index.html"
	AdvisoriesPage = "advisories/index.html"
)

// LangPath returns where a page lies in a language.
func LangPath(lang, page string) string { return lang + "/" + page }

// PackagePage returns the page of a package, which shows the release that [VersionList.Primary] returns.
func PackagePage(id string) string { return "apps/" + id + "/index.html" }

// PackageVersionsPage returns the page that lists all versions of a package. Part 0 shows the newest; the parts before it are numbered from 1, the oldest.
func PackageVersionsPage(id string, part int) string {
	if part == 0 {
		return "apps/" + id + "/versions.html"
	}
	return "apps/" + id + "/versions-" + itoa(part) + ".html"
}

// PackageChangelogPage returns the page of a package's changelog.
func PackageChangelogPage(id string) string { return "apps/" + id + "/changelog.html" }

// PackageFeed returns the feed of a package's releases.
func PackageFeed(id string) string { return "apps/" + id + "/" + feedName }

// ReleasePage returns the page of one release of a package that has several.
func ReleasePage(id, version string) string { return "apps/" + id + "/" + version + "/index.html" }

// ValuesPage returns the page that names all values of a kind of list. Where they take several pages, from is the slug of the page's first value; it is empty for the first page.
func ValuesPage(kind ListKind, from string) string {
	return string(kind) + "/" + partName("index", from)
}

// ListPage returns a page of a list. value is the slug of what the packages have in common, empty for all packages. Where a list by name takes several pages, from
// is the id of the page's first package; it is empty for the first page.
func ListPage(kind ListKind, value string, order ListOrder, from string) string {
	dir := string(kind) + "/"
	if value != "" {
		dir += value + "/"
	}
	switch order {
	case ByName:
		return dir + partName("name", from)
	case ByRelease:
		return dir + "newest.html"
	}
	return dir + "index.html"
}

func partName(name, from string) string {
	if from != "" {
		name += "-" + from
	}
	return name + ".html"
}

// ListFeed returns the feed of a list.
func ListFeed(kind ListKind, value string) string { return string(kind) + "/" + value + "/" + feedName }

// FeedPath is the feed of all releases.
const FeedPath = feedName

// OpenSearchPath says how to search, to browsers.
const OpenSearchPath = openSearchName

// DayPage returns the page of the releases of a day, as in 2026-11-21. Part 0 shows the latest; the parts before it are numbered from 1, the earliest.
func DayPage(day string, part int) string {
	if part > 0 {
		day += "-" + itoa(part)
	}
	return "new/" + day + ".html"
}

// MonthPage returns the page of the days of a month, as in 2026-11.
func MonthPage(month string) string { return "new/" + month + ".html" }

// AdvisoryPage returns the page of an advisory. No id begins with a tilde.
func AdvisoryPage(id string) string {
	if strings.EqualFold(id, "index") { // the page of all advisories has that name
		id = "~" + id
	}
	return "advisories/" + id + ".html"
}

// DocPage returns a page of the documentation.
func DocPage(name string) string { return "docs/" + name + ".html" }

// AddFormatPage returns the page on which one adds a package of a format.
func AddFormatPage(format string) string { return "add/" + format + ".html" }

// StaticPath returns where a style, script or picture of the storefront itself lies. The name holds a digest of the content.
func StaticPath(name string) string { return "static/" + name }

// RowsPath returns where the rows of the packages lie whose hash begins with these digits: those of a node of the catalogue.
func RowsPath(digits string) string {
	if digits == "" {
		digits = "all"
	}
	return storefrontPrefix + "rows/" + digits + ".json"
}

// CardPath returns where the row of one package lies.
func CardPath(number int64) string {
	return storefrontPrefix + "cards/" + strconv.FormatInt(number, 10) + ".json"
}

// DayPath returns where the releases of a day lie: a [Day].
func DayPath(day string) string { return storefrontPrefix + "days/" + day + ".json" }

// SearchPath returns where a file of a language's search index lies; "" is their directory.
func SearchPath(lang, name string) string { return storefrontPrefix + "search/" + lang + "/" + name }

// SitemapPartPath returns the part of the sitemap that names the pages of the packages whose hash begins with these digits.
func SitemapPartPath(digits string) string {
	if digits == "" {
		digits = "all"
	}
	return "sitemaps/" + digits + ".xml"
}

// RenditionPath returns where a smaller rendition of a published picture lies: sha256 is that of the picture. ext is "png" or "jpg".
func RenditionPath(sha256 string, width int, ext string) string {
	return renditionDirectory + sha256[:min(len(sha256), 32)] + "-" + itoa(width) + "." + ext
}

// RenditionsPath returns where it lies which renditions a published picture has: a [Renditions]. narrowest is the width that the narrowest would have, since a picture may be shown in places of different size.
func RenditionsPath(sha256 string, narrowest int) string {
	return storefrontPrefix + "renditions/" + sha256[:min(len(sha256), 32)] + "-" + itoa(narrowest) + ".json"
}

// A ListKind is what the packages of a list have in common. It is the name of a directory, too.
type ListKind string

// The kinds of lists.
const (
	AllPackages     ListKind = "browse"
	OfCategory      ListKind = "categories"
	OfFormat        ListKind = "formats"
	OfLicense       ListKind = "licences"
	OfAntiFeature   ListKind = "anti-features"
	OfHost          ListKind = "hosts"
	OfAuthor        ListKind = "authors"
	NoAntiFeature            = "none" // the slug under anti-features of the packages that have none
	maxSlug                  = 64
	slugDigest               = 8
	slugPunctuation          = ".-"
)

// ListKinds are all kinds of lists.
var ListKinds = []ListKind{AllPackages, OfCategory, OfFormat, OfLicense, OfAntiFeature, OfHost, OfAuthor}

// A ListOrder is what a list is sorted by.
type ListOrder int

// The orders of lists.
const (
	ByUpdate  ListOrder = iota // the latest release first
	ByName                     // as people read it
	ByRelease                  // the newest package first
)

// Slug returns a text as a name of a file: lower-case letters, digits, dots and hyphens. A text that isn't all of that, or is long, or is a name that something else has, gets a digest, so that
// different texts have different slugs.
func Slug(text string) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() < maxSlug; i++ {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.':
			b.WriteByte(c)
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c == ' ' || c == '_' || c == '/':
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), slugPunctuation)
	if slug == text && CheckID(slug) == nil && !hasDigest(slug) && slug != "index" && slug != "name" && slug != "newest" && slug != NoAntiFeature {
		return slug
	}
	if slug != "" {
		slug += "-"
	}
	return slug + Sum([]byte(text))[:slugDigest]
}

// hasDigest reports whether a text ends as a slug with a digest does: then it gets one of its own, or it could be made to be that of another text.
func hasDigest(text string) bool {
	i := len(text) - slugDigest
	if i < 0 || i > 0 && text[i-1] != '-' {
		return false
	}
	return strings.Trim(text[i:], "0123456789abcdef") == ""
}

// AuthorSlug returns the name of the directory of an author's list: by the handle, where there is one. An author without a handle can't take the place of one with it.
func AuthorSlug(a Author) string {
	if a.GitHub != "" {
		return Slug(strings.ToLower(a.GitHub))
	}
	slug := Slug(a.Name)
	if slug == a.Name {
		slug += "-" + Sum([]byte(a.Name))[:slugDigest]
	}
	return slug
}

// HostRelease returns the major and minor number of a host's version, as in 3.1; "" where it has none.
func HostRelease(version string) string {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	for _, part := range []string{major, minor} {
		if part == "" && part == minor {
			continue
		}
		if n, err := strconv.Atoi(part); err != nil || n < 0 || len(part) > 5 {
			return ""
		}
	}
	if minor == "" {
		return major
	}
	return major + "." + minor
}
