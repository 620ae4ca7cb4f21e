package plan

import (
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// stays tells whether a record was adopted and what is declared has not changed
// since. A boost that somebody ended stays ended: it is sent once.
func stays(declared *config.Thermostat, entry state.Entry) bool {
	return entry.Outcome == state.Observed && entry.Declared != nil && entry.Declared.Same(declared.Settings) &&
		(declared.Drift != config.Enforce || declared.Settings.Mode == provider.Boost)
}

// byReading decides about a thermostat by what was read and what was adopted
// before; false where the record decides, as if nobody had looked. t is declared
// with what is ignored as it is.
func (m *maker) byReading(step *Step, declared, t *config.Thermostat, l look) bool {
	entry := *step.Before
	adopted := stays(declared, entry)
	certain := entry.Outcome != state.Unknown
	asRecorded := l.judged.Settings.Same(t.Settings)
	switch {
	case l.read != nil && !TooLate(t.Until, m.Now) && SeenAs(t.Settings, *l.read):
		if certain && entry.Settings.Same(t.Settings) && !m.superseded(step.RecordName(), entry) || certain && asRecorded && !l.changed {
			return false
		}
		if l.changed {
			step.Outside = OutsideAsDeclared
		}
		step.observe(t.Settings, nil, ReasonObserved)
	case l.read != nil && !certain && asRecorded && SeenAs(entry.Settings, *l.read) && !TooLate(t.Until, m.Now):
		step.observe(entry.Settings, nil, ReasonObserved)
	case !l.changed && adopted:
		if l.wish {
			step.Outside = OutsideWish
		}
		step.leave(entry.Settings)
	case !l.changed || !asRecorded && !adopted:
		return false
	default:
		m.changedOutside(step, declared, t, l)
	}
	return true
}

// changedOutside decides about a status that somebody else has set where nothing
// else is to be sent.
func (m *maker) changedOutside(step *Step, declared, t *config.Thermostat, l look) {
	switch {
	case l.wish:
		step.Outside = OutsideWish
		step.leave(*l.read)
	case declared.Drift == config.Adopt:
		step.Outside = OutsideAdopted
		step.observe(*l.read, &declared.Settings, ReasonAdopted)
	case declared.Drift == config.Warn:
		step.Outside = OutsideLeft
		step.leave(*l.read)
		m.notice(diag.Warning, t.Address.String(), "drift", "Changed outside",
			"%s is not as it was last applied: somebody else has set it. Nothing is done about it, as its drift says. "+
				"To put it back: setpoint apply --replace %s. To keep it: declare it.", t.Address, diag.ShellWord(t.Address.String()))
	case t.Settings.Mode == provider.Boost:
		step.Outside = OutsideLeft // a boost is sent once
		step.leave(*l.read)
	default:
		step.Action, step.Reason, step.Call, step.Outside = Change, ReasonDrift, true, OutsidePutBack
	}
}

// refreshed adopts whatever was read and is not as recorded, and does nothing
// else. What is declared stays to be done, but for what its drift lets be.
func (m *maker) refreshed(step *Step, declared *config.Thermostat, l look) {
	entry := *step.Before
	step.After, step.OnRemove = &entry.Settings, entry.OnRemove
	if l.read == nil {
		return
	}
	switch {
	case entry.Outcome == state.Unknown && SeenAs(entry.Settings, *l.read):
		step.observe(entry.Settings, nil, ReasonObserved)
	case entry.Outcome == state.Unknown && !over(entry.Settings, declared.Zone, m.Now):
		step.observe(*l.read, nil, ReasonAdopted)
	case l.changed:
		step.Outside = OutsideAdopted
		var instead *provider.Settings
		lets := declared.Drift != config.Enforce || declared.Settings.Mode == provider.Boost
		if pending := !Keep(declared.Settings, entry.Settings, declared.Ignored).Same(entry.Settings) && !stays(declared, entry); lets && !pending {
			instead = &declared.Settings
		}
		step.observe(*l.read, instead, ReasonAdopted)
	}
}

// observe records settings that were read, without a call.
func (s *Step) observe(settings provider.Settings, declared *provider.Settings, reason Reason) {
	if declared != nil && SeenAs(*declared, settings) {
		declared = nil // there is nothing to keep apart
	}
	s.Action, s.Reason, s.Call = Change, reason, false
	s.After = &settings
	s.Record = &state.Entry{
		Device: s.Device, Settings: settings, Outcome: state.Observed, At: s.Seen.At, Declared: declared, OnRemove: s.OnRemove,
	}
}

// leave lets a thermostat be as it is. What to leave behind on removal is
// recorded all the same.
func (s *Step) leave(as provider.Settings) {
	s.After = &as
	if !sameSettings(s.Before.OnRemove, s.OnRemove) {
		s.Action, s.Reason = Change, ReasonRecord
	}
}

// warnOfUnread names the thermostats that could not be read.
func (m *maker) warnOfUnread() {
	var names []string
	for i := range m.plan.Steps {
		if s := &m.plan.Steps[i]; s.Seen != nil && s.Seen.Settings == nil {
			names = append(names, s.Address.String()+" ("+s.Seen.Why+")")
		}
	}
	if len(names) > 0 {
		m.notice(diag.Warning, "", "", "Not read", "Planned from the record, as if nobody had looked, because they could not be read: %s.", diag.Few(names))
	}
}
