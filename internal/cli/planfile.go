package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
)

// savePlan writes a plan. It replaces an older plan, but nothing else: a slip
// of the hand must not cost the state.
func (a *app) savePlan(p *plan.Plan, path string) error {
	if state.Companion(path) {
		return fail("Plan not saved", "%s is a name that belongs to a state. Name another file with --out.", path)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		there, err := beginning(path)
		if err != nil {
			return fail("Plan not saved", "%s: %s.", path, cause(err))
		}
		if !isPlan(there) {
			return fail("Plan not saved", "%s is there already and is not a plan, so it is left alone. Name another file with --out.", path)
		}
	}
	if err := durable.Replace(a.Files, path, 0o600, p.Encode); err != nil {
		return fail("Plan not saved", "%s.", diag.Capital(err.Error()))
	}
	return nil
}

// planSign is how far into a plan file its sign is found.
const planSign = 200

// isPlan tells whether a file is meant to be a plan, whole or not.
func isPlan(content []byte) bool {
	return bytes.Contains(content[:min(len(content), planSign)], []byte(`"setpoint_plan"`))
}

// beginning is as much of a file as tells whether it is a plan.
func beginning(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(file, planSign))
	return content, errors.Join(err, file.Close())
}

// readPlan reads a saved plan.
func readPlan(path string) (*plan.Plan, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fail("Plan not readable", "%s: %s.", path, cause(err))
	}
	return decodePlan(path, content)
}

func decodePlan(path string, content []byte) (*plan.Plan, error) {
	p, err := plan.Decode(content)
	if err != nil {
		summary := "Plan not usable"
		switch {
		case errors.Is(err, plan.ErrNotAPlan):
			summary = "Not a plan"
		case errors.Is(err, plan.ErrNewer):
			summary = "Plan from a newer version"
		}
		return nil, fail(summary, "%s: %s.", path, err)
	}
	return p, nil
}

// checkFresh refuses a saved plan whose configuration, state or thermostats are
// not any more those that it was made from.
func checkFresh(p *plan.Plan, c *config.Config, s *state.State, absent bool) error {
	switch {
	case p.Configuration != c.Digest:
		return fail("Plan for another configuration", "The configuration here is not the one that the plan was made from. "+
			"Apply it where that configuration is, or make a new plan.")
	case absent && p.Lineage != "":
		return fail("Plan for another state", "The plan was made from the state with lineage %s, but there is no state here. "+
			"Restore it, or make a new plan.", p.Lineage)
	case !absent && p.Lineage == "":
		return fail("Plan for another state", "The plan was made when there was no state, but there is one now. Make a new plan.")
	case !absent && p.Lineage != s.Lineage:
		return fail("Plan for another state", "The plan was made from the state with lineage %s, but the state here has lineage %s. "+
			"Apply it where that state is, or make a new plan.", p.Lineage, s.Lineage)
	}
	moved := p.Stale(s)
	if len(moved) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s moved since the plan was made, so it would not do what it says:\n", diag.Plural(len(moved), "thermostat"))
	for _, m := range moved {
		fmt.Fprintf(&b, "  %s: was %s; is %s\n", m.Step.Address, entryText(m.Then, p), entryText(m.Now, p))
	}
	b.WriteString("Make a new plan.")
	return fail("Plan is stale", "%s", b.String())
}

func entryText(e *state.Entry, p *plan.Plan) string {
	if e == nil {
		return "not managed"
	}
	return fmt.Sprintf("%s, %s %s", render.Settings(e.Settings, p.Made), e.Outcome, diag.Second(e.At))
}
