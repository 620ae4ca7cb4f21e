package language

func variable() Block {
	return Block{
		Type: "variable", Label: "NAME",
		Doc: "An input, referred to as `var.NAME`. Where its value comes from is told under [Values of variables](#values-of-variables). As in Terraform.",
		Example: `variable "comfort" {
  description = "What living rooms are kept at, in °C."
  type        = number
  default     = 20.5
  nullable    = false

  validation {
    condition     = var.comfort >= 16 && var.comfort <= 24
    error_message = "Choose a comfort from 16 to 24 °C."
  }
}

variable "subscription_key" {
  type      = string
  sensitive = true
}
`,
		Attributes: []Attribute{
			{
				Name: "type", Type: TypeName, Kind: Static, Default: "`any`",
				Doc: "`string`, `number`, `bool`, `any`, `list(…)`, `set(…)`, `map(…)`, `tuple([…])` or `object({…})`, in which `optional(TYPE, DEFAULT)` marks what may be left out. " +
					"Values are converted to it.",
			},
			{Name: "default", Type: Any, Kind: Constant, Doc: "The value where none is given. Without a default a value must be given."},
			{Name: "description", Type: Text, Kind: Constant, Doc: "What the variable is for."},
			{
				Name: "sensitive", Type: Bool, Kind: Constant, Default: "`false`",
				Doc: "Never show the value, nor anything made from it, and keep it out of state and plan files.",
			},
			{
				Name: "nullable", Type: Bool, Kind: Constant, Default: "`true`",
				Doc: "Whether the value may be `null`. With `false` a `null` stands for the default.",
			},
		},
		Blocks: []Block{condition("validation", "A rule that the value must keep. All rules are checked.",
			"What must hold: an expression that is true or false. It may also refer to other variables.")},
	}
}

func locals() Block {
	return Block{
		Type: "locals", Many: true,
		Doc: "Names for expressions, referred to as `local.NAME`. There may be several blocks; a name is declared once in a module. As in Terraform.",
		Example: `locals {
  night = var.comfort - 3
  rooms = { for row in csvdecode(file("rooms.csv")) : row.room => row }
}
`,
		Free: "A local value: any expression.",
	}
}

func output() Block {
	return Block{
		Type: "output", Label: "NAME",
		Doc: "A value to show after an apply and with `setpoint output`; in a module, what the caller can refer to as `module.NAME.OUTPUT`. " +
			"The outputs of the configuration are kept in the state, the sensitive ones without their value. As in Terraform.",
		Example: `output "comfort" {
  description = "What the living room is kept at, in °C."
  value       = thermostat.living_room.setpoint

  precondition {
    condition     = thermostat.living_room.mode == "manual"
    error_message = "Only a manual living room has a setpoint."
  }
}
`,
		Attributes: []Attribute{
			{Name: "value", Type: Any, Required: always, Doc: "The value."},
			{Name: "description", Type: Text, Kind: Constant, Doc: "What the value is."},
			{
				Name: "sensitive", Type: Bool, Kind: Constant, Default: "`false`",
				Doc: "Do not show the value. It must be `true` for a value made from a sensitive one.",
			},
		},
		Blocks: []Block{condition("precondition", "What must hold for the value to be right. As in Terraform.",
			"What must hold: an expression that is true or false. Where it is false, there is an error and no plan.")},
	}
}

func module() Block {
	return Block{
		Type: "module", Label: "NAME",
		Doc: "All that another folder declares, with inputs of its own: see [Modules](#modules). As in Terraform, but a source is always a folder nearby.",
		Example: `module "floor" {
  source   = "./floor"
  for_each = toset(["1", "2"])

  plant_id = plant.home.id
  comfort  = each.key == "1" ? 21 : 20

  depends_on = [thermostat.boiler_room]
}
`,
		Attributes: append(append([]Attribute{{
			Name: "source", Type: Folder, Kind: Constant, Required: always,
			Doc: "The folder of the module, relative to the folder of the file. It begins with `./` or `../`.",
		}}, repetition("module")...), Attribute{
			Name: "depends_on", Type: AddressList, Kind: Static,
			Doc: "Thermostats and modules that must have been set with success before anything in this module.",
		}),
		Free: "An input: the value of the variable of that name in the module.",
	}
}
