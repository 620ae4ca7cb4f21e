plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

module "floor" {
  source     = "./floor"
  for_each   = { "1" = "2a9d5c0f-0000-4000-8000-000000000001", "2" = "2a9d5c0f-0000-4000-8000-000000000002" }
  plant_id   = plant.home.id
  module_id  = each.value
  depends_on = [thermostat.hall]
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode       = "protection"
  depends_on = [module.floor]
}
