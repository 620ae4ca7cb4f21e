package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// checkNesting refuses brackets within brackets without end: the parsers are
// recursive, and what a stack overflow ends is the whole program. Brackets
// within texts and comments count too, as far as the block they stand in.
func checkNesting(src []byte, name string) *hcl.Diagnostic {
	const most = 1000
	depth, line, lineStart := 0, 1, 0
	for i, c := range src {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth = max(0, depth-1); c == '}' && i == lineStart {
				depth = 0 // the end of a block: what is left stood in texts and comments
			}
		case '\n':
			line, lineStart = line+1, i+1
		}
		if depth > most {
			at := hcl.Pos{Line: line, Column: i - lineStart + 1, Byte: i}
			return errorAt(hcl.Range{Filename: name, Start: at, End: at}, "Nested too deeply",
				fmt.Sprintf("More than %d brackets are open here. Close them, or write it in smaller parts.", most))
		}
	}
	return nil
}

// checkLiterals refuses numbers that would fill the memory when they are written
// out: 1e999999999 is short only as long as nobody asks for its digits.
func checkLiterals(root hclsyntax.Node) hcl.Diagnostics {
	const mostExponent = 4096 // in base 2
	return hclsyntax.VisitAll(root, func(node hclsyntax.Node) hcl.Diagnostics {
		literal, ok := node.(*hclsyntax.LiteralValueExpr)
		if !ok || literal.Val.Type() != cty.Number || !literal.Val.IsKnown() || literal.Val.IsNull() {
			return nil
		}
		f := literal.Val.AsBigFloat()
		if exponent := f.MantExp(nil); !f.IsInf() && exponent <= mostExponent && exponent >= -mostExponent {
			return nil
		}
		return hcl.Diagnostics{errorAt(literal.SrcRange, "Number beyond all bounds",
			"No temperature, time or count is that large or that small. Write a number of ordinary size.")}
	})
}
