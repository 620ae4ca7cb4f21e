package diag_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/mattn/go-runewidth"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
)

// found makes a diagnostic about the bytes from start to end of a source.
func found(src string, start, end int) diag.Diagnostic {
	return diag.FromHCL(hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Wrong", Detail: "Put it right.",
		Subject: &hcl.Range{Filename: "main.hcl", Start: position(src, start), End: position(src, end)},
	}}, parsed(src))[0]
}

func parsed(src string) map[string]*hcl.File {
	file, _ := hclsyntax.ParseConfig([]byte(src), "main.hcl", hcl.InitialPos)
	file.Bytes = []byte(src)
	return map[string]*hcl.File{"main.hcl": file}
}

func position(src string, at int) hcl.Pos {
	line := strings.LastIndexByte(src[:at], '\n') + 1
	return hcl.Pos{Line: 1 + strings.Count(src[:at], "\n"), Column: 1 + len([]rune(src[line:at])), Byte: at}
}

func text(t *testing.T, o diag.TextOptions, list ...diag.Diagnostic) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.WriteText(&b, list, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextPlace(t *testing.T) {
	before := *runewidth.DefaultCondition
	defer func() { *runewidth.DefaultCondition = before }()
	runewidth.DefaultCondition.EastAsianWidth = true // a locale in which "°" takes two columns changes nothing
	long := "a = [\n" + strings.Repeat("  1,\n", 30) + "]\n"
	for name, c := range map[string]struct {
		src        string
		start, end int
		want       string
	}{
		"in the middle":     {"a = 1\nb = 22\nc = 3\n", 10, 12, "  main.hcl:2:5:\n  2: b = 22\n         ^^\n"},
		"empty range":       {"a = 1\n", 4, 4, "  main.hcl:1:5:\n  1: a = 1\n         ^\n"},
		"whole line":        {"a = 1\nb = 2\n", 0, 6, "  main.hcl:1:1:\n  1: a = 1\n     ^^^^^\n"},
		"end of file":       {"a = 1\n", 6, 6, "  main.hcl:2:1:\n  2: \n     ^\n"},
		"no final newline":  {"a = 1", 4, 5, "  main.hcl:1:5:\n  1: a = 1\n         ^\n"},
		"wide runes":        {"a = \"温度\" + x\n", 15, 16, "  main.hcl:1:12:\n  1: a = \"温度\" + x\n                  ^\n"},
		"degrees":           {"a = \"°\" + x\n", 11, 12, "  main.hcl:1:11:\n  1: a = \"°\" + x\n               ^\n"},
		"wide runes marked": {"a = \"温度\"\n", 4, 12, "  main.hcl:1:5:\n  1: a = \"温度\"\n         ^^^^^^\n"},
		"tab":               {"\ta = 1\n", 5, 6, "  main.hcl:1:6:\n  1:     a = 1\n             ^\n"},
		"CRLF":              {"a = 1\r\nb = 2\r\n", 4, 5, "  main.hcl:1:5:\n  1: a = 1\n         ^\n"},
		"CRLF several":      {"a = [\r\n1]\r\n", 4, 9, "  main.hcl:1:5:\n  1: a = [\n  2: 1]\n"},
		"past a CR":         {"a = 1\r\nb = 2\r\n", 6, 7, "  main.hcl:1:7:\n  1: a = 1\n          ^\n"},
		"several lines":     {"a = [\n  1,\n]\n", 4, 12, "  main.hcl:1:5:\n  1: a = [\n  2:   1,\n  3: ]\n"},
		"control character": {"a = \"\x1b[31m\u202e\u200f\"\n", 4, 17, "  main.hcl:1:5:\n  1: a = \"\\u001b[31m\\u202e\\u200f\"\n         ^^^^^^^^^^^^^^^^^^^^^^^^\n"},
		"no UTF-8":          {"a = \xff\xfe1\n", 6, 7, "  main.hcl:1:7:\n  1: a = \uFFFD1\n          ^\n"},
		"very long subject": {long, 4, len(long) - 1, "  main.hcl:1:5:\n  1: a = [\n" + numbered(2, 12)},
	} {
		t.Run(name, func(t *testing.T) {
			want := "Error: Wrong\n\n" + c.want + "\nPut it right.\n"
			if diff := cmp.Diff(want, text(t, diag.TextOptions{}, found(c.src, c.start, c.end))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func numbered(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "  %d:   1,\n", i)
	}
	return b.String()
}

func TestTextWraps(t *testing.T) {
	d := diag.Diagnostic{Severity: diag.Warning, Summary: "Odd", Detail: "one two three four five six\n  laid out by its author, not to be touched\n" + strings.Repeat("x", 30)}
	want := "Warning: Odd\n\none two three four\nfive six\n  laid out by its author, not to be touched\n" + strings.Repeat("x", 30) + "\n"
	if diff := cmp.Diff(want, text(t, diag.TextOptions{Width: 20}, d)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := text(t, diag.TextOptions{}, d); strings.Count(got, "\n") != 5 {
		t.Errorf("width 0 wraps:\n%s", got)
	}
}

func TestTextColor(t *testing.T) {
	want := "\x1b[1;31mError:\x1b[0m \x1b[1mWrong\x1b[0m\n\n  main.hcl:1:5:\n  1: a = \x1b[4m1\x1b[0m\n\nPut it right.\n"
	if diff := cmp.Diff(want, text(t, diag.TextOptions{Color: true}, found("a = 1\n", 4, 5))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What comes from outside never reaches the terminal as a control sequence.
func TestTextIsPrintable(t *testing.T) {
	evil := "\x1b[2J\u009b\u202e\r\a"
	context := evil
	got := text(t, diag.TextOptions{Width: 40}, diag.Diagnostic{
		Severity: diag.Error, Summary: evil, Detail: evil, Address: evil,
		Range: &diag.Range{Filename: evil, Start: diag.Pos{Line: 1, Column: 1}},
		Snippet: &diag.Snippet{
			Context: &context, Code: evil, StartLine: 1, HighlightStartOffset: -5, HighlightEndOffset: 999,
			Values: []diag.Value{{Traversal: evil, Statement: evil}},
		},
	})
	if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e) }); i >= 0 {
		t.Errorf("control character at byte %d of %q", i, got)
	}
}

func TestTextPrefersTheAddress(t *testing.T) {
	d := found("thermostat \"hall\" {\n  a = 1\n}\n", 26, 27)
	if got := text(t, diag.TextOptions{}, d); !strings.Contains(got, `main.hcl:2:7, in thermostat "hall":`) {
		t.Errorf("context missing:\n%s", got)
	}
	d.Address = "thermostat.hall[3]"
	if got := text(t, diag.TextOptions{}, d); !strings.Contains(got, "main.hcl:2:7, in thermostat.hall[3]:") {
		t.Errorf("address missing:\n%s", got)
	}
}

func TestValues(t *testing.T) {
	huge := cty.MustParseNumberVal("1e100000000")
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{
		"n": cty.MustParseNumberVal("20.5"), "s": cty.StringVal("hall"), "long": cty.StringVal(strings.Repeat("é", 90)),
		"b": cty.True, "nil": cty.NullVal(cty.String), "secret": cty.StringVal("canary-4711").Mark(diag.Sensitive),
		"deep": cty.ObjectVal(map[string]cty.Value{"x": cty.StringVal("canary-4711").Mark(diag.Sensitive)}),
		"o":    cty.ObjectVal(map[string]cty.Value{"x": cty.True}), "m": cty.MapVal(map[string]cty.Value{"k": cty.True, "l": cty.True}),
		"l": cty.ListVal([]cty.Value{cty.Zero}), "set": cty.SetVal([]cty.Value{cty.Zero}), "u": cty.UnknownVal(cty.String), "huge": huge,
	}}
	src := `x = [n, s, long, b, nil, secret, deep, o.x, m["k"], m, l, set, u, gone, huge, n, l[0]]`
	file, diags := hclsyntax.ParseConfig([]byte(src), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	expr := file.Body.(*hclsyntax.Body).Attributes["x"].Expr
	subject := expr.Range()
	got := diag.FromHCL(hcl.Diagnostics{{Severity: hcl.DiagError, Subject: &subject, Expression: expr, EvalContext: ctx}},
		map[string]*hcl.File{"main.hcl": file})[0].Snippet.Values
	want := []diag.Value{
		{"b", "is true"}, {"deep", "has a sensitive value"}, {"huge", "is …"}, {"l", "is a list with 1 element"}, {"l[0]", "is 0"},
		{"long", `is "` + strings.Repeat("é", 80) + `"…`}, {"m", "is a map with 2 elements"}, {`m["k"]`, "is true"}, {"n", "is 20.5"},
		{"nil", "is null"}, {"o.x", "is true"}, {"s", `is "hall"`}, {"secret", "has a sensitive value"}, {"set", "is a set with 1 element"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestJSON holds the exact keys of the form that tools written for Terraform read.
func TestJSON(t *testing.T) {
	encode := func(d diag.Diagnostic) map[string]any {
		t.Helper()
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var decoded map[string]any
		if err := json.Unmarshal(raw, &decoded); err != nil {
			t.Fatal(err)
		}
		return decoded
	}
	d := found("a = 1\nb = é2\n", 10, 12)
	d.Address = "thermostat.hall"
	want := map[string]any{
		"severity": "error", "summary": "Wrong", "detail": "Put it right.", "address": "thermostat.hall",
		"range": map[string]any{
			"filename": "main.hcl",
			"start":    map[string]any{"line": 2.0, "column": 5.0, "byte": 10.0},
			"end":      map[string]any{"line": 2.0, "column": 6.0, "byte": 12.0},
		},
		"snippet": map[string]any{
			"context": nil, "code": "b = é2", "start_line": 2.0,
			"highlight_start_offset": 4.0, "highlight_end_offset": 6.0, "values": []any{},
		},
	}
	if diff := cmp.Diff(want, encode(d)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	bare := encode(diag.Diagnostic{Severity: diag.Warning, Summary: "Odd"})
	if keys := slices.Sorted(maps.Keys(bare)); !slices.Equal(keys, []string{"detail", "severity", "summary"}) {
		t.Errorf("keys of a diagnostic without place: %v", keys)
	}
	if bare["severity"] != "warning" {
		t.Errorf("severity %v", bare["severity"])
	}
}

func TestFromHCLHidesSource(t *testing.T) {
	src := "a = \"canary-4711\"\n"
	d := diag.FromHCL(hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "Odd", Extra: diag.Extra{HideSource: true, Address: "thermostat.x"},
		Subject: &hcl.Range{Filename: "main.hcl", Start: position(src, 4), End: position(src, 17)},
	}}, parsed(src))[0]
	if d.Snippet != nil || d.Severity != diag.Warning || d.Address != "thermostat.x" || d.Range == nil || d.Range.Start.Column != 5 {
		t.Errorf("got %+v", d)
	}
}

func TestSorted(t *testing.T) {
	at := func(file string, start int) *diag.Range {
		return &diag.Range{Filename: file, Start: diag.Pos{Byte: start}, End: diag.Pos{Byte: start + 1}}
	}
	in := diag.List{
		{Severity: diag.Error, Summary: "b", Range: at("b.hcl", 1)},
		{Severity: diag.Error, Summary: "z", Range: at("a.hcl", 9)},
		{Severity: diag.Error, Summary: "y", Range: at("a.hcl", 9)},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[0]", Detail: "Why."},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[1]", Detail: "Why."},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[1]", Detail: "Why."},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[2]", Detail: "Why."},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[3]", Detail: "Another."},
		{Severity: diag.Error, Summary: "nowhere"},
		{Severity: diag.Error, Summary: "nowhere"},
		{Severity: diag.Warning, Summary: "w", Range: at("z.hcl", 1)},
		{Severity: diag.Warning, Summary: "w", Range: at("z.hcl", 1)},
	}
	before := slices.Clone(in)
	want := diag.List{
		{Severity: diag.Warning, Summary: "w", Range: at("z.hcl", 1)},
		{Severity: diag.Error, Summary: "nowhere"},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[3]", Detail: "Another."},
		{Severity: diag.Error, Summary: "a", Range: at("a.hcl", 2), Address: "t[0]", Detail: "Why.\nThe same holds for 2 more of its instances."},
		{Severity: diag.Error, Summary: "y", Range: at("a.hcl", 9)},
		{Severity: diag.Error, Summary: "z", Range: at("a.hcl", 9)},
		{Severity: diag.Error, Summary: "b", Range: at("b.hcl", 1)},
	}
	if diff := cmp.Diff(want, in.Sorted()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(before, in); diff != "" {
		t.Errorf("Sorted changed its receiver:\n%s", diff)
	}
	if errors, warnings := in.Count(); errors != 10 || warnings != 2 || !in.HasErrors() || in[10:].HasErrors() {
		t.Errorf("%d errors, %d warnings", errors, warnings)
	}
}

// Four hundred rooms with a wrong id each are one mistake.
func TestSortedShortens(t *testing.T) {
	of := func(n int) diag.List {
		var list diag.List
		for i := range n {
			list = append(list, diag.Diagnostic{
				Severity: diag.Error, Summary: "Invalid module_id", Detail: fmt.Sprintf("%d is none.", i), Address: fmt.Sprintf("thermostat.room[%d]", i),
				Range: &diag.Range{Filename: "main.hcl", Start: diag.Pos{Line: 3, Column: 1, Byte: 30}, End: diag.Pos{Line: 3, Column: 9, Byte: 38}},
			})
		}
		return list
	}
	if got := of(3).Sorted(); len(got) != 3 {
		t.Errorf("3 become %d", len(got))
	}
	got := of(400).Sorted()
	if len(got) != 1 || !strings.HasSuffix(got[0].Detail, "\n399 more of its instances have the like.") {
		t.Errorf("400 become %d: %v", len(got), got[0].Detail)
	}
}

// A line can be as long as its file: what is drawn of it is what is near the mark.
func TestLongLinesAreCut(t *testing.T) {
	long := strings.Repeat("é", 5000)
	code := "a = " + long + "WRONG" + long
	from := len(code) - len(long) - len("WRONG")
	d := diag.Diagnostic{Summary: "S", Range: &diag.Range{Filename: "x.hcl", Start: diag.Pos{Line: 1, Column: 5005}}, Snippet: &diag.Snippet{
		Code: code, StartLine: 1, HighlightStartOffset: from, HighlightEndOffset: from + len("WRONG"),
	}}
	for _, color := range []bool{false, true} {
		var b strings.Builder
		if err := diag.WriteText(&b, diag.List{d}, diag.TextOptions{Color: color}); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); len(text) > 2000 || !strings.Contains(text, "WRONG") || !strings.Contains(text, "…é") || !strings.Contains(text, "é…") {
			t.Errorf("%d bytes: %.100s", len(text), text)
		}
	}
	d.Snippet.HighlightEndOffset = len(code)
	var b strings.Builder
	if err := diag.WriteText(&b, diag.List{d}, diag.TextOptions{}); err != nil || b.Len() > 3000 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}
