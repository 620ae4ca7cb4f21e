package config_test

import (
	"strings"
	"testing"

	"setpoint/config"
)

// Values under Terraform's names are told of once, where they would be missed.
func TestValuesUnderTerraformsNames(t *testing.T) {
	declared := "variable \"warm\" {\n  default = 20\n}\n\nvariable \"cold\" {\n  default = 16\n}\n"
	const summary = "Values that are not read"
	for name, tt := range map[string]struct {
		files   files
		environ []string
		want    string // "" for no warning
	}{
		"environment":              {files{}, []string{"TF_VAR_warm=21", "TF_VAR_other=1"}, "TF_VAR_warm is read by Terraform, not here, where it is called SETPOINT_VAR_warm."},
		"given here as well":       {files{}, []string{"TF_VAR_warm=21", "SETPOINT_VAR_warm=21"}, ""},
		"of another configuration": {files{"terraform.tfvars": "region = \"eu\"\n"}, []string{"TF_VAR_region=eu"}, ""},
		"files": {files{"terraform.tfvars": "warm = 21\n", "b.auto.tfvars.json": `{"cold": 15}`}, nil,
			"b.auto.tfvars.json and terraform.tfvars are read by Terraform, not here, where they are called b.auto.vars.hcl.json and setpoint.vars.hcl."},
		"beside our own": {files{"terraform.tfvars": "warm = 21\n", "setpoint.vars.hcl": "warm = 21\n"}, nil, ""},
		"damaged":        {files{"terraform.tfvars": "(((("}, nil, ""},
		"module blocks":  {files{"main.tf": "x"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tt.files["main.hcl"] = declared
			_, list := load(t, tt.files, func(o *config.Options) { o.Environ = tt.environ })
			found := 0
			for _, d := range list {
				if d.Summary == summary {
					found++
					if d.Detail != tt.want {
						t.Errorf("%q, want %q", d.Detail, tt.want)
					}
				}
			}
			if list.HasErrors() || found > 1 || (found == 1) != (tt.want != "") {
				t.Errorf("%s", drawn(t, list))
			}
		})
	}
}

// Where there is nothing of ours, Terraform's files are told apart from nothing.
func TestTerraformsFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		files files
		hint  bool
	}{
		"nothing":     {files{"rooms.csv": "a"}, false},
		"terraform":   {files{"main.tf": ""}, true},
		"json":        {files{"main.tf.json": "{}"}, true},
		"in a module": {files{"main.hcl": "module \"floor\" {\n  source = \"./floor\"\n}\n", "floor/main.tf": ""}, true},
		"beside ours": {files{"main.hcl": "", "main.tf": ""}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, list := load(t, tt.files)
			if got := strings.Contains(drawn(t, list), "a configuration of setpoint is in files"); got != tt.hint {
				t.Errorf("%s", drawn(t, list))
			}
		})
	}
}
