//go:build unix

package cli_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"setpoint/internal/cli"
	"setpoint/internal/durable"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/simulator"
)

const (
	crashSize    = 60             // thermostats declared, at first
	crashModules = 66             // thermostats that there are
	crashZone    = "Asia/Kolkata" // its clocks never change, which would hold back boosts
)

func moduleID(n int) string { return fmt.Sprintf(crashModule, n) }

// wanted is one thermostat block.
type wanted struct {
	module   int
	settings provider.Settings // a boost without interval
}

// onRemove is what a thermostat is left at: a third of them have such a block.
func onRemove(module int) *provider.Settings {
	if module%3 != 0 {
		return nil
	}
	return &provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 2 + module%7}
}

// crashHouse is a folder with configuration and state, its cloud, and what the
// test knows of both.
type crashHouse struct {
	t     *testing.T
	rng   *rand.Rand
	dir   string
	cloud *crashCloud
	// states is where the state is kept; nil: in a file.
	states *crashStates
	tally  tally
	usual  time.Duration // that a run takes

	environ  []string // of the runs to come, beside the usual
	runs     int
	declared map[string]wanted              // by the name of the block
	settled  map[string]wanted              // as of the last run that did everything
	dirty    map[int]bool                   // modules that were declared otherwise since then
	names    int                            // given so far
	wishes   map[string][]provider.Settings // by module, since then

	seen    map[string]certainty // by address, at the last check
	lost    map[string]int       // by module: calls that had arrived when it was last in flight at a kill
	dropped map[string]int       // by module: calls that had arrived when it was last rightly without an entry
	// Of the present configuration, by module: calls answered 2xx when it began,
	// and kills since with a call in flight.
	before, lostNow map[string]int
}

func newCrashHouse(t *testing.T, rng *rand.Rand, latency time.Duration, faults []simulator.Fault) *crashHouse {
	t.Helper()
	h := &crashHouse{
		t: t, rng: rng, dir: t.TempDir(),
		cloud:    newCrashCloud(t, simulator.Options{Latency: latency, Faults: faults}, crashZone, crashModules),
		declared: map[string]wanted{}, settled: map[string]wanted{}, dirty: map[int]bool{},
		wishes: map[string][]provider.Settings{}, seen: map[string]certainty{}, lost: map[string]int{}, dropped: map[string]int{},
	}
	for n := 1; n <= crashSize; n++ {
		h.declared[h.newName()] = wanted{n, h.randomSettings()}
	}
	return h
}

func (h *crashHouse) newName() string {
	h.names++
	return fmt.Sprintf("t%d", h.names)
}

func (h *crashHouse) randomSettings() provider.Settings {
	s := provider.Settings{Function: provider.Heating, Mode: provider.Modes()[h.rng.IntN(5)]}
	switch s.Mode {
	case provider.Automatic:
		s.Program = h.rng.IntN(12)
	case provider.Manual:
		s.Setpoint = provider.Celsius(150 + h.rng.IntN(100))
	case provider.Boost:
		s.BoostMinutes = provider.BoostDurations()[h.rng.IntN(3)]
	case provider.Off, provider.Protection:
	}
	if s.Mode.Allows(provider.FieldUntil) && h.rng.IntN(2) == 0 {
		s.End = localTime(h.t, fmt.Sprintf("20%d-01-06T18:00:00", 80+h.rng.IntN(20)))
	}
	return s
}

// change declares another house: some thermostats anew, some blocks gone, some
// new, one renamed. Blocks go and are renamed only where their thermostat has
// certainly arrived under that name.
func (h *crashHouse) change() {
	names := slices.Sorted(maps.Keys(h.declared))
	h.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:10+h.rng.IntN(25)] {
		w := h.declared[name]
		w.settings = h.randomSettings()
		h.declared[name] = w
	}
	arrived := slices.DeleteFunc(names, func(name string) bool { return h.settled[name].module != h.declared[name].module })
	for i, name := range arrived[:min(3, len(arrived))] {
		w := h.declared[name]
		delete(h.declared, name)
		if i == 2 {
			h.declared[h.newName()] = w
		}
	}
	used := map[int]bool{}
	for _, w := range h.declared {
		used[w.module] = true
	}
	free := h.rng.Perm(crashModules)
	for _, i := range free {
		if module := i + 1; !used[module] && len(h.declared) < crashSize {
			h.declared[h.newName()] = wanted{module, h.randomSettings()}
		}
	}
}

// write makes the configuration the declared one, and begins its account.
func (h *crashHouse) write() {
	h.t.Helper()
	var b strings.Builder
	b.WriteString(h.states.block())
	fmt.Fprintf(&b, `provider "smarther" {
  endpoint    = %q
  time_zone   = %q
  rate_limit  = 0
  parallelism = %d
  retry {
    attempts  = 3
    min_wait  = "1ms"
    max_wait  = "3ms"
    busy_wait = "2ms"
  }
}

plant "home" {
  id       = %q
  function = "heating"
}
`, h.cloud.endpoint(), crashZone, crashParallel, crashPlant)
	for _, name := range slices.Sorted(maps.Keys(h.declared)) {
		w := h.declared[name]
		fmt.Fprintf(&b, "\nthermostat %q {\n  plant_id = plant.home.id\n  module_id = %q\n%s", name, moduleID(w.module), settingsHCL(w.settings))
		if left := onRemove(w.module); left != nil {
			fmt.Fprintf(&b, "  on_remove {\n%s  }\n", settingsHCL(*left))
		}
		b.WriteString("}\n")
	}
	if err := os.WriteFile(filepath.Join(h.dir, "main.hcl"), []byte(b.String()), 0o600); err != nil {
		h.t.Fatal(err)
	}
	for name, was := range h.settled {
		if h.declared[name] != was {
			h.dirty[was.module] = true
		}
	}
	for name, is := range h.declared {
		h.wishes[moduleID(is.module)] = append(h.wishes[moduleID(is.module)], is.settings)
		if h.settled[name] != is {
			h.dirty[is.module] = true
		}
	}
	h.before, h.lostNow = h.confirmed(), map[string]int{}
}

func settingsHCL(s provider.Settings) string {
	text := fmt.Sprintf("  mode = %q\n", s.Mode)
	switch s.Mode {
	case provider.Automatic:
		text += fmt.Sprintf("  program = %d\n", s.Program)
	case provider.Manual:
		text += fmt.Sprintf("  setpoint = %s\n", s.Setpoint)
	case provider.Boost:
		text += fmt.Sprintf("  boost_minutes = %d\n", s.BoostMinutes)
	case provider.Off, provider.Protection:
	}
	if !s.End.IsZero() {
		text += fmt.Sprintf("  until = %q\n", s.End)
	}
	return text
}

// settle begins a new account: everything is as declared.
func (h *crashHouse) settle() {
	h.tally.completed++
	h.settled = maps.Clone(h.declared)
	h.countExtra()
	clear(h.dirty)
	clear(h.wishes)
	h.before, h.lostNow = h.confirmed(), map[string]int{}
}

// confirmed counts the calls answered 2xx, by module.
func (h *crashHouse) confirmed() map[string]int {
	counts := map[string]int{}
	for module, calls := range h.cloud.writes(h.t) {
		for _, c := range calls {
			if c.confirmed() {
				counts[module]++
			}
		}
	}
	return counts
}

// path is that of the state file, or of the working copy of a remote one.
func (h *crashHouse) path() string {
	if h.states == nil {
		return filepath.Join(h.dir, "setpoint.state.json")
	}
	return h.states.copyIn(h.dir)
}

func (h *crashHouse) store() *state.Store {
	if h.states == nil {
		return state.NewStore(durable.OS(), h.path(), cli.Version)
	}
	return h.states.store(h.t, h.path())
}

// start runs the program; each run has an access token of its own.
func (h *crashHouse) start(args ...string) *process {
	h.t.Helper()
	h.runs++
	return startProgram(h.t, h.dir, h.token(), h.environ, args...)
}

func (h *crashHouse) token() string { return fmt.Sprintf("run-%d", h.runs) }

// chooseMoment is when the next run is killed: the function waits for it.
func (h *crashHouse) chooseMoment() func(*process) {
	shortly := time.Duration(h.rng.Int64N(int64(4 * time.Millisecond)))
	most := time.Duration(h.rng.Int64N(int64(h.usual * 11 / 10)))
	calls := 1 + h.rng.IntN(len(h.dirty)+1)
	arrived := func(n int) bool { return h.cloud.servedTo(h.token()) >= n }
	was, _ := os.Stat(h.path() + ".backup") // nil: none yet
	replaced := func() bool {
		is, err := os.Stat(h.path() + ".backup")
		return err == nil && (was == nil || !os.SameFile(was, is))
	}
	switch h.rng.IntN(10) {
	case 0: // early
		return func(p *process) { p.pause(most / 4) }
	case 1, 2, 3, 4: // in the calls, wherever they begin
		return func(p *process) {
			p.until(func() bool { return arrived(calls) })
			p.pause(shortly)
		}
	case 5: // when the state is replaced, at the start or at the end
		return func(p *process) {
			p.until(replaced)
			p.pause(shortly)
		}
	case 6, 7: // at the end
		return func(p *process) {
			p.until(func() bool { return arrived(1) })
			was, _ = os.Stat(h.path() + ".backup")
			p.until(replaced)
			p.pause(shortly)
		}
	}
	return func(p *process) { p.pause(most) }
}

// temporaries counts what killed replacements left beside the state.
func (h *crashHouse) temporaries() int {
	left, err := filepath.Glob(filepath.Join(h.dir, ".*.tmp"))
	if err != nil {
		h.t.Fatal(err)
	}
	return len(left)
}
