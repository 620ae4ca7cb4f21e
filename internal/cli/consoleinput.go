package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/term"

	"setpoint/config/diag"
)

// mostExpression bounds one expression, in bytes: input without end must not
// fill the memory.
const mostExpression = 1 << 16

var errGivenUp = errors.New("given up")

// lines is where the console reads from.
type lines interface {
	// next gives the next line without its end; io.EOF after the last, and
	// errGivenUp where what was typed so far is not to be evaluated.
	next(continued bool) (string, error)
	interactive() bool
	name() string // for diagnostics
}

func (a *app) lines() lines {
	keyboard, isFile := a.Stdin.(*os.File)
	if isFile && isTerminal(a.Stdin) && isTerminal(a.Stderr) && a.getenv("TERM") != "dumb" {
		t := &typed{keyboard: keyboard, screen: a.Stderr}
		t.editor = term.NewTerminal(t, "")
		return t
	}
	scanner := bufio.NewScanner(a.Stdin)
	scanner.Buffer(nil, mostExpression)
	return &piped{scanner: scanner}
}

// piped reads what no person types, or one whose terminal is not to be touched.
type piped struct {
	scanner *bufio.Scanner
	begun   bool
}

func (p *piped) interactive() bool { return false }

func (p *piped) name() string { return "standard input" }

func (p *piped) next(bool) (string, error) {
	if !p.scanner.Scan() {
		switch err := p.scanner.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return "", fmt.Errorf("a line is longer than %d bytes, which is no expression", mostExpression)
		case err != nil:
			return "", err
		}
		return "", io.EOF
	}
	line := p.scanner.Text()
	if !p.begun {
		p.begun, line = true, strings.TrimPrefix(line, "\ufeff") // some shells put it before what they pipe
	}
	return line, nil
}

// typed reads from a terminal, with a prompt, editing and history. The terminal
// is as it was while nothing is read, so that diagnostics and values come out
// as ever and an interrupt ends a long evaluation.
type typed struct {
	keyboard    *os.File
	screen      io.Writer
	editor      *term.Terminal
	interrupted bool // by Ctrl-C, which the editor does not tell from Ctrl-D
}

// Read is the editor's keyboard.
func (t *typed) Read(keys []byte) (int, error) {
	const interrupt = 3
	n, err := t.keyboard.Read(keys)
	t.interrupted = t.interrupted || bytes.IndexByte(keys[:n], interrupt) >= 0
	return n, err
}

// Write is the editor's screen.
func (t *typed) Write(text []byte) (int, error) { return t.screen.Write(text) }

func (t *typed) interactive() bool { return true }

func (t *typed) name() string { return "console" }

// next takes Ctrl-C, and Ctrl-D within an expression, to mean that it is given up.
func (t *typed) next(continued bool) (string, error) {
	t.editor.SetPrompt("> ")
	if continued {
		t.editor.SetPrompt(". ")
	}
	line, err := t.read()
	if !errors.Is(err, io.EOF) {
		return line, err
	}
	_, _ = io.WriteString(t.screen, "\n") // the cursor stands behind the prompt
	history := t.editor.History
	t.editor = term.NewTerminal(t, "") // the old one keeps what was typed
	t.editor.History = history
	if t.interrupted || continued {
		t.interrupted = false
		return "", errGivenUp
	}
	return "", err
}

// read reads a line with the terminal in raw mode.
func (t *typed) read() (line string, err error) {
	fd := int(t.keyboard.Fd())
	if columns, rows, err := term.GetSize(fd); err == nil && columns > 0 && rows > 0 {
		_ = t.editor.SetSize(columns, rows) // only what is drawn depends on it
	}
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", err
	}
	defer func() {
		if failed := term.Restore(fd, before); err == nil {
			err = failed
		}
	}()
	return t.editor.ReadLine()
}

// expression gathers the lines of an expression.
type expression struct {
	text  strings.Builder
	lines int
	first int // lines before it

	open    int             // brackets
	rest    strings.Builder // lines that cannot be judged before a heredoc or template ends
	until   string          // the mark that ends the heredoc
	heredoc bool            // there is or was one
}

func (e *expression) begun() bool { return e.lines > 0 }

// source is what was gathered. The mark of a heredoc counts only with its line end.
func (e *expression) source() string {
	if e.heredoc {
		return e.text.String() + "\n"
	}
	return e.text.String()
}

// placed moves diagnostics, which count lines from the expression's first, to
// where they are in the input.
func (e *expression) placed(list diag.List) diag.List {
	for i := range list {
		if d := &list[i]; d.Range != nil {
			d.Range.Start.Line += e.first
			d.Range.End.Line += e.first
		}
		if s := list[i].Snippet; s != nil {
			s.StartLine += e.first
		}
	}
	return list
}

// add takes the next line and tells whether the expression is complete with it,
// or cannot become so. Lines within brackets are looked at once each, those of a
// heredoc when it may have ended, those within a template all together.
func (e *expression) add(line string) bool {
	if e.lines > 0 {
		e.text.WriteByte('\n')
	}
	e.lines++
	e.text.WriteString(line)
	e.rest.WriteString(line + "\n")
	switch {
	case e.text.Len() > mostExpression:
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
