package console

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"pgregory.net/rapid"

	"setpoint/config"
	"setpoint/config/diag"
)

// emptyConfig is a configuration that declares nothing.
func emptyConfig(t *testing.T) *config.Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte("locals {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir})
	if list.HasErrors() {
		t.Fatal(list)
	}
	return c
}

// TestValuesReadBack prints values of every kind: as HCL and as JSON they read
// back as they were.
func TestValuesReadBack(t *testing.T) {
	c := emptyConfig(t)
	rapid.Check(t, func(t *rapid.T) {
		value := drawValue(3).Draw(t, "value")
		text, err := hclText(value)
		if err != nil {
			t.Fatal(err)
		}
		back, list := c.Evaluate("test", text, nil)
		if list.HasErrors() || !back.RawEquals(value) {
			t.Fatalf("%#v is printed as\n%s\nand read back as %#v; %+v", value, text, back, list)
		}
		text, err = jsonText(value)
		if err != nil || strings.Contains(text, "\n") {
			t.Fatalf("%#v is printed as %q: %v", value, text, err)
		}
		back, err = ctyjson.Unmarshal([]byte(text), value.Type())
		if err != nil || !back.RawEquals(value) {
			t.Fatalf("%#v is printed as %s and read back as %#v: %v", value, text, back, err)
		}
	})
}

// drawValue draws values whose type can be told from what is written.
func drawValue(depth int) *rapid.Generator[cty.Value] {
	text := rapid.Map(
		rapid.OneOf(rapid.StringOf(rapid.RuneFrom([]rune("ab${}%\"\\\n\r\t\u001b\u2028\u202eé😀~"))), rapid.String()),
		func(s string) string { return cty.NormalizeString(strings.ToValidUTF8(s, "?")) })
	strs := rapid.Map(text, cty.StringVal)
	leaves := []*rapid.Generator[cty.Value]{
		strs, rapid.Map(rapid.Bool(), cty.BoolVal),
		rapid.Map(rapid.Int64(), cty.NumberIntVal),
		rapid.Map(rapid.StringMatching(`-?[1-9][0-9]{0,8}\.[0-9]{0,8}[1-9]`), cty.MustParseNumberVal),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	inner := drawValue(depth - 1)
	some := rapid.SliceOfN(strs, 1, 4)
	return rapid.OneOf(append(leaves,
		rapid.Map(rapid.SliceOfN(inner, 0, 4), cty.TupleVal),
		rapid.Map(rapid.MapOfN(text, inner, 0, 4), cty.ObjectVal),
		rapid.Map(some, cty.ListVal),
		rapid.Map(some, cty.SetVal),
		rapid.Map(rapid.MapOfN(text, strs, 1, 4), cty.MapVal),
	)...)
}

func TestNothingSensitiveIsPrinted(t *testing.T) {
	secret := cty.StringVal("canary").Mark(diag.Sensitive)
	for _, value := range []cty.Value{
		secret, cty.TupleVal([]cty.Value{secret}), cty.ListVal([]cty.Value{secret}), cty.SetVal([]cty.Value{secret}),
		cty.MapVal(map[string]cty.Value{"a": secret}), cty.ObjectVal(map[string]cty.Value{"a": cty.TupleVal([]cty.Value{secret})}),
		cty.ObjectVal(map[string]cty.Value{"canary": cty.True}).Mark(diag.Sensitive), secret.Mark("another"),
		cty.UnknownVal(cty.Object(map[string]cty.Type{"canary": cty.String})).Mark(diag.Sensitive),
		cty.ObjectVal(map[string]cty.Value{"a": cty.NullVal(cty.Object(map[string]cty.Type{"canary": cty.String})).Mark(diag.Sensitive)}),
	} {
		asHCL, err := hclText(value)
		if err != nil {
			t.Error(err)
		}
		asJSON, err := jsonText(value)
		if err != nil {
			t.Error(err)
		}
		for _, text := range []string{asHCL, asJSON, typeText(value)} {
			if strings.Contains(text, "canary") || text != typeText(value) && !strings.Contains(text, hidden) {
				t.Errorf("%#v is printed as %s", value, text)
			}
		}
	}
}

func TestValuesWithoutText(t *testing.T) {
	for _, value := range []cty.Value{
		cty.UnknownVal(cty.String), cty.PositiveInfinity, cty.TupleVal([]cty.Value{cty.NegativeInfinity}),
		cty.MapVal(map[string]cty.Value{"a": cty.DynamicVal}), cty.CapsuleVal(cty.Capsule("x", reflect.TypeFor[int]()), new(int)),
	} {
		if text, err := hclText(value); err == nil {
			t.Errorf("%#v is printed as %s", value, text)
		}
		if text, err := jsonText(value); err == nil {
			t.Errorf("%#v is printed as %s", value, text)
		}
	}
	if text, err := jsonText(cty.StringVal("<&>")); err != nil || text != `"<&>"` {
		t.Errorf("%s, %v", text, err)
	}
	huge := cty.MustParseNumberVal("1e100000")
	if text, err := hclText(huge); err != nil || text != "1e+100000" {
		t.Errorf("%s, %v", text, err)
	}
}

// TestExpressions cuts input into expressions.
func TestExpressions(t *testing.T) {
	for input, want := range map[string]string{
		"1\n2":                        "1|2",
		"[\n1\n]\n2":                  "[ 1 ]|2",
		"f(\n{ a = [\n] }\n)\n)\n2":   "f( { a = [ ] } )|)|2",
		"\"(\"\n\"[${\"{\"}\"\n2":     "\"(\"|\"[${\"{\"}\"|2",
		"\"a\n2":                      "\"a|2",
		"[\"a\n2":                     "[\"a|2",
		"\"${\n[\n1]\n}\"\n2":         "\"${ [ 1] }\"|2",
		"<<E\n(\n E\n2":               "<<E (  E|2",
		"<<-E\n  ${[\nE\n]}\n  E\n2":  "<<-E   ${[ E ]}   E|2",
		"[<<E\nE\n, <<F\n]\nF\n]\n2":  "[<<E E , <<F ] F ]|2",
		"1 # (\n2 /* [ */ // {\n3":    "1 # (|2 /* [ */ // {|3",
		"}\n]\n[\n}\n2":               "}|]|[ }|2",
		"1 <\n2":                      "1 <|2",
		"a = <<E\nx\nE\nb = <<E\nE\n": "a = <<E x E|b = <<E E",
		"\xff(\n)\n2":                 "\xff( )|2",
	} {
		var got []string
		e := Expression{}
		for line := range strings.SplitSeq(strings.TrimSuffix(input, "\n"), "\n") {
			if e.Add(line) {
				got = append(got, strings.ReplaceAll(e.text.String(), "\n", " "))
				e = e.After()
			}
		}
		if e.Begun() {
			got = append(got, strings.ReplaceAll(e.text.String(), "\n", " ")+"…")
		}
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("%q is cut into %s, not %s", input, joined, want)
		}
	}
}

// TestEvaluate: expressions in a row see what they are given, and what is wrong with
// one is said where it is in the whole input.
func TestEvaluate(t *testing.T) {
	c := &Console{Config: emptyConfig(t), More: map[string]cty.Value{"state": cty.ObjectVal(map[string]cty.Value{"serial": cty.NumberIntVal(7)})}}
	var e Expression
	for _, test := range []struct {
		input, want string
		line        int // of the error, 0 for none
	}{
		{"state.serial + 1", "8\n", 0},
		{"# nothing", "", 0},
		{"[\n  1,\n  nowhere.x,\n]", "", 5},
		{"type(\n[true])", "tuple([bool])\n", 0},
		{"type(state.serial)", "number\n", 0},
		{"1 / 0", "", 10},
		{"", "", 0},
		{"1e", "", 12},
	} {
		for line := range strings.SplitSeq(test.input, "\n") {
			e.Add(line)
		}
		text, list := c.Evaluate("input", &e)
		line := 0
		for _, d := range list {
			line = d.Range.Start.Line
		}
		if text != test.want || line != test.line {
			t.Errorf("%q is %q, with an error in line %d; %+v", test.input, text, line, list)
		}
		e = e.After()
	}
	c.JSON = true
	for input, want := range map[string]string{`["a", state.serial]`: `["a",7]`, "type(1)": `"number"`} {
		var e Expression
		e.Add(input)
		if text, list := c.Evaluate("input", &e); text != want+"\n" || len(list) > 0 {
			t.Errorf("%s is %q; %+v", input, text, list)
		}
	}
}
