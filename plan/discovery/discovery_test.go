package discovery

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"golang.org/x/text/unicode/norm"

	"setpoint/config"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

const (
	foundPlant  = "1f3c6b1e-0000-4000-8000-%012d"
	foundModule = "2a9d5c0f-0000-4000-8000-%012d"
)

// discoveredAt is when everything in these tests is read.
func discoveredAt() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// account is an account with one plant for each list of names, all of whose
// thermostats are set alike.
func account(settings provider.Settings, plants ...[]string) *survey.Inventory {
	found := &survey.Inventory{Listed: survey.Answer[provider.PlantList]{Outcome: dispatch.Succeeded}}
	n := 0
	for i, names := range plants {
		p := survey.Plant{Plant: provider.Plant{ID: fmt.Sprintf(foundPlant, i+1), Name: names[0]}}
		p.Listed.Outcome = dispatch.Succeeded
		for _, name := range names[1:] {
			n++
			t := survey.Thermostat{Name: name, Reading: survey.Reading{Device: provider.Device{PlantID: p.ID, ModuleID: fmt.Sprintf(foundModule, n)}}}
			t.Status = survey.Answer[provider.Status]{Outcome: dispatch.Succeeded, Value: provider.Status{
				Settings: settings, Time: discoveredAt().In(time.FixedZone("", 3600)),
			}}
			p.Thermostats = append(p.Thermostats, t)
		}
		found.Plants = append(found.Plants, p)
	}
	return found
}

// loaded writes a configuration beside others and loads them.
func loaded(t testing.TB, dir, text string) *config.Config {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "found.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir, Now: discoveredAt(), Version: "0.1.0"})
	if list.HasErrors() {
		t.Fatalf("%v\n%s", list, text)
	}
	if formatted := string(hclwrite.Format([]byte(text))); formatted != text {
		t.Errorf("not in canonical style:\n%s", text)
	}
	return c
}

func nothingDeclared(t testing.TB) *config.Config {
	t.Helper()
	c, _ := config.Load(config.Options{Dir: t.TempDir(), Version: "0.1.0"})
	return c
}

func rome(t testing.TB) Zones {
	t.Helper()
	z, list := ParseZones([]string{"Europe/Rome"})
	if len(list) > 0 {
		t.Fatal(list)
	}
	return z
}

func manual() provider.Settings {
	return provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205}
}

// FuzzDiscovered: whatever things are called and set to, what is printed is
// valid, in canonical style, declares each thermostat with what was read of it,
// or says why not, and holds every official name as a literal of its own.
func FuzzDiscovered(f *testing.F) {
	for _, name := range []string{"Sala", "", "${x}", "%{if}", `"`, `\`, "$${", "\n}\nthermostat \"x\" {", "*/ // #", "\u202e\u0000\u2028", strings.Repeat("é", 1000), "e\u0301", "<<EOT", "京都", "\xff"} {
		f.Add("Casa", name, "Sala", uint8(0), int16(205), int64(0))
		f.Add(name, name, name, uint8(1), int16(3), int64(3600))
		f.Add(name, "Sala", name, uint8(2), int16(3), int64(-3600))
	}
	f.Add("Casa", "Sala", "Bagno", uint8(4), int16(70), int64(336*24*3600))
	f.Fuzz(func(t *testing.T, plant, one, other string, mode uint8, tenths int16, end int64) {
		s := provider.Settings{Function: provider.Functions()[mode/8%2], Mode: provider.Modes()[mode%5], Setpoint: provider.Celsius(tenths), Program: int(tenths)}
		if end != 0 {
			s.End = provider.WallClock(discoveredAt().Add(time.Duration(end%(1<<33)) * time.Second))
		}
		s = s.Canonical()
		if s.Mode != provider.Boost && s.Validate() != nil { // a client gives none
			return
		}
		found := account(s, []string{plant, one, other, one}, []string{other, one})
		found.Plants[0].Thermostats[2].Status = survey.Answer[provider.Status]{Outcome: dispatch.Failed, Err: &provider.Error{Kind: provider.KindNotFound, StatusCode: 404, Message: other}}
		d := Compare(found, nothingDeclared(t), rome(t), discoveredAt())
		text := d.HCL()
		c := loaded(t, t.TempDir(), text)
		n := d.Tally()
		if len(c.Thermostats) != n.Ready || len(c.Imports) != n.Ready || len(c.Plants) != 2 || n.Ready+n.Commented != 4 || n.Unread != 1 {
			t.Fatalf("%+v, but %d thermostats and %d imports\n%s", n, len(c.Thermostats), len(c.Imports), text)
		}
		if s.End.IsZero() && s.Mode != provider.Boost && n.Ready != 3 {
			t.Fatalf("%+v\n%s", n, text)
		}
		for i := range c.Thermostats {
			if got := &c.Thermostats[i]; !got.Settings.Same(s) || got.Device != c.Imports[i].Device || got.Address != c.Imports[i].To {
				t.Errorf("%s: %+v, imported as %s, want %+v\n%s", got.Address, got.Settings, c.Imports[i].To, s, text)
			}
		}
		counts := literals(text)
		for _, name := range []string{plant, one, other} {
			if name != "" && counts[norm.NFC.String(string([]rune(name)))] == 0 {
				t.Errorf("%q does not stand in\n%s", name, text)
			}
		}
	})
}

// literals evaluates the string literals that comments begin with.
func literals(text string) map[string]int {
	quoted := regexp.MustCompile(`^# ("(?:[^"\\]|\\.)*")`)
	counts := map[string]int{}
	for line := range strings.Lines(text) {
		literal := quoted.FindStringSubmatch(strings.TrimSpace(line))
		if literal == nil {
			continue
		}
		expr, diags := hclsyntax.ParseExpression([]byte(literal[1]), "", hcl.InitialPos)
		if diags.HasErrors() {
			continue
		}
		if value, diags := expr.Value(nil); !diags.HasErrors() {
			counts[value.AsString()]++
		}
	}
	return counts
}

// TestBoost: what a boost goes back to is not made up.
func TestBoost(t *testing.T) {
	boost := provider.Settings{Function: provider.Cooling, Mode: provider.Boost}
	for end, want := range map[provider.LocalTime]string{
		{}:                                 "it is in a boost, and what it goes back to then cannot be read; fill that in, or run setpoint discover again when it is over",
		provider.WallClock(discoveredAt()): "it is in a boost until 2026-11-23T10:00:00 on its own clock, and what it goes back to then cannot be read; fill that in, or run setpoint discover again when it is over",
	} {
		boost.End = end
		d := Compare(account(boost, []string{"Casa", "Sala"}), nothingDeclared(t), rome(t), discoveredAt())
		text := d.HCL()
		if c := loaded(t, t.TempDir(), text); len(c.Thermostats) != 0 || d.plants[0].thermostats[0].obstacle != want || c.Plants[0].Function != provider.Cooling {
			t.Errorf("%q, want %q, in\n%s", d.plants[0].thermostats[0].obstacle, want, text)
		}
	}
}

// TestBesideAConfiguration: only what is not declared is printed, it fits what
// is there, and after that nothing is missing.
func TestBesideAConfiguration(t *testing.T) {
	dir := t.TempDir()
	id, module := func(n int) string { return fmt.Sprintf(foundPlant, n) }, func(n int) string { return fmt.Sprintf(foundModule, n) }
	if err := os.MkdirAll(filepath.Join(dir, "flat"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.hcl": fmt.Sprintf("provider \"smarther\" {\n  time_zone = \"Europe/Rome\"\n}\n\nplant \"home\" {\n  id = %q\n  function = \"cooling\"\n}\n\n"+
			"thermostat \"sala\" {\n  plant_id = plant.home.id\n  module_id = upper(%q)\n  mode = \"manual\"\n  setpoint = 20\n}\n\nmodule \"flat\" {\n  source = \"./flat\"\n}\n", id(1), module(1)),
		"flat/main.hcl": fmt.Sprintf("plant \"flat\" {\n  id = %q\n  function = \"heating\"\n}\n", id(2)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func() *config.Config {
		c, list := config.Load(config.Options{Dir: dir, Now: discoveredAt(), Version: "0.1.0"})
		if list.HasErrors() {
			t.Fatal(list)
		}
		return c
	}
	found := account(manual(), []string{"Casa", "Old", "Sala"}, []string{"Flat", "Bagno"}, []string{"Home", "Bagno"})
	d := Compare(found, load(), Zones{}, discoveredAt())
	text := d.HCL()
	for _, part := range []string{
		"thermostat \"casa_sala\" {\n  plant_id  = plant.home.id\n  module_id = \"" + module(2) + "\"\n  function  = \"heating\"\n",
		"thermostat \"flat_bagno\" {\n  plant_id  = \"" + id(2) + "\"\n  module_id = \"" + module(3) + "\"\n  mode      = \"manual\"\n",
		"plant \"home_2\" {\n  id       = \"" + id(3) + "\"\n  function = \"heating\"\n}\n",
		"thermostat \"home_2_bagno\" {\n  plant_id  = plant.home_2.id\n",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%s\nis not in\n%s", part, text)
		}
	}
	if n := d.Tally(); n != (Tally{Ready: 3, Declared: 1}) || strings.Contains(text, "provider") || strings.Contains(text, "Old") {
		t.Errorf("%+v\n%s", n, text)
	}
	loaded(t, dir, text)
	again := Compare(found, load(), Zones{}, discoveredAt())
	if text := again.HCL(); text != "" || again.Tally() != (Tally{Declared: 4}) {
		t.Errorf("%+v\n%s", again.Tally(), text)
	}
}

// TestWhatCannotBeDeclared: it is told in comments, and spoils nothing.
func TestWhatCannotBeDeclared(t *testing.T) {
	found := account(manual(), []string{"Casa", "Sala", "Bagno"}, []string{"Mare\n}", "Sala"}, []string{"Far"})
	found.Plants[0].Thermostats[1].Device.ModuleID = "bagno-1"
	found.Plants[1].ID = "mare"
	found.Plants[1].Thermostats[0].Device.PlantID = "mare"
	found.Plants[2].Listed = survey.Answer[provider.Topology]{Outcome: dispatch.Failed, Err: &provider.Error{Kind: provider.KindServer, StatusCode: 502}}
	found.Plants[0].Listed.Value.Skipped = []provider.Skipped{{Type: "gateway\n", ID: "x", Name: "Router\n}", Why: "it is no thermostat"}, {Why: "its id is missing"}}
	found.Listed.Value.Skipped = []provider.Skipped{{Name: "None", Why: "its id is missing"}}
	d := Compare(found, nothingDeclared(t), rome(t), discoveredAt())
	text := d.HCL()
	c := loaded(t, t.TempDir(), text)
	if len(c.Thermostats) != 1 || len(c.Plants) != 2 {
		t.Errorf("%d thermostats, %d plants\n%s", len(c.Thermostats), len(c.Plants), text)
	}
	for _, part := range []string{
		`# "Bagno" is left to you: a configuration cannot name it, because its id, 1f3c6b1e-0000-4000-8000-000000000001/bagno-1, is no pair of UUIDs.`,
		`# Plant "Mare\n}" cannot be declared: its id, mare, is no UUID.`,
		`# What plant "Far" holds is not known: 502 trouble in the cloud. Run setpoint discover again.`,
		`# Left out of plant "Casa": "Router\n}", id "x", a "gateway\n": it is no thermostat.`,
		`# Left out of plant "Casa": without a name: its id is missing.`,
		`# Left out: plant "None": its id is missing.`,
	} {
		if !strings.Contains(text, part+"\n") {
			t.Errorf("%s\nis not in\n%s", part, text)
		}
	}
	if got, want := d.Unread(), []string{`What plant "Far" holds: 502 trouble in the cloud.`}; !slices.Equal(got, want) {
		t.Errorf("unread: %q, want %q", got, want)
	}
	if list := d.Warnings(); len(list) != 1 || list[0].Detail != `"None": its id is missing.` {
		t.Errorf("warnings: %v", list)
	}
}

// TestOrderOfTheCloud: in whatever order things are listed, they are called the same.
func TestOrderOfTheCloud(t *testing.T) {
	found := account(manual(), []string{"Casa", "Sala", "Sala", "Bagno"}, []string{"Casa", "Sala", "Hall"})
	names := func() map[provider.Device]string {
		all := map[provider.Device]string{}
		d := Compare(found, nothingDeclared(t), Zones{}, discoveredAt())
		for i := range d.plants {
			for _, thermostat := range d.plants[i].thermostats {
				all[thermostat.Device] = thermostat.name
			}
		}
		return all
	}
	before := names()
	slices.Reverse(found.Plants)
	for i := range found.Plants {
		slices.Reverse(found.Plants[i].Thermostats)
	}
	if after := names(); !maps.Equal(before, after) || len(before) != 5 {
		t.Errorf("%v\n%v", before, after)
	}
}
