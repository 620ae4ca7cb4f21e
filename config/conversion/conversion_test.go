package conversion_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/conversion"
)

const room = `object({module_id = string, setpoint = number, mode = optional(string, "manual"), tags = optional(map(string), {})})`

func declared(t testing.TB, source string) constraint {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(source), "", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(expr)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return constraint{typ: typ, defaults: defaults}
}

func TestTo(t *testing.T) {
	hall := cty.ObjectVal(map[string]cty.Value{"module_id": cty.StringVal("m"), "setpoint": cty.StringVal("20.5")})
	full := cty.ObjectVal(map[string]cty.Value{
		"module_id": cty.StringVal("m"), "setpoint": cty.NumberFloatVal(20.5), "mode": cty.StringVal("manual"), "tags": cty.MapValEmpty(cty.String),
	})
	secret := func(v cty.Value) cty.Value { return v.Mark("sensitive") }
	tests := []struct {
		name, want string
		from, to   cty.Value
	}{
		{"object to map", "map(" + room + ")", cty.ObjectVal(map[string]cty.Value{"a": hall, "b": full}), cty.MapVal(map[string]cty.Value{"a": full, "b": full})},
		{"tuple to list", "list(" + room + ")", cty.TupleVal([]cty.Value{hall, full}), cty.ListVal([]cty.Value{full, full})},
		{"tuple to set", "set(" + room + ")", cty.TupleVal([]cty.Value{hall, full}), cty.SetVal([]cty.Value{full})},
		{"marks stay where they are", "map(" + room + ")", cty.ObjectVal(map[string]cty.Value{"a": secret(hall), "b": full}), cty.MapVal(map[string]cty.Value{"a": secret(full), "b": full})},
		{"marks within a set are the set's", "set(string)", cty.TupleVal([]cty.Value{secret(cty.StringVal("a")), cty.True}), secret(cty.SetVal([]cty.Value{cty.StringVal("a"), cty.StringVal("true")}))},
		{"unknown within", "list(number)", cty.TupleVal([]cty.Value{cty.UnknownVal(cty.String), cty.StringVal("1")}), cty.ListVal([]cty.Value{cty.UnknownVal(cty.Number), cty.NumberIntVal(1)})},
		{"any made of like elements", "map(any)", cty.ObjectVal(map[string]cty.Value{"a": hall, "b": hall}), cty.MapVal(map[string]cty.Value{"a": hall, "b": hall})},
		{"any made of unlike elements", "list(any)", cty.TupleVal([]cty.Value{cty.True, cty.StringVal("x")}), cty.ListVal([]cty.Value{cty.StringVal("true"), cty.StringVal("x")})},
		{"null", "map(" + room + ")", cty.NullVal(cty.DynamicPseudoType), cty.NullVal(cty.Map(full.Type()))},
		{"a missing attribute of a map has the bare type", "object({a = optional(object({b = optional(string)}))})", cty.MapValEmpty(cty.String),
			cty.ObjectVal(map[string]cty.Value{"a": cty.NullVal(cty.Object(map[string]cty.Type{"b": cty.String}))})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := declared(t, test.want)
			got, err := conversion.To(test.from, c.typ, c.defaults)
			if err != nil || !got.RawEquals(test.to) {
				t.Errorf("%#v, %v, want %#v", got, err, test.to)
			}
		})
	}
}

func TestToSaysWhatIsWrong(t *testing.T) {
	good := map[string]cty.Value{"module_id": cty.StringVal("m"), "setpoint": cty.StringVal("20.5")}
	warm := cty.ObjectVal(map[string]cty.Value{"module_id": cty.StringVal("m"), "setpoint": cty.StringVal("warm")})
	bare := cty.ObjectVal(map[string]cty.Value{"module_id": cty.StringVal("m")})
	tests := []struct {
		name, want string
		from       cty.Value
		says       string
		at         cty.Path
	}{
		{"the first value that does not fit", "map(" + room + ")",
			cty.ObjectVal(map[string]cty.Value{"a": cty.ObjectVal(good), "b": warm, "c": warm}), "a number is required", cty.IndexStringPath("b").GetAttr("setpoint")},
		{"a type before a value", "map(" + room + ")",
			cty.ObjectVal(map[string]cty.Value{"a": warm, "b": bare, "c": bare}), `element "b": attribute "setpoint" is required`, nil},
		{"the first type", "object({rooms = list(" + room + ")})",
			cty.ObjectVal(map[string]cty.Value{"rooms": cty.TupleVal([]cty.Value{warm, bare, bare})}), `attribute "rooms": element 1: attribute "setpoint" is required`, nil},
		{"an empty list of what does not fit", "list(number)", cty.ListValEmpty(cty.EmptyTuple), "incorrect list element type: number required, but have tuple", nil},
		{"within any", "list(any)", cty.TupleVal([]cty.Value{cty.EmptyObjectVal, cty.True}), "all list elements must have the same type", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := declared(t, test.want)
			for range 20 { // maps are walked in another order each time
				_, err := conversion.To(test.from, c.typ, c.defaults)
				var path cty.PathError
				if err == nil || err.Error() != test.says || errors.As(err, &path) != (test.at != nil) || !path.Path.Equals(test.at) {
					t.Fatalf("%v at %#v, want %s at %#v", err, path.Path, test.says, test.at)
				}
			}
		})
	}
}

// TestToDoesNotPanic has values that the library panics at.
func TestToDoesNotPanic(t *testing.T) {
	unknown := cty.UnknownVal(cty.Map(cty.Object(map[string]cty.Type{"a": cty.String})))
	tests := []struct {
		want string
		from cty.Value
	}{
		{"object({a = optional(tuple([any])), b = object({a = string})})", unknown},
		{`object({b = optional(map(any), {}), l = optional(object({a = optional(list(string), ["1"]), c = optional(map(string), {b = "x"})}))})`,
			cty.ObjectVal(map[string]cty.Value{"l": cty.MapVal(map[string]cty.Value{"b": cty.NullVal(cty.DynamicPseudoType)})})},
	}
	for i, test := range tests {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			c := declared(t, test.want)
			if library := outcomeOf(func() (cty.Value, error) { return byLibrary(test.from, c) }); library.panicked == nil {
				t.Errorf("the library no longer panics, but gives %s", library)
			}
			got := outcomeOf(func() (cty.Value, error) { return conversion.To(test.from, c.typ, c.defaults) })
			if got.panicked != nil {
				t.Errorf("To panics: %v", got.panicked)
			}
			t.Log(got)
		})
	}
}
