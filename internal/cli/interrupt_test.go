package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/apply"
	"setpoint/plan"
)

// stuck is a stream that nobody reads until it is released.
type stuck struct{ released chan struct{} }

func (s stuck) Write(text []byte) (int, error) {
	<-s.released
	return len(text), nil
}

// TestNotesDoNotHoldUpTheEnd: who writes progress waits for a reader only as
// long as calls may be in flight.
func TestNotesDoNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls, breakOff := context.WithCancel(t.Context())
		stream := stuck{make(chan struct{})}
		n := newNotes(stream, calls)
		written := make(chan struct{})
		go func() {
			defer close(written)
			for i := range 1000 {
				_, _ = fmt.Fprintln(n, i)
			}
		}()
		synctest.Wait()
		select {
		case <-written:
			t.Fatal("more was queued than is bounded")
		default:
		}
		n.offer("never waits")
		breakOff()
		<-written
		start := time.Now()
		n.flush()
		if took := time.Since(start); took != lastWords {
			t.Errorf("flush took %s, want %s", took, lastWords)
		}
		close(stream.released)
		close(n.queue)
	})
}

func TestNotesKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		n := newNotes(&b, t.Context())
		for i := range 5 {
			_, _ = fmt.Fprint(n, i)
		}
		n.flush()
		close(n.queue)
		if b.String() != "01234" {
			t.Errorf("wrote %q", b.String())
		}
	})
}

// TestWriteAfterBreakingOff: an answer that nobody takes is given up once the
// calls are broken off, and not before.
func TestWriteAfterBreakingOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls, breakOff := context.WithCancel(t.Context())
		n := &notes{calls: calls}
		release := make(chan struct{})
		go func() {
			time.Sleep(time.Hour)
			breakOff()
		}()
		start := time.Now()
		err := n.guard(func() error { <-release; return nil })
		var failed *exitError
		if took := time.Since(start); took != time.Hour+lastWords || !errors.As(err, &failed) || failed.code != codeInterrupted {
			t.Errorf("after %s: %v", took, err)
		}
		close(release)
		if err := (&notes{calls: t.Context()}).guard(func() error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

// An account that is given up goes on being written: nothing that the end of the
// command looks at may change under it.
func TestAccountThatIsGivenUp(t *testing.T) {
	calls, breakOff := context.WithCancel(t.Context())
	breakOff()
	stdout := stuck{make(chan struct{})}
	a := &app{System: System{Stdout: stdout, Stderr: io.Discard}}
	n := newNotes(io.Discard, calls)
	a.view = &textView{app: a, notes: n, plan: &plan.Plan{}}
	err := a.show(accounted{&apply.Account{}, time.Now()})
	close(n.queue)
	var failed *exitError
	if !errors.As(err, &failed) || failed.code != codeInterrupted || a.answered {
		t.Errorf("answered: %t, %v", a.answered, err)
	}
	close(stdout.released)
}
