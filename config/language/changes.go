package language

func moved() Block {
	return Block{
		Type: "moved",
		Doc: "Says that something has a new name. The record is renamed, and no call is made. The names may be a block or one instance of it, a module or one instance of it; " +
			"so a block can get or lose `for_each`, and go into a module and out of it. In a module the names are relative to it. " +
			"A block whose old name is not in the state does nothing, so it may stay as long as others need it. As in Terraform.",
		Example: `moved {
  from = thermostat.hall
  to   = thermostat.corridor
}

moved {
  from = thermostat.room
  to   = module.floor["1"].thermostat.room
}
`,
		Attributes: []Attribute{
			{Name: "from", Type: Address, Kind: Static, Required: always, Doc: "The old name, under which nothing is declared any more."},
			{Name: "to", Type: Address, Kind: Static, Required: always, Doc: "The new name, of the same kind: both thermostats or both modules."},
		},
	}
}

func removed() Block {
	return Block{
		Type: "removed",
		Doc: "Says what becomes of thermostats whose blocks are gone. Alone it does what removing the block does: they are set to what `on_remove` said in the block, " +
			"if it is on record, else forgotten. `destroy = false` forgets them without a call, whatever is on record. An `on_remove` here says what to leave behind. As in Terraform, and more.",
		Example: `removed {
  from = thermostat.garage

  lifecycle {
    destroy = false
  }
}

removed {
  from = module.annex

  on_remove {
    mode = "protection"
  }
}
`,
		Attributes: []Attribute{{
			Name: "from", Type: Address, Kind: Static, Required: always,
			Doc: "The block or the module that is gone. Nothing of that name may be declared any more.",
		}},
		Blocks: []Block{
			{
				Type: "lifecycle",
				Doc:  "Whether the thermostats are set once more.",
				Attributes: []Attribute{{
					Name: "destroy", Type: Bool, Kind: Constant,
					Doc: "`false`: forget them without a call. `true`: do not merely forget them; without an `on_remove` here or on record it is an error.",
				}},
			},
			onRemove(false),
		},
	}
}

func importBlock() Block {
	return Block{
		Type: "import",
		Doc: "Takes a thermostat under management as it is: its status is read and recorded, and nothing is set. The next plan shows where it differs from its block. " +
			"What is in the state already is left alone. Not in a module, but `to` may lie in one. As in Terraform.",
		Example: `import {
  to = thermostat.living_room
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}

import {
  for_each = local.rooms
  to       = thermostat.room[each.key]
  id       = "${plant.home.id}/${each.value.module_id}"
}
`,
		Attributes: []Attribute{
			{Name: "to", Type: Address, Kind: Static, Required: always, Doc: "The one thermostat that is imported, as declared. Its keys may be expressions with `each`."},
			{Name: "id", Type: Device, Required: always, Doc: "The two ids of the thermostat, `PLANT_ID/MODULE_ID`. They must be those of its block."},
			{Name: "for_each", Type: Collection, Doc: "One import for each element of a map, an object or a set of strings."},
		},
	}
}
