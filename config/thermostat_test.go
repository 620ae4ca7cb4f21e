package config_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/provider"
)

func TestSettings(t *testing.T) {
	end, err := provider.ParseLocalTime("2026-12-24T18:00:00")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body string
		want provider.Settings
	}{
		"manual":           {"mode = \"manual\"\nsetpoint = 20.5", provider.Settings{Function: "heating", Mode: "manual", Setpoint: 205}},
		"least":            {"mode = \"manual\"\nsetpoint = 7", provider.Settings{Function: "heating", Mode: "manual", Setpoint: 70}},
		"most":             {"mode = \"manual\"\nsetpoint = 40", provider.Settings{Function: "heating", Mode: "manual", Setpoint: 400}},
		"manual until":     {"mode = \"manual\"\nsetpoint = 20\nuntil = \"2026-12-24T18:00:00\"", provider.Settings{Function: "heating", Mode: "manual", Setpoint: 200, End: end}},
		"automatic":        {"mode = \"automatic\"\nprogram = 0", provider.Settings{Function: "heating", Mode: "automatic"}},
		"program as text":  {"mode = \"automatic\"\nprogram = \"11\"", provider.Settings{Function: "heating", Mode: "automatic", Program: 11}},
		"boost":            {"mode = \"boost\"\nboost_minutes = 90", provider.Settings{Function: "heating", Mode: "boost", BoostMinutes: 90}},
		"off until":        {"mode = \"off\"\nuntil = \"2026-12-24T18:00:00\"", provider.Settings{Function: "heating", Mode: "off", End: end}},
		"protection":       {"mode = \"protection\"", provider.Settings{Function: "heating", Mode: "protection"}},
		"cooling off":      {"mode = \"off\"\nfunction = \"cooling\"", provider.Settings{Function: "cooling", Mode: "off"}},
		"upper case":       {"mode = \"PROTECTION\"\nfunction = \"Cooling\"", provider.Settings{Function: "cooling", Mode: "protection"}},
		"null is absent":   {"mode = \"protection\"\nsetpoint = null\nprogram = null\nboost_minutes = null\nuntil = null\nfunction = null", provider.Settings{Function: "heating", Mode: "protection"}},
		"conditional null": {"mode = \"manual\"\nsetpoint = 20\nuntil = false ? \"x\" : null", provider.Settings{Function: "heating", Mode: "manual", Setpoint: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			c1 := good(t, files{"main.hcl": thermostat(c.body)})
			if got := c1.Thermostats[0].Settings; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// What a mode does not use is to be taken out, whatever it is.
func TestUselessComesBeforeWrong(t *testing.T) {
	for body, want := range map[string]string{
		"mode = \"off\"\nsetpoint = 99":                                "Useless setpoint",
		"mode = \"off\"\nsetpoint = \"warm\"":                          "Useless setpoint",
		"mode = \"protection\"\nprogram = \"Nights\"":                  "Useless program",
		"mode = \"manual\"\nsetpoint = 20\nboost_minutes = 45":         "Useless boost_minutes",
		"mode = \"automatic\"\nprogram = 1\nuntil = \"tomorrow\"":      "Useless until",
		"mode = \"boost\"\nboost_minutes = 30\nuntil = \"tomorrow\"":   "Useless until",
		"mode = \"manual\"\nsetpoint = 99":                             "Setpoint out of range",
		"mode = \"manual\"\nsetpoint = 20\nprogram = nosuch.reference": "",
	} {
		_, list := load(t, files{"main.hcl": "provider \"smarther\" {\n  time_zone = \"Europe/Rome\"\n}\n" + thermostat(body)})
		if len(list) != 1 || want != "" && list[0].Summary != want {
			t.Errorf("%q, want %q:\n%s", body, want, drawn(t, list))
		}
	}
}

func TestDrift(t *testing.T) {
	for text, want := range map[string]config.Drift{
		"": config.Enforce, "drift = null": config.Enforce, `drift = "enforce"`: config.Enforce,
		`drift = "adopt"`: config.Adopt, `drift = "Warn"`: config.Warn,
	} {
		if got := good(t, files{"main.hcl": thermostat("mode = \"protection\"\n" + text)}).Thermostats[0].Drift; got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
	_, list := load(t, files{"main.hcl": thermostat("mode = \"protection\"\ndrift = \"adapt\"")})
	if len(list) != 1 || list[0].Summary != "Invalid drift" || !strings.Contains(list[0].Detail, `Did you mean "adopt"?`) {
		t.Errorf("%+v", list)
	}
}

func TestDevice(t *testing.T) {
	c := good(t, files{"main.hcl": strings.NewReplacer(moduleID, strings.ToUpper(moduleID), plantID, strings.ToUpper(plantID)).
		Replace(thermostat("mode = \"protection\""))})
	got := c.Thermostats[0]
	if want := (provider.Device{PlantID: plantID, ModuleID: moduleID}); got.Device != want {
		t.Errorf("device %+v, want %+v", got.Device, want)
	}
	if got.Address.String() != "thermostat.hall" || got.Zone.String() != "Europe/Rome" {
		t.Errorf("address %s, zone %s", got.Address, got.Zone)
	}
	if r := got.Range("mode"); r.Filename != "main.hcl" || r.Start.Line != 10 {
		t.Errorf("mode at %s", r)
	}
	if r := got.Range("until"); r.Start.Line != 7 {
		t.Errorf("an attribute that is not given is at %s, want the block", r)
	}
}

// Function and zone come from the thermostat, its plant, the provider, in this
// order, and the plant is found by its id however that came about.
func TestDefaults(t *testing.T) {
	src := `
provider "smarther" {
  time_zone = "America/New_York"
}
plant "home" {
  id       = "` + plantID + `"
  function = "cooling"
}
plant "sea" {
  id        = "1f3c6b1e-0000-4000-8000-000000000002"
  time_zone = "Australia/Lord_Howe"
}
thermostat "a" {
  plant_id  = upper("` + plantID + `")
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "protection"
}
thermostat "b" {
  plant_id  = plant.sea.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  function  = "heating"
  mode      = "protection"
}
thermostat "c" {
  plant_id  = "1f3c6b1e-0000-4000-8000-000000000003"
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  function  = "heating"
  mode      = "protection"
}
output "plant" {
  value = [plant.home.time_zone, plant.home.function, plant.sea.function, plant.sea.time_zone]
}
`
	c := good(t, files{"main.hcl": src})
	var got []string
	for _, x := range c.Thermostats {
		got = append(got, fmt.Sprint(x.Address, " ", x.Settings.Function, " ", x.Zone))
	}
	want := []string{"thermostat.a cooling America/New_York", "thermostat.b heating Australia/Lord_Howe", "thermostat.c heating America/New_York"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := string(c.Outputs[0].Value); got != `["America/New_York","cooling",null,"Australia/Lord_Howe"]` {
		t.Errorf("plant references: %s", got)
	}
	if len(c.Plants) != 2 || c.Plants[0].Name != "home" || c.Plants[1].Zone.String() != "Australia/Lord_Howe" {
		t.Errorf("plants %+v", c.Plants)
	}
}

const numberedModules = `
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", each.value)
  mode      = "protection"
}
`

func addresses(c *config.Config) string {
	var all []string
	for _, x := range c.Thermostats {
		all = append(all, strings.TrimPrefix(x.Address.String(), "thermostat.")+" "+strings.TrimLeft(x.Device.ModuleID[24:], "0"))
	}
	return strings.Join(all, ", ")
}

func TestRepetition(t *testing.T) {
	for expr, want := range map[string]string{
		`for_each = { b = 2, a = 1 }`:                                      `r["a"] 1, r["b"] 2`,
		`for_each = tomap({ b = 2, a = 1 })`:                               `r["a"] 1, r["b"] 2`,
		`for_each = toset(["2", "10", "2"])`:                               `r["10"] 10, r["2"] 2`,
		`for_each = { for r in csvdecode(file("r.csv")) : r.name => r.n }`: `r["bath"] 2, r["hall"] 1`,
		`for_each = { for n in range(1, 3) : "n${n}" => n }`:               `r["n1"] 1, r["n2"] 2`,
		`for_each = {}`:        ``,
		`for_each = toset([])`: ``,
	} {
		c := good(t, files{"main.hcl": home + "thermostat \"r\" {\n  " + expr + numberedModules, "r.csv": "name,n\nhall,1\nbath,2\n"})
		if got := addresses(c); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
	for expr, want := range map[string]int{"0": 0, "1": 1, "12": 12, `"3"`: 3, "length([1, 2])": 2} {
		c := good(t, files{"main.hcl": home + "thermostat \"r\" {\n  count = " + expr + strings.ReplaceAll(numberedModules, "each.value", "count.index")})
		if len(c.Thermostats) != want {
			t.Errorf("count = %s: %d thermostats", expr, len(c.Thermostats))
		}
		for i, x := range c.Thermostats {
			if x.Address.Key.Value() != i {
				t.Errorf("count = %s: %s is number %d", expr, x.Address, i)
			}
		}
	}
}

// A block repeated zero times is still held against the declarations.
func TestNoInstancesAreChecked(t *testing.T) {
	_, list := load(t, files{"main.hcl": home + "thermostat \"r\" {\n  count = 0\n  plant_id = plant.hom.id\n  module_id = local.x\n  mode = \"manul\"\n}\n"})
	if errors, _ := list.Count(); errors != 3 {
		t.Errorf("%d errors, want 3:\n%s", errors, drawn(t, list))
	}
}

func TestOrder(t *testing.T) {
	src := home
	for i, body := range []string{
		`setpoint = 20`, `setpoint = thermostat.t0.setpoint - 1`, `setpoint = local.two`, `setpoint = 18
  depends_on = [thermostat.t0, thermostat.t1, thermostat.t0]`, `setpoint = try(thermostat.t9.setpoint, 19.5)`,
	} {
		src += fmt.Sprintf("thermostat \"t%d\" {\n  plant_id = plant.home.id\n  module_id = \"2a9d5c0f-0000-4000-8000-%012d\"\n  mode = \"manual\"\n  %s\n}\n", i, i, body)
	}
	src += fmt.Sprintf("thermostat \"t9\" {\n  plant_id = plant.home.id\n  module_id = \"2a9d5c0f-0000-4000-8000-%012d\"\n  mode = \"protection\"\n}\n", 9)
	src += "locals {\n  one = thermostat.t1.setpoint\n  two = local.one - 0.5\n}\n"
	c := good(t, files{"main.hcl": src})
	type order struct {
		Setpoint         string
		After, DependsOn []string
	}
	got := map[string]order{}
	for _, x := range c.Thermostats {
		got[x.Address.Name] = order{x.Settings.Setpoint.String(), x.After, x.DependsOn}
	}
	want := map[string]order{
		"t0": {"20", nil, nil},
		"t1": {"19", []string{"thermostat.t0"}, nil},
		"t2": {"18.5", []string{"thermostat.t1"}, nil},
		"t3": {"18", nil, []string{"thermostat.t0", "thermostat.t1"}},
		"t4": {"19.5", []string{"thermostat.t9"}, nil},
		"t9": {"0", nil, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOnRemove(t *testing.T) {
	c := good(t, files{"main.hcl": thermostat("mode = \"automatic\"\nprogram = 2\non_remove {\n  mode = \"manual\"\n  setpoint = 16.5\n}")})
	want := provider.Settings{Function: "heating", Mode: "manual", Setpoint: 165}
	if got := c.Thermostats[0].OnRemove; got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if c := good(t, files{"main.hcl": thermostat("mode = \"protection\"")}); c.Thermostats[0].OnRemove != nil {
		t.Error("an on_remove that nobody wrote")
	}
}

// The same files give the same result, whatever runs beside and in whatever
// order maps are walked.
func TestDeterminism(t *testing.T) {
	src := home + "locals {\n"
	for i := range 20 {
		src += fmt.Sprintf("  l%d = local.l%d + local.l%d\n", i, (i+1)%20, (i+7)%20)
	}
	src += "}\nprovider \"smarther\" {\n  endpoint = local.l3\n  timeout = local.l5\n  time_zone = local.l11\n  parallelism = local.l16\n}\n" + thermostat("setpoint = local.l3\nuntil = local.l5\nprogram = local.l7\nmode = var.x")[len(home):]
	all := files{"main.hcl": src}
	for i := range 6 {
		all[fmt.Sprintf("f%d.hcl", i)] = fmt.Sprintf("locals {\n  x%d = thermostat.gone%d\n  l%d = 1\n}\n", i, i, i)
	}
	dir := write(t, all)
	var first string
	for i := range 30 {
		before := runtime.GOMAXPROCS(1 + i%3)
		c, list := config.Load(config.Options{Dir: dir, Now: planningInstant()})
		runtime.GOMAXPROCS(before)
		got := drawn(t, list) + c.Digest
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatalf("run %d differs:\n%s", i, cmp.Diff(first, got))
		}
	}
}

func TestDiagnose(t *testing.T) {
	c := good(t, files{"main.hcl": thermostat("mode = \"protection\"")})
	d := c.Diagnose(&c.Thermostats[0], "mode", diag.Warning, "Odd", "Why.")
	if d.Severity != diag.Warning || d.Address != "thermostat.hall" || d.Range.Start.Line != 10 || d.Snippet == nil || !strings.Contains(d.Snippet.Code, "protection") {
		t.Errorf("got %+v", d)
	}
	if d := c.DiagnoseAt(c.Provider.EndpointRange, diag.Error, "Odd", "Why."); d.Range != nil || d.Severity != diag.Error {
		t.Errorf("an endpoint that nobody wrote is at %v", d.Range)
	}
	c = good(t, files{"main.hcl": "provider \"smarther\" {\n  endpoint = \"http://127.0.0.1:80/\"\n}\n"})
	if d := c.DiagnoseAt(c.Provider.EndpointRange, diag.Error, "Odd", "Why."); d.Range == nil || d.Range.Start.Line != 2 {
		t.Errorf("got %+v", d)
	}
}

// Every mistake of every file is reported, in the order of the source.
func TestOrderOfDiagnostics(t *testing.T) {
	_, list := load(t, files{
		"b.hcl": "locals {\n  z = local.gone\n  a = var.gone\n}\n",
		"a.hcl": thermostat("mode = \"off\"\nsetpoint = 3") + "thermostats \"x\" {}\n",
	})
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintf("%s:%d", d.Range.Filename, d.Range.Start.Line))
	}
	if want := []string{"a.hcl:11", "a.hcl:13", "b.hcl:2", "b.hcl:3"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v:\n%s", got, want, drawn(t, list))
	}
}
