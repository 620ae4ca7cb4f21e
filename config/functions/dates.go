package functions

import (
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func dates(now time.Time) map[string]function.Function {
	return map[string]function.Function{
		"formatdate":    stdlib.FormatDateFunc,
		"plantimestamp": plantimestamp(now),
		"timeadd":       stdlib.TimeAddFunc,
		"timecmp":       timecmp(),
	}
}

// plantimestamp is the planning instant in UTC, the same everywhere in one run.
func plantimestamp(now time.Time) function.Function {
	value := cty.StringVal(now.UTC().Format(time.RFC3339)).Mark(FromPlanningInstant)
	return function.New(&function.Spec{
		Type: function.StaticReturnType(cty.String),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) { return value, nil },
	})
}

func timecmp() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "a", Type: cty.String}, {Name: "b", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			var instants [2]time.Time
			for i, arg := range args {
				instant, err := time.Parse(time.RFC3339, arg.AsString())
				if err != nil {
					return cty.NilVal, function.NewArgErrorf(i, "write an instant like 2026-12-24T18:00:00Z")
				}
				instants[i] = instant
			}
			return cty.NumberIntVal(int64(instants[0].Compare(instants[1]))), nil
		},
	})
}
