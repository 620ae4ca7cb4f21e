package render

import (
	"time"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// StepText says in plain words what happens to a thermostat.
func StepText(step *plan.Step, reference time.Time) string {
	return movedText(step, actionText(step, reference), step.Moved)
}

// sharedFrom is where a thermostat comes from, in a line that several keys of a
// block may share: only what they may have in common.
func sharedFrom(step *plan.Step) string {
	was, err := address.Parse(step.Moved)
	switch {
	case err != nil:
		return step.Moved
	case was.Key == step.Address.Key:
		return was.Block()
	}
	return "other addresses"
}

func movedText(step *plan.Step, text, from string) string {
	switch {
	case from == "":
		return text
	case step.Action == plan.Move:
		return text + " from " + from
	}
	return text + " (moved from " + from + ")"
}

func actionText(step *plan.Step, reference time.Time) string {
	return what(step, reference) + aside(step, reference)
}

// what says what happens, without why.
func what(step *plan.Step, reference time.Time) string {
	switch step.Action {
	case plan.Move:
		return "moved"
	case plan.Import:
		return "imported as it is; nothing is sent"
	case plan.NoOp:
		return "unchanged"
	case plan.Add:
		return Settings(*step.After, reference)
	case plan.Exchange:
		return Settings(*step.After, reference) + "; " + insteadOf(step)
	case plan.Change:
		return changeText(step, reference)
	case plan.Destroy:
		return "set to " + Settings(*step.After, reference) + ", then no longer managed"
	case plan.Forget:
		return forgetText(step, reference)
	}
	return string(step.Action)
}

// insteadOf says what becomes of the device that another one takes the place of.
func insteadOf(step *plan.Step) string {
	text := "replaces module " + step.Before.Device.ModuleID
	if step.Before.Device.PlantID != step.Device.PlantID {
		text += " of plant " + step.Before.Device.PlantID
	}
	if step.Reason == plan.ReasonReadressed {
		return text + ", which is declared under another name"
	}
	return text + ", which is no longer managed"
}

func changeText(step *plan.Step, reference time.Time) string {
	switch step.Reason {
	case plan.ReasonRecord:
		if step.OnRemove == nil {
			return "on removal: stay as it is"
		}
		return "on removal: " + Settings(*step.OnRemove, reference)
	case plan.ReasonAdopted, plan.ReasonObserved:
		return readingText(step.Before, *step.After, reference)
	case plan.ReasonNone, plan.ReasonUnknown, plan.ReasonSuperseded, plan.ReasonRequested, plan.ReasonExpired, plan.ReasonUndeclared,
		plan.ReasonReadressed, plan.ReasonRemoved, plan.ReasonDestroyAll, plan.ReasonDrift:
	}
	before := certain(step)
	if before == nil || before.Same(*step.After) {
		return Settings(*step.After, reference)
	}
	return difference(*before, *step.After, reference)
}

// aside says what a change is besides, in brackets; "" for nothing.
func aside(step *plan.Step, reference time.Time) string {
	switch step.Action {
	case plan.Add:
		return again(step, reference)
	case plan.Change:
	case plan.NoOp, plan.Exchange, plan.Destroy, plan.Forget, plan.Move, plan.Import:
		return ""
	}
	switch step.Reason {
	case plan.ReasonRecord:
		return " (recorded, no call)"
	case plan.ReasonAdopted:
		return " (adopted as read, no call)"
	case plan.ReasonObserved:
		return " (recorded as read, no call)"
	case plan.ReasonNone, plan.ReasonUnknown, plan.ReasonSuperseded, plan.ReasonRequested, plan.ReasonExpired, plan.ReasonUndeclared,
		plan.ReasonReadressed, plan.ReasonRemoved, plan.ReasonDestroyAll, plan.ReasonDrift:
	}
	return again(step, reference)
}

// certain is what the thermostat under the address was last known to be set
// to, nil where nothing is known: not what was only sent.
func certain(step *plan.Step) *provider.Settings {
	switch {
	case reads(step):
		return step.Seen.Settings
	case step.Before == nil || step.Action == plan.Add || step.Action == plan.Exchange || step.Reason == plan.ReasonSuperseded:
		return nil
	case step.Reason == plan.ReasonUnknown:
		return step.Before.Previous
	}
	return &step.Before.Settings
}

// reads tells whether what was read is newer than what is recorded, and what a
// step begins with.
func reads(step *plan.Step) bool {
	if step.Seen == nil || step.Seen.Settings == nil || step.Record != nil || step.Action != plan.Change && step.Action != plan.NoOp {
		return false
	}
	return step.Outside != "" || step.Reason == plan.ReasonUnknown || step.Reason == plan.ReasonSuperseded
}

// again says why something is sent that may have been sent before.
func again(step *plan.Step, reference time.Time) string {
	switch step.Reason {
	case plan.ReasonUnknown:
		if sent := step.Before.Settings; !sent.Same(*step.After) {
			return " (the last call, " + mode(sent, reference) + ", was never answered for certain)"
		}
		return " (the last call was never answered for certain)"
	case plan.ReasonSuperseded:
		return " (it was set under another name since)"
	case plan.ReasonRequested:
		return " (sent again, as requested)"
	case plan.ReasonDrift:
		return " (put back)"
	case plan.ReasonNone, plan.ReasonExpired, plan.ReasonUndeclared, plan.ReasonReadressed, plan.ReasonRemoved, plan.ReasonDestroyAll,
		plan.ReasonRecord, plan.ReasonAdopted, plan.ReasonObserved:
	}
	return ""
}

func forgetText(step *plan.Step, reference time.Time) string {
	was := lastStatus(step.Before, reference)
	switch step.Reason {
	case plan.ReasonReadressed:
		return "no longer managed under this name; " + was
	case plan.ReasonExpired:
		return "module " + step.Device.ModuleID + " no longer managed; " + was
	case plan.ReasonRemoved:
		return "no longer managed, as a removed block says; " + was
	case plan.ReasonNone, plan.ReasonUnknown, plan.ReasonSuperseded, plan.ReasonRequested, plan.ReasonUndeclared, plan.ReasonDestroyAll,
		plan.ReasonRecord, plan.ReasonDrift, plan.ReasonAdopted, plan.ReasonObserved:
	}
	return "no longer managed; " + was
}

// lastStatus says what a thermostat is left with that is given up.
func lastStatus(e *state.Entry, reference time.Time) string {
	was := Settings(e.Settings, reference)
	switch e.Outcome {
	case state.Unknown:
		return "last sent, never confirmed: " + was
	case state.Observed:
		return "last seen at " + was
	case state.Confirmed:
	}
	return "last set to " + was
}
