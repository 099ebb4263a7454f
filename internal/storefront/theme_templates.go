package storefront

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/wording"
)

// templateFuncs are what a theme's templates may call: [locale.funcs], and those of the template language whose results are no longer than what they are given. With the others, a text
// could be made to double again and again.
var templateFuncs = []string{"t", "number", "and", "or", "not", "len", "index", "slice", "eq", "ne", "lt", "le", "gt", "ge"}

// Bounds of a theme's template. The escaper reads what is in a loop twice, so that it takes twice as long for each loop around a loop.
const (
	maxPipe  = 60 // words in braces
	maxLoops = 5  // of {{range}} within each other
)

// checkTemplate finds what keeps a theme's file from being a template, and what it mustn't call. What it says of pages is only found by making some.
func checkTemplate(name, text string) check.Findings {
	tree := parse.New(ThemeDir + "/" + name)
	tree.Mode = parse.SkipFuncCheck
	trees := make(map[string]*parse.Tree)
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		m := placed.FindStringSubmatch(strings.TrimPrefix(err.Error(), "template: "))
		if m == nil {
			return check.Findings{themeFinding(name, 0, 0, themeHint, "%v", err)}
		}
		line, _ := strconv.Atoi(m[2])
		return check.Findings{themeFinding(name, line, 0, themeHint, "%s", m[4])}
	}
	c := templateCheck{name: name, text: text}
	for _, t := range trees {
		walkTemplate(t.Root, 0, c.node)
	}
	c.found.Sort()
	return c.found
}

type templateCheck struct {
	name, text string
	words      int // in the braces that are looked at
	found      check.Findings
}

func (c *templateCheck) fault(n parse.Node, format string, args ...any) {
	before := c.text[:min(int(n.Position()), len(c.text))]
	c.found = append(c.found, themeFinding(c.name, strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n'), themeHint, format, args...))
}

func (c *templateCheck) node(n parse.Node, loops int) (further bool) {
	if loops > maxLoops {
		c.fault(n, "is in %d loops, expected at most %d", loops, maxLoops)
		return false
	}
	if p, ok := n.(*parse.PipeNode); ok {
		c.words = 0
		c.pipe(p)
		if c.words > maxPipe {
			c.fault(p, "has %d words in braces, expected at most %d", c.words, maxPipe)
		}
	}
	return true
}

func (c *templateCheck) pipe(p *parse.PipeNode) {
	for _, command := range p.Cmds {
		for _, arg := range command.Args {
			c.words++
			switch arg := arg.(type) {
			case *parse.PipeNode:
				c.pipe(arg)
			case *parse.ChainNode:
				if inner, ok := arg.Node.(*parse.PipeNode); ok {
					c.pipe(inner)
				}
			case *parse.IdentifierNode:
				if !slices.Contains(templateFuncs, arg.Ident) {
					c.fault(arg, "calls %s, expected %s", wording.Quote(arg.Ident), wording.List(templateFuncs))
				}
			}
		}
	}
}

// walkTemplate calls visit for each list of nodes, and for what is in braces, with the number of loops that it is in. It goes into a list where visit says so.
func walkTemplate(n parse.Node, loops int, visit func(n parse.Node, loops int) (further bool)) {
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			visit(p, loops)
		}
	}
	branch := func(b *parse.BranchNode, loops int) {
		pipe(b.Pipe)
		walkTemplate(b.List, loops, visit)
		walkTemplate(b.ElseList, loops, visit)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil && visit(n, loops) {
			for _, child := range n.Nodes {
				walkTemplate(child, loops, visit)
			}
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode, loops)
	case *parse.RangeNode:
		branch(&n.BranchNode, loops+1)
	case *parse.WithNode:
		branch(&n.BranchNode, loops)
	}
}

// countSteps makes a page's templates write at each step, if only nothing: so a loop that makes no output ends, too, where [bounded] has taken as much as a page may have.
func countSteps(t *template.Template) {
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		walkTemplate(part.Tree.Root, 0, func(n parse.Node, _ int) bool {
			if list, ok := n.(*parse.ListNode); ok {
				nodes := []parse.Node{step(list.Pos)}
				for _, child := range list.Nodes {
					nodes = append(nodes, child, step(list.Pos))
				}
				list.Nodes = nodes
			}
			return true
		})
	}
}

func step(at parse.Pos) parse.Node { return &parse.TextNode{NodeType: parse.NodeText, Pos: at} }
