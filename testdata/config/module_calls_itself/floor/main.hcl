module "wing" {
  source = "../wing"
}
