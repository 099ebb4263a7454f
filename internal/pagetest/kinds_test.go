package pagetest

import (
	"github.com/regen-registry/regen/internal/wire"
)

// A kind is a kind of page, by one of its pages.
type kind struct {
	name string
	page string // below the language's directory
}

// kinds are all kinds of pages that there are in every language.
var kinds = []kind{
	{"home", wire.IndexPage},
	{"browse", wire.ListPage(wire.AllPackages, "", wire.ByUpdate, "")},
	{"browse by name", wire.ListPage(wire.AllPackages, "", wire.ByName, "")},
	{"browse the newest", wire.ListPage(wire.AllPackages, "", wire.ByRelease, "")},
	{"categories", wire.ValuesPage(wire.OfCategory, "")},
	{"category", wire.ListPage(wire.OfCategory, "fillers", wire.ByUpdate, "")},
	{"category by name", wire.ListPage(wire.OfCategory, "fillers", wire.ByName, "")},
	{"formats", wire.ValuesPage(wire.OfFormat, "")},
	{"format", wire.ListPage(wire.OfFormat, "native", wire.ByUpdate, "")},
	{"licences", wire.ValuesPage(wire.OfLicense, "")},
	{"licence", wire.ListPage(wire.OfLicense, wire.Slug("MIT"), wire.ByUpdate, "")},
	{"anti-features", wire.ValuesPage(wire.OfAntiFeature, "")},
	{"anti-feature", wire.ListPage(wire.OfAntiFeature, "tracking", wire.ByUpdate, "")},
	{"hosts", wire.ValuesPage(wire.OfHost, "")},
	{"authors", wire.ValuesPage(wire.OfAuthor, "")},
	{"author", wire.ListPage(wire.OfAuthor, wire.Slug("Author 1"), wire.ByUpdate, "")},
	{"package", wire.PackagePage("rich")},
	{"package with nothing", wire.PackagePage("bare")},
	{"package with a warning", wire.PackagePage("warned")},
	{"package that is blocked", wire.PackagePage("blocked")},
	{"package that is delisted", wire.PackagePage("gone")},
	{"versions", wire.PackageVersionsPage("three", 0)},
	{"changelog", wire.PackageChangelogPage("rich")},
	{"release", wire.ReleasePage("three", "1.1.0")},
	{"search", wire.SearchPage},
	{"news", wire.NewsPage},
	{"month", wire.MonthPage("2023-12")},
	{"day", wire.DayPage("2024-01-03", 0)},
	{"advisories", wire.AdvisoriesPage},
	{"advisory", wire.AdvisoryPage("HARBOUR-2024-0002")},
	{"docs", wire.DocsPage},
	{"guide", wire.DocPage("keys")},
	{"commands", wire.DocPage("cli")},
	{"formats of packages", wire.DocPage("formats")},
	{"schemas", wire.DocPage("schemas")},
	{"schema", wire.DocPage("schema-mana")},
	{"findings", wire.DocPage("findings")},
	{"findings of an area", wire.DocPage("findings-mana")},
	{"add", wire.AddPage},
	{"add to a format", wire.AddFormatPage("native")},
}

// apart are the pages that there are once.
var apart = []kind{
	{"top", wire.HomePage},
	{"not found", wire.NotFoundPage},
	{"landing", "mana/getting-things-done/index.html"},
}

// hardPages are the pages of packages that pages have a hard time with.
func hardPages() []string {
	var pages []string
	for id := range hard {
		pages = append(pages, wire.PackagePage(id))
	}
	return pages
}
