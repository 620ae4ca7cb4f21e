package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const parts = 10 // of a run, which are held against one another

// What an apply of 10,000 must keep to.
const (
	mostFlushes = 0.5 // of the journal, for one result
	leastRate   = 0.6 // of the calls in a second, last part to first
	mostMemory  = 1.6 // resident, likewise
)

// watch looks at a run of apply: at its calls, where they arrive; at its memory,
// then; and at its journal, every line of which was flushed by itself. The program
// removes the journal in the end, but not from under a second name.
type watch struct {
	size    int
	journal string

	mu      sync.Mutex
	process int
	calls   int
	last    time.Time
	now     course

	runs []course
}

// course is a run in parts of as many calls each.
type course struct {
	rate    [parts]float64 // calls in a second
	memory  [parts]float64 // MB at their end
	flushes float64        // for one result
}

// begin watches the process until stop is called.
func (w *watch) begin(process int) (stop func()) {
	w.mu.Lock()
	w.process, w.calls, w.last, w.now = process, 0, time.Time{}, course{}
	w.mu.Unlock()
	_ = os.Remove(w.kept()) // of the run before, if there was one
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for os.Link(w.journal, w.kept()) != nil { // it is not there yet
			select {
			case <-ended:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	return func() { close(ended); watching.Wait() }
}

func (w *watch) kept() string { return w.journal + ".kept" }

// called counts a call that is about to be answered.
func (w *watch) called() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last.IsZero() {
		w.last = time.Now()
	}
	w.calls++
	part := w.calls*parts/w.size - 1
	if w.process == 0 || part < 0 || part >= parts || w.calls*parts%w.size >= parts {
		return
	}
	now := time.Now()
	w.now.rate[part] = float64(w.size) / parts / now.Sub(w.last).Seconds()
	w.now.memory[part] = resident(w.process)
	w.last = now
}

// end takes in the run that has ended.
func (w *watch) end() error {
	text, err := os.ReadFile(w.kept())
	if err != nil {
		return fmt.Errorf("the journal was never seen: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.process = 0
	results := bytes.Count(text, []byte(`{"type":"result"`))
	if results != w.size {
		return fmt.Errorf("%d results in the journal of %d calls", results, w.size)
	}
	w.now.flushes = float64(bytes.Count(text, []byte("\n"))) / float64(results)
	w.runs = append(w.runs, w.now)
	return nil
}

// resident is the memory of a process in MB, 0 where the system does not say.
func resident(process int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", process))
	var size, pages float64
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * float64(os.Getpagesize()) / 1e6
}

// typical is the median of the runs, of each figure by itself.
func (w *watch) typical() course {
	middle := func(of func(*course) float64) float64 {
		var all []float64
		for i := range w.runs {
			all = append(all, of(&w.runs[i]))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	c := course{flushes: middle(func(c *course) float64 { return c.flushes })}
	for i := range parts {
		c.rate[i] = middle(func(c *course) float64 { return c.rate[i] })
		c.memory[i] = middle(func(c *course) float64 { return c.memory[i] })
	}
	return c
}

// ratios are those of the last part to the first.
func (c *course) ratios() (rate, memory float64) {
	if c.memory[0] > 0 {
		memory = c.memory[parts-1] / c.memory[0]
	}
	return c.rate[parts-1] / c.rate[0], memory
}

// flatness says how each apply went from its first tenth to its last.
func flatness(all []*row) string {
	var b strings.Builder
	for _, r := range all {
		if r.watch == nil || r.size < 100 {
			continue
		}
		c := r.watch.typical()
		rate, memory := c.ratios()
		fmt.Fprintf(&b, "# %s, %d: %.2f flushes of the journal for a result.\n", r.name, r.size, c.flushes)
		fmt.Fprintf(&b, "#   calls/s in each tenth: %.0f; last to first %.2f\n", c.rate, rate)
		fmt.Fprintf(&b, "#   resident MB after it:  %.0f; last to first %.2f\n", c.memory, memory)
	}
	return b.String()
}

// steady fails where the largest apply is not flat, or flushes too often.
func steady(all []*row) error {
	var problems []error
	for _, r := range all {
		if r.watch == nil || r.size < 10_000 {
			continue
		}
		c := r.watch.typical()
		rate, memory := c.ratios()
		if c.flushes > mostFlushes {
			problems = append(problems, fmt.Errorf("%s: %.2f flushes for a result, more than %.1f", r.name, c.flushes, mostFlushes))
		}
		if rate < leastRate || memory > mostMemory {
			problems = append(problems, fmt.Errorf("%s: not flat: its last tenth has %.2f times the calls a second of the first, and %.2f times the memory", r.name, rate, memory))
		}
	}
	return errors.Join(problems...)
}
