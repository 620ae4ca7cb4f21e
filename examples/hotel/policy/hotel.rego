# What a plan may do to the hotel without somebody looking at it.
#
#   setpoint plan --out hotel.plan
#   setpoint show --json hotel.plan | conftest test --policy policy -
#
# or, with OPA alone, which exits with 1 where something is denied:
#
#   setpoint show --json hotel.plan | opa eval --stdin-input --data policy --fail-defined 'data.main.deny[message]'
package main

import rego.v1

warmest := 24 # °C

# No room is heated above the warmest setpoint, changed or not.
deny contains message if {
	some resource in input.resource_changes
	after := resource.change.after
	after.function == "heating"
	after.setpoint > warmest # null, where the mode has no setpoint, is less than any number
	message := sprintf("%s: %v °C is above %v °C", [resource.address, after.setpoint, warmest])
}

# No thermostat is given up, with a last call or without.
deny contains message if {
	some resource in input.resource_changes
	some action in resource.change.actions
	action in {"delete", "forget"}
	message := sprintf("%s: would no longer be managed", [resource.address])
}

# One floor at a time.
deny contains message if {
	count(floors) > 1
	message := sprintf("changes more than one floor: %s", [concat(", ", floors)])
}

floors contains floor if {
	some resource in input.resource_changes
	resource.change.actions != ["no-op"]
	floor := object.get(resource, "module_address", "outside the floors")
}
