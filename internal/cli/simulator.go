package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/simulator"
)

// simulatorFlags say what the simulated cloud is like.
type simulatorFlags struct {
	listen, house, faults, calls string
	latency                      time.Duration
}

func (a *app) simulatorCommand() *cobra.Command {
	var f simulatorFlags
	cmd := &cobra.Command{
		Use:   "simulator",
		Short: "Serve a simulated cloud",
		Long: `Serves a simulated Smarther cloud on loopback, for any client, until it is interrupted. It accepts any subscription key
and any bearer token.

It has the thermostats of the house file and those of the configuration in this folder, if there is one. Faults to
play are described in a JSON file:

  {"faults": [
    {"module": "2a9d5c0f-0000-4000-8000-000000000001", "status": 486, "times": 2},
    {"module": "*", "from": 3, "status": 500, "landed": true},
    {"module": "2a9d5c0f-0000-4000-8000-000000000002", "times": 0, "offline": true}
  ]}

Each fault takes a module id or "*", and what happens: status (with message, retry_after, shape, location), landed
(the write takes effect all the same), latency, drop ("before" or "after" the write) or offline. "from" is the first
call it hits (default 1), "times" how many (default 1; 0: for ever), "method" POST (default) or GET.`,
		Example: `  setpoint simulator --house house.json --faults faults.json
  setpoint simulator --listen 127.0.0.1:0 --latency 200ms`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.serve(f) },
	}
	flags := cmd.Flags()
	a.variableFlags(flags)
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8799", "loopback `ADDRESS` and port; port 0 takes a free one")
	flags.StringVar(&f.house, "house", "", "keep the house in `FILE`; without it, in memory only")
	flags.StringVar(&f.faults, "faults", "", "play the faults in `FILE`")
	flags.StringVar(&f.calls, "calls", "", "write every call to `FILE`, one JSON object a line")
	flags.DurationVar(&f.latency, "latency", 0, "answer every call `D` later, as in 200ms")
	return cmd
}

func (a *app) serve(f simulatorFlags) error {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil || !provider.IsLoopback(host) {
		return fail("Address not usable", "--listen %s: the simulated cloud is served on this machine only, as in 127.0.0.1:8799.", f.listen)
	}
	options := simulator.Options{House: f.house, Latency: f.latency}
	if f.faults != "" {
		content, err := os.ReadFile(f.faults)
		if err != nil {
			return fail("Faults not readable", "%s: %s.", f.faults, cause(err))
		}
		if options.Faults, err = simulator.ParseFaults(content); err != nil {
			return fail("Invalid faults", "%s: %s.", f.faults, err)
		}
	}
	if f.calls != "" {
		log, err := os.OpenFile(f.calls, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return fail("Calls not writable", "%s: %s.", f.calls, cause(err))
		}
		defer func() { _ = log.Close() }() // each line was written before its answer
		options.Log = log
	}
	house, err := simulator.New(options)
	if err != nil {
		return fail("House not usable", "%s.", upperFirst(err.Error()))
	}
	if err := a.furnishFromConfiguration(house, f); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fail("Address not usable", "%s.", upperFirst(err.Error()))
	}
	signals := watchInterrupts(io.Discard, time.Minute)
	defer signals.stop()
	server := &http.Server{Handler: house, ReadHeaderTimeout: time.Minute}
	if err := a.answer(fmt.Sprintf("endpoint = \"http://%s%s\"\n", listener.Addr(), simulator.PathPrefix)); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err = <-served:
	case <-signals.drain.Done():
		ctx, cancel := context.WithTimeout(signals.calls, 5*time.Second)
		defer cancel()
		err = server.Shutdown(ctx)
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	if err = errors.Join(err, house.Close()); err != nil {
		return fail("Simulated cloud ended badly", "%s.", upperFirst(err.Error()))
	}
	return nil
}

// furnishFromConfiguration adds the thermostats of the configuration here, if
// there is one.
func (a *app) furnishFromConfiguration(house *simulator.Cloud, f simulatorFlags) error {
	configured, err := config.Exists(".")
	if err != nil {
		return fail("Folder not readable", "%s.", cause(err))
	}
	if !configured {
		if f.house == "" {
			return fail("Nothing to simulate", "There is no configuration in this folder. Give a house with --house FILE, or a configuration with --chdir DIR.")
		}
		return nil
	}
	c, err := a.load(config.Options{})
	if err != nil {
		return err
	}
	return furnish(house, c, state.New(Version))
}
