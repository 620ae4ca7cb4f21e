package config_test

import (
	"fmt"
	"strings"
	"testing"

	"setpoint/config"
)

// TestNesting: what stands in texts and comments hides no bracket, and
// makes none.
func TestNesting(t *testing.T) {
	const n = 2000
	deep := func(part string) string { return "a = " + strings.Repeat(part, n) + "1\n" }
	operators := func(part string) string { return "a = " + strings.Repeat(part, 6*n) + "1\n" }
	inJSON := func(text string) string { return `{"a": "` + text + `"}` }
	for _, test := range []struct {
		name, file, src string
		want            bool
	}{
		{"brackets", "x.hcl", deep("["), true},
		{"closed in texts", "x.hcl", deep(`["]", `), true},
		{"closed in escaped texts", "x.hcl", deep(`["\"]", `), true},
		{"closed in templates", "x.hcl", deep(`["${"]"}", `), true},
		{"closed in comments", "x.hcl", deep("[ # ]\n"), true},
		{"closed in long comments", "x.hcl", deep("[ /* \n]\n}\n */"), true},
		{"closed in heredocs", "x.hcl", deep("[<<E\n]\n}\nE\n, "), true},
		{"objects that end lines", "x.hcl", deep("[{\n}, "), true},
		{"templates", "x.hcl", deep(`"${`), true},
		{"operators", "x.hcl", operators("!"), true},
		{"operators on lines", "x.hcl", "a = (" + strings.Repeat("{\n} ==\n", 6*n) + "1)\n", true},
		{"operators and comments", "x.hcl", operators("1 + /*\n}\n*/"), true},
		{"operators and objects", "x.hcl", strings.Repeat("a = "+strings.Repeat("!", 100)+"{\n", n/10), true},
		{"operators and arguments", "x.hcl", deep("!!!!!!!!!!!!f(1, "), true},
		{"splats", "x.hcl", "a = b" + strings.Repeat("[*]", 6*n) + "\n", true},
		{"indexes", "x.hcl", "a = b" + strings.Repeat("[1 + 1]", 6*n) + "\n", true},
		{"namespaces", "x.hcl", "a = f" + strings.Repeat("::f", 6*n) + "()\n", true},
		{"directives", "x.hcl", `a = "` + strings.Repeat("%{ if true }", n) + strings.Repeat("%{ endif }", n) + "\"\n", true},
		{"directives in heredocs", "x.hcl", "a = <<E\n" + strings.Repeat("%{~ for x in y }\n", n) + strings.Repeat("%{ endfor }\n", n) + "E\n", true},
		{"directives one after the other", "x.hcl", `a = "` + strings.Repeat("%{ if true }%{ else }%{ endif }", n) + "\"\n", false},
		{"directives in templates", "x.hcl", strings.Repeat(`a = "${"%{ if true }"}"`+"\n", n), false},
		{"lists in a list", "x.hcl", "a = [\n" + strings.Repeat("[1, 2], b[0],\n", 6*n) + "]\n", false},
		{"opened in texts", "x.hcl", deep(`"[", `), false},
		{"opened in comments", "x.hcl", strings.Repeat("# [ ( { ${\n", n), false},
		{"opened in heredocs", "x.hcl", strings.Repeat("a = <<E\n[\nE\n", n), false},
		{"lists one after the other", "x.hcl", strings.Repeat("a = [-1, {b = [!true]}]\n", 4*n), false},
		{"JSON", "x.hcl.json", deep("["), true},
		{"JSON closed in texts", "x.hcl.json", deep(`["\"]", `), true},
		{"JSON template", "x.hcl.json", inJSON("${" + strings.Repeat("[", n)), true},
		{"JSON template with escapes", "x.hcl.json", inJSON("${" + strings.Repeat(`\u005b`, n)), true},
		{"JSON expression", "x.hcl.json", inJSON(strings.Repeat("list(", n)), true},
		{"JSON operators", "x.hcl.json", inJSON("${" + strings.Repeat("!", 6*n)), true},
		{"JSON splats", "x.hcl.json", inJSON("${b" + strings.Repeat("[*]", 6*n) + "}"), true},
		{"JSON directives", "x.hcl.json", inJSON(strings.Repeat("%{ if true }", n)), true},
		{"JSON opened in texts", "x.hcl.json", `[` + strings.Repeat(`"[", "${", `, n) + `1]`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			deep := false
			for _, d := range config.CheckSyntax([]byte(test.src), test.file) {
				deep = deep || d.Summary == "Nested too deeply"
				if end := d.Range.End.Byte; d.Range.Filename != test.file || end > len(test.src) || d.Range.Start.Byte > end {
					t.Errorf("at %#v of %d bytes", d.Range, len(test.src))
				}
			}
			if deep != test.want {
				t.Errorf("%t, want %t", deep, test.want)
			}
		})
	}
}

// TestCheckSyntaxShowsNoSecret: nothing of a line is shown that may hold one.
func TestCheckSyntaxShowsNoSecret(t *testing.T) {
	for name, src := range map[string]string{
		"setpoint.vars.hcl":      "token = \"canary\" \"\n",
		"setpoint.vars.hcl.json": `{"token": "canary" "`,
		"main.hcl":               "variable \"token\" {\n  sensitive = true\n  default = \"canary\" \"\n}\n",
	} {
		list := config.CheckSyntax([]byte(src), name)
		if !list.HasErrors() {
			t.Errorf("%s: nothing is wrong", name)
		}
		if text := drawn(t, list); strings.Contains(text, "canary") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if text := drawn(t, config.CheckSyntax([]byte("a = 20 C\n"), "main.hcl")); !strings.Contains(text, "20 C") {
		t.Errorf("no source in: %s", text)
	}
}

// Texts that double fill the memory in thirty steps.
func TestDoublingTexts(t *testing.T) {
	var b strings.Builder
	b.WriteString("locals {\n  a0 = \"0123456789\"\n")
	for i := range 40 {
		fmt.Fprintf(&b, "  a%d = \"${local.a%d}${local.a%d}\"\n", i+1, i, i)
	}
	b.WriteString("}\n")
	_, list := load(t, files{"main.hcl": b.String()})
	says(t, list, "more than 32 MiB")
	if len(list) != 1 {
		t.Errorf("%d diagnostics, want one", len(list))
	}
}
