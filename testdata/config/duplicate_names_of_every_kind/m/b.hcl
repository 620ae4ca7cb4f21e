variable "inner" {
  default = 2
}
