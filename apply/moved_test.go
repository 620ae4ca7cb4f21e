package apply_test

import (
	"testing"
	"time"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// from makes a step one that was recorded under another name.
func from(old string, step plan.Step, before state.Entry) plan.Step {
	step.Moved, step.Before = "thermostat."+old, &before
	return step
}

func moved(old, name string) plan.Step {
	step := noOp(name)
	step.Action = plan.Move
	return from(old, step, confirmed(name, manual(200)))
}

// TestMoved: what the record says after each kind of step of a thermostat that
// was recorded under another name.
func TestMoved(t *testing.T) {
	left := manual(70)
	old := confirmed("a", manual(180))
	old.OnRemove = &left
	change := add("a", manual(200))
	change.Action = plan.Change
	exchange := add("a", manual(200))
	exchange.Action, exchange.Device = plan.Exchange, device("new")
	forgotten := forget("a")
	wanted := state.Entry{Device: device("a"), Settings: manual(200), Outcome: state.Confirmed}
	doubted := state.Entry{Device: device("a"), Settings: manual(200), Outcome: state.Unknown, Previous: &old.Settings}
	destroyed := state.Entry{Device: device("a"), Settings: left, Outcome: state.Unknown, Previous: &old.Settings, OnRemove: &left}
	exchanged := wanted
	exchanged.Device = device("new")
	kept := manual(50)
	recorded := old
	recorded.OnRemove = &kept
	server, rejected := fault(provider.KindServer), fault(provider.KindRejected)
	for name, test := range map[string]struct {
		step plan.Step
		err  error
		want *state.Entry
	}{
		"alone":             {moved("old", "a"), nil, &old},
		"change":            {change, nil, &wanted},
		"change in doubt":   {change, server, &doubted},
		"change rejected":   {change, rejected, &old},
		"exchange":          {exchange, nil, &exchanged},
		"exchange rejected": {exchange, rejected, &old},
		"destroy":           {destroy("a", left), nil, nil},
		"destroy in doubt":  {destroy("a", left), server, &destroyed},
		"forget":            {forgotten, nil, nil},
		"record":            {record("a", kept), nil, &recorded},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				session, _ := open(t, map[string]state.Entry{"old": old})
				w := &world{inner: session, policy: dispatch.Policy{Attempts: 2}, answers: map[string][]answer{"a": {now(test.err), now(test.err)}}}
				w.run(from("old", test.step, old))
				after := closeSession(t, session)
				want := map[string]state.Entry{}
				if test.want != nil {
					want["thermostat.a"] = *test.want
				}
				for _, entries := range []map[string]state.Entry{want, after.Thermostats} {
					for name, e := range entries {
						e.At = old.At
						entries[name] = e
					}
				}
				same(t, "state", want, after.Thermostats)
			})
		})
	}
}

// TestMovedIsRenamedOnce: before the first attempt, which is not made where that fails.
func TestMovedIsRenamedOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		step := from("old", add("a", manual(200)), confirmed("a", manual(180)))
		step.Action = plan.Change
		w := &world{answers: map[string][]answer{"a": {now(fault(provider.KindServer))}}}
		w.run(step)
		same(t, "lines", []string{
			"0s thermostat.old renamed thermostat.a", "0s a intent manual 20", "0s a sent manual 20", "0s a result unknown 502",
			"500ms a intent manual 20", "500ms a sent manual 20", "500ms a result confirmed 200",
		}, w.lines)
	})
	bubble(t, func(t *testing.T) {
		session, _ := open(t, nil)
		closeSession(t, session)
		step := from("old", add("a", manual(200)), confirmed("a", manual(180)))
		step.Action = plan.Change
		w := &world{inner: session}
		account := w.run(step, moved("b2", "b"))
		same(t, "outcomes", "a not_attempted 0, b not_attempted 0", outcomes(account))
		same(t, "sent", 0, w.asked["a"])
	})
}

// TestMovedWithoutItsDependency: another name needs nobody's success.
func TestMovedWithoutItsDependency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		step := moved("old", "b")
		step.DependsOn = []string{"thermostat.a"}
		late := from("old2", add("c", manual(200)), confirmed("c", manual(180)))
		late.Action, late.Until = plan.Change, time.Now()
		w := &world{answers: map[string][]answer{"a": {now(fault(provider.KindRejected))}}}
		account := w.run(add("a", manual(200)), step, late)
		same(t, "outcomes", "a failed 1, b applied 0, c expired 0", outcomes(account))
		same(t, "last line", "0s thermostat.old renamed thermostat.b", w.lines[len(w.lines)-1])
	})
}

// TestMovedToAKeyIsWaitedFor: under its new name it is in the groups of that.
func TestMovedToAKeyIsWaitedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		step := from("old", add("x", manual(200)), confirmed("x", manual(180)))
		step.Action, step.Address = plan.Change, address.Address{Name: "room", Key: address.String("x")}
		w := &world{answers: map[string][]answer{"room": {now(fault(provider.KindRejected))}}}
		account := w.run(step, add("b", manual(200), "thermostat.room"))
		same(t, "outcomes", "room failed 1, b not_attempted 0 because room", outcomes(account))
	})
}
