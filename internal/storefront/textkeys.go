package storefront

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// checkTexts finds a text that a page's templates name and that isn't there, or that they don't give a value to. Running them would find only those on the way that it takes.
func (r *Renderer) checkTexts(t *template.Template) error {
	parts := t.Templates()
	slices.SortFunc(parts, func(a, b *template.Template) int { return strings.Compare(a.Name(), b.Name()) })
	for _, part := range parts {
		if part.Tree == nil || part.Tree.Root == nil {
			continue
		}
		c := textCheck{r: r, tree: part.Tree}
		walkTemplate(part.Tree.Root, 0, func(n parse.Node, _ int) bool {
			if p, ok := n.(*parse.PipeNode); ok {
				c.pipe(p)
			}
			return true
		})
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// textCheck keeps the first mistake of a template.
type textCheck struct {
	r    *Renderer
	tree *parse.Tree
	err  error
}

func (c *textCheck) pipe(p *parse.PipeNode) {
	for _, command := range p.Cmds {
		c.command(command)
		for _, arg := range command.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				c.pipe(inner)
			}
		}
	}
}

// command checks {{t "key" "name" value …}}. A key that isn't written out can't be known before the page is made.
func (c *textCheck) command(n *parse.CommandNode) {
	if c.err != nil || len(n.Args) < 2 {
		return
	}
	function, ok := n.Args[0].(*parse.IdentifierNode)
	if !ok || function.Ident != "t" {
		return
	}
	key, ok := n.Args[1].(*parse.StringNode)
	if !ok {
		return
	}
	m, l, err := c.r.locales[0].find(key.Text)
	if err != nil {
		c.err = fmt.Errorf("%s: no text %q, expected a key of %s/%s", c.place(key), key.Text, ThemeDir, l.file)
		return
	}
	given := make(map[string]bool)
	for i := 2; i < len(n.Args); i += 2 {
		if name, ok := n.Args[i].(*parse.StringNode); ok {
			given[name.Text] = true
		}
	}
	for name := range m.names() {
		if !given[name] {
			c.err = fmt.Errorf("%s: the text %q takes {%s}, and isn't given it", c.place(key), key.Text, name)
			return
		}
	}
}

// place returns where a node stands in its file: the parser saw it without the white space that lines begin with.
func (c *textCheck) place(n parse.Node) string {
	at, _ := c.tree.ErrorContext(n)
	parts := strings.Split(at, ":")
	if len(parts) != 3 {
		return at
	}
	line, err1 := strconv.Atoi(parts[1])
	column, err2 := strconv.Atoi(parts[2])
	lines := strings.Split(string(c.r.files[strings.TrimPrefix(parts[0], ThemeDir+"/")]), "\n")
	if err1 != nil || err2 != nil || line < 1 || line > len(lines) {
		return at
	}
	text := lines[line-1]
	return fmt.Sprintf("%s:%d:%d", parts[0], line, column+1+len(text)-len(strings.TrimLeft(text, " \t")))
}
