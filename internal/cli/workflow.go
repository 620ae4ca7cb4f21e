package cli

import (
	"bytes"
	"io"
	"sync"
)

// disarm keeps GitHub's runner from taking foreign text for workflow commands:
// it reads each line that a step prints, and one that begins with :: or has ##[
// anywhere may set outputs, hide text from the log or end the masking of secrets.
// From here on only annotations are such lines.
//
// The runner's own way, ::stop-commands::, is not it: it covers both streams, in
// whatever order the runner reads them, and what a program that was killed has
// stopped stays so for the rest of the step.
func (a *app) disarm() {
	if _, done := a.Stderr.(*disarmed); done {
		return
	}
	if !isTerminal(a.Stdout) {
		a.Stdout = &disarmed{w: a.Stdout}
	}
	if !isTerminal(a.Stderr) {
		a.Stderr = &disarmed{w: a.Stderr}
	}
}

// document writes to standard output what must arrive to the byte.
func (a *app) document(text string) error {
	a.answered = a.answered || text != ""
	return a.deliverTo(a.plain.Stdout, text)
}

// disarmed writes the second colon of a line that begins with two, and the
// bracket of ##[, as its code, as diag.Printable does. In JSON and HCL, where both
// can stand in a string only, the code means the same character.
//
// It may be used by several goroutines if its writer may.
type disarmed struct {
	w  io.Writer
	mu sync.Mutex
	// colons are those seen in this line before anything else that is not blank, -1
	// after something else; hashes are those right before.
	colons, hashes int
}

func (d *disarmed) Write(text []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out bytes.Buffer
	for _, c := range text {
		if code := d.next(c); code != "" {
			out.WriteString(code)
			continue
		}
		out.WriteByte(c)
	}
	if n, err := d.w.Write(out.Bytes()); err != nil {
		return min(n, len(text)), err
	}
	return len(text), nil
}

// next takes a byte and gives what is to be written in its place, "" for itself.
// The runner trims a line, and its comparison may pass over what has no width:
// so nothing but a visible ASCII character counts as the beginning of a line.
func (d *disarmed) next(c byte) string {
	blank := c <= ' ' || c > '~'
	hashes := d.hashes
	if c == '#' {
		d.hashes++
	} else if !blank || c == ' ' {
		d.hashes = 0
	}
	switch {
	case c == '\n' || c == '\r':
		d.colons, d.hashes = 0, 0
	case c == '[' && hashes >= 2:
		d.colons = -1
		return `\u005b`
	case d.colons < 0 || blank && (d.colons == 0 || c != ' '):
	case c != ':':
		d.colons = -1
	case d.colons == 1:
		d.colons = -1
		return `\u003a`
	default:
		d.colons = 1
	}
	return ""
}
