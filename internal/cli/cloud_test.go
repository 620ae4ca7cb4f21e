package cli

import (
	"os"
	"testing"

	"setpoint/config"
	"setpoint/internal/durable"
)

// TestPace: a real cloud is spared unless the configuration says otherwise, a
// simulated one is not.
func TestPace(t *testing.T) {
	for _, test := range []struct {
		provider string
		simulate bool
		want     float64
	}{
		{"", false, 2}, {"", true, 0},
		{"rate_limit = 5", false, 5}, {"rate_limit = 5", true, 5},
		{"rate_limit = 0", false, 0}, {"rate_limit = 0", true, 0},
	} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("main.hcl", []byte("provider \"smarther\" {\n  "+test.provider+"\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, list := config.Load(config.Options{Version: Version})
		if list.HasErrors() {
			t.Fatal(list)
		}
		a := &app{System: System{Files: durable.OS(), Environ: []string{"SMARTHER_SUBSCRIPTION_KEY=key", "SMARTHER_ACCESS_TOKEN=token"}}, simulate: test.simulate}
		reached, err := a.connect(c, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := reached.policy.RateLimit; got != test.want {
			t.Errorf("%q, --simulate=%t: %v calls a second, want %v", test.provider, test.simulate, got, test.want)
		}
		if list := reached.finish(); len(list) > 0 {
			t.Error(list)
		}
	}
}
