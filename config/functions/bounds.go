package functions

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// The bounds of what one function makes: a slip of the finger must not fill the
// memory or the day.
const (
	mostElements = 1_000_000
	mostBytes    = 32 << 20
	mostExponent = 4096       // of numbers, in base 2: 1e999999999 is short only until its digits are asked for
	mostDigits   = 10_000     // of a number in a text
	mostPairs    = 50_000_000 // of elements to compare with one another
	mostNesting  = 1000       // of YAML by indents
	mostFlows    = 20_000     // brackets in YAML, where only its parser can tell which are in texts
	mostSpaces   = 1000       // of indent
	mostWidth    = 999        // of format
	mostRounds   = 100_000    // of the loops of one template
	mostEncoded  = 8 << 20    // bytes of JSON and YAML, whose encoders take long

	mostLoopRounds = 2_000_000 // of the loops within one another in an expression
	mostLoopBytes  = 256 << 20
)

// check refuses arguments. They are unmarked; each may be unknown or null.
type check func(args []cty.Value) error

// bounded refuses arguments before the function sees them. It also refuses the
// word null where the function would give an unknown result for it, which nobody
// could find the reason of.
func bounded(f function.Function, checks ...check) function.Function {
	refuse := func(args []cty.Value) error {
		plain := make([]cty.Value, len(args))
		for i, arg := range args {
			plain[i], _ = arg.Unmark()
		}
		for _, check := range checks {
			if err := check(plain); err != nil {
				return err
			}
		}
		return nil
	}
	params, rest := dynamic(f)
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      params,
		VarParam:    rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := refuse(args); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err != nil || v.IsKnown() {
				return v, err
			}
			for i, arg := range args {
				if !arg.IsWhollyKnown() {
					return v, nil
				}
				if arg.IsNull() {
					err = function.NewArgErrorf(i, "null cannot be used here")
				}
			}
			return v, err
		},
	})
}

// dynamic gives the parameters of a function, all of which take the word null.
func dynamic(f function.Function) (params []function.Parameter, rest *function.Parameter) {
	params = slices.Clone(f.Params())
	for i := range params {
		params[i].AllowDynamicType = true
	}
	if f.VarParam() != nil {
		v := *f.VarParam()
		v.AllowDynamicType = true
		rest = &v
	}
	return params, rest
}

// finite refuses results with numbers beyond all bounds.
func finite(f function.Function) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type:        f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && !Ordinary(v) {
				return cty.NilVal, errBeyond
			}
			return v, err
		},
	})
}

func usable(v cty.Value) bool { return v.IsKnown() && !v.IsNull() }

// text gives an argument's text, "" if it has none.
func text(v cty.Value) string {
	if v.Type() == cty.String && usable(v) {
		return v.AsString()
	}
	return ""
}

// Ordinary tells whether every number in a value is of ordinary size: others are
// short only until their digits are asked for.
func Ordinary(v cty.Value) bool {
	v, _ = v.Unmark()
	switch {
	case !usable(v):
		return true
	case v.Type().IsObjectType():
		for name, typ := range v.Type().AttributeTypes() { // to go through them in order costs more
			if typ != cty.String && typ != cty.Bool && !Ordinary(v.GetAttr(name)) {
				return false
			}
		}
	case v.Type() == cty.Number:
		f := v.AsBigFloat()
		exponent := f.MantExp(nil)
		return !f.IsInf() && exponent <= mostExponent && exponent >= -mostExponent
	case v.CanIterateElements():
		for _, element := range v.Elements() {
			if !Ordinary(element) {
				return false
			}
		}
	}
	return true
}

func checkNumbers(args []cty.Value) error {
	for i, arg := range args {
		if arg.Type() == cty.Number && !Ordinary(arg) {
			return function.NewArgErrorf(i, "a number beyond all bounds")
		}
	}
	return nil
}

func checkDigits(args []cty.Value) error {
	if len(text(args[0])) > mostDigits {
		return function.NewArgErrorf(0, "a number has at most %d digits", mostDigits)
	}
	return nil
}
