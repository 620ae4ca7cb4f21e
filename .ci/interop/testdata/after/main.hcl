provider "smarther" {
  time_zone = "Europe/Rome"
}

variable "token" {
  default   = "canary-secret-77f1"
  sensitive = true
}

variable "comfort" {
  default = 20.5
}

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "lounge" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = var.comfort
}

thermostat "hall" {
  count     = 1
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-00000000001${count.index}"
  mode      = "manual"
  setpoint  = 18
}

moved {
  from = thermostat.lumber_room
  to   = thermostat.study
}

thermostat "study" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 15
}

thermostat "bath" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000006"
  mode      = "manual"
  setpoint  = 22
}

thermostat "kitchen" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000007"
  mode      = "boost"

  boost_minutes = 30
}

import {
  to = thermostat.cellar
  id = "${plant.home.id}/2a9d5c0f-0000-4000-8000-000000000008"
}

thermostat "cellar" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000008"
  mode      = "off"
  until     = "2099-04-01T08:00:00"
}

module "floor" {
  source   = "./floor"
  for_each = toset(["1"])
  plant_id = plant.home.id
  number   = each.key
}

output "lounge" {
  value = thermostat.lounge.setpoint
}

output "token" {
  value     = var.token
  sensitive = true
}

check "comfort" {
  assert {
    condition     = var.comfort < 24
    error_message = "Never."
  }
}
