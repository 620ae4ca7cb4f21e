package dispatch

import (
	"container/heap"
	"time"
)

// entry is an item on its way through a run.
type entry struct {
	item         *Item
	place        int // in key order, from 0
	device       *device
	unmet        int          // names in After whose groups have not succeeded yet
	due          time.Time    // when the wait before the next attempt is over
	busy         bool         // from the start of an attempt, or of its withdrawal, to the end
	answered     bool         // what is busy is no call in flight any more
	ahead        <-chan error // gives the end of Ahead; nil: not called since the last attempt
	withdrawn    func()       // settles it when the withdrawal has ended
	unauthorized bool         // the last attempt answered KindUnauthorized
	start        int          // which start of the run the last attempt was
	told         int          // the attempt that Started was sent for last
	result       Result       // Outcome is 0 until the item settles
}

func (e *entry) settled() bool { return e.result.Outcome != 0 }

// device is what at most one call at a time is made to. Entries that could
// start but for its call in flight are parked with it; when the call ends the
// first of them goes back to the ready queue. So a free device never keeps its
// smallest entry parked, and a call moves one entry, not all of them.
type device struct {
	busy   bool
	items  int // that are made to it, settled or not
	parked queue
}

// group is a name that items depend on.
type group struct {
	unmet   int      // members that have not succeeded yet
	waiting []*entry // who depends on it
}

// queue is a priority queue of entries. Use push, pop and first.
type queue struct {
	entries []*entry
	before  func(a, b *entry) bool
}

func byPlace(a, b *entry) bool { return a.place < b.place }

func byDue(a, b *entry) bool {
	if !a.due.Equal(b.due) {
		return a.due.Before(b.due)
	}
	return a.place < b.place
}

func (q *queue) push(e *entry) { heap.Push((*byPriority)(q), e) }
func (q *queue) pop() *entry   { return heap.Pop((*byPriority)(q)).(*entry) }
func (q *queue) first() *entry { return q.entries[0] }
func (q *queue) empty() bool   { return len(q.entries) == 0 }

// byPriority is the heap.Interface of a queue.
type byPriority queue

func (h *byPriority) Len() int           { return len(h.entries) }
func (h *byPriority) Less(i, j int) bool { return h.before(h.entries[i], h.entries[j]) }
func (h *byPriority) Swap(i, j int)      { h.entries[i], h.entries[j] = h.entries[j], h.entries[i] }
func (h *byPriority) Push(e any)         { h.entries = append(h.entries, e.(*entry)) }

func (h *byPriority) Pop() any {
	last := len(h.entries) - 1
	e := h.entries[last]
	h.entries[last] = nil
	h.entries = h.entries[:last]
	return e
}
