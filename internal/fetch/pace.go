package fetch

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// pace ends a request whose server sends too little. It looks at the last Patience, again and again, and leaves out the time in which
// nobody waits for the server, such as while a slow disk is written.
type pace struct {
	need     int64 // bytes in each span of patience
	patience time.Duration
	arrived  atomic.Int64 // since the last look
	away     atomic.Bool  // nobody waits for the server
	end      context.CancelCauseFunc
}

// looks is how often the pace is looked at within one span of patience.
const looks = 8

// tooSlow is why a request was ended.
type tooSlow struct {
	got, need int64
	patience  time.Duration
}

func (e *tooSlow) Error() string {
	return fmt.Sprintf("the server sent %d bytes in %v, expected at least %d", e.got, e.patience, e.need)
}

// perPatience returns how many bytes a server has to send in each span of patience.
func perPatience(minRate int64, patience time.Duration) int64 {
	return max(1, int64(float64(minRate)*patience.Seconds()))
}

// watch returns a context that ends when the server is too slow, with a [tooSlow] as its cause. The caller has to call end.
func watch(ctx context.Context, need int64, patience time.Duration) (context.Context, *pace) {
	ctx, end := context.WithCancelCause(ctx)
	p := &pace{need: need, patience: patience, end: end}
	go p.run(ctx)
	return ctx, p
}

func (p *pace) run(ctx context.Context) {
	ticker := time.NewTicker(max(p.patience/looks, time.Millisecond))
	defer ticker.Stop()
	var window [looks]int64
	for look := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if p.away.Load() {
			continue
		}
		window[look%looks] = p.arrived.Swap(0)
		look++
		var got int64
		for _, n := range window {
			got += n
		}
		if look >= looks && got < p.need {
			p.end(&tooSlow{got, p.need, p.patience})
			return
		}
	}
}

// read reads what the server sends.
func (p *pace) read(r io.Reader, b []byte) (int, error) {
	p.away.Store(false)
	n, err := r.Read(b)
	p.arrived.Add(int64(n))
	p.away.Store(true)
	return n, err
}
