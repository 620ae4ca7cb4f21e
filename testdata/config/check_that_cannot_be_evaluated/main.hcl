check "odd" {
  assert {
    condition     = "warm"
    error_message = "No condition."
  }
  assert {
    condition     = { a = 1 }["b"] == 1
    error_message = "No such key."
  }
  assert {
    condition     = false
    error_message = []
  }
  assert {
    condition     = null
    error_message = "Null."
  }
  assert {
    condition     = flor(1.5) == 1
    error_message = "No such function."
  }
}
