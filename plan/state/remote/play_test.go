package remote_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

func device(n int) provider.Device { return entry(n, 0).Device }

// play does some of what a run can do: first what comes without a call, then calls.
func (r *turn) play() {
	if r.rng.IntN(4) == 0 && !r.operate() {
		return // it may have been done or not, and the session can only be closed
	}
	if r.rng.IntN(4) == 0 {
		r.rename()
	}
	for range 1 + r.rng.IntN(5) {
		switch r.rng.IntN(12) {
		case 0:
			r.forget()
		case 1:
			r.take()
		case 2:
			r.beRobbed()
		default:
			r.call()
		}
		if r.rng.IntN(3) == 0 {
			time.Sleep(6 * time.Second)
		}
		time.Sleep(2 * time.Second)
	}
}

func (r *turn) now() time.Time { return time.Now().Add(-r.m.slow) }

// some is any address that the run knows.
func (r *turn) some() (string, bool) {
	if len(r.known) == 0 {
		return "", false
	}
	return slices.Sorted(maps.Keys(r.known))[r.rng.IntN(len(r.known))], true
}

// at is where the run has the thermostat, else some place, which may be another's.
func (r *turn) at(n int) string {
	for _, address := range slices.Sorted(maps.Keys(r.known)) {
		if r.known[address] == device(n) {
			return address
		}
	}
	return fmt.Sprintf("thermostat.t%d", 1+r.rng.IntN(turnsAddresses))
}

func number(d provider.Device) int {
	for n := 1; ; n++ {
		if device(n) == d {
			return n
		}
	}
}

// stands notes that the run has the thermostat there from now on, and manages it.
// What it had there before is given up.
func (r *turn) stands(address string, n int) {
	r.tried(address, n)
	r.managed[n] = true
}

// tried notes that it may have it there.
func (r *turn) tried(address string, n int) {
	r.seen(address, n)
	if before, there := r.known[address]; there && before != device(n) {
		r.managed[number(before)] = false
	}
	r.known[address] = device(n)
}

// seen notes that others may have seen it there.
func (r *turn) seen(address string, n int) {
	if r.stood[address] == nil {
		r.stood[address] = map[int]bool{}
	}
	r.stood[address][n] = true
}

// gone notes that the run gave up what it has there.
func (r *turn) gone(address string) {
	r.managed[number(r.known[address])] = false
	delete(r.known, address)
}

// call adds, changes or gives up a thermostat, with a call that ends in any way.
func (r *turn) call() {
	n := 1 + r.rng.IntN(turnsHouse)
	address := r.at(n)
	e := entry(n, provider.Celsius(150+r.rng.IntN(100)))
	r.m.slow += time.Duration(r.rng.IntN(3)-1) * r.m.jumps
	e.At = r.now()
	if r.called[address] && r.known[address] != device(n) {
		return // one run has one thermostat at an address
	}
	remove := r.known[address] == device(n) && !r.called[address] && r.rng.IntN(3) == 0
	id, err := r.session.Intent(address, e, remove)
	if err != nil {
		r.say("  no call: %v", err)
		return
	}
	r.called[address] = true
	result := []state.CallResult{state.CallConfirmed, state.CallConfirmed, state.CallRejected, state.CallUnknown, ""}[r.rng.IntN(5)]
	if r.rng.IntN(3) == 0 {
		if id, err = r.wait(id, n, address, e, remove); err != nil {
			r.say("  taken back: %v", err)
			return
		}
	}
	if landed := result == state.CallConfirmed || result != state.CallRejected && r.rng.IntN(2) == 0; landed {
		r.house[n] = e.Settings.Setpoint
	}
	r.say("  %d: %s, thermostat %d, %s remove %t: %q at %s", r.number, address, n, e.Settings.Setpoint, remove, result, e.At.Format(time.TimeOnly))
	if result != "" {
		if err := r.session.Result(id, result, 200, r.now()); err != nil {
			r.say("  not recorded: %v", err)
		}
	}
	switch {
	case result == state.CallConfirmed && remove:
		r.gone(address)
	case result == state.CallConfirmed:
		r.stands(address, n)
	case result != state.CallRejected:
		r.tried(address, n)
	}
}

// wait lets an intent lie until the turn of its call has come; meanwhile the remote
// may be told of it, and others see it. Then it is taken back, and where the call may be
// made it has one of that time.
func (r *turn) wait(id uint64, n int, address string, e state.Entry, remove bool) (uint64, error) {
	r.seen(address, n)
	time.Sleep(time.Duration(r.rng.IntN(4)) * 3 * time.Second)
	if r.rng.IntN(3) == 0 {
		r.beRobbed()
	}
	if err := r.session.Result(id, state.CallRejected, 0, r.now()); err != nil {
		return 0, err
	}
	e.At = r.now()
	return r.session.Intent(address, e, remove)
}

// forget gives up without a call.
func (r *turn) forget() {
	address, ok := r.some()
	if !ok || r.called[address] { // a run does not take up and give up
		return
	}
	if err := r.session.Drop(address); err != nil {
		r.say("  not forgotten: %v", err)
		return
	}
	r.say("  %d: %s forgotten", r.number, address)
	r.gone(address)
}

// take imports a thermostat as it is.
func (r *turn) take() {
	n := 1 + r.rng.IntN(turnsHouse)
	has, set := r.house[n]
	address := r.at(n)
	if _, taken := r.known[address]; taken || !set {
		return
	}
	e := entry(n, has)
	e.Outcome, e.At = state.Observed, r.now()
	if err := r.session.Put(address, e); err != nil {
		r.say("  not imported: %v", err)
		return
	}
	r.called[address] = true
	r.say("  %d: %s, thermostat %d, imported at %s", r.number, address, n, has)
	r.stands(address, n)
}

// rename moves a thermostat in the journal, as a moved block does.
func (r *turn) rename() {
	from, ok := r.some()
	to := fmt.Sprintf("thermostat.t%d", 1+r.rng.IntN(turnsAddresses))
	if _, taken := r.known[to]; taken || !ok {
		return
	}
	if err := r.session.Rename(from, to); err != nil {
		r.say("  not renamed: %v", err)
		return
	}
	r.moved(from, to)
}

func (r *turn) moved(from, to string) {
	r.say("  %d: %s is %s now", r.number, from, to)
	was := r.known[from]
	delete(r.known, from)
	r.tried(to, number(was))
}

// operate is state mv, rm, pull or push; false where it failed.
func (r *turn) operate() bool {
	from, ok := r.some()
	to := fmt.Sprintf("thermostat.t%d", 1+r.rng.IntN(turnsAddresses))
	_, taken := r.known[to]
	switch what := r.rng.IntN(4); {
	case what == 0 && ok && !taken:
		next, _, err := r.session.State().Move(from, to)
		r.moved(from, to) // or not, where it fails
		return err == nil && r.replace(next)
	case what == 1 && ok:
		next, _, err := r.session.State().Remove(from)
		r.gone(from) // or not, where it fails
		r.say("  %d: %s to be removed", r.number, from)
		return err == nil && r.replace(next)
	case what == 2:
		content, err := state.Encode(r.session.State())
		if err != nil {
			r.t.Fatal(err)
		}
		r.say("  %d: pulled", r.number)
		r.pulled = content
	case r.pulled != nil:
		return r.push()
	}
	return true
}

func (r *turn) replace(next *state.State) bool {
	_, err := r.session.Replace(next)
	if err != nil {
		r.say("  not done: %v", err)
	}
	return err == nil
}

// push puts back what was pulled, if nobody changed it since.
func (r *turn) push() bool {
	next, err := state.Decode("pulled", r.pulled)
	if err != nil {
		r.t.Fatal(err)
	}
	if now := r.session.State(); next.Serial != now.Serial || !next.Same(now) {
		return true
	}
	for _, address := range slices.Sorted(maps.Keys(next.Thermostats)) { // as somebody who edits it does
		delete(next.Thermostats, address)
		next.Serial++
		break
	}
	for address, is := range r.known {
		if next.Thermostats[address].Device != is {
			r.gone(address)
		}
	}
	r.say("  %d: to be pushed", r.number)
	_, err = r.session.Push(next, false)
	return err == nil
}

// beRobbed lets somebody force the lock, and another machine have a whole turn.
func (r *turn) beRobbed() {
	for n, m := range r.machines {
		if !m.busy {
			r.say("  %d: robbed", r.number)
			r.force()
			r.turns.take(n)
			return
		}
	}
}
