package flows

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// contexts are what an expression may name, and what functions of it return.
type contexts struct {
	values map[string]any
	status map[string]bool // success, failure, always, cancelled
}

// expression parses what stands between ${{ and }}.
func expression(src string) (actionlint.ExprNode, error) {
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(src + "}}"))
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", src, err)
	}
	return node, nil
}

// spans returns the expressions in a text, without ${{ and }}.
func spans(text string) []string {
	var list []string
	for {
		_, rest, ok := strings.Cut(text, "${{")
		if !ok {
			return list
		}
		var src string
		src, text, _ = strings.Cut(rest, "}}")
		list = append(list, src)
	}
}

// fill replaces the expressions in a text by their values.
func (c contexts) fill(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${{")
		b.WriteString(before)
		if !ok {
			return b.String(), nil
		}
		src, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return "", fmt.Errorf("%q has no end", rest)
		}
		v, err := c.value(src)
		if err != nil {
			return "", err
		}
		b.WriteString(asText(v))
		text = after
	}
}

// holds evaluates an if. Where it names no status, the steps or jobs before must have succeeded.
func (c contexts) holds(condition string) (bool, error) {
	src := strings.TrimSpace(condition)
	if strings.HasPrefix(src, "${{") {
		src = strings.TrimSuffix(strings.TrimPrefix(src, "${{"), "}}")
	}
	if src == "" {
		return c.status["success"], nil
	}
	node, err := expression(src)
	if err != nil {
		return false, err
	}
	named := false
	actionlint.VisitExprNode(node, func(n, _ actionlint.ExprNode, _ bool) {
		if call, ok := n.(*actionlint.FuncCallNode); ok {
			_, status := c.status[strings.ToLower(call.Callee)]
			named = named || status
		}
	})
	v, err := c.eval(node)
	return err == nil && truth(v) && (named || c.status["success"]), err
}

func (c contexts) value(src string) (any, error) {
	node, err := expression(src)
	if err != nil {
		return nil, err
	}
	return c.eval(node)
}

func (c contexts) eval(node actionlint.ExprNode) (any, error) {
	switch n := node.(type) {
	case *actionlint.NullNode:
		return nil, nil
	case *actionlint.BoolNode:
		return n.Value, nil
	case *actionlint.IntNode:
		return float64(n.Value), nil
	case *actionlint.StringNode:
		return n.Value, nil
	case *actionlint.VariableNode:
		v, ok := c.values[n.Name]
		if !ok {
			return nil, fmt.Errorf("there is no context %s here", n.Name)
		}
		return v, nil
	case *actionlint.ObjectDerefNode:
		return c.member(n.Receiver, n.Property)
	case *actionlint.IndexAccessNode:
		key, err := c.eval(n.Index)
		if err != nil {
			return nil, err
		}
		return c.member(n.Operand, asText(key))
	case *actionlint.NotOpNode:
		v, err := c.eval(n.Operand)
		return !truth(v), err
	case *actionlint.LogicalOpNode:
		left, err := c.eval(n.Left)
		if err != nil || truth(left) == (n.Kind == actionlint.LogicalOpNodeKindOr) {
			return left, err
		}
		return c.eval(n.Right)
	case *actionlint.CompareOpNode:
		left, err := c.eval(n.Left)
		if err != nil {
			return nil, err
		}
		right, err := c.eval(n.Right)
		if err != nil {
			return nil, err
		}
		switch n.Kind {
		case actionlint.CompareOpNodeKindEq:
			return strings.EqualFold(asText(left), asText(right)), nil
		case actionlint.CompareOpNodeKindNotEq:
			return !strings.EqualFold(asText(left), asText(right)), nil
		}
	case *actionlint.FuncCallNode:
		if v, ok := c.status[strings.ToLower(n.Callee)]; ok {
			return v, nil
		}
		return nil, fmt.Errorf("the runner doesn't know the function %s", n.Callee)
	}
	return nil, fmt.Errorf("the runner doesn't know expressions of type %T", node)
}

// member returns what an object has under a key, or nil: GitHub makes nothing of it, too.
func (c contexts) member(object actionlint.ExprNode, key string) (any, error) {
	v, err := c.eval(object)
	if m, ok := v.(map[string]any); ok && err == nil {
		for k, v := range m {
			if strings.EqualFold(k, key) {
				return v, nil
			}
		}
	}
	return nil, err
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}

func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return "Object"
}

// The runner gives expressions the values that GitHub gives them.
func TestExpressions(t *testing.T) {
	c := contexts{
		values: map[string]any{"github": map[string]any{"event": map[string]any{"number": 7.0, "draft": false}, "ref_name": "main"}, "steps": map[string]any{}},
		status: map[string]bool{"success": false, "failure": true, "always": true, "cancelled": false},
	}
	for src, want := range map[string]string{
		"github.event.number": "7", "github.event.DRAFT": "false", "github.nothing.at.all": "", "github['ref_name']": "main", "'it''s'": "it's",
		"github.ref_name == 'MAIN'": "true", "github.event.draft || 'else'": "else", "!github.event.draft && 'then'": "then", "steps.build.outputs.ready != 'true'": "true",
	} {
		if got, err := c.fill("<${{ " + src + " }}>"); err != nil || got != "<"+want+">" {
			t.Errorf("%s is %s (%v), expected %s", src, got, err, want)
		}
	}
	for condition, want := range map[string]bool{
		"": false, "failure()": true, "always()": true, "github.ref_name == 'main'": false, "(success() || failure()) && github.ref_name == 'main'": true, "${{ !cancelled() }}": true, "success()": false,
	} {
		if got, err := c.holds(condition); err != nil || got != want {
			t.Errorf("if: %s is %t (%v), expected %t", condition, got, err, want)
		}
	}
	for _, src := range []string{"nothing.here", "toJSON(github)", "github.", "1 < 2"} {
		if got, err := c.fill("${{ " + src + " }}"); err == nil {
			t.Errorf("%s is %q, expected an error", src, got)
		}
	}
}
