package cli

import (
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/simulator"
)

// simulatedDir holds house and record of --simulate, beside the configuration.
const simulatedDir = ".setpoint/simulated"

// rehearsed says, where the real record has nothing to show, how to see that of the
// rehearsals, if there is one; "" where it is meant already.
func (a *app) rehearsed(f *recordFlags) string {
	if a.simulate || f.path != "" || !exists(filepath.Join(simulatedDir, config.DefaultStatePath)) {
		return ""
	}
	return " The record of what was applied with --simulate is another one: to see that, say --simulate here, too."
}

// simulatedRecord is the path of the record of a rehearsal. It begins as a copy
// of the real one, journal included, if there is one; with a lineage of its own,
// so that a plan of the one is never applied to the other.
func (a *app) simulatedRecord(real *state.Store) (string, error) {
	path := filepath.Join(simulatedDir, config.DefaultStatePath)
	a.tell(simulating{simulatedDir})
	if exists(path) {
		return path, nil
	}
	snapshot, err := real.Read()
	if err != nil {
		return "", stateError(err)
	}
	copied := *snapshot.State
	copied.Lineage = uuid.NewString()
	content, err := state.Encode(&copied)
	if err != nil {
		return "", stateError(err)
	}
	if err := makeSimulatedDir(); err != nil {
		return "", err
	}
	if err := durable.ReplaceBytes(a.Files, path, 0o644, content); err != nil {
		return "", fail("Simulated state not written", "%s.", diag.Capital(err.Error()))
	}
	return path, nil
}

func makeSimulatedDir() error {
	if err := os.MkdirAll(simulatedDir, 0o755); err != nil {
		return fail("Simulated house not usable", "%s: %s. The folder of the configuration must be writable for --simulate.", simulatedDir, cause(err))
	}
	return nil
}

// embedded is a simulated cloud within this process, on loopback.
type embedded struct {
	endpoint string
	house    *simulator.Cloud
	server   *http.Server
}

// simulatedCloud serves a house that holds every thermostat of the
// configuration. What the record knows of one is how a new one starts.
func (a *app) simulatedCloud(c *config.Config) (*embedded, error) {
	if err := makeSimulatedDir(); err != nil {
		return nil, err
	}
	house, err := simulator.New(simulator.Options{House: filepath.Join(simulatedDir, "house.json")})
	if err != nil {
		return nil, fail("Simulated house not usable", "%s. To begin a new one, remove the folder %s.", diag.Capital(err.Error()), simulatedDir)
	}
	snapshot, err := state.NewStore(a.Files, filepath.Join(simulatedDir, config.DefaultStatePath), Version).Read()
	if err != nil {
		return nil, stateError(err)
	}
	if err := furnish(house, c, snapshot.State); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fail("Simulated cloud not started", "%s.", diag.Capital(err.Error()))
	}
	e := &embedded{
		endpoint: "http://" + listener.Addr().String() + simulator.PathPrefix,
		house:    house,
		server:   &http.Server{Handler: house, ReadHeaderTimeout: time.Minute},
	}
	// It serves until close; what else could go wrong shows in every call.
	go func() { _ = e.server.Serve(listener) }()
	return e, nil
}

func (e *embedded) close() error {
	return errors.Join(e.server.Close(), e.house.Close())
}

// furnish puts the plants and thermostats of configuration and record into a
// house: each as it was last set, if the record knows, and named as here. What
// the house has already keeps its name.
func furnish(house *simulator.Cloud, c *config.Config, record *state.State) error {
	zones := map[string]*time.Location{}
	known := map[provider.Device]provider.Settings{}
	names := map[provider.Device]string{}
	var devices []provider.Device
	for address, entry := range record.Thermostats {
		names[entry.Device] = address
		if entry.Outcome == state.Unknown {
			if entry.Previous == nil {
				continue
			}
			entry.Settings = *entry.Previous
		}
		known[entry.Device] = entry.Settings
		devices = append(devices, entry.Device)
	}
	for i := range c.Thermostats {
		t := &c.Thermostats[i]
		zones[t.Device.PlantID] = t.Zone
		names[t.Device] = t.Address.String()
		devices = append(devices, t.Device)
	}
	problems := []error{furnishPlants(house, c.Plants)}
	for _, d := range devices {
		zone := zones[d.PlantID]
		var start *simulator.Settings
		if s, ok := known[d]; ok {
			start = simulated(s, zone)
		}
		isNew := !house.Has(d.PlantID, d.ModuleID)
		err := house.Ensure(d.PlantID, d.ModuleID, zoneName(zone), start)
		if isNew && err == nil {
			err = house.NameThermostat(d.PlantID, d.ModuleID, names[d])
		}
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return fail("Simulated house not usable", "%s.", diag.Capital(err.Error()))
	}
	return nil
}

func furnishPlants(house *simulator.Cloud, plants []config.Plant) error {
	var problems []error
	for _, p := range plants {
		isNew := !house.Has(p.ID, "")
		err := house.EnsurePlant(p.ID, zoneName(p.Zone))
		if isNew && err == nil {
			err = house.NamePlant(p.ID, p.Name)
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func zoneName(zone *time.Location) string {
	if zone == nil {
		return ""
	}
	return zone.String()
}

// simulated is what a thermostat of the simulator has after a call with these
// settings; nil where they have run out, which leaves it as a new one.
func simulated(s provider.Settings, zone *time.Location) *simulator.Settings {
	out := &simulator.Settings{
		Function: simulator.Function(s.Function),
		Mode:     simulator.Mode(s.Mode),
		Setpoint: 200,
		Program:  1,
	}
	switch s.Mode {
	case provider.Manual:
		out.Setpoint = simulator.Tenths(s.Setpoint)
	case provider.Automatic:
		out.Program = s.Program
	case provider.Boost, provider.Off, provider.Protection:
	}
	if !s.End.IsZero() {
		if zone == nil {
			zone = time.UTC
		}
		instants := s.End.In(zone)
		if len(instants) == 0 || !instants[0].After(time.Now()) {
			return nil
		}
		out.End = instants[0]
	}
	return out
}
