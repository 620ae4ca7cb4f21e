module "floor" {
  source   = "./floor"
  plant_id = "x"
  setpoit  = 20
}
