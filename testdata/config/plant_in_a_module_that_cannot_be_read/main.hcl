module "site" {
  source   = "./sites"
  plant_id = "1f3c6b1e-0000-4000-8000-000000000001"
}

thermostat "hall" {
  plant_id  = "1f3c6b1e-0000-4000-8000-000000000001"
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "boost"

  boost_minutes = 30
}
