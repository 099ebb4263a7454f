package fetch

import (
	"fmt"
	"io/fs"
	"net/url"
	"strings"
)

// isURL reports whether a mirror is given as a URL, and not as a directory. C:\ is a directory.
func isURL(place string) bool {
	lower := strings.ToLower(place)
	return strings.Contains(place, "://") || strings.HasPrefix(lower, "https:") || strings.HasPrefix(lower, "http:")
}

// baseURL returns what stands before the paths of a tree on a web server.
func baseURL(place string) (string, error) {
	u, err := url.Parse(place)
	if err != nil {
		return "", fmt.Errorf("mirror %q isn't a URL", place)
	}
	switch {
	case u.Scheme == "file":
		return "", fmt.Errorf("mirror %q is a file URL, expected the path of the directory alone", place)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("mirror %q isn't on https or http", place)
	case u.User != nil:
		return "", fmt.Errorf("mirror %q has a user, expected none", u.Redacted())
	case u.Hostname() == "":
		return "", fmt.Errorf("mirror %q has no host", place)
	case strings.ContainsAny(place, "?#"):
		return "", fmt.Errorf("mirror %q has a query or a fragment, expected none", place)
	}
	return strings.TrimRight(u.String(), "/") + "/", nil
}

// checkPath returns an error unless path is one below the tree.
func checkPath(path string) error {
	if !fs.ValidPath(path) || path == "." {
		return fmt.Errorf("%q isn't the path of a published file", path)
	}
	return nil
}

// escape returns a path as it stands in a URL. A plus is escaped, too: object storages read it as a space.
func escape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(part), "+", "%2B")
	}
	return strings.Join(parts, "/")
}
