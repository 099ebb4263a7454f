package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// maxWatched bounds the directories that are watched: systems have few watches.
const maxWatched = 8000

// watch calls changed whenever the file, or something below one of the directories, was written, once a burst of writes is over. It returns false where nothing can be
// watched.
func watch(ctx context.Context, file string, dirs []string, changed func()) bool {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return false
	}
	watched := 0
	add := func(top string) {
		filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			switch {
			case watched >= maxWatched:
				return fs.SkipAll
			case err != nil:
				return nil // gone already, or not for us: the others are watched all the same
			case !d.IsDir():
				return nil
			case d.Name() == ".git" || d.Name() == "node_modules":
				return fs.SkipDir
			}
			if w.Add(path) == nil {
				watched++
			}
			return nil
		})
	}
	for _, dir := range dirs {
		add(dir)
	}
	if w.Add(filepath.Dir(file)) == nil {
		watched++
	}
	below := func(path string) bool {
		for _, dir := range dirs {
			if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
				return true
			}
		}
		return false
	}
	if watched == 0 {
		w.Close()
		return false
	}
	go func() {
		defer w.Close()
		const quiet = 120 * time.Millisecond
		var settled <-chan time.Time
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if e.Op == fsnotify.Chmod || e.Name != file && !below(e.Name) {
					continue
				}
				if e.Has(fsnotify.Create) {
					add(e.Name)
				}
				settled = time.After(quiet)
			case <-w.Errors: // such as more events than the system keeps: what is lost may be an edit
				settled = time.After(quiet)
			case <-settled:
				settled = nil
				changed()
			}
		}
	}()
	return true
}
