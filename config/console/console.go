// Package console is the language's side of a console: it tells where an expression
// that comes line by line ends, evaluates it in a configuration, and writes its value
// as text.
//
// It must not know where lines come from and text goes, nor the record of what was
// applied: what there is besides a configuration is given as values.
package console

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config"
	"setpoint/config/diag"
)

// Console evaluates expressions, one after the other. It is not safe for concurrent
// use.
type Console struct {
	Config *config.Config
	// More are the roots that expressions can refer to besides those of the root
	// module.
	More map[string]cty.Value
	// JSON gives values as JSON on one line, else as expressions that have them again.
	JSON bool
}

// Evaluate gives the value of an expression as it is printed, with its line end; ""
// for one that is empty or wrong. Name stands for the input in diagnostics, which
// count its lines.
func (c *Console) Evaluate(name string, e *Expression) (string, diag.List) {
	source := e.source()
	tokens, _ := hclsyntax.LexExpression([]byte(source), name, hcl.InitialPos) // its errors are the parser's too
	if isBlank(tokens) {
		return "", nil
	}
	asked := argumentOfType(source)
	if asked != "" {
		source = asked
	}
	value, diags := c.Config.Evaluate(name, source, c.More)
	e.placed(diags)
	if diags.HasErrors() {
		return "", diags
	}
	text, err := c.printed(value, asked != "")
	if err != nil {
		at := diag.Pos{Line: e.first + 1, Column: 1}
		return "", append(diags, diag.Diagnostic{
			Severity: diag.Error, Summary: "Value not printable", Detail: diag.Capital(err.Error()) + ".",
			Range: &diag.Range{Filename: name, Start: at, End: at},
		})
	}
	return text + "\n", diags
}

func (c *Console) printed(value cty.Value, asType bool) (string, error) {
	if asType {
		value = cty.StringVal(typeText(value))
		if !c.JSON {
			return value.AsString(), nil
		}
	}
	if plain, _ := value.UnmarkDeep(); !plain.IsWhollyKnown() {
		return "", errors.New("it depends on a variable without a value; give it one with --var NAME=VALUE")
	}
	if c.JSON {
		return jsonText(value)
	}
	return hclText(value)
}

// argumentOfType gives the argument where the whole expression is type(…), with
// spaces before it so that its places stay what they are.
func argumentOfType(source string) string {
	expr, diags := hclsyntax.ParseExpression([]byte(source), "", hcl.InitialPos)
	call, ok := expr.(*hclsyntax.FunctionCallExpr)
	if diags.HasErrors() || !ok || call.Name != "type" || len(call.Args) != 1 || call.ExpandFinal {
		return ""
	}
	at := call.Args[0].Range()
	before := strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, source[:at.Start.Byte])
	return before + source[at.Start.Byte:at.End.Byte]
}

// isBlank tells whether there is nothing but spaces and comments.
func isBlank(tokens hclsyntax.Tokens) bool {
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment, hclsyntax.TokenEOF:
		default:
			return false
		}
	}
	return true
}
