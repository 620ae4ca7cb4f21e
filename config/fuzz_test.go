package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"setpoint/config"
	"setpoint/config/diag"
)

// moduleMark stands between the root's file and that of the module in ./m.
const moduleMark = "\n-- m --\n"

// FuzzLoad loads any bytes as a configuration, with a module if there is a mark
// in them: nothing panics, nothing hangs, every place lies within its file and
// every snippet within its text.
func FuzzLoad(f *testing.F) {
	wrong, err := filepath.Glob(filepath.Join(goldenDir, "*", "*.hcl"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range wrong {
		if src, err := os.ReadFile(name); err == nil { // one of them is a link to nowhere
			f.Add(src)
		}
	}
	for _, src := range []string{
		thermostat("mode = \"manual\"\nsetpoint = 20.5\nuntil = \"2026-12-24T18:00:00+01:00\"\non_remove {\n  mode = \"protection\"\n}"),
		thermostat("for_each = { a = 1 }\nmode = each.key == \"a\" ? \"boost\" : null\nboost_minutes = each.value * 30\ndepends_on = [thermostat.hall]"),
		"variable \"v\" {\n  type = map(object({ a = optional(number, 1) }))\n  default = { x = {} }\n  sensitive = true\n}\noutput \"o\" {\n  value = var.v[\"x\"].a\n  sensitive = true\n}\n",
		"setpoint {\n  required_version = \">= 0.1\"\n  backend \"local\" {\n    path = \"s\"\n  }\n}\nprovider \"smarther\" {\n  rate_limit = 2\n  retry {\n    attempts = 3\n  }\n}\n",
		"locals {\n  a = [for k, v in { a = 1 } : \"${k}=${v}\" if v > 0]\n  b = <<-EOT\n    %{ if true }x%{ else }y%{ endif }\n  EOT\n  c = local.a[*]\n  d = try(thermostat.x.setpoint, plantimestamp())\n}\n",
		"\xef\xbb\xbfplant \"a\" {}\r\n\tplant \"\u00e9\" {}\r\n", "{", "\"", "<<EOT", "a = \xff", "\x00",
	} {
		f.Add([]byte(src))
	}
	for _, src := range moduleSeeds() {
		f.Add([]byte(src))
	}
	dir := f.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "m"), 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		sizes := writeFuzzed(t, dir, src)
		watch := time.AfterFunc(20*time.Second, func() { panic("Load hangs") })
		defer watch.Stop()
		o := config.Options{Dir: dir, Now: planningInstant(), Version: "0.1.0", AllowMissing: true}
		_, unvalued := config.Load(o)
		o.AllowMissing = false
		c, list := config.Load(o)
		for _, d := range slices.Concat(unvalued, list) {
			checkPlaces(t, d, sizes)
		}
		_ = drawn(t, list)
		if list.HasErrors() {
			return
		}
		for i := range c.Thermostats {
			if err := c.Thermostats[i].Settings.Validate(); err != nil {
				t.Errorf("%s passed: %s", c.Thermostats[i].Address, err)
			}
		}
	})
}

// moduleSeeds hold every block that has to do with modules and with change.
func moduleSeeds() []string {
	inner := "variable \"plant_id\" {\n  nullable = false\n  validation {\n    condition = length(var.plant_id) == 36\n    error_message = \"No id: ${var.plant_id}\"\n  }\n}\n" +
		"variable \"n\" {\n  type = object({ a = optional(number, 1) })\n  default = {}\n}\n" +
		"thermostat \"room\" {\n  plant_id = var.plant_id\n  module_id = \"2a9d5c0f-0000-4000-8000-000000000002\"\n  mode = \"protection\"\n}\noutput \"mode\" {\n  value = thermostat.room.mode\n  precondition {\n    condition = var.n.a < 9\n    error_message = \"Many.\"\n  }\n}\n"
	return []string{
		home + "module \"m\" {\n  source = \"./m\"\n  plant_id = plant.home.id\n}\noutput \"o\" {\n  value = module.m.mode\n}\n" + moduleMark + inner,
		home + "module \"m\" {\n  source = \"./m\"\n  for_each = { a = 1 }\n  plant_id = plant.home.id\n  n = { a = each.value }\n}\noutput \"o\" {\n  value = [module.m[\"a\"].mode, module.m]\n}\n" + moduleMark + inner,
		home + "module \"m\" {\n  source = \"./m\"\n  count = 1\n  plant_id = plant.home.id\n}\noutput \"o\" {\n  value = [module.m[0].mode, module.m[*].mode, path.module]\n}\n" + moduleMark + inner,
		"module \"a\" {\n  source = \"./m\"\n  x = module.b.o\n  depends_on = [module.b]\n}\nmodule \"b\" {\n  source = \"./m\"\n  x = module.a.o\n}\n" + moduleMark + "variable \"x\" {}\noutput \"o\" {\n  value = var.x\n}\nmodule \"again\" {\n  source = \"../m\"\n}\n",
		"module \"m\" {\n  source = \"./m\"\n  for_each = toset([\"a\", \"b\"])\n}\n" + moduleMark + home + "moved {\n  from = thermostat.a\n  to = module.x[\"k\"].thermostat.b[0]\n}\nremoved {\n  from = module.y\n  lifecycle {\n    destroy = false\n  }\n}\nremoved {\n  from = thermostat.z\n  on_remove {\n    mode = \"off\"\n  }\n}\n",
		"locals {\n  k = { a = \"" + plantID + "/" + moduleID + "\" }\n}\nimport {\n  for_each = local.k\n  to = module.m[each.key].thermostat.room[1 + 1]\n  id = each.value\n}\ncheck \"c\" {\n  assert {\n    condition = local.k.a == \"\"\n    error_message = \"It is ${local.k.a}.\"\n  }\n}\n",
		thermostat("mode = \"protection\"\nlifecycle {\n  prevent_destroy = true\n  ignore_changes = [mode, until]\n  precondition {\n    condition = plant.home.function == \"heating\"\n    error_message = \"No.\"\n  }\n}"),
	}
}

// writeFuzzed writes the files and gives their sizes by their names.
func writeFuzzed(t *testing.T, dir string, src []byte) map[string]int {
	t.Helper()
	root, module, marked := bytes.Cut(src, []byte(moduleMark))
	sizes := map[string]int{"main.hcl": len(root)}
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), root, 0o600); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "m", "main.hcl")
	if !marked {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return sizes
	}
	sizes["m/main.hcl"] = len(module)
	if err := os.WriteFile(name, module, 0o600); err != nil {
		t.Fatal(err)
	}
	return sizes
}

func checkPlaces(t *testing.T, d diag.Diagnostic, sizes map[string]int) {
	t.Helper()
	if d.Summary == "" || d.Detail == "" {
		t.Errorf("nothing is said: %+v", d)
	}
	if r := d.Range; r != nil {
		size, known := sizes[r.Filename]
		if !known || r.Start.Line < 1 || r.Start.Column < 1 || r.Start.Byte < 0 || r.End.Byte < r.Start.Byte || r.End.Byte > size {
			t.Errorf("%s at %+v of %d bytes", d.Summary, *r, size)
		}
	}
	if s := d.Snippet; s != nil && (s.HighlightStartOffset < 0 || s.HighlightEndOffset < s.HighlightStartOffset || s.HighlightEndOffset > len(s.Code)) {
		t.Errorf("%s: highlight %d to %d of %q", d.Summary, s.HighlightStartOffset, s.HighlightEndOffset, s.Code)
	}
}
