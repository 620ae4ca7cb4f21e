variable "setpoint" {
  default = 20
}

output "corridor" {
  value = var.setpoint - 1
}
