variable "token" {
  default   = "first-secret"
  sensitive = true
}

module "floor" {
  source = "./floor"
  rooms  = { (upper(var.token)) = [] }
}
