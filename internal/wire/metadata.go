package wire

// Metadata holds every fact about one release. It is bound by a version list and by the release's event in the log.
type Metadata struct {
	ID               string   `json:"id"`
	Format           string   `json:"format"`            // of the package: "vito", …
	PackagingVersion int      `json:"packaging_version"` // of the archive rules that made the artifact
	Version          string   `json:"version"`
	Channel          string   `json:"channel"`
	Commit           string   `json:"commit"`      // the git commit that the release was made from, hex
	Source           string   `json:"source"`      // directory in the repo
	ReleasedAt       int64    `json:"released_at"` // unix seconds: the committer time, never before an earlier event
	Artifact         Artifact `json:"artifact"`
	Official         bool     `json:"official,omitempty"`         // as the registry's configuration says, and it alone
	DistributionURL  string   `json:"distribution_url,omitempty"` // where the artifact is published, if the registry has a base URL
	Facts
}

// Artifact names the package itself.
type Artifact struct {
	Name   string `json:"name"` // file name, as the ecosystem names it
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// PackagingVersion is the current version of the archive rules.
const PackagingVersion = 1

// Facts are what a package says of itself: the common model of all formats. A field that a format doesn't
// have is absent. Facts take part in the source digest, so changed facts need a new version.
type Facts struct {
	Name        Text            `json:"name"`
	Summary     Text            `json:"summary,omitempty"`
	Description map[string]File `json:"description,omitempty"` // language → Markdown file, published as an asset
	Changelog   map[string]File `json:"changelog,omitempty"`   // language → Markdown or text file, published as an asset
	Entrypoint  string          `json:"entrypoint,omitempty"`  // path in the package
	HostAPI     *HostAPI        `json:"host_api,omitempty"`
	Requires    []string        `json:"requires,omitempty"` // ids of packages that must be there, as the ecosystem names them
	Code        string          `json:"code,omitempty"`     // "php", "lua", "ts", "remote" or "none": what runs on the host
	Vendored    bool            `json:"vendored,omitempty"` // whether dependencies are inside the package
	Icons       []Image         `json:"icons,omitempty"`
	Screenshots []Image         `json:"screenshots,omitempty"`
	Authors     []Author        `json:"authors,omitempty"`
	Repository  string          `json:"repository,omitempty"`
	Homepage    string          `json:"homepage,omitempty"`
	Keywords    []string        `json:"keywords,omitempty"`
	Categories  []string        `json:"categories,omitempty"`
	License     string          `json:"license,omitempty"` // SPDX expression, as the manifest has it
	Funding     []string        `json:"funding,omitempty"` // URLs
	Support     []string        `json:"support,omitempty"` // URLs and mailto: addresses
	// Ext keeps what the native manifest says and the common model has no field for.
	Ext map[string]any `json:"ext,omitempty"`
}

// Text is a text in one or more languages: BCP 47 tag → text.
type Text map[string]string

// DefaultLanguage is the language of texts that don't name one.
const DefaultLanguage = "en"

// In returns the text in the language, else in the default language, else in the first one by its tag.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	if s, ok := t[DefaultLanguage]; ok {
		return s
	}
	first := ""
	for tag := range t {
		if first == "" || tag < first {
			first = tag
		}
	}
	return t[first]
}

// File is a listing file that is published below the release's assets/.
type File struct {
	Path   string `json:"path"` // relative to the package's source directory
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Image is a picture that is published below the release's assets/.
type Image struct {
	File
	Width  int  `json:"width,omitempty"` // pixels; absent for SVG
	Height int  `json:"height,omitempty"`
	Title  Text `json:"title,omitempty"`
	Alt    Text `json:"alt,omitempty"`
}

// HostAPI is the range of host versions that a package is made for.
type HostAPI struct {
	Min    string `json:"min,omitempty"`
	Target string `json:"target,omitempty"`
}

// Author is somebody who made the package.
type Author struct {
	Name   string `json:"name,omitempty"`
	Email  string `json:"email,omitempty"`
	URL    string `json:"url,omitempty"`
	GitHub string `json:"github,omitempty"` // handle
}

// Assets returns the listing files that the facts name, each once, in the order of the facts.
func (f Facts) Assets() []File {
	var files []File
	seen := make(map[string]bool)
	add := func(file File) {
		if !seen[file.Path] {
			seen[file.Path] = true
			files = append(files, file)
		}
	}
	for _, image := range f.Icons {
		add(image.File)
	}
	for _, image := range f.Screenshots {
		add(image.File)
	}
	for _, byLang := range []map[string]File{f.Description, f.Changelog} {
		for _, lang := range sortedKeys(byLang) {
			add(byLang[lang])
		}
	}
	return files
}
