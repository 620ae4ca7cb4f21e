plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode = "protection"
}

check "references" {
  assert {
    condition     = thermostat.hal.mode == "off"
    error_message = "Misspelt."
  }
  assert {
    condition     = local.x == 1
    error_message = "Undeclared ${var.x}."
  }
}

check "nothing" {
}

check "incomplete" {
  assert {
    condition = true
  }
  assert {
    error_message = "No condition."
  }
  assrt {
  }
  data "http" "x" {
  }
}

check {
  assert {
    condition     = true
    error_message = "Never."
  }
}
