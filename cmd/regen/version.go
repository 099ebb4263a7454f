package main

import "fmt"

// versionText returns the release that this binary is, for people.
func versionText() string {
	version, commit := built()
	switch {
	case version == "":
		return "(not a release)"
	case commit == "":
		return version
	}
	return fmt.Sprintf("%s (commit %.12s)", version, commit)
}
