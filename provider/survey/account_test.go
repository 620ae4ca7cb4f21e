package survey_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// house fills a cloud with plants: their ids, and after them the ids of their
// thermostats.
func (c *cloud) house(plants map[string][]string, order ...string) {
	for _, id := range order {
		c.plants.Plants = append(c.plants.Plants, provider.Plant{ID: id, Name: "Plant " + id})
		topology := provider.Topology{Name: "Topology " + id}
		for _, module := range plants[id] {
			topology.Modules = append(topology.Modules, provider.Module{ID: module, Name: "Room " + module})
		}
		c.holds[id] = topology
	}
}

func account(t *testing.T, c *cloud, p dispatch.Policy) *survey.Inventory {
	t.Helper()
	return survey.Account(t.Context(), t.Context(), survey.Input{Reader: c, Policy: p})
}

// found are all thermostats of an inventory.
func found(v *survey.Inventory) []provider.Device {
	var all []provider.Device
	for _, p := range v.Plants {
		for _, thermostat := range p.Thermostats {
			all = append(all, thermostat.Device)
		}
	}
	return all
}

func TestTheWholeAccountIsOneRun(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		c.house(map[string][]string{"p2": {"x", "y"}, "p1": {"x"}}, "p2", "p1", "p3")
		c.plants.Plants[2].Name = ""
		c.plants.Skipped = []provider.Skipped{{Name: "lost", Why: "its id is missing"}}
		c.holds["p3"] = provider.Topology{Name: "Barn", Skipped: []provider.Skipped{{Type: "gateway", ID: "g", Why: "it is no thermostat"}}}
		p := calm()
		p.RateLimit, p.Parallelism = 1, 10
		v := account(t, c, p)
		equal(t, "asked", "plants, topology p2, topology p1, topology p3", c.words())
		for i, a := range c.log {
			if a.At != time.Duration(i)*time.Second {
				t.Errorf("%s was asked at %s: not at the pace of one a second", a.What, a.At)
			}
		}
		if !v.Complete() || v.Calls != 4 || len(v.Plants) != 3 {
			t.Fatalf("%+v", v)
		}
		equal(t, "names", []string{"Plant p2", "Plant p1", "Barn"}, []string{v.Plants[0].Name, v.Plants[1].Name, v.Plants[2].Name})
		equal(t, "skipped", []provider.Skipped{{Name: "lost", Why: "its id is missing"}, {Type: "gateway", ID: "g", Why: "it is no thermostat"}},
			append(v.Listed.Value.Skipped, v.Plants[2].Listed.Value.Skipped...))
		room := v.Plants[0].Thermostats[1]
		equal(t, "name", "Room y", room.Name)
		equal(t, "found", []provider.Device{{PlantID: "p2", ModuleID: "x"}, {PlantID: "p2", ModuleID: "y"}, {PlantID: "p1", ModuleID: "x"}}, found(v))
	})
}

func TestOneStrangePlantIsNoReasonToStop(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		c.house(map[string][]string{"p1": {"a"}, "p2": {"b"}}, "p1", "p2")
		c.faults["topology p1"] = times(9, fault(provider.KindNotFound))
		v := account(t, c, calm())
		equal(t, "found", []provider.Device{{PlantID: "p2", ModuleID: "b"}}, found(v))
		if v.Stop != nil || v.Complete() || v.Plants[0].Listed.Attempts != 2 || v.Plants[0].Name != "Plant p1" || v.Calls != 4 {
			t.Errorf("%+v", v)
		}
	})
}

func TestAnAccountThatCannotBeListed(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		if v := account(t, c, calm()); !v.Complete() || v.Calls != 1 {
			t.Errorf("no plants: %+v", v)
		}
		c.faults["plants"] = times(9, fault(provider.KindServer))
		if v := account(t, c, calm()); v.Complete() || v.Stop != nil || v.Listed.Attempts != 4 || v.Listed.Err == nil {
			t.Errorf("trouble in the cloud: %+v", v)
		}
	})
}

func TestAnAccountCutShort(t *testing.T) {
	quota := faultAfter(provider.KindQuota, time.Hour)
	refused := fault(provider.KindUnauthorized)
	for name, tt := range map[string]struct {
		faults map[string][]error
		most   int
		reason dispatch.StopReason
		asked  string
		want   string
	}{
		"quota at the plants": {faults: map[string][]error{"plants": {quota}}, reason: dispatch.StopQuota, asked: "plants"},
		"quota at a topology": {faults: map[string][]error{"topology p2": {quota}}, reason: dispatch.StopQuota, asked: "plants, topology p1, topology p2",
			want: "succeeded, failed"},
		"call limit between": {most: 1, reason: dispatch.StopCallLimit, asked: "plants", want: "not attempted, not attempted"},
		"call limit within":  {most: 2, reason: dispatch.StopCallLimit, asked: "plants, topology p1", want: "succeeded, not attempted"},
		"one 401 here, one there": {faults: map[string][]error{"plants": {refused}, "topology p1": {refused}}, reason: dispatch.StopAccount,
			asked: "plants, plants, topology p1", want: "failed, not attempted"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, c *cloud) {
				c.house(map[string][]string{"p1": {"a"}, "p2": {"b"}}, "p1", "p2")
				for what, faults := range tt.faults {
					c.faults[what] = faults
				}
				p := calm()
				p.MaxCalls = tt.most
				v := account(t, c, p)
				equal(t, "asked", tt.asked, c.words())
				var listed []string
				for _, p := range v.Plants {
					listed = append(listed, word(p.Listed.Outcome))
				}
				equal(t, "listed", tt.want, strings.Join(listed, ", "))
				if v.Stop == nil || v.Stop.Reason != tt.reason || v.Complete() || v.Calls != len(c.log) || v.Returns.IsZero() == (tt.reason == dispatch.StopQuota) {
					t.Errorf("%+v, stop %+v", v.Ending, v.Stop)
				}
			})
		})
	}
}

func TestAnInterruptedAccountKeepsWhatItFound(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		c.house(map[string][]string{"p1": {"a"}, "p2": {"b"}}, "p1", "p2")
		drain, cancel := context.WithCancel(t.Context())
		time.AfterFunc(took+took/2, cancel)
		foreseen, settled := 0, 0
		v := survey.Account(drain, t.Context(), survey.Input{Reader: c, Policy: calm(), Observe: func(e survey.Event) {
			switch e := e.(type) {
			case survey.Foreseen:
				foreseen += e.Questions
			case survey.Settled:
				settled++
			}
		}})
		equal(t, "found", []provider.Device{{PlantID: "p1", ModuleID: "a"}}, found(v))
		if v.Stop == nil || v.Stop.Reason != dispatch.StopDrained || v.Plants[1].Listed.Outcome != dispatch.NotAttempted || v.Complete() {
			t.Errorf("%+v, stop %+v", v, v.Stop)
		}
		if foreseen != 3 || settled != foreseen {
			t.Errorf("%d of %d questions are settled", settled, foreseen)
		}
	})
}
