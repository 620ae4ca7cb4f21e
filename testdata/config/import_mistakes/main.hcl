plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

variable "secret" {
  default   = "first-secret"
  sensitive = true
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode = "protection"
}

import {
}

import {
  to = thermostat.hall
}

import {
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall
  id = "2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001/3"
}

import {
  to = thermostat.hall
  id = null
}

import {
  to = thermostat.hall
  id = ["1f3c6b1e-0000-4000-8000-000000000001"]
}

import {
  to = thermostat.hall
  id = var.secret
}

import {
  to = thermostat.hall
  id = "${plant.hom.id}/x"
}

import {
  to = "thermostat.hall"
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = module.floor
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall.setpoint
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall[each.key]
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall[local.typo]
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall[1 + "x"]
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to = thermostat.hall[null]
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  to       = thermostat.hall
  id       = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
  provider = "smarther"
}

import {
  to    = thermostat.hall
  id    = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
  count = 2
}
