package config

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// mostElements bounds what one function makes: a slip of the finger must not
// fill the memory.
const mostElements = 1_000_000

// withLimits replaces the functions whose result can be much larger than what
// they are given.
func withLimits(all map[string]function.Function) {
	all["format"] = limited(stdlib.FormatFunc, checkWidths)
	all["formatlist"] = limited(stdlib.FormatListFunc, checkWidths)
	all["indent"] = limited(stdlib.IndentFunc, func(args []cty.Value) error {
		const most = 1000
		spaces := args[0].AsBigFloat()
		if spaces.Sign() < 0 || spaces.Cmp(big.NewFloat(most)) > 0 {
			return function.NewArgErrorf(0, "a text is indented by 0 to %d spaces", most)
		}
		return nil
	})
	all["jsondecode"] = limited(stdlib.JSONDecodeFunc, checkDepth)
	all["yamldecode"] = limited(ctyyaml.YAMLDecodeFunc, checkDepth)
	all["setproduct"] = limited(stdlib.SetProductFunc, func(args []cty.Value) error {
		product := 1
		for _, arg := range args {
			if !arg.CanIterateElements() {
				return nil // the function itself says why
			}
			n := arg.LengthInt()
			if n == 0 {
				return nil
			}
			if product > mostElements/n {
				return fmt.Errorf("the product has more than %d elements", mostElements)
			}
			product *= n
		}
		return nil
	})
}

// limited refuses arguments before the function sees them.
func limited(f function.Function, check func(args []cty.Value) error) function.Function {
	checkKnown := func(args []cty.Value) error {
		plain := make([]cty.Value, len(args))
		for i, arg := range args {
			plain[i], _ = arg.Unmark()
			if !plain[i].IsKnown() || plain[i].IsNull() {
				return nil
			}
		}
		return check(plain)
	}
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := checkKnown(args); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if err := checkKnown(args); err != nil {
				return cty.NilVal, err
			}
			return f.Call(args)
		},
	})
}

// checkDepth is checkNesting for the parsers behind functions.
func checkDepth(args []cty.Value) error {
	if checkNesting([]byte(args[0].AsString()), "") != nil {
		return function.NewArgErrorf(0, "the text is nested too deeply")
	}
	return nil
}

func checkWidths(args []cty.Value) error {
	if regexp.MustCompile(`%[^%a-zA-Z]*[0-9]{4}`).MatchString(strings.ReplaceAll(args[0].AsString(), "%%", "")) {
		return function.NewArgErrorf(0, "a width or precision has at most three digits")
	}
	return nil
}

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
