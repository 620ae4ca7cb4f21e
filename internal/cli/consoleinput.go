package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"setpoint/config/console"
)

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
	scanner.Buffer(nil, console.MostExpression)
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
			return "", fmt.Errorf("a line is longer than %d bytes, which is no expression", console.MostExpression)
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
