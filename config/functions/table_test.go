package functions_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"setpoint/config/functions"
)

// To record the table again: go test ./config/functions -record /usr/local/bin/terraform
var record = flag.String("record", "", "record testdata/terraform-1.11.json with the Terraform program at this path")

const recording = "testdata/terraform-1.11.json"

// recorded is what Terraform said. To add a row, write its expression and record.
type recorded struct {
	Version   string   `json:"version"`
	Functions []string `json:"functions"` // all that this version has
	Rows      []row    `json:"rows"`
}

type row struct {
	Expr string `json:"expr"`
	outcome
	Why  string   `json:"why,omitempty"`  // why ours differs
	Ours *outcome `json:"ours,omitempty"` // where it differs
}

// outcome is a result in JSON and its type, or both "error".
type outcome struct {
	JSON string `json:"json"`
	Type string `json:"type"`
}

func TestLikeTerraform(t *testing.T) {
	if *record != "" {
		recordAll(t, *record)
	}
	table := readRecording(t)
	if len(table.Rows) < 400 {
		t.Fatalf("only %d rows", len(table.Rows))
	}
	fns := tableAt(t, "testdata/files", ".")
	called := map[string]bool{}
	for _, r := range table.Rows {
		name, _, _ := strings.Cut(r.Expr, "(")
		called[name] = true
		want := r.outcome
		if r.Ours != nil {
			want = *r.Ours
			if r.Why == "" || want == r.outcome {
				t.Errorf("%s: a difference without reason", r.Expr)
			}
		}
		if got := outcomeOf(r.Expr, fns); got != want {
			t.Errorf("%s\n got %+v\nwant %+v", r.Expr, got, want)
		}
	}
	for _, name := range functions.Names() {
		if !called[name] && name != "fahrenheit" && name != "plantimestamp" {
			t.Errorf("%s is compared with nothing", name)
		}
	}
	for _, name := range table.Functions {
		_, absent := functions.Absent(name)
		if _, present := fns[name]; present == absent {
			t.Errorf("%s: in the table %t, explained as absent %t", name, present, absent)
		}
	}
}

func readRecording(t *testing.T) recorded {
	t.Helper()
	raw, err := os.ReadFile(recording)
	if err != nil {
		t.Fatal(err)
	}
	var table recorded
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	return table
}

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func tableAt(t testing.TB, dir, module string, allow ...string) map[string]function.Function {
	t.Helper()
	files, err := functions.NewFiles(dir, allow, func(string, []byte) {})
	if err != nil {
		t.Fatal(err)
	}
	return functions.Table(now, files, module)
}

func evaluate(expr string, fns map[string]function.Function) (cty.Value, hcl.Diagnostics) {
	parsed, diags := hclsyntax.ParseExpression([]byte(expr), "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	return parsed.Value(&hcl.EvalContext{Functions: fns, Variables: map[string]cty.Value{
		"path": cty.ObjectVal(map[string]cty.Value{"module": functions.Path("."), "root": functions.Path(".")}),
	}})
}

func outcomeOf(expr string, fns map[string]function.Function) outcome {
	failed := outcome{"error", "error"}
	value, diags := evaluate("["+expr+"]", fns)
	if diags.HasErrors() {
		return failed
	}
	plain, _ := value.UnmarkDeep()
	if !plain.IsWhollyKnown() {
		return outcome{"unknown", "unknown"}
	}
	text, err := stdlib.JSONEncode(plain)
	if err != nil {
		return failed
	}
	return outcome{strings.TrimSuffix(strings.TrimPrefix(text.AsString(), "["), "]"), typeText(plain.Type().TupleElementType(0))}
}

// typeText writes a type as Terraform does, without spaces.
func typeText(t cty.Type) string {
	switch {
	case t == cty.DynamicPseudoType:
		return "dynamic"
	case t.IsPrimitiveType():
		return t.FriendlyName()
	case t.IsListType():
		return "list(" + typeText(t.ElementType()) + ")"
	case t.IsSetType():
		return "set(" + typeText(t.ElementType()) + ")"
	case t.IsMapType():
		return "map(" + typeText(t.ElementType()) + ")"
	case t.IsTupleType():
		var parts strings.Builder
		for _, element := range t.TupleElementTypes() {
			parts.WriteString(typeText(element) + ",")
		}
		return "tuple([" + parts.String() + "])"
	}
	var parts strings.Builder
	for _, name := range slices.Sorted(maps.Keys(t.AttributeTypes())) {
		parts.WriteString(name + ":" + typeText(t.AttributeType(name)) + ",")
	}
	return "object({" + parts.String() + "})"
}

func TestDescribed(t *testing.T) {
	for _, name := range functions.Names() {
		signature, sentence := functions.Describe(name)
		if !strings.HasPrefix(signature, name+"(") || !strings.HasSuffix(signature, ")") {
			t.Errorf("%s: signature %q", name, signature)
		}
		if len(sentence) < 15 || len(sentence) > 120 || !strings.HasSuffix(sentence, ".") || sentence[:1] != strings.ToUpper(sentence[:1]) {
			t.Errorf("%s: sentence %q", name, sentence)
		}
	}
	if signature, sentence := functions.Describe("nosuch"); signature != "" || sentence != "" {
		t.Errorf("nosuch is described as %q %q", signature, sentence)
	}
	both := functions.Names()
	for _, name := range functions.Names() {
		both = append(both, functions.Core+name)
	}
	slices.Sort(both)
	if diff := cmp.Diff(both, slices.Sorted(maps.Keys(tableAt(t, ".", ".")))); diff != "" {
		t.Error(diff)
	}
}

func TestAbsent(t *testing.T) {
	for name, want := range map[string]string{"timestamp": "use plantimestamp()", "abspath": "from machine to machine", "uuid": "uuidv5", "env": "variable"} {
		if why, ok := functions.Absent(name); !ok || !strings.Contains(why, want) {
			t.Errorf("%s: %t %q", name, ok, why)
		}
	}
	if why, ok := functions.Absent("upper"); ok || why != "" {
		t.Errorf("upper: %q", why)
	}
}

func writeJSON(t *testing.T, table recorded) {
	t.Helper()
	var b bytes.Buffer
	encode := func(v any) string {
		var one bytes.Buffer
		e := json.NewEncoder(&one)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(one.String())
	}
	b.WriteString("{\"version\": " + encode(table.Version) + ",\n\"functions\": " + encode(table.Functions) + ",\n\"rows\": [\n")
	for i, r := range table.Rows {
		b.WriteString(encode(r))
		if i < len(table.Rows)-1 {
			b.WriteString(",")
		}
		b.WriteString("\n")
	}
	b.WriteString("]}\n")
	if err := os.WriteFile(recording, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
