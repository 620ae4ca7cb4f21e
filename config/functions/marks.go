package functions

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"setpoint/config/diag"
)

// anyValue takes everything as it is, marks included.
func anyValue() []function.Parameter {
	return []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType,
		AllowUnknown: true, AllowNull: true, AllowMarked: true, AllowDynamicType: true,
	}}
}

func sensitive() function.Function {
	return remarked(func(v cty.Value) cty.Value { return v.Mark(diag.Sensitive) })
}

// nonsensitive lifts the mark of the value itself, not those of its parts.
func nonsensitive() function.Function {
	return remarked(func(v cty.Value) cty.Value {
		plain, marks := v.Unmark()
		delete(marks, diag.Sensitive)
		return plain.WithMarks(marks)
	})
}

func remarked(of func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: anyValue(),
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return of(args[0]), nil },
	})
}

// isSensitive tells of the value itself, not of its parts.
func isSensitive() function.Function {
	return function.New(&function.Spec{
		Params: anyValue(),
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if args[0].HasMark(diag.Sensitive) {
				return cty.True, nil
			}
			if !args[0].IsKnown() { // it may turn out so
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.False, nil
		},
	})
}
