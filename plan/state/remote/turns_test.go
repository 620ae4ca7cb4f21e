package remote_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

var (
	turnsGames = flag.Uint64("turns.games", 60, "how many games TestTurns plays with each clock")
	turnsSeed  = flag.Uint64("turns.seed", 0, "the first of its seeds")
)

// machine is a clone of the configuration: a folder, and a clock of its own.
type machine struct {
	dir   string
	slow  time.Duration // its clock is behind by
	jumps time.Duration // between runs
	busy  bool          // it has a run
}

// turn is one run of a machine, against the network as it is for this run.
type turn struct {
	*turns
	m       *machine
	number  int
	session *state.Session
	known   map[string]provider.Device // where this run takes thermostats to be
	called  map[string]bool            // addresses that it called
}

// turns are the runs of several machines after each other, each ended, cut off or
// killed somewhere, its lock then forced; and what the house is in by now.
type turns struct {
	t        *testing.T
	rng      *rand.Rand
	states   *wire
	machines []*machine
	house    map[int]provider.Celsius // what the thermostat has; none: never set
	managed  map[int]bool             // the last that was done was not to give it up
	stood    map[string]map[int]bool  // which thermostats ever stood at an address
	pulled   []byte                   // what somebody once pulled; nil: nothing
	log      []string
}

// The thermostats of the house, and the addresses that they may stand at.
const (
	turnsHouse     = 4
	turnsAddresses = 6
)

func (x *turns) say(format string, args ...any) { x.log = append(x.log, fmt.Sprintf(format, args...)) }

func (x *turns) take(n int) {
	m := x.machines[n%len(x.machines)]
	m.slow += time.Duration(x.rng.IntN(3)-1) * m.jumps
	w := &wire{handler: x.states.handler}
	x.say("turn %d: machine %d, %s behind", n, n%len(x.machines), m.slow)
	if x.rng.IntN(2) == 0 {
		w.at, w.lasting = 4+x.rng.IntN(8), true
		kinds := []string{"reset before", "reset after", "no answer, done"}
		w.fault = faults()[kinds[x.rng.IntN(len(kinds))]]
		if x.rng.IntN(3) == 0 {
			w.at = 1 + x.rng.IntN(4)
		}
	}
	seen := read(x.t, x.states.store(x.t, m.dir))
	s, err := tryOpen(w.store(x.t, m.dir))
	if err == nil && !s.Absent() && !s.State().Same(seen.State) {
		x.t.Errorf("turn %d takes up something else than was read before", n)
	}
	if err != nil {
		x.say("  not opened: %v", err)
		x.force()
		return
	}
	m.busy = true
	defer func() { m.busy = false }()
	r := &turn{x, m, n, s, map[string]provider.Device{}, map[string]bool{}}
	for address, e := range s.State().Thermostats {
		r.known[address] = e.Device
	}
	r.play()
	if x.rng.IntN(2) == 0 {
		x.say("  killed %d", n)
		m.dir = folderAfterCrash(x.t, m.dir)
		w.mu.Lock()
		w.at, w.lasting, w.fault = 1, true, faults()["reset before"]
		w.mu.Unlock()
	}
	saved, err := s.Close() // of a killed run only to end it
	x.say("  closed %d: saved %t, %v", n, saved != nil, err)
	x.force()
}

// force ends whatever lock is left.
func (x *turns) force() { x.states.do("UNLOCK", "/house", "") }

// settle lets each machine take up what it left, and holds the state against the
// house.
func (x *turns) settle() {
	for n, m := range x.machines {
		now := closed(x.t, open(x.t, x.states.store(x.t, m.dir)))
		x.say("machine %d has taken up what it left:", n)
		for _, address := range slices.Sorted(maps.Keys(now.Thermostats)) {
			e := now.Thermostats[address]
			x.say("  %s, thermostat %d, %s %s at %s", address, number(e.Device), e.Outcome, e.Settings.Setpoint, e.At.Format(time.TimeOnly))
		}
	}
	final := read(x.t, x.states.store(x.t, x.t.TempDir())).State
	known := map[string]bool{}
	for address, e := range final.Thermostats {
		known[e.Device.ModuleID] = true
		for n := 1; n <= turnsHouse; n++ {
			if e.Device == device(n) && e.Outcome != state.Unknown && e.Settings.Setpoint != x.house[n] {
				x.t.Errorf("%s, thermostat %d, is called %s at %s, but has %s", address, n, e.Outcome, e.Settings.Setpoint, x.house[n])
			}
		}
	}
	for n := 1; n <= turnsHouse; n++ {
		if !known[device(n).ModuleID] && x.managed[n] && !x.contested(n) {
			x.t.Errorf("thermostat %d is forgotten, but has %s", n, x.house[n])
		}
	}
}

// contested tells whether another thermostat ever stood where this one did: then
// one of the two may have had to go.
func (x *turns) contested(n int) bool {
	for _, stood := range x.stood {
		if stood[n] && len(stood) > 1 {
			return true
		}
	}
	return false
}

// TestTurns: machines whose clocks differ and jump take turns, in which anything may
// be cut off or killed, and a lock forced from a run that lives. When both have taken up what they left, the state calls
// nothing confirmed that the house has not, and forgets nothing.
func TestTurns(t *testing.T) {
	for _, slow := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		for seed := range *turnsGames {
			seed += *turnsSeed
			synctest.Test(t, func(t *testing.T) {
				x := &turns{t: t, rng: rand.New(rand.NewPCG(seed, uint64(slow))), states: newWire(t), house: map[int]provider.Celsius{}, managed: map[int]bool{}, stood: map[string]map[int]bool{}}
				x.machines = []*machine{{dir: t.TempDir()}, {dir: t.TempDir(), slow: slow}, {dir: t.TempDir(), jumps: slow}}[:2+x.rng.IntN(2)]
				for n := range 2 + x.rng.IntN(5) {
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
