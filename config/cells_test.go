package config_test

import (
	"strings"
	"testing"

	"setpoint/config"
)

// What stands in a cell is told with the instance that it is for.
func TestCellsThatDoNotFit(t *testing.T) {
	const rooms = "room,module,setpoint\n101,2a9d5c0f-0000-4000-8000-000000000001,\"19,5\"\n102,2a9d5c0f-0000-4000-8000-000000000002,\n103,2a9d5c0f-0000-4000-8000-000000000003,warm\n"
	const block = `
thermostat "room" {
  for_each  = { for r in csvdecode(file("rooms.csv")) : r.room => r }
  plant_id  = "1f3c6b1e-0000-4000-8000-000000000001"
  module_id = each.value.module
  function  = "heating"
  mode      = "manual"
  setpoint  = each.value.setpoint
}
`
	_, list := load(t, files{"main.hcl": block, "rooms.csv": rooms})
	for _, words := range []string{
		`thermostat.room["101"]`, `setpoint must be a number, not the text "19,5". Decimals follow a point: 19.5.`,
		`thermostat.room["102"]`, `not the text "". To leave it out where a cell is empty, write null`,
		`thermostat.room["103"]`, `not the text "warm".`,
	} {
		says(t, list, words)
	}
	const typed = `
variable "rooms" {
  type    = list(object({ setpoint = number }))
  default = [{ setpoint = 20 }, { setpoint = "19,5" }]
}
`
	_, list = load(t, files{"main.hcl": typed})
	says(t, list, `in rooms[1].setpoint, a number is required, not the text "19,5".`)
	_, list = load(t, files{"main.hcl": "variable \"key\" {\n  type = list(number)\n  sensitive = true\n}\n"}, func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_key=[\"canary\"]"} })
	if text := drawn(t, list); !list.HasErrors() || strings.Contains(text, "canary") {
		t.Error(text)
	}
}
