package archive

import "strings"

// maxDirs is how many directories the files of an archive may lie in, those above
// other directories counted. They have no entries, so that without a bound a zip of 40 MB
// makes eight million of them.
const maxDirs = 65_534

// newDirs returns how many directories a name goes through that the last name, which is
// before it in byte order, doesn't. In that order all files below a directory stand
// together, so that none is counted twice.
func newDirs(last, name string) int64 {
	common := 0
	for common < min(len(last), len(name)) && last[common] == name[common] {
		common++
	}
	return int64(strings.Count(name[common:], "/"))
}
