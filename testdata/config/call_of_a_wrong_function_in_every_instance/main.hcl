module "floor" {
  source   = "./floor"
  for_each = toset(["1", "2", "3"])
}
