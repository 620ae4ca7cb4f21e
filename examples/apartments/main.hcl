# Three apartments to let, each a plant of its own in another time zone, with
# one module that says what an apartment is.
#
#   setpoint apply --chdir examples/apartments --simulate

variable "apartments" {
  description = "By name: the plant, its time zone and thermostats, and whether somebody lives there."
  type = map(object({
    plant_id    = string
    time_zone   = string
    living_room = string
    bedroom     = string
    comfort     = optional(number, 20.5)
    # When the next guests arrive, on the clock of the place; without it somebody is there.
    empty_until = optional(string)
  }))
}

module "apartment" {
  source   = "./modules/apartment"
  for_each = var.apartments

  name        = each.key
  plant_id    = each.value.plant_id
  time_zone   = each.value.time_zone
  living_room = each.value.living_room
  bedroom     = each.value.bedroom
  comfort     = each.value.comfort
  empty_until = each.value.empty_until
}

check "somebody_is_warm" {
  assert {
    condition     = anytrue([for a in module.apartment : !a.empty])
    error_message = "All apartments are empty. Is the list of guests up to date?"
  }
}

output "empty" {
  description = "The apartments that nobody lives in."
  value       = [for name, a in module.apartment : name if a.empty]
}
