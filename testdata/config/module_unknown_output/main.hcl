module "floor" {
  source = "./floor"
}

module "wing" {
  source   = "./floor"
  for_each = toset(["east", "west"])
}

module "annex" {
  source = "./floor"
  count  = 2
}

locals {
  a = module.floor.coridor
  b = module.wing["east"].coridor
  c = module.annex[0].coridor
  d = module.flor.corridor
  e = module.flor
  f = module
  g = module["floor"]
}
