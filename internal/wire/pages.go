package wire

// The storefront's paths. All are views.
const (
	HomePage = "index.html"
)

// PackagePage returns the page of a package, which shows the release that [VersionList.Primary] returns.
func PackagePage(id string) string { return "apps/" + id + "/index.html" }

// ReleasePage returns the page of one release of a package that has several.
func ReleasePage(id, version string) string { return "apps/" + id + "/" + version + "/index.html" }

// ShelfPage returns the page of one node of the catalogue below the root; digits are the hex digits that lead to it. The page of a leaf lists its
// packages, that of an inner node its children. The home page is that of the root.
func ShelfPage(digits string) string { return "shelves/" + digits + ".html" }

// StaticPath returns where a style or picture of the storefront itself lies. The name holds a digest of the content.
func StaticPath(name string) string { return "static/" + name }
