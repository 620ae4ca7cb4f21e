package functions_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"setpoint/config/functions"
)

func aliasBomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for _, n := range "123456789" {
		before := "*a" + string(n-1)
		b.WriteString("a" + string(n) + ": &a" + string(n) + " [" + strings.Repeat(before+",", 9) + before + "]\n")
	}
	return b.String()
}

// What would take the memory or the day is refused at once, and says why.
func TestBounds(t *testing.T) {
	long := strings.Repeat("x\n", 600_000)
	fns := tableAt(t, ".", ".")
	for _, c := range []struct {
		name string
		args []cty.Value
		want string
	}{
		{"tonumber", texts("1e99999999"), "beyond all bounds"},
		{"tonumber", texts("1e-99999999"), "beyond all bounds"},
		{"tonumber", texts(strings.Repeat("1", 20_000)), "at most 10000 digits"},
		{"jsondecode", texts(`{"a":[1e99999999]}`), "beyond all bounds"},
		{"jsondecode", texts(strings.Repeat("[", 2_000_000)), "nested too deeply"},
		{"jsondecode", texts("[" + strings.Repeat("1,", 1_000_000) + "1]"), "more than 1000000 elements"},
		{"yamldecode", texts("1e99999999"), "beyond all bounds"},
		{"yamldecode", texts(strings.Repeat("[", 2_000_000)), "nested too deeply"},
		{"yamldecode", texts(strings.Repeat("- ", 2_000_000) + "x"), "nested too deeply"},
		{"yamldecode", texts(aliasBomb()), "more than 1000000 elements"},
		{"csvdecode", texts("a" + strings.Repeat("\n1", 1_000_001)), "more than 1000000 elements"},
		{"parseint", []cty.Value{cty.StringVal(strings.Repeat("z", 5000)), cty.NumberIntVal(36)}, "beyond all bounds"},
		{"parseint", []cty.Value{cty.StringVal(strings.Repeat("1", 5_000_000)), cty.NumberIntVal(10)}, "at most 10000 digits"},
		{"pow", []cty.Value{cty.NumberIntVal(10), cty.NumberIntVal(400)}, "beyond all bounds"},
		{"abs", []cty.Value{number("1e99999999")}, "beyond all bounds"},
		{"fahrenheit", []cty.Value{number("1e400")}, "no temperature"},
		{"cidrhost", []cty.Value{cty.StringVal("10.0.0.0/8"), number("1e99999999")}, "beyond all bounds"},
		{"range", []cty.Value{cty.NumberIntVal(1e9)}, "more than 1024 values"},
		{"setproduct", []cty.Value{many(1000), many(1000), many(1000)}, "more than 1000000 elements"},
		{"setproduct", append(singles(2000), many(1000)), "more than 1000000 elements"},
		{"format", texts("%999999999s", "a"), "at most three digits"},
		{"format", []cty.Value{cty.StringVal("%.99999f%s"), cty.NumberIntVal(1), cty.NullVal(cty.DynamicPseudoType)}, "at most three digits"},
		{"format", texts("%d", "1e99999999"), "beyond all bounds"},
		{"formatlist", []cty.Value{cty.StringVal("%s %5.1f"), cty.StringVal("a"), cty.ListVal(texts("1", "1e-99999999"))}, "beyond all bounds"},
		{"format", texts(strings.Repeat("%[1]s", 100), long), "larger than 32 MiB"},
		{"formatlist", []cty.Value{cty.StringVal(strings.Repeat("%999d", 100)), many(1000)}, "larger than 32 MiB"},
		{"indent", []cty.Value{cty.NumberIntVal(1001), cty.StringVal("a\nb")}, "by 0 to 1000 spaces"},
		{"indent", []cty.Value{cty.NumberIntVal(-1), cty.StringVal("a\nb")}, "by 0 to 1000 spaces"},
		{"indent", []cty.Value{cty.NumberIntVal(1000), cty.StringVal(long)}, "larger than 32 MiB"},
		{"join", []cty.Value{cty.StringVal(long), many(1000)}, "larger than 32 MiB"},
		{"replace", texts(long, "x", long), "larger than 32 MiB"},
		{"replace", texts(long[:900_000], "/x/", long), "larger than 32 MiB"},
		{"replace", texts(long, "/./", "x"), "at most 1000000 bytes"},
		{"regexall", texts("", long), "at most 1000000 bytes"},
		{"regex", texts("(((a{1000}){1000}){1000})", "a"), "invalid repeat count"},
		{"split", texts("", long), "more than 1000000 elements"},
		{"jsonencode", []cty.Value{cty.ListVal(texts(slices.Repeat([]string{long}, 10)...))}, "larger than 8 MiB"},
		{"flatten", []cty.Value{shared(6)}, "more than 1000000 elements"},
		{"distinct", []cty.Value{many(10_000)}, "too many elements to compare"},
		{"matchkeys", []cty.Value{many(10_000), many(10_000), many(10_000)}, "too many elements to compare"},
		{"cidrsubnets", []cty.Value{cty.StringVal("10.0.0.0/8"), cty.NumberIntVal(99)}, "by 1 to 24 bits"},
		{"templatestring", []cty.Value{cty.StringVal(strings.Repeat("${(", 2000)), cty.EmptyObjectVal}, "nested too deeply"},
		{"templatestring", []cty.Value{cty.StringVal(strings.Repeat("%{ for x in range(1000) }", 4) + "x" + strings.Repeat("%{ endfor }", 4)), cty.EmptyObjectVal}, "Loops without end"},
		{"templatestring", []cty.Value{cty.StringVal("${length([for x in range(1000) : [for x in range(1000) : [for x in range(1000) : x]]])}"), cty.EmptyObjectVal}, "Loops without end"},
		{"templatestring", []cty.Value{cty.StringVal(`${"1e99999999" * 1}`), cty.EmptyObjectVal}, "beyond all bounds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			v, err := callAsWritten(fns[c.name], c.args)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			if err == nil {
				t.Fatalf("is accepted: %.80s", v.GoString())
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "panic") {
				t.Errorf("says %q, want %q", err, c.want)
			}
		})
	}
}

// Within the bounds nothing is in the way.
func TestWithinBounds(t *testing.T) {
	fns := tableAt(t, ".", ".")
	for expr, want := range map[string]string{
		`length(setproduct(range(1000), range(500)))`:                           "500000",
		`length(format("%%1234 %999d", 1))`:                                     "1005",
		`length(yamldecode("a: &a {x: 1}\nb: *a\nc: [*a, *a]"))`:                "3",
		`length(split(",", join(",", range(1000))))`:                            "1000",
		`length(templatestring("%%{ for x in range(1000) }x%%{ endfor }", {}))`: "1000",
		`length(distinct(range(1000)))`:                                         "1000",
		`format("%s", "1e99999999")`:                                            `"1e99999999"`,
		`tonumber("1e1000") / tonumber("1e1000")`:                               "1",
		`fahrenheit(69.98)`:                                                     "21.1",
		`fahrenheit(-40)`:                                                       "-40",
		`fahrenheit(31.91)`:                                                     "-0.1",
		`fahrenheit(32.09)`:                                                     "0.1",
		`fahrenheit("70")`:                                                      "21.1",
		`fahrenheit(68)`:                                                        "20",
		`plantimestamp()`:                                                       `"2026-11-23T10:00:00Z"`,
	} {
		if got := outcomeOf(expr, fns).JSON; got != want {
			t.Errorf("%s = %s, want %s", expr, got, want)
		}
	}
	v, diags := evaluate(`upper(plantimestamp())`, fns)
	if diags.HasErrors() || !v.HasMark(functions.FromPlanningInstant) {
		t.Errorf("%#v %v", v, diags)
	}
	unknown, err := callAsWritten(fns["format"], []cty.Value{cty.StringVal("%s"), cty.UnknownVal(cty.String)})
	if err != nil || unknown.IsKnown() {
		t.Errorf("format of the unknown: %#v %v", unknown, err)
	}
}

func texts(all ...string) []cty.Value {
	values := make([]cty.Value, len(all))
	for i, s := range all {
		values[i] = cty.StringVal(s)
	}
	return values
}

func number(s string) cty.Value {
	return cty.MustParseNumberVal(s)
}

func many(n int) cty.Value {
	values := make([]cty.Value, n)
	for i := range values {
		values[i] = cty.NumberIntVal(int64(i))
	}
	return cty.ListVal(values)
}

func singles(n int) []cty.Value {
	values := make([]cty.Value, n)
	for i := range values {
		values[i] = many(1)
	}
	return values
}

// shared is small in memory and has 10 to the power of depth elements.
func shared(depth int) cty.Value {
	v := many(10)
	for range depth - 1 {
		v = cty.ListVal([]cty.Value{v, v, v, v, v, v, v, v, v, v})
	}
	return v
}

// FuzzFunctions calls any function with any arguments: none panics, none hangs,
// none gives an unknown result for what is known.
func FuzzFunctions(f *testing.F) {
	names := functions.Names()
	for i := range names {
		f.Add(uint8(i), `["a,b\n1,2", 2, "x"]`)
		f.Add(uint8(i), `[["a", null, "b"], ["x"], {"a": 1}]`)
		f.Add(uint8(i), `[{"a": ["x"]}, "a", -1.5]`)
		f.Add(uint8(i), `["10.0.0.0/8", 8, 1e400]`)
		f.Add(uint8(i), `[null, null]`)
		f.Add(uint8(i), `["testdata/files/t.tmpl", {"name": "x", "xs": ["${y}"]}]`)
	}
	fns := tableAt(f, ".", ".")
	f.Fuzz(func(t *testing.T, which uint8, encoded string) {
		var list []json.RawMessage
		if json.Unmarshal([]byte(encoded), &list) != nil || len(encoded) > 10_000 {
			return
		}
		name := names[int(which)%len(names)]
		if name == "can" || name == "try" { // they take expressions
			return
		}
		var args []cty.Value
		for _, raw := range list {
			arg, err := fns["jsondecode"].Call([]cty.Value{cty.StringVal(string(raw))})
			if err != nil {
				return
			}
			args = append(args, arg)
		}
		start := time.Now()
		v, err := callAsWritten(fns[name], args)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s(%s) took %s", name, encoded, took)
		}
		switch {
		case err != nil && strings.Contains(err.Error(), "panic"):
			t.Errorf("%s(%s): %v", name, encoded, err)
		case err == nil && !v.IsWhollyKnown():
			t.Errorf("%s(%s) is unknown: %#v", name, encoded, v)
		}
	})
}
