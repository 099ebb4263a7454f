//go:build !linux

package archive

func syncTree(dir string) error { return syncEach(dir) }
