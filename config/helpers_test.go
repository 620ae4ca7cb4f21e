package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"setpoint/config"
	"setpoint/config/diag"
)

const (
	plantID  = "1f3c6b1e-0000-4000-8000-000000000001"
	moduleID = "2a9d5c0f-0000-4000-8000-000000000001"

	home = `
plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}
`
)

// files are the files of a configuration by their names.
type files map[string]string

// write puts files into a fresh folder.
func write(t testing.TB, all files) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range all {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load loads files with the usual options, changed by the caller's.
func load(t testing.TB, all files, change ...func(*config.Options)) (*config.Config, diag.List) {
	t.Helper()
	o := config.Options{Dir: write(t, all), Now: planningInstant(), Version: "0.1.0", RecordVariables: true}
	for _, f := range change {
		f(&o)
	}
	return config.Load(o)
}

// good loads files that must be right, without so much as a warning.
func good(t testing.TB, all files, change ...func(*config.Options)) *config.Config {
	t.Helper()
	c, list := load(t, all, change...)
	if len(list) > 0 {
		t.Fatalf("unexpected diagnostics:\n%s", drawn(t, list))
	}
	return c
}

func drawn(t testing.TB, list diag.List) string {
	t.Helper()
	var b strings.Builder
	if err := diag.WriteText(&b, list, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// thermostat is a block in the plant "home"; body may hold several lines.
func thermostat(body string) string {
	return home + "thermostat \"hall\" {\n  plant_id  = plant.home.id\n  module_id = \"" + moduleID + "\"\n" + body + "\n}\n"
}

// outputs evaluates expressions as outputs and gives the JSON of each.
func outputs(t testing.TB, declarations string, expressions ...string) []string {
	t.Helper()
	src := declarations
	for i, expr := range expressions {
		src += "\noutput \"o" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + "\" {\n  value = " + expr + "\n}\n"
	}
	c := good(t, files{"main.hcl": src})
	got := make([]string, len(expressions))
	for i := range c.Outputs {
		got[i] = string(c.Outputs[i].Value)
	}
	return got
}

// says fails unless some diagnostic holds the words.
func says(t testing.TB, list diag.List, words string) {
	t.Helper()
	if !strings.Contains(drawn(t, list), words) {
		t.Errorf("nothing says %q in:\n%s", words, drawn(t, list))
	}
}
