plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

module "floor" {
  source     = "./floor"
  plant_id   = plant.home.id
  module_id  = "2a9d5c0f-0000-4000-8000-000000000001"
  depends_on = [module.wing]
}

module "wing" {
  source     = "./floor"
  plant_id   = plant.home.id
  module_id  = "2a9d5c0f-0000-4000-8000-000000000002"
  depends_on = [module.floor]
}
