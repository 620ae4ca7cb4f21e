package survey_test

import (
	"context"
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

func account(t *testing.T, c *cloud, p dispatch.Policy, ask survey.Ask) *survey.Inventory {
	t.Helper()
	return survey.Account(t.Context(), t.Context(), survey.Input{Reader: c, Policy: p}, ask)
}

// found are all thermostats of an inventory.
func found(v *survey.Inventory) []survey.Reading {
	var all []survey.Reading
	for _, p := range v.Plants {
		for _, thermostat := range p.Thermostats {
			all = append(all, thermostat.Reading)
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
		v := account(t, c, p, both())
		equal(t, "asked", "plants, topology p2, topology p1, topology p3, status x, programs x, status y, programs y, status x, programs x", c.words())
		for i, a := range c.log {
			if a.At != time.Duration(i)*time.Second {
				t.Errorf("%s was asked at %s: not at the pace of one a second", a.What, a.At)
			}
		}
		if !v.Complete() || v.Calls != 10 || len(v.Plants) != 3 {
			t.Fatalf("%+v", v)
		}
		equal(t, "names", []string{"Plant p2", "Plant p1", "Barn"}, []string{v.Plants[0].Name, v.Plants[1].Name, v.Plants[2].Name})
		equal(t, "skipped", []provider.Skipped{{Name: "lost", Why: "its id is missing"}, {Type: "gateway", ID: "g", Why: "it is no thermostat"}},
			append(v.Listed.Value.Skipped, v.Plants[2].Listed.Value.Skipped...))
		room := v.Plants[0].Thermostats[1]
		equal(t, "device", provider.Device{PlantID: "p2", ModuleID: "y"}, room.Device)
		equal(t, "name", "Room y", room.Name)
		equal(t, "status", statusOf(room.Device), room.Status.Value)
		equal(t, "programs", programsOf(room.Device), room.Programs.Value)
	})
}

func TestOneStrangePlantIsNoReasonToStop(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		c.house(map[string][]string{"p1": {"a"}, "p2": {"b"}}, "p1", "p2")
		c.faults["topology p1"] = times(9, fault(provider.KindNotFound))
		v := account(t, c, calm(), status())
		equal(t, "readings", "status b succeeded (1)", brief(found(v)...))
		if v.Stop != nil || v.Complete() || v.Plants[0].Listed.Attempts != 2 || v.Plants[0].Name != "Plant p1" || v.Calls != 5 {
			t.Errorf("%+v", v)
		}
	})
}

func TestNamesAloneCostNoMoreThanTheLists(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		c.house(map[string][]string{"p1": {"a", "b"}}, "p1")
		v := account(t, c, calm(), survey.Ask{})
		if !v.Complete() || v.Calls != 2 || len(found(v)) != 2 {
			t.Errorf("%+v", v)
		}
	})
}

func TestAnAccountThatCannotBeListed(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		if v := account(t, c, calm(), status()); !v.Complete() || v.Calls != 1 {
			t.Errorf("no plants: %+v", v)
		}
		c.faults["plants"] = times(9, fault(provider.KindServer))
		if v := account(t, c, calm(), status()); v.Complete() || v.Stop != nil || v.Listed.Attempts != 4 || v.Listed.Err == nil {
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
			want: "status a not attempted (0), programs a not attempted (0)"},
		"call limit between": {most: 3, reason: dispatch.StopCallLimit, asked: "plants, topology p1, topology p2",
			want: "status a not attempted (0), programs a not attempted (0), status b not attempted (0), programs b not attempted (0)"},
		"call limit within": {most: 5, reason: dispatch.StopCallLimit, asked: "plants, topology p1, topology p2, status a, programs a",
			want: "status a succeeded (1), programs a succeeded (1), status b not attempted (0), programs b not attempted (0)"},
		"one 401 here, one there": {faults: map[string][]error{"plants": {refused}, "status b": {refused}}, reason: dispatch.StopAccount,
			asked: "plants, plants, topology p1, topology p2, status a, programs a, status b",
			want:  "status a succeeded (1), programs a succeeded (1), status b failed (1), programs b not attempted (0)"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, c *cloud) {
				c.house(map[string][]string{"p1": {"a"}, "p2": {"b"}}, "p1", "p2")
				for what, faults := range tt.faults {
					c.faults[what] = faults
				}
				p := calm()
				p.MaxCalls = tt.most
				v := account(t, c, p, both())
				equal(t, "asked", tt.asked, c.words())
				equal(t, "readings", tt.want, brief(found(v)...))
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
		}}, status())
		equal(t, "readings", "status a not attempted (0)", brief(found(v)...))
		if v.Stop == nil || v.Stop.Reason != dispatch.StopDrained || v.Plants[1].Listed.Outcome != dispatch.NotAttempted || v.Complete() {
			t.Errorf("%+v, stop %+v", v, v.Stop)
		}
		if foreseen != 4 || settled != foreseen {
			t.Errorf("%d of %d questions are settled", settled, foreseen)
		}
	})
}
