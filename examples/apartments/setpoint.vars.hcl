apartments = {
  lisbon = {
    plant_id    = "4d1b7a60-0000-4000-8000-000000000001"
    time_zone   = "Europe/Lisbon"
    living_room = "5e2c8b71-0000-4000-8000-000000000011"
    bedroom     = "5e2c8b71-0000-4000-8000-000000000012"
  }
  milan = {
    plant_id    = "4d1b7a60-0000-4000-8000-000000000002"
    time_zone   = "Europe/Rome"
    living_room = "5e2c8b71-0000-4000-8000-000000000021"
    bedroom     = "5e2c8b71-0000-4000-8000-000000000022"
    comfort     = 21
  }
  athens = {
    plant_id    = "4d1b7a60-0000-4000-8000-000000000003"
    time_zone   = "Europe/Athens"
    living_room = "5e2c8b71-0000-4000-8000-000000000031"
    bedroom     = "5e2c8b71-0000-4000-8000-000000000032"
    # Far ahead, so that the example still works when you read this.
    empty_until = "2099-03-01T15:00:00"
  }
}
