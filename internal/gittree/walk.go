package gittree

// maxDepth bounds how deep directories may lie in one another.
const maxDepth = 64

// Walk calls visit for everything below a tree that isn't a directory, with its
// path relative to the tree, in byte order of the paths. More than maxFiles of
// them, or directories more than 64 deep, are a [LimitError]. An error of visit
// ends the walk and is returned as it is.
//
// An empty directory, which git itself doesn't make, counts as a file: without
// this, a few small trees that hold one another many times over would keep the
// walk busy for ever.
func (r *Reader) Walk(tree Hash, maxFiles int, visit func(path string, e Entry) error) error {
	w := walker{r: r, max: maxFiles, visit: visit}
	return w.dir(tree, "", 0)
}

type walker struct {
	r          *Reader
	max, count int
	visit      func(string, Entry) error
}

func (w *walker) dir(tree Hash, prefix string, depth int) error {
	if depth > maxDepth {
		return &LimitError{What: "directories in one another at " + prefix[:min(len(prefix), 60)] + "…", Found: int64(depth), Limit: maxDepth, Unit: "levels"}
	}
	entries, err := w.r.Tree(tree)
	if err != nil {
		return err
	}
	if len(entries) == 0 && depth > 0 {
		return w.one()
	}
	for _, e := range entries {
		path := prefix + e.Name
		if e.Mode == Dir {
			err = w.dir(e.Hash, path+"/", depth+1)
		} else if err = w.one(); err == nil {
			err = w.visit(path, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) one() error {
	if w.count++; w.count > w.max {
		return &LimitError{What: "too many files in a directory", Found: int64(w.count), Limit: int64(w.max), Unit: "files"}
	}
	return nil
}
