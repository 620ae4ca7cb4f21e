package apply_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

func waits() []time.Duration {
	return []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second}
}

// TestVerify: what is seen is read once, after all calls; what is not is read at
// each of the times, and of unknown outcome then.
func TestVerify(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, store := open(t, nil)
		w := &world{inner: session, verify: waits(), readings: map[string]provider.Settings{"a": manual(200), "b": manual(190)}}
		a := w.run(add("a", manual(200)), add("b", manual(205)), noOp("c"), forget("d"))
		same(t, "calls", []string{
			"0s a sent manual 20", "0s b sent manual 20.5", "2s a read", "2s b read", "7s b read", "22s b read",
		}, calls(w))
		same(t, "outcomes", "a applied 1, b unknown 1, c unchanged 0, d applied 0", outcomes(a))
		same(t, "number of calls", 6, a.Calls)
		if a.Complete() || a.Cause() != apply.CauseSteps {
			t.Errorf("complete %v, cause %v", a.Complete(), a.Cause())
		}
		if back := a.Results[1].Back; back == nil || *back != manual(190) || a.Results[0].Back != nil {
			t.Errorf("read back: %v, %v", back, a.Results[0].Back)
		}
		closeSession(t, session)
		snapshot, err := store.Read()
		if err != nil {
			t.Fatal(err)
		}
		entry := snapshot.State.Thermostats["thermostat.b"]
		if entry.Outcome != state.Unknown || entry.Settings != manual(205) || entry.Previous == nil || *entry.Previous != manual(190) {
			t.Errorf("recorded: %+v", entry)
		}
		same(t, "the other", state.Confirmed, snapshot.State.Thermostats["thermostat.a"].Outcome)
	})
}

// calls are the lines of what was sent and read.
func calls(w *world) []string {
	var all []string
	for _, line := range w.lines {
		if strings.Contains(line, " sent ") || strings.HasSuffix(line, " read") {
			all = append(all, line)
		}
	}
	return all
}

// TestVerifyTold: what is seen as it was sent is told when it was read, once, and
// not when the others of the round were; what is seen differently, after the last.
func TestVerifyTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		slow := []answer{now(nil), {after: 20 * time.Second}}
		w := &world{verify: waits()[:1], readings: map[string]provider.Settings{"a": manual(200), "b": manual(190), "c": manual(200)},
			answers: map[string][]answer{"a": slow, "b": slow, "c": slow}}
		w.run(add("a", manual(200)), add("b", manual(200)), add("c", manual(200)))
		var told []string
		for _, line := range w.lines {
			if strings.HasSuffix(line, " verified") {
				told = append(told, line)
			}
		}
		same(t, "told", []string{"22s a verified", "1m2s c verified", "1m2s b verified"}, told)
	})
}

// TestVerifyLate: a thermostat that takes a while is seen at the second reading.
func TestVerifyLate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{verify: waits(), readings: map[string]provider.Settings{"a": manual(190)}}
		time.AfterFunc(5*time.Second, func() { w.mu.Lock(); w.readings["a"] = manual(200); w.mu.Unlock() })
		a := w.run(add("a", manual(200)))
		same(t, "outcomes", "a applied 1", outcomes(a))
		same(t, "number of calls", 3, a.Calls)
		if !a.Complete() {
			t.Error("not complete")
		}
	})
}

// TestVerifyDestroyed: one that does not stay as it was to be left is not given up.
func TestVerifyDestroyed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, store := open(t, map[string]state.Entry{"a": confirmed("a", manual(200))})
		w := &world{inner: session, verify: waits(), readings: map[string]provider.Settings{"a": manual(200)}}
		w.run(destroy("a", manual(70)))
		closeSession(t, session)
		snapshot, err := store.Read()
		if err != nil {
			t.Fatal(err)
		}
		entry, there := snapshot.State.Thermostats["thermostat.a"]
		if !there || entry.Outcome != state.Unknown || entry.OnRemove == nil {
			t.Errorf("%v %+v", there, entry)
		}
	})
}

// TestVerifyUnread: what cannot be read is as the cloud confirmed it.
func TestVerifyUnread(t *testing.T) {
	bubble(t, func(t *testing.T) {
		away := now(fault(provider.KindNotFound))
		w := &world{verify: waits(), answers: map[string][]answer{"a": {now(nil), away, away, away, away, away, away}}}
		a := w.run(add("a", manual(200)))
		same(t, "outcomes", "a applied 1", outcomes(a))
		same(t, "number of calls", 7, a.Calls)
		if a.Results[0].Unread == nil || !a.Complete() {
			t.Errorf("unread %v, complete %v", a.Results[0].Unread, a.Complete())
		}
	})
}

// TestVerifyBoost: of a boost the end is read, whose seconds do not matter; one
// that is over by the time it is read is not looked for.
func TestVerifyBoost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		step := add("a", boost(30))
		step.TimeZone = "UTC"
		end := provider.WallClock(time.Now().Add(30 * time.Minute))
		w := &world{verify: waits(), readings: map[string]provider.Settings{"a": {Function: provider.Heating, Mode: provider.Boost, End: end.Add(20 * time.Second)}}}
		a := w.run(step)
		same(t, "outcomes", "a applied 1", outcomes(a))
		same(t, "number of calls", 2, a.Calls)

		w = &world{verify: []time.Duration{40 * time.Minute}, readings: map[string]provider.Settings{"a": manual(180)}}
		a = w.run(step)
		same(t, "outcomes of one that is over", "a applied 1", outcomes(a))
	})
}

// TestVerifyStops: the limit of calls and an interrupt hold for reading back, too.
func TestVerifyStops(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{verify: waits(), policy: exact(), readings: map[string]provider.Settings{"a": manual(200), "b": manual(200)}}
		w.policy.MaxCalls = 3
		a := w.run(add("a", manual(200)), add("b", manual(200)), forget("c"))
		same(t, "outcomes", "a applied 1, b applied 1, c applied 0", outcomes(a))
		same(t, "number of calls", 3, a.Calls)
		if a.Stop == nil || a.Stop.Reason != dispatch.StopCallLimit {
			t.Errorf("stop %+v", a.Stop)
		}
		drain, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		w = &world{verify: waits(), drain: drain, readings: map[string]provider.Settings{"a": manual(200)}}
		a = w.run(add("a", manual(200)))
		same(t, "cause", apply.CauseInterrupted, a.Cause())
		same(t, "number of calls", 1, a.Calls)
		synctest.Wait()
	})
}

// TestObserved: what was read before the plan is recorded as read, without a call.
func TestObserved(t *testing.T) {
	bubble(t, func(t *testing.T) {
		before := confirmed("a", manual(200))
		session, store := open(t, map[string]state.Entry{"a": before})
		declared := manual(200)
		entry := state.Entry{Device: device("a"), Settings: manual(230), Outcome: state.Observed, At: time.Now(), Declared: &declared}
		step := noOp("a", "b")
		step.Action, step.Reason, step.Before, step.Record, step.After = plan.Change, plan.ReasonAdopted, &before, &entry, &entry.Settings
		w := &world{inner: session, answers: map[string][]answer{"b": {now(fault(provider.KindRejected))}}}
		a := w.run(add("b", manual(200)), step)
		same(t, "outcomes", "b failed 1, a applied 0", outcomes(a)) // a reading waits for nobody
		closeSession(t, session)
		snapshot, err := store.Read()
		if err != nil {
			t.Fatal(err)
		}
		if got := snapshot.State.Thermostats["thermostat.a"]; !got.Equal(entry) {
			t.Errorf("recorded %+v", got)
		}
	})
}
