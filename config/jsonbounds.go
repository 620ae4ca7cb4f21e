package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// boundJSON makes attributes written in JSON keep the bounds that others keep.
func (e *evaluation) boundJSON(attrs hcl.Attributes) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		attr := attrs[name]
		if !json.IsJSONExpression(attr.Expr) {
			continue
		}
		tree, ok := asTree(attr.Expr)
		if !ok {
			continue // it says why when it is evaluated
		}
		diags := bound(tree)
		e.diags = append(e.diags, diags...)
		switch {
		case diags.HasErrors():
			attr.Expr = hcl.StaticExpr(cty.DynamicVal, attr.Expr.Range())
		case computes(tree):
			attr.Expr = &boundedJSON{attr.Expr, tree}
		}
	}
}

// boundedJSON is an expression of JSON that is evaluated as a tree with bounds.
type boundedJSON struct {
	hcl.Expression
	tree hclsyntax.Expression
}

func (b *boundedJSON) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if ctx == nil { // then texts are no templates
		return b.Expression.Value(nil)
	}
	return b.tree.Value(ctx)
}

// UnwrapExpression lets the library look at the expression as it is written.
func (b *boundedJSON) UnwrapExpression() hcl.Expression { return b.Expression }

// asTree makes of JSON the expression that it stands for. It is not ok where a
// template is wrong or a key stands twice.
func asTree(expr hcl.Expression) (tree hclsyntax.Expression, ok bool) {
	at := expr.Range()
	if elements, diags := hcl.ExprList(expr); !diags.HasErrors() {
		list := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: expr.StartRange()}
		for _, element := range elements {
			inner, ok := asTree(element)
			if !ok {
				return nil, false
			}
			list.Exprs = append(list.Exprs, inner)
		}
		return list, true
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		object, names := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: expr.StartRange()}, map[string]bool{}
		for _, pair := range pairs {
			name, _ := pair.Key.Value(nil)
			key, okKey := asTree(pair.Key)
			value, okValue := asTree(pair.Value)
			if !okKey || !okValue || names[name.AsString()] {
				return nil, false
			}
			names[name.AsString()] = true
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: value})
		}
		return object, true
	}
	value, diags := expr.Value(nil)
	if diags.HasErrors() || value.Type() != cty.String || value.IsNull() || !strings.Contains(value.AsString(), "{") {
		return &hclsyntax.LiteralValueExpr{Val: value, SrcRange: at}, !diags.HasErrors()
	}
	start := at.Start // as the library has it: after the quote
	start.Byte, start.Column = start.Byte+1, start.Column+1
	tree, diags = hclsyntax.ParseTemplate([]byte(value.AsString()), at.Filename, start)
	return tree, !diags.HasErrors()
}

// computes tells whether there is anything in a tree that has to keep bounds.
func computes(tree hclsyntax.Node) bool {
	found := false
	hclsyntax.VisitAll(tree, func(node hclsyntax.Node) hcl.Diagnostics { // it reports nothing
		switch node.(type) {
		case *hclsyntax.ForExpr, *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr:
			found = true
		}
		return nil
	})
	return found
}
