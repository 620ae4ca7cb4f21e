package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// lastWords is how long a program whose calls were broken off still waits for a
// reader of its streams: it is to end within a second.
const lastWords = 300 * time.Millisecond

// interrupts turns signals into the two contexts of a run. On the first SIGINT,
// SIGTERM or SIGHUP drain is done: nothing new starts. On the second, or when
// the grace is over, calls is done: calls in flight are broken off. Meanwhile a
// reader of the streams that goes away, or that does not read, neither ends nor
// holds up the program: the calls and the record of them matter more than who
// looks on.
type interrupts struct {
	drain, calls context.Context
	notes        *notes      // the stream that progress goes to
	reading      atomic.Bool // calls may be in flight that change nothing
	calling      atomic.Bool // calls may be in flight that are recorded
	stop         func()
}

func watchInterrupts(w io.Writer, grace time.Duration) *interrupts {
	return newInterrupts(w, grace, func(event) {})
}

// watch is watchInterrupts for a command that has a view.
func (a *app) watch(grace time.Duration) *interrupts {
	return newInterrupts(a.view.progress(), grace, a.tell)
}

// newInterrupts also tells of an interrupt while calls may be in flight.
func newInterrupts(w io.Writer, grace time.Duration, tell func(event)) *interrupts {
	drain, stopDrain := context.WithCancelCause(context.Background())
	calls, stopCalls := context.WithCancel(context.Background())
	i := &interrupts{drain: drain, calls: calls, notes: newNotes(w, calls)}
	tell(watched{i.notes})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE)
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		select {
		case <-done:
			return
		case <-signals:
		}
		stopDrain(errors.New("interrupted"))
		if i.reading.Load() || i.calling.Load() {
			tell(interrupted{grace})
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-done:
			return
		case <-signals:
		case <-timer.C:
		}
		stopCalls()
		if i.calling.Load() {
			tell(brokenOff{})
		}
	})
	i.stop = func() {
		signal.Stop(signals)
		close(done)
		group.Wait()
		i.notes.hide()
		i.notes.flush()
		close(i.notes.queue)
		tell(watched{})
		stopDrain(nil)
		stopCalls()
	}
	return i
}
