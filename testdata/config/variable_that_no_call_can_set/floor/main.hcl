variable "source" {
  default = 1
}

variable "count" {
  default = 1
}

variable "for_each" {
  default = 1
}

variable "depends_on" {
  default = 1
}
