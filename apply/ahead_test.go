package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// byName groups lines or events by the thermostat that they tell of, each group in
// its order. What is done ahead, or when the answer is there, may come before or
// after what another thermostat's call does at the same instant.
func byName(lines []string) []string {
	name := func(line string) string {
		words := strings.Fields(line)
		if words[0][0] >= '0' && words[0][0] <= '9' { // when it was
			words = words[1:]
		}
		return strings.TrimPrefix(words[0], "thermostat.")
	}
	slices.SortStableFunc(lines, func(x, y string) int { return strings.Compare(name(x), name(y)) })
	return lines
}

// TestIntentAhead: what the next call sends is on disk while one is in flight, but
// only where neither time nor another record can change it before it is sent.
func TestIntentAhead(t *testing.T) {
	until := add("b", manual(190))
	until.Until = time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC)
	moved := add("b", manual(190))
	moved.Moved = "thermostat.old"
	boosted := add("b", boost(30))
	boosted.TimeZone = "Europe/Rome"
	for name, test := range map[string]struct {
		step plan.Step
		want string
	}{
		"for ever":    {add("b", manual(190)), "0s b intent"},
		"with an end": {until, "900ms b intent"},
		"moved":       {moved, "900ms b intent"},
		"boost":       {boosted, "900ms b intent"},
		"destroyed":   {destroy("b", manual(190)), "900ms b intent"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &world{answers: map[string][]answer{"a": {soon(nil)}}}
				account := w.run(add("a", manual(200)), test.step)
				same(t, "outcomes", "a applied 1, b applied 1", outcomes(account))
				if !slices.ContainsFunc(w.lines, func(line string) bool { return strings.HasPrefix(line, test.want) }) {
					t.Errorf("%q is not in %q", test.want, w.lines)
				}
				if strings.Count(strings.Join(w.lines, "\n"), "b intent") != 1 {
					t.Errorf("not one intent: %q", w.lines)
				}
			})
		})
	}
}

// TestIntentWithdrawn: whatever keeps a call from being made, its intent is taken
// back, and the record of the thermostat is what it was.
func TestIntentWithdrawn(t *testing.T) {
	for name, test := range map[string]struct {
		answer    answer
		interrupt bool
		calls     int
	}{
		"interrupt":  {later(nil), true, 0},
		"account":    {later(fault(provider.KindTermsNotAccepted)), false, 0},
		"call limit": {now(fault(provider.KindServer)), false, 3}, // the retry of a takes the last call
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				before := confirmed("b", manual(170))
				session, store := open(t, map[string]state.Entry{"b": before})
				drain, stop := context.WithCancel(t.Context())
				defer stop()
				if test.interrupt {
					time.AfterFunc(3*time.Second, stop)
				}
				w := &world{inner: session, drain: drain, answers: map[string][]answer{"a": {test.answer}, "x": {later(nil)}}}
				w.policy = exact()
				w.policy.MaxCalls = test.calls
				steps := []plan.Step{add("a", manual(200))}
				if test.calls > 0 {
					steps = append(steps, add("x", manual(200)))
				}
				account := w.run(append(steps, add("b", manual(190)))...)
				if last := account.Results[len(account.Results)-1]; last.Outcome != apply.NotAttempted || last.Attempts != 0 || account.Stop == nil {
					t.Errorf("%+v", last)
				}
				same(t, "results of b", "rejected 0", w.results("b"))
				snapshot, err := store.Read()
				if err != nil || len(snapshot.InFlight) > 0 {
					t.Errorf("in flight: %v, %v", snapshot, err)
				}
				same(t, "record", before, closeSession(t, session).Thermostats["thermostat.b"])
			})
		})
	}
}

// TestKilledAhead: a process that is killed while an intent is ahead of its call
// leaves the thermostat unknown, with what was confirmed before.
func TestKilledAhead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, store := open(t, map[string]state.Entry{"b": confirmed("b", manual(170))})
		found := make(chan *state.Snapshot, 1)
		time.AfterFunc(5*time.Second, func() { // as the next run would find it
			snapshot, err := store.Read()
			if err != nil {
				t.Error(err)
			}
			found <- snapshot
		})
		w := &world{inner: session, answers: map[string][]answer{"a": {later(nil)}}}
		account := w.run(add("a", manual(200)), add("b", manual(190)), add("c", manual(190)))
		same(t, "outcomes", "a applied 1, b applied 1, c applied 1", outcomes(account))
		left := <-found
		same(t, "in flight", []string{"thermostat.a", "thermostat.b"}, left.InFlight)
		b := left.State.Thermostats["thermostat.b"]
		if before := manual(170); b.Outcome != state.Unknown || b.Settings != manual(190) || b.Previous == nil || *b.Previous != before {
			t.Errorf("%+v", b)
		}
		closeSession(t, session)
	})
}

// TestIntentIsRenewed: an intent that has lain for a while is taken back and recorded
// anew right before its call. Killed in the call, the record has the time of the call,
// by which others tell whether theirs came after it.
func TestIntentIsRenewed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, store := open(t, map[string]state.Entry{"b": confirmed("b", manual(170))})
		began, found := time.Now(), make(chan *state.Snapshot, 1)
		time.AfterFunc(15*time.Second, func() {
			snapshot, err := store.Read()
			if err != nil {
				t.Error(err)
			}
			found <- snapshot
		})
		w := &world{inner: session, answers: map[string][]answer{"a": {later(nil)}, "b": {later(nil)}}}
		account := w.run(add("a", manual(200)), add("b", manual(190)))
		same(t, "outcomes", "a applied 1, b applied 1", outcomes(account))
		same(t, "results of b", "rejected 0, confirmed 200", w.results("b"))
		b := (<-found).State.Thermostats["thermostat.b"]
		if before := manual(170); b.Outcome != state.Unknown || !b.At.Equal(began.Add(10*time.Second)) || b.Previous == nil || *b.Previous != before {
			t.Errorf("%+v", b)
		}
		closeSession(t, session)
	})
}

// TestNotRenewed: where the journal ends while an intent lies, its call is not made.
func TestNotRenewed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{answers: map[string][]answer{"a": {later(nil)}}}
		w.onIntent = func(call int) error {
			if call > 2 {
				return errDisk
			}
			return nil
		}
		account := w.run(add("a", manual(200)), add("b", manual(190)))
		same(t, "outcomes", "a applied 1, b not_attempted 0", outcomes(account))
		same(t, "stop", dispatch.StopHalted, account.Stop.Reason)
		same(t, "sent", 0, w.asked["b"])
	})
}

// TestJournalFailsAhead: an intent that cannot be recorded ahead stops the run when
// its turn comes, and the calls before it are not affected.
func TestJournalFailsAhead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{answers: map[string][]answer{"a": {soon(nil)}, "b": {soon(nil)}}}
		w.onIntent = func(call int) error {
			if call > 2 {
				return errDisk
			}
			return nil
		}
		account := w.run(add("a", manual(200)), add("b", manual(190)), add("c", manual(190)), add("d", manual(190)))
		same(t, "outcomes", "a applied 1, b applied 1, c not_attempted 0, d not_attempted 0", outcomes(account))
		same(t, "stop", dispatch.StopHalted, account.Stop.Reason)
		same(t, "sent", 0, w.asked["c"]+w.asked["d"])
	})
}

// TestJournalEndsAhead: an intent that is on disk is no leave to call where by then
// nothing more can be recorded.
func TestJournalEndsAhead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, _ := open(t, nil)
		w := &world{inner: session, answers: map[string][]answer{"a": {soon(nil)}}, mayCall: func() error { return errDisk }}
		account := w.run(add("a", manual(200)), add("b", manual(190)), add("c", manual(190)))
		same(t, "outcomes", "a applied 1, b not_attempted 0, c not_attempted 0", outcomes(account))
		same(t, "stop", dispatch.StopHalted, account.Stop.Reason)
		same(t, "sent", 0, w.asked["b"]+w.asked["c"])
		same(t, "results of b", "rejected 0", w.results("b"))
		same(t, "record", 1, len(closeSession(t, session).Thermostats))
	})
}
