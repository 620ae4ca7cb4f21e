module "floor" {
  source     = "./floor"
  for_each   = toset(["1", "2", "3"])
  depends_on = [thermostat.hal, module.flor, "module.floor", var.x, thermostat]
}
