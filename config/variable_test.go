package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/config/diag"
)

// Later sources win: every pair, in both orders of speaking of them.
func TestVariablePrecedence(t *testing.T) {
	sources := []struct {
		name string
		give func(all files, o *config.Options)
	}{
		{"default", func(files, *config.Options) {}},
		{"environment", func(_ files, o *config.Options) { o.Environ = append(o.Environ, "SETPOINT_VAR_v=environment", "v=no") }},
		{"setpoint.vars.hcl", func(all files, _ *config.Options) { all["setpoint.vars.hcl"] = `v = "setpoint.vars.hcl"` }},
		{"setpoint.vars.hcl.json", func(all files, _ *config.Options) {
			all["setpoint.vars.hcl.json"] = `{"v": "setpoint.vars.hcl.json"}`
		}},
		{"a.auto.vars.hcl", func(all files, _ *config.Options) { all["a.auto.vars.hcl"] = `v = "a.auto.vars.hcl"` }},
		{"b.auto.vars.hcl", func(all files, _ *config.Options) { all["b.auto.vars.hcl"] = `v = "b.auto.vars.hcl"` }},
		{"c.auto.vars.hcl.json", func(all files, _ *config.Options) { all["c.auto.vars.hcl.json"] = `{"v": "c.auto.vars.hcl.json"}` }},
		{"--var", func(_ files, o *config.Options) { o.Inputs = append(o.Inputs, config.Input{Name: "v", Value: "--var"}) }},
		{"x.vars.hcl", func(all files, o *config.Options) {
			all["x.vars.hcl"] = `v = "x.vars.hcl"`
			o.Inputs = append(o.Inputs, config.Input{File: "x.vars.hcl"})
		}},
		{"a second --var", func(_ files, o *config.Options) {
			o.Inputs = append(o.Inputs, config.Input{Name: "v", Value: "a second --var"})
		}},
	}
	for i, low := range sources {
		for _, high := range sources[i+1:] {
			all := files{"main.hcl": "variable \"v\" {\n  default = \"default\"\n}\n" + home}
			var o config.Options
			low.give(all, &o)
			high.give(all, &o)
			c := good(t, all, func(into *config.Options) { into.Environ, into.Inputs = o.Environ, o.Inputs })
			if got := string(c.Variables["v"]); got != `"`+high.name+`"` {
				t.Errorf("%s and %s: %s wins", low.name, high.name, got)
			}
		}
	}
}

func TestPlannedVariables(t *testing.T) {
	src := "variable \"n\" {\n  type = number\n  default = 1\n}\nvariable \"any\" {\n  default = { a = [1] }\n}\nvariable \"token\" {\n  sensitive = true\n  default = \"canary-4711\"\n}\n" + home
	planned := func(o *config.Options) {
		o.Planned = map[string]json.RawMessage{"n": json.RawMessage("20.1"), "any": json.RawMessage(`{"a":[true,"x"]}`)}
		o.Environ = []string{"SETPOINT_VAR_n=3"}
	}
	c := good(t, files{"main.hcl": src, "setpoint.vars.hcl": "n = 2"}, planned)
	want := map[string]json.RawMessage{"n": json.RawMessage("20.1"), "any": json.RawMessage(`{"a":[true,"x"]}`)}
	if diff := cmp.Diff(want, c.Variables); diff != "" {
		t.Error(diff)
	}
	same := func(o *config.Options) { o.Inputs = []config.Input{{Name: "n", Value: "20.10"}} }
	good(t, files{"main.hcl": src}, planned, same)

	_, list := load(t, files{"main.hcl": src, "x.vars.hcl": "n = 4"}, planned, func(o *config.Options) { o.Inputs = []config.Input{{File: "x.vars.hcl"}} })
	says(t, list, "Variable differs from the plan")
	_, list = load(t, files{"main.hcl": src + "variable \"new\" {\n  default = 1\n}\n"}, planned)
	says(t, list, `The plan holds no value of variable "new"`)
	_, list = load(t, files{"main.hcl": src}, func(o *config.Options) {
		o.Planned = map[string]json.RawMessage{"n": json.RawMessage(`[]`), "any": json.RawMessage(`null`)}
	})
	says(t, list, "cannot be read")

	// What Variables records is what Planned accepts.
	c = good(t, files{"main.hcl": src})
	again := good(t, files{"main.hcl": src}, func(o *config.Options) { o.Planned = c.Variables })
	if diff := cmp.Diff(c.Variables, again.Variables); diff != "" {
		t.Error(diff)
	}
}

func TestVariableTypes(t *testing.T) {
	for _, c := range []struct{ typ, given, want string }{
		{"number", "20.50", "20.5"}, {"string", "20.50", `"20.50"`}, {"bool", "true", "true"}, {"any", "[1]", `"[1]"`},
		{"list(number)", `["1", 2]`, "[1,2]"}, {"set(string)", `["b", "a", "b"]`, `["a","b"]`}, {"map(number)", `{ a = "1" }`, `{"a":1}`},
		{"tuple([string, number])", `[1, "2"]`, `["1",2]`},
		{"object({ a = optional(number, 7), b = optional(string), c = string })", `{ c = 1 }`, `{"a":7,"b":null,"c":"1"}`},
		{"map(object({ setpoint = optional(number, 20) }))", `{ hall = {}, bath = { setpoint = 22 } }`, `{"bath":{"setpoint":22},"hall":{"setpoint":20}}`},
	} {
		src := "variable \"v\" {\n  type = " + c.typ + "\n}\n" + home
		got := good(t, files{"main.hcl": src}, func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_v=" + c.given} })
		if text := string(got.Variables["v"]); text != c.want {
			t.Errorf("%s from the environment as %s: %s, want %s", c.given, c.typ, text, c.want)
		}
		if c.typ == "any" || c.typ == "string" {
			continue
		}
		got = good(t, files{"main.hcl": src, "setpoint.vars.hcl": "v = " + c.given})
		if text := string(got.Variables["v"]); text != c.want {
			t.Errorf("%s from a file as %s: %s, want %s", c.given, c.typ, text, c.want)
		}
	}
	for _, c := range []struct{ typ, given string }{
		{"number", "warm"}, {"bool", "yes"}, {"list(number)", "[1"}, {"list(number)", "x"}, {"list(number)", "upper(\"x\")"},
		{"object({ a = string })", "{}"}, {"map(number)", "{ a = [] }"},
	} {
		_, list := load(t, files{"main.hcl": "variable \"v\" {\n  type = " + c.typ + "\n}\n" + home}, func(o *config.Options) {
			o.Environ = []string{"SETPOINT_VAR_v=" + c.given}
		})
		if errors, _ := list.Count(); errors != 1 {
			t.Errorf("%s as %s: %d errors, want 1:\n%s", c.given, c.typ, errors, drawn(t, list))
		}
	}
}

// An undeclared variable is an error on the command line, a warning in a file,
// nothing in the environment.
func TestUndeclaredVariables(t *testing.T) {
	good(t, files{"main.hcl": home}, func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_x=1", "PATH=/bin", "odd"} })
	_, list := load(t, files{"main.hcl": home, "setpoint.vars.hcl": "x = 1"})
	if errors, warnings := list.Count(); errors != 0 || warnings != 1 {
		t.Errorf("in a file: %d errors, %d warnings", errors, warnings)
	}
	_, list = load(t, files{"main.hcl": home}, func(o *config.Options) { o.Inputs = []config.Input{{Name: "x", Value: "1"}} })
	if errors, _ := list.Count(); errors != 1 {
		t.Errorf("on the command line: %d errors", errors)
	}
}

func TestSecrets(t *testing.T) {
	src := `
variable "token" {
  sensitive = true
}
variable "many" {
  sensitive = true
  default = { a = "second-secret", b = ["short", 12345678, null] }
}
provider "smarther" {
  access_token     = "Bearer-${var.token}"
  subscription_key = null
}
output "o" {
  value     = var.token
  sensitive = true
}
output "shown" {
  value = nonsensitive(length(var.token))
}
`
	c := good(t, files{"main.hcl": src}, func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_token=first-secret"} })
	said := c.DiagnoseAt(nil, diag.Warning, "Odd", "second-secret 12345678 first-secret Bearer-first-secret short").Detail
	if want := strings.Repeat("(sensitive value) ", 4) + "short"; said != want {
		t.Errorf("%q, want %q", said, want)
	}
	if c.Provider.AccessToken.Reveal() != "Bearer-first-secret" || !c.Provider.SubscriptionKey.IsZero() {
		t.Errorf("token %q, key %q", c.Provider.AccessToken.Reveal(), c.Provider.SubscriptionKey.Reveal())
	}
	if len(c.Variables) != 0 || c.Outputs[0].Value != nil || c.Outputs[0].Type != nil || !c.Outputs[0].Sensitive || string(c.Outputs[1].Value) != "12" {
		t.Errorf("variables %v, outputs %+v", c.Variables, c.Outputs)
	}
}

func TestOutputs(t *testing.T) {
	c := good(t, files{"main.hcl": thermostat("mode = \"manual\"\nsetpoint = 20.5\nuntil = \"2026-12-24T18:00:00Z\"") + `
output "b" {
  description = "All of it"
  value       = thermostat.hall
}
output "a" {
  value = toset(["x"])
}
`})
	if len(c.Outputs) != 2 || c.Outputs[0].Name != "a" || c.Outputs[1].Name != "b" {
		t.Fatalf("outputs %+v", c.Outputs)
	}
	want := `{"boost_minutes":null,"function":"heating","mode":"manual","module_id":"` + moduleID + `","plant_id":"` + plantID +
		`","program":null,"setpoint":20.5,"until":"2026-12-24T19:00:00"}`
	if got := string(c.Outputs[1].Value); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := string(c.Outputs[0].Value) + string(c.Outputs[0].Type); got != `["x"]["set","string"]` {
		t.Errorf("got %s", got)
	}
}

func TestDigest(t *testing.T) {
	base := func() files {
		return files{
			"main.hcl": "variable \"v\" {\n  default = 1\n}\nlocals {\n  a = csvdecode(file(\"a.csv\"))\n  b = templatefile(\"b.tmpl\", {})\n  c = fileexists(\"c\")\n  d = try(file(\"d\"), \"\")\n}\n" + home,
			"x.hcl":    "locals {\n  x = 1\n}\n", "a.csv": "a\n1\n", "b.tmpl": "b", "unrelated.txt": "1",
		}
	}
	digest := func(all files, change ...func(*config.Options)) string { return good(t, all, change...).Digest }
	first := digest(base())
	for name, change := range map[string]func(files){
		"main.hcl": func(f files) { f["main.hcl"] += "\n" }, "x.hcl": func(f files) { f["x.hcl"] += "#" },
		"a.csv": func(f files) { f["a.csv"] += "2\n" }, "b.tmpl": func(f files) { f["b.tmpl"] += "b" },
		"new file": func(f files) { f["y.hcl"] = "" }, "renamed": func(f files) { f["y.hcl"] = f["x.hcl"]; delete(f, "x.hcl") },
		"fileexists": func(f files) { f["c"] = "" }, "try": func(f files) { f["d"] = "" },
	} {
		all := base()
		change(all)
		if digest(all) == first {
			t.Errorf("%s: the digest is the same", name)
		}
	}
	for name, change := range map[string]func(files){
		"unrelated": func(f files) { f["unrelated.txt"] += "2" }, "values": func(f files) { f["setpoint.vars.hcl"] = "v = 2" },
		"nothing": func(files) {}, "test file": func(f files) { f["x.test.hcl"] = "" }, "hidden": func(f files) { f[".x.hcl"] = "!" },
	} {
		all := base()
		change(all)
		if digest(all) != first {
			t.Errorf("%s: the digest is another", name)
		}
	}
	if digest(base(), func(o *config.Options) { o.Inputs = []config.Input{{Name: "v", Value: "3"}} }) != first {
		t.Error("--var changes the digest")
	}
	if len(first) != 64 || strings.Trim(first, "0123456789abcdef") != "" {
		t.Errorf("digest %q", first)
	}
}
