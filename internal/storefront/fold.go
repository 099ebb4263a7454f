package storefront

import (
	"html/template"
	"text/template/parse"
)

// fold puts the texts that take no value into the templates of a language as they are: {{t "key"}} becomes what it says. A page has some hundred of them, and looking each up takes longer
// than all the rest of it. What it can't fold is looked up, and found wanting, when the page is made.
func fold(t *template.Template, l *locale) {
	for _, part := range t.Templates() {
		if part.Tree != nil {
			l.foldList(part.Tree.Root)
		}
	}
}

func (l *locale) foldList(list *parse.ListNode) {
	if list == nil {
		return
	}
	branch := func(b *parse.BranchNode) {
		l.foldList(b.List)
		l.foldList(b.ElseList)
	}
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		case *parse.ActionNode:
			if text, ok := l.folded(n.Pipe); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(text))}
			}
		}
	}
}

// folded returns the text of a pipeline that is nothing but a text without values.
func (l *locale) folded(p *parse.PipeNode) (string, bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false
	}
	function, isFunction := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	key, isText := p.Cmds[0].Args[1].(*parse.StringNode)
	if !isFunction || !isText || function.Ident != "t" {
		return "", false
	}
	m, _, err := l.find(key.Text)
	if parts := m.forms[""]; err == nil && len(parts) == 1 {
		return parts[0], true
	}
	return "", false
}
