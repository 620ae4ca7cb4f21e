package functions

import (
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// fahrenheit converts to degrees Celsius, rounded to one decimal, halves away
// from zero: fahrenheit(68) is 20.
func fahrenheit() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "degrees", Type: cty.Number}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			degrees := args[0].AsBigFloat()
			if degrees.IsInf() || degrees.MantExp(nil) > 64 || degrees.MantExp(nil) < -1024 {
				return cty.NilVal, function.NewArgErrorf(0, "no temperature")
			}
			exact, _ := degrees.Rat(nil)
			tenths := exact.Sub(exact, big.NewRat(32, 1))
			tenths.Mul(tenths, big.NewRat(50, 9))
			half := big.NewRat(1, 2)
			if tenths.Sign() < 0 {
				half.Neg(half)
			}
			tenths.Add(tenths, half)
			whole := new(big.Int).Quo(tenths.Num(), tenths.Denom())
			return cty.ParseNumberVal(new(big.Rat).SetFrac(whole, big.NewInt(10)).FloatString(1))
		},
	})
}

// sum adds the elements of a list, a set or a tuple.
func sum() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			list := args[0]
			if !list.Type().IsListType() && !list.Type().IsSetType() && !list.Type().IsTupleType() {
				return cty.NilVal, function.NewArgErrorf(0, "a list, a set or a tuple of numbers is needed")
			}
			if !list.IsWhollyKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if list.LengthInt() == 0 {
				return cty.NilVal, function.NewArgErrorf(0, "an empty list has no sum")
			}
			total := cty.Zero
			for _, element := range list.Elements() {
				number, err := convert.Convert(element, cty.Number)
				if err != nil || number.IsNull() || !Ordinary(number) {
					return cty.NilVal, function.NewArgErrorf(0, "only numbers can be added")
				}
				total = total.Add(number)
			}
			return total, nil
		},
	})
}
