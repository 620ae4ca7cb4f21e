variable "secret" {
  default   = "first-secret"
  sensitive = true
}

import {
  for_each = toset([var.secret])
  to       = thermostat.room[each.key]
  id       = each.value
}

import {
  for_each = ["a"]
  to       = thermostat.room[each.key]
  id       = each.value
}

import {
  for_each = { a = "x", b = "y", c = "z" }
  to       = thermostat.room[each.key]
  id       = "1f3c6b1e-0000-4000-8000-000000000001/${each.value}"
}

import {
  for_each = {}
  to       = thermostat.room[each.kye]
  id       = local.typo
}

import {
  for_each = { a = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001" }
  to       = thermostat.room[each.typo]
  id       = each.value
}

import {
  for_each = { a = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001" }
  to       = each.key
  id       = each.value
}
