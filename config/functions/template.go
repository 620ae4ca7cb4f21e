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
	boundTemplate(expr)
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
