package gittree

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Commit is what the registry needs of one: not its message.
type Commit struct {
	Hash, Tree Hash
	Parents    []Hash    // none for the first commit, and for one where a shallow clone ends
	Time       time.Time // when it was committed, in UTC
	Shallow    bool      // a shallow clone ends here: it has parents, but not in the repository
}

const (
	// maxCommit bounds a commit or tag with its message.
	maxCommit = 8 << 20
	// maxHistory bounds a first-parent chain.
	maxHistory = 4 << 20
	// lastSecond is the end of the year 9999, the last that RFC 3339 can write.
	lastSecond = 253402300799
)

// Commit reads a commit.
func (r *Repo) Commit(h Hash) (Commit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.commit(h)
}

func (r *Repo) commit(h Hash) (Commit, error) {
	data, err := r.reader.object(h, kindCommit, maxCommit, false)
	if err != nil {
		return Commit{}, err
	}
	c, err := parseCommit(data)
	if err != nil {
		return Commit{}, fmt.Errorf("read commit %s: %w", h, err)
	}
	c.Hash = h
	if r.shallow[h] {
		c.Shallow, c.Parents = true, nil
	}
	return c, nil
}

// parseCommit reads the header: tree, parents, author, committer.
func parseCommit(data []byte) (Commit, error) {
	var c Commit
	head, _, _ := strings.Cut(string(data), "\n\n")
	line, rest, _ := strings.Cut(head, "\n")
	field := func(key string) (Hash, bool, error) {
		v, ok := strings.CutPrefix(line, key+" ")
		if !ok {
			return Hash{}, false, nil
		}
		line, rest, _ = strings.Cut(rest, "\n")
		h, err := ParseHash(v)
		if err != nil {
			return Hash{}, false, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return h, true, nil
	}
	var ok bool
	var err error
	if c.Tree, ok, err = field("tree"); err != nil || !ok {
		return c, orMissing(err, "tree")
	}
	for {
		parent, ok, err := field("parent")
		if err != nil {
			return c, err
		}
		if !ok {
			break
		}
		c.Parents = append(c.Parents, parent)
	}
	for {
		if who, ok := strings.CutPrefix(line, "committer "); ok {
			c.Time = commitTime(who)
			return c, nil
		}
		if rest == "" {
			return c, orMissing(nil, "committer")
		}
		line, rest, _ = strings.Cut(rest, "\n")
	}
}

func orMissing(err error, what string) error {
	if err != nil {
		return err
	}
	return corrupt("a commit without a %s", what)
}

// commitTime reads the seconds behind a committer's name. What isn't a time
// that RFC 3339 can write is 0, as it is in git.
func commitTime(who string) time.Time {
	who = who[strings.LastIndexByte(who, '>')+1:]
	digits, _, _ := strings.Cut(strings.TrimLeft(who, " "), " ")
	s, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || s < 0 || s > lastSecond {
		s = 0
	}
	return time.Unix(s, 0).UTC()
}

// FirstParents returns the commits from head back to until, without until,
// following first parents; the oldest comes first. Where until isn't on that
// chain (a shallow clone, a force push), found is false and there is no list.
func (r *Repo) FirstParents(head, until Hash) (commits []Commit, found bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if head == until {
		return nil, true, nil
	}
	switch _, err := r.reader.kindOf(until); {
	case errors.Is(err, ErrMissing):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("read commit %s: %w", until, err)
	}
	// Only the hashes are kept on the way back, since it may lead to the very
	// first commit.
	var chain []Hash
	for h := head; h != until; {
		c, err := r.commit(h)
		if err != nil {
			return nil, false, err
		}
		if len(c.Parents) == 0 {
			return nil, false, nil
		}
		if len(chain) == maxHistory {
			return nil, false, &LimitError{What: "history of " + head.String(), Found: maxHistory + 1, Limit: maxHistory, Unit: "commits"}
		}
		chain = append(chain, h)
		h = c.Parents[0]
	}
	commits = make([]Commit, 0, len(chain))
	for _, h := range slices.Backward(chain) {
		c, err := r.commit(h)
		if err != nil {
			return nil, false, err
		}
		commits = append(commits, c)
	}
	return commits, true, nil
}
