module "flat" {
  source = "./flat"
  count  = 0
}
