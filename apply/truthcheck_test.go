package apply_test

import (
	"setpoint/apply"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// checkState: what was answered 2xx is confirmed or unknown, never absent; what
// is called confirmed is what the thermostat has; what was not called is as before,
// or unknown where that was yet to be taken back: so many at most.
func (f *fate) checkState(p *plan.Plan, before, after map[string]state.Entry, answered map[provider.Device]provider.Settings, doubts int) {
	f.Helper()
	for i := range p.Steps {
		step := &p.Steps[i]
		name := step.Address.String()
		was, had := before[name]
		e, has := after[name]
		if step.Moved != "" {
			was, had = before[step.Moved]
			if old, left := after[step.Moved]; left && has {
				f.Errorf("%s is recorded under its old name, too", name)
			} else if left {
				e, has = old, true
			}
		}
		if s, ok := answered[step.Device]; ok && step.Call {
			switch {
			case !has && step.Action == plan.Destroy:
			case !has:
				f.Errorf("%s was answered 2xx and is absent", name)
			case e.Device != step.Device || e.Settings != s:
				f.Errorf("%s was answered 2xx to %s and is recorded with %s", name, brief(s), brief(e.Settings))
			}
		}
		if has && e.Outcome == state.Confirmed && f.set[e.Device] != e.Settings && !superseded(after, name, e) {
			f.Errorf("%s is called confirmed with %s and has %s", name, brief(e.Settings), brief(f.set[e.Device]))
		}
		if f.received[step.Device] == 0 && step.Call && (has != had || !e.Equal(was)) {
			if doubts--; doubts < 0 || e.Outcome != state.Unknown {
				f.Errorf("%s was not called, and its record changed from %+v to %+v", name, was, e)
			}
		}
	}
	for name, e := range after {
		if e.Outcome == state.Observed && f.read[e.Device] != e.Settings {
			f.Errorf("%s is called observed with %s, and was read as %s", name, brief(e.Settings), brief(f.read[e.Device]))
		}
	}
}

// superseded: of the records of one device the newest counts.
func superseded(all map[string]state.Entry, name string, e state.Entry) bool {
	for other, newer := range all {
		if other != name && newer.Device == e.Device && newer.At.After(e.At) {
			return true
		}
	}
	return false
}

// checkAccount: each outcome is what the house knows of the step.
func (f *fate) checkAccount(p *plan.Plan, a *apply.Account) {
	f.Helper()
	calls := 0
	for i := range a.Results {
		r := &a.Results[i]
		d := r.Step.Device
		if !r.Step.Call {
			continue
		}
		calls += f.received[d]
		wrong := f.received[d] != r.Attempts
		if r.Step.Action == plan.Import {
			if wrong || r.Outcome == apply.Unknown || (r.Outcome == apply.Applied) != (r.Read != nil) {
				f.Errorf("%s was read and is called %s after %d; received %d", r.Step.Address, r.Outcome, r.Attempts, f.received[d])
			}
			continue
		}
		s, ok := f.answered[d]
		switch r.Outcome {
		case apply.Applied:
			wrong = wrong || !ok || s != f.set[d] || !s.Same(*r.Step.After)
		case apply.Failed, apply.Expired:
			wrong = wrong || ok || f.landed[d] > 0
		case apply.NotAttempted:
			wrong = wrong || r.Attempts > 0
		case apply.Unknown:
			wrong = wrong || ok || r.Attempts == 0
		case apply.Unchanged:
			wrong = true
		}
		if wrong {
			f.Errorf("%s is called %s after %d; received %d, landed %d, answered 2xx %v", r.Step.Address, r.Outcome, r.Attempts, f.received[d], f.landed[d], ok)
		}
	}
	if len(a.Results) != len(p.Steps) || a.Calls != calls {
		f.Errorf("%d results of %d steps, %d calls of %d", len(a.Results), len(p.Steps), a.Calls, calls)
	}
}

// heal makes a run that nothing disturbs, then plans once more.
func (f *fate) heal(path string) {
	f.Helper()
	f.kind, f.dead, f.asked = true, false, nil
	f.received = map[provider.Device]int{}
	session := reopen(f.T, state.NewStore(durable.OS(), path, "test"))
	p := f.plan(session)
	account := apply.Run(f.Context(), f.Context(), apply.Input{Plan: p, Provider: f, Journal: session, Policy: dispatch.Policy{Parallelism: 3}})
	if !account.Complete() {
		f.Errorf("the undisturbed run is not complete: %s", outcomes(account))
	}
	for _, r := range account.Results {
		if r.Step.Call && f.set[r.Step.Device].Same(*r.Step.After) != (r.Outcome == apply.Applied) {
			f.Errorf("%s is called %s and has %s", r.Step.Address, r.Outcome, brief(f.set[r.Step.Device]))
		}
	}
	closeSession(f.T, session)

	session = reopen(f.T, state.NewStore(durable.OS(), path, "test"))
	p = f.plan(session)
	if p.HasChanges() {
		f.Errorf("something is left to plan: %+v", p.Count())
	}
	expired := map[provider.Device]bool{}
	for i := range p.Steps {
		expired[p.Steps[i].Device] = p.Steps[i].Reason == plan.ReasonExpired
	}
	for i := range f.wanted {
		if w := &f.wanted[i]; !expired[w.Device] && !f.set[w.Device].Same(w.Settings) {
			f.Errorf("%s is wanted at %s and has %s", w.Address, brief(w.Settings), brief(f.set[w.Device]))
		}
	}
	closeSession(f.T, session)
}
