modul "x" {
}

chek "x" {
}

move {
}

remove {
}

imports {
}

variable "v" {
  type     = strin
  defualt  = 1
  nulable  = true
}

output "o" {
  vale = 1

  precondtion {
  }
}

check "c" {
  asert {
  }
}

locals {
  a = pth.module
  b = path.modul
  c = modules.floor
  d = eech.key
}
