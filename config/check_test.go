package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/config/diag"
)

// TestChecks holds what is known of check blocks besides their warnings, and
// that no secret is in it.
func TestChecks(t *testing.T) {
	inner := `
variable "warm" {}
check "zone" {
  assert {
    condition     = var.warm < 20
    error_message = "It is ${var.warm} °C."
  }
}
`
	src := thermostat("mode = \"manual\"\nsetpoint = 23") + `
variable "token" {
  default   = "first-secret"
  sensitive = true
}
check "b" {
  assert {
    condition     = thermostat.hall.setpoint < 22
    error_message = "Too warm with ${nonsensitive(var.token)}."
  }
  assert {
    condition     = var.token == ""
    error_message = "It is ${var.token}."
  }
}
check "a" {
  assert {
    condition     = thermostat.hall.setpoint > 22
    error_message = "Never."
  }
}
check "c" {
  assert {
    condition     = tonumber("many") > 1
    error_message = "Never."
  }
  assert {
    condition     = false
    error_message = "All the same."
  }
}
module "floor" {
  source   = "./floor"
  for_each = { "2" = 21, "10" = 19 }
  warm     = each.value
}
module "none" {
  source = "./floor"
  count  = 0
  warm   = 30
}
`
	c, list := load(t, files{"main.hcl": src, "floor/main.hcl": inner})
	if list.HasErrors() {
		t.Fatal(list)
	}
	want := []config.Check{
		{Name: "a", Status: config.CheckPassed},
		{Name: "b", Status: config.CheckFailed, Problems: []string{
			"Too warm with (sensitive value).", "The message of the rule holds a sensitive value, so it is not shown."}},
		{Name: "c", Status: config.CheckUnclear, Problems: []string{"All the same."}},
		{Module: `module.floor["10"]`, Name: "zone", Status: config.CheckPassed},
		{Module: `module.floor["2"]`, Name: "zone", Status: config.CheckFailed, Problems: []string{"It is 21 °C."}},
	}
	if diff := cmp.Diff(want, c.Checks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if text := drawn(t, list); strings.Contains(text, "first-secret") || list[0].Severity != diag.Warning {
		t.Errorf("the warnings are\n%s", text)
	}
}
