module "wing" {
  source     = "../wing"
  depends_on = [module.wings, thermostat.hall]
}
