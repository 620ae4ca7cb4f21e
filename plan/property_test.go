package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/plan/state"
	"setpoint/provider"
)

// take is what an apply leaves in the record of the steps it is given, all
// calls confirmed at the planning instant.
func take(t *testing.T, s *state.State, steps []Step) *state.State {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	next := record(map[string]state.Entry{})
	for name, e := range s.Thermostats {
		next.Thermostats[name] = e
	}
	for _, step := range steps {
		name := step.Address.String()
		switch {
		case step.Action == NoOp:
		case step.Action == Forget || step.Action == Destroy:
			delete(next.Thermostats, name)
		case step.Call:
			sent := *step.After
			if sent.Mode == provider.Boost {
				sent.Start = provider.WallClock(now().In(zone))
				sent.End = sent.Start.Add(time.Duration(sent.BoostMinutes) * time.Minute)
			}
			next.Thermostats[name] = state.Entry{Device: step.Device, Settings: sent, Outcome: state.Confirmed, At: now(), OnRemove: step.OnRemove}
		default:
			e := next.Thermostats[name]
			e.OnRemove = step.OnRemove
			next.Thermostats[name] = e
		}
	}
	return next
}

func TestApplyThenPlanIsEmpty(t *testing.T) {
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := input(randomWanted(t, r), randomRecord(t, r))
		in.Destroy = r.IntN(10) == 0
		first, _ := Make(in)

		in.State = take(t, in.State, first.Steps)
		if again, _ := Make(in); again.HasChanges() {
			t.Fatalf("seed %d: applied\n%s\nand planned again\n%s", seed, strings.Join(briefs(first.Steps), "\n"), strings.Join(briefs(again.Steps), "\n"))
		}
	}
}

func TestAfterPartOfAnApplyTheRestIsPlanned(t *testing.T) {
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 8))
		in := input(randomWanted(t, r), randomRecord(t, r))
		first, _ := Make(in)
		var done, rest []Step
		for _, s := range first.Steps {
			if r.IntN(2) == 0 {
				done = append(done, s)
			} else if s.Action != NoOp {
				rest = append(rest, s)
			}
		}
		in.State = take(t, in.State, done)
		again, _ := Make(in)
		left := slices.DeleteFunc(again.Steps, func(s Step) bool { return s.Action == NoOp })
		if diff := cmp.Diff(briefs(rest), briefs(left)); diff != "" {
			t.Fatalf("seed %d: after %v (-want +got):\n%s", seed, briefs(done), diff)
		}
	}
}

func letter(n int) string { return string(rune('a' + n)) }

func randomWanted(t *testing.T, r *rand.Rand) *config.Config {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	var text strings.Builder
	devices := r.Perm(10)
	var before []string
	for _, n := range r.Perm(8)[:r.IntN(9)] {
		end := pick("", "", "  until = \"2026-12-24T18:00:00\"\n", "  until = \"2026-11-22T11:00:30\"\n", "  until = \"2026-11-01T18:00:00\"\n")
		rest := pick("  mode = \"manual\"\n  setpoint = 20\n"+end, "  mode = \"manual\"\n  setpoint = 20.5\n"+end, "  mode = \"automatic\"\n  program = 1\n",
			"  mode = \"boost\"\n  boost_minutes = 30\n", "  mode = \"boost\"\n  boost_minutes = 60\n", "  mode = \"off\"\n"+end)
		rest += pick("", "  on_remove { mode = \"protection\" }\n", "  on_remove { mode = \"off\" }\n")
		if len(before) > 0 && r.IntN(3) == 0 {
			rest += fmt.Sprintf("  depends_on = [thermostat.%s]\n", before[r.IntN(len(before))])
		}
		text.WriteString(block(letter(n), devices[n], rest))
		before = append(before, letter(n))
	}
	return load(t, text.String())
}

func randomRecord(t *testing.T, r *rand.Rand) *state.State {
	settings := func() provider.Settings {
		all := []provider.Settings{
			manual(200), manual(205), until(t, manual(200), "2026-12-24T18:00:00"), until(t, manual(200), "2026-11-01T18:00:00"),
			until(t, manual(200), "2026-11-22T11:00:30"), boost(t, 30, "2026-11-22T10:45:00"), boost(t, 30, "2026-11-22T10:00:00"),
			{Function: provider.Heating, Mode: provider.Automatic, Program: 1}, {Function: provider.Heating, Mode: provider.Off},
		}
		return all[r.IntN(len(all))]
	}
	s := record(map[string]state.Entry{})
	for n := range 9 {
		if r.IntN(3) == 0 {
			continue
		}
		e := entry(r.IntN(10), []state.Outcome{state.Confirmed, state.Unknown, state.Observed}[r.IntN(3)], settings())
		if previous := settings(); e.Outcome == state.Unknown && r.IntN(2) == 0 {
			e.Previous = &previous
		}
		switch r.IntN(4) {
		case 0:
			e.OnRemove = &provider.Settings{Function: provider.Heating, Mode: provider.Protection}
		case 1:
			e.OnRemove = &provider.Settings{Function: provider.Heating, Mode: provider.Off}
		}
		s.Thermostats["thermostat."+letter(n)] = e
	}
	return s
}
