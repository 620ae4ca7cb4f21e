# One plant, five thermostats, all five modes.
#
#   setpoint apply --chdir examples/home --simulate

provider "smarther" {
  time_zone = "Europe/Rome"
}

variable "comfort" {
  description = "What the living room is kept at, in °C."
  type        = number
  default     = 20.5
}

# An end in the far future, so that the example still works when you read this.
# Your own would be the day you come back.
variable "back_home" {
  description = "When the family is back, plant-local time."
  type        = string
  default     = "2099-01-06T18:00:00"
}

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "living_room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = var.comfort
  until     = var.back_home
}

# Follows its own weekly program number 1.
thermostat "bedroom" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "automatic"
  program   = 1
}

# Warm once, when this block changes; half an hour later the thermostat goes
# back to its program by itself.
thermostat "bathroom" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000003"
  mode          = "boost"
  boost_minutes = 30
}

thermostat "garage" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "protection"
}

thermostat "guest_room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "off"
  until     = var.back_home

  on_remove {
    mode    = "automatic"
    program = 1
  }
}

output "comfort" {
  description = "What the living room is kept at, in °C."
  value       = thermostat.living_room.setpoint
}
