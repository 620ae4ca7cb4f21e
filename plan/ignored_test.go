package plan

import (
	"strings"
	"testing"

	"setpoint/plan/state"
	"setpoint/provider"
)

// TestIgnored: what is kept of the record, and what is sent where something else
// is to be sent. The planning instant is 11:00 on the wall clock.
func TestIgnored(t *testing.T) {
	const past, soon, future, later = "2026-11-21T10:00:00", "2026-11-22T11:00:30", "2026-12-24T18:00:00", "2026-12-26T18:00:00"
	heat := func(m provider.Mode) provider.Settings { return provider.Settings{Function: provider.Heating, Mode: m} }
	cool := func(s provider.Settings) provider.Settings { s.Function = provider.Cooling; return s }
	program := func(n int) provider.Settings {
		return provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: n}
	}
	seen := until(t, heat(provider.Boost), "2026-11-22T11:20:00")
	const m20, auto, boost30 = "mode = \"manual\"\nsetpoint = 20", "mode = \"automatic\"\nprogram = 1", "mode = \"boost\"\nboost_minutes = 30"
	ends := func(at string) string { return "\nuntil = \"" + at + "\"" }
	const cooling = "function = \"cooling\"\n"
	for _, test := range []struct {
		name    string
		hcl     string
		ignored string
		outcome state.Outcome // confirmed where ""
		record  provider.Settings
		input   func(*Input)
		want    string
		sent    *provider.Settings // of a step that calls
		notice  string             // "SUMMARY ATTRIBUTE"
	}{
		{name: "only what is ignored differs", hcl: m20, ignored: "setpoint", record: manual(225), want: "no-op"},
		{name: "without, it is changed", hcl: m20, record: manual(225), want: "change call", sent: ptr(manual(200))},
		{name: "it is sent along", hcl: cooling + m20, ignored: "setpoint", record: manual(225), want: "change call", sent: ptr(cool(manual(225)))},
		{name: "the function", hcl: m20, ignored: "function", record: cool(manual(190)), want: "change call", sent: ptr(cool(manual(200)))},
		{name: "the program", hcl: cooling + auto, ignored: "program", record: program(7), want: "change call", sent: ptr(cool(program(7)))},
		{name: "the record has no such thing", hcl: m20, ignored: "setpoint", record: program(3), want: "change call", sent: ptr(manual(200))},
		{name: "the minutes", hcl: boost30, ignored: "boost_minutes", record: boost(t, 90, "2026-11-20T10:00:00"), want: "no-op"},
		{name: "minutes that nobody knows", hcl: boost30, ignored: "boost_minutes", record: seen, want: "change call", sent: &provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30}},
		{name: "the mode, with what is its own", hcl: m20, ignored: "mode", record: program(3), want: "no-op"},
		{name: "the mode, and what both use is declared", hcl: m20 + ends(future), ignored: "mode", record: heat(provider.Off), want: "change call", sent: ptr(until(t, heat(provider.Off), future))},
		{name: "the mode and what both use", hcl: m20 + ends(future), ignored: "mode until", record: heat(provider.Off), want: "no-op"},
		{name: "the mode is sent along", hcl: cooling + m20, ignored: "mode", record: program(3), want: "change call", sent: ptr(cool(program(3)))},
		{name: "an end", hcl: m20 + ends(future), ignored: "until", record: until(t, manual(200), later), want: "no-op"},
		{name: "an end is sent along", hcl: m20 + ends(future), ignored: "until", record: until(t, manual(190), later), want: "change call", sent: ptr(until(t, manual(200), later))},
		{name: "no end is one too", hcl: m20 + ends(future), ignored: "until", record: manual(190), want: "change call", sent: ptr(manual(200))},
		{name: "the mode of the record has no end", hcl: m20 + ends(future), ignored: "until", record: program(1), want: "change call", sent: ptr(until(t, manual(200), future))},
		{name: "an end that is over is let be", hcl: m20 + ends(future), ignored: "until", record: until(t, manual(200), past), want: "no-op"},
		{name: "but not sent", hcl: m20 + ends(future), ignored: "until", record: until(t, manual(190), past), want: "change call", sent: ptr(until(t, manual(200), future)), notice: "Ignored, but sent until"},
		{name: "nor is one that is near", hcl: m20, ignored: "until", record: until(t, manual(190), soon), want: "change call", sent: ptr(manual(200)), notice: "Ignored, but sent until"},
		{name: "other ignored attributes stay", hcl: cooling + m20, ignored: "setpoint until", record: until(t, manual(190), past), want: "change call", sent: ptr(cool(manual(190))), notice: "Ignored, but sent until"},
		{name: "asked for, an end that is over is not sent", hcl: m20, ignored: "until", record: until(t, manual(200), past), input: func(in *Input) { in.Replace = []string{"thermostat.a"} },
			want: "change (requested) call", sent: ptr(manual(200)), notice: "Ignored, but sent until"},
		{name: "a mode whose end is over is let be", hcl: auto, ignored: "mode", record: until(t, manual(190), past), want: "no-op"},
		{name: "and is over where something is to be sent", hcl: cooling + auto, ignored: "mode", record: until(t, manual(190), past), want: "change call", sent: ptr(cool(program(1))), notice: "Ignored, but sent mode"},
		{name: "a mode whose end is to come is kept", hcl: cooling + auto, ignored: "mode", record: until(t, manual(190), future), want: "change call", sent: ptr(cool(until(t, manual(190), future)))},
		{name: "a boost that runs is let be", hcl: m20, ignored: "mode", record: boost(t, 90, "2026-11-22T10:50:00"), want: "no-op"},
		{name: "a boost that was seen, too", hcl: m20, ignored: "mode", record: seen, want: "no-op"},
		{name: "a boost is never started again", hcl: cooling + m20, ignored: "mode", record: boost(t, 90, "2026-11-22T10:50:00"), want: "change call", sent: ptr(cool(manual(200))), notice: "Ignored, but sent mode"},
		{name: "not even when asked for", hcl: m20, ignored: "mode", record: seen, input: func(in *Input) { in.Replace = []string{"thermostat.a"} },
			want: "change (requested) call", sent: ptr(manual(200)), notice: "Ignored, but sent mode"},
		{name: "in doubt it is sent again", hcl: m20, ignored: "setpoint", outcome: state.Unknown, record: manual(225), want: "add (unknown) call", sent: ptr(manual(225))},
		{name: "a boost in doubt is not", hcl: m20, ignored: "mode", outcome: state.Unknown, record: boost(t, 90, "2026-11-22T10:50:00"), want: "add (unknown) call", sent: ptr(manual(200)), notice: "Ignored, but sent mode"},
		{name: "a boost in doubt that is over is settled", hcl: m20, ignored: "mode", outcome: state.Unknown, record: boost(t, 90, "2026-11-22T08:00:00"), want: "no-op (expired)", notice: "never_confirmed mode"},
		{name: "an end in doubt that is over is settled", hcl: m20, ignored: "until", outcome: state.Unknown, record: until(t, manual(200), past), want: "no-op (expired)", notice: "never_confirmed until"},
		{name: "what to leave behind needs no call", hcl: m20 + "\non_remove { mode = \"protection\" }", ignored: "mode", record: seen, want: "change (record)"},
		{name: "of another device nothing is kept", hcl: m20, ignored: "setpoint", record: manual(225), input: func(in *Input) {
			e := in.State.Thermostats["thermostat.a"]
			e.Device = device(7)
			in.State.Thermostats["thermostat.a"] = e
		}, want: "exchange call", sent: ptr(manual(200))},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := load(t, block("a", 1, test.hcl))
			c.Thermostats[0].Ignored = strings.Fields(test.ignored)
			outcome := test.outcome
			if outcome == "" {
				outcome = state.Confirmed
			}
			entries := map[string]state.Entry{"thermostat.a": entry(1, outcome, test.record)}
			for n := range 20 { // so that one exchange is no tenth of them
				entries["thermostat.z["+string(rune('a'+n))+"]"] = entry(100+n, state.Confirmed, manual(200))
			}
			in := input(c, record(entries))
			if test.input != nil {
				test.input(&in)
			}
			p, notices := Make(in)
			step := p.Steps[0]
			if got := strings.Replace(brief(step), " thermostat.a", "", 1); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if step.Call && (test.sent == nil || *step.After != *test.sent) {
				t.Errorf("sent %+v, want %+v", *step.After, test.sent)
			}
			if zone := c.Thermostats[0].Zone; step.Call && !step.After.End.IsZero() && !step.Until.Equal(step.After.End.In(zone)[0]) {
				t.Errorf("until %s, but sent %s", step.Until, step.After.End)
			}
			if step.Call && step.After.End.IsZero() && !step.Until.IsZero() {
				t.Errorf("sent without end, but until %s", step.Until)
			}
			got := ""
			for _, n := range notices {
				if n.Address != "" {
					got += kind(n) + " " + n.Attribute
				}
			}
			if got != test.notice {
				t.Errorf("notice %q, want %q", got, test.notice)
			}
			in.Replace, in.State = nil, take(t, in.State, p.Steps)
			if again, _ := Make(in); again.Steps[0].Action != NoOp {
				t.Errorf("applied and planned again: %s", brief(again.Steps[0]))
			}
		})
	}
}

// TestIgnoredWithoutZone: an end that cannot be told is not sent.
func TestIgnoredWithoutZone(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"manual\"\nsetpoint = 20"))
	c.Thermostats[0].Zone, c.Thermostats[0].Ignored = nil, []string{"until"}
	e := entry(1, state.Observed, until(t, manual(190), "2026-12-24T18:00:00"))
	p, notices := Make(input(c, record(map[string]state.Entry{"thermostat.a": e})))
	if !p.Steps[0].Call || *p.Steps[0].After != manual(200) || len(notices) != 1 {
		t.Errorf("%+v, %v", p.Steps[0], notices)
	}
	e.Settings.Setpoint = 200
	p, notices = Make(input(c, record(map[string]state.Entry{"thermostat.a": e})))
	if p.Steps[0].Action != NoOp || len(notices) != 0 {
		t.Errorf("%+v, %v", p.Steps[0], notices)
	}
}

// TestKeepOfABoost: its interval belongs to the moment when it was sent.
func TestKeepOfABoost(t *testing.T) {
	want := provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30}
	if got := Keep(until(t, manual(200), "2026-12-24T18:00:00"), boost(t, 30, "2026-11-22T10:45:00"), []string{"mode"}); got != want {
		t.Errorf("%+v", got)
	}
}
