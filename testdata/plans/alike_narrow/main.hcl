provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "room" {
  for_each  = { for i, k in ["101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "111", "112", "113", "114", "115", "116", "117", "118", "119", "120", "121", "122", "123", "124", "125", "126", "127", "128", "129", "130"] : k => i }
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", 100 + each.value)
  mode      = "manual"
  setpoint  = 20.5
}
