package conversion_test

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"setpoint/config/conversion"
)

// BenchmarkTo converts rooms as csvdecode and a for expression give them. The
// library is asked for as many as it can bear.
func BenchmarkTo(b *testing.B) {
	shapes := []struct {
		name, want string
		of         func(int) cty.Value
	}{
		{"object_to_map", "map(" + room + ")", roomsByName},
		{"tuple_to_list", "list(" + room + ")", roomsInOrder},
		{"tuple_to_set", "set(" + room + ")", roomsInOrder},
		{"map_of_any", "map(any)", roomsByName},
	}
	for _, shape := range shapes {
		c := declared(b, shape.want)
		for _, n := range []int{100, 1_000, 10_000, 100_000} {
			v := shape.of(n)
			b.Run(fmt.Sprintf("%s/%d", shape.name, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := conversion.To(v, c.typ, c.defaults); err != nil {
						b.Fatal(err)
					}
				}
			})
			if n > 10_000 {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d/library", shape.name, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := byLibrary(v, c); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkToWrong has one value that does not fit, the last.
func BenchmarkToWrong(b *testing.B) {
	c := declared(b, "map("+room+")")
	for _, n := range []int{1_000, 10_000} {
		rooms := roomsByName(n).AsValueMap()
		rooms["z"] = cty.ObjectVal(map[string]cty.Value{"module_id": cty.StringVal("m"), "setpoint": cty.StringVal("warm")})
		v := cty.ObjectVal(rooms)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := conversion.To(v, c.typ, c.defaults); err == nil {
					b.Fatal("no error")
				}
			}
		})
	}
}

func roomsByName(n int) cty.Value {
	rooms := make(map[string]cty.Value, n)
	for i, v := range roomsInOrder(n).AsValueSlice() {
		rooms[fmt.Sprintf("room_%d", i)] = v
	}
	return cty.ObjectVal(rooms)
}

func roomsInOrder(n int) cty.Value {
	rooms := make([]cty.Value, n)
	for i := range rooms {
		rooms[i] = cty.ObjectVal(map[string]cty.Value{
			"module_id": cty.StringVal(fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)),
			"setpoint":  cty.StringVal("20.5"),
		})
	}
	return cty.TupleVal(rooms)
}
