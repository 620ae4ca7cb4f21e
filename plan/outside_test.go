package plan

import (
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

// read is a reading made a minute after the planning instant.
func read(s provider.Settings) Seen {
	return Seen{Settings: &s, At: now().Add(time.Minute)}
}

// asTold is what a thermostat says of itself after it was sent settings.
func asTold(s provider.Settings) provider.Settings {
	s.Start, s.BoostMinutes = provider.LocalTime{}, 0
	return s
}

// randomReadings are readings of most of the thermostats that a plan asks for.
func randomReadings(t *testing.T, r *rand.Rand, in Input) map[provider.Device]Seen {
	all := []provider.Settings{
		manual(200), manual(205), manual(230), until(t, manual(200), "2026-12-24T18:00:00"), until(t, manual(230), "2026-11-22T13:00:00"),
		asTold(boost(t, 30, "2026-11-22T10:45:00")), asTold(boost(t, 30, "2026-11-22T10:55:00")),
		{Function: provider.Heating, Mode: provider.Automatic, Program: 1}, {Function: provider.Cooling, Mode: provider.Automatic, Program: 1},
		{Function: provider.Heating, Mode: provider.Off},
	}
	seen := map[provider.Device]Seen{}
	for _, device := range Readable(in) {
		switch r.IntN(8) {
		case 0:
			seen[device] = Seen{At: now(), Why: "offline"}
		case 1, 2, 3: // as recorded
			for _, e := range in.State.Thermostats {
				if e.Device == device {
					seen[device] = read(asTold(e.Settings))
				}
			}
		case 4: // as declared
			for _, w := range in.Config.Thermostats {
				if w.Device == device {
					seen[device] = read(asTold(w.Settings))
				}
			}
		default:
			seen[device] = read(all[r.IntN(len(all))])
		}
	}
	return seen
}

func randomPolicies(r *rand.Rand, wanted []config.Thermostat) {
	for i := range wanted {
		wanted[i].Drift = []config.Drift{config.Enforce, config.Adopt, config.Warn}[r.IntN(3)]
	}
}

// TestRefreshApplyRefreshIsEmpty: what was put back is seen there, what was
// adopted stays, and what was left is left again.
func TestRefreshApplyRefreshIsEmpty(t *testing.T) {
	did := map[string]int{}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 9))
		in := input(randomWanted(t, r), randomRecord(t, r))
		randomPolicies(r, in.Config.Thermostats)
		if r.IntN(2) == 0 { // nothing but drift
			applied, _ := Make(in)
			in.State = take(t, in.State, applied.Steps)
		} else {
			randomBlocks(t, r, &in, false)
		}
		in.RefreshOnly = r.IntN(6) == 0
		in.Seen = randomReadings(t, r, in)
		first, notices := Make(in)
		if slices.ContainsFunc(notices, func(n Notice) bool { return n.Severity == diag.Error }) {
			continue
		}
		for _, s := range first.Steps {
			if err := s.check(); err != nil {
				t.Fatalf("seed %d: the plan file would be refused: %v", seed, err)
			}
			did[string(s.Outside)]++
			did[string(s.Reason)]++
			if s.Call && s.Action != Destroy {
				after := asTold(*s.After)
				if s.After.Mode == provider.Boost {
					after = asTold(boost(t, s.After.BoostMinutes, "2026-11-22T11:00:00"))
				}
				in.Seen[s.Device] = read(after)
			}
		}
		if in.RefreshOnly && first.Count().Calls > 0 {
			t.Fatalf("seed %d: calls to refresh only:\n%s", seed, strings.Join(briefs(first.Steps), "\n"))
		}
		in.State = take(t, in.State, first.Steps)
		again, _ := Make(in)
		if again.HasChanges() {
			t.Fatalf("seed %d: applied\n%s\nand planned again\n%s", seed, strings.Join(movedBriefs(first.Steps), "\n"), strings.Join(movedBriefs(again.Steps), "\n"))
		}
	}
	for _, what := range []string{"put_back", "adopted", "as_declared", "left", "wish", "overridden", "drift", "observed", "unknown"} {
		if did[what] < 10 {
			t.Errorf("%q came only %d times", what, did[what])
		}
	}
}

// TestAdoptThenPlanIsEmpty: what was adopted against a declaration is not sent
// over by a later plan that reads nothing.
func TestAdoptThenPlanIsEmpty(t *testing.T) {
	adopted := 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 10))
		in := input(randomWanted(t, r), record(map[string]state.Entry{}))
		for i := range in.Config.Thermostats {
			in.Config.Thermostats[i].Drift = config.Adopt
		}
		first, _ := Make(in)
		in.State = take(t, in.State, first.Steps)
		in.Seen = randomReadings(t, r, in)
		drifted, _ := Make(in)
		if calls := drifted.Count().Calls; calls > 0 {
			t.Fatalf("seed %d: %d calls:\n%s", seed, calls, strings.Join(briefs(drifted.Steps), "\n"))
		}
		adopted += drifted.Count().Observed
		in.State, in.Seen = take(t, in.State, drifted.Steps), nil
		if again, _ := Make(in); again.HasChanges() {
			t.Fatalf("seed %d: adopted\n%s\nand planned again\n%s", seed, strings.Join(briefs(drifted.Steps), "\n"), strings.Join(briefs(again.Steps), "\n"))
		}
	}
	if adopted < 300 {
		t.Errorf("only %d adopted", adopted)
	}
}

func TestReadable(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"off\"")+block("b", 2, "mode = \"off\"")+block("new", 3, "mode = \"off\"")+block("other", 4, "mode = \"off\""))
	s := known(t, "thermostat.a=1", "thermostat.b=2", "thermostat.other=5", "thermostat.gone=6")
	for name, test := range map[string]struct {
		change func(*Input)
		want   []provider.Device
	}{
		"all":     {func(*Input) {}, []provider.Device{device(1), device(2)}},
		"target":  {func(in *Input) { in.Targets = []string{"thermostat.b"} }, []provider.Device{device(2)}},
		"destroy": {func(in *Input) { in.Destroy = true }, nil},
		"moved": {func(in *Input) {
			in.State = known(t, "thermostat.old=1")
			in.Config.Moves = moving(t, "thermostat.old -> thermostat.a")
		}, []provider.Device{device(1)}},
	} {
		in := input(c, s)
		test.change(&in)
		if diff := cmp.Diff(test.want, Readable(in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSeenAs(t *testing.T) {
	end := func(local string) provider.Settings { return until(t, manual(200), local) }
	for _, test := range []struct {
		sent, read provider.Settings
		want       bool
	}{
		{manual(200), manual(200), true},
		{manual(200), manual(201), false},
		{manual(200), provider.Settings{Function: provider.Cooling, Mode: provider.Manual, Setpoint: 200}, false},
		{provider.Settings{Function: provider.Heating, Mode: provider.Off, Setpoint: 70}, provider.Settings{Function: provider.Heating, Mode: provider.Off, Program: 3}, true},
		{end("2026-12-24T18:00:00"), end("2026-12-24T18:00:59"), true},
		{end("2026-12-24T18:00:59"), end("2026-12-24T18:00:00"), true},
		{end("2026-12-24T18:00:00"), end("2026-12-24T18:01:00"), false},
		{end("2026-12-24T18:00:00"), manual(200), false},
		{manual(200), end("2026-12-24T18:00:00"), false},
		{boost(t, 30, "2026-11-22T11:00:00"), asTold(boost(t, 30, "2026-11-22T11:00:00")), true},
		{boost(t, 30, "2026-11-22T11:00:00"), asTold(boost(t, 60, "2026-11-22T11:00:00")), false},
		{provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30}, asTold(boost(t, 60, "2026-11-22T11:00:00")), false},
	} {
		if got := SeenAs(test.sent, test.read); got != test.want {
			t.Errorf("%+v seen as %+v: %v", test.sent, test.read, got)
		}
	}
}

// TestDigestOfReadings: it tells what is recorded and from what something is put
// back, and does not tell when it was read.
func TestDigestOfReadings(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"manual\"\nsetpoint = 20\ndrift = \"adopt\"")+block("b", 2, "mode = \"manual\"\nsetpoint = 20"))
	digest := func(a, b provider.Celsius, at time.Time) string {
		in := input(c, known(t, "thermostat.a=1", "thermostat.b=2"))
		x, y := manual(a), manual(b)
		in.Seen = map[provider.Device]Seen{device(1): {Settings: &x, At: at}, device(2): {Settings: &y, At: at}}
		p, _ := Make(in)
		return p.Digest()
	}
	same, later := digest(230, 230, now()), digest(230, 230, now().Add(time.Hour))
	if same != later {
		t.Error("the digest depends on when it was read")
	}
	if digest(240, 230, now()) == same || digest(230, 240, now()) == same {
		t.Error("another reading has the same digest")
	}
}

// TestNoZone: where no time zone is declared, the thermostat's own clock says
// whether an end is over.
func TestNoZone(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"manual\"\nsetpoint = 20"))
	c.Thermostats[0].Zone = nil
	for clock, want := range map[string]Outside{"2026-11-22T15:59:59": OutsideWish, "2026-11-22T16:00:00": OutsidePutBack} {
		in := input(c, known(t, "thermostat.a=1"))
		seen := read(until(t, manual(230), "2026-11-22T16:00:00"))
		seen.Clock = until(t, manual(0), clock).End
		in.Seen = map[provider.Device]Seen{device(1): seen}
		p, _ := Make(in)
		if got := p.Steps[0].Outside; got != want {
			t.Errorf("at %s: %q", clock, got)
		}
	}
}

// TestAdoptedBoostStays: a boost that somebody ended, and that was taken in, is
// not sent again, whatever the drift says.
func TestAdoptedBoostStays(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"boost\"\nboost_minutes = 30"))
	in := input(c, record(map[string]state.Entry{"thermostat.a": entry(1, state.Confirmed, boost(t, 30, "2026-11-22T10:50:00"))}))
	in.RefreshOnly, in.Seen = true, map[provider.Device]Seen{device(1): read(manual(190))}
	p, _ := Make(in)
	in.State, in.RefreshOnly, in.Seen = take(t, in.State, p.Steps), false, nil
	if got := in.State.Thermostats["thermostat.a"]; got.Outcome != state.Observed || got.Settings != manual(190) || got.Declared == nil {
		t.Fatalf("recorded %+v", got)
	}
	if p, _ := Make(in); p.HasChanges() {
		t.Error(briefs(p.Steps))
	}
}

// TestBackAsDeclared: what somebody has set back is not kept apart any more.
func TestBackAsDeclared(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"manual\"\nsetpoint = 20\ndrift = \"adopt\""))
	adopted, declared := entry(1, state.Observed, manual(230)), manual(200)
	adopted.Declared = &declared
	for _, only := range []bool{false, true} {
		in := input(c, record(map[string]state.Entry{"thermostat.a": adopted}))
		in.RefreshOnly, in.Seen = only, map[provider.Device]Seen{device(1): read(manual(200))}
		p, _ := Make(in)
		if s := p.Steps[0]; s.Record == nil || s.Record.Settings != manual(200) || s.Record.Declared != nil {
			t.Errorf("refresh only %v: %s, record %+v", only, brief(s), s.Record)
		}
	}
}

// TestSupersededIsNotOutside: that a thermostat has what it was set to under
// another address is nobody else's doing.
func TestSupersededIsNotOutside(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"manual\"\nsetpoint = 20\ndrift = \"adopt\"")+block("b", 2, "mode = \"off\""))
	older, newer := entry(1, state.Confirmed, manual(200)), entry(1, state.Confirmed, manual(230))
	newer.At = newer.At.Add(time.Minute)
	in := input(c, record(map[string]state.Entry{"thermostat.a": older, "thermostat.b": newer}))
	in.Seen = map[provider.Device]Seen{device(1): read(manual(230))}
	p, _ := Make(in)
	if got := brief(p.Steps[0]); got != "change thermostat.a (superseded) call" || p.Steps[0].Outside != "" {
		t.Errorf("%s, outside %q", got, p.Steps[0].Outside)
	}
}
