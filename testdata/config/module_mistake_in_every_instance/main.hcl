plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

module "floor" {
  source   = "./floor"
  for_each = toset(["1", "2", "3"])
  plant_id = plant.home.id
  number   = each.key
}
