package main

import (
	"runtime/debug"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// version and commit are those of a release, such as v1.2.3 and 40 hexadecimal digits. Who builds one sets them: -ldflags "-X main.version=… -X main.commit=…".
var version, commit string

// built returns the release that this binary was built from: its version and its commit, as it was told or as the Go tool noted it. Either is "" where it isn't known;
// a build of anything but a release has neither.
func built() (string, string) {
	if version != "" {
		return version, commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	return released(info)
}

func released(info *debug.BuildInfo) (version, commit string) {
	version = info.Main.Version
	if !semver.IsValid(version) || module.IsPseudoVersion(version) || semver.Build(version) != "" { // a dirty work tree is +dirty
		return "", ""
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value != "false":
			return "", ""
		}
	}
	return version, commit
}
