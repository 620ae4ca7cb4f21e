module "none" {
  source   = "./floor"
  count    = 0
  setpoint = local.comfrt + each.key
}

locals {
  comfort = 20
}
