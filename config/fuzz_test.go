package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"setpoint/config"
	"setpoint/config/diag"
)

// FuzzLoad loads any bytes as a configuration: nothing panics, nothing hangs,
// every place lies within its file and every snippet within its text.
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
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src []byte) {
		if err := os.WriteFile(filepath.Join(dir, "main.hcl"), src, 0o600); err != nil {
			t.Fatal(err)
		}
		watch := time.AfterFunc(5*time.Second, func() { panic("Load hangs") })
		defer watch.Stop()
		c, list := config.Load(config.Options{Dir: dir, Now: planningInstant(), Version: "0.1.0"})
		for _, d := range list {
			checkPlaces(t, d, len(src))
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

func checkPlaces(t *testing.T, d diag.Diagnostic, size int) {
	t.Helper()
	if d.Summary == "" || d.Detail == "" {
		t.Errorf("nothing is said: %+v", d)
	}
	if r := d.Range; r != nil && (r.Filename != "main.hcl" || r.Start.Line < 1 || r.Start.Column < 1 || r.Start.Byte < 0 || r.End.Byte < r.Start.Byte || r.End.Byte > size) {
		t.Errorf("%s at %+v of %d bytes", d.Summary, *r, size)
	}
	if s := d.Snippet; s != nil && (s.HighlightStartOffset < 0 || s.HighlightEndOffset < s.HighlightStartOffset || s.HighlightEndOffset > len(s.Code)) {
		t.Errorf("%s: highlight %d to %d of %q", d.Summary, s.HighlightStartOffset, s.HighlightEndOffset, s.Code)
	}
}
