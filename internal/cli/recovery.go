package cli

import (
	"fmt"
	"strings"

	"setpoint/plan"
	"setpoint/plan/state"
)

// tellRecovery says what a run that did not end left behind, and what the plan
// does about it.
func (a *app) tellRecovery(r state.Recovery, p *plan.Plan) {
	if len(r.InFlight) == 0 && r.Results == 0 {
		return
	}
	parts := []string{"The last run did not end."}
	if r.Results > 0 {
		parts = append(parts, plural(r.Results, "result")+" taken up from its journal.")
	}
	if len(r.InFlight) > 0 {
		parts = append(parts, plural(len(r.InFlight), "call")+" in flight when it was killed: "+fates(r.InFlight, p)+".")
	}
	fmt.Fprintf(a.Stderr, "%s\n\n", strings.Join(parts, " "))
}

// tellInFlight says which calls have no recorded answer, to somebody who does
// not hold the lock and so cannot know whether they are being made right now.
func (a *app) tellInFlight(addresses []string, p *plan.Plan) {
	if len(addresses) == 0 {
		return
	}
	fmt.Fprintf(a.Stderr, "%s in flight, of a run that goes on or was killed: %s.\n\n", plural(len(addresses), "call"), fates(addresses, p))
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
			parts = append(parts, names(fate.addresses)+" ("+fate.text+")")
		}
	}
	return strings.Join(parts, "; ")
}
