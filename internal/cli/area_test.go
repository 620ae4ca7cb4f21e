package cli

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// glass is a terminal: it does what is written to it, and knows nothing else.
type glass struct {
	mu     sync.Mutex
	rows   [][]rune
	x, y   int
	writes int
	wild   string // what it was sent and does not know
}

func (g *glass) Write(text []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writes++
	for rest := string(text); rest != ""; {
		if after, ok := strings.CutPrefix(rest, "\x1b["); ok {
			i := strings.IndexAny(after, "ABCDHJKlhm")
			g.control(after[:i+1])
			rest = after[i+1:]
			continue
		}
		r := []rune(rest)[0]
		rest = rest[len(string(r)):]
		g.put(r)
	}
	return len(text), nil
}

func (g *glass) put(r rune) {
	for len(g.rows) <= g.y {
		g.rows = append(g.rows, nil)
	}
	switch r {
	case '\r':
		g.x = 0
	case '\n': // the system makes both of it
		g.x, g.y = 0, g.y+1
	default:
		row := g.rows[g.y]
		for len(row) <= g.x {
			row = append(row, ' ')
		}
		row[g.x] = r
		g.rows[g.y], g.x = row, g.x+1
	}
}

func (g *glass) control(code string) {
	for len(g.rows) <= g.y {
		g.rows = append(g.rows, nil)
	}
	switch code {
	case "K", "J":
		g.rows[g.y] = g.rows[g.y][:min(g.x, len(g.rows[g.y]))]
		if code == "J" {
			g.rows = g.rows[:g.y+1]
		}
	case "A":
		g.y = max(g.y-1, 0)
	case "?7l", "?7h":
	default:
		g.wild += code
	}
}

func (g *glass) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	lines := make([]string, len(g.rows))
	for i, row := range g.rows {
		lines[i] = strings.TrimRight(string(row), " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + g.wild
}

func shows(t *testing.T, g *glass, want string) {
	t.Helper()
	if got := g.String(); got != want {
		t.Errorf("it shows\n%s\nnot\n%s", got, want)
	}
}

func TestArea(t *testing.T) {
	g := &glass{}
	a := &area{w: g}
	a.print("first\n")
	a.draw([]string{"one, long", "two", "three"}, false)
	shows(t, g, "first\none, long\ntwo\nthree")
	if g.x != 0 || g.y != 1 {
		t.Errorf("the cursor is at %d in line %d", g.x, g.y)
	}
	a.draw([]string{"uno", "due"}, false)
	shows(t, g, "first\nuno\ndue")
	a.print("second\nthird\n")
	shows(t, g, "first\nsecond\nthird")
	a.draw([]string{"uno", "due"}, false)
	shows(t, g, "first\nsecond\nthird\nuno\ndue")
	writes := g.writes
	if a.draw([]string{"uno", "due"}, false) || g.writes != writes {
		t.Error("the same is drawn again")
	}
	g.rows[3] = []rune("what another size has made of it")
	a.draw([]string{"uno", "due"}, true)
	shows(t, g, "first\nsecond\nthird\nuno\ndue")
	a.draw(nil, false)
	shows(t, g, "first\nsecond\nthird")
	a.print("the account")
	shows(t, g, "first\nsecond\nthird\nthe account")
}

// A prompt, or any line that is not finished, is never overdrawn.
func TestAreaLeavesAnUnfinishedLine(t *testing.T) {
	g := &glass{}
	a := &area{w: g}
	a.draw([]string{"one"}, false)
	a.print("Only yes: ")
	a.draw([]string{"two"}, true)
	shows(t, g, "Only yes:")
	a.print("\n")
	a.draw([]string{"three"}, false)
	shows(t, g, "Only yes:\nthree")
}

// TestNotesKeepAView: text scrolls above the view, which is looked at ten times a
// second, and not for every text, and is gone when it is hidden.
func TestNotesKeepAView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &glass{}
		n := newNotes(g, t.Context())
		var looked atomic.Int32
		var changed atomic.Bool
		n.show(func() ([]string, bool) {
			looked.Add(1)
			if changed.Load() {
				return []string{"another", "below"}, false
			}
			return []string{"view", "below"}, false
		})
		time.Sleep(50 * time.Millisecond)
		_, _ = fmt.Fprintln(n, "above")
		synctest.Wait()
		shows(t, g, "above")
		time.Sleep(60 * time.Millisecond)
		synctest.Wait()
		shows(t, g, "above\nview\nbelow")
		time.Sleep(920 * time.Millisecond)
		_, _ = fmt.Fprintln(n, "again") // long after it was drawn: it does not blink
		synctest.Wait()
		shows(t, g, "above\nagain\nview\nbelow")
		changed.Store(true)
		time.Sleep(90 * time.Millisecond)
		synctest.Wait()
		shows(t, g, "above\nagain\nview\nbelow") // a tenth of a second has not gone by
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		shows(t, g, "above\nagain\nanother\nbelow")
		for range 50 { // but many lines are not held up by it
			time.Sleep(2 * time.Millisecond)
			_, _ = fmt.Fprintln(n, "many")
		}
		synctest.Wait()
		if n := looked.Load(); n > 15 {
			t.Errorf("looked at %d times in 1.3 s", n)
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		many := strings.Repeat("\nmany", 50)
		shows(t, g, "above\nagain"+many+"\nanother\nbelow")
		before := looked.Load()
		n.hide()
		n.offer("Interrupted\n")
		n.flush()
		shows(t, g, "above\nagain"+many+"\nInterrupted")
		time.Sleep(time.Second)
		if looked.Load() != before {
			t.Errorf("looked at after it was hidden")
		}
		close(n.queue)
	})
}

// A terminal that nobody reads from neither holds up who feeds the view nor lets
// what is to be drawn pile up.
func TestNotesOfAStuckTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stream := stuck{make(chan struct{})}
		n := newNotes(stream, t.Context())
		var looked atomic.Int32
		n.show(func() ([]string, bool) { return []string{fmt.Sprint(looked.Add(1))}, false })
		time.Sleep(time.Hour)
		synctest.Wait()
		if looked.Load() != 1 || len(n.queue) != 0 {
			t.Errorf("looked at %d times, %d waiting", looked.Load(), len(n.queue))
		}
		began := time.Now()
		n.hideSoon(lastWords)
		if took := time.Since(began); took != lastWords {
			t.Errorf("hidden after %s", took)
		}
		close(stream.released)
		n.flush()
		close(n.queue)
	})
}
