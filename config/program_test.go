package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"setpoint/config"
	"setpoint/config/programs"
	"setpoint/provider"
)

// programFile is a file of programs, each thermostat of the plant with its own.
func programFile(t *testing.T, lists map[string][]provider.Program) string {
	t.Helper()
	var p programs.Programs
	for module, list := range lists {
		p.Put(provider.Device{PlantID: plantID, ModuleID: module}, list)
	}
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const rooms = home + `
variable "program" {
  default = "At Home"
}

thermostat "room" {
  for_each  = toset(["1", "2", "3"])
  plant_id  = plant.home.id
  module_id = upper("2a9d5c0f-0000-4000-8000-00000000000${each.key}")
  mode      = "automatic"
  program   = var.program

  on_remove {
    mode    = "automatic"
    program = "Night"
  }
}
`

func roomPrograms(t *testing.T) string {
	t.Helper()
	night := provider.Program{Number: 7, Name: "Night"}
	return programFile(t, map[string][]provider.Program{
		"2a9d5c0f-0000-4000-8000-000000000001": {{Number: 1, Name: "At Home"}, night},
		"2a9d5c0f-0000-4000-8000-000000000002": {{Number: 4, Name: "At Home"}, {Number: 1, Name: "at home"}, night},
		"2a9d5c0f-0000-4000-8000-000000000003": {{Number: 0, Name: "At Home"}, {Number: 2, Name: "Other"}, {Number: 5, Name: "Other"}, night},
	})
}

// TestProgramByName: a name stands for the number that each thermostat has it
// under, wherever the block is.
func TestProgramByName(t *testing.T) {
	c := good(t, files{
		"main.hcl":        "module \"flat\" {\n  source = \"./flat\"\n}\n\noutput \"numbers\" {\n  value = module.flat.numbers\n}\n",
		"flat/main.hcl":   rooms + "\noutput \"numbers\" {\n  value = [for r in thermostat.room : r.program + 0]\n}\n",
		programs.FileName: roomPrograms(t),
	})
	var got []int
	for _, thermostat := range c.Thermostats {
		got = append(got, thermostat.Settings.Program)
		if thermostat.OnRemove.Program != 7 {
			t.Errorf("%s is left with program %d", thermostat.Address, thermostat.OnRemove.Program)
		}
	}
	if want := []int{1, 4, 0}; !slices.Equal(got, want) {
		t.Errorf("programs %v, want %v", got, want)
	}
	if got := string(c.Outputs[0].Value); got != "[1,4,0]" {
		t.Errorf("as numbers they are %s", got)
	}
}

// TestProgramNumbers: a number needs no file, written as a number or as a text.
func TestProgramNumbers(t *testing.T) {
	for _, program := range []string{"3", `"3"`, `"3.0"`, `tostring(3)`} {
		c := good(t, files{"main.hcl": thermostat("  mode = \"automatic\"\n  program = " + program)})
		if got := c.Thermostats[0].Settings.Program; got != 3 {
			t.Errorf("%s is program %d", program, got)
		}
	}
	c := good(t, files{
		"main.hcl":        thermostat("  mode = \"automatic\"\n  program = \"3\""),
		programs.FileName: programFile(t, map[string][]provider.Program{moduleID: {{Number: 5, Name: "3"}}}),
	})
	if got := c.Thermostats[0].Settings.Program; got != 3 {
		t.Errorf("a number in quotes is program %d where another has it as its name", got)
	}
}

// TestProgramsInDigest: what names stand for is part of the configuration; a
// file that nobody needs is not.
func TestProgramsInDigest(t *testing.T) {
	digest := func(program, file string) string {
		return good(t, files{"main.hcl": thermostat("  mode = \"automatic\"\n  program = " + program), programs.FileName: file}).Digest
	}
	one := programFile(t, map[string][]provider.Program{moduleID: {{Number: 1, Name: "Day"}}})
	two := programFile(t, map[string][]provider.Program{moduleID: {{Number: 1, Name: "Day"}, {Number: 2, Name: "Night"}}})
	if digest(`"Day"`, one) == digest(`"Day"`, two) {
		t.Error("another file, the same digest")
	}
	if digest(`1`, one) != digest(`1`, "{") {
		t.Error("a file that is not used changes the digest")
	}
}

// TestAnyProgram: to ask for programs, it must be known which thermostats there
// are, whatever is not known of their programs yet.
func TestAnyProgram(t *testing.T) {
	anyProgram := func(o *config.Options) { o.AnyProgram = true }
	src := rooms + `
thermostat "after" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "automatic"
  program   = thermostat.room["1"].program

  lifecycle {
    precondition {
      condition     = thermostat.room["1"].program == 1
      error_message = "It is ${thermostat.room["1"].program}."
    }
  }
}
`
	for name, file := range map[string]string{"damaged": "{", "empty": programFile(t, nil)} {
		c := good(t, files{"main.hcl": src, programs.FileName: file}, anyProgram)
		if len(c.Thermostats) != 4 {
			t.Errorf("%s: %d thermostats", name, len(c.Thermostats))
		}
	}
	if c := good(t, files{"main.hcl": src}, anyProgram); len(c.Thermostats) != 4 {
		t.Errorf("no file: %d thermostats", len(c.Thermostats))
	}
	_, list := load(t, files{"main.hcl": src})
	says(t, list, "There is no setpoint.programs.json")
	_, list = load(t, files{"main.hcl": thermostat("  mode = \"automatic\"\n  program = 12")}, anyProgram)
	says(t, list, "A program must lie between 0 and 11")
	_, list = load(t, files{"main.hcl": thermostat("  mode = \"automatic\"\n  program = null")}, anyProgram)
	says(t, list, "Missing program")
}

// TestProgramFileOnce: a file that is no file is told once, however many need it.
func TestProgramFileOnce(t *testing.T) {
	_, list := load(t, files{"main.hcl": rooms, programs.FileName + "/x": ""})
	if errors, _ := list.Count(); errors != 1 {
		t.Errorf("%d errors:\n%s", errors, drawn(t, list))
	}
	says(t, list, "no ordinary file")
}

func TestDeclares(t *testing.T) {
	c := good(t, files{
		"main.hcl": "provider \"smarther\" {\n  time_zone = \"Asia/Dubai\"\n}\n" + home +
			fmt.Sprintf("thermostat \"none\" {\n  for_each = {}\n  plant_id = plant.home.id\n  module_id = %q\n  mode = \"protection\"\n}\n", moduleID),
	})
	for name, want := range map[string]bool{
		"thermostat.none": true, "plant.home": true, "provider.": true, "thermostat.home": false, "plant.none": false, "output.x": false,
	} {
		blockType, label, _ := strings.Cut(name, ".")
		if c.Declares(blockType, label) != want {
			t.Errorf("%s is not %v", name, want)
		}
	}
	if zone := c.DefaultZone(); zone == nil || zone.String() != "Asia/Dubai" {
		t.Errorf("default zone %v", zone)
	}
	nothing, _ := load(t, files{"readme": ""})
	if nothing.Declares("plant", "home") || nothing.DefaultZone() != nil {
		t.Error("nothing declares something")
	}
}
