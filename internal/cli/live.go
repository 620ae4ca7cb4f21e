package cli

import (
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"setpoint/apply/report"
)

// mostLive is how many lines a view of calls has at most.
const mostLive = 6

// live shows a view of calls under way, on a terminal, below what the notes say.
// What it is told comes from several goroutines; it holds up none of them.
type live struct {
	mu    sync.Mutex
	view  *report.Live
	notes *notes
	quit  []func()
}

// showsLive tells whether a person sits at standard error and the terminal can
// move its cursor. In a pipeline the lines are kept, so they must be whole.
func (a *app) showsLive() bool {
	return isTerminal(a.Stderr) && a.getenv("TERM") != "dumb" && !a.inCI()
}

// startLive shows a view until end; nil where plain lines are to be written.
func (a *app) startLive(n *notes, view *report.Live) *live {
	if !a.showsLive() {
		return nil
	}
	fd := int(a.Stderr.(*os.File).Fd())
	restore, ok := enableCursor(fd)
	if !ok {
		return nil
	}
	l := &live{view: view, notes: n}
	picture := l.picture(fd)
	l.quit = []func(){watchSuspension(n, picture), n.hide, n.flush, restore}
	n.show(picture)
	return l
}

// take lets the view know what has happened.
func (l *live) take(feed func(*report.Live)) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	feed(l.view)
}

// end takes the view away, so that what follows stands where it was.
func (l *live) end() {
	if l == nil {
		return
	}
	for _, quit := range l.quit {
		quit()
	}
}

// picture is the view as it fits the terminal. In the background it is none: the
// terminal is somebody else's then.
func (l *live) picture(fd int) picture {
	var columns, rows int
	return func() ([]string, bool) {
		if !foreground(fd) {
			return nil, false
		}
		wide, high, err := term.GetSize(fd)
		if err != nil || wide <= 0 || high <= 0 {
			wide, high = 80, 24
		}
		changed := wide != columns || high != rows
		columns, rows = wide, high
		if wide == 1 { // the last column stays free: some terminals go on in the next row when it is written
			return nil, changed
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.view.Lines(time.Now(), wide-1, min(high-1, mostLive)), changed
	}
}
