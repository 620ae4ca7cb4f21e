variable "token" {
  default = "canary-4711"
}

provider "smarther" {
  subscription_key = "canary-4712"
  access_token     = var.token
}
