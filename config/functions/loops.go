package functions

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Bound makes all expressions of a tree keep bounds that their syntax does not
// tell: loops in one another, each of which may be short, share one budget of
// rounds and bytes, and what operators make of numbers is of ordinary size. It
// changes the tree, so it must be called once, before anything is evaluated.
func Bound(root hclsyntax.Node) {
	bind(root, func() *budget { return &budget{most: spending{mostLoopRounds, mostLoopBytes}, of: "one expression"} })
}

// boundTemplate makes all loops of a template that is rendered once share one budget.
func boundTemplate(root hclsyntax.Node) {
	most := spending{mostRounds, mostBytes}
	shared := &budget{most: most, left: most, of: "a template", whole: true}
	bind(root, func() *budget { return shared })
}

func bind(root hclsyntax.Node, next func() *budget) {
	hclsyntax.Walk(root, &binder{next: next}) // it finds nothing to report
}

// binder changes a node after all that is in it, of which it would not see what
// it has changed.
type binder struct {
	next  func() *budget
	depth int     // of loops
	at    *budget // of the loops at hand
	ops   operations
}

func (b *binder) Enter(node hclsyntax.Node) hcl.Diagnostics {
	if _, ok := node.(*hclsyntax.ForExpr); ok {
		if b.depth == 0 {
			b.at = b.next()
		}
		b.depth++
	}
	return nil
}

func (b *binder) Exit(node hclsyntax.Node) hcl.Diagnostics {
	switch node := node.(type) {
	case *hclsyntax.BinaryOpExpr:
		node.Op = b.ops.bounded(node.Op)
	case *hclsyntax.UnaryOpExpr:
		node.Op = b.ops.bounded(node.Op)
	case *hclsyntax.ForExpr:
		b.depth--
		node.ValExpr = &counted{enclosed(node.ValExpr), b.at}
		if node.CondExpr != nil {
			node.CondExpr = &counted{enclosed(node.CondExpr), b.at}
		}
		if b.depth == 0 && !b.at.whole {
			node.CollExpr = &outermost{enclosed(node.CollExpr), b.at}
		}
	}
	return nil
}

// enclosed is an expression to be embedded in one of ours: what it refers to is
// still found.
func enclosed(expr hclsyntax.Expression) *hclsyntax.ParenthesesExpr {
	return &hclsyntax.ParenthesesExpr{Expression: expr, SrcRange: expr.Range()}
}

type spending struct{ rounds, bytes int }

// budget is what loops within one another may do together.
type budget struct {
	most, left spending
	of         string // whose loops they are
	whole      bool   // it is never filled up again
	exceeded   bool   // which has been said
}

// outermost is what the outermost loop goes through. It is evaluated first, once
// in each evaluation of the loop.
type outermost struct {
	*hclsyntax.ParenthesesExpr
	budget *budget
}

func (o *outermost) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	o.budget.left, o.budget.exceeded = o.budget.most, false
	return o.Expression.Value(ctx)
}

// counted is an expression that takes from a budget each time it is evaluated.
type counted struct {
	*hclsyntax.ParenthesesExpr
	budget *budget
}

func (c *counted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	left := &c.budget.left
	left.rounds--
	if left.rounds >= 0 && left.bytes >= 0 {
		value, diags := c.Expression.Value(ctx)
		left.bytes -= size(value, 0, left.bytes)
		return value, diags
	}
	if c.budget.exceeded {
		return cty.DynamicVal, nil
	}
	c.budget.exceeded = true
	at := c.Range()
	return cty.DynamicVal, hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Loops without end", Subject: &at,
		Detail: fmt.Sprintf("The loops of %s go %d rounds and make %d MiB at most. Put what the inner loops make into local values, "+
			"or go through less.", c.budget.of, c.budget.most.rounds, c.budget.most.bytes>>20),
	}}
}
