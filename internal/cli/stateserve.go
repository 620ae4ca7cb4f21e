package cli

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"setpoint/config/diag"
	"setpoint/plan/state/server"
	"setpoint/provider"
)

// serveFlags say what states are served, and where.
type serveFlags struct{ listen, folder, certificate, key string }

func (a *app) stateServeCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve states to a small team",
		Long: `Serves the states in a folder over the HTTP protocol of Terraform's http backend, until it is interrupted. Its first
line is the address; the state of a house is at any name below it, its lock at /lock below that:

  setpoint {
    backend "http" {
      address      = "http://127.0.0.1:8798/house"
      lock_address = "http://127.0.0.1:8798/house/lock"
    }
  }

Every version is kept, beside the state. With SETPOINT_HTTP_USERNAME and SETPOINT_HTTP_PASSWORD in the environment these
are asked of everybody. To be reached from other machines it needs them, and a certificate or a proxy that has one.`,
		Example: `  setpoint state serve --folder states
  setpoint state serve --folder states --listen :8443 --certificate state.pem --key state.key`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.serveStates(f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8798", "`ADDRESS` and port; port 0 takes a free one")
	flags.StringVar(&f.folder, "folder", "states", "keep the states in `DIR`, which is made if need be")
	flags.StringVar(&f.certificate, "certificate", "", "serve HTTPS with the certificate in `FILE`, in PEM")
	flags.StringVar(&f.key, "key", "", "and its key in `FILE`")
	return cmd
}

func (a *app) serveStates(f serveFlags) error {
	options := server.Options{
		Files: a.Files, Folder: f.folder,
		Username: a.getenv("SETPOINT_HTTP_USERNAME"), Password: a.getenv("SETPOINT_HTTP_PASSWORD"),
	}
	host, _, err := net.SplitHostPort(f.listen)
	switch {
	case err != nil:
		return fail("Invalid flag", "--listen %s: write an address and a port, as in 127.0.0.1:8798.", f.listen)
	case (f.certificate == "") != (f.key == ""):
		return fail("Flags do not fit", "--certificate and --key belong together.")
	case !provider.IsLoopback(host) && (options.Username == "" || options.Password == ""):
		return fail("States for everybody", "Reached from other machines, states need a password: set SETPOINT_HTTP_USERNAME and SETPOINT_HTTP_PASSWORD in the environment.")
	}
	release, err := server.Claim(f.folder)
	if err != nil {
		return fail("Folder not usable", "--folder %s: %s.", f.folder, cause(err))
	}
	defer func() { _ = release() }() // the process ends with it
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fail("Address not usable", "%s.", diag.Capital(err.Error()))
	}
	scheme := "http"
	if f.certificate != "" {
		scheme = "https"
	} else if !provider.IsLoopback(host) {
		a.warn("Passwords in the clear", "Without --certificate passwords travel in the clear: put a proxy with HTTPS before it.")
	}
	where := fmt.Sprintf("%s://%s/\n", scheme, listener.Addr())
	return a.serve(service{listener: listener, handler: server.New(options), where: where, certificate: f.certificate, key: f.key})
}
