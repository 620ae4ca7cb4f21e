package plan

import (
	"fmt"
	"testing"

	"setpoint/plan/state"
)

// house is a configuration of n thermostats and the record of them all.
func house(b *testing.B, n int) Input {
	c := load(b, fmt.Sprintf(`
thermostat "room" {
  count     = %d
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%%012d", count.index)
  mode      = "manual"
  setpoint  = 20
}`, n))
	entries := make(map[string]state.Entry, n)
	for i := range n {
		entries[fmt.Sprintf("thermostat.room[%d]", i)] = entry(i, state.Confirmed, manual(200))
	}
	return input(c, record(entries))
}

// BenchmarkMake makes the plans of 10,000 thermostats that BenchmarkScale does not.
func BenchmarkMake(b *testing.B) {
	const n = 10_000
	destroy := house(b, n)
	destroy.Destroy = true
	target := house(b, n)
	target.Targets = []string{"thermostat.room"}
	singles, all, module := house(b, n), house(b, n), house(b, n)
	rename(b, &singles, func(i int) string { return fmt.Sprintf("thermostat.old_%d", i) }, 400)
	rename(b, &all, func(i int) string { return fmt.Sprintf("thermostat.old_%d", i) }, n)
	rename(b, &module, func(i int) string { return fmt.Sprintf("module.m.thermostat.room[%d]", i) }, n)
	module.Config.Moves = moving(b, "module.m.thermostat.room -> thermostat.room")
	for _, bench := range []struct {
		name string
		in   Input
	}{{"400 moves", singles}, {"10000 moves", all}, {"a block moves", module}, {"destroy", destroy}, {"target", target}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Make(bench.in)
			}
		})
	}
}

// rename gives the first rooms another name in the record, and a moved block each.
func rename(b *testing.B, in *Input, old func(i int) string, first int) {
	for i := range first {
		room := fmt.Sprintf("thermostat.room[%d]", i)
		in.State.Thermostats[old(i)] = in.State.Thermostats[room]
		delete(in.State.Thermostats, room)
		in.Config.Moves = append(in.Config.Moves, moving(b, old(i)+" -> "+room)...)
	}
}
