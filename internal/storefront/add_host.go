package storefront

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/regen-registry/regen/internal/wire"
)

// maxNewFile is the longest address of a new file that is offered, in bytes: hosts refuse longer ones.
const maxNewFile = 6000

// newFileAddress returns the address of the page on which the repo's host makes a new file, with {path} where the path goes and {text} where the content goes. GitHub and those like Gitea
// take both from the address, GitLab the path alone, and of another host nothing is known: then it is "".
func newFileAddress(site wire.Site) string {
	u, ok := external(site.Repository)
	if !ok || u.Scheme != "https" {
		return ""
	}
	repo := strings.TrimSuffix(strings.TrimSuffix((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(), "/"), ".git")
	branch := escapePath(cmp.Or(site.Branch, "main"))
	switch first, _, _ := strings.Cut(u.Hostname(), "."); {
	case u.Hostname() == "github.com":
		return repo + "/new/" + branch + "?filename={path}&value={text}"
	case first == "gitlab":
		return repo + "/-/new/" + branch + "?file_name={path}"
	case u.Hostname() == "codeberg.org", first == "gitea", first == "forgejo":
		return repo + "/_new/" + branch + "?filename={path}&value={text}"
	}
	return ""
}

// newFile returns the address of a new file with its content, or "" where there is none, or none of that length.
func newFile(address, path, text string) string {
	full := strings.NewReplacer("{path}", escapeQuery(path), "{text}", escapeQuery(text)).Replace(address)
	if len(full) > maxNewFile {
		return ""
	}
	return full
}

// escapeQuery escapes a value in an address as the script does: a space isn't a plus.
func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
