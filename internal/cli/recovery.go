package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/state"
)

// recoveryText says what a run that did not end left behind, and what the plan
// does about it; "" where nothing was. Somebody who does not hold the lock cannot
// know whether the calls are being made right now.
func recoveryText(r recovered) string {
	switch {
	case len(r.InFlight) == 0 && r.Results == 0 && len(r.Conflicts) == 0:
		return ""
	case !r.held:
		return fmt.Sprintf("%s in flight or about to start, of a run that goes on or was killed: %s.", diag.Plural(len(r.InFlight), "call"), fates(r.InFlight, r.plan))
	}
	parts := []string{"The last run did not end."}
	if len(r.InFlight) == 0 { // all its calls were answered
		parts[0] = "The last run did not end, or could not save its record."
	}
	if r.Results > 0 {
		parts = append(parts, diag.Plural(r.Results, "result")+" taken up from its journal.")
	}
	if len(r.InFlight) > 0 {
		parts = append(parts, diag.Plural(len(r.InFlight), "call")+" in flight or about to start when it was killed: "+fates(r.InFlight, r.plan)+".")
	}
	parts = append(parts, conflictTexts(r.Conflicts)...)
	return strings.Join(parts, " ")
}

// conflictTexts says what others did to the same thermostats meanwhile, each kind once.
func conflictTexts(conflicts []state.Conflict) []string {
	addresses := map[string][]string{}
	for _, c := range conflicts {
		addresses[c.Detail] = append(addresses[c.Detail], c.Address)
	}
	var texts []string
	for _, detail := range slices.Sorted(maps.Keys(addresses)) {
		texts = append(texts, fmt.Sprintf("%s: %s.", diag.Capital(detail), diag.Few(addresses[detail])))
	}
	return texts
}

// fates says what a plan does about calls that were never answered.
func fates(addresses []string, p *plan.Plan) string {
	reasons := make(map[string]*plan.Step, len(addresses))
	for i := range p.Steps {
		reasons[p.Steps[i].Address.String()] = &p.Steps[i]
		if from := p.Steps[i].Moved; from != "" {
			reasons[from] = &p.Steps[i]
		}
	}
	var again, over, rest []string
	for _, address := range addresses {
		switch step := reasons[address]; {
		case step != nil && step.Call:
			again = append(again, address)
		case step != nil && step.Reason == plan.ReasonExpired:
			over = append(over, address)
		default:
			rest = append(rest, address)
		}
	}
	var parts []string
	for _, fate := range []struct {
		addresses []string
		text      string
	}{{again, "will be sent again"}, {over, "expired meanwhile, not sent again"}, {rest, "outcome unknown"}} {
		if len(fate.addresses) > 0 {
			parts = append(parts, diag.Few(fate.addresses)+" ("+fate.text+")")
		}
	}
	return strings.Join(parts, "; ")
}
