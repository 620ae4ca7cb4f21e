package functions

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// templateFile renders a template file. The functions in it are those of the
// module that calls it, without the ones that render.
func (f *Files) templateFile(inner map[string]function.Function, module string) function.Function {
	return rendering(pathParameter(), inner, func(path cty.Value) (string, string, cty.ValueMarks, error) {
		p, marks := f.place(path, module)
		src, err := f.text(p)
		return src, p.name, marks, err
	})
}

// templateString renders a text. Its interpolations must not be evaluated
// before: the text comes from elsewhere, or is written with $${.
func templateString(inner map[string]function.Function) function.Function {
	parameter := function.Parameter{Name: "template", Type: cty.String, AllowMarked: true}
	return rendering(parameter, inner, func(template cty.Value) (string, string, cty.ValueMarks, error) {
		template, marks := template.Unmark()
		return template.AsString(), "template", marks, nil
	})
}

type source func(cty.Value) (src, name string, marks cty.ValueMarks, err error)

func rendering(first function.Parameter, inner map[string]function.Function, from source) function.Function {
	render := func(args []cty.Value) (cty.Value, error) {
		src, name, marks, err := from(args[0])
		if err == nil {
			tokens, _ := hclsyntax.LexTemplate([]byte(src), name, hcl.InitialPos) // its errors are the parser's too
			if _, deep := Overnested(tokens); deep {
				err = errNested
			}
		}
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		value, err := renderTemplate(src, name, args[1], inner)
		return value.WithMarks(marks), err
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{first, {Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() || !args[1].IsWhollyKnown() {
				return cty.DynamicPseudoType, nil
			}
			value, err := render(args)
			if err != nil {
				return cty.DynamicPseudoType, err
			}
			return value.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return render(args) },
	})
}

func renderTemplate(src, name string, vars cty.Value, inner map[string]function.Function) (cty.Value, error) {
	expr, diags := hclsyntax.ParseTemplate([]byte(src), name, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, function.NewArgError(0, templateError(diags))
	}
	plain, outer := vars.Unmark()
	if t := plain.Type(); !t.IsObjectType() && !t.IsMapType() || plain.IsNull() {
		return cty.DynamicVal, function.NewArgErrorf(1, "the variables of a template are a map or an object")
	}
	variables := map[string]cty.Value{}
	maps.Copy(variables, plain.AsValueMap())
	for name := range variables {
		if !hclsyntax.ValidIdentifier(name) {
			return cty.DynamicVal, function.NewArgErrorf(1, "%q cannot be the name of a variable", name)
		}
	}
	if diags := boundLoops(expr); diags.HasErrors() {
		return cty.DynamicVal, function.NewArgError(0, templateError(diags))
	}
	value, diags := expr.Value(&hcl.EvalContext{Functions: inner, Variables: variables})
	if diags.HasErrors() {
		return cty.DynamicVal, function.NewArgError(1, templateError(diags))
	}
	if value.IsNull() {
		return cty.DynamicVal, function.NewArgErrorf(0, "the template gives null")
	}
	// What one variable is marked with holds for the whole, used or not. Only
	// where a path starts is a matter of the variable itself.
	_, deep := plain.UnmarkDeep()
	delete(deep, FromRoot)
	return value.WithMarks(outer, deep), nil
}

func templateError(diags hcl.Diagnostics) error {
	var parts []string
	for _, d := range diags {
		place := ""
		if d.Subject != nil {
			place = fmt.Sprintf("%s:%d:%d: ", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column)
		}
		parts = append(parts, place+d.Summary+": "+d.Detail)
	}
	return errors.New(strings.Join(parts, "; "))
}

// boundLoops makes the loops of a template share one budget of rounds and bytes:
// each may be short, and all within one another endless.
func boundLoops(expr hclsyntax.Expression) hcl.Diagnostics {
	left := &budget{rounds: mostRounds, bytes: mostBytes}
	return hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		if loop, ok := node.(*hclsyntax.ForExpr); ok {
			loop.ValExpr = &counted{loop.ValExpr, left}
		}
		return nil
	})
}

type budget struct{ rounds, bytes int }

// counted is an expression that takes from a budget each time it is evaluated.
type counted struct {
	hclsyntax.Expression
	left *budget
}

func (c *counted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	c.left.rounds--
	if c.left.rounds >= 0 && c.left.bytes >= 0 {
		value, diags := c.Expression.Value(ctx)
		plain, _ := value.Unmark()
		c.left.bytes -= len(text(plain))
		return value, diags
	}
	at := c.Range()
	return cty.DynamicVal, hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Loops without end", Subject: &at,
		Detail: fmt.Sprintf("The loops of a template go %d rounds and make %d MiB at most.", mostRounds, mostBytes>>20),
	}}
}
