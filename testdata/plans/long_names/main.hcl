provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "a" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "off"
  until     = "2026-12-24T18:00:00"
}

thermostat "conference_room_with_a_very_long_name_that_nobody_should_have_chosen" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "protection"
}

thermostat "room" {
  for_each  = { for i, k in ["conference-room-with-a-very-long-name-that-nobody-should-have-chosen-0", "conference-room-with-a-very-long-name-that-nobody-should-have-chosen-1", "conference-room-with-a-very-long-name-that-nobody-should-have-chosen-2", "conference-room-with-a-very-long-name-that-nobody-should-have-chosen-3", "conference-room-with-a-very-long-name-that-nobody-should-have-chosen-4"] : k => i }
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", 100 + each.value)
  mode      = "manual"
  setpoint  = 20.5
}
