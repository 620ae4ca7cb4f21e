check "never" {
  assert {
    condition     = path.module == "."
    error_message = "Not the root."
  }
}
