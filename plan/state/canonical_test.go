package state

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	samples "setpoint/internal/house"
	"setpoint/provider"
)

// everyEntry is a state with entries of every kind.
func everyEntry() *State {
	s := New("0.1.0")
	of := func(module int, e Entry) Entry {
		e.Device = provider.Device{PlantID: plant, ModuleID: device1.ModuleID[:35] + string(rune('0'+module))}
		if e.Outcome == "" {
			e.Outcome = Confirmed
		}
		e.At = noon
		return e
	}
	until := manual(300)
	until.End = mustLocal("2026-12-24T18:00:00")
	boost := provider.Settings{Function: provider.Cooling, Mode: provider.Boost, BoostMinutes: 30}
	sent := boost
	sent.Start, sent.End = mustLocal("2026-11-22T11:00:00"), mustLocal("2026-11-22T11:30:00")
	seen := sent
	seen.BoostMinutes, seen.Start = 0, provider.LocalTime{}
	s.Thermostats = map[string]Entry{
		"thermostat.a":                       of(1, Entry{Settings: manual(30)}),
		"thermostat.ä":                       of(2, Entry{Settings: manual(205)}),
		`thermostat.b["a \"b\" \\ <é>"]`:     of(3, Entry{Settings: until, OnRemove: ptr(manual(70))}),
		`module.m[1].thermostat.b["\u0007"]`: of(4, Entry{Settings: provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 11}}),
		`thermostat.b[12]`:                   of(5, Entry{Settings: boost}),
		`thermostat.c`:                       of(6, Entry{Settings: sent, Outcome: Unknown, Previous: ptr(manual(80))}),
		`thermostat.d`:                       of(7, Entry{Settings: seen, Outcome: Observed, Declared: &until}),
		`thermostat.e`:                       of(8, Entry{Settings: provider.Settings{Function: provider.Heating, Mode: provider.Off}}),
		`thermostat.f`: of(9, Entry{Outcome: Unknown, Settings: provider.Settings{Function: provider.Cooling, Mode: provider.Protection, End: until.End},
			Previous: &sent, OnRemove: &provider.Settings{Function: provider.Heating, Mode: provider.Automatic}}),
	}
	s.Outputs = map[string]Output{"o": {Value: []byte(`{"thermostats":[1]}`), Type: []byte(`"dynamic"`)}, "s": {Sensitive: true}}
	return s
}

// TestCanonicalIsReadAtOnce: what Encode writes takes the short way, and comes
// out as it went in.
func TestCanonicalIsReadAtOnce(t *testing.T) {
	data, err := Encode(everyEntry())
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"fixture": fixture(t, "v1.state.json"), "every entry": data, "house": samples.State(samples.Module, 100, 3),
	} {
		s, ok := decodeCanonical("x", data)
		if !ok {
			t.Errorf("%s: not read at once", name)
			continue
		}
		strict, err := decode("x", data, everyUpgrade())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strict, s); diff != "" {
			t.Errorf("%s: -strict +canonical:\n%s", name, diff)
		}
		again, err := Encode(s)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: encoded otherwise, %v:\n%s", name, err, cmp.Diff(string(data), string(again)))
		}
	}
}

// TestCanonicalAgreesOnDamage changes every byte of a file, and leaves out every
// line of it: what is still read at once the strict decoder reads the same way.
func TestCanonicalAgreesOnDamage(t *testing.T) {
	data, err := Encode(everyEntry())
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for i := range data {
		for _, c := range []byte("\x00\n \"\\,}0a\xff") {
			damaged := bytes.Clone(data)
			damaged[i] = c
			read += agree(t, damaged)
		}
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for i := range lines {
		read += agree(t, bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil))
		read += agree(t, bytes.Join(append(append([][]byte{}, lines[:i+1]...), lines[i:]...), nil))
	}
	if read == 0 {
		t.Error("nothing was read at once")
	}
}

// agree holds the two decoders against each other and gives 1 where both read.
func agree(t *testing.T, data []byte) int {
	t.Helper()
	s, ok := decodeCanonical("f", data)
	if !ok {
		return 0
	}
	strict, err := decode("f", data, everyUpgrade())
	if err != nil {
		t.Fatalf("read at once, but refused: %v\n%s", err, data)
	}
	if diff := cmp.Diff(strict, s); diff != "" {
		t.Fatalf("-strict +canonical:\n%s\n%s", diff, data)
	}
	return 1
}

// TestCanonicalKnowsOutputs: what looks like thermostats may be the value of an
// output that stands before them.
func TestCanonicalKnowsOutputs(t *testing.T) {
	data := samples.State(samples.Literal, 1, 0)
	data = bytes.Replace(data, []byte("\n  \"thermostats\""), []byte("\n  \"outputs\": {\"o\": {\"type\": \"dynamic\", \"value\": {\n  \"thermostats\""), 1)
	data = bytes.Replace(data, []byte("  \"outputs\": {}\n}\n"), []byte("  \"a\": 1}}},\n  \"thermostats\": {}\n}\n"), 1)
	s, err := Decode("f", data)
	if err != nil || len(s.Thermostats) > 0 || len(s.Outputs) != 1 {
		t.Errorf("%v, %v", s, err)
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add(fixture(f, "v1.state.json"))
	data, err := Encode(everyEntry())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(samples.State(samples.CSV, 2, 1))
	f.Fuzz(func(t *testing.T, data []byte) { agree(t, data) })
}
