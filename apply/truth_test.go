package apply_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/config"
	"setpoint/config/address"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// TestTruth runs random plans against a house that answers at random, breaks
// the run off at random, and holds what account and state say against what the
// house knows. A run that nothing disturbs must then make the house as wanted,
// and leave nothing to plan.
func TestTruth(t *testing.T) {
	const seeds = 60
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				at(t, "2026-06-10T10:00:00Z")
				f := &fate{T: t, rng: rand.New(rand.NewPCG(seed, 1)), seed: seed, set: map[provider.Device]provider.Settings{}, read: map[provider.Device]provider.Settings{}}
				path := filepath.Join(t.TempDir(), "state.json")
				for range 2 + f.rng.IntN(2) {
					path = f.generation(path)
				}
				f.heal(path)
			})
		})
	}
}

// fate is a house and what it is told.
type fate struct {
	*testing.T
	rng    *rand.Rand // of the goroutine that makes the runs
	seed   uint64
	wanted []config.Thermostat
	moves  []config.Move
	asked  []config.Import

	mu       sync.Mutex
	read     map[provider.Device]provider.Settings // what each said last
	set      map[provider.Device]provider.Settings // what each thermostat really has
	received map[provider.Device]int               // calls of this run
	landed   map[provider.Device]int               // those that took effect
	answered map[provider.Device]provider.Settings // those answered 2xx
	kind     bool                                  // every call succeeds at once
	dead     bool                                  // the process that calls is
	calls    uint64
}

// Set lets a random time pass and something happen.
func (f *fate) Set(ctx context.Context, d provider.Device, s provider.Settings) error {
	return f.answer(ctx, d, s, false)
}

func (f *fate) answer(ctx context.Context, d provider.Device, s provider.Settings, reads bool) error {
	f.mu.Lock()
	if f.dead || ctx.Err() != nil {
		f.mu.Unlock()
		return &provider.Error{Kind: provider.KindCanceled, Err: context.Canceled}
	}
	f.calls++
	f.received[d]++
	rng := rand.New(rand.NewPCG(f.seed, 2+f.calls))
	f.mu.Unlock()
	if f.kind {
		return f.end(nil, !reads, d, s)
	}
	select {
	case <-time.After(time.Duration(rng.IntN(20000)) * time.Millisecond):
	case <-ctx.Done():
		return f.end(&provider.Error{Kind: provider.KindCanceled, MayHaveLanded: !reads, Err: ctx.Err()}, !reads && rng.IntN(2) == 0, d, s)
	}
	kinds := []provider.Kind{
		provider.KindTimeout, provider.KindServer, provider.KindInterrupted, provider.KindServer, provider.KindUnusable,
		provider.KindRejected, provider.KindNotFound, provider.KindBusy, provider.KindRateLimited, provider.KindUnreachable,
		provider.KindUnauthorized, provider.KindQuota,
	}
	n := rng.IntN(24)
	if n >= len(kinds) {
		return f.end(nil, !reads, d, s)
	}
	err := fault(kinds[n])
	return f.end(err, !reads && err.MayHaveLanded && rng.IntN(2) == 0, d, s)
}

func (f *fate) end(failed *provider.Error, landed bool, d provider.Device, s provider.Settings) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead && failed == nil { // the answer reaches nobody
		failed = fault(provider.KindInterrupted)
	}
	if landed {
		f.set[d] = s
		f.landed[d]++
	}
	if failed != nil {
		return failed
	}
	if s.Mode != "" { // else it was only read
		f.answered[d] = s
	}
	return nil
}

// Get answers what the thermostat has: of a boost the end alone.
func (f *fate) Get(ctx context.Context, d provider.Device) (provider.Status, error) {
	if err := f.answer(ctx, d, provider.Settings{}, true); err != nil {
		return provider.Status{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.set[d]
	if !ok {
		s = manual(155)
		f.set[d] = s
	}
	s.Start, s.BoostMinutes = provider.LocalTime{}, 0
	f.read[d] = s
	return provider.Status{Settings: s}, nil
}

// want writes a random configuration and reads it.
func (f *fate) want() {
	f.Helper()
	var b strings.Builder
	b.WriteString("provider \"smarther\" {\n  time_zone = \"Europe/Rome\"\n}\n")
	var declared []string
	f.moves = nil
	for i := range 8 {
		if f.rng.IntN(5) == 0 {
			continue
		}
		names := []string{fmt.Sprintf("t%d_a", i), fmt.Sprintf("t%d_b", i)}
		f.rng.Shuffle(2, func(x, y int) { names[x], names[y] = names[y], names[x] })
		name := names[0]
		if f.rng.IntN(4) > 0 { // else it is forgotten under the one name and added under the other
			f.moves = append(f.moves, f.move(names[1], name))
		}
		fmt.Fprintf(&b, "thermostat %q {\n  plant_id  = %q\n  module_id = %q\n  function  = \"heating\"\n", name,
			device("").PlantID, device(fmt.Sprint("t", i, f.rng.IntN(10)/9)).ModuleID)
		b.WriteString(f.mode(true))
		if f.rng.IntN(2) == 0 {
			b.WriteString("  on_remove {\n" + f.mode(false) + "  }\n")
		}
		if len(declared) > 0 && f.rng.IntN(3) == 0 {
			fmt.Fprintf(&b, "  depends_on = [thermostat.%s]\n", declared[f.rng.IntN(len(declared))])
		}
		b.WriteString("}\n")
		declared = append(declared, name)
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(b.String()), 0o600); err != nil {
		f.Fatal(err)
	}
	c, problems := config.Load(config.Options{Dir: dir, Now: time.Now(), Version: "0.1.0"})
	if problems.HasErrors() {
		f.Fatalf("%v\n%s", problems, b.String())
	}
	f.wanted, f.asked = c.Thermostats, nil
	for _, w := range f.wanted {
		if f.rng.IntN(4) == 0 {
			f.asked = append(f.asked, config.Import{To: w.Address, Device: w.Device})
		}
	}
}

func (f *fate) move(from, to string) config.Move {
	f.Helper()
	var m config.Move
	var problems [2]error
	m.From, problems[0] = address.ParseGroup("thermostat." + from)
	m.To, problems[1] = address.ParseGroup("thermostat." + to)
	if err := errors.Join(problems[:]...); err != nil {
		f.Fatal(err)
	}
	return m
}

func (f *fate) mode(temporary bool) string {
	text := ""
	switch n := f.rng.IntN(5); {
	case n == 0:
		return fmt.Sprintf("  mode = \"automatic\"\n  program = %d\n", f.rng.IntN(3))
	case n == 1 && temporary:
		return fmt.Sprintf("  mode = \"boost\"\n  boost_minutes = %d\n", []int{30, 60, 90}[f.rng.IntN(3)])
	case n == 2:
		text = "  mode = \"protection\"\n"
	default:
		text = fmt.Sprintf("  mode = \"manual\"\n  setpoint = %d\n", 18+f.rng.IntN(3))
	}
	if temporary && f.rng.IntN(3) == 0 {
		end := time.Now().Add(time.Duration(1+f.rng.IntN(30)) * 2 * time.Minute)
		text += fmt.Sprintf("  until = %q\n", end.UTC().Format(time.RFC3339))
	}
	return text
}

func (f *fate) plan(s *state.Session) *plan.Plan {
	f.Helper()
	c := &config.Config{Thermostats: f.wanted, Moves: f.moves, Imports: f.asked}
	c.Provider.Retry.Attempts = 3
	p, _ := plan.Make(plan.Input{Config: c, State: s.State(), Absent: s.Absent(), Now: time.Now()})
	return p
}

// killer is a journal that copies the record's folder after some record, which
// is what a process killed at that moment leaves behind.
type killer struct {
	*state.Session
	mu     sync.RWMutex
	left   int
	strike func()
}

func (k *killer) after(err error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left--; k.left == 0 {
		k.strike()
	}
	return err
}

func (k *killer) quietly(record func() error) error {
	k.mu.RLock()
	err := record()
	k.mu.RUnlock()
	return k.after(err)
}

func (k *killer) Intent(address string, e state.Entry, remove bool) (id uint64, err error) {
	err = k.quietly(func() error {
		id, err = k.Session.Intent(address, e, remove)
		return err
	})
	return id, err
}

func (k *killer) Result(id uint64, result state.CallResult, status int, at time.Time) error {
	return k.quietly(func() error { return k.Session.Result(id, result, status, at) })
}

func (k *killer) Put(address string, e state.Entry) error {
	return k.quietly(func() error { return k.Session.Put(address, e) })
}

func (k *killer) Drop(address string) error {
	return k.quietly(func() error { return k.Session.Drop(address) })
}

func (k *killer) Rename(from, to string) error {
	return k.quietly(func() error { return k.Session.Rename(from, to) })
}

// generation makes one disturbed run and returns the record it leaves.
func (f *fate) generation(path string) string {
	f.Helper()
	f.want()
	session := reopen(f.T, state.NewStore(durable.OS(), path, "test"))
	p := f.plan(session)
	before := session.State().Thermostats
	f.received, f.landed, f.dead = map[provider.Device]int{}, map[provider.Device]int{}, false
	f.answered = map[provider.Device]provider.Settings{}
	drain, stop := context.WithCancel(f.Context())
	calls, kill := context.WithCancel(f.Context())
	defer kill()
	defer stop()

	var answered map[provider.Device]provider.Settings
	left := filepath.Join(f.TempDir(), "state.json")
	k := &killer{Session: session}
	k.strike = func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := os.CopyFS(filepath.Dir(left), os.DirFS(filepath.Dir(path))); err != nil {
			f.Error(err)
		}
		f.dead = true
		answered = map[provider.Device]provider.Settings{}
		for d, s := range f.answered {
			answered[d] = s
		}
		kill()
	}
	switch f.rng.IntN(4) {
	case 0: // interrupted, at first politely
		patience := time.Duration(f.rng.IntN(90)) * time.Second
		defer time.AfterFunc(patience, stop).Stop()
		defer time.AfterFunc(patience+time.Duration(f.rng.IntN(20))*time.Second, kill).Stop()
	case 1: // left in peace
	default:
		k.left = 1 + f.rng.IntN(30)
	}
	parallelism := 1 + f.rng.IntN(4)
	account := apply.Run(drain, calls, apply.Input{Plan: p, Provider: f, Journal: k, Policy: dispatch.Policy{
		Parallelism: parallelism, Attempts: 3, MinWait: time.Second, MaxWait: 30 * time.Second, BusyWait: 30 * time.Second,
		Rand: f.rng.Float64,
	}})
	final := closeSession(f.T, session)
	if answered == nil {
		f.checkAccount(p, account)
		f.checkState(p, before, final.Thermostats, f.answered, 0)
		return path
	}
	return f.survivor(p, before, left, answered, 2*parallelism) // in flight but not sent yet, and ahead of that
}

// survivor opens what a killed run left and checks it.
func (f *fate) survivor(p *plan.Plan, before map[string]state.Entry, path string, answered map[provider.Device]provider.Settings, doubts int) string {
	f.Helper()
	session := reopen(f.T, state.NewStore(durable.OS(), path, "test"))
	f.checkState(p, before, session.State().Thermostats, answered, doubts)
	closeSession(f.T, session)
	return path
}
