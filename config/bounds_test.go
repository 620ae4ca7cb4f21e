package config_test

import (
	"strings"
	"testing"
)

// What is short to write and would take for ever is refused, and says why.
func TestEvaluationIsBounded(t *testing.T) {
	inJSON := func(text string) files { return files{"main.hcl.json": `{"locals": {"a": ` + text + `}}`} }
	local := func(expr string) files { return files{"main.hcl": "locals {\n  a = " + expr + "\n}\n"} }
	nested := func(expr string) string { return strings.ReplaceAll(expr, "#", "range(1000)") }
	for _, c := range []struct {
		name  string
		files files
		want  string
	}{
		{"loops that keep nothing", local(nested("[for x in # : x if length([for y in # : y if length([for z in # : z if false]) > 0]) > 0]")), "Loops without end"},
		{"loops with long texts", local(nested(`[for x in # : "${local.b}${x}"]` + "\n  b = join(\"\", [for x in # : \"" + strings.Repeat("x", 1000) + "\"])")), "256 MiB"},
		{"loops in JSON", inJSON(nested(`[{"${\"b\"}": "${[for x in # : [for y in # : [for z in # : z]]]}"}]`)), "Loops without end"},
		{"a product in JSON", inJSON(`"${\"1e99999999\" * 1}x"`), "number beyond all bounds"},
		{"a number in JSON", inJSON(`[1e99999999]`), "Number beyond all bounds"},
		{"a number in a text of JSON", inJSON(`{"k": "x${1e99999999}"}`), "Number beyond all bounds"},
		{"a product", local(`"${"1e99999999" * 1}"`), "number beyond all bounds"},
		{"a sign", local(`"${-"1e99999999"}"`), "number beyond all bounds"},
		{"squares", local("pow(2, 4000) * pow(2, 95) * 4"), "number beyond all bounds"},
		{"a variable", files{
			"main.hcl":          "variable \"a\" {\n  type = list(number)\n}\noutput \"a\" {\n  value = \"${var.a[0]}\"\n}\n",
			"setpoint.vars.hcl": "a = [\"1e99999999\"]\n",
		}, "The value of variable \"a\" from setpoint.vars.hcl holds a number"},
		{"a variable's default", files{"main.hcl": "variable \"a\" {\n  type = number\n  default = \"1e99999999\"\n}\n"}, "from its default holds a number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, list := load(t, c.files)
			says(t, list, c.want)
			if len(list) != 1 {
				t.Errorf("%d diagnostics, want one", len(list))
			}
		})
	}
}

// Each evaluation of loops has a budget of its own, and nothing of what is meant
// is changed by it.
func TestBoundsChangeNothing(t *testing.T) {
	c := good(t, files{"main.hcl": home + `locals {
  many = { for x in range(1000) : "k${x}" => x }
  k    = 2
  refs = [for x in range(2) : local.k if local.k == 2]
  sums = [for x in range(12) : length([for y in range(1000) : [for z in range(1000) : z] if false])]
  odd  = { for x, y in local.many : y % 2 => x... }
}
thermostat "room" {
  count     = 3
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index)
  mode      = "manual"
  setpoint  = length([for a in range(900) : [for b in range(900) : b]]) / 45
}
output "x" {
  value = [length(local.many), local.refs, length(local.sums), length(local.odd["1"]), 0.1 + 0.2, 7 / 2, -local.k]
}
`})
	if got := string(c.Outputs[0].Value); got != "[1000,[2,2],12,500,0.3,3.5,-2]" {
		t.Error(got)
	}
}

// What is computed in JSON is what the same text of HCL gives.
func TestBoundedJSON(t *testing.T) {
	c := good(t, files{"main.hcl.json": `{
  "locals": {"two": 2, "list": ["a", "b"]},
  "output": {"x": {"value": {
    "${local.two + 1}": ["${local.two * 2}", "n${-local.two}", "$${kept}", "{", null, true, 1.5, {"in": "${[for x in local.list : upper(x)]}"}],
    "%{ if local.two > 1 }big%{ endif }": "plain"
  }}}
}`})
	if got := string(c.Outputs[0].Value); got != `{"3":[4,"n-2","${kept}","{",null,true,1.5,{"in":["A","B"]}],"big":"plain"}` {
		t.Error(got)
	}
	_, list := load(t, files{"main.hcl.json": `{"output": {"x": {"value": {"a": "${1 + 1}", "a": 2}}}}`})
	says(t, list, "An attribute named \"a\" was already defined")
}
