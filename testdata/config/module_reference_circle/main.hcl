module "floor" {
  source   = "./floor"
  setpoint = module.wing.corridor
}

module "wing" {
  source   = "./floor"
  setpoint = module.floor.corridor
}

module "itself" {
  source   = "./floor"
  setpoint = module.itself.corridor
}

module "repeated" {
  source   = "./floor"
  for_each = { a = module.repeated["a"].corridor }
}
