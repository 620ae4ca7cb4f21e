package cli_test

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"setpoint/internal/cli"
)

// TestMain makes the test binary the program itself where it is called setpoint.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"setpoint": func() {
		os.Exit(cli.Run(cli.System{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ()}))
	}})
}

// The plant and the thermostats, by their number, of the houses of these tests.
const (
	crashPlant  = "1f3c6b1e-0000-4000-8000-000000000001"
	crashModule = "2a9d5c0f-0000-4000-8000-%012d"
)
