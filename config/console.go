package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
)

// Evaluate gives the value of an expression as it would have in the root module.
// Besides what can be referred to there it may refer to the roots in more. Name
// stands for the expression's file in diagnostics. What is sensitive within the
// value is marked diag.Sensitive.
//
// It is not safe for concurrent use.
func (c *Config) Evaluate(name, expression string, more map[string]cty.Value) (cty.Value, diag.List) {
	if c.scope == nil {
		return cty.NilVal, diag.FromHCL(hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Configuration not readable",
			Detail: "The configuration could not be read, so nothing can be evaluated in it. Mend it first.",
		}}, nil)
	}
	src := []byte(expression)
	files := map[string]*hcl.File{name: {Bytes: src}}
	shown := func(diags hcl.Diagnostics) diag.List { return redact(diag.FromHCL(diags, files), c.redaction).Sorted() }
	if deep := checkNesting(src, name); deep != nil {
		return cty.NilVal, shown(deep)
	}
	expr, diags := hclsyntax.ParseExpression(src, name, hcl.InitialPos)
	if !diags.HasErrors() {
		diags = append(diags, bound(expr)...)
	}
	if diags.HasErrors() {
		return cty.NilVal, shown(plainWords(diags, files))
	}
	s := c.scope
	before := s.diags
	s.diags = nil
	defer func() { s.diags = before }()
	value := s.evaluateWith(expr, repetition{scoped: more})
	return onlySensitive(value), shown(slices.Clone(s.diags))
}

// onlySensitive takes off the marks that say how a value was made.
func onlySensitive(v cty.Value) cty.Value {
	plain, marks := v.UnmarkDeepWithPaths()
	var kept []cty.PathValueMarks
	for _, at := range marks {
		if _, ok := at.Marks[diag.Sensitive]; ok {
			kept = append(kept, cty.PathValueMarks{Path: at.Path, Marks: cty.NewValueMarks(diag.Sensitive)})
		}
	}
	return plain.MarkWithPaths(kept)
}
