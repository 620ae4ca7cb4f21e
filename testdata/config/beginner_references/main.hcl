locals {
  a = self.mode
  b = terraform.workspace
  c = data.file.rooms
  d = resource.thermostat.hall
  e = variable.comfort
  f = locals.a
}
