module "floor" {
  source   = "./floor"
  setpoit  = 20
  plant    = "x"
  version  = "1.0"
}

module "wing" {
  source   = "./floor"
  for_each = toset(["east", "west"])
}
