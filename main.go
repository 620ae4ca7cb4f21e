// Setpoint keeps Smarther thermostats as declared in HCL files.
package main

import (
	"os"

	"setpoint/internal/cli"
)

func main() {
	cli.CollectLate(os.Getenv)
	os.Exit(cli.Run(cli.System{
		Args:    os.Args[1:],
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Environ: os.Environ(),
	}))
}
