variable "token" {
  default   = "first-secret"
  sensitive = true

  validation {
    condition     = length(var.token) > 20
    error_message = "A token has more than 20 characters."
  }
  validation {
    condition     = startswith(var.token, "x")
    error_message = "The token ${var.token} does not begin with x."
  }
}

variable "plain" {
  default = "plain"

  validation {
    condition     = var.plain == var.token
    error_message = "It must be the token."
  }
}
