provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "a" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 20
}

output "text" { value = "R&D <1>" }
output "number" { value = thermostat.a.setpoint }
output "object" {
  value = { for i in range(40) : format("room%02d", i) => { setpoint = 20.5, names = ["a", "b"] } }
}
output "secret" {
  value     = "hunter2"
  sensitive = true
}
output "secret_now" {
  value     = "hunter2"
  sensitive = true
}
output "type_only" { value = tolist(["a"]) }
