package gittree

import (
	"flag"
	"sync"
	"testing"
)

// go test -bench=. -repo=<path> measures a repository of your own, such as one
// of 10,000 packages.
var benchRepo = flag.String("repo", "", "the repository that the benchmarks read")

func benchOpen(b *testing.B) *Repo {
	if *benchRepo == "" {
		b.Skip("needs -repo=<path>")
	}
	r, err := Open(*benchRepo)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// From nothing to the list of packages.
func BenchmarkOpenPlugins(b *testing.B) {
	for b.Loop() {
		r := benchOpen(b)
		h, err := r.Resolve("HEAD")
		if err != nil {
			b.Fatal(err)
		}
		c, err := r.Commit(h)
		if err != nil {
			b.Fatal(err)
		}
		rd := r.NewReader()
		e, ok, err := rd.Lookup(c.Tree, "plugins")
		if !ok || err != nil {
			b.Fatal(ok, err)
		}
		list, err := rd.Tree(e.Hash)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(list)), "entries")
		r.Close()
	}
}

// All trees and blobs below plugins/, by two goroutines.
func BenchmarkReadAll(b *testing.B) {
	for b.Loop() {
		r := benchOpen(b)
		h, err := r.Resolve("HEAD")
		if err != nil {
			b.Fatal(err)
		}
		c, err := r.Commit(h)
		if err != nil {
			b.Fatal(err)
		}
		rd := r.NewReader()
		e, ok, err := rd.Lookup(c.Tree, "plugins")
		if !ok || err != nil {
			b.Fatal(ok, err)
		}
		list, err := rd.Tree(e.Hash)
		if err != nil {
			b.Fatal(err)
		}
		const workers = 2
		var wg sync.WaitGroup
		var bytes, files [workers]int64
		work := make(chan []Entry)
		for w := range workers {
			wg.Go(func() {
				rd := r.NewReader()
				for part := range work {
					for _, p := range part {
						err := rd.Walk(p.Hash, 10000, func(path string, e Entry) error {
							data, err := rd.Blob(e.Hash, 1<<30)
							bytes[w] += int64(len(data))
							files[w]++
							return err
						})
						if err != nil {
							b.Error(err)
						}
					}
				}
			})
		}
		for len(list) > 0 {
			n := min(50, len(list))
			work <- list[:n]
			list = list[n:]
		}
		close(work)
		wg.Wait()
		b.ReportMetric(float64(bytes[0]+bytes[1])/1e6, "MB")
		b.ReportMetric(float64(files[0]+files[1]), "files")
		r.Close()
	}
}
