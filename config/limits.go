package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config/functions"
)

// checkNesting refuses a source that nests too deeply for the parser: brackets
// and templates within each other, or operators one after the other.
func checkNesting(src []byte, name string) hcl.Diagnostics {
	var at hcl.Range
	var found bool
	switch {
	case strings.HasSuffix(name, ".json"):
		at, found = overnestedJSON(src, name)
	case mayNest(src):
		tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos) // its errors are the parser's too
		at, found = functions.Overnested(tokens)
	}
	if !found {
		return nil
	}
	return hcl.Diagnostics{errorAt(at, "Nested too deeply", fmt.Sprintf("More than %d brackets are open here, or more than %d operators "+
		"follow each other. Close the brackets, or write it in smaller parts.", functions.MostBrackets, functions.MostOperators))}
}

// mayNest tells by the looks of the bytes alone whether a source can nest too
// deeply, so that ordinary ones need not be taken apart twice. It is sure where
// it says no: where it cannot tell a text or a comment from the rest, it says yes.
func mayNest(src []byte) bool {
	const flat = 4 // deeper, blocks look like objects within an expression
	switch {
	case len(src) <= functions.MostBrackets:
		return false
	case !utf8.Valid(src): // what is no character swallows those that follow
		return true
	}
	brackets, inner, operators := 0, 0, 0 // inner: those in which an expression goes on after a line
	for i := 0; i < len(src); i++ {
		switch rest := src[i:]; rest[0] {
		case '"':
			length := plainText(rest)
			if length == 0 {
				return true
			}
			i += length - 1
		case '(', '[':
			brackets, inner, operators = brackets+1, inner+1, operators+1
		case ')', ']':
			brackets, inner = max(0, brackets-1), max(0, inner-1)
		case '{':
			brackets++
		case '}':
			brackets = max(0, brackets-1)
		case '\n':
			if inner == 0 && brackets <= flat {
				operators = 0
			}
		case '#', '/', '<':
			switch {
			case bytes.HasPrefix(rest, []byte("/*")), bytes.HasPrefix(rest, []byte("<<")):
				return true
			case rest[0] == '#', bytes.HasPrefix(rest, []byte("//")):
				i += len(rest[:max(1, bytes.IndexByte(rest, '\n'))]) - 1
			}
			operators++
		case '-', '!', '?', '+', '*', '%', '&', '|', '=', '>', ':':
			operators++
		}
		if brackets > functions.MostBrackets || operators > functions.MostOperators {
			return true
		}
	}
	return false
}

// plainText is the length of the quoted text that a source begins with, 0 where
// it is not closed on its line or holds a template.
func plainText(src []byte) int {
	for i := 1; i < len(src); i++ {
		switch next := src[i+1 : min(i+2, len(src))]; src[i] {
		case '"':
			return i + 1
		case '\n':
			return 0
		case '$', '%':
			if string(next) == "{" {
				return 0
			}
		case '\\':
			if string(next) == `"` || string(next) == `\` {
				i++
			}
		}
	}
	return 0
}

// overnestedJSON finds what checkNesting refuses in JSON, of which each text can
// be a template or an expression, whatever it is escaped with.
func overnestedJSON(src []byte, name string) (at hcl.Range, found bool) {
	i, found := functions.OvernestedJSON(src, overnestedText)
	if !found {
		return hcl.Range{}, false
	}
	start := hcl.Pos{Line: 1 + bytes.Count(src[:i], []byte("\n")), Column: i - bytes.LastIndexByte(src[:i], '\n'), Byte: i}
	return hcl.Range{Filename: name, Start: start, End: hcl.Pos{Line: start.Line, Column: start.Column + 1, Byte: i + 1}}, true
}

// overnestedText judges a text of JSON, quotes included. One that is no JSON is
// left to the parser, which looks into it no further.
func overnestedText(quoted []byte) bool {
	var text string
	if len(quoted) <= functions.MostBrackets || json.Unmarshal(quoted, &text) != nil {
		return false
	}
	template, _ := hclsyntax.LexTemplate([]byte(text), "", hcl.InitialPos)
	expression, _ := hclsyntax.LexExpression([]byte(text), "", hcl.InitialPos)
	for _, tokens := range []hclsyntax.Tokens{template, expression} {
		if _, found := functions.Overnested(tokens); found {
			return true
		}
	}
	return false
}

// bound refuses numbers that would fill the memory when they are written out, as
// 1e999999999, and makes the expressions of a tree keep bounds when they are
// evaluated.
func bound(root hclsyntax.Node) hcl.Diagnostics {
	functions.Bound(root)
	return hclsyntax.VisitAll(root, func(node hclsyntax.Node) hcl.Diagnostics {
		literal, ok := node.(*hclsyntax.LiteralValueExpr)
		if !ok || functions.Ordinary(literal.Val) {
			return nil
		}
		return hcl.Diagnostics{errorAt(literal.SrcRange, "Number beyond all bounds",
			"No temperature, time or count is that large or that small. Write a number of ordinary size.")}
	})
}
