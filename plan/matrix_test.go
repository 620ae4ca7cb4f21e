package plan

import (
	"fmt"
	"slices"
	"testing"

	"setpoint/config"
	"setpoint/plan/state"
	"setpoint/provider"
)

// situation is one combination of everything that decides what happens to
// thermostat.t.
type situation struct {
	declared, recorded bool
	outcome            state.Outcome
	sameSettings       bool
	sameDevice         bool
	wanted             string // manual: none, future, soon, past; boost, whose last one was: running, over
	wantedRemoval      string // "", off or protection
	recordedRemoval    string
	destroy, replace   bool
	target             string // "", t or other
}

// expected is the contract, rule by rule. over is whether nothing can be sent
// any more.
func (s situation) expected() (action Action, reason Reason, call bool, warned string) {
	over := s.wanted == "past" || s.wanted == "soon"
	boostRanOut := s.wanted == "over" && s.outcome == state.Unknown && s.sameSettings
	switch {
	case s.target == "other":
		return "", "", false, ""
	case s.destroy && s.recorded && s.recordedRemoval != "":
		return Destroy, ReasonDestroyAll, true, ""
	case s.destroy && s.recorded:
		return Forget, ReasonDestroyAll, false, ""
	case s.destroy, !s.declared && !s.recorded:
		return "", "", false, ""
	case !s.declared && s.recordedRemoval != "":
		return Destroy, ReasonUndeclared, true, ""
	case !s.declared:
		return Forget, ReasonUndeclared, false, ""
	case !s.recorded && over:
		return NoOp, ReasonExpired, false, "never_applied"
	case !s.recorded:
		return Add, ReasonNone, true, ""
	case !s.sameDevice && over:
		return Forget, ReasonExpired, false, "never_applied"
	case !s.sameDevice:
		return Exchange, ReasonNone, true, ""
	case s.replace && !over:
		return Change, ReasonRequested, true, ""
	case over || boostRanOut:
		switch {
		case !s.sameSettings:
			reason, warned = ReasonExpired, "never_applied"
		case s.outcome == state.Unknown:
			reason, warned = ReasonExpired, "never_confirmed"
		case s.replace:
			warned = "not_repeated"
		}
		if s.wantedRemoval != s.recordedRemoval {
			return Change, ReasonRecord, false, warned
		}
		return NoOp, reason, false, warned
	case s.outcome == state.Unknown:
		return Change, ReasonUnknown, true, ""
	case !s.sameSettings:
		return Change, ReasonNone, true, ""
	case s.wantedRemoval != s.recordedRemoval:
		return Change, ReasonRecord, false, ""
	}
	return NoOp, ReasonNone, false, ""
}

func TestMatrix(t *testing.T) {
	ends := map[string]string{"future": "2026-12-24T18:00:00", "soon": "2026-11-22T11:00:30", "past": "2026-11-22T10:59:00"}
	configs := map[[3]string]*config.Config{}
	configFor := func(s situation) *config.Config {
		key := [3]string{s.wanted, s.wantedRemoval}
		if !s.declared {
			key = [3]string{"", "", "gone"}
		}
		if c := configs[key]; c != nil {
			return c
		}
		rest := "  mode = \"manual\"\n  setpoint = 20"
		if end, ok := ends[s.wanted]; ok {
			rest += fmt.Sprintf("\n  until = %q", end)
		} else if s.wanted != "none" {
			rest = "  mode = \"boost\"\n  boost_minutes = 30"
		}
		if s.wantedRemoval != "" {
			rest += fmt.Sprintf("\n  on_remove { mode = %q }", s.wantedRemoval)
		}
		text := block("other", 9, "  mode = \"protection\"")
		if s.declared {
			text += block("t", 1, rest)
		}
		configs[key] = load(t, text)
		return configs[key]
	}
	recordFor := func(s situation) *state.State {
		entries := map[string]state.Entry{"thermostat.other": entry(9, state.Confirmed, provider.Settings{Function: provider.Heating, Mode: provider.Protection})}
		if !s.recorded {
			return record(entries)
		}
		n, settings := 1, manual(200)
		if !s.sameDevice {
			n = 2
		}
		switch end, temporary := ends[s.wanted]; {
		case !s.sameSettings:
			settings.Setpoint++
		case temporary:
			settings = until(t, settings, end)
		case s.wanted == "running":
			settings = boost(t, 30, "2026-11-22T10:31:00")
		case s.wanted == "over":
			settings = boost(t, 30, "2026-11-22T10:30:00")
		}
		e := entry(n, s.outcome, settings)
		if s.outcome == state.Unknown {
			e.Previous = &provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 3}
		}
		if s.recordedRemoval != "" {
			e.OnRemove = &provider.Settings{Function: provider.Heating, Mode: provider.Mode(s.recordedRemoval)}
		}
		entries["thermostat.t"] = e
		return record(entries)
	}
	count := 0
	for s := range situations() {
		in := input(configFor(s), recordFor(s))
		in.Destroy = s.destroy
		if s.replace && s.declared && !s.destroy && s.target != "other" {
			in.Replace = []string{"thermostat.t"}
		}
		if s.target != "" {
			in.Targets = []string{"thermostat." + s.target}
		}
		action, reason, call, warned := s.expected()
		p, notices := Make(in)
		got := Step{}
		for _, step := range p.Steps {
			if step.Address.Name == "t" {
				got = step
			}
		}
		if got.Action != action || got.Reason != reason || got.Call != call {
			t.Errorf("%+v\ngot  %q %q call %t\nwant %q %q call %t", s, got.Action, got.Reason, got.Call, action, reason, call)
		}
		for _, summary := range []string{"never_applied", "never_confirmed", "not_repeated"} {
			if has := slices.Contains(summaries(notices), summary); has != (summary == warned) {
				t.Errorf("%+v\nwarning %q: %t, want %q", s, summary, has, warned)
			}
		}
		if got.Action != "" {
			if err := got.check(); err != nil {
				t.Errorf("%+v\nthe plan file would be refused: %v", s, err)
			}
		}
		if count++; t.Failed() {
			return
		}
	}
	if count < 5000 {
		t.Errorf("only %d situations", count)
	}
}

func situations() func(yield func(situation) bool) {
	both := []bool{false, true}
	removals := []string{"", "off", "protection"}
	return func(yield func(situation) bool) {
		var s situation
		var choose func(rest []func(func()))
		stopped := false
		choose = func(rest []func(func())) {
			if stopped {
				return
			}
			if len(rest) == 0 {
				stopped = !yield(s)
				return
			}
			rest[0](func() { choose(rest[1:]) })
		}
		choose([]func(func()){
			each(&s.declared, both), each(&s.recorded, both),
			each(&s.outcome, []state.Outcome{state.Confirmed, state.Unknown, state.Observed}),
			each(&s.sameSettings, both), each(&s.sameDevice, both),
			each(&s.wanted, []string{"none", "future", "soon", "past", "running", "over"}),
			each(&s.wantedRemoval, removals), each(&s.recordedRemoval, removals),
			each(&s.destroy, both), each(&s.replace, both), each(&s.target, []string{"", "t", "other"}),
		})
	}
}

func each[T any](field *T, values []T) func(func()) {
	return func(next func()) {
		for _, v := range values {
			*field = v
			next()
		}
	}
}
