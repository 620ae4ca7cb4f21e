package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The bounds of one expression: the parser is recursive, and what a stack
// overflow ends is the whole program.
const (
	mostBrackets  = 1000
	mostOperators = 10_000
)

// CheckNesting refuses a source that nests too deeply for the parser: brackets
// and templates within each other, or operators one after the other.
func CheckNesting(src []byte, name string) hcl.Diagnostics {
	if !mayNest(src) {
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos) // its errors are the parser's too
	var open []hclsyntax.TokenType
	operators := 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open = append(open, token.Type)
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
			hclsyntax.TokenTemplateSeqEnd:
			open = open[:max(0, len(open)-1)]
		case hclsyntax.TokenMinus, hclsyntax.TokenBang, hclsyntax.TokenQuestion, hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash,
			hclsyntax.TokenPercent, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
			hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq:
			operators++
		case hclsyntax.TokenComma:
			operators = 0
		case hclsyntax.TokenNewline:
			if len(open) == 0 || open[len(open)-1] == hclsyntax.TokenOBrace {
				operators = 0
			}
		}
		if len(open) > mostBrackets || operators > mostOperators {
			return hcl.Diagnostics{errorAt(token.Range, "Nested too deeply", fmt.Sprintf("More than %d brackets are open here, or more than %d operators "+
				"follow each other. Close the brackets, or write it in smaller parts.", mostBrackets, mostOperators))}
		}
	}
	return nil
}

// mayNest tells by the looks of the bytes alone whether a source can nest too
// deeply, so that ordinary ones need not be taken apart twice. What stands in
// texts and comments counts, as far as the block it stands in.
func mayNest(src []byte) bool {
	brackets, operators, lineStart := 0, 0, 0
	for i, c := range src {
		switch c {
		case '(', '[', '{':
			brackets++
		case ')', ']':
			brackets = max(0, brackets-1)
		case '}':
			if brackets = max(0, brackets-1); i == lineStart {
				brackets, operators = 0, 0 // the end of a block: what is left stood in texts and comments
			}
		case '-', '!', '?', '+', '*', '/', '%', '&', '|', '=', '<', '>':
			operators++
		case '\n':
			lineStart = i + 1
		}
		if brackets > mostBrackets || operators > mostOperators {
			return true
		}
	}
	return false
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
