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
	calling      atomic.Bool // calls may be in flight
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
		if i.calling.Load() {
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
		signal.Reset(syscall.SIGPIPE)
		close(done)
		group.Wait()
		i.notes.flush()
		close(i.notes.queue)
		tell(watched{})
		stopDrain(nil)
		stopCalls()
	}
	return i
}

// notes passes text on to a stream from a goroutine of its own, so that who
// writes it is not held up once the calls are broken off.
type notes struct {
	queue chan note
	calls context.Context
}

// note is a text to be written, or a request to be told when those before it are.
type note struct {
	text    string
	written chan<- struct{}
}

func newNotes(w io.Writer, calls context.Context) *notes {
	n := &notes{queue: make(chan note, 256), calls: calls}
	go func() {
		for next := range n.queue {
			_, _ = io.WriteString(w, next.text) // if nobody listens there is nobody to tell
			if next.written != nil {
				close(next.written)
			}
		}
	}()
	return n
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
