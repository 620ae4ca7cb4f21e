package dispatch

import (
	"cmp"
	"context"
	"slices"
	"time"

	"setpoint/provider"
)

// run is the state of one Run. Only the goroutine that called Run touches it;
// the goroutines of the calls hand in their ends through done.
type run struct {
	*Account       // of the policy
	before     int // attempts of the account's earlier runs
	ctx, calls context.Context
	policy     Policy
	interval   time.Duration
	observe    func(Event)

	entries []entry // in key order
	groups  map[string]*group
	ready   queue // may start as far as dependencies and waits go
	ahead   queue // as ready, and what they need first is done or being done
	waiting queue // until their wait is over
	done    chan end

	open     int  // not settled
	busy     int  // those of them with an attempt or withdrawal that has not ended
	inFlight int  // calls
	starts   int  // of attempts
	seen     int  // starts made when a try for an access token last failed
	draining bool // a context is done
	stop     *Stop
}

// end is the end of one attempt, of a part of one, or of a withdrawal.
type end struct {
	entry *entry
	err   error
	part  part
}

// part is what of an attempt has ended.
type part int

const (
	recorded  part = iota // all of it
	answered              // the call, with success; recorded follows
	withdrawn             // it is not made, and what was done ahead is undone
)

func newRun(ctx, calls context.Context, items []Item, p Policy, observe func(Event)) *run {
	p = p.normal()
	if observe == nil {
		observe = func(Event) {}
	}
	r := &run{
		Account: p.Account, before: p.Account.started,
		ctx: ctx, calls: calls, policy: p, interval: p.interval(), observe: observe,
		entries: make([]entry, len(items)),
		groups:  make(map[string]*group),
		ready:   queue{before: byPlace},
		ahead:   queue{before: byPlace},
		waiting: queue{before: byDue},
		done:    make(chan end, min(p.Parallelism, len(items))),
		open:    len(items),
	}
	sorted := make([]*Item, len(items))
	for i := range items {
		sorted[i] = &items[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Item) int { return cmp.Compare(a.Key, b.Key) })
	devices := make(map[provider.Device]*device)
	for i, item := range sorted {
		if devices[item.Device] == nil {
			devices[item.Device] = &device{parked: queue{before: byPlace}}
		}
		devices[item.Device].items++
		r.entries[i] = entry{item: item, place: i, device: devices[item.Device], result: Result{Key: item.Key}}
		for _, name := range item.Groups {
			if r.groups[name] == nil {
				r.groups[name] = &group{}
			}
			r.groups[name].unmet++
		}
	}
	r.connect()
	return r
}

// connect lets every entry wait for the groups it depends on. A name that
// stands twice in Groups or After counts twice, on both ends.
func (r *run) connect() {
	for i := range r.entries {
		e := &r.entries[i]
		for _, name := range e.item.After {
			if g := r.groups[name]; g != nil {
				g.waiting = append(g.waiting, e)
				e.unmet++
			}
		}
		if e.unmet == 0 {
			r.ready.push(e)
		}
	}
}

// loop does one thing a turn, so that what has arrived meanwhile (ends of
// calls, a done context) is seen before anything new starts. The contexts are
// asked once a turn: all that a turn decides rests on the same answer.
func (r *run) loop() {
	for {
		r.draining = r.ctx.Err() != nil || r.calls.Err() != nil
		r.collect()
		r.endEarly()
		if r.open == 0 {
			return
		}
		now := time.Now()
		for !r.waiting.empty() && !r.waiting.first().due.After(now) {
			r.ready.push(r.waiting.pop())
		}
		switch {
		case r.closing() && r.busy > 0,
			r.tokenless > 0 && r.inFlight > 0: // one asks for all
			r.sleep(time.Time{})
		case r.full():
			if !r.lookAhead(now) {
				r.sleep(time.Time{})
			}
		case !r.ready.empty() || !r.ahead.empty():
			r.startAt(later(r.pace, r.pause), now)
		case !r.waiting.empty():
			r.sleep(later(r.waiting.first().due, later(r.pace, r.pause)))
		case r.busy > 0:
			r.sleep(time.Time{})
		default:
			r.settleRest(BecauseCycle)
		}
	}
}

// collect takes in every call that has ended.
func (r *run) collect() {
	for {
		select {
		case e := <-r.done:
			r.finish(e)
		default:
			return
		}
	}
}

// sleep waits until a call ends, a context is done, or the given instant, if
// it is not zero, has come.
func (r *run) sleep(until time.Time) {
	var alarm <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		alarm = timer.C
	}
	var drain, broken <-chan struct{}
	if r.stop == nil && !r.draining {
		drain, broken = r.ctx.Done(), r.calls.Done()
	}
	select {
	case e := <-r.done:
		r.finish(e)
	case <-alarm:
	case <-drain:
	case <-broken:
	}
}

// startAt starts the first ready entry, or sleeps until gate, before which
// nothing may start. An entry whose device is busy is parked instead.
func (r *run) startAt(gate, now time.Time) {
	if gate.After(now) {
		r.sleep(gate)
		return
	}
	e := r.next()
	if e.device.busy {
		e.device.parked.push(e)
		return
	}
	if e.item.Prepare != nil {
		if err := e.item.Prepare(now); err != nil {
			r.unpark(e.device)
			r.withdraw(e, func() { r.refuse(e, err) })
			return
		}
	}
	r.start(e)
}

// next takes the entry with the smallest key of those that may start.
func (r *run) next() *entry {
	if r.ready.empty() || !r.ahead.empty() && byPlace(r.ahead.first(), r.ready.first()) {
		return r.ahead.pop()
	}
	return r.ready.pop()
}

func (r *run) start(e *entry) {
	e.result.Attempts++
	e.busy, e.answered, e.device.busy = true, false, true
	r.busy++
	r.inFlight++
	r.started++
	r.starts++
	e.start = r.starts
	attempt := e.result.Attempts
	if e.told != attempt {
		e.told = attempt
		r.observe(Started{Key: e.item.Key, Attempt: attempt})
	}
	// The pace counts from here: an observer that took its time shortens nothing.
	r.pace = time.Now().Add(r.interval)
	ahead := e.ahead
	e.ahead = nil
	go func() { r.done <- end{entry: e, err: r.attempt(e, attempt, ahead)} }()
}

// attempt makes an attempt and has it recorded. It runs on a goroutine of its own.
func (r *run) attempt(e *entry, number int, ahead <-chan error) error {
	if ahead != nil {
		if err := <-ahead; err != nil {
			return err
		}
	}
	err := e.item.Do(r.calls, number)
	if e.item.Record == nil {
		return err
	}
	if err == nil && r.policy.Parallelism > 1 {
		r.done <- end{entry: e, part: answered}
	}
	if failed := e.item.Record(); failed != nil {
		return failed
	}
	return err
}

// unpark gives a device that has no call in flight to the first entry parked
// with it.
func (r *run) unpark(d *device) {
	if !d.parked.empty() {
		r.ready.push(d.parked.pop())
	}
}

func (r *run) report() Report {
	report := Report{Results: make([]Result, len(r.entries)), Calls: r.started - r.before, Stop: r.stop}
	for i := range r.entries {
		report.Results[i] = r.entries[i].result
	}
	return report
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
