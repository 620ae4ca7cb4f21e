# An apartment: its plant, two thermostats, and frost protection while it is empty.

variable "name" {
  type = string
}

variable "plant_id" {
  type = string
}

variable "time_zone" {
  type = string
}

variable "living_room" {
  type = string
}

variable "bedroom" {
  type = string
}

variable "comfort" {
  description = "The living room's temperature, in °C."
  type        = number

  validation {
    condition     = var.comfort >= 16 && var.comfort <= 24
    error_message = "${var.comfort} °C is no comfort in ${var.name}: choose 16 to 24."
  }
}

variable "empty_until" {
  type = string
}

locals {
  empty = var.empty_until != null
  mode  = local.empty ? "protection" : "manual"
}

plant "this" {
  id        = var.plant_id
  time_zone = var.time_zone
  function  = "heating"
}

thermostat "living_room" {
  plant_id  = plant.this.id
  module_id = var.living_room
  mode      = local.mode
  setpoint  = local.empty ? null : var.comfort
  until     = var.empty_until
}

# Two degrees cooler than the living room, and set after it.
thermostat "bedroom" {
  plant_id  = plant.this.id
  module_id = var.bedroom
  mode      = local.mode
  setpoint  = local.empty ? null : thermostat.living_room.setpoint - 2
  until     = var.empty_until
}

output "empty" {
  value = local.empty
}
