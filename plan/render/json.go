package render

import (
	"encoding/json"
	"fmt"
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// The shape below is that of Terraform's plan JSON, format 1.2, as far as it
// has a meaning here, so that tools written for it read it: see JSON.
type planJSON struct {
	FormatVersion   string                  `json:"format_version"`
	SetpointVersion string                  `json:"setpoint_version"`
	Variables       map[string]variableJSON `json:"variables,omitempty"`
	ResourceDrift   []resourceChangeJSON    `json:"resource_drift,omitempty"`
	ResourceChanges []resourceChangeJSON    `json:"resource_changes"`
	OutputChanges   map[string]changeJSON   `json:"output_changes"`
	Timestamp       string                  `json:"timestamp"`
	Digest          string                  `json:"digest"`
	Calls           callsJSON               `json:"call_budget"`
	Unread          []unreadJSON            `json:"unread,omitempty"`
	Applyable       bool                    `json:"applyable"`
	Complete        bool                    `json:"complete"`
	Errored         bool                    `json:"errored"`
}

type variableJSON struct {
	Value json.RawMessage `json:"value"`
}

type callsJSON struct {
	Calls int `json:"calls"`
	Most  int `json:"most"`
}

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

// unreadJSON is a thermostat that could not be read.
type unreadJSON struct {
	Address string `json:"address"`
	Why     string `json:"why"`
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

// valuesJSON are the attributes of a thermostat, named as in the configuration.
type valuesJSON struct {
	PlantID      string             `json:"plant_id"`
	ModuleID     string             `json:"module_id"`
	Function     provider.Function  `json:"function"`
	Mode         provider.Mode      `json:"mode"`
	Setpoint     *provider.Celsius  `json:"setpoint"`
	Program      *int               `json:"program"`
	BoostMinutes *int               `json:"boost_minutes"`
	Until        *string            `json:"until"`
	OnRemove     *provider.Settings `json:"on_remove"`
	Outcome      state.Outcome      `json:"outcome,omitempty"` // only of what is recorded
}

// importedJSON is what is known of a thermostat before it is read, readJSON what
// is known after it.
type importedJSON struct {
	PlantID  string             `json:"plant_id"`
	ModuleID string             `json:"module_id"`
	OnRemove *provider.Settings `json:"on_remove"`
}

type readJSON struct {
	Function     bool `json:"function"`
	Mode         bool `json:"mode"`
	Setpoint     bool `json:"setpoint"`
	Program      bool `json:"program"`
	BoostMinutes bool `json:"boost_minutes"`
	Until        bool `json:"until"`
	Outcome      bool `json:"outcome"`
}

// JSON is a plan for programs: Terraform's plan JSON, where a thermostat is a
// resource of type "thermostat" with its setpoint as a JSON number. Beyond that
// shape it has "digest", "call_budget" and, after thermostats were read, "read_at"
// with each entry of resource_drift, whose "action_reason" is what is made of it,
// and "unread".
func JSON(p *plan.Plan) ([]byte, error) {
	count := p.Count()
	out := planJSON{
		FormatVersion:   "1.2",
		SetpointVersion: p.SetpointVersion,
		Variables:       map[string]variableJSON{},
		ResourceChanges: make([]resourceChangeJSON, 0, len(p.Steps)),
		OutputChanges:   map[string]changeJSON{},
		Timestamp:       p.Made.UTC().Format(time.RFC3339),
		Digest:          p.Digest(),
		Calls:           callsJSON{count.Calls, count.MostCalls},
		Applyable:       p.HasChanges(),
		Complete:        p.Targets == nil,
	}
	for name, value := range p.Variables {
		out.Variables[name] = variableJSON{value}
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		out.ResourceChanges = append(out.ResourceChanges, resourceChange(s))
		if s.Outside != "" {
			out.ResourceDrift = append(out.ResourceDrift, resourceDrift(s))
		}
		if s.Seen != nil && s.Seen.Settings == nil {
			out.Unread = append(out.Unread, unreadJSON{s.Address.String(), s.Seen.Why})
		}
	}
	for _, o := range p.Outputs {
		out.OutputChanges[o.Name] = outputChange(o)
	}
	encoded, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode plan as JSON: %w", err)
	}
	return append(encoded, '\n'), nil
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
		Mode:            "managed",
		Type:            "thermostat",
		Name:            step.Address.Name,
		Index:           step.Address.Key.Value(),
		ProviderName:    "smarther",
		ActionReason:    actionReason(step),
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
		c.Change.Importing = &importingJSON{step.Device.PlantID + "/" + step.Device.ModuleID}
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

// recorded are the attributes of a record, nil where there is none.
func recorded(e *state.Entry) any {
	if e == nil {
		return nil
	}
	v := values(e.Device, e.Settings)
	v.Outcome, v.OnRemove = e.Outcome, e.OnRemove
	return v
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
	}
	return []string{"no-op"}
}

func actionReason(step *plan.Step) string {
	if step.Action == plan.Exchange {
		return "replace_because_cannot_update"
	}
	switch step.Reason {
	case plan.ReasonUndeclared, plan.ReasonReadressed, plan.ReasonRemoved:
		if step.Moved != "" {
			return "delete_because_no_move_target"
		}
		return "delete_because_no_resource_config"
	case plan.ReasonRequested:
		return "replace_by_request"
	case plan.ReasonUnknown:
		return "outcome_unknown"
	case plan.ReasonSuperseded:
		return "superseded"
	case plan.ReasonExpired:
		return "expired"
	case plan.ReasonDrift, plan.ReasonAdopted, plan.ReasonObserved:
		return string(step.Reason)
	}
	return ""
}

func values(d provider.Device, s provider.Settings) valuesJSON {
	s = s.Canonical()
	v := valuesJSON{PlantID: d.PlantID, ModuleID: d.ModuleID, Function: s.Function, Mode: s.Mode}
	switch s.Mode {
	case provider.Manual:
		v.Setpoint = &s.Setpoint
	case provider.Automatic:
		v.Program = &s.Program
	case provider.Boost:
		v.BoostMinutes = &s.BoostMinutes
	}
	if !s.End.IsZero() && s.Mode != provider.Boost {
		until := s.End.String()
		v.Until = &until
	}
	return v
}

func outputChange(o plan.Output) changeJSON {
	c := changeJSON{AfterUnknown: false, BeforeSensitive: o.Sensitive, AfterSensitive: o.Sensitive}
	if o.Before != nil && !o.Before.Sensitive {
		c.Before = o.Before.Value
	}
	if o.After != nil && !o.After.Sensitive {
		c.After = o.After.Value
	}
	switch {
	case !o.Changed():
		c.Actions = []string{"no-op"}
	case o.Before == nil:
		c.Actions = []string{"create"}
	case o.After == nil:
		c.Actions = []string{"delete"}
	default:
		c.Actions = []string{"update"}
	}
	return c
}
