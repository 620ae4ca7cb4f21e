// Package house writes houses of any size for benchmarks: configurations, and
// the record of their having been applied. Tests and .ci/bench import it, the
// program does not.
//
// It writes text and must not know the code that is measured with it: what it
// writes stays the same when that code changes.
package house

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Shape is how the thermostats of a house are declared.
type Shape string

// The shapes.
const (
	// Literal is a block for each, in files of up to 1,000.
	Literal Shape = "literal"
	// Map is one block with for_each over a map that stands in the configuration.
	Map Shape = "map"
	// CSV is one block with for_each over a table in a file.
	CSV Shape = "csv"
	// Module is for_each in a module, over a variable of type map(object({…}))
	// that is handed down to it.
	Module Shape = "module"
)

// Shapes lists every Shape.
func Shapes() []Shape { return []Shape{Literal, Map, CSV, Module} }

// Declared lists the shapes that differ once they are evaluated: the thermostats
// of CSV are those of Map.
func Declared() []Shape { return []Shape{Literal, Map, Module} }

// perFile is how many literal blocks a file holds.
const perFile = 1000

const plantID = "1f3c6b1e-0000-4000-8000-000000000001"

const plant = `plant "home" {
  id        = "` + plantID + `"
  function  = "heating"
  time_zone = "Europe/Rome"
}
`

// body is the block of a thermostat; %s are its repetition, plant, module_id and
// setpoint.
const body = "\nthermostat \"room\" {\n  for_each  = %s\n  plant_id  = %s\n  module_id = %s\n  mode      = \"manual\"\n  setpoint  = %s\n}\n"

const variable = "\nvariable \"rooms\" {\n  type = map(object({\n    module_id = string\n    setpoint  = optional(number, 21)\n  }))\n}\n"

// Files are the files of a configuration of n thermostats in canonical style, by
// their names relative to its folder.
func Files(shape Shape, n int) map[string][]byte {
	files := map[string][]byte{}
	var b strings.Builder
	switch shape {
	case Literal:
		for i := range n {
			fmt.Fprintf(&b, "thermostat \"room_%06d\" {\n  plant_id  = plant.home.id\n  module_id = %q\n  mode      = \"manual\"\n  setpoint  = %s\n}\n\n",
				i, moduleID(i), setpoint(i))
			if (i+1)%perFile == 0 || i == n-1 {
				files[fmt.Sprintf("rooms_%03d.hcl", i/perFile)] = []byte(strings.TrimSuffix(b.String(), "\n"))
				b.Reset()
			}
		}
		files["main.hcl"] = []byte(plant)
	case Map:
		b.WriteString("locals {\n  rooms = {\n")
		for i := range n {
			fmt.Fprintf(&b, "    \"%06d\" = { module_id = %q, setpoint = %s }\n", i, moduleID(i), setpoint(i))
		}
		b.WriteString("  }\n}\n")
		files["rooms.hcl"] = []byte(b.String())
		files["main.hcl"] = fmt.Appendf(nil, plant+body, "local.rooms", "plant.home.id", "each.value.module_id", "each.value.setpoint")
	case CSV:
		b.WriteString("name,module_id,setpoint\n")
		for i := range n {
			fmt.Fprintf(&b, "%06d,%s,%s\n", i, moduleID(i), setpoint(i))
		}
		files["rooms.csv"] = []byte(b.String())
		files["main.hcl"] = fmt.Appendf(nil, plant+body, "{ for row in csvdecode(file(\"rooms.csv\")) : row.name => row }",
			"plant.home.id", "each.value.module_id", "each.value.setpoint")
	case Module:
		b.WriteString("rooms = {\n")
		for i := range n {
			fmt.Fprintf(&b, "  \"%06d\" = { module_id = %q, setpoint = %s }\n", i, moduleID(i), setpoint(i))
		}
		b.WriteString("}\n")
		files["setpoint.vars.hcl"] = []byte(b.String())
		files["main.hcl"] = []byte(plant + variable + "\nmodule \"house\" {\n  source   = \"./house\"\n  rooms    = var.rooms\n  plant_id = plant.home.id\n}\n")
		files["house/main.hcl"] = fmt.Appendf(nil, strings.TrimPrefix(variable, "\n")+"\nvariable \"plant_id\" {\n  type = string\n}\n"+body,
			"var.rooms", "var.plant_id", "each.value.module_id", "each.value.setpoint")
	}
	return files
}

// Address is that of the thermostat with the number, from 0.
func Address(shape Shape, i int) string {
	switch shape {
	case Literal:
		return fmt.Sprintf("thermostat.room_%06d", i)
	case Module:
		return fmt.Sprintf("module.house.thermostat.room[\"%06d\"]", i)
	case Map, CSV:
	}
	return fmt.Sprintf("thermostat.room[\"%06d\"]", i)
}

// State is the record of a house of n thermostats in which all but every
// changed-th, from the first, have what Files declares; 0 for all.
func State(shape Shape, n, changed int) []byte {
	var b strings.Builder
	b.WriteString("{\n  \"version\": 1,\n  \"setpoint_version\": \"0.1.0\",\n  \"lineage\": \"3b241101-e2bb-4255-8caf-4136c566a962\",\n  \"serial\": 1,\n  \"thermostats\": {")
	for i := range n {
		end, degrees := ",", setpoint(i)
		if i == 0 {
			end = ""
		}
		if changed > 0 && i%changed == 0 {
			degrees = "12.5"
		}
		fmt.Fprintf(&b, `%s
    %q: {
      "plant_id": %q,
      "module_id": %q,
      "settings": {
        "function": "heating",
        "mode": "manual",
        "setpoint": %s
      },
      "outcome": "confirmed",
      "at": "2026-01-15T06:30:%02dZ"
    }`, end, Address(shape, i), plantID, moduleID(i), degrees, i%60)
	}
	end := "\n  "
	if n == 0 {
		end = ""
	}
	b.WriteString(end + "},\n  \"outputs\": {}\n}\n")
	return []byte(b.String())
}

func moduleID(i int) string { return fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i) }

// setpoint is from 18 to 22.9 °C, in the shortest form.
func setpoint(i int) string { return strings.TrimSuffix(fmt.Sprintf("%d.%d", 18+i/10%5, i%10), ".0") }

// Write writes the files below a folder.
func Write(dir string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
