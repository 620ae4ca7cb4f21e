module "floor" {
  source = "./floor"
  count  = 1
}
