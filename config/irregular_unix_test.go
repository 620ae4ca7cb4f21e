//go:build unix

package config_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"setpoint/config"
)

// A pipe or a device, in the folder or read by a function, is no file to wait for.
func TestIrregularFiles(t *testing.T) {
	dir := write(t, files{"main.hcl": "locals {\n  a = file(\"pipe.hcl\")\n}\noutput \"b\" {\n  value = fileexists(\"pipe.hcl\")\n}\n"})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.hcl"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.hcl")); err != nil {
		t.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir})
	if len(list) != 3 || string(c.Outputs[0].Value) != "false" {
		t.Errorf("%d diagnostics, want 3:\n%s", len(list), drawn(t, list))
	}
	says(t, list, "It is no ordinary file.")
	says(t, list, "no ordinary file.")
}
