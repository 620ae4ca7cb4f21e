package console

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config/diag"
)

// MostExpression bounds one expression, in bytes: input without end must not
// fill the memory.
const MostExpression = 1 << 16

// Expression gathers the lines of an expression. The zero Expression has none, and
// begins on the first line of its input. It must not be copied once it has lines.
type Expression struct {
	text  strings.Builder
	lines int
	first int // lines before it

	open    int             // brackets
	rest    strings.Builder // lines that cannot be judged before a heredoc or template ends
	until   string          // the mark that ends the heredoc
	heredoc bool            // there is or was one
}

// Begun tells whether there are lines.
func (e *Expression) Begun() bool { return e.lines > 0 }

// After is the expression, without lines yet, that begins behind this one.
func (e *Expression) After() Expression { return Expression{first: e.first + e.lines} }

// source is what was gathered. The mark of a heredoc counts only with its line end.
func (e *Expression) source() string {
	if e.heredoc {
		return e.text.String() + "\n"
	}
	return e.text.String()
}

// placed moves diagnostics, which count lines from the expression's first, to
// where they are in the input.
func (e *Expression) placed(list diag.List) {
	for i := range list {
		if d := &list[i]; d.Range != nil {
			d.Range.Start.Line += e.first
			d.Range.End.Line += e.first
		}
		if s := list[i].Snippet; s != nil {
			s.StartLine += e.first
		}
	}
}

// Add takes the next line, without its end, and tells whether the expression is complete with it,
// or cannot become so. Lines within brackets are looked at once each, those of a
// heredoc when it may have ended, those within a template all together.
func (e *Expression) Add(line string) bool {
	if e.lines > 0 {
		e.text.WriteByte('\n')
	}
	e.lines++
	e.text.WriteString(line)
	e.rest.WriteString(line + "\n")
	switch {
	case e.text.Len() > MostExpression:
		return true
	case e.until != "" && strings.TrimSpace(line) != e.until:
		return false
	}
	found := look(e.rest.String())
	e.until, e.heredoc = found.until, e.heredoc || found.until != ""
	switch {
	case found.broken:
		return true
	case found.until != "" || found.template:
		return false
	}
	e.rest.Reset()
	e.open += found.brackets
	return e.open <= 0
}

// openings is what a source leaves open.
type openings struct {
	brackets int    // how many more it opens than it closes; negative where it closes others
	until    string // the mark of a heredoc
	template bool   // what is in quotes goes on after an interpolation
	broken   bool   // what is in quotes does not end on its line, and no other can end it
}

func look(source string) (found openings) {
	tokens, _ := hclsyntax.LexExpression([]byte(source), "", hcl.InitialPos) // what is wrong is said when it is evaluated
	templates := 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
			found.brackets++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen:
			found.brackets--
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			templates++
		case hclsyntax.TokenTemplateSeqEnd:
			templates--
		case hclsyntax.TokenOHeredoc:
			found.until = strings.Trim(string(token.Bytes), "<-\r\n")
		case hclsyntax.TokenCHeredoc:
			found.until = ""
		case hclsyntax.TokenQuotedNewline:
			found.broken = true
		}
	}
	found.template = templates > 0
	return found
}
