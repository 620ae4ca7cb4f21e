package apply_test

import (
	"strings"
	"testing"
	"time"

	"setpoint/plan"
)

// TestOutdated: of a device that is given up and recorded twice, the older record
// goes before anything happens to the newer one, in whatever order the steps are:
// a run that ends in between must not leave it alone, called confirmed.
func TestOutdated(t *testing.T) {
	recorded := func(step plan.Step, at string, old string) plan.Step {
		step.Device, step.Moved = device("one"), old
		before := *step.Before
		before.Device = step.Device
		moment, err := time.Parse(time.TimeOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		before.At, step.Before = moment, &before
		return step
	}
	gone := destroy("new", manual(70))
	exchanged := func(at string) plan.Step {
		step := recorded(destroy("new", manual(190)), at, "")
		step.Action, step.Device = plan.Exchange, device("other")
		return step
	}
	for name, test := range map[string]struct {
		steps []plan.Step
		want  string
	}{
		"a call":         {[]plan.Step{recorded(gone, "10:00:02", ""), recorded(forget("b"), "10:00:01", ""), recorded(forget("c"), "10:00:00", "thermostat.was")}, "b, was, intent, result, was, b, was"},
		"newest first":   {[]plan.Step{recorded(forget("a"), "10:00:02", ""), recorded(forget("b"), "10:00:01", "")}, "b, a, b"},
		"newest last":    {[]plan.Step{recorded(forget("a"), "10:00:01", ""), recorded(forget("b"), "10:00:02", "")}, "a, a, b"},
		"of one second":  {[]plan.Step{recorded(forget("a"), "10:00:01", ""), recorded(forget("b"), "10:00:01", "")}, "b, a, b"},
		"exchanged":      {[]plan.Step{exchanged("10:00:02"), recorded(forget("b"), "10:00:01", "")}, "b, intent, result, b"},
		"not ahead":      {[]plan.Step{add("first", manual(200)), exchanged("10:00:02"), recorded(forget("b"), "10:00:01", "")}, "intent, result, b, intent, result, b"},
		"not the newest": {[]plan.Step{exchanged("10:00:01"), recorded(forget("b"), "10:00:02", "")}, "intent, result, b"},
		"another":        {[]plan.Step{recorded(gone, "10:00:02", ""), forget("b")}, "intent, result, b"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &world{answers: map[string][]answer{"first": {soon(nil)}}}
				if account := w.run(test.steps...); !account.Complete() {
					t.Errorf("%s", outcomes(account))
				}
				var all []string
				for _, line := range w.lines {
					switch fields := strings.Fields(line); fields[2] {
					case "drop":
						all = append(all, strings.TrimPrefix(fields[1], "thermostat."))
					case "intent", "result":
						all = append(all, fields[2])
					}
				}
				same(t, "journal", test.want, strings.Join(all, ", "))
			})
		})
	}
}
