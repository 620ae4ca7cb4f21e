package cli

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// mostNesting bounds what a source nests: the parser is recursive, and what a
// stack overflow ends is the whole program.
const mostNesting = 1000

// checkNesting refuses sources that nest too deeply: brackets and templates, and
// within them the operators that take what follows as a whole.
func checkNesting(tokens hclsyntax.Tokens) hcl.Diagnostics {
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
		case hclsyntax.TokenMinus, hclsyntax.TokenBang, hclsyntax.TokenQuestion:
			operators++
		case hclsyntax.TokenComma:
			operators = 0
		case hclsyntax.TokenNewline:
			if len(open) == 0 || open[len(open)-1] == hclsyntax.TokenOBrace {
				operators = 0
			}
		}
		if len(open)+operators > mostNesting {
			return hcl.Diagnostics{{
				Severity: hcl.DiagError, Summary: "Nested too deeply", Subject: token.Range.Ptr(),
				Detail: fmt.Sprintf("More than %d brackets or operators are open here. Close them, or write it in smaller parts.", mostNesting),
			}}
		}
	}
	return nil
}
