package config_test

import (
	"fmt"
	"runtime"
	"testing"
)

const echo = "variable \"v\" {}\noutput \"o\" { value = var.v }\n"

// TestModulesByIndex: each instance of one module refers to its counterpart of
// another, which costs the same however many there are.
func TestModulesByIndex(t *testing.T) {
	allocated := func(n int) uint64 {
		all := files{"m/main.hcl": echo, "main.hcl": fmt.Sprintf(`
module "a" {
  source = "./m"
  count  = %[1]d
  v      = count.index
}
module "b" {
  source = "./m"
  count  = %[1]d
  v      = module.a[count.index].o
}
output "last" { value = module.b[%[1]d - 1].o }
`, n)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if c := good(t, all); string(c.Outputs[0].Value) != fmt.Sprint(n-1) {
			t.Fatalf("%s of %d", c.Outputs[0].Value, n)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(100)
	if few, many := allocated(500), allocated(8000); many > 24*few {
		t.Errorf("16 times as many take %d bytes instead of %d", many, few)
	}
}

// TestModulesInACircle: the circle is reported where it is met, and nothing that
// follows from it.
func TestModulesInACircle(t *testing.T) {
	_, list := load(t, files{"m/main.hcl": echo, "main.hcl": `
module "a" {
  source = "./m"
  count  = 2
  v      = module.b[*].o
}
module "b" {
  source = "./m"
  count  = 2
  v      = values({ for i, b in module.a : i => b })[*].o
}
`})
	says(t, list, "module.a[*]")
	for _, d := range list {
		if d.Summary != "Reference cycle" {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
}

// TestModulesThatDouble: thirty modules, each of which calls the next one twice,
// have an end, whether there are instances of them or not.
func TestModulesThatDouble(t *testing.T) {
	for _, repeated := range []string{"", "count = 0"} {
		all := files{"m30/main.hcl": "locals {}\n"}
		for i := range 30 {
			name := fmt.Sprintf("m%d/main.hcl", i)
			source := fmt.Sprintf("../m%d", i+1)
			if i == 0 {
				name, source = "main.hcl", "./m1"
			}
			for _, call := range []string{"a", "b"} {
				all[name] += fmt.Sprintf("module %q {\n  source = %q\n  %s\n}\n", call, source, repeated)
			}
		}
		_, list := load(t, all)
		says(t, list, "Too many instances")
	}
}
