package render

import (
	"setpoint/config/address"
	"setpoint/plan"
)

// reasons know why steps are taken, in Terraform's words where one fits, by what
// else the plan declares.
type reasons struct {
	keys         map[string]address.Key // of one instance, by block
	modules      map[string]bool        // instances with thermostats in them
	declarations map[string]bool        // blocks, whatever their module instance
}

func reasonsOf(p *plan.Plan) reasons {
	r := reasons{map[string]address.Key{}, map[string]bool{}, map[string]bool{}}
	for i := range p.Steps {
		at := p.Steps[i].Address
		block := at.Block()
		if _, known := r.keys[block]; known || !declares(&p.Steps[i]) {
			continue
		}
		r.keys[block] = at.Key
		r.declarations[at.Declaration()] = true
		for _, module := range at.Modules() {
			r.modules[module] = true
		}
	}
	return r
}

func (r reasons) of(step *plan.Step) string {
	if step.Action == plan.Exchange {
		return "replace_because_cannot_update"
	}
	switch step.Reason {
	case plan.ReasonUndeclared, plan.ReasonReadressed, plan.ReasonRemoved:
		return r.ofDeletion(step)
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
	case plan.ReasonNone, plan.ReasonDestroyAll, plan.ReasonRecord:
	}
	return ""
}

// ofDeletion says what about the declaration is gone.
func (r reasons) ofDeletion(step *plan.Step) string {
	at := step.Address
	key, declared := r.keys[at.Block()]
	switch {
	case step.Moved != "":
		return "delete_because_no_move_target"
	case declared && !sameKind(key, at.Key):
		return "delete_because_wrong_repetition"
	case declared && isIndex(at.Key):
		return "delete_because_count_index"
	case declared:
		return "delete_because_each_key"
	case at.Module != "" && !r.modules[at.Module] && r.declarations[at.Declaration()]:
		return "delete_because_no_module"
	}
	return "delete_because_no_resource_config"
}

func sameKind(a, b address.Key) bool { return a.IsNone() == b.IsNone() && isIndex(a) == isIndex(b) }

func isIndex(k address.Key) bool {
	_, is := k.Value().(int)
	return is
}
