package render

import (
	"io"
	"testing"

	"setpoint/config"
	"setpoint/internal/house"
	"setpoint/plan"
	"setpoint/plan/state"
)

// BenchmarkScale draws plans of houses of every shape and size: with an empty
// state, when everything is added, and with one in a hundred changed. The floor is
// to decode the record of the house.
func BenchmarkScale(b *testing.B) {
	for _, empty := range []bool{true, false} {
		operation := map[bool]string{true: "render-empty", false: "render-changed"}[empty]
		house.Each(b, operation, house.Declared(), func(b *testing.B, shape house.Shape, n int) {
			p, floor := planned(b, shape, n, empty)
			house.Against(b, floor, func() {
				if err := Text(io.Discard, p, TextOptions{}); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// planned is the plan of a house, and the floor of drawing it.
func planned(b *testing.B, shape house.Shape, n int, empty bool) (p *plan.Plan, floor func()) {
	dir := b.TempDir()
	if err := house.Write(dir, house.Files(shape, n)); err != nil {
		b.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir})
	if len(list) > 0 {
		b.Fatal(list)
	}
	record := house.State(shape, n, 100)
	s, err := state.Decode("state", record)
	if err != nil {
		b.Fatal(err)
	}
	if empty {
		s = state.New("test")
	}
	p, _ = plan.Make(plan.Input{Config: c, State: s, Absent: empty})
	return p, house.Reading(b, record)
}
