package gittree

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// Resolve returns the commit that a revision names: HEAD or @, a branch, a tag,
// another reference (origin/main, FETCH_HEAD), a hash or at least 4 digits of
// one, each with any number of ~n (the n-th first parent), ^n (the n-th parent)
// and ^{commit} behind it. An annotated tag is followed to its commit.
func (r *Repo) Resolve(rev string) (Hash, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, err := r.resolve(rev)
	if err != nil {
		return Hash{}, fmt.Errorf("resolve revision %q: %w", rev, err)
	}
	return h, nil
}

func (r *Repo) resolve(rev string) (Hash, error) {
	base, steps := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		base, steps = rev[:i], rev[i:]
	}
	if base == "@" {
		base = "HEAD"
	}
	if strings.ContainsAny(base, ": ") || strings.Contains(base, "@{") || strings.Contains(base, "..") {
		return Hash{}, fmt.Errorf("revision syntax %w: expected a branch, a tag or a hash, which ~n and ^n may follow", ErrUnsupported)
	}
	h, err := r.resolveName(base)
	if err != nil {
		return Hash{}, err
	}
	if h, err = r.peel(h); err != nil {
		return Hash{}, err
	}
	for steps != "" {
		op := steps[0]
		steps = steps[1:]
		if rest, ok := cutAny(steps, "{}", "{commit}"); op == '^' && ok {
			steps = rest
			continue
		}
		n := len(steps) - len(strings.TrimLeft(steps, "0123456789"))
		count := 1
		if n > 0 {
			if count, err = strconv.Atoi(steps[:n]); err != nil || count > maxHistory {
				return Hash{}, fmt.Errorf("%w: %c%s leads too far back", ErrNoRevision, op, steps[:n])
			}
		}
		steps = steps[n:]
		if steps != "" && steps[0] != '~' && steps[0] != '^' {
			return Hash{}, fmt.Errorf("revision syntax %w: found %q, expected only ~n and ^n behind the name", ErrUnsupported, steps)
		}
		if op == '~' {
			for range count {
				if h, err = r.parent(h, 1); err != nil {
					return Hash{}, err
				}
			}
		} else if count > 0 {
			if h, err = r.parent(h, count); err != nil {
				return Hash{}, err
			}
		}
	}
	if _, err := r.commit(h); err != nil {
		return Hash{}, err
	}
	return h, nil
}

func cutAny(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}

func (r *Repo) parent(h Hash, n int) (Hash, error) {
	c, err := r.commit(h)
	switch {
	case err != nil:
		return Hash{}, err
	case c.Shallow:
		return Hash{}, fmt.Errorf("%w: the shallow clone ends at %s", ErrNoRevision, h)
	case len(c.Parents) < n:
		return Hash{}, fmt.Errorf("%w: expected %s to have at least %d parents, found %d", ErrNoRevision, h, n, len(c.Parents))
	}
	return c.Parents[n-1], nil
}

// resolveName resolves what stands before ~ and ^: a whole hash goes first,
// then references, then the beginning of a hash.
func (r *Repo) resolveName(name string) (Hash, error) {
	if h, err := ParseHash(name); err == nil {
		return h, nil
	}
	for i, format := range plumbing.RefRevParseRules {
		full := fmt.Sprintf(format, name)
		if i == 0 && !strings.HasPrefix(name, "refs/") && !isRootRef(name) {
			continue // or .git/config would be read as a reference
		}
		if h, ok, err := r.ref(full); ok || err != nil {
			return h, err
		}
	}
	if isHex(name) && len(name) >= 4 && len(name) < 40 {
		return r.resolvePrefix(strings.ToLower(name))
	}
	return Hash{}, fmt.Errorf("%w: expected a branch, a tag or a hash, found nothing of this name", ErrNoRevision)
}

// isRootRef reports whether a name is like HEAD and FETCH_HEAD.
func isRootRef(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// ref reads a reference, and follows those that name another one.
func (r *Repo) ref(name string) (Hash, bool, error) {
	first := name
	for range 10 {
		ref, err := r.refs.Ref(plumbing.ReferenceName(name))
		switch {
		case errors.Is(err, plumbing.ErrReferenceNotFound) && first == "HEAD" && name != first:
			return Hash{}, false, fmt.Errorf("%w: HEAD points to %s, which isn't there", ErrUnborn, name)
		case errors.Is(err, plumbing.ErrReferenceNotFound), errors.Is(err, dotgit.ErrReferenceNameEscape):
			return Hash{}, false, nil
		case err != nil:
			return Hash{}, false, fmt.Errorf("read reference %s: %w", name, err)
		case ref.Type() == plumbing.SymbolicReference:
			name = ref.Target().String()
			continue
		}
		h := Hash(ref.Hash())
		if h.IsZero() {
			return Hash{}, false, corrupt("expected reference %s to hold a hash", name)
		}
		return h, true, nil
	}
	return Hash{}, false, corrupt("reference %s leads from one to the next without end", first)
}

// resolvePrefix finds the one commit whose hash begins with the digits.
func (r *Repo) resolvePrefix(digits string) (Hash, error) {
	const limit = 1000
	all, err := r.odb.withPrefix(digits, limit)
	if err != nil {
		return Hash{}, err
	}
	var commits []Hash
	for _, h := range all {
		k, err := r.reader.kindOf(h)
		if err != nil {
			return Hash{}, err
		}
		if k == kindCommit || k == kindTag {
			commits = append(commits, h)
		}
	}
	switch {
	case len(all) >= limit || len(commits) > 1:
		return Hash{}, fmt.Errorf("%w: expected one commit whose hash begins so, found several (give more digits)", ErrNoRevision)
	case len(commits) == 0:
		return Hash{}, fmt.Errorf("%w: found no commit whose hash begins so", ErrNoRevision)
	}
	return commits[0], nil
}

// peel follows annotated tags to a commit.
func (r *Repo) peel(h Hash) (Hash, error) {
	for range 10 {
		k, err := r.reader.kindOf(h)
		switch {
		case errors.Is(err, ErrMissing):
			return Hash{}, fmt.Errorf("%w: %s: %w", ErrNoRevision, h, err)
		case err != nil:
			return Hash{}, fmt.Errorf("read %s: %w", h, err)
		case k == kindCommit:
			return h, nil
		case k != kindTag:
			return Hash{}, fmt.Errorf("%w: expected %s to be a commit, found a %s", ErrNoRevision, h, k)
		}
		data, err := r.reader.object(h, kindTag, maxCommit, false)
		if err != nil {
			return Hash{}, err
		}
		line, _, _ := strings.Cut(string(data), "\n")
		to, ok := strings.CutPrefix(line, "object ")
		if !ok {
			return Hash{}, corrupt("tag %s names no object", h)
		}
		if h, err = ParseHash(to); err != nil {
			return Hash{}, fmt.Errorf("tag: %w: %w", ErrCorrupt, err)
		}
	}
	return Hash{}, fmt.Errorf("%w: tags of tags, more than 10 deep", ErrNoRevision)
}
