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
	"setpoint/config/diag"
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
		if e, ok := next.Thermostats[step.Moved]; ok {
			next.Thermostats[name] = e
			delete(next.Thermostats, step.Moved)
		}
		switch {
		case step.Action == NoOp || step.Action == Move:
		case step.Record != nil:
			next.Thermostats[name] = *step.Record
		case step.Action == Import:
			next.Thermostats[name] = state.Entry{Device: step.Device, Settings: manual(205), Outcome: state.Observed, At: now(), OnRemove: step.OnRemove}
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

// TestApplyThenPlanIsEmpty: what an import has read may have to be changed, and
// before an import another device may have to be forgotten.
func TestApplyThenPlanIsEmpty(t *testing.T) {
	did := map[string]int{}
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := input(randomWanted(t, r), randomRecord(t, r))
		in.Destroy = r.IntN(10) == 0
		randomBlocks(t, r, &in, true)
		first, notices := Make(in)
		if slices.ContainsFunc(notices, func(n Notice) bool { return n.Severity == diag.Error }) {
			continue // they contradict each other
		}
		for _, s := range first.Steps {
			if err := s.check(); err != nil {
				t.Fatalf("seed %d: the plan file would be refused: %v", seed, err)
			}
			if did[string(s.Action)]++; s.Moved != "" {
				did["moved, "+string(s.Action)]++
			}
		}
		if len(notices) > 0 && slices.Contains(summaries(notices), "Ignored, but sent") {
			did["not kept"]++
		}
		in.State = take(t, in.State, first.Steps)
		again, _ := Make(in)
		for rounds := 0; rounds < 2 && len(in.Config.Imports) > 0; rounds++ {
			in.State = take(t, in.State, again.Steps)
			again, _ = Make(in)
		}
		if again.HasChanges() {
			t.Fatalf("seed %d: applied\n%s\nand planned again\n%s", seed, strings.Join(movedBriefs(first.Steps), "\n"), strings.Join(movedBriefs(again.Steps), "\n"))
		}
	}
	for _, what := range []string{"no-op", "add", "change", "exchange", "destroy", "forget", "move", "import", "moved, change", "moved, destroy", "moved, forget", "not kept"} {
		if did[what] < 10 {
			t.Errorf("%q came only %d times", what, did[what])
		}
	}
}

// randomBlocks are moved, removed and import blocks and ignored attributes.
func randomBlocks(t *testing.T, r *rand.Rand, in *Input, imports bool) {
	name := func() string { return "thermostat." + letter(r.IntN(9)) }
	for range r.IntN(4) {
		from, to := name(), name()
		if r.IntN(4) > 0 && slices.ContainsFunc(in.Config.Thermostats, func(w config.Thermostat) bool { return w.Address.String() == from }) {
			continue // most of what is declared has not moved
		}
		in.Config.Moves = append(in.Config.Moves, moving(t, from+" -> "+to)...)
		if r.IntN(2) == 0 {
			delete(in.State.Thermostats, to)
		}
		for _, w := range in.Config.Thermostats {
			if e, ok := in.State.Thermostats[from]; ok && w.Address.String() == to && r.IntN(4) > 0 {
				if e.Device = w.Device; r.IntN(2) == 0 {
					e.Settings, e.OnRemove = w.Settings, w.OnRemove
				}
				in.State.Thermostats[from] = e
			}
		}
	}
	for range r.IntN(3) {
		removal := config.Removal{From: group(t, name())}
		if r.IntN(2) == 0 {
			removal.Destroy = ptr(r.IntN(2) == 0)
		}
		if r.IntN(2) == 0 {
			removal.OnRemove = ptr(protection(""))
		}
		in.Config.Removals = append(in.Config.Removals, removal)
	}
	for i := range in.Config.Thermostats {
		w := &in.Config.Thermostats[i]
		if e, ok := in.State.Thermostats[w.Address.String()]; ok && r.IntN(2) == 0 {
			e.Device = w.Device
			in.State.Thermostats[w.Address.String()] = e
		}
		for _, attribute := range []string{"boost_minutes", "function", "mode", "program", "setpoint", "until"} {
			if r.IntN(3) == 0 {
				w.Ignored = append(w.Ignored, attribute)
			}
		}
		if imports && r.IntN(3) == 0 {
			in.Config.Imports = append(in.Config.Imports, config.Import{To: w.Address, Device: w.Device})
		}
	}
}

func TestAfterPartOfAnApplyTheRestIsPlanned(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 8))
		in := input(randomWanted(t, r), randomRecord(t, r))
		randomBlocks(t, r, &in, false)
		first, notices := Make(in)
		if slices.ContainsFunc(notices, func(n Notice) bool { return n.Severity == diag.Error || n.Summary == "Not moved" }) {
			continue // what was in the way of a move may be gone by then
		}
		wanted := map[provider.Device]bool{}
		for i := range in.Config.Thermostats {
			wanted[in.Config.Thermostats[i].Device] = true
		}
		if slices.ContainsFunc(first.Steps, func(s Step) bool { return s.Reason == ReasonReadressed && s.Action == Forget && !wanted[s.Device] }) {
			continue // of two records of one device the older may be left over
		}
		if slices.ContainsFunc(first.Steps, func(s Step) bool { return s.Reason == ReasonSuperseded }) {
			continue // two addresses exchange a device that is recorded under both: the newer record may be given up first
		}
		var done, rest []Step
		for _, s := range first.Steps {
			if r.IntN(2) == 0 && s.Reason != ReasonExpired { // without the device that it forgets, the block is one that others wait for
				done = append(done, s)
			} else if s.Action != NoOp {
				rest = append(rest, s)
			}
		}
		in.State = take(t, in.State, done)
		again, _ := Make(in)
		left := slices.DeleteFunc(again.Steps, func(s Step) bool { return s.Action == NoOp })
		if diff := cmp.Diff(movedBriefs(rest), movedBriefs(left)); diff != "" {
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
