package dispatch

import "time"

// full tells whether nothing may start though the pace allows: all slots are taken,
// or as many attempts again are answered and not recorded yet, on a disk that is
// slower than the cloud.
func (r *run) full() bool {
	return r.inFlight >= r.policy.Parallelism || r.busy >= 2*r.policy.Parallelism
}

// lookAhead has done what the next entry needs first, while all that could start
// it is a call that ends. False: there is none, or enough are that far. Nobody is
// ahead where the pace or a pause holds back the starts: what was done ahead would
// only lie there.
func (r *run) lookAhead(now time.Time) bool {
	far := len(r.ahead.entries)
	if r.ready.empty() || far >= r.policy.Parallelism || r.interval > 0 || r.pause.After(now) ||
		r.policy.MaxCalls > 0 && r.started+far >= r.policy.MaxCalls {
		return false
	}
	e := r.ready.pop()
	if e.item.Ahead != nil && e.device.items == 1 {
		ended := make(chan error, 1)
		e.ahead = ended
		go func() { ended <- e.item.Ahead() }()
	}
	r.ahead.push(e)
	return true
}

// withdraw undoes what was done ahead for an entry whose attempt is not made, and
// settles it then.
func (r *run) withdraw(e *entry, settle func()) {
	if e.ahead == nil {
		settle()
		return
	}
	ahead := e.ahead
	e.ahead, e.withdrawn = nil, settle
	e.busy = true
	r.busy++
	go func() {
		if <-ahead == nil {
			e.item.Withdraw()
		}
		r.done <- end{entry: e, part: withdrawn}
	}()
}
