package plan

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan/state"
	"setpoint/provider"
)

func now() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }

const header = `
provider "smarther" { time_zone = "Europe/Rome" }
plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}
`

// load gives a configuration.
func load(tb testing.TB, text string) *config.Config {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(header+text), 0o600); err != nil {
		tb.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir, Now: now(), Version: "0.1.0", RecordVariables: true})
	if list.HasErrors() {
		tb.Fatalf("%s\n%v", text, list)
	}
	return c
}

// block is a thermostat block for device n.
func block(name string, n int, rest string) string {
	return fmt.Sprintf("thermostat %q {\n  plant_id  = plant.home.id\n  module_id = %q\n%s\n}\n", name, module(n), rest)
}

func module(n int) string { return fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", n) }

func device(n int) provider.Device {
	return provider.Device{PlantID: "1f3c6b1e-0000-4000-8000-000000000001", ModuleID: module(n)}
}

func manual(tenths provider.Celsius) provider.Settings {
	return provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: tenths}
}

func until(tb testing.TB, s provider.Settings, local string) provider.Settings {
	tb.Helper()
	end, err := provider.ParseLocalTime(local)
	if err != nil {
		tb.Fatal(err)
	}
	s.End = end
	return s
}

// boost is one as it was sent, from start on, plant-local.
func boost(tb testing.TB, minutes int, start string) provider.Settings {
	tb.Helper()
	s := until(tb, provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: minutes}, start)
	s.Start, s.End = s.End, s.End.Add(time.Duration(minutes)*time.Minute)
	return s
}

func entry(n int, outcome state.Outcome, s provider.Settings) state.Entry {
	return state.Entry{Device: device(n), Settings: s, Outcome: outcome, At: now().Add(-time.Hour)}
}

func record(entries map[string]state.Entry) *state.State {
	return &state.State{
		Version: state.Version, SetpointVersion: "0.1.0", Lineage: "6a1c0000-0000-4000-8000-000000000001", Serial: 7,
		Thermostats: entries, Outputs: map[string]state.Output{},
	}
}

func input(c *config.Config, s *state.State) Input {
	own := *c // a test may change it
	return Input{Config: &own, State: s, Now: now(), SetpointVersion: "0.1.0"}
}

// brief is a step in one line, for comparing.
func brief(s Step) string {
	text := fmt.Sprintf("%s %s", s.Action, s.Address)
	if s.Reason != ReasonNone {
		text += " (" + string(s.Reason) + ")"
	}
	if s.Call {
		text += " call"
	}
	return text
}

func briefs(steps []Step) []string {
	all := []string{}
	for _, s := range steps {
		all = append(all, brief(s))
	}
	return all
}

// kind is what a notice says: its kind or, where it is written, its summary.
func kind(n Notice) string { return cmp.Or(string(n.Kind), n.Summary) }

func summaries(notices []Notice) []string {
	all := []string{}
	for _, n := range notices {
		all = append(all, kind(n))
	}
	return all
}

func parse(tb testing.TB, text string) address.Address {
	tb.Helper()
	a, err := address.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// sorted puts thermostats in the order that a configuration has them in.
func sorted(all []config.Thermostat) []config.Thermostat {
	slices.SortFunc(all, func(a, b config.Thermostat) int { return address.Compare(a.Address, b.Address) })
	return all
}

func group(tb testing.TB, text string) address.Group {
	tb.Helper()
	g, err := address.ParseGroup(text)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func line(n int) hcl.Range {
	return hcl.Range{Filename: "moves.hcl", Start: hcl.Pos{Line: n, Column: 1}, End: hcl.Pos{Line: n, Column: 2}}
}

// moving reads moves of the form "FROM -> TO", the first from line 1.
func moving(tb testing.TB, texts ...string) []config.Move {
	tb.Helper()
	var all []config.Move
	for i, text := range texts {
		from, to, _ := strings.Cut(text, " -> ")
		all = append(all, config.Move{From: group(tb, from), To: group(tb, to), Range: line(i + 1)})
	}
	return all
}

// declared are thermostats at the given addresses, devices from 1 on, at 20 °C.
func declared(tb testing.TB, addresses ...string) []config.Thermostat {
	tb.Helper()
	var text strings.Builder
	for i := range addresses {
		text.WriteString(block(fmt.Sprintf("t%d", i), i+1, "  mode = \"manual\"\n  setpoint = 20"))
	}
	if len(addresses) == 0 {
		return nil
	}
	c := load(tb, text.String())
	all := make([]config.Thermostat, len(addresses))
	for i := range c.Thermostats {
		var n int
		if _, err := fmt.Sscanf(c.Thermostats[i].Address.Name, "t%d", &n); err != nil {
			tb.Fatal(err)
		}
		all[n] = c.Thermostats[i]
		all[n].Address = parse(tb, addresses[n])
	}
	return all
}

// known is the record of thermostats under the given addresses, "ADDRESS=N"
// for device N, at 20 °C.
func known(tb testing.TB, addresses ...string) *state.State {
	tb.Helper()
	entries := map[string]state.Entry{}
	for _, text := range addresses {
		i := strings.LastIndex(text, "=")
		var n int
		if _, err := fmt.Sscan(text[i+1:], &n); err != nil {
			tb.Fatal(err)
		}
		entries[text[:i]] = entry(n, state.Confirmed, manual(200))
	}
	return record(entries)
}

func movedBriefs(steps []Step) []string {
	all := []string{}
	for _, s := range steps {
		text := brief(s)
		if s.Moved != "" {
			text += " from " + s.Moved
		}
		all = append(all, text)
	}
	return all
}
