package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"setpoint/config/diag"
)

// TestDiagnoseWithManySecrets: a finding of a later stage loses its secrets, and
// many findings cost no look at all secrets each.
func TestDiagnoseWithManySecrets(t *testing.T) {
	var secrets []string
	for i := range 5000 {
		secrets = append(secrets, fmt.Sprintf("%q", fmt.Sprintf("canary-%d", i)))
	}
	c := good(t, files{"main.hcl": thermostat("mode = \"protection\"") +
		"\nvariable \"s\" {\n  sensitive = true\n  default   = [" + strings.Join(secrets, ", ") + "]\n}\n"})
	diagnose := func() diag.Diagnostic {
		return c.Diagnose(&c.Thermostats[0], "mode", diag.Warning, "canary-1", "canary-4999")
	}
	begin := time.Now()
	if d := diagnose(); strings.Contains(d.Summary+d.Detail, "canary") {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	for range 1000 {
		diagnose()
	}
	if took := time.Since(begin); took > 5*time.Second { // looked at one by one: half a minute
		t.Errorf("a thousand take %s", took)
	}
}
