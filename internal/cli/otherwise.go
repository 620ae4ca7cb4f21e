package cli

// otherwise is what to do here in place of commands that people know from Terraform.
func otherwise() map[string]string {
	const fetches = "Nothing is fetched: modules are folders of this repository, and the provider is built in."
	return map[string]string{
		"get":       fetches,
		"modules":   fetches,
		"providers": fetches,
		"refresh":   "To take what the thermostats say into the state: setpoint apply --refresh-only",
		"taint":     "To send a thermostat again: setpoint apply --replace ADDRESS",
		"untaint":   "Nothing is marked to be sent again: --replace holds for one run.",
		"workspace": "A configuration has one state. For several, name each with --state FILE, or give each a folder of its own that calls the same module.",
	}
}
