package fetch

import (
	"context"
	"fmt"
)

// ReadPast is [Source.ReadFrom] past the caches before the mirror: key is put behind the path, as in ?<key>. It is for documents whose hash isn't
// known, and that turned out not to be what their reader proved them against.
func (s *Source) ReadPast(ctx context.Context, mirror int, path, key string, limit int64) (data []byte, err error) {
	if mirror < 0 || mirror >= len(s.mirrors) {
		return nil, fmt.Errorf("there is no mirror %d, expected one of %d", mirror, len(s.mirrors))
	}
	one := &Source{mirrors: s.mirrors[mirror : mirror+1]}
	err = one.each(ctx, path, 0, func(int) error {
		data, err = s.mirrors[mirror].document(ctx, path, "?"+key, bounded(limit))
		return err
	})
	return data, err
}
