package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"setpoint/apply"
	"setpoint/config/address"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// device is one of its own for every name.
func device(name string) provider.Device {
	return provider.Device{
		PlantID:  "00000000-0000-4000-8000-000000000001",
		ModuleID: fmt.Sprintf("00000000-0000-4000-8000-%012x", name),
	}
}

func manual(tenths provider.Celsius) provider.Settings {
	return provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: tenths}
}

func boost(minutes int) provider.Settings {
	return provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: minutes}
}

// add is a step that sets a thermostat for the first time.
func add(name string, s provider.Settings, dependsOn ...string) plan.Step {
	return plan.Step{
		Address: address.Address{Name: name}, Action: plan.Add, Call: true, Device: device(name), After: &s, DependsOn: dependsOn,
	}
}

func noOp(name string, dependsOn ...string) plan.Step {
	step := add(name, manual(200), dependsOn...)
	step.Action, step.Call = plan.NoOp, false
	return step
}

func confirmed(name string, s provider.Settings) state.Entry {
	return state.Entry{Device: device(name), Settings: s, Outcome: state.Confirmed, At: time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)}
}

func forget(name string) plan.Step {
	before := confirmed(name, manual(70))
	return plan.Step{Address: address.Address{Name: name}, Action: plan.Forget, Device: device(name), Before: &before}
}

func destroy(name string, left provider.Settings) plan.Step {
	step := add(name, left)
	before := confirmed(name, manual(70))
	before.OnRemove = &left
	step.Action, step.Before, step.OnRemove = plan.Destroy, &before, &left
	return step
}

// record is a step that changes only what to leave behind.
func record(name string, onRemove provider.Settings, dependsOn ...string) plan.Step {
	before := confirmed(name, manual(200))
	step := noOp(name, dependsOn...)
	step.Action, step.Reason, step.Before, step.OnRemove = plan.Change, plan.ReasonRecord, &before, &onRemove
	return step
}

// answer is what an attempt meets: nil is 200.
type answer struct {
	after time.Duration
	err   error
}

func now(err error) answer   { return answer{0, err} }
func soon(err error) answer  { return answer{900 * time.Millisecond, err} }
func later(err error) answer { return answer{10 * time.Second, err} }

// fault has the status codes and the certainty that the cloud's answers have.
func fault(kind provider.Kind) *provider.Error {
	status := map[provider.Kind]int{
		provider.KindRejected: 400, provider.KindUnauthorized: 401, provider.KindQuota: 403, provider.KindNotFound: 404,
		provider.KindTimeout: 408, provider.KindRateLimited: 429, provider.KindPasswordExpired: 469,
		provider.KindTermsNotAccepted: 470, provider.KindBusy: 486, provider.KindServer: 502, provider.KindRedirect: 302, provider.KindUnusable: 199,
	}
	landed := slices.Contains([]provider.Kind{provider.KindTimeout, provider.KindServer, provider.KindInterrupted, provider.KindUnusable}, kind)
	return &provider.Error{Kind: kind, Op: "set status", StatusCode: status[kind], MayHaveLanded: landed}
}

// world is a cloud with scripted answers, a journal that can fail, and what
// happened in both, each line with the time since the start of the run.
type world struct {
	answers  map[string][]answer // by name, one for each attempt; then 200
	readings map[string]provider.Settings
	onPut    func() error
	mayCall  func() error
	inner    *state.Session // nil: nothing is recorded
	onIntent func(call int) error
	onResult func(call int) error
	policy   dispatch.Policy
	verify   []time.Duration
	outputs  []plan.Output
	drain    context.Context
	calls    context.Context

	mu      sync.Mutex
	begin   time.Time
	names   map[provider.Device]string
	asked   map[string]int
	intents int
	byID    map[uint64]string
	lines   []string
	events  []string
	outSet  []map[string]state.Output
}

func (w *world) note(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf("%v ", time.Since(w.begin))+fmt.Sprintf(format, args...))
}

func brief(s provider.Settings) string {
	text := string(s.Mode)
	switch s.Mode {
	case provider.Manual:
		text += " " + s.Setpoint.String()
	case provider.Boost:
		text += fmt.Sprintf(" %d", s.BoostMinutes)
	case provider.Automatic, provider.Off, provider.Protection:
	}
	return strings.TrimSpace(text + " " + s.ActivationTime())
}

// Set answers as the script says. Broken off, it says so.
func (w *world) Set(ctx context.Context, d provider.Device, s provider.Settings) error {
	w.mu.Lock()
	name := w.names[d]
	a := answer{}
	if n := w.asked[name]; n < len(w.answers[name]) {
		a = w.answers[name][n]
	}
	w.asked[name]++
	if ctx.Err() != nil {
		w.mu.Unlock()
		return &provider.Error{Kind: provider.KindCanceled, Err: ctx.Err()}
	}
	w.note("%s sent %s", name, brief(s))
	w.mu.Unlock()
	select {
	case <-time.After(a.after):
		return a.err
	case <-ctx.Done():
		return &provider.Error{Kind: provider.KindCanceled, MayHaveLanded: true, Err: ctx.Err()}
	}
}

// Get answers as the script says, then with the reading.
func (w *world) Get(ctx context.Context, d provider.Device) (provider.Status, error) {
	w.mu.Lock()
	name := w.names[d]
	a := answer{}
	if n := w.asked[name]; n < len(w.answers[name]) {
		a = w.answers[name][n]
	}
	w.asked[name]++
	w.note("%s read", name)
	w.mu.Unlock()
	select {
	case <-time.After(a.after):
	case <-ctx.Done():
		return provider.Status{}, &provider.Error{Kind: provider.KindCanceled, Op: "get status", Err: ctx.Err()}
	}
	if a.err != nil {
		return provider.Status{}, a.err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return provider.Status{Settings: w.readings[name]}, nil
}

// run applies the steps. It must be called inside a bubble.
func (w *world) run(steps ...plan.Step) *apply.Account {
	w.begin, w.asked, w.byID, w.names = time.Now(), map[string]int{}, map[uint64]string{}, map[provider.Device]string{}
	for i := range steps {
		w.names[steps[i].Device] = steps[i].Address.Name
	}
	if w.policy.Attempts == 0 {
		w.policy = exact()
	}
	drain, calls := w.drain, w.calls
	if drain == nil {
		drain = context.Background()
	}
	if calls == nil {
		calls = context.Background()
	}
	return apply.Run(drain, calls, apply.Input{
		Plan: &plan.Plan{Steps: steps, Outputs: w.outputs}, Provider: w, Journal: w, Policy: w.policy, Verify: w.verify,
		Observe: func(e apply.Event) {
			w.events = append(w.events, eventText(e))
			if e, ok := e.(apply.Verified); ok {
				w.mu.Lock()
				w.note("%s verified", e.Result.Step.Address.Name)
				w.mu.Unlock()
			}
		},
	})
}

// exact waits 0.5 s, 1 s, 2 s, … and 37.5 s when busy.
func exact() dispatch.Policy {
	return dispatch.Policy{
		Parallelism: 1, Attempts: 3, MinWait: time.Second, MaxWait: time.Minute, BusyWait: 30 * time.Second,
		Rand: func() float64 { return 0.5 },
	}
}

func eventText(e apply.Event) string {
	switch e := e.(type) {
	case apply.Started:
		return fmt.Sprintf("%s started %d", e.Step.Address.Name, e.Attempt)
	case apply.Retrying:
		return fmt.Sprintf("%s retrying after %d of %d in %v", e.Step.Address.Name, e.Attempt, e.Of, e.Wait)
	case apply.Paused:
		return fmt.Sprintf("paused for %v", time.Until(e.Until))
	case apply.Settled:
		return fmt.Sprintf("%s %s", e.Result.Step.Address.Name, e.Result.Outcome)
	}
	return "?"
}

// outcomes is "a applied 1, b not_attempted 0 because a".
func outcomes(a *apply.Account) string {
	var all []string
	for _, r := range a.Results {
		text := fmt.Sprintf("%s %s %d", r.Step.Address.Name, r.Outcome, r.Attempts)
		if r.Because != nil {
			text += " because " + r.Because.Address.Name
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// results are the results in the journal of one thermostat.
func (w *world) results(name string) string {
	var all []string
	for _, line := range w.lines {
		if _, text, ok := strings.Cut(line, " "+name+" result "); ok {
			all = append(all, text)
		}
	}
	return strings.Join(all, ", ")
}

func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateErrors(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// open opens the record in a folder of its own, with the entries in it.
func open(t *testing.T, entries map[string]state.Entry) (*state.Session, *state.Store) {
	t.Helper()
	store := state.NewStore(durable.OS(), t.TempDir()+"/setpoint.state.json", "test")
	session := reopen(t, store)
	for name, e := range entries {
		if err := session.Put("thermostat."+name, e); err != nil {
			t.Fatal(err)
		}
	}
	if len(entries) > 0 {
		closeSession(t, session)
		session = reopen(t, store)
	}
	return session, store
}

func reopen(t *testing.T, store *state.Store) *state.Session {
	t.Helper()
	session, err := store.Open(context.Background(), state.OpenOptions{Operation: "test", Lock: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func closeSession(t *testing.T, s *state.Session) *state.State {
	t.Helper()
	final, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	return final
}
