variable "token" {
  sensitive = true
  default   = "canary-4711"
}

output "token" {
  value = upper(var.token)
}
