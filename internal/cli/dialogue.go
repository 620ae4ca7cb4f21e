package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"golang.org/x/term"
)

// dialogue asks a person at a terminal. The terminal is raw meanwhile: in its
// usual mode a system may cut a line at a thousand characters, and the replies
// that are pasted can be longer. What is said goes to standard error.
type dialogue struct {
	terminal *term.Terminal
	typed    *keys
	restore  func()
	stream   io.Writer
	person   context.Context // done when the program is interrupted
}

// Why there is no line.
var (
	errLeft = errors.New("interrupted")       // the person does not want to go on: Ctrl-C or a signal
	errOver = errors.New("the input is over") // nothing more will be typed: Ctrl-D
)

// keys watches for Ctrl-C, which package term does not tell from the end of input.
type keys struct {
	io.Reader
	left atomic.Bool
}

func (k *keys) Read(b []byte) (int, error) {
	n, err := k.Reader.Read(b)
	if bytes.IndexByte(b[:n], 3) >= 0 {
		k.left.Store(true)
	}
	return n, err
}

// converse begins a dialogue; nil where standard input is no terminal. It must
// be closed.
func (a *app) converse(person context.Context) (*dialogue, error) {
	if !isTerminal(a.Stdin) {
		return nil, nil
	}
	in := a.Stdin.(*os.File)
	fd := int(in.Fd()) // asked for once: the mode may be given back while another goroutine ends the program
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, fail("Terminal not usable", "Standard input: %s.", cause(err))
	}
	typed := &keys{Reader: in}
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{typed, a.Stderr}, "")
	if columns, rows, err := term.GetSize(fd); err == nil && columns > 0 {
		_ = t.SetSize(columns, rows) // it only draws worse without
	}
	return &dialogue{t, typed, func() { _ = term.Restore(fd, before) }, a.Stderr, person}, nil // a terminal that has gone needs no mode
}

// close gives the terminal back. A question that is open is abandoned, and what
// follows begins on a line of its own.
func (d *dialogue) close() {
	if d != nil {
		d.restore()
		_, _ = io.WriteString(d.stream, "\n") // if nobody listens there is nobody to tell
	}
}

// say writes text, also while a question is open.
func (d *dialogue) say(text string) {
	_, _ = d.terminal.Write([]byte(text)) // if nobody listens there is nobody to tell
}

// ask returns the line that is typed or pasted.
func (d *dialogue) ask(question string) (string, error) {
	return d.read(func() (string, error) {
		d.terminal.SetPrompt(question)
		defer d.terminal.SetPrompt("")
		return d.terminal.ReadLine()
	})
}

// askHidden does not show what is typed.
func (d *dialogue) askHidden(question string) (string, error) {
	return d.read(func() (string, error) { return d.terminal.ReadPassword(question) })
}

func (d *dialogue) read(line func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := line()
		answers <- answer{text, err}
	}()
	select {
	case <-d.person.Done():
		return "", errLeft
	case got := <-answers:
		switch {
		case got.err == nil:
			return got.text, nil
		case d.typed.left.Load():
			return "", errLeft
		}
		return "", errOver
	}
}
