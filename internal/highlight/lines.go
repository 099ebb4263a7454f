package highlight

import "strings"

// diff colours whole lines by what they begin with.
func (s *scanner) diff() {
	for at := 0; at < len(s.source); {
		end := s.lineEnd(at, len(s.source))
		line := s.source[at:end]
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "index "):
			s.add(Comment, at, end)
		case strings.HasPrefix(line, "@@"):
			s.add(Keyword, at, end)
		case strings.HasPrefix(line, "+"), strings.HasPrefix(line, ">"):
			s.add(Inserted, at, end)
		case strings.HasPrefix(line, "-"), strings.HasPrefix(line, "<"):
			s.add(Deleted, at, end)
		}
		at = end + 1
	}
}

// console colours what somebody types behind a prompt, and the lines that continue it. All else is what programs say.
func (s *scanner) console() {
	shell := languages()["sh"]
	for at := 0; at < len(s.source); {
		end := s.lineEnd(at, len(s.source))
		if prompt := promptEnd(s.source[at:end]); prompt > 0 {
			for end < len(s.source) && s.source[end-1] == '\\' {
				end = s.lineEnd(end+1, len(s.source))
			}
			s.add(Comment, at, at+prompt)
			s.code(shell, at+prompt, end)
		} else if strings.HasPrefix(s.source[at:end], "#") {
			s.add(Comment, at, end)
		}
		at = end + 1
	}
}

// promptEnd returns how long the prompt of a line is, without the space behind it, or 0.
func promptEnd(line string) int {
	for i := range min(len(line), 60) {
		switch c := line[i]; {
		case (c == '$' || c == '%' || c == '>' || c == '#' && i > 0) && i+1 < len(line) && line[i+1] == ' ':
			return i + 1
		case c == ' ':
			return 0
		}
	}
	return 0
}
