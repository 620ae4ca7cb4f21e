variable "comfort" {
  default = 21
}

locals {
  x = ${var.comfort}
}
