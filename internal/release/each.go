package release

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// Each calls work with 0 to n-1 on all cores, in that order but several at a time, until one fails. Each goroutine has a loader of its own. progress, which may be nil, is
// told how many are done.
func Each(ctx context.Context, n int, loader func() Loader, work func(ctx context.Context, l Loader, i int) error, progress func(done int)) error {
	group, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex
	next, done := 0, 0
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() error {
			l := loader()
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := work(ctx, l, i); err != nil {
					return err
				}
				mu.Lock()
				done++ // in any order
				finished := done
				mu.Unlock()
				if progress != nil {
					progress(finished)
				}
			}
		})
	}
	return group.Wait()
}

// A Budget bounds the bytes of packages that are held at once. A larger package is worked on alone.
type Budget struct {
	most int64
	left *semaphore.Weighted
}

// NewBudget returns a budget of so many bytes.
func NewBudget(most int64) *Budget { return &Budget{most, semaphore.NewWeighted(most)} }

// Reserver returns what [Load] asks for the bytes of one package, and what gives them back in the end.
func (b *Budget) Reserver(ctx context.Context) (reserve func(size int64) error, release func()) {
	var held int64
	release = func() {
		b.left.Release(held)
		held = 0
	}
	return func(size int64) error {
		release()
		size = min(size, b.most)
		err := b.left.Acquire(ctx, size)
		if err == nil {
			held = size
		}
		return err
	}, release
}
