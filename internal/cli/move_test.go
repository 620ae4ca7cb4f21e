package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"setpoint/internal/cli"
)

// TestMoveHotel brings the four hundred rooms of the hotel, which were set as one
// flat block, into its four modules. Four hundred moved blocks later nothing is
// sent, and the next plan is empty.
func TestMoveHotel(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/hotel")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if code := cli.Run(cli.System{Args: append(args, "--simulate"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}); code != 0 {
			t.Fatalf("setpoint %s: exit code %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
		}
		return out.String()
	}
	modular, err := os.ReadFile(filepath.Join(dir, "main.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	write("main.hcl", `
provider "smarther" {
  time_zone = "Europe/Rome"
}

plant "hotel" {
  id       = "9b6d2f80-0000-4000-8000-000000000001"
  function = "heating"
}

locals {
  rooms     = { for row in csvdecode(file("rooms.csv")) : row.room => row }
  corridors = toset(distinct(values(local.rooms)[*].floor))
}

thermostat "room" {
  for_each  = local.rooms
  plant_id  = plant.hotel.id
  module_id = each.value.module_id
  mode      = "manual"
  setpoint  = each.value.comfort

  on_remove {
    mode    = "automatic"
    program = 1
  }
}

thermostat "corridor" {
  for_each  = local.corridors
  plant_id  = plant.hotel.id
  module_id = "7c1e0b52-0000-4000-8000-00000000${each.key}999"
  mode      = "manual"
  setpoint  = 19.5
}
`)
	run("apply", "--auto-approve")

	write("main.hcl", string(modular))
	var moved strings.Builder
	for floor := 1; floor <= 4; floor++ {
		fmt.Fprintf(&moved, "moved {\n  from = thermostat.corridor[\"%d\"]\n  to   = module.floor[\"%d\"].thermostat.corridor\n}\n", floor, floor)
		for room := 1; room <= 100; room++ {
			number := fmt.Sprintf("%d%02d", floor, room)
			fmt.Fprintf(&moved, "moved {\n  from = thermostat.room[\"%s\"]\n  to   = module.floor[\"%d\"].thermostat.room[\"%s\"]\n}\n", number, floor, number)
		}
	}
	write("moved.hcl", moved.String())
	out := run("plan")
	if want := "Plan: 0 to add, 0 to change, 0 to destroy. API calls: 0. Moved in the record: 404.\n"; !strings.HasSuffix(out, want) {
		t.Errorf("moved, the plan ends\n%s", out[max(0, len(out)-500):])
	}
	if lines := strings.Count(out, "\n"); lines > 20 {
		t.Errorf("four hundred moves take %d lines:\n%s", lines, out)
	}
	out = run("apply", "--auto-approve")
	if !strings.Contains(out, "API calls: 0.") || !strings.HasSuffix(out, "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.\n\nOutputs:\n\nrooms = {\"1\":100,\"2\":100,\"3\":100,\"4\":100}\n") {
		t.Errorf("moved, the apply ends\n%s", out[max(0, len(out)-500):])
	}
	if err := os.Remove(filepath.Join(dir, "moved.hcl")); err != nil {
		t.Fatal(err)
	}
	if out := run("plan"); !strings.HasPrefix(out, "No changes.") {
		t.Errorf("after the move the plan is\n%s", out)
	}
}
