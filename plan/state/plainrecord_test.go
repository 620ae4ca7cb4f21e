package state

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"setpoint/provider"
)

// plainOnes are records of the kinds that have an encoder of their own, sound and not.
func plainOnes() []record {
	end := must(provider.ParseLocalTime("2026-12-24T18:00:00"))
	devices := []provider.Device{device1, {}, {PlantID: plant, ModuleID: "2A9D5C0F-0000-4000-8000-000000000001"}, {PlantID: `"`, ModuleID: "\x00"}}
	settings := []provider.Settings{
		{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205},
		{Function: provider.Cooling, Mode: provider.Manual, Setpoint: 200, End: end},
		{Function: provider.Heating, Mode: provider.Automatic, Program: 0},
		{Function: provider.Heating, Mode: provider.Automatic, Program: 11},
		{Function: provider.Heating, Mode: provider.Off, End: end},
		{Function: provider.Heating, Mode: provider.Protection},
		{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30, Start: end, End: end.Add(30 * time.Minute)},
		{Function: provider.Heating, Mode: provider.Automatic, Program: 3, Setpoint: 200}, // not canonical
		{Function: provider.Heating, Mode: provider.Automatic, Program: 12},
		{Function: provider.Heating, Mode: provider.Manual, Setpoint: -1},
		{Function: "boiling", Mode: provider.Off},
		{Function: provider.Heating, Mode: "no\"ne"},
		{Function: provider.Heating, Mode: provider.Off, End: provider.WallClock(noon.AddDate(9000, 0, 0))},
		{},
	}
	times := []time.Time{noon, noon.Add(time.Millisecond), noon.In(time.FixedZone("", 3600)), {}, noon.AddDate(9000, 0, 0)}
	addresses := []string{"thermostat.bath", `thermostat.room["hall"]`, `thermostat.room["a\\b\"c"]`, "thermostat.room[3]",
		`thermostat.room["Küche"]`, "thermostat.room[\"a\tb\"]", `thermostat.room["<&>"]`, "module.a.thermostat.b", "", "thermostat", "thermostat.\u2028", "\xff"}
	rng := rand.New(rand.NewPCG(1, 2))
	var all []record
	pick := func(n int) int { return max(0, rng.IntN(n+2)-2) } // the first, which is sound, more often
	for range 20_000 {
		e := Entry{Device: devices[pick(len(devices))], Settings: settings[rng.IntN(len(settings))], At: times[pick(len(times))]}
		e.Outcome = []Outcome{Unknown, Confirmed, Observed, "", `"`}[pick(5)]
		if rng.IntN(3) == 0 {
			e.OnRemove = &settings[rng.IntN(len(settings))]
		}
		if rng.IntN(10) == 0 {
			e.Previous = &settings[0]
		}
		if rng.IntN(10) == 0 {
			e.Declared = &settings[0]
		}
		r := record{Type: intentRecord, ID: uint64(1 - rng.IntN(20)/19), Address: addresses[rng.IntN(len(addresses))], Entry: &e, Remove: rng.IntN(2) == 0}
		if rng.IntN(2) == 0 {
			at := []string{"2026-11-22T12:00:00Z", "", "now", "2026-11-22T12:00:00+01:00", "2026-11-22T12:00:00.5Z"}[pick(5)]
			r = record{Type: resultRecord, ID: rng.Uint64N(20), Outcome: []CallResult{CallConfirmed, CallRejected, CallUnknown, "", `"`}[pick(5)], Status: []int{200, 0, -3}[pick(3)], At: at}
		}
		switch rng.IntN(60) {
		case 0:
			r.To = "thermostat.other"
		case 1:
			r.Status, r.At = 200, "2026-11-22T12:00:00Z"
		case 2:
			r.Outputs = map[string]Output{}
		case 3:
			r.Serial = 3
		case 4:
			r.Records = 3
		case 5:
			r.Entry, r.Address = &e, "thermostat.bath"
		case 6:
			r.Entry = nil
		case 7:
			r.Remove = !r.Remove
		}
		all = append(all, r)
	}
	return all
}

// TestPlainRecord: what has an encoder of its own is written and read as by the
// general one.
func TestPlainRecord(t *testing.T) {
	plain, general := map[recordType]int{}, map[recordType]int{}
	for _, r := range plainOnes() {
		text, asRead, ok := plainRecord(r)
		wantText, want, err := encodeAnyRecord(r)
		switch {
		case !ok:
			general[r.Type]++
		case err != nil:
			t.Fatalf("%+v %+v is refused (%v), but was written as %s", r, r.Entry, err, text)
		case string(text) != string(wantText):
			t.Fatalf("written\n%s\nnot\n%s", text, wantText)
		case !reflect.DeepEqual(asRead, want):
			t.Fatalf("%s is read as %+v %+v, not %+v %+v", text, asRead, asRead.Entry, want, want.Entry)
		default:
			plain[r.Type]++
		}
	}
	for _, kind := range []recordType{intentRecord, resultRecord} {
		if plain[kind] < 300 || general[kind] < 500 {
			t.Errorf("%s: %d plain ones, %d others: that shows little", kind, plain[kind], general[kind])
		}
	}
}

// TestPlainRecordIsNotTheCallers: what is kept of a record does not change with
// what the caller does next.
func TestPlainRecordIsNotTheCallers(t *testing.T) {
	e := entry(device1, 200, Unknown)
	_, asRead, ok := plainRecord(record{Type: intentRecord, ID: 1, Address: "thermostat.bath", Entry: &e})
	e.Settings.Setpoint = 70
	if !ok || asRead.Entry.Settings.Setpoint != 200 {
		t.Errorf("%t %+v", ok, asRead.Entry)
	}
}

func BenchmarkEncodeRecord(b *testing.B) {
	e := entry(device1, 205, Unknown)
	for name, encode := range map[string]func(record) ([]byte, record, error){"call": encodeRecord, "any": encodeAnyRecord} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _, _ = encode(record{Type: intentRecord, ID: 7, Address: `thermostat.room["bath"]`, Entry: &e})
				_, _, _ = encode(record{Type: resultRecord, ID: 7, Outcome: CallConfirmed, Status: 200, At: "2026-11-22T12:00:00Z"})
			}
		})
	}
}
