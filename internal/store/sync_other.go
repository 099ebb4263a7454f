//go:build !linux

package store

// syncFilesystem does nothing: there is no call for it here, and a call for each file would cost more than a
// whole publish. After a power cut, `regen verify` tells what is missing and the next publish from an older copy makes it again.
func syncFilesystem(string) error { return nil }
