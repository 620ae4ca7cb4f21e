package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
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
	if err := os.MkdirAll(f.folder, 0o700); err != nil {
		return fail("Folder not usable", "--folder %s: %s.", f.folder, cause(err))
	}
	lock := flock.New(filepath.Join(f.folder, ".lock"))
	if alone, err := lock.TryLock(); err != nil || !alone {
		return fail("Folder not usable", "--folder %s: another server uses it already, or it cannot be written.", f.folder)
	}
	defer func() { _ = lock.Unlock() }() // the process ends with it
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
	if err := a.answer(fmt.Sprintf("%s://%s/\n", scheme, listener.Addr())); err != nil {
		return err
	}
	return a.serveUntilInterrupted(listener, server.New(options), f)
}

func (a *app) serveUntilInterrupted(listener net.Listener, handler http.Handler, f serveFlags) (err error) {
	signals := watchInterrupts(a.Stderr, time.Minute)
	defer signals.stop()
	s := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ReadTimeout: 5 * time.Minute}
	served := make(chan error, 1)
	go func() {
		if f.certificate != "" {
			served <- s.ServeTLS(listener, f.certificate, f.key)
			return
		}
		served <- s.Serve(listener)
	}()
	select {
	case err = <-served:
	case <-signals.drain.Done():
		ctx, cancel := context.WithTimeout(signals.calls, 5*time.Second)
		defer cancel()
		err = s.Shutdown(ctx)
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fail("Server ended badly", "%s.", diag.Capital(err.Error()))
	}
	return nil
}
