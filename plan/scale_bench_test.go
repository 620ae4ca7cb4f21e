package plan

import (
	"io"
	"testing"

	"setpoint/config"
	houses "setpoint/internal/house"
	"setpoint/plan/state"
)

// BenchmarkScale plans houses of every shape and size: with an empty state, with
// nothing changed and with one in a hundred changed; and saves and reads the
// last of these plans. The floor is to decode the record of the house.
func BenchmarkScale(b *testing.B) {
	for _, bench := range []struct {
		operation string
		changed   int // every so many-th
		empty     bool
	}{{"plan-empty", 0, true}, {"plan-unchanged", 0, false}, {"plan-changed", 100, false}} {
		houses.Each(b, bench.operation, houses.Declared(), func(b *testing.B, shape houses.Shape, n int) {
			in, floor := inhabited(b, shape, n, bench.changed)
			if bench.empty {
				in.State, in.Absent = state.New("test"), true
			}
			houses.Against(b, floor, func() { Make(in) })
		})
	}
	houses.Each(b, "plan-save", houses.Declared(), func(b *testing.B, shape houses.Shape, n int) {
		in, floor := inhabited(b, shape, n, 100)
		p, _ := Make(in)
		houses.Against(b, floor, func() {
			if err := p.Encode(io.Discard); err != nil {
				b.Fatal(err)
			}
		})
	})
	houses.Each(b, "plan-read", houses.Declared(), func(b *testing.B, shape houses.Shape, n int) {
		in, floor := inhabited(b, shape, n, 100)
		p, _ := Make(in)
		content := encode(b, p)
		houses.Against(b, floor, func() {
			if _, err := Decode(content); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// inhabited is what a plan of a house is made from, and the floor of it.
func inhabited(b *testing.B, shape houses.Shape, n, changed int) (in Input, floor func()) {
	dir := b.TempDir()
	if err := houses.Write(dir, houses.Files(shape, n)); err != nil {
		b.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir})
	if len(list) > 0 {
		b.Fatal(list)
	}
	record := houses.State(shape, n, changed)
	s, err := state.Decode("state", record)
	if err != nil {
		b.Fatal(err)
	}
	return input(c, s), houses.Reading(b, record)
}
