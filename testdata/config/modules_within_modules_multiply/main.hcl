module "floor" {
  source = "./floor"
  count  = 2
}
