package config_test

import (
	"testing"

	"setpoint/config"
)

func TestEvaluateWithoutConfiguration(t *testing.T) {
	c, _ := config.Load(config.Options{Dir: t.TempDir()})
	if _, list := c.Evaluate("<console>", "1 + 1", nil); !list.HasErrors() {
		t.Error("nothing is said")
	}
}
