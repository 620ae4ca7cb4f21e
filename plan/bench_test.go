package plan

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"setpoint/plan/state"
)

// house is a configuration of n thermostats and the record of them all, of
// which every changed-th has something else.
func house(b *testing.B, n, changed int) Input {
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
		e := entry(i, state.Confirmed, manual(200))
		if changed > 0 && i%changed == 0 {
			e.Settings.Setpoint = 190
		}
		entries[fmt.Sprintf("thermostat.room[%d]", i)] = e
	}
	return input(c, record(entries))
}

func BenchmarkMake(b *testing.B) {
	const n = 10_000
	empty := house(b, n, 0)
	empty.State = record(nil)
	destroy := house(b, n, 0)
	destroy.Destroy = true
	target := house(b, n, 0)
	target.Targets = []string{"thermostat.room"}
	singles, all, module := house(b, n, 0), house(b, n, 0), house(b, n, 0)
	rename(b, &singles, func(i int) string { return fmt.Sprintf("thermostat.old_%d", i) }, 400)
	rename(b, &all, func(i int) string { return fmt.Sprintf("thermostat.old_%d", i) }, n)
	rename(b, &module, func(i int) string { return fmt.Sprintf("module.m.thermostat.room[%d]", i) }, n)
	module.Moves = moving(b, "module.m.thermostat.room -> thermostat.room")
	for _, bench := range []struct {
		name string
		in   Input
	}{{"400 moves", singles}, {"10000 moves", all}, {"a block moves", module}, {"unchanged", house(b, n, 0)}, {"empty", empty}, {"one percent", house(b, n, 100)}, {"destroy", destroy}, {"target", target}} {
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
		in.Moves = append(in.Moves, moving(b, old(i)+" -> "+room)...)
	}
}

// BenchmarkFile reads and writes the plan file of 10,000 thermostats. What reading
// takes is compared with what encoding/json takes to read the same bytes into
// maps, in the same run.
func BenchmarkFile(b *testing.B) {
	p, _ := Make(house(b, 10_000, 1))
	content := encode(b, p)
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			encode(b, p)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(content); err != nil {
				b.Fatal(err)
			}
		}
		ours, begin := b.Elapsed()/time.Duration(b.N), time.Now()
		for range 5 {
			var whatever any
			if err := json.Unmarshal(content, &whatever); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(5*float64(ours)/float64(time.Since(begin)), "x-encoding/json")
	})
}
