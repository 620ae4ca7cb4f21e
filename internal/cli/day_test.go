package cli_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"setpoint/plan/state"
	"setpoint/provider/simulator"
)

// dayConfiguration is a hotel of ninety rooms and ten corridors. What merges change
// stands in variables files.
const dayConfiguration = `
provider "smarther" {
  endpoint  = "http://127.0.0.1:8799/smarther/v2.0"
  time_zone = "Europe/Rome"
}

plant "hotel" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

variable "rooms" {
  default = 20
}

variable "corridors" {
  default = 17
}

thermostat "room" {
  count     = 90
  plant_id  = plant.hotel.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index + 1)
  mode      = "manual"
  setpoint  = var.rooms
}

thermostat "corridor" {
  count     = 10
  plant_id  = plant.hotel.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index + 91)
  mode      = "manual"
  setpoint  = var.corridors
}
`

// TestADayOfTheHotel lives through a day as it comes: a nightly look, two merges,
// two hands at knobs, an outage, and 500 calls for all of it. Rooms are counted from
// 1 by the house and from 0 by the configuration.
func TestADayOfTheHotel(t *testing.T) {
	inHotel(t, 100, "2026-12-06T17:00:00Z", dayConfiguration, func(h *hotel) {
		// Sunday evening: the hotel is set up, a call for each thermostat.
		h.setpoint(0, "apply", "--auto-approve")
		h.costs(100)
		h.is("house", "10 × manual 17.0, 90 × manual 20.0", h.house())
		h.is("record", "10 × manual 17, 90 × manual 20", h.record())

		// Monday, a new quota. The nightly job looks at everything and finds nothing.
		h.at("02:00")
		day := h.counted
		h.setpoint(0, "plan", "--refresh", "--detailed-exitcode")
		h.says(`No changes\. Your thermostats match the configuration\.`)
		h.costs(100)

		// Half past seven: a guest is cold and turns up room 7 until noon.
		h.at("07:30")
		h.knob(7, `{"mode": "manual", "setpoint": 24, "end": "2026-12-07T12:00:00+01:00"}`)

		// Nine: the first merge makes the corridors warmer. The plan is an artifact of the
		// merge request and costs nothing; twenty minutes later it is applied as it was reviewed.
		h.at("09:00")
		h.merge("corridors", "18")
		h.setpoint(2, "plan", "--detailed-exitcode", "--out", "corridors.plan")
		h.says(`Plan: 0 to add, 10 to change, 0 to destroy\. API calls: 10 \(at most 50 with retries\)\.`)
		h.costs(0)
		h.at("09:20")
		h.setpoint(0, "apply", "corridors.plan")
		h.costs(10)
		h.is("house", "10 × manual 18.0, 89 × manual 20.0, 1 × manual 24.0", h.house())

		// Half past eleven: somebody asks why room 7 is so warm. The guest is let be.
		h.at("11:30")
		h.setpoint(0, "status", "--target", "thermostat.room[6]")
		h.says(`room\[6\] .* manual 24\.0 Mon 7 Dec 12:00 for a time`)
		h.costs(1)
		h.setpoint(0, "plan", "--refresh", "--detailed-exitcode")
		h.says(`room\[6\] heating, manual 20 °C -> manual 24 °C until Mon 7 Dec 12:00; left until it ends`)
		h.costs(100)

		// Noon: the guest's wish is over, and the thermostat goes back to its program. Nobody looks.
		h.at("12:01")
		h.is("room 7", "automatic 1", h.stands(7))
		h.is("record", "10 × manual 18, 90 × manual 20", h.record())

		// Three: the second merge makes all rooms a little cooler, and the cloud has an outage
		// in the middle of it. What may have arrived is called unknown, and nothing else.
		h.at("15:00")
		h.merge("rooms", "19.5")
		h.setpoint(2, "plan", "--detailed-exitcode", "--out", "rooms.plan")
		h.says(`90 to change.* API calls: 90 \(at most 450 with retries\)`)
		h.costs(0)
		h.at("15:10")
		_, err := h.cloud.AddFaults(simulator.Fault{
			Module: "*", Operation: simulator.OperationSet, From: 41, Times: new(0), For: 80 * time.Second, Status: 503, Landed: true,
		})
		h.must(err)
		h.setpoint(4, "apply", "rooms.plan")
		unknown := h.unknown()
		if unknown < 5 || unknown > 45 {
			t.Fatalf("%d of 90 are unknown after an outage of a minute\n%s", unknown, h.output)
		}
		h.says(fmt.Sprintf(`%d applied, 10 unchanged, 0 failed, 0 not attempted, 0 expired, %d unknown`, 90-unknown, unknown))
		outage := h.spent()
		h.says(fmt.Sprintf(`API calls: %d\.`, outage))
		h.is("record", fmt.Sprintf("10 × manual 18, %d × manual 19.5, %d × manual 19.5 unknown", 90-unknown, unknown), h.record())

		// The pipeline is run again: the reviewed plan has been acted on and is refused; a new one
		// does what is left, a call for each.
		h.at("15:30")
		h.setpoint(1, "apply", "rooms.plan")
		h.says(`Plan is stale`)
		h.costs(0)
		h.setpoint(0, "apply", "--auto-approve")
		h.says(fmt.Sprintf(`Apply complete! Resources: 0 added, %d changed, 0 destroyed\.`, unknown))
		h.costs(unknown)
		h.is("house", "10 × manual 18.0, 90 × manual 19.5", h.house())
		h.is("record", "10 × manual 18, 90 × manual 19.5", h.record())

		// Half past four: the cook turns up room 12, for good. Nobody looks.
		h.at("16:30")
		h.knob(12, `{"mode": "manual", "setpoint": 25}`)

		// Seven: one more look at everything is more than the day allows. There is no plan of half
		// a house, and it is said when to come back; the state has not moved.
		h.at("19:00")
		used := h.counted - day
		if used <= 400 || used > 500 {
			t.Fatalf("%d calls by the evening", used)
		}
		h.setpoint(6, "plan", "--refresh", "--detailed-exitcode")
		h.says(fmt.Sprintf(`Read %d of 100 thermostats with %d calls, so no plan is made\.`, 500-used, h.spent()))
		h.says(`Run it again in 6 h 0 min, after 2026-12-08 00:00 UTC\.`)
		h.is("calls that were answered today", "500", fmt.Sprint(h.answered(day)))
		h.is("record", "10 × manual 18, 90 × manual 19.5", h.record())

		// Tuesday's nightly job finds what the cook did, and only that.
		h.at("02:00")
		h.setpoint(2, "plan", "--refresh", "--detailed-exitcode")
		h.says(`Changed outside: thermostat\.room\[11\] heating, manual 19\.5 -> 25 °C; to be put back`)
		h.says(`Plan: 0 to add, 1 to change, 0 to destroy\. API calls: 1 \(at most 5 with retries\)\.`)
		h.costs(100)
		h.is("room 12", "manual 25.0", h.stands(12))
		h.setpoint(0, "apply", "--auto-approve", "--replace", "thermostat.room[11]")
		h.costs(1)
		h.is("house", "10 × manual 18.0, 90 × manual 19.5", h.house())
		h.is("record", "10 × manual 18, 90 × manual 19.5", h.record())
	})
}

// TestASavedPlanTellsThatItsReadingsAreOld: what somebody set between the reading
// and the apply is not known to the plan.
func TestASavedPlanTellsThatItsReadingsAreOld(t *testing.T) {
	inHotel(t, 100, "2026-12-07T08:00:00Z", dayConfiguration, func(h *hotel) {
		h.setpoint(0, "apply", "--auto-approve")
		h.knob(12, `{"mode": "off"}`)
		h.setpoint(0, "plan", "--refresh", "--out", "fresh.plan", "--target", "thermostat.room[11]")
		h.setpoint(0, "apply", "fresh.plan")
		if strings.Contains(h.output, "Readings are old") {
			t.Errorf("a minute is not old:\n%s", h.output)
		}
		h.knob(12, `{"mode": "off"}`)
		h.setpoint(0, "plan", "--refresh", "--out", "late.plan", "--target", "thermostat.room[11]")
		h.at("14:30")
		h.setpoint(0, "apply", "late.plan")
		h.says(`Readings are old .* were read 5 h \d+ min ago, at 2026-12-07 08:\d\d UTC\. .* setpoint plan --refresh`)
	})
}

// merge is what a merge brings into the folder.
func (h *hotel) merge(variable, value string) {
	h.Helper()
	h.must(os.WriteFile(variable+".auto.vars.hcl", []byte(variable+" = "+value+"\n"), 0o644))
}

// unknown is how many thermostats nobody is certain of: they must be those whose
// last call was not confirmed.
func (h *hotel) unknown() int {
	h.Helper()
	last := map[string]int{}
	for _, call := range h.cloud.Calls() {
		if call.Operation == simulator.OperationSet {
			last[call.ModuleID] = call.Status
		}
	}
	n := 0
	for name, entry := range h.recorded().Thermostats {
		unknown := entry.Outcome == state.Unknown
		if unknown {
			n++
		}
		if status := last[entry.Device.ModuleID]; unknown != (status != 200) {
			h.Errorf("%s is %s, and its last call was answered %d", name, entry.Outcome, status)
		}
	}
	return n
}

// answered is how many calls, from one on, the quota had room for.
func (h *hotel) answered(from int) int {
	n := 0
	for _, call := range h.cloud.Calls()[from:] {
		if call.Status != 403 {
			n++
		}
	}
	return n
}
