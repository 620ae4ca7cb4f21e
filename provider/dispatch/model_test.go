package dispatch

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"setpoint/provider"
)

// model follows a run by its events alone and judges each against the rules,
// the plain way: by looking at every item at every event.
type model struct {
	policy   Policy
	guard    *guard // what events do not tell
	byKey    map[int]*modelItem
	keys     []int // ascending
	began    time.Time
	previous time.Time // when the event before came
	gate     time.Time // no start before
	pause    time.Time
	closed   time.Time // nothing starts after; zero for never
	inFlight int
	calls    int
	problems []string

	ended, unauthorized bool // by what the calls answered
}

type modelItem struct {
	Item
	attempts     int
	running      bool
	unauthorized bool // the last attempt
	due          time.Time
	result       *Result
}

func newModel(sc scenario, g *guard) *model {
	m := &model{policy: sc.policy.normal(), guard: g, byKey: map[int]*modelItem{}, began: time.Now(), previous: time.Now()}
	for _, item := range sc.items {
		m.byKey[item.Key] = &modelItem{Item: item}
		m.keys = append(m.keys, item.Key)
	}
	slices.Sort(m.keys)
	return m
}

func (m *model) closes(after time.Duration) {
	if at := m.began.Add(after); m.closed.IsZero() || at.Before(m.closed) {
		m.closed = at
	}
}

func (m *model) wrong(format string, args ...any) {
	m.problems = append(m.problems, fmt.Sprintf("%v: ", time.Since(m.began))+fmt.Sprintf(format, args...))
}

// needs are the items that must have succeeded before it starts.
func (m *model) needs(it *modelItem) []*modelItem {
	var all []*modelItem
	for _, key := range m.keys {
		if other := m.byKey[key]; slices.ContainsFunc(other.Groups, func(g string) bool { return slices.Contains(it.After, g) }) {
			all = append(all, other)
		}
	}
	return all
}

// free tells whether only time can keep the item from starting.
func (m *model) free(it *modelItem) bool {
	if it.running || it.result != nil || m.guard.refused[it.Key] {
		return false
	}
	for _, other := range m.needs(it) {
		if other.result == nil || other.result.Outcome != Succeeded {
			return false
		}
	}
	for _, other := range m.byKey {
		if other.running && other.Device == it.Device {
			return false
		}
	}
	return true
}

// earliest is when the item, free as it is, may start.
func (m *model) earliest(it *modelItem) time.Time {
	m.guard.mu.Lock()
	defer m.guard.mu.Unlock()
	return later(later(later(it.due, m.previous), m.guard.freed), later(m.gate, m.pause))
}

func (m *model) observe(e Event) {
	now := time.Now()
	m.notIdle(now)
	switch e := e.(type) {
	case Started:
		m.start(e, now)
	case Retrying:
		it := m.end(e.Key, e.Attempt, e.Err)
		it.due = now.Add(e.Wait)
		if e.Attempt >= e.Of || e.Of > m.policy.Attempts || e.Wait < 0 {
			m.wrong("%+v", e)
		}
	case Paused:
		if !e.Until.After(m.pause) || !e.Until.After(now) {
			m.wrong("pause until %v, but %v before", e.Until, m.pause)
		}
		m.pause = e.Until
	case Settled:
		m.settle(e.Result)
	}
	m.previous = now
}

// notIdle checks that since the last event nothing could have started earlier.
func (m *model) notIdle(now time.Time) {
	if m.ended || m.flying() >= m.policy.Parallelism || m.begun() >= 2*m.policy.Parallelism || m.policy.MaxCalls > 0 && m.calls >= m.policy.MaxCalls {
		return
	}
	for _, key := range m.keys {
		it := m.byKey[key]
		if !m.free(it) {
			continue
		}
		if at := m.earliest(it); at.Before(now) && (m.closed.IsZero() || at.Before(m.closed)) {
			m.wrong("item %d could have started %v ago", key, now.Sub(at))
		}
	}
}

func (m *model) start(e Started, now time.Time) {
	it := m.byKey[e.Key]
	for _, key := range m.keys {
		if other := m.byKey[key]; key < e.Key && m.free(other) && !other.due.After(now) {
			m.wrong("item %d started before %d", e.Key, key)
		}
	}
	if !m.free(it) || now.Before(it.due) || now.Before(m.gate) || now.Before(m.pause) {
		m.wrong("item %d must not start: %+v", e.Key, it)
	}
	if m.ended || !m.closed.IsZero() && now.After(m.closed) {
		m.wrong("item %d started after the end", e.Key)
	}
	it.attempts++
	m.calls++
	m.inFlight++
	it.running = true
	m.gate = now.Add(m.policy.interval())
	if e.Attempt != it.attempts || it.attempts > m.policy.Attempts || m.flying() > m.policy.Parallelism || m.inFlight > 2*m.policy.Parallelism ||
		m.policy.MaxCalls > 0 && m.calls > m.policy.MaxCalls {
		m.wrong("%+v is one too many: %d calls, %d in flight", e, m.calls, m.inFlight)
	}
}

// flying is how many calls are in flight: those that were not answered with success.
func (m *model) flying() int {
	m.guard.mu.Lock()
	defer m.guard.mu.Unlock()
	return m.inFlight - len(m.guard.answered)
}

// begun is how many attempts, and withdrawals of one, have not ended.
func (m *model) begun() int {
	n := m.inFlight
	for key := range m.guard.refused {
		if m.byKey[key].result == nil {
			n++
		}
	}
	return n
}

func (m *model) end(key, attempt int, err error) *modelItem {
	m.guard.mu.Lock()
	delete(m.guard.answered, key)
	m.guard.mu.Unlock()
	it := m.byKey[key]
	if !it.running || it.attempts != attempt {
		m.wrong("item %d ended attempt %d: %+v", key, attempt, it)
	}
	it.running = false
	m.inFlight--
	m.account(it, err)
	return it
}

func (m *model) settle(res Result) {
	it := m.byKey[res.Key]
	if it.result != nil {
		m.wrong("settled twice: %+v", res)
	}
	if it.running {
		m.end(res.Key, res.Attempts, res.Err)
	}
	it.result = &res
	valid := res.Attempts == it.attempts
	switch res.Outcome {
	case Succeeded:
		valid = valid && res.Err == nil && !res.MayHaveLanded && res.Attempts > 0
	case Failed:
		valid = valid && res.Err != nil && res.Because == 0
	case NotAttempted:
		valid = valid && res.Err == nil && !res.MayHaveLanded && res.Attempts == 0 && res.Because != 0
	}
	if !valid {
		m.wrong("settled as %+v after %d attempts", res, it.attempts)
	}
}

// account notes the end of an attempt that ends the run.
func (m *model) account(it *modelItem, err error) {
	again := it.unauthorized
	it.unauthorized = false
	var halt *Halt
	var failure *provider.Error
	if errors.As(err, &halt) {
		m.ended = true
	} else if errors.As(err, &failure) {
		switch failure.Kind {
		case provider.KindQuota, provider.KindPasswordExpired, provider.KindTermsNotAccepted:
			m.ended = true
		case provider.KindUnauthorized:
			it.unauthorized = true
			if !failure.Renewed || again {
				m.ended = m.ended || m.unauthorized
				m.unauthorized = true
			}
		case provider.KindRateLimited:
			m.ended = m.ended || failure.RetryAfter > 10*time.Minute
		case provider.KindRejected, provider.KindNotFound, provider.KindTimeout, provider.KindBusy, provider.KindServer,
			provider.KindRedirect, provider.KindUnreachable, provider.KindInterrupted, provider.KindCanceled, provider.KindUnusable:
		}
	}
}

// check compares the report with what the events said.
func (m *model) check(report Report) {
	var keys []int
	for _, res := range report.Results {
		keys = append(keys, res.Key)
		it := m.byKey[res.Key]
		if it.result == nil || !reflect.DeepEqual(*it.result, res) {
			m.wrong("reported %+v, settled %+v", res, it.result)
		}
		switch res.Because {
		case BecauseFailed:
			if m.byKey[res.Of].result.Outcome != Failed || !m.leadsTo(it, res.Of, map[int]bool{}) {
				m.wrong("%+v does not depend on %d", res, res.Of)
			}
		case BecauseStopped:
			if report.Stop == nil {
				m.wrong("%+v, but the run did not stop", res)
			}
		case BecauseCycle:
			if !m.leadsToItself(it) {
				m.wrong("%+v leads to no cycle", res)
			}
		}
	}
	if !slices.Equal(keys, m.keys) {
		m.wrong("reported %v of %v", keys, m.keys)
	}
	if m.ended && report.Stop == nil {
		m.wrong("ended, but no stop was reported")
	}
	if report.Calls != m.calls {
		m.wrong("reported %d of %d calls", report.Calls, m.calls)
	}
}

// leadsTo tells whether the item depends, directly or not, on the key.
func (m *model) leadsTo(it *modelItem, key int, seen map[int]bool) bool {
	for _, other := range m.needs(it) {
		if other.Key == key {
			return true
		}
		if !seen[other.Key] {
			seen[other.Key] = true
			if m.leadsTo(other, key, seen) {
				return true
			}
		}
	}
	return false
}

func (m *model) leadsToItself(it *modelItem) bool {
	return slices.ContainsFunc(m.keys, func(key int) bool {
		return (key == it.Key || m.leadsTo(it, key, map[int]bool{})) && m.leadsTo(m.byKey[key], key, map[int]bool{})
	})
}
