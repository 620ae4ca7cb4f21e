package render

import (
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

type resourceChangeJSON struct {
	Address         string     `json:"address"`
	PreviousAddress string     `json:"previous_address,omitempty"`
	ModuleAddress   string     `json:"module_address,omitempty"`
	Mode            string     `json:"mode"`
	Type            string     `json:"type"`
	Name            string     `json:"name"`
	Index           any        `json:"index,omitempty"`
	ProviderName    string     `json:"provider_name"`
	Change          changeJSON `json:"change"`
	ActionReason    string     `json:"action_reason,omitempty"`
	ReadAt          string     `json:"read_at,omitempty"`
}

type changeJSON struct {
	Actions         []string       `json:"actions"`
	Before          any            `json:"before"`
	After           any            `json:"after"`
	AfterUnknown    any            `json:"after_unknown"`
	BeforeSensitive any            `json:"before_sensitive"`
	AfterSensitive  any            `json:"after_sensitive"`
	ReplacePaths    [][]any        `json:"replace_paths,omitempty"`
	Importing       *importingJSON `json:"importing,omitempty"`
}

// importingJSON is what is imported, "PLANT_ID/MODULE_ID".
type importingJSON struct {
	ID string `json:"id"`
}

// resourceDrift is what somebody else has made of a record.
func resourceDrift(step *plan.Step) resourceChangeJSON {
	c := described(step)
	c.ReadAt, c.ActionReason = step.Seen.At.UTC().Format(time.RFC3339), string(step.Outside)
	c.Change.Actions, c.Change.Before, c.Change.After = []string{"update"}, recorded(step.Before), asRead(step)
	return c
}

// asRead are the attributes of a thermostat that was read.
func asRead(step *plan.Step) any {
	return recorded(&state.Entry{Device: step.Device, Settings: *step.Seen.Settings, Outcome: state.Observed, OnRemove: step.Before.OnRemove})
}

// described is a thermostat without what happens to it.
func described(step *plan.Step) resourceChangeJSON {
	return resourceChangeJSON{
		Address:         step.Address.String(),
		PreviousAddress: step.Moved,
		ModuleAddress:   step.Address.Module,
		Mode:            managed,
		Type:            thermostat,
		Name:            step.Address.Name,
		Index:           step.Address.Key.Value(),
		ProviderName:    smarther,
		Change: changeJSON{
			Actions: actions(step.Action), AfterUnknown: struct{}{}, BeforeSensitive: struct{}{}, AfterSensitive: struct{}{},
		},
	}
}

func resourceChange(step *plan.Step) resourceChangeJSON {
	c := described(step)
	switch {
	case reads(step):
		c.Change.Before = asRead(step)
	case step.Action == plan.Add: // of what may have been sent before, nothing is there for certain
	default:
		c.Change.Before = recorded(step.Before)
	}
	switch step.Action {
	case plan.Forget, plan.Destroy:
	case plan.NoOp, plan.Move:
		c.Change.After = c.Change.Before
	case plan.Import:
		c.Change.Importing = &importingJSON{step.Device.ID()}
		c.Change.After = importedJSON{step.Device.PlantID, step.Device.ModuleID, step.OnRemove}
		c.Change.AfterUnknown = readJSON{true, true, true, true, true, true, true}
	case plan.Change, plan.Exchange, plan.Add:
		after := values(step.Device, *step.After)
		after.OnRemove = step.OnRemove
		switch {
		case step.Record != nil:
			after.Outcome = step.Record.Outcome
		case !step.Call && reads(step): // only what to leave behind is recorded
			after.Outcome = state.Observed
		case !step.Call:
			after.Outcome = step.Before.Outcome
		default:
			c.Change.AfterUnknown = decidedJSON{Outcome: true}
		}
		c.Change.After = after
	}
	// Of null it is false that anything in it is sensitive.
	if c.Change.Before == nil {
		c.Change.BeforeSensitive = false
	}
	if c.Change.After == nil {
		c.Change.AfterSensitive = false
	}
	if step.Action == plan.Exchange {
		c.Change.ReplacePaths = replacePaths(step.Before.Device, step.Device)
	}
	return c
}

// replacePaths are the attributes that make a thermostat another one.
func replacePaths(before, after provider.Device) [][]any {
	var paths [][]any
	if before.ModuleID != after.ModuleID {
		paths = append(paths, []any{"module_id"})
	}
	if before.PlantID != after.PlantID {
		paths = append(paths, []any{"plant_id"})
	}
	return paths
}

func actions(a plan.Action) []string {
	switch a {
	case plan.Add:
		return []string{"create"}
	case plan.Change:
		return []string{"update"}
	case plan.Exchange:
		return []string{"create", "forget"}
	case plan.Destroy:
		return []string{"delete"}
	case plan.Forget:
		return []string{"forget"}
	case plan.NoOp, plan.Move, plan.Import:
	}
	return []string{"no-op"}
}

func outputChange(o plan.Output) changeJSON {
	c := changeJSON{Actions: actions(outputAction(o)), AfterUnknown: false, BeforeSensitive: o.Sensitive, AfterSensitive: o.Sensitive}
	if o.Before != nil && !o.Before.Sensitive {
		c.Before = o.Before.Value
	}
	if o.After != nil && !o.After.Sensitive {
		c.After = o.After.Value
	}
	return c
}

// outputAction is what happens to an output.
func outputAction(o plan.Output) plan.Action {
	switch {
	case !o.Changed():
		return plan.NoOp
	case o.Before == nil:
		return plan.Add
	case o.After == nil:
		return plan.Destroy
	}
	return plan.Change
}
