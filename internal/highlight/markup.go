package highlight

import "strings"

// markup colours HTML and XML.
func (s *scanner) markup(at, limit int) {
	embedded := map[string]*syntax{"script": languages()["js"], "style": languages()["css"]}
	noComment := false // there is no end of one any more
	for at < limit {
		rest := s.source[at:limit]
		switch {
		case !noComment && strings.HasPrefix(rest, "<!--"):
			n := strings.Index(rest, "-->")
			if n < 0 {
				noComment = true
				continue
			}
			s.add(Comment, at, at+n+len("-->"))
			at += n + len("-->")
		case rest[0] == '<' && len(rest) > 1 && (isWord(rest[1]) || strings.IndexByte("/!?", rest[1]) >= 0):
			name, end := s.tag(at, limit)
			at = end
			if syntax := embedded[name]; syntax != nil {
				end := limit
				if n := strings.Index(s.source[at:limit], "</"+name); n >= 0 {
					end = at + n
				}
				s.code(syntax, at, end)
				at = end
			}
		case rest[0] == '&':
			n := 1
			for n < len(rest) && n < 12 && (isWord(rest[n]) || rest[n] == '#') && rest[n] < 0x80 {
				n++
			}
			if n < len(rest) && rest[n] == ';' {
				s.add(Number, at, at+n+1)
			}
			at += n
		default:
			n := strings.IndexAny(rest[1:], "<&")
			if n < 0 {
				return
			}
			at += 1 + n
		}
	}
}

// tag colours a tag that begins here. It returns its name, unless it is a closing one, and where it ends.
func (s *scanner) tag(start, limit int) (name string, end int) {
	at := start + 1
	for at < limit && (isWord(s.source[at]) || strings.IndexByte("/!?:-.", s.source[at]) >= 0) {
		at++
	}
	s.add(Type, start, at)
	name = s.source[start+1 : at]
	for at < limit {
		switch c := s.source[at]; {
		case c == '>':
			s.add(Type, at, at+1)
			return name, at + 1
		case c == '<': // the one before has no end
			return "", at
		case c == '"' || c == '\'':
			end := limit
			if n := strings.IndexByte(s.source[at+1:limit], c); n >= 0 {
				end = at + 1 + n + 1
			}
			s.add(String, at, end)
			at = end
		case isWord(c) || c == '@' || c == ':':
			end := at
			for end < limit && (isWord(s.source[end]) || strings.IndexByte("@:.-", s.source[end]) >= 0) {
				end++
			}
			class := Name
			if s.source[at-1] == '=' {
				class = String
			}
			s.add(class, at, end)
			at = end
		default:
			at++
		}
	}
	return "", limit
}

// php colours PHP, and what is around it where the source says what PHP is.
func (s *scanner) php() {
	php := languages()["php-code"]
	if !strings.Contains(s.source, "<?") {
		s.code(php, 0, len(s.source))
		return
	}
	for at := 0; at < len(s.source); {
		start := len(s.source)
		if n := strings.Index(s.source[at:], "<?"); n >= 0 {
			start = at + n
		}
		s.markup(at, start)
		if start == len(s.source) {
			return
		}
		begin := start + len("<?")
		for _, longer := range []string{"php", "="} {
			if strings.HasPrefix(s.source[begin:], longer) {
				begin += len(longer)
				break
			}
		}
		s.add(Keyword, start, begin)
		end, after := len(s.source), len(s.source)
		if n := strings.Index(s.source[begin:], "?>"); n >= 0 {
			end = begin + n
			after = end + len("?>")
		}
		s.code(php, begin, end)
		s.add(Keyword, end, after)
		at = after
	}
}
