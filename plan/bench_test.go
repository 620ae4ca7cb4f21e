package plan

import (
	"fmt"
	"testing"

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
	for _, bench := range []struct {
		name string
		in   Input
	}{{"unchanged", house(b, n, 0)}, {"empty", empty}, {"one percent", house(b, n, 100)}, {"destroy", destroy}, {"target", target}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Make(bench.in)
			}
		})
	}
}

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
		for b.Loop() {
			if _, err := Decode(content); err != nil {
				b.Fatal(err)
			}
		}
	})
}
