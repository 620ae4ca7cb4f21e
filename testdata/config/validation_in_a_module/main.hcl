module "floor" {
  source   = "./floor"
  for_each = toset(["1", "2", "3"])
  setpoint = 30
}

module "wing" {
  source   = "./floor"
  setpoint = 21
  night    = 22
}

module "annex" {
  source = "./floor"
}
