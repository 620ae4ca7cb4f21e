package cli

import (
	"context"
	"io"
	"time"
)

// redrawing is the time between two looks at what a terminal is to show.
const redrawing = 100 * time.Millisecond

// notes passes text on to a stream from a goroutine of its own, so that who
// writes it is not held up once the calls are broken off. Below the text it can
// keep a view of what is under way, on a terminal.
type notes struct {
	queue chan note
	calls context.Context
}

// note is one thing to do, after those before it.
type note struct {
	text    string
	view    picture // from now on; nil: as before
	hide    bool    // no view any more
	written chan<- struct{}
}

// picture gives the lines to be shown now, none for nothing, and tells whether they
// must be drawn afresh because the terminal has changed. It does not block.
type picture func() (lines []string, afresh bool)

func newNotes(w io.Writer, calls context.Context) *notes {
	n := &notes{queue: make(chan note, 256), calls: calls}
	go n.pass(&area{w: w})
	return n
}

// pass does what is in the queue until that is closed. The view is drawn right
// after text has taken its place, so that it does not blink, but never more often
// than it is looked at.
func (n *notes) pass(on *area) {
	var show picture
	var drawn time.Time
	ticker := time.NewTicker(redrawing)
	defer ticker.Stop()
	draw := func() {
		if show != nil && on.draw(show()) {
			drawn = time.Now()
			ticker.Reset(redrawing)
		}
	}
	for {
		select {
		case next, more := <-n.queue:
			if !more {
				return
			}
			on.print(next.text)
			switch {
			case next.hide:
				show = nil
				on.erase()
			case next.view != nil:
				show = next.view
			case time.Since(drawn) >= redrawing && !drawn.IsZero():
				draw()
			}
			if next.written != nil {
				close(next.written)
			}
		case <-ticker.C:
			draw()
		}
	}
}

// show keeps a view below the text until hide.
func (n *notes) show(p picture) { n.put(note{view: p}) }

// hide takes the view away.
func (n *notes) hide() { n.put(note{hide: true}) }

// hideSoon takes the view away, if that takes no longer than so long.
func (n *notes) hideSoon(limit time.Duration) {
	hidden := make(chan struct{})
	over := time.After(limit)
	select {
	case n.queue <- note{hide: true, written: hidden}:
	case <-over:
		return
	}
	select {
	case <-hidden:
	case <-over:
	}
}

// offer queues the text if there is room, and does not wait.
func (n *notes) offer(text string) {
	select {
	case n.queue <- note{text: text}:
	default:
	}
}

// Write queues the text. It is lost only where nobody reads after the calls
// were broken off.
func (n *notes) Write(text []byte) (int, error) {
	n.put(note{text: string(text)})
	return len(text), nil
}

func (n *notes) put(next note) {
	select {
	case n.queue <- next:
		return
	default:
	}
	select {
	case n.queue <- next:
	case <-n.calls.Done():
	}
}

// flush waits until what was queued is written.
func (n *notes) flush() {
	written := make(chan struct{})
	n.put(note{written: written})
	select {
	case <-written:
		return
	case <-n.calls.Done():
	}
	select {
	case <-written:
	case <-time.After(lastWords):
	}
}

// guard does what writes to another stream. Once calls are broken off it no
// longer waits long for it.
func (n *notes) guard(write func() error) error {
	written := make(chan error, 1)
	go func() { written <- write() }()
	select {
	case err := <-written:
		return err
	case <-n.calls.Done():
	}
	select {
	case err := <-written:
		return err
	case <-time.After(lastWords):
		return exit(codeInterrupted)
	}
}

// sayLast does what writes to a stream at the end of a command with a code. An
// interrupted one does not wait long for the reader.
func sayLast(code int, write func() error) error {
	written := make(chan error, 1)
	go func() { written <- write() }()
	var late <-chan time.Time
	if code == codeInterrupted {
		late = time.After(lastWords)
	}
	select {
	case err := <-written:
		return err
	case <-late:
		return nil
	}
}
