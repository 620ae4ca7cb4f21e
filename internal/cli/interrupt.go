package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// interrupts turns signals into the two contexts of a run. On the first SIGINT
// or SIGTERM drain is done: nothing new starts. On the second, or when the
// grace is over, calls is done: calls in flight are broken off. Meanwhile a
// reader of the streams that goes away does not end the program: the calls and
// the record of them matter more than who looks on.
type interrupts struct {
	drain, calls context.Context
	stop         func()
}

func watchInterrupts(w io.Writer, grace time.Duration) *interrupts {
	drain, stopDrain := context.WithCancelCause(context.Background())
	calls, stopCalls := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE)
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		select {
		case <-done:
			return
		case <-signals:
		}
		stopDrain(errors.New("interrupted")) // before it is told: writing may block
		_, _ = fmt.Fprintf(w, "\nInterrupted: nothing new is sent; calls in flight may finish within %s. Interrupt again to break them off.\n", grace)
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-done:
			return
		case <-signals:
		case <-timer.C:
		}
		stopCalls()
		_, _ = fmt.Fprintln(w, "Calls in flight are broken off and recorded as unknown.")
	})
	return &interrupts{drain: drain, calls: calls, stop: func() {
		signal.Stop(signals)
		signal.Reset(syscall.SIGPIPE)
		close(done)
		group.Wait()
		stopDrain(nil)
		stopCalls()
	}}
}
