package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"setpoint/config"
	"setpoint/config/diag"
)

const canary = "canary-4711"

// TestCanary surrounds the value of a sensitive variable with every kind of
// mistake. It never shows, in no form of any diagnostic.
func TestCanary(t *testing.T) {
	token := "variable \"token\" {\n  sensitive = true\n}\n"
	inEnvironment := func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_token=" + canary} }
	cases := map[string]struct {
		files  files
		change func(*config.Options)
	}{
		"syntax error in its line":       {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = \"canary-4711\n"}},
		"syntax error beside it":         {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = \"canary-4711\" !\n"}},
		"no quotes":                      {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = canary-4711\n"}},
		"a block":                        {files: files{"main.hcl": token, "setpoint.vars.hcl": "token {\n  x = \"canary-4711\"\n}\n\"canary-4711\" {}\ncanary-4711 {}\n"}},
		"no equals sign":                 {files: files{"main.hcl": token, "setpoint.vars.hcl": "token canary-4711\n"}},
		"a function":                     {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = canary-4711(\"canary-4711\")\n"}},
		"a missing index":                {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = { a = 1 }[\"canary-4711\"]\n"}},
		"a missing attribute":            {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = { a = 1 }.canary-4711\n"}},
		"wrong escape":                   {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = \"\\canary-4711\"\n"}},
		"twice":                          {files: files{"main.hcl": token, "setpoint.vars.hcl": "token = \"canary-4711\"\ntoken = \"canary-4711\"\n"}},
		"misspelt":                       {files: files{"main.hcl": token, "setpoint.vars.hcl": "tokn = \"canary-4711\"\n"}},
		"JSON keyword":                   {files: files{"main.hcl": token, "setpoint.vars.hcl.json": "{\"token\": canary-4711}"}},
		"JSON quote":                     {files: files{"main.hcl": token, "setpoint.vars.hcl.json": "{\"token\": \"canary-4711}"}},
		"JSON after the end":             {files: files{"main.hcl": token, "setpoint.vars.hcl.json": "{\"token\": \"canary-4711\"} canary-4711"}},
		"wrong type":                     {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = list(number)\n}\n", "setpoint.vars.hcl": "token = [\"canary-4711\"]\n"}},
		"wrong key":                      {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = map(number)\n}\n", "setpoint.vars.hcl": "token = { \"canary-4711\" = \"x\" }\n"}},
		"wrong type in the environment":  {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = number\n}\n"}, change: inEnvironment},
		"no expression":                  {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = list(string)\n}\n"}, change: inEnvironment},
		"function in the environment":    {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = list(string)\n}\n"}, change: func(o *config.Options) { o.Environ = []string{`SETPOINT_VAR_token={"a" = 1}["canary-4711"]`} }},
		"on the command line":            {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = number\n}\n"}, change: func(o *config.Options) { o.Inputs = []config.Input{{Name: "token", Value: canary}} }},
		"default of a wrong type":        {files: files{"main.hcl": "variable \"token\" {\n  default = \"canary-4711\"\n  sensitive = true\n  type = number\n}\n"}},
		"default that is no constant":    {files: files{"main.hcl": "variable \"token\" {\n  default = upper(\"canary-4711\")\n  sensitive = true\n}\n"}},
		"default with a syntax error":    {files: files{"main.hcl": "variable \"token\" {\n  default = \"canary-4711\n  sensitive = true\n}\n"}},
		"error above the default":        {files: files{"main.hcl": "variable \"token\" {\n  sensitive = tru\n  default = \"canary-4711\" ]\n}\n"}},
		"default on one line":            {files: files{"main.hcl": "variable \"token\" { sensitive = true, default = \"canary-4711\" }\n"}},
		"default on one line, repeated":  {files: files{"main.hcl": "variable \"x\" { sensitive = \"canary-4711\" }\nvariable \"x\" { sensitive = \"canary-4711\" }\n"}},
		"default misspelt":               {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  defalt = \"canary-4711\"\n}\n"}},
		"default in a heredoc":           {files: files{"main.hcl": "variable \"token\" {\n  sensitive = true\n  type = number\n  default = <<EOT\n}\ncanary-4711\nEOT\n}\n"}},
		"default in JSON":                {files: files{"main.hcl.json": "{\"variable\": {\"token\": {\"sensitive\": true, \"default\": \"canary-4711\"}}, \"thermostats\": 3}"}},
		"default in JSON, syntax error":  {files: files{"main.hcl.json": "{\"variable\": {\"token\": {\"sensitive\": true, \"default\": canary-4711}}}"}},
		"default in JSON, wrong type":    {files: files{"main.hcl.json": "{\"variable\": {\"token\": {\"sensitive\": true, \"type\": \"number\", \"default\": \"canary-4711\"}}}"}},
		"the same text elsewhere":        {files: files{"main.hcl": token + "locals {\n  x = flor(\"canary-4711\")\n}\n"}, change: inEnvironment},
		"the same text in a local":       {files: files{"main.hcl": token + "locals {\n  x = \"canary-4711\"\n}\n" + thermostat("mode = local.x")}, change: inEnvironment},
		"the same text in a name":        {files: files{"main.hcl": token + thermostat("mode = \"canary-4711\"\nuntil = file(\"canary-4711\")")}, change: inEnvironment},
		"the same text in a key":         {files: files{"main.hcl": token + thermostat("for_each = toset([\"canary-4711\"])\nmode = \"manual\"")}, change: inEnvironment},
		"escaped":                        {files: files{"main.hcl": token + "locals {\n  x = file(\"canary\\\"4711${\"$\"}{\")\n}\n"}, change: func(o *config.Options) { o.Environ = []string{`SETPOINT_VAR_token=canary"4711${`} }},
		"for_each":                       {files: files{"main.hcl": token + thermostat("for_each = toset([var.token])\nmode = \"off\"")}, change: inEnvironment},
		"count":                          {files: files{"main.hcl": token + thermostat("count = var.token\nmode = \"off\"")}, change: inEnvironment},
		"in every attribute":             {files: files{"main.hcl": token + thermostat("mode = var.token\nfunction = var.token\nsetpoint = var.token\nprogram = var.token\nuntil = var.token\non_remove {\n  mode = var.token\n}")}, change: inEnvironment},
		"in the provider":                {files: files{"main.hcl": token + "provider \"smarther\" {\n  endpoint = \"http://${var.token}\"\n  access_token = [var.token]\n  time_zone = var.token\n  timeout = var.token\n  rate_limit = var.token\n}\n"}, change: inEnvironment},
		"password in the endpoint":       {files: files{"main.hcl": "locals {\n  e = \"https://anna:canary-4711@x/\"\n}\nprovider \"smarther\" {\n  endpoint = local.e\n}\n"}},
		"secrets in plain sight":         {files: files{"main.hcl": "provider \"smarther\" {\n  access_token = \"canary-4711\"\n  subscription_key = format(\"%s\", \"canary-4711\")\n}\n"}},
		"in a conditional and an output": {files: files{"main.hcl": token + "output \"o\" {\n  value = var.token == \"x\" ? [1] : { a = var.token }\n}\n"}, change: inEnvironment},
		"in a template":                  {files: files{"main.hcl": token + "locals {\n  x = templatefile(\"t\", { a = var.token })\n}\n", "t": "${file(a)} ${a.b} ${jsondecode(a)} ${{ x = 1 }[a]}"}, change: inEnvironment},
	}
	for _, expr := range []string{
		`jsondecode(var.token)`, `jsondecode("{\"${var.token}")`, `yamldecode("*${var.token}")`, `yamldecode("&a [*${var.token}]")`, `csvdecode("a,a\n${var.token}")`, `csvdecode("${var.token},${var.token}\n1")`,
		`tonumber(var.token)`, `tobool(var.token)`, `toset(var.token)`, `parseint(var.token, 16)`, `file(var.token)`, `file(upper(var.token))`, `file("/${var.token}")`, `fileexists("/${var.token}")`, `templatefile(var.token, {})`,
		`formatdate(var.token, plantimestamp())`, `formatdate("YYYY", var.token)`, `timeadd(var.token, "1h")`, `timeadd(plantimestamp(), var.token)`, `regex(var.token, "x")`, `regex("x(${var.token}", "x")`, `format(var.token, 1)`, `format("%d", var.token)`, `format("%${var.token}", 1)`,
		`lookup({}, var.token)`, `{ a = 1 }[var.token]`, `[1][var.token]`, `var.token.x`, `var.token["x"]`, `var.token[0]`, `var.token + 1`, `-var.token`, `!var.token`, `var.token ? 1 : 2`, `"${[var.token]}"`, `merge(var.token)`, `zipmap([var.token], [])`,
		`{ for x in [1, 2] : var.token => x }`, `[for x in [var.token] : file(x)]`, `[for x in var.token : x]`, `try(file(var.token), jsondecode(var.token))`, `concat(var.token)`, `element(var.token, 1)`, `length(var.token) + var.token`, `local.derived + 1`, `file(local.derived)`, `flor(var.token)`,
		`file({ a = var.token }.a)`, `file(local.object.a)`, `jsondecode(file(local.derived))`, `substr(var.token, "x", 1)`, `setproduct(var.token)`, `indent(var.token, "x")`, `log(var.token, 2)`, `range(var.token)`, `fahrenheit(var.token)`,
	} {
		cases["expression "+expr] = struct {
			files  files
			change func(*config.Options)
		}{files{"main.hcl": token + "locals {\n  derived = upper(var.token)\n  object = { a = \"x${var.token}\" }\n  x = " + expr + "\n}\n" + thermostat("mode = \"manual\"\nsetpoint = "+expr)}, inEnvironment}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.change == nil {
				c.change = func(*config.Options) {}
			}
			_, list := load(t, c.files, c.change)
			if len(list) == 0 {
				t.Fatal("nothing was said, so nothing is tested")
			}
			silent(t, list)
		})
	}
}

// silent fails if the canary can be seen in any form of the diagnostics.
func silent(t *testing.T, list diag.List) {
	t.Helper()
	encoded, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{drawn(t, list), string(encoded)} {
		folded := strings.ToLower(text)
		if strings.Contains(folded, "canary") || strings.Contains(folded, "4711") {
			t.Errorf("the secret shows:\n%s", text)
		}
	}
}

func TestCanaryInDiagnose(t *testing.T) {
	c := good(t, files{"main.hcl": "variable \"token\" {\n  sensitive = true\n}\n# canary-4711\nprovider \"smarther\" {\n  endpoint = \"https://canary-4711\"\n}\n" +
		thermostat("mode = \"protection\" # canary-4711")},
		func(o *config.Options) { o.Environ = []string{"SETPOINT_VAR_token=" + canary} })
	silent(t, diag.List{
		c.Diagnose(&c.Thermostats[0], "mode", diag.Error, "The server says canary-4711", "Its words: \"canary-4711\"."),
		c.DiagnoseAt(c.Provider.EndpointRange, diag.Error, "No answer from canary-4711", "dial canary-4711"),
	})
}
