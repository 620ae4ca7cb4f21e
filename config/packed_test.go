package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config/diag"
)

// TestPacked: what is packed comes out as it was, and its places stay when it is
// released.
func TestPacked(t *testing.T) {
	for name, src := range map[string]string{
		"a.hcl":      "\n  mode = \"manual\"\nsétpoint   =   20.5 # °C\n  until = upper(\n    \"x\"\n  )\n  plant_id = plant.home.id\n",
		"b.hcl.json": "{\"mode\": \"manual\",\n  \"sétpoint\": \"${20 + 1}\"}",
		"empty.hcl":  "",
	} {
		file, diags := parseSource([]byte(src), name)
		attributes, more := file.Body.JustAttributes()
		if len(diags)+len(more) > 0 {
			t.Fatal(diags, more)
		}
		p := pack(&hcl.BodyContent{Attributes: attributes})
		if p.whole != nil {
			t.Errorf("%s: not packed", name)
		}
		got := p.body().Attributes
		if len(got) != len(attributes) {
			t.Errorf("%s: %d attributes, want %d", name, len(got), len(attributes))
		}
		p.release()
		for key, want := range attributes {
			if got[key] == nil || *got[key] != *want {
				t.Errorf("%s: %s: %+v, want %+v", name, key, got[key], want)
			}
			if at, given := p.written(key); !given || at != want.Range {
				t.Errorf("%s: %s: at %v, %v, want %v", name, key, at, given, want.Range)
			}
		}
		if p.has("other") {
			t.Errorf("%s: has what it has not", name)
		}
	}
}

// TestPackedWhole: what packing would change is kept as it is.
func TestPackedWhole(t *testing.T) {
	at := func(file string, from, to int) hcl.Range {
		return hcl.Range{Filename: file, Start: hcl.Pos{Line: 1, Column: 1, Byte: from}, End: hcl.Pos{Line: 1, Column: 9, Byte: to}}
	}
	for name, attr := range map[string]hcl.Attribute{
		"another file":  {Range: at("a", 0, 9), NameRange: at("b", 0, 9)},
		"another start": {Range: at("a", 0, 9), NameRange: at("a", 1, 9)},
		"far out":       {Range: at("a", 0, 3<<30), NameRange: at("a", 0, 9)},
	} {
		body := &hcl.BodyContent{Attributes: hcl.Attributes{"mode": &attr}}
		p := pack(body)
		p.release()
		if place, given := p.written("mode"); p.body() != body || !given || place != attr.Range || p.has("until") {
			t.Errorf("%s: packed as %+v", name, p)
		}
	}
}

func loaded(t *testing.T, files map[string]string) (*Config, diag.List) {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(Options{Dir: dir})
}

const room = "thermostat \"%s\" {\n  plant_id = \"1f3c6b1e-0000-4000-8000-000000000001\"\n  module_id = \"2a9d5c0f-0000-4000-8000-00000000000%s\"\n" +
	"  function = \"heating\"\n  mode = \"manual\"\n  setpoint = %s\n}\n"

// TestReleased: what is found after a block was evaluated and let go of still
// knows its places, its values and how it is repeated.
func TestReleased(t *testing.T) {
	many := strings.Replace(fmt.Sprintf(room, "many", "${each.key}", "each.value"), "{\n", "{\n  for_each = { 4 = 18, 5 = 19 }\n", 1)
	c, list := loaded(t, map[string]string{"main.hcl": fmt.Sprintf(room, "a", "1", "20") + fmt.Sprintf(room, "b", "1", "thermostat.a.setpoint") + many +
		"output \"a\" {\n  value = thermostat.a.setpoint\n}\noutput \"many\" {\n  value = thermostat.many[\"5\"].setpoint\n}\n"})
	if len(list) != 1 || list[0].Summary != "One thermostat declared twice" || list[0].Range.Start.Line != 10 || list[0].Range.Start.Column != 3 ||
		list[0].Snippet == nil || !strings.Contains(list[0].Snippet.Code, "module_id") || !strings.Contains(list[0].Detail, "thermostat.a (main.hcl:3)") {
		t.Errorf("%+v", list)
	}
	if len(c.Outputs) != 2 || string(c.Outputs[0].Value) != "20" || string(c.Outputs[1].Value) != "19" {
		t.Errorf("%+v", c.Outputs)
	}
	found := c.Diagnose(&c.Thermostats[1], "setpoint", diag.Error, "x", "y")
	if found.Range.Start.Line != 13 || found.Range.End.Column != 35 {
		t.Errorf("%+v", found.Range)
	}
}

// TestNotReleased: a block of a module is evaluated for each of its instances.
func TestNotReleased(t *testing.T) {
	c, list := loaded(t, map[string]string{
		"main.hcl":       "module \"floor\" {\n  source = \"./floor\"\n  for_each = { 1 = 20, 2 = 21, 3 = 99 }\n  number = each.key\n  setpoint = each.value\n}\n",
		"floor/main.hcl": "variable \"number\" {}\nvariable \"setpoint\" {}\n" + fmt.Sprintf(room, "hall", "${var.number}", "var.setpoint"),
	})
	if len(list) != 1 || list[0].Summary != "Setpoint out of range" || list[0].Range.Start.Line != 8 || list[0].Address != "module.floor[\"3\"].thermostat.hall" {
		t.Errorf("%+v", list)
	}
	if len(c.Thermostats) != 2 || c.Thermostats[1].Settings.Setpoint != 210 {
		t.Errorf("%+v", c.Thermostats)
	}
}

// TestConstantLocals: a local value that refers to nothing is what its expression
// gives, and what is wrong with it is said once, where it is.
func TestConstantLocals(t *testing.T) {
	c, list := loaded(t, map[string]string{
		"main.hcl":      "locals {\n  sum = 1 + 2\n  table = { a = { x = [1, \"${2}c\"] } }\n  called = upper(\"a\")\n}\noutput \"all\" {\n  value = [local.sum, local.table, local.called, local.text]\n}\n",
		"more.hcl.json": "{\"locals\": {\"text\": \"${1 + 1}-x\"}}",
	})
	if len(list) != 0 || len(c.Outputs) != 1 || string(c.Outputs[0].Value) != `[3,{"a":{"x":[1,"2c"]}},"A","2-x"]` {
		t.Errorf("%+v, %+v", c.Outputs, list)
	}
	_, list = loaded(t, map[string]string{"main.hcl": "locals {\n  a = 1\n  wrong = 1 + true\n  none = { x = 1 }[\"y\"]\n}\n"})
	if len(list) != 2 || list[0].Range.Start.Line != 3 || list[1].Range.Start.Line != 4 {
		t.Errorf("%+v", list)
	}
}
