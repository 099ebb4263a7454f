package gittree

import "container/list"

// baseCache keeps the objects that others are likely to be made from, the last
// used ones, up to a number of bytes. What is in it is never changed.
type baseCache struct {
	max, used int
	byPlace   map[place]*list.Element
	recent    list.List // of *cached, the last used first
}

// place says where an entry lies.
type place struct {
	pack   *pack
	offset int64
}

type cached struct {
	place place
	kind  kind
	data  []byte
}

func newBaseCache(max int) *baseCache {
	return &baseCache{max: max, byPlace: make(map[place]*list.Element)}
}

func (c *baseCache) get(p place) (kind, []byte, bool) {
	e, ok := c.byPlace[p]
	if !ok {
		return 0, nil, false
	}
	c.recent.MoveToFront(e)
	v := e.Value.(*cached)
	return v.kind, v.data, true
}

func (c *baseCache) put(p place, k kind, data []byte) {
	if _, ok := c.byPlace[p]; ok || len(data) > c.max/2 {
		return
	}
	const overhead = 200 // so that empty objects aren't free
	c.byPlace[p] = c.recent.PushFront(&cached{place: p, kind: k, data: data})
	c.used += len(data) + overhead
	for c.used > c.max {
		e := c.recent.Back()
		v := c.recent.Remove(e).(*cached)
		delete(c.byPlace, v.place)
		c.used -= len(v.data) + overhead
	}
}
