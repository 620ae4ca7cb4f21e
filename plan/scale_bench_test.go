package plan

import (
	"encoding/json"
	"testing"

	"setpoint/config"
	houses "setpoint/internal/house"
	"setpoint/plan/state"
)

// BenchmarkScale plans houses of every size: first, again, and with one in a
// hundred changed. The floor is to look each thermostat up in the record and to
// compare the two. Saving and reading a plan are held against the standard
// library's encoding and decoding of the same.
func BenchmarkScale(b *testing.B) {
	for _, bench := range []struct {
		name     string
		absent   bool
		changed  int // every so many-th
		ofCalled houses.Shape
	}{{"first", true, 0, houses.Literal}, {"unchanged", false, 0, houses.Literal}, {"one percent", false, 100, houses.Literal}, {"unchanged in a module", false, 0, houses.Module}} {
		b.Run("make/"+bench.name, func(b *testing.B) {
			houses.Each(b, func(b *testing.B, n int) {
				in := inhabited(b, bench.ofCalled, n, bench.changed)
				if bench.absent {
					in.State, in.Absent = state.New("test"), true
				}
				changes := 0
				houses.Against(b, func() {
					for i := range in.Wanted {
						t := &in.Wanted[i]
						if e, ok := in.State.Thermostats[t.Address.String()]; !ok || !e.Settings.Same(t.Settings) {
							changes++
						}
					}
				}, func() { Make(in) })
			})
		})
	}
	b.Run("encode", func(b *testing.B) {
		houses.Each(b, func(b *testing.B, n int) {
			p, _ := Make(inhabited(b, houses.Literal, n, 100))
			houses.Against(b, func() {
				if _, err := json.Marshal(p); err != nil {
					b.Fatal(err)
				}
			}, func() {
				if _, err := p.Encode(); err != nil {
					b.Fatal(err)
				}
			})
		})
	})
	b.Run("decode", func(b *testing.B) {
		houses.Each(b, func(b *testing.B, n int) {
			p, _ := Make(inhabited(b, houses.Literal, n, 100))
			content, err := p.Encode()
			if err != nil {
				b.Fatal(err)
			}
			houses.Against(b, func() {
				var p Plan
				if err := json.Unmarshal(content, &p); err != nil {
					b.Fatal(err)
				}
			}, func() {
				if _, err := Decode(content); err != nil {
					b.Fatal(err)
				}
			})
		})
	})
}

// inhabited is what a plan of a house is made from.
func inhabited(b *testing.B, shape houses.Shape, n, changed int) Input {
	dir := b.TempDir()
	if err := houses.Write(dir, houses.Files(shape, n)); err != nil {
		b.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir})
	if len(list) > 0 {
		b.Fatal(list)
	}
	s, err := state.Decode("state", houses.State(shape, n, changed))
	if err != nil {
		b.Fatal(err)
	}
	return input(c, s)
}
