package summary

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// comment is what a reader sees of a report, as a Markdown parser and an XML
// parser understand it.
type comment struct {
	title    string
	headings []string
	tables   [][][]string // rows of cells, without the head
	hidden   []string     // HTML comments
	folded   int
	found    []string // what a code host would make something of: mentions, references, links
}

// elements are all that a report may be made of.
func elements() []string {
	return []string{"root", "h3", "h4", "p", "strong", "em", "table", "thead", "tbody", "tr", "th", "td", "code", "details", "summary", "sub", "br"}
}

// special is what code hosts look for in text outside of code.
func special() *regexp.Regexp {
	return regexp.MustCompile(`[@#!~$%&][^\s\x{200b}]|:[/+\-\pL]|www\.|\[\[`)
}

// readComment renders a report as code hosts do, and reads what that shows.
func readComment(t *testing.T, markdown string) comment {
	t.Helper()
	var rendered strings.Builder
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithXHTML()))
	if err := md.Convert([]byte(markdown), &rendered); err != nil {
		t.Fatal(err)
	}
	var c comment
	decoder := xml.NewDecoder(strings.NewReader("<root>" + rendered.String() + "</root>"))
	var open []string
	var text strings.Builder
	var row []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return c
		}
		if err != nil {
			t.Fatalf("the report is no well-formed HTML: %v\n%s\n%s", err, markdown, &rendered)
		}
		switch token := token.(type) {
		case xml.Comment:
			c.hidden = append(c.hidden, string(token))
		case xml.StartElement:
			name := token.Name.Local
			if !slices.Contains(elements(), name) {
				t.Fatalf("the report has <%s>:\n%s\n%s", name, markdown, &rendered)
			}
			open = append(open, name)
			switch name {
			case "h3", "h4", "td":
				text.Reset()
			case "br":
				text.WriteString(" ")
			case "tbody":
				c.tables = append(c.tables, nil)
			case "tr":
				row = nil
			case "details":
				c.folded++
			}
		case xml.CharData:
			if !slices.Contains(open, "code") {
				c.found = append(c.found, special().FindAllString(string(token), -1)...)
			}
			text.WriteString(string(token))
		case xml.EndElement:
			open = open[:len(open)-1]
			seen := shown(text.String())
			switch token.Name.Local {
			case "h3":
				c.title = seen
			case "h4":
				c.headings = append(c.headings, seen)
			case "td":
				row = append(row, seen)
			case "tr":
				if slices.Contains(open, "tbody") {
					last := len(c.tables) - 1
					c.tables[last] = append(c.tables[last], row)
				}
			}
		}
	}
}

// shown is text as a browser shows it, without the spaces that have no width.
func shown(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\u200b", "")), " ")
}
