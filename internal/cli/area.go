package cli

import (
	"io"
	"slices"
	"strings"
)

// area keeps a few lines below all that is written to a terminal. Between two
// writes the cursor stands at the beginning of the first of them: wherever a
// terminal of another size puts what it shows, erasing from there takes all of
// them away, and nothing else.
type area struct {
	w     io.Writer
	shown []string
	open  bool // what was written last is no whole line
}

// print writes text in the place of the area, which is gone until it is drawn
// again.
func (a *area) print(text string) {
	if text == "" {
		return
	}
	a.erase()
	a.open = !strings.HasSuffix(text, "\n")
	_, _ = io.WriteString(a.w, text) // if nobody listens there is nobody to tell
}

// draw makes these lines the area's. They are no wider than the terminal; that
// they do not go on in the next row, either, where it has become narrower since,
// is why wrapping is off meanwhile. Behind an unfinished line there is no area.
// It tells whether there was something to draw.
func (a *area) draw(lines []string, afresh bool) bool {
	if len(lines) == 0 || a.open {
		a.erase()
		return false
	}
	if !afresh && slices.Equal(lines, a.shown) {
		return false
	}
	var b strings.Builder
	b.WriteString("\r\x1b[?7l")
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(line + "\x1b[K")
	}
	b.WriteString("\x1b[J\x1b[?7h\r")
	for range len(lines) - 1 {
		b.WriteString("\x1b[A")
	}
	_, _ = io.WriteString(a.w, b.String())
	a.shown = slices.Clone(lines)
	return true
}

// erase takes the area away. The cursor is where it was before there was one.
func (a *area) erase() {
	if a.shown != nil {
		_, _ = io.WriteString(a.w, "\r\x1b[J")
		a.shown = nil
	}
}
