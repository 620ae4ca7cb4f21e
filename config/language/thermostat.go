package language

func functions() []string { return []string{"heating", "cooling"} }

func thermostat() Block {
	return Block{
		Type: "thermostat", Label: "NAME",
		Doc: "What one thermostat is to be kept at; with `for_each` or `count`, many. Each mode has attributes of its own, listed below; " +
			"an attribute that the mode does not use is refused, unless it is `null`. Two blocks must not name the same thermostat.\n\n" +
			"When a block is removed, the thermostat is forgotten: no call is made, and it keeps what it has. " +
			"With `on_remove` it is set to that instead. The same holds for a single key that leaves a `for_each`.",
		Example: `thermostat "living_room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 20.5
  until     = "2099-12-24T18:00:00"

  lifecycle {
    ignore_changes  = [setpoint, until]
    prevent_destroy = true

    precondition {
      condition     = var.season == "winter"
      error_message = "The living room is heated in winter only."
    }
  }

  on_remove {
    mode    = "automatic"
    program = 1
  }
}
`,
		Attributes: append(append([]Attribute{
			{Name: "plant_id", Type: UUID, Required: always, Doc: "The plant of the thermostat, as in `plant.home.id`. It is an id: a plant that is not declared will do."},
			{Name: "module_id", Type: UUID, Required: always, Doc: "The id of the thermostat in the topology of its plant. It is no `module` block."},
			{
				Name: "function", Type: Text, Values: functions(), Default: "the plant's", Required: "unless the plant has one",
				Doc: "Whether the thermostat heats or cools.",
			},
			{
				Name: "mode", Type: Text, Values: []string{"automatic", "manual", "boost", "off", "protection"}, Required: always,
				Doc: "`automatic` follows a weekly program, `manual` holds a setpoint, `boost` runs at full power for a while and then goes back, " +
					"`off` does nothing, not even against frost, `protection` keeps the plant from freezing.",
			},
			setpoint(), program(),
			{
				Name: "boost_minutes", Type: Whole, Values: []string{"30", "60", "90"}, Required: "for `boost`",
				Doc: "The length of the boost, in minutes. Refused in other modes. A boost is sent once for each change of its block.",
			},
			{
				Name: "until", Type: Time, Default: "for ever",
				Doc: "When `manual`, `off` or `protection` ends; refused in other modes. It is plant-local time, or has an offset and is converted: see [Times](#times).",
			},
			{
				Name: "drift", Type: Text, Values: []string{"enforce", "adopt", "warn"}, Default: "`\"enforce\"`",
				Doc: "What becomes of a change made outside, at the knob or in the app, once `--refresh` has seen it: `enforce` puts back what is declared, " +
					"`adopt` takes what was read into the state and lets it be until the declaration changes, `warn` only tells. " +
					"Whatever it says, a status that somebody has given an end is let be until then.",
			},
		}, repetition("thermostat")...),
			Attribute{
				Name: "depends_on", Type: AddressList, Kind: Static,
				Doc: "Thermostats and modules that must have been set with success before this one. A reference alone orders the calls, but does not wait for success.",
			}),
		Blocks: []Block{lifecycle(), onRemove(true)},
	}
}

func setpoint() Attribute {
	return Attribute{
		Name: "setpoint", Type: Number, Range: Range{Min: "3", Max: "40", Unit: "°C"}, Required: "for `manual`",
		Doc: "The temperature to hold, with one decimal at most. Refused in other modes. Below 7 °C it is a warning.",
	}
}

func program() Attribute {
	return Attribute{
		Name: "program", Type: Program, Range: Range{Min: "0", Max: "11"}, Required: "for `automatic`",
		Doc: "One of the thermostat's weekly programs: its number, or its name in the official app, which stands for the number. See [Programs](#programs). Refused in other modes.",
	}
}

// repetition are the attributes that repeat a block.
func repetition(what string) []Attribute {
	return []Attribute{
		{
			Name: "for_each", Type: Collection,
			Doc: "One " + what + " for each element of a map, an object or a set of strings. See [Repetition](#repetition). As in Terraform.",
		},
		{
			Name: "count", Type: Whole, Range: Range{Min: "0", Max: "1000000"},
			Doc: "How many copies of this " + what + " there are. Not together with `for_each`. As in Terraform.",
		},
	}
}

func lifecycle() Block {
	return Block{
		Type: "lifecycle",
		Doc:  "Rules for how the thermostat may change. As in Terraform.",
		Attributes: []Attribute{
			{
				Name: "ignore_changes", Type: FieldList, Kind: Static,
				Values: []string{"function", "mode", "setpoint", "program", "boost_minutes", "until"},
				Doc: "Attributes that are set when the thermostat is added and then left alone; `all` for all of them. A difference of one from the record is no change. " +
					"If the thermostat is set for another reason, the recorded value is sent.",
			},
			{
				Name: "prevent_destroy", Type: Bool, Kind: Constant, Default: "`false`",
				Doc: "Refuse every plan that would give the thermostat up: destroy it, forget it, or exchange it for another plant or module. " +
					"It stands in the block and goes with it: once the whole block is taken out, nothing protects the thermostat any more. As in Terraform.",
			},
		},
		Blocks: []Block{condition("precondition", "What must hold for a plan to be made. As in Terraform.",
			"What must hold: an expression that is true or false. Where it is false, there is an error and no plan.")},
	}
}

// onRemove is a status to leave behind. In a thermostat block it may refer to
// each and count.
func onRemove(declared bool) Block {
	b := Block{Type: "on_remove"}
	function := Attribute{Name: "function", Type: Text, Values: functions()}
	if declared {
		b.Doc = "What the thermostat is set to when it is removed or destroyed. It is kept in the state for that day, so apply once after writing it. Without the block the thermostat keeps what it has."
		function.Default, function.Doc = "the thermostat's", "Whether it is left heating or cooling."
	} else {
		b.Doc = "What the thermostats are set to, instead of what is recorded for their removal."
		function.Default, function.Doc = "what is recorded", "Whether they are left heating or cooling."
	}
	b.Attributes = []Attribute{
		function,
		{
			Name: "mode", Type: Text, Values: []string{"automatic", "manual", "off", "protection"}, Required: always,
			Doc: "A mode that lasts.",
		},
		setpoint(), program(),
	}
	return b
}
