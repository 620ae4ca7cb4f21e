package render

import (
	"fmt"
	"io"
	"testing"

	"setpoint/config/address"
	"setpoint/internal/house"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// BenchmarkScale draws plans of houses of every size: first, when everything is
// added, and with one in a hundred changed. The floor is to print the address of
// each thermostat that is drawn, and of one.
func BenchmarkScale(b *testing.B) {
	for _, every := range []int{1, 100} {
		b.Run(map[int]string{1: "first", 100: "one percent"}[every], func(b *testing.B) {
			house.Each(b, func(b *testing.B, n int) {
				p := partly(n, every)
				house.Against(b, func() {
					for i := range p.Steps {
						if i == 0 || p.Steps[i].Action != plan.NoOp {
							fmt.Fprintf(io.Discard, "  + %s\n", p.Steps[i].Address.String())
						}
					}
				}, func() {
					if err := Text(io.Discard, p, TextOptions{}); err != nil {
						b.Fatal(err)
					}
				})
			})
		})
	}
}

func partly(n, every int) *plan.Plan {
	p := &plan.Plan{Attempts: 5}
	for i := range n {
		after := provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: provider.Celsius(180 + i%50)}
		before := state.Entry{Settings: after, Outcome: state.Confirmed}
		step := plan.Step{Address: address.Address{Name: fmt.Sprintf("room_%06d", i)}, Action: plan.NoOp, Before: &before, After: &after}
		if i%every == 0 {
			before.Settings.Setpoint--
			step.Action, step.Call = plan.Change, true
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}
