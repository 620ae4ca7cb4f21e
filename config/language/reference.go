package language

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"
)

// Function is a function of the language as the reference shows it.
type Function struct {
	Signature string // fahrenheit(degrees)
	Sentence  string // one plain sentence in Markdown
}

// chapters is the reference but for what the table of blocks and the list of
// functions say, which is put in the place of two lines.
//
//go:embed chapters.md
var chapters string

const (
	blocksPlace    = "<!-- the blocks -->\n"
	functionsPlace = "<!-- the functions -->\n"
)

// Reference writes the reference of the language in Markdown, the functions in
// the order given. The error is w's.
func Reference(w io.Writer, functions []Function) error {
	before, rest, _ := strings.Cut(chapters, blocksPlace)
	between, after, _ := strings.Cut(rest, functionsPlace)
	var out bytes.Buffer
	out.WriteString(before)
	for _, b := range Blocks() {
		writeBlock(&out, "### ", "", b)
	}
	out.WriteString(between)
	out.WriteString("| function | result |\n|---|---|\n")
	for _, f := range functions {
		fmt.Fprintf(&out, "| `%s` | %s |\n", cell(f.Signature), cell(f.Sentence))
	}
	out.WriteString("\n" + after)
	_, err := w.Write(out.Bytes())
	return err
}

// writeBlock writes a block and those within it; in is the path to it.
func writeBlock(out *bytes.Buffer, heading, in string, b Block) {
	title := "`" + b.header() + "`"
	if in != "" {
		title += " in `" + in + "`"
	}
	fmt.Fprintf(out, "%s%s\n\n%s\n\n", heading, title, b.Doc)
	if b.Many && in != "" {
		out.WriteString("There may be several.\n\n")
	}
	if b.Example != "" {
		fmt.Fprintf(out, "```hcl\n%s```\n\n", b.Example)
	}
	if len(b.Attributes) > 0 {
		out.WriteString("| attribute | type | required | meaning |\n|---|---|---|---|\n")
		for _, a := range b.Attributes {
			fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", a.Name, cell(a.shownType()), cell(a.shownRequired()), cell(a.meaning()))
		}
		if b.Free != "" {
			fmt.Fprintf(out, "| any other | any | | %s |\n", cell(b.Free))
		}
		out.WriteString("\n")
	}
	for _, inner := range b.Blocks {
		writeBlock(out, "#### ", strings.TrimPrefix(in+" "+b.Type, " "), inner)
	}
}

// header is the block's first line without the brace.
func (b Block) header() string {
	switch {
	case b.Label == "":
		return b.Type
	case strings.HasPrefix(b.Label, `"`):
		return b.Type + " " + b.Label
	}
	return fmt.Sprintf("%s %q", b.Type, b.Label)
}

func (a Attribute) shownType() string {
	if a.Kind == Constant {
		return a.Type.String() + ", constant"
	}
	return a.Type.String()
}

func (a Attribute) shownRequired() string {
	if a.Required == always {
		return "yes"
	}
	return a.Required
}

// meaning is the documentation with limits and default.
func (a Attribute) meaning() string {
	text := a.Doc
	if limits := a.limits(); limits != "" {
		text += " Possible: " + limits + "."
	}
	if a.Default != "" {
		text += " Default: " + a.Default + "."
	}
	return text
}

// limits says what the attribute can be, in Markdown; "" where its type says it.
func (a Attribute) limits() string {
	if a.Values != nil {
		shown := make([]string, len(a.Values))
		for i, v := range a.Values {
			if a.Type == Text {
				v = `"` + v + `"`
			}
			shown[i] = "`" + v + "`"
		}
		return strings.Join(shown, ", ")
	}
	if a.Range.Min == "" {
		return ""
	}
	text := a.Range.Min + " to " + a.Range.Max
	if a.Range.Unit != "" {
		text += " " + a.Range.Unit
	}
	return text
}

// cell fits a text into one cell of a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
