package config_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"setpoint/config"
)

// TestCanaryInModules passes a secret, as it is and changed, through modules and
// into every block that says something of its own, beside a mistake.
func TestCanaryInModules(t *testing.T) {
	token := "variable \"token\" {\n  sensitive = true\n}\n"
	inner := `
variable "number" {
  type    = number
  default = 1
  validation {
    condition     = var.number == 1
    error_message = "It is ${var.number}."
  }
}
variable "text" {
  default = "x"
  validation {
    condition     = var.text == "x"
    error_message = "It is ${upper(var.text)}."
  }
}
variable "short" {
  default   = "x"
  sensitive = true
  validation {
    condition     = length(var.short) < 3
    error_message = "It has ${length(var.short)} letters: ${var.short}."
  }
}
variable "map" {
  type    = map(object({ a = number }))
  default = {}
}
output "text" {
  value = var.text
}
output "object" {
  value = { a = lower(var.text) }
}
thermostat "room" {
  plant_id  = "` + plantID + `"
  module_id = "` + moduleID + `"
  function  = "heating"
  mode      = var.text == "x" ? "protection" : var.text
}
check "c" {
  assert {
    condition     = var.text == "x"
    error_message = "It is ${var.text}."
  }
}
`
	call := func(arguments string) string { return "module \"m\" {\n  source = \"./m\"\n" + arguments + "\n}\n" }
	rule := func(condition, message string) string {
		return "    condition = " + condition + "\n    error_message = " + message + "\n"
	}
	for _, secret := range []string{"var.token", "upper(var.token)", "strrev(strrev(lower(var.token)))", "local.derived", `nonsensitive(var.token)`} {
		for name, src := range map[string]string{
			"a number":                  call("number = " + secret),
			"a text that is checked":    call("text = " + secret),
			"a sensitive input":         call("short = " + secret),
			"a key of an input":         call("map = { (" + secret + ") = [] }"),
			"a key within an input":     call("map = { (" + secret + ") = { (" + secret + ") = 1 } }"),
			"an unknown input":          call("txt = " + secret),
			"an output":                 call("text = "+secret) + "output \"o\" {\n  value = tonumber(module.m.text)\n}\n",
			"an output that is missing": call("text = "+secret) + "output \"o\" {\n  value = module.m.object.b\n}\n",
			"a whole module":            call("text = "+secret) + "output \"o\" {\n  value = module.m + 1\n}\n",
			"for_each":                  call("for_each = toset([" + secret + "])\n  number = each.key"),
			"for_each of a map":         call("for_each = { a = " + secret + " }\n  number = each.value"),
			"count":                     call("count = " + secret),
			"a key of a module":         call("for_each = toset([\"a\"])") + "output \"o\" {\n  value = module.m[" + secret + "].txt\n}\n",
			"depends_on":                call("depends_on = [" + secret + "]"),
			"source":                    "module \"m\" {\n  source = " + secret + "\n}\n",
			"a precondition":            "output \"o\" {\n  value = 1\n  precondition {\n" + rule(secret+" == 1", "\"It is ${"+secret+"}.\"") + "  }\n}\n",
			"a precondition, no truth":  "output \"o\" {\n  value = 1\n  precondition {\n" + rule(secret, "\"No.\"") + "  }\n}\n",
			"a precondition, no text":   "output \"o\" {\n  value = 1\n  precondition {\n" + rule("false", "["+secret+"]") + "  }\n}\n",
			"a precondition, no value":  "output \"o\" {\n  value = 1\n  precondition {\n" + rule("tonumber("+secret+") == 1", "\"No.\"") + "  }\n}\n",
			"a check":                   "check \"c\" {\n  assert {\n" + rule(secret+" == 1", "\"It is ${"+secret+"}.\"") + "  }\n  assert {\n" + rule("false", "jsondecode("+secret+")") + "  }\n}\n",
			"a removal":                 "removed {\n  from = thermostat.a\n  on_remove {\n    mode = " + secret + "\n    setpoint = " + secret + "\n  }\n}\n",
			"the address of a removal":  "removed {\n  from = thermostat.a[" + secret + "]\n}\n",
			"a move":                    "moved {\n  from = thermostat.a[" + secret + "]\n  to = " + secret + "\n}\n",
			"the id of an import":       "import {\n  to = thermostat.a\n  id = " + secret + "\n}\n",
			"for_each of an import":     "import {\n  for_each = toset([" + secret + "])\n  to = thermostat.a[each.key]\n  id = each.key\n}\n",
			"lifecycle":                 thermostat("mode = \"protection\"\nlifecycle {\n  prevent_destroy = " + secret + "\n  ignore_changes = [" + secret + "]\n}"),
			"a plant":                   "plant \"p\" {\n  id = " + secret + "\n  time_zone = " + secret + "\n}\n",
		} {
			if secret == "nonsensitive(var.token)" && name != "a number" {
				continue // what is said not to be a secret may show, unless it is the value of the variable itself
			}
			t.Run(name+", "+secret, func(t *testing.T) {
				src := token + "locals {\n  derived = \"x${upper(var.token)}\"\n}\n" + src
				_, list := load(t, files{"main.hcl": src, "m/main.hcl": inner}, func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_token=" + canary} })
				if len(list) == 0 {
					t.Fatal("nothing was said, so nothing is tested")
				}
				silent(t, list)
			})
		}
	}
}

// A secret that went through a good configuration is in nothing that is given
// to others.
func TestCanaryInConfig(t *testing.T) {
	c := good(t, files{"main.hcl": `
variable "token" {
  sensitive = true
}
locals {
  derived = upper(var.token)
}
module "m" {
  source = "./m"
  text   = local.derived
  inner  = { deep = [var.token] }
}
output "o" {
  value     = [module.m.text, module.m.inner, local.derived]
  sensitive = true
}
output "length" {
  value = nonsensitive(length(module.m.text))
}
output "marked" {
  value     = "x"
  sensitive = true
}
provider "smarther" {
  access_token = module.m.text
}
`, "m/main.hcl": `
variable "text" {
  sensitive = true
}
variable "inner" {}
output "text" {
  value = "Bearer ${var.text}"
}
output "inner" {
  value = var.inner
}
`}, func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_token=" + canary} })
	shown := []any{c.Plants, c.Thermostats, c.Outputs, c.Moves, c.Removals, c.Imports, c.Protected, c.Variables, c.Provider, c.Backend, c.Digest}
	encoded, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(encoded), fmt.Sprintf("%v %+v", shown, shown)} {
		if folded := strings.ToLower(text); strings.Contains(folded, "canary") || strings.Contains(folded, "4711") {
			t.Errorf("the secret shows:\n%s", text)
		}
	}
	if c.Provider.AccessToken.Reveal() != "Bearer CANARY-4711" {
		t.Errorf("token %q", c.Provider.AccessToken.Reveal())
	}
	for _, expression := range []string{
		"tonumber(module.m.text)", "module.m.txt", "module.m.inner.deep[1]", "{ x = 1 }[module.m.text]", "local.derived + 1", "jsondecode(module.m.text)",
		"file(local.derived)", "flor(var.token)", "module.m.inner.deep.x", "var.token.x", "module.m[var.token]", "[for x in local.derived : x]", "1 + module.m.inner",
		"\"canary-4711", "canary-4711.x", "file(\"canary-4711\")",
	} {
		_, list := c.Evaluate("<console>", expression, nil)
		if !list.HasErrors() {
			t.Errorf("%s: nothing was said, so nothing is tested", expression)
		}
		silent(t, list)
	}
}
