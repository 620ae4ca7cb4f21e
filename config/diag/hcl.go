package diag

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcled"
)

// Sensitive marks cty values that are never shown.
const Sensitive = sensitiveMark("sensitive")

type sensitiveMark string

// Extra may be put into an hcl.Diagnostic's Extra field.
type Extra struct {
	Address    string // the thermostat concerned
	HideSource bool   // the source line may hold a secret
}

// FromHCL turns diagnostics of the HCL library into the common form. Files give
// the source for snippets, by the file names used in the ranges.
func FromHCL(diags hcl.Diagnostics, files map[string]*hcl.File) List {
	list := make(List, 0, len(diags))
	for _, d := range diags {
		list = append(list, fromHCL(d, files))
	}
	return list
}

func fromHCL(d *hcl.Diagnostic, files map[string]*hcl.File) Diagnostic {
	out := Diagnostic{Severity: Error, Summary: d.Summary, Detail: d.Detail}
	if d.Severity == hcl.DiagWarning {
		out.Severity = Warning
	}
	extra, _ := hcl.DiagnosticExtra[Extra](d)
	out.Address = extra.Address
	if d.Subject == nil {
		return out
	}
	out.Range = fromRange(*d.Subject)
	file := files[d.Subject.Filename]
	if extra.HideSource || file == nil || len(file.Bytes) == 0 {
		return out
	}
	out.Snippet = snippet(*d.Subject, file)
	if d.Expression != nil && d.EvalContext != nil {
		out.Snippet.Values = values(d.Expression, d.EvalContext)
	}
	return out
}

func fromRange(r hcl.Range) *Range {
	return &Range{
		Filename: r.Filename,
		Start:    Pos{r.Start.Line, r.Start.Column, r.Start.Byte},
		End:      Pos{r.End.Line, r.End.Column, r.End.Byte},
	}
}

// mostSnippet bounds the lines of a snippet: a subject can be a whole block.
const mostSnippet = 12

func snippet(r hcl.Range, file *hcl.File) *Snippet {
	src := file.Bytes
	start := min(r.Start.Byte, len(src))
	end := min(max(r.End.Byte, start), len(src))
	if end > start && src[end-1] == '\n' {
		end-- // the line after is none of the subject's
	}
	from := bytes.LastIndexByte(src[:start], '\n') + 1
	to := len(src)
	if next := bytes.IndexByte(src[end:], '\n'); next >= 0 {
		to = end + next
	}
	code := src[from:to]
	if lines := bytes.SplitAfterN(code, []byte("\n"), mostSnippet+1); len(lines) > mostSnippet {
		code = bytes.TrimRight(bytes.Join(lines[:mostSnippet], nil), "\n")
	}
	code = bytes.TrimRight(code, "\r")
	// Replacing what is no UTF-8 changes lengths, so it is done piece by piece.
	markFrom, markTo := min(start-from, len(code)), min(end-from, len(code))
	before, marked, after := valid(code[:markFrom]), valid(code[markFrom:markTo]), valid(code[markTo:])
	s := &Snippet{
		Code:                 before + marked + after,
		StartLine:            r.Start.Line,
		HighlightStartOffset: len(before),
		HighlightEndOffset:   len(before) + len(marked),
		Values:               []Value{},
	}
	if context := hcled.ContextString(file, start); context != "" {
		s.Context = &context
	}
	return s
}

func valid(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// values says what the references of an expression stood for, each once, in
// the order of their names.
func values(expr hcl.Expression, ctx *hcl.EvalContext) []Value {
	found := []Value{}
	for _, traversal := range expr.Variables() {
		value, diags := traversal.TraverseAbs(ctx)
		if diags.HasErrors() {
			continue
		}
		if statement := describe(value); statement != "" {
			found = append(found, Value{Traversal: traversalText(traversal), Statement: statement})
		}
	}
	slices.SortFunc(found, func(a, b Value) int { return strings.Compare(a.Traversal, b.Traversal) })
	return slices.Compact(found)
}

func traversalText(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			b.WriteString("[" + literal(step.Key) + "]")
		}
	}
	return b.String()
}
