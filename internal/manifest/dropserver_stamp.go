package manifest

import "github.com/regen-registry/regen/internal/stamp"

// Stamp implements [Stamper]: dropapp.json gets the day of the release, in UTC, as its first member. All other bytes of it stay as they are.
func (Dropserver) Stamp(files []File, released int64) []File { return stamp.WithDate(files, released) }

// Unstamp implements [Stamper].
func (Dropserver) Unstamp(files []File, released int64) ([]File, error) {
	return stamp.WithoutDate(files, released)
}
