package functions

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The bounds of one expression: the parser is recursive, and what a stack
// overflow ends is the whole program.
const (
	MostBrackets  = 1000   // and templates, open at one place
	MostOperators = 10_000 // that follow each other
)

// level is what stands between an open bracket, quote or template and its end.
type level struct {
	of         hclsyntax.TokenType
	operators  int // of the expression at hand
	directives int // of the template that are open: %{ if … } and %{ for … }
}

// Overnested finds the place where a source nests too deeply for the parser:
// brackets and templates within each other, or operators one after the other,
// among which are indexes, as in a[0][*]. Only the tokens tell: what stands in
// texts and comments does not count.
func Overnested(tokens hclsyntax.Tokens) (at hcl.Range, found bool) {
	levels := []level{{of: hclsyntax.TokenOBrace}}
	operators, directives := 0, 0 // of all levels
	for i, token := range tokens {
		top := &levels[len(levels)-1]
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			switch token.Type {
			case hclsyntax.TokenOBrack: // it may be an index
				operators++
				top.operators++
			case hclsyntax.TokenTemplateControl:
				operators++
				top.operators++
				change := opened(tokens[i+1:])
				if top.directives+change >= 0 {
					directives += change
					top.directives += change
				}
			}
			levels = append(levels, level{of: token.Type})
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
			hclsyntax.TokenTemplateSeqEnd:
			if len(levels) > 1 {
				operators -= top.operators
				directives -= top.directives
				levels = levels[:len(levels)-1]
			}
		case hclsyntax.TokenMinus, hclsyntax.TokenBang, hclsyntax.TokenQuestion, hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash,
			hclsyntax.TokenPercent, hclsyntax.TokenDoubleColon, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
			hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq:
			operators++
			top.operators++
		case hclsyntax.TokenComma, hclsyntax.TokenNewline:
			if token.Type == hclsyntax.TokenComma || top.of == hclsyntax.TokenOBrace {
				operators -= top.operators
				top.operators = 0
			}
		}
		if len(levels)+directives > MostBrackets+1 || operators > MostOperators {
			return token.Range, true
		}
	}
	return hcl.Range{}, false
}

// opened is 1 where a directive of a template begins what another one ends, -1
// where it ends it, 0 for other directives.
func opened(rest hclsyntax.Tokens) int {
	if len(rest) == 0 || rest[0].Type != hclsyntax.TokenIdent {
		return 0
	}
	switch string(rest[0].Bytes) {
	case "if", "for":
		return 1
	case "endif", "endfor":
		return -1
	}
	return 0
}

// OvernestedJSON finds the byte at which JSON nests too deeply for its parser, or
// at which a text begins, quotes included, that deep refuses (nil for none).
func OvernestedJSON(src []byte, deep func(quoted []byte) bool) (at int, found bool) {
	depth := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '[', '{':
			if depth++; depth > MostBrackets {
				return i, true
			}
		case ']', '}':
			depth = max(0, depth-1)
		case '"':
			end := endOfJSONText(src, i)
			if deep != nil && deep(src[i:end]) {
				return i, true
			}
			i = end - 1
		}
	}
	return 0, false
}

// endOfJSONText is where a text ends that begins at start: as parsers have it,
// at a quote or before a control character.
func endOfJSONText(src []byte, start int) int {
	for i := start + 1; i < len(src); i++ {
		switch {
		case src[i] < ' ':
			return i
		case src[i] == '\\':
			i++
		case src[i] == '"':
			return i + 1
		}
	}
	return len(src)
}
