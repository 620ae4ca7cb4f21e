package cli_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"setpoint/internal/cli"
	"setpoint/internal/scripttest"
)

// TestSecretsStaySecret leads a secret through locals, functions, a module and
// outputs, and looks for it in everything that every command prints or writes.
func TestSecretsStaySecret(t *testing.T) {
	const canary = "canary-4711-tweet"
	schema, err := filepath.Abs(filepath.Join("..", "..", "testdata", "stream.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"main.hcl": `
variable "token" {
  type      = string
  sensitive = true

  validation {
    condition     = length(var.token) > 3
    error_message = "The token ${var.token} is too short."
  }
}

locals {
  derived = "Bearer ${upper(var.token)}"
  parts   = { token = var.token, all = [var.token, local.derived] }
}

provider "smarther" {
  endpoint         = "http://127.0.0.1:1"
  access_token     = var.token
  subscription_key = local.parts.token
  time_zone        = "Europe/Rome"

  retry {
    attempts = 1
  }
}

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

module "room" {
  source   = "./room"
  plant_id = plant.home.id
  token    = local.derived
}

output "token" {
  value     = module.room.token
  sensitive = true
}

output "length" {
  value = nonsensitive(length(module.room.token))
}

check "secret" {
  assert {
    condition     = module.room.token == "x"
    error_message = "It is ${module.room.token}."
  }
}
`,
		"room/main.hcl": `
variable "token" {
  type = string
}

variable "plant_id" {
  type = string
}

thermostat "r" {
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 20
}

output "token" {
  value = base64encode(var.token)
}
`,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hidden := func(where string, text []byte) {
		t.Helper()
		folded := bytes.ToLower(text)
		for _, form := range []string{canary, "y2fuyxj5ltq3mtet", "qmvhcmvyienbtkfsws00nzexlvrxruvu"} { // base64 of it and of what is derived from it
			if bytes.Contains(folded, []byte(form)) {
				t.Errorf("%s shows the secret:\n%s", where, text)
			}
		}
	}
	expressions := "var.token\nlocal.derived\nlocal.parts\nmodule.room\n[for c in local.parts.all : c]\n{ (var.token) = 1 }\nfile(var.token)\nvar.token + 1\nstate\n"
	run := func(command string) (code int) {
		t.Helper()
		var out, errs bytes.Buffer
		code = cli.Run(cli.System{
			Args: strings.Fields(command), Stdin: strings.NewReader(expressions), Stdout: &out, Stderr: &errs,
			Environ: []string{"SETPOINT_VAR_token=" + canary, "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary.md"), "GITHUB_OUTPUT=" + filepath.Join(dir, "outputs.txt")},
		})
		hidden("setpoint "+command, append(out.Bytes(), errs.Bytes()...))
		if name, _, _ := strings.Cut(command, " "); strings.Contains(command, "--json") && (name == "plan" || name == "apply" || name == "destroy") {
			if _, err := scripttest.Stream(schema, out.Bytes()); err != nil || errs.Len() > 0 {
				t.Errorf("setpoint %s: %v\n%s", command, err, errs.Bytes())
			}
		}
		return code
	}
	for _, command := range []string{
		"validate", "validate --json", "plan --simulate", "plan --simulate --full --out p.plan", "show p.plan", "show --json p.plan", "show --markdown p.plan",
		"plan --simulate --report github --report markdown=plan.md --report gitlab=plan.json", "apply --simulate --auto-approve --report github --report markdown=apply.md",
		"apply --simulate p.plan", "show --simulate", "show --simulate --json", "show --simulate --markdown", "output --simulate", "output --simulate --json", "output --simulate token", "output --simulate --raw token",
		"state list --simulate", "state pull --simulate", "graph", "schema", "console --simulate", "console --json --simulate", "plan --destroy --simulate", "destroy --simulate --auto-approve",
		"plan --json", "plan --json --simulate", "apply --json --simulate --auto-approve --refresh", "apply --json --simulate --auto-approve --replace module.room", "apply --json --auto-approve",
		"destroy --json --simulate --auto-approve", "plan --json --simulate --full --out q.plan", "apply --json --simulate q.plan", "plan --json --simulate --refresh", "plan --json --bogus",
		"plan", "apply --auto-approve --report github --report markdown=failed.md --report gitlab=failed.json", "plan --var token=" + canary, "fmt --check",
	} {
		// Nobody listens where the provider block points, the console is given wrong
		// expressions, p.plan is carried out already, and a secret output has no value to print.
		wrong := strings.HasPrefix(command, "apply --auto-approve") || command == "apply --json --auto-approve" || command == "plan --json --bogus" || strings.HasPrefix(command, "console") || command == "apply --simulate p.plan" || strings.HasSuffix(command, " token")
		if code := run(command); (code != 0) != wrong {
			t.Errorf("setpoint %s: exit code %d", command, code)
		}
	}
	for name, mistake := range map[string]string{
		"mode":         thermostat(`mode = var.token`),
		"setpoint":     thermostat("mode = \"manual\"\nsetpoint = var.token"),
		"key":          thermostat("for_each = { (var.token) = 1 }\nmode = \"off\""),
		"precondition": thermostat("mode = \"off\"\nlifecycle {\nprecondition {\ncondition = var.token == \"x\"\nerror_message = \"It is ${var.token}.\"\n}\n}"),
		"function":     "locals {\nx = jsondecode(var.token)\n}",
		"file":         "locals {\nx = file(var.token)\n}",
		"output":       "output \"x\" {\nvalue = [var.token]\n}",
		"input":        "module \"x\" {\nsource = \"./room\"\ntoken = [var.token]\nplant_id = 1\n}",
		"import":       "import {\nto = thermostat.x[var.token]\nid = var.token\n}",
	} {
		if err := os.WriteFile("mistake.hcl", []byte(mistake), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"validate", "validate --json", "plan --simulate --report github --report markdown=mistake.md", "plan --json --simulate", "apply --json --auto-approve --simulate"} {
			if code := run(command); code != 1 {
				t.Errorf("%s: setpoint %s: exit code %d", name, command, code)
			}
		}
		if err := os.Remove("mistake.hcl"); err != nil {
			t.Fatal(err)
		}
	}
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		hidden(path, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func thermostat(attributes string) string {
	return "thermostat \"x\" {\nplant_id = plant.home.id\nmodule_id = \"2a9d5c0f-0000-4000-8000-000000000002\"\n" + attributes + "\n}\n"
}
