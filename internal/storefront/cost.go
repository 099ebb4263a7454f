package storefront

import "bytes"

// The parser takes time and memory that grow with the square of some sources: it looks for the end of a link from each of its
// beginnings, and gives every row of a table as many cells as its head has. These bound what it may be asked for.
const (
	maxLinkSteps = 4 << 20 // bytes looked at for the ends of links
	maxCells     = 200_000 // cells of tables
)

// costly tells whether a source would take the parser too long. No source that somebody wrote for readers does.
func costly(src []byte) bool {
	return linkSteps(src) > maxLinkSteps || tableCells(src) > maxCells
}

// linkSteps returns how many bytes it takes to find the ends of all links. It stops counting beyond [maxLinkSteps].
func linkSteps(src []byte) int {
	steps := 0
	for at := 0; steps <= maxLinkSteps; {
		i := bytes.Index(src[at:], []byte("]("))
		if i < 0 {
			break
		}
		at += i + len("](")
		rest := bytes.TrimLeft(src[at:], " \t\r\n")
		end := bytes.IndexAny(rest, " \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		if closing := bytes.IndexByte(rest[:end], ')'); closing >= 0 && bytes.IndexByte(rest[:closing], '(') < 0 {
			steps += closing // the common case
			continue
		}
		if len(rest) > 0 && rest[0] == '<' {
			end = lineEnd(rest)
		}
		steps += end
		title := bytes.TrimLeft(rest[end:], " \t\r\n")
		if len(title) > 0 && bytes.IndexByte([]byte(`"'(`), title[0]) >= 0 {
			closer := title[0]
			if closer == '(' {
				closer = ')'
			}
			if n := bytes.IndexByte(title[1:], closer); n >= 0 {
				steps += n
			} else {
				steps += len(title)
			}
		}
	}
	return steps
}

// tableCells returns how many cells the tables have at most: columns that a delimiter row asks for, times lines that may be rows.
func tableCells(src []byte) int {
	cells, columns := 0, 0
	for len(src) > 0 {
		line := src[:lineEnd(src)]
		src = src[min(len(src), len(line)+1):]
		if len(bytes.TrimSpace(line)) == 0 {
			columns = 0 // a blank line ends every table
		} else if bytes.IndexByte(line, '-') >= 0 && len(bytes.Trim(line, delimiters)) == 0 {
			columns = max(columns, bytes.Count(line, []byte("|"))+1)
		}
		cells += columns
	}
	return cells
}

// delimiters are what a delimiter row consists of, with the markers of lists and quotes that it may stand in.
const delimiters = "|:- \t\r>*+.)0123456789"

// lineEnd returns the length of the first line.
func lineEnd(s []byte) int {
	if i := bytes.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}
