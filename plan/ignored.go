package plan

import (
	"slices"
	"time"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Keep is what is declared, but for the ignored attributes (see
// config.Thermostat.Ignored), which stay as recorded where the recorded mode has
// them; that there is no end counts as one. With an ignored mode comes what only
// that mode uses. The result is canonical, and a boost in it has no interval.
func Keep(declared, recorded provider.Settings, ignored []string) provider.Settings {
	kept := declared
	if slices.Contains(ignored, "function") {
		kept.Function = recorded.Function
	}
	if slices.Contains(ignored, "mode") {
		kept.Mode = recorded.Mode
	}
	stays := func(f provider.Field) bool {
		return kept.Mode.Allows(f) && recorded.Mode.Allows(f) && (!declared.Mode.Allows(f) || slices.Contains(ignored, string(f)))
	}
	if stays(provider.FieldSetpoint) {
		kept.Setpoint = recorded.Setpoint
	}
	if stays(provider.FieldProgram) {
		kept.Program = recorded.Program
	}
	// A boost that was only seen has no length to keep.
	if stays(provider.FieldBoostMinutes) && (recorded.BoostMinutes > 0 || declared.Mode != provider.Boost) {
		kept.BoostMinutes = recorded.BoostMinutes
	}
	if stays(provider.FieldUntil) {
		kept.End = recorded.End
	}
	if kept.Mode == provider.Boost {
		kept.Start, kept.End = provider.LocalTime{}, provider.LocalTime{}
	}
	return kept.Canonical()
}

// effective is what is wanted of a recorded thermostat: with ignored attributes
// what is declared is one thing, and what is sent another.
//
// As long as nothing needs to be sent, whatever is kept is let be, also a boost
// or an end that is long over. What is to be sent is another matter: a boost that
// somebody else started is never started again, and an end that is over cannot
// be sent. Then what is declared counts, with a warning: of the end alone where
// the mode is the declared one, else of everything, for the end was that of a
// mode that is over with it.
func (m *maker) effective(t *config.Thermostat, entry state.Entry, requested bool) *config.Thermostat {
	if len(t.Ignored) == 0 || entry.Device != t.Device {
		return t
	}
	kept := *t
	kept.Settings = Keep(t.Settings, entry.Settings, t.Ignored)
	if kept.Settings == t.Settings {
		return t
	}
	certain := true // that the end can be sent
	if kept.Settings.End != t.Settings.End {
		kept.Until, certain = m.instant(&kept)
	}
	done := over(entry.Settings, t.Zone, m.Now) || TooLate(kept.Until, m.Now)
	if !requested && kept.Settings.Same(entry.Settings) && (entry.Outcome != state.Unknown || done) {
		return &kept
	}
	inherited := kept.Settings.Mode != t.Settings.Mode
	switch err := kept.Settings.Validate(); {
	case inherited && kept.Settings.Mode == provider.Boost:
		m.warnNotKept(t, "mode", "a boost is not sent a second time")
	case err != nil:
		m.warnNotKept(t, "", oneLine(err))
	case certain:
		return &kept
	case inherited:
		m.warnNotKept(t, "mode", "its end, "+kept.Settings.End.String()+", is over or cannot be told")
	default:
		m.warnNotKept(t, "until", kept.Settings.End.String()+" is over or cannot be told")
		kept.Settings.End, kept.Until = t.Settings.End, t.Until
		return &kept
	}
	return t
}

// instant is when the end comes that is kept, zero where there is none or it
// cannot be told: the earlier of two where a clock shows it twice. It is certain
// where it can still be sent.
func (m *maker) instant(kept *config.Thermostat) (end time.Time, certain bool) {
	local := kept.Settings.End
	if local.IsZero() {
		return time.Time{}, true
	}
	if kept.Zone == nil {
		return time.Time{}, false
	}
	instants := local.In(kept.Zone)
	if len(instants) == 0 {
		return time.Time{}, false
	}
	return instants[0], !TooLate(instants[0], m.Now)
}

func (m *maker) warnNotKept(t *config.Thermostat, attribute, why string) {
	m.notice(diag.Warning, t.Address.String(), attribute, "Ignored, but sent",
		"Something is to be sent to %s, but what ignore_changes keeps of it cannot be: %s. What is declared counts instead.", t.Address, why)
}
