package render

import (
	"bytes"
	"fmt"

	"setpoint/config/address"
	"setpoint/plan"
)

// StreamResource names a thermostat in a stream.
type StreamResource struct {
	Addr            string `json:"addr"`
	Module          string `json:"module"`
	Resource        string `json:"resource"` // the address within its module
	ImpliedProvider string `json:"implied_provider"`
	ResourceType    string `json:"resource_type"`
	ResourceName    string `json:"resource_name"`
	ResourceKey     any    `json:"resource_key"` // a number of count, a text of for_each, or null
}

// ResourceAt is the thermostat with an address.
func ResourceAt(at address.Address) StreamResource {
	within := at
	within.Module = ""
	return StreamResource{
		Addr: at.String(), Module: at.Module, Resource: within.String(), ImpliedProvider: smarther,
		ResourceType: thermostat, ResourceName: at.Name, ResourceKey: at.Key.Value(),
	}
}

// StreamAction is an action in the words of a stream, which are others than those
// of a plan as JSON.
func StreamAction(a plan.Action) string {
	switch a {
	case plan.NoOp:
		return "noop"
	case plan.Add:
		return "create"
	case plan.Change:
		return "update"
	case plan.Exchange:
		return "replace"
	case plan.Destroy:
		return "delete"
	case plan.Forget:
		return "remove"
	case plan.Move, plan.Import:
	}
	return string(a)
}

type streamChange struct {
	Resource StreamResource  `json:"resource"`
	Previous *StreamResource `json:"previous_resource,omitempty"`
	Action   string          `json:"action"`
	Reason   string          `json:"reason,omitempty"`
	Import   *importingJSON  `json:"importing,omitempty"`
}

type changeLine struct {
	Change streamChange `json:"change"`
}

// PlanChanges are the numbers of a plan in a stream.
type PlanChanges struct {
	Add       int    `json:"add"`
	Change    int    `json:"change"`
	Import    int    `json:"import"`
	Remove    int    `json:"remove"`
	Forget    int    `json:"forget"`
	Move      int    `json:"move"` // those that nothing else happens to
	Operation string `json:"operation"`
}

// CallBudget are the calls that are to be made; with Made those that were.
type CallBudget struct {
	Calls int  `json:"calls"`
	Most  int  `json:"most"` // with all retries
	Made  *int `json:"made,omitempty"`
}

// Plan writes a plan: what was changed outside, what is to be done in the order of
// the plan, and the numbers.
func (s *Stream) Plan(p *plan.Plan) error {
	var b bytes.Buffer
	if err := NewStream(&b).plan(p); err != nil {
		return err
	}
	_, err := s.w.Write(b.Bytes())
	return err
}

func (s *Stream) plan(p *plan.Plan) error {
	changes := PlanChanges{Operation: "plan"}
	for i := range p.Steps {
		if step := &p.Steps[i]; step.Outside != "" {
			line := changeLine{streamChange{Resource: ResourceAt(step.Address), Action: "update", Reason: string(step.Outside)}}
			if err := s.Line(LevelInfo, "resource_drift", step.Address.String()+": changed outside: "+outsideText(step, p.Made), line); err != nil {
				return err
			}
		}
	}
	why := reasonsOf(p)
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Action == plan.NoOp {
			continue
		}
		if step.Action == plan.Move {
			changes.Move++
		}
		if err := s.Line(LevelInfo, "planned_change", step.Address.String()+": "+StepText(step, p.Made), changeLine{why.plannedChange(step)}); err != nil {
			return err
		}
	}
	count := p.Count()
	changes.Add, changes.Change, changes.Import, changes.Remove, changes.Forget = count.Add, count.Change, count.Import, count.Destroy, count.Forget
	err := s.Line(LevelInfo, "change_summary", planLine(p), struct {
		Changes PlanChanges `json:"changes"`
		Digest  string      `json:"digest"`
	}{changes, p.Digest()})
	if err != nil {
		return err
	}
	if err := s.plannedOutputs(p.Outputs); err != nil {
		return err
	}
	return s.CallBudget(CallBudget{Calls: count.Calls, Most: count.MostCalls})
}

func (r reasons) plannedChange(step *plan.Step) streamChange {
	c := streamChange{Resource: ResourceAt(step.Address), Action: StreamAction(step.Action), Reason: r.streamed(step)}
	if was, err := address.Parse(step.Moved); step.Moved != "" && err == nil {
		previous := ResourceAt(was)
		c.Previous = &previous
	}
	if step.Action == plan.Import {
		c.Import = &importingJSON{step.Device.ID()}
	}
	return c
}

// streamed is of in the words of a stream.
func (r reasons) streamed(step *plan.Step) string {
	switch {
	case step.Action == plan.Exchange:
		return "cannot_update"
	case step.Reason == plan.ReasonRequested:
		return "requested"
	}
	return r.of(step)
}

// CallBudget writes how many calls there are.
func (s *Stream) CallBudget(c CallBudget) error {
	message := "API calls: " + callsText(c.Calls, c.Most) + "."
	if c.Made != nil {
		message = fmt.Sprintf("API calls: %d.", *c.Made)
	}
	return s.Line(LevelInfo, "call_budget", message, struct {
		CallBudget CallBudget `json:"call_budget"`
	}{c})
}

type streamOutput struct {
	outputJSON
	Action string `json:"action,omitempty"`
}

// plannedOutputs writes the outputs, if one of them changes.
func (s *Stream) plannedOutputs(all []plan.Output) error {
	changed := 0
	outputs := map[string]streamOutput{}
	for _, o := range all {
		out := streamOutput{outputJSON{Sensitive: o.Sensitive}, StreamAction(outputAction(o))}
		if o.After != nil {
			out.outputJSON = outputOf(*o.After, o.Sensitive)
		}
		if o.Changed() {
			changed++
		}
		outputs[o.Name] = out
	}
	if changed == 0 {
		return nil
	}
	return s.outputs(outputs, fmt.Sprintf("Outputs: %d of %d to change.", changed, len(outputs)))
}

// Outputs writes the outputs as they are recorded after an apply, if there are any.
func (s *Stream) Outputs(all []plan.Output) error {
	outputs := map[string]streamOutput{}
	for _, o := range all {
		if o.After != nil {
			outputs[o.Name] = streamOutput{outputJSON: outputOf(*o.After, o.Sensitive)}
		}
	}
	if len(outputs) == 0 {
		return nil
	}
	return s.outputs(outputs, fmt.Sprintf("Outputs: %d.", len(outputs)))
}

func (s *Stream) outputs(outputs map[string]streamOutput, message string) error {
	return s.Line(LevelInfo, "outputs", message, struct {
		Outputs map[string]streamOutput `json:"outputs"`
	}{outputs})
}
