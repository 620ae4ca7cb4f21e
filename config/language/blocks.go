package language

// Blocks are the blocks of a file, in the order of the reference.
func Blocks() []Block {
	return []Block{
		thermostat(), plant(), providerBlock(), setpointBlock(),
		variable(), locals(), output(), module(),
		moved(), removed(), importBlock(), check(),
	}
}

func setpointBlock() Block {
	return Block{
		Type: "setpoint",
		Doc: "Settings of the tool itself. They are read before anything else, so they hold constants only. " +
			"One block in a configuration, and not in a module. As the `terraform` block in Terraform.",
		Example: `setpoint {
  required_version = ">= 0.1"

  backend "local" {
    path = "setpoint.state.json"
  }
}
`,
		Attributes: []Attribute{{
			Name: "required_version", Type: Text, Kind: Constant,
			Doc: "The versions of `setpoint` that may be used, as in `\">= 0.1, < 2.0\"`. Another version stops with an error.",
		}},
		Blocks: []Block{
			{
				Type: "backend", Label: `"local"`,
				Doc: "Where the state is kept: in a file. One backend in a configuration.",
				Attributes: []Attribute{{
					Name: "path", Type: Text, Kind: Constant, Default: "`\"setpoint.state.json\"`",
					Doc: "The state file, relative to the folder of the configuration.",
				}},
			},
			httpBackend(),
		},
	}
}

func providerBlock() Block {
	return Block{
		Type: "provider", Label: `"smarther"`,
		Doc: "How the vendor's cloud is reached. One block in a configuration, and not in a module; without it the defaults hold. " +
			"Credentials do not belong into files: take them from variables with `sensitive = true`, or leave them out and set them in the environment.",
		Example: `provider "smarther" {
  subscription_key = var.subscription_key
  time_zone        = "Europe/Rome"
  rate_limit       = 2
  timeout          = "30s"

  retry {
    attempts = 5
    max_wait = "1m"
  }
}
`,
		Attributes: []Attribute{
			{
				Name: "endpoint", Type: Text, Default: "`SMARTHER_ENDPOINT` in the environment, else `\"https://api.developer.legrand.com/smarther/v2.0\"`",
				Doc: "The address of the API: `https`, or `http` to this machine.",
			},
			{
				Name: "subscription_key", Type: Text, Default: "`SMARTHER_SUBSCRIPTION_KEY` in the environment",
				Doc: "The key of your subscription. The value must be sensitive.",
			},
			{
				Name: "access_token", Type: Text, Default: "`SMARTHER_ACCESS_TOKEN` in the environment",
				Doc: "The access token of your account. The value must be sensitive.",
			},
			{
				Name: "time_zone", Type: Text, Required: "for a boost or a time, unless the plant has one",
				Doc: "The time zone of plants that name none, as in `\"Europe/Rome\"`.",
			},
			{
				Name: "rate_limit", Type: Number, Range: Range{Min: "0", Max: "1000000"}, Default: "`2`; `0` with `--simulate`",
				Doc: "How many calls start in one second. `0` means no limit.",
			},
			{
				Name: "parallelism", Type: Whole, Range: Range{Min: "1", Max: "1000"}, Default: "`10`",
				Doc: "How many calls may be under way at once.",
			},
			{
				Name: "timeout", Type: Duration, Range: Range{Min: "1ms", Max: "1h"}, Default: "`\"30s\"`",
				Doc: "How long one call may take.",
			},
		},
		Blocks: []Block{retry()},
	}
}

func retry() Block {
	return Block{
		Type: "retry",
		Doc:  "How a call is tried again that failed and may succeed later.",
		Attributes: []Attribute{
			{
				Name: "attempts", Type: Whole, Range: Range{Min: "1", Max: "100"}, Default: "`5`",
				Doc: "How often one call is tried at most, the first time included. After the answer 404 it is tried twice at most.",
			},
			{
				Name: "min_wait", Type: Duration, Range: Range{Min: "0s", Max: "1h"}, Default: "`\"1s\"`",
				Doc: "The longest wait before the second attempt. It doubles with each attempt; each wait is drawn at random from zero to it.",
			},
			{
				Name: "max_wait", Type: Duration, Range: Range{Min: "0s", Max: "1h"}, Default: "`\"1m\"`",
				Doc: "What the doubling stops at. It must not be less than `min_wait`.",
			},
			{
				Name: "busy_wait", Type: Duration, Range: Range{Min: "0s", Max: "1h"}, Default: "`\"30s\"`",
				Doc: "The wait while somebody uses the thermostat's own screen (answer 486), up to half as much again.",
			},
		},
	}
}

func plant() Block {
	return Block{
		Type: "plant", Label: "NAME",
		Doc: "A plant: a house, or a part of one, with its own clock and its own use of heating or cooling. " +
			"A plant can be declared in any module, and is found from all of them: a thermostat belongs to the plant whose `id` is its `plant_id`.",
		Example: `plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}
`,
		Attributes: []Attribute{
			{Name: "id", Type: UUID, Required: always, Doc: "The plant's id, as listed among the plants of the account."},
			{
				Name: "time_zone", Type: Text, Default: "the provider's", Required: "for a boost or a time, unless the provider has one",
				Doc: "The time zone that the plant's clocks show, as in `\"Europe/Rome\"`.",
			},
			{
				Name: "function", Type: Text, Values: functions(),
				Doc: "What thermostats of this plant do that do not say it themselves.",
			},
		},
	}
}

func check() Block {
	return Block{
		Type: "check", Label: "NAME",
		Doc: "Something that should hold in the whole configuration. An assertion that fails is a warning: nothing is kept from being done. As in Terraform, but a check reads nothing itself.",
		Example: `check "frost" {
  assert {
    condition     = thermostat.garage.mode != "off"
    error_message = "The pipes in the garage need frost protection."
  }
}
`,
		Blocks: []Block{condition("assert", "What should hold.", "What should hold: an expression that is true or false.")},
	}
}

// condition is one of the blocks that check something.
func condition(blockType, doc, what string) Block {
	return Block{
		Type: blockType, Many: true, Doc: doc,
		Attributes: []Attribute{
			{Name: "condition", Type: Bool, Required: always, Doc: what},
			{Name: "error_message", Type: Text, Required: always, Doc: "What is said where it does not: whole sentences that say what to do. It must not be made from a sensitive value."},
		},
	}
}
