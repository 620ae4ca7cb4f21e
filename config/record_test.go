package config

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// TestEncodeValue: a value is written as the library writes it, and refused where
// it refuses.
func TestEncodeValue(t *testing.T) {
	number := func(s string) cty.Value { return cty.MustParseNumberVal(s) }
	room := cty.ObjectVal(map[string]cty.Value{"b": number("20.5"), "a": cty.StringVal("x<é>\"\\\x01\u2028")})
	values := []cty.Value{
		cty.True, cty.False, cty.StringVal(""), cty.StringVal("plain ~ text"), cty.NullVal(cty.String), cty.NullVal(cty.DynamicPseudoType),
		cty.EmptyObjectVal, cty.EmptyTupleVal, cty.MapValEmpty(cty.String), cty.ListValEmpty(cty.Number), room,
		cty.MapVal(map[string]cty.Value{"z": room, "a\"": room}), cty.TupleVal([]cty.Value{cty.True, room, cty.NullVal(cty.DynamicPseudoType)}),
		cty.ListVal([]cty.Value{room}), cty.SetVal([]cty.Value{number("2"), number("1")}), cty.MapVal(map[string]cty.Value{"a": cty.NullVal(cty.Bool)}),
		cty.StringVal("x").Mark("m"), cty.ListVal([]cty.Value{cty.StringVal("x").Mark("m")}), cty.UnknownVal(cty.String),
		cty.PositiveInfinity, cty.NegativeInfinity, cty.ObjectVal(map[string]cty.Value{"a": cty.PositiveInfinity}),
		cty.NumberVal(new(big.Float).SetPrec(24).SetFloat64(0.1)), cty.NumberVal(new(big.Float).SetPrec(700).SetInt64(3)),
		cty.NumberFloatVal(0.1), cty.NumberFloatVal(1 << 70), cty.NumberFloatVal(math.Copysign(0, -1)), cty.NumberVal(new(big.Float).Neg(new(big.Float))),
		number("1").Divide(number("3")), number("20.1").Subtract(number("1")),
	}
	for _, s := range []string{
		"0", "-0", "1", "-1.5", "20.50", "0.1", "1e3", "1e22", "1e23", "123456789012345678", "0.30000000000000004", "0.300000000000000041",
		"1e-7", "1e400", "1e-400", "9007199254740993", "179769313486231580793e289", "5e-324", "4.9e-324", strings.Repeat("9", 60),
	} {
		values = append(values, number(s))
	}
	for _, v := range values {
		want, wantErr := ctyjson.Marshal(v, v.Type())
		got, err := encodeValue(v)
		if string(got) != string(want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%#v: %s, %v; want %s, %v", v, got, err, want, wantErr)
		}
	}
}

func FuzzAppendNumber(f *testing.F) {
	f.Add(0.1, int64(7), uint(512))
	f.Add(1e300, int64(-3), uint(53))
	f.Fuzz(func(t *testing.T, x float64, n int64, precision uint) {
		if x != x || n == 0 {
			return
		}
		v := new(big.Float).SetPrec(precision % 1000).SetMode(big.ToNearestEven)
		v.Quo(big.NewFloat(x), new(big.Float).SetInt64(n))
		for _, v := range []*big.Float{v, big.NewFloat(x)} {
			got, ok := appendNumber(nil, v)
			if want := v.Text('f', -1); ok == v.IsInf() || ok && string(got) != want {
				t.Errorf("%s, %v; want %s", got, ok, want)
			}
		}
	})
}
