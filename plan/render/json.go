package render

import (
	"encoding/json"
	"fmt"
	"time"

	"setpoint/config/address"
	"setpoint/plan"
)

// The shapes of plans and states are those of Terraform 1.11, as far as they
// have a meaning here, so that tools written for them read them: see JSON. The
// version of Terraform is there because tools tell by it what a file is, and
// which form to expect.
const (
	planFormat       = "1.2"
	stateFormat      = "1.0"
	terraformVersion = "1.11.4"
)

type planJSON struct {
	FormatVersion      string                  `json:"format_version"`
	TerraformVersion   string                  `json:"terraform_version"`
	SetpointVersion    string                  `json:"setpoint_version"`
	Variables          map[string]variableJSON `json:"variables,omitempty"`
	PlannedValues      stateValuesJSON         `json:"planned_values"`
	ResourceDrift      []resourceChangeJSON    `json:"resource_drift,omitempty"`
	ResourceChanges    []resourceChangeJSON    `json:"resource_changes"`
	OutputChanges      map[string]changeJSON   `json:"output_changes"`
	PriorState         stateJSON               `json:"prior_state"`
	Configuration      configurationJSON       `json:"configuration"`
	RelevantAttributes []struct{}              `json:"relevant_attributes"`
	Checks             []checkJSON             `json:"checks"`
	Timestamp          string                  `json:"timestamp"`
	Digest             string                  `json:"digest"`
	Calls              callsJSON               `json:"call_budget"`
	Unread             []unreadJSON            `json:"unread,omitempty"`
	Applyable          bool                    `json:"applyable"`
	Complete           bool                    `json:"complete"`
	Errored            bool                    `json:"errored"`
}

type variableJSON struct {
	Value json.RawMessage `json:"value"`
}

type callsJSON struct {
	Calls int `json:"calls"`
	Most  int `json:"most"`
}

// unreadJSON is a thermostat that could not be read.
type unreadJSON struct {
	Address string `json:"address"`
	Why     string `json:"why"`
}

// JSON is a plan for programs: Terraform's plan JSON (format 1.2), on one line,
// where a thermostat is a resource of type "thermostat" of the provider
// "smarther". Its attributes are those of the configuration, all of them always
// there, null where the mode has none: setpoint is a number of °C, until is
// plant-local. Outcome, as in the state, is among them and unknown where a call
// decides it. The same plan gives the same bytes.
//
//   - resource_changes has every step in the plan's order, what stays as it is
//     as ["no-op"], another device under an address as ["create", "forget"].
//     action_reason has Terraform's words where one fits, else the plan's.
//   - prior_state and planned_values hold the thermostats of resource_changes
//     before and after, by modules and in the order of their addresses. With
//     targets, which "complete" tells, these are not all, and outputs are missing.
//   - configuration names what is declared. It holds no expressions: a plan keeps
//     values, not the source.
//   - checks holds the check blocks. Preconditions and validations are not there:
//     where one does not hold there is no plan.
//   - relevant_attributes is empty, errored false: only a whole plan is kept.
//   - variables, outputs: no value of a sensitive one is there, though its name is
//     with outputs.
//   - terraform_version is that of the Terraform whose format this is;
//     setpoint_version is that of the program that made the plan.
//
// Beyond that shape it has "digest" (see plan.Plan.Digest), "call_budget" and,
// after thermostats were read, "read_at" with each entry of resource_drift, whose
// "action_reason" is what is made of it, and "unread".
func JSON(p *plan.Plan) ([]byte, error) {
	count := p.Count()
	out := planJSON{
		FormatVersion:      planFormat,
		TerraformVersion:   terraformVersion,
		SetpointVersion:    p.SetpointVersion,
		Variables:          map[string]variableJSON{},
		ResourceChanges:    make([]resourceChangeJSON, 0, len(p.Steps)),
		OutputChanges:      map[string]changeJSON{},
		Configuration:      configuration(p),
		RelevantAttributes: []struct{}{},
		Checks:             checks(p.Checks),
		Timestamp:          p.Made.UTC().Format(time.RFC3339),
		Digest:             p.Digest(),
		Calls:              callsJSON{count.Calls, count.MostCalls},
		Applyable:          p.HasChanges(),
		Complete:           p.Targets == nil,
	}
	for name, value := range p.Variables {
		out.Variables[name] = variableJSON{value}
	}
	if err := out.addSteps(p); err != nil {
		return nil, err
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

// addSteps fills in what is told of thermostats. What stands before and after in
// resource_changes stands in prior_state and planned_values too.
func (out *planJSON) addSteps(p *plan.Plan) error {
	before, after := make([]placed, 0, len(p.Steps)), make([]placed, 0, len(p.Steps))
	reasons := reasonsOf(p)
	for i := range p.Steps {
		s := &p.Steps[i]
		c := resourceChange(s)
		c.ActionReason = reasons.of(s)
		out.ResourceChanges = append(out.ResourceChanges, c)
		if s.Outside != "" {
			out.ResourceDrift = append(out.ResourceDrift, resourceDrift(s))
		}
		if s.Seen != nil && s.Seen.Settings == nil {
			out.Unread = append(out.Unread, unreadJSON{s.Address.String(), s.Seen.Why})
		}
		if c.Change.After != nil {
			after = append(after, placed{s.Address, c.Address, c.Change.After})
		}
		if c.Change.Before == nil {
			continue
		}
		was := placed{s.Address, c.Address, c.Change.Before}
		if s.Moved != "" {
			at, err := address.Parse(s.Moved)
			if err != nil {
				return fmt.Errorf("show where %s was before: %w", c.Address, err)
			}
			was.at, was.name = at, s.Moved
		}
		before = append(before, was)
	}
	out.PlannedValues = stateValuesJSON{plannedOutputs(p), inModules(after)}
	out.PriorState = stateJSON{
		FormatVersion: stateFormat, TerraformVersion: terraformVersion, SetpointVersion: p.SetpointVersion,
		Values: stateValuesJSON{priorOutputs(p), inModules(before)},
	}
	return nil
}
