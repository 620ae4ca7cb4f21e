package render

import (
	"strings"
	"time"

	"setpoint/plan"
)

// reasonText says in a few words why a step is taken.
func reasonText(step *plan.Step, reference time.Time) string {
	switch step.Reason {
	case plan.ReasonUnknown:
		return strings.Trim(again(step, reference), " ()")
	case plan.ReasonSuperseded:
		return "set under another name since"
	case plan.ReasonRequested:
		return "asked for with --replace"
	case plan.ReasonExpired:
		return "what is declared is over"
	case plan.ReasonUndeclared:
		return "no longer declared"
	case plan.ReasonReadressed:
		return "declared under another name"
	case plan.ReasonRemoved:
		return "a removed block"
	case plan.ReasonDestroyAll:
		return "everything is given up"
	case plan.ReasonRecord:
		return "only recorded, no call"
	case plan.ReasonDrift:
		return "changed outside, put back"
	case plan.ReasonAdopted:
		return "changed outside, adopted without a call"
	case plan.ReasonObserved:
		return "read as declared, no call"
	case plan.ReasonNone:
	}
	switch step.Action {
	case plan.Add:
		return "newly declared"
	case plan.Change:
		return "declared differently"
	case plan.Exchange:
		return "declared for another device"
	case plan.Import:
		return "an import block"
	case plan.Move:
		return "a moved block"
	case plan.Destroy, plan.Forget:
		return "no longer declared"
	case plan.NoOp:
	}
	return ""
}
