package render

import (
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// StepText says in plain words what happens to a thermostat.
func StepText(step *plan.Step, reference time.Time) string {
	switch step.Action {
	case plan.NoOp:
		return "unchanged"
	case plan.Add:
		return Settings(*step.After, reference) + again(step, reference)
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
	if step.Reason == plan.ReasonRecord {
		if step.OnRemove == nil {
			return "on removal: stay as it is (recorded, no call)"
		}
		return "on removal: " + Settings(*step.OnRemove, reference) + " (recorded, no call)"
	}
	before := certain(step)
	if before == nil || before.Same(*step.After) {
		return Settings(*step.After, reference) + again(step, reference)
	}
	return Difference(*before, *step.After, reference) + again(step, reference)
}

// certain is what the thermostat under the address was last known to be set
// to, nil where nothing is known: not what was only sent.
func certain(step *plan.Step) *provider.Settings {
	switch {
	case step.Before == nil || step.Action == plan.Add || step.Action == plan.Exchange:
		return nil
	case step.Reason == plan.ReasonUnknown:
		return step.Before.Previous
	}
	return &step.Before.Settings
}

// again says why something is sent that may have been sent before.
func again(step *plan.Step, reference time.Time) string {
	switch step.Reason {
	case plan.ReasonUnknown:
		if sent := step.Before.Settings; !sent.Same(*step.After) {
			return " (the last call, " + mode(sent, reference) + ", was never answered for certain)"
		}
		return " (the last call was never answered for certain)"
	case plan.ReasonRequested:
		return " (sent again, as requested)"
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
