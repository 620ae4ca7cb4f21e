variable "a" {
  default = 1

  validation {
    error_message = "No condition."
  }
  validation {
    condition = var.a == 1
  }
  validation {
  }
  validation {
    condition     = "warm"
    error_message = "Not true or false."
  }
  validation {
    condition     = var.a == 2
    error_message = ["No text."]
  }
  validation {
    condition     = null
    error_message = "Null."
  }
  validation {
    condition     = var.a == 2
    error_message = null
  }
  validation {
    condition     = var.c == 2
    error_message = "Wrong reference."
  }
  validation {
    condition     = var.a == 2
    error_message = "Wrong reference: ${var.c}."
  }
  validation {
    condition     = each.key == 2
    error_message = "Wrong reference."
  }
  validation {
    condition     = var.a.b
    error_message = "Cannot be evaluated."
  }
  validation {
    conditions    = var.a == 1
    error_mesage  = "Misspelt."
  }
  validaton {
  }
}
