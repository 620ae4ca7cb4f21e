package remote_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

// machine is a clone of the configuration: a folder, and a clock of its own.
type machine struct {
	dir  string
	slow time.Duration // its clock is behind by
}

// turn is one run of a machine, against the network as it is for this run.
type turn struct {
	*turns
	m       *machine
	wire    *wire
	session *state.Session
}

// turns are the runs of several machines after each other, each ended, cut off or
// killed somewhere, its lock then forced; and what the house is in by now.
type turns struct {
	t        *testing.T
	rng      *rand.Rand
	states   *wire
	machines []*machine
	house    map[int]provider.Celsius // what the thermostat has; none: never set
	managed  map[int]bool             // the last that was done was not to remove it
	log      []string
}

const turnsHouse = 4

func (x *turns) say(format string, args ...any) { x.log = append(x.log, fmt.Sprintf(format, args...)) }

func (x *turns) take(n int) {
	m := x.machines[n%len(x.machines)]
	w := &wire{handler: x.states.handler}
	x.say("turn %d: machine %d", n, n%len(x.machines))
	if x.rng.IntN(2) == 0 {
		w.at, w.lasting = 4+x.rng.IntN(8), true
		kinds := []string{"reset before", "reset after", "no answer, done"}
		w.fault = faults()[kinds[x.rng.IntN(len(kinds))]]
		if x.rng.IntN(3) == 0 {
			w.at = 1 + x.rng.IntN(4)
		}
	}
	s, err := tryOpen(w.store(x.t, m.dir))
	if err != nil {
		x.say("  not opened: %v", err)
		x.force()
		return
	}
	r := &turn{x, m, w, s}
	r.play()
	if x.rng.IntN(2) == 0 {
		x.say("  killed")
		m.dir = folderAfterCrash(x.t, m.dir)
		w.mu.Lock()
		w.at, w.lasting, w.fault = 1, true, faults()["reset before"]
		w.mu.Unlock()
	}
	saved, err := s.Close() // of a killed run only to end it
	x.say("  closed: saved %t, %v", saved != nil, err)
	x.force()
}

// force ends whatever lock is left.
func (x *turns) force() { x.states.do("UNLOCK", "/house", "") }

func (r *turn) play() {
	for range 1 + r.rng.IntN(5) {
		n := 1 + r.rng.IntN(turnsHouse)
		at := time.Now().Add(-r.m.slow)
		e := entry(n, provider.Celsius(150+r.rng.IntN(100)))
		e.At = at
		address := fmt.Sprintf("thermostat.t%d", n)
		_, known := r.session.State().Thermostats[address]
		remove := known && r.rng.IntN(3) == 0
		id, err := r.session.Intent(address, e, remove)
		if err != nil {
			r.say("  no call: %v", err)
			continue
		}
		result := []state.CallResult{state.CallConfirmed, state.CallConfirmed, state.CallRejected, state.CallUnknown, ""}[r.rng.IntN(5)]
		if landed := result == state.CallConfirmed || result != state.CallRejected && r.rng.IntN(2) == 0; landed {
			r.house[n] = e.Settings.Setpoint
		}
		if result == state.CallConfirmed {
			r.managed[n] = !remove
		}
		r.say("  %s %s remove %t: %q at %s", address, e.Settings.Setpoint, remove, result, at.Format(time.TimeOnly))
		if result != "" {
			if err := r.session.Result(id, result, 200, at); err != nil {
				r.say("  not recorded: %v", err)
			}
		}
		if r.rng.IntN(3) == 0 {
			time.Sleep(6 * time.Second)
		}
		time.Sleep(2 * time.Second)
	}
}

// settle lets each machine take up what it left, and holds the state against the
// house.
func (x *turns) settle() {
	for _, m := range x.machines {
		closed(x.t, open(x.t, x.states.store(x.t, m.dir)))
	}
	final := read(x.t, x.states.store(x.t, x.t.TempDir())).State
	for n := 1; n <= turnsHouse; n++ {
		address := fmt.Sprintf("thermostat.t%d", n)
		e, known := final.Thermostats[address]
		if known && e.Outcome == state.Confirmed && e.Settings.Setpoint != x.house[n] {
			x.t.Errorf("%s is called confirmed at %s, but has %s", address, e.Settings.Setpoint, x.house[n])
		}
		if !known && x.managed[n] {
			x.t.Errorf("%s is forgotten, but has %s", address, x.house[n])
		}
	}
}

// TestTurns: two machines whose clocks differ take turns, in which anything may be
// cut off or killed. When both have taken up what they left, the state calls
// nothing confirmed that the house has not, and forgets nothing.
func TestTurns(t *testing.T) {
	const games = 60
	for _, slow := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		for seed := range uint64(games) {
			synctest.Test(t, func(t *testing.T) {
				x := &turns{t: t, rng: rand.New(rand.NewPCG(seed, uint64(slow))), states: newWire(t), house: map[int]provider.Celsius{}, managed: map[int]bool{}}
				x.machines = []*machine{{dir: t.TempDir()}, {dir: t.TempDir(), slow: slow}}
				for n := range 2 + x.rng.IntN(4) {
					x.take(n)
				}
				x.settle()
				if t.Failed() {
					t.Fatalf("clock behind by %s, seed %d:\n%s", slow, seed, strings.Join(x.log, "\n"))
				}
			})
			if t.Failed() {
				return
			}
		}
	}
}
