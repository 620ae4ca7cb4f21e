module "flat" {
  source   = "./flat"
  for_each = toset(["a", "b", "c", "d"])
}
