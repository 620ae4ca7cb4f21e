package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config"
)

const benchThermostats = 10_000

// BenchmarkLoad loads 10,000 thermostats, written out in ten files or repeated
// over a table. For the former it also reports how many times longer it takes
// than parsing the same files one after another: "x-parse".
func BenchmarkLoad(b *testing.B) {
	b.Run("literal", func(b *testing.B) {
		dir := literalThermostats(b)
		var loading, parsing time.Duration
		for b.Loop() {
			start := time.Now()
			loadAll(b, dir)
			loading += time.Since(start)
			b.StopTimer()
			parsing += parseAll(b, dir)
			b.StartTimer()
		}
		b.ReportMetric(loading.Seconds()/parsing.Seconds(), "x-parse")
	})
	b.Run("csv", func(b *testing.B) {
		dir := repeatedThermostats(b)
		for b.Loop() {
			loadAll(b, dir)
		}
	})
}

// BenchmarkTyped loads rooms that come through a variable of type
// map(object({…})), into a module, and from there into for_each. What it takes
// for each of 10,000 should be what it takes for each of 1,000: "ns/room".
func BenchmarkTyped(b *testing.B) {
	for _, rooms := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(rooms), func(b *testing.B) {
			dir := typedThermostats(b, rooms)
			for b.Loop() {
				c, list := config.Load(config.Options{Dir: dir, Now: planningInstant()})
				if len(list) > 0 || len(c.Thermostats) != rooms {
					b.Fatalf("%d thermostats, %v", len(c.Thermostats), list)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rooms), "ns/room")
		})
	}
}

func typedThermostats(b *testing.B, rooms int) string {
	const typed = "variable \"rooms\" {\n  type = map(object({\n    module_id = string\n    comfort   = optional(number, 21)\n  }))\n}\n"
	var values strings.Builder
	values.WriteString("rooms = {\n")
	for i := range rooms {
		fmt.Fprintf(&values, "  \"%d\" = { module_id = \"2a9d5c0f-0000-4000-8000-%012d\" }\n", i, i)
	}
	values.WriteString("}\n")
	return write(b, files{
		"setpoint.vars.hcl": values.String(),
		"main.hcl":          home + typed + "module \"floor\" {\n  source   = \"./floor\"\n  rooms    = var.rooms\n  plant_id = plant.home.id\n}\n",
		"floor/main.hcl": typed + `
variable "plant_id" {
  type = string
}

thermostat "room" {
  for_each  = var.rooms
  plant_id  = var.plant_id
  module_id = each.value.module_id
  mode      = "manual"
  setpoint  = each.value.comfort
}
`})
}

func literalThermostats(b *testing.B) string {
	all := files{"home.hcl": home}
	var src strings.Builder
	for i := range benchThermostats {
		fmt.Fprintf(&src, "thermostat \"room_%d\" {\n  plant_id  = plant.home.id\n  module_id = \"2a9d5c0f-0000-4000-8000-%012d\"\n  mode      = \"manual\"\n  setpoint  = 20.5\n}\n\n", i, i)
		if (i+1)%(benchThermostats/10) == 0 {
			all[fmt.Sprintf("rooms_%05d.hcl", i)] = src.String()
			src.Reset()
		}
	}
	return write(b, all)
}

func repeatedThermostats(b *testing.B) string {
	var csv strings.Builder
	csv.WriteString("name,module_id,setpoint\n")
	for i := range benchThermostats {
		fmt.Fprintf(&csv, "room_%d,2a9d5c0f-0000-4000-8000-%012d,20.5\n", i, i)
	}
	return write(b, files{"rooms.csv": csv.String(), "main.hcl": home + `
thermostat "room" {
  for_each  = { for row in csvdecode(file("rooms.csv")) : row.name => row }
  plant_id  = plant.home.id
  module_id = each.value.module_id
  mode      = "manual"
  setpoint  = each.value.setpoint
}
`})
}

func loadAll(b *testing.B, dir string) {
	c, list := config.Load(config.Options{Dir: dir, Now: planningInstant()})
	if len(list) > 0 || len(c.Thermostats) != benchThermostats {
		b.Fatalf("%d thermostats, %v", len(c.Thermostats), list)
	}
}

func parseAll(b *testing.B, dir string) time.Duration {
	names, err := filepath.Glob(filepath.Join(dir, "*.hcl"))
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
	return time.Since(start)
}
