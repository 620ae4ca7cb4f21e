module "floor" {
  source   = "./floor"
  count    = 3
  setpoint = null
}
