package state

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"setpoint/provider"
)

// house1 is a state of the one lineage.
func house1(serial uint64, thermostats map[string]Entry) *State {
	s := baseState()
	s.Serial, s.Thermostats = serial, thermostats
	return s
}

// sent is an entry of device1, minutes after noon.
func sent(minutes int, tenths provider.Celsius, o Outcome) Entry {
	e := entry(device1, tenths, o)
	e.At = noon.Add(time.Duration(minutes) * time.Minute)
	return e
}

func unknown(minutes int, tenths provider.Celsius, previous *provider.Settings) Entry {
	e := sent(minutes, tenths, Unknown)
	e.Previous = previous
	return e
}

func with(e Entry, onRemove provider.Celsius) Entry {
	e.OnRemove = ptr(manual(onRemove))
	return e
}

func on(d provider.Device, e Entry) Entry {
	e.Device = d
	return e
}

// at gives one thermostat under one address; without an entry nothing.
func at(address string, e ...Entry) map[string]Entry {
	found := map[string]Entry{}
	for _, one := range e {
		found[address] = one
	}
	return found
}

func both(a, b map[string]Entry) map[string]Entry {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func TestMergeThermostats(t *testing.T) {
	old, b := sent(0, 100, Confirmed), "thermostat.b"
	for name, tt := range map[string]struct {
		base, ours, theirs, want map[string]Entry
		conflict                 string
	}{
		"nothing":                        {at(room, old), at(room, old), at(room, old), at(room, old), ""},
		"one side sent":                  {at(room, old), at(room, old), at(room, sent(5, 110, Confirmed)), at(room, sent(5, 110, Confirmed)), ""},
		"one side sent, by a slow clock": {at(room, old), at(room, old), at(room, sent(-5, 110, Confirmed)), at(room, sent(-5, 110, Confirmed)), ""},
		"one side added":                 {nil, nil, at(room, old), at(room, old), ""},
		"both added the same":            {nil, at(room, old), at(room, old), at(room, old), ""},
		"both sent the same":             {at(room, old), at(room, sent(5, 110, Confirmed)), at(room, sent(5, 110, Confirmed)), at(room, sent(5, 110, Confirmed)), ""},
		"newer wins":                     {at(room, old), at(room, sent(6, 120, Confirmed)), at(room, sent(5, 110, Confirmed)), at(room, sent(6, 120, Confirmed)), ""},
		"newer wins, also unknown":       {at(room, old), at(room, unknown(6, 120, nil)), at(room, unknown(5, 110, ptr(manual(100)))), at(room, unknown(6, 120, nil)), ""},
		"newer unknown learns what was confirmed": {at(room, old), at(room, unknown(6, 120, ptr(manual(100)))), at(room, sent(5, 110, Confirmed)),
			at(room, unknown(6, 120, ptr(manual(110)))), ""},
		"newer unknown keeps what it saw confirmed later": {at(room, old), at(room, unknown(6, 120, ptr(manual(115)))), at(room, sent(5, 110, Confirmed)),
			at(room, unknown(6, 120, ptr(manual(115)))), ""},
		"same time":                      {at(room, old), at(room, sent(5, 120, Confirmed)), at(room, sent(5, 110, Confirmed)), at(room, unknown(5, 120, ptr(manual(100)))), "same time"},
		"same time, no ancestor":         {nil, at(room, sent(5, 120, Confirmed)), at(room, sent(5, 110, Confirmed)), at(room, unknown(5, 120, nil)), "same time"},
		"same time, both agree":          {nil, at(room, unknown(5, 120, ptr(manual(90)))), at(room, unknown(5, 110, ptr(manual(90)))), at(room, unknown(5, 120, ptr(manual(90)))), "same time"},
		"same time, one side knows more": {at(room, old), at(room, unknown(5, 120, ptr(manual(90)))), at(room, unknown(5, 110, ptr(manual(100)))), at(room, unknown(5, 120, ptr(manual(90)))), "same time"},
		"same time, one unknown":         {at(room, old), at(room, sent(5, 110, Confirmed)), at(room, unknown(5, 110, nil)), at(room, unknown(5, 110, ptr(manual(100)))), ""},
		"same time, one observed":        {at(room, old), at(room, sent(5, 110, Confirmed)), at(room, sent(5, 110, Observed)), at(room, sent(5, 110, Confirmed)), ""},
		"removed":                        {at(room, old), nil, at(room, old), nil, ""},
		"both removed":                   {at(room, old), nil, nil, nil, ""},
		"removed and sent":               {at(room, old), nil, at(room, sent(5, 110, Confirmed)), at(room, unknown(5, 110, ptr(manual(100)))), "removed"},
		"removed and unknown":            {at(room, old), nil, at(room, unknown(5, 110, ptr(manual(90)))), at(room, unknown(5, 110, ptr(manual(90)))), "removed"},
		"removed, on_remove edited":      {at(room, old), nil, at(room, with(old, 70)), nil, ""},
		"on_remove and settings":         {at(room, with(old, 70)), at(room, with(old, 80)), at(room, with(sent(5, 110, Confirmed), 70)), at(room, with(sent(5, 110, Confirmed), 80)), ""},
		"on_remove dropped":              {at(room, with(old, 70)), at(room, old), at(room, with(sent(5, 110, Confirmed), 70)), at(room, sent(5, 110, Confirmed)), ""},
		"on_remove twice, newer":         {at(room, old), at(room, with(sent(6, 110, Confirmed), 70)), at(room, with(old, 80)), at(room, with(sent(6, 110, Confirmed), 70)), ""},
		"on_remove twice, as new":        {at(room, old), at(room, with(old, 70)), at(room, with(old, 80)), at(room, with(old, 80)), ""},
		"another device, newer":          {at(room, old), at(room, on(device2, sent(6, 110, Confirmed))), at(room, sent(5, 120, Confirmed)), at(room, on(device2, sent(6, 110, Confirmed))), "two thermostats came to stand"},
		"moved":                          {at(room, old), at(b, old), at(room, old), at(b, old), ""},
		"moved and sent":                 {at(room, old), at(b, old), at(room, sent(5, 110, Confirmed)), at(b, sent(5, 110, Confirmed)), ""},
		"moved and removed":              {at(room, old), at(b, old), nil, nil, ""},
		"both moved alike":               {at(room, old), at(b, old), at(b, sent(5, 110, Confirmed)), at(b, sent(5, 110, Confirmed)), ""},
		"both moved":                     {at(room, old), at(b, old), at("thermostat.c", sent(5, 110, Confirmed)), at(b, sent(5, 110, Confirmed)), "moved"},
		"moved where one was added":      {at(room, old), at(b, old), both(at(room, old), at(b, on(device2, sent(5, 110, Confirmed)))), at(b, on(device2, sent(5, 110, Confirmed))), "came to stand"},
		"swapped and sent": {both(at(room, old), at(b, on(device2, old))), both(at(b, old), at(room, on(device2, old))), both(at(room, sent(5, 110, Confirmed)), at(b, on(device2, old))),
			both(at(b, sent(5, 110, Confirmed)), at(room, on(device2, old))), ""},
		"same device added twice":             {nil, at(room, old), at(b, sent(5, 110, Confirmed)), at(room, sent(5, 110, Confirmed)), "the other as thermostat.b"},
		"same device added twice at one time": {nil, at(room, sent(5, 120, Confirmed)), at(b, sent(5, 110, Confirmed)), at(room, unknown(5, 120, nil)), "the other as thermostat.b"},
		"same device twice on one side":       {nil, both(at(room, old), at(b, old)), nil, both(at(room, old), at(b, old)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.want == nil {
				tt.want = map[string]Entry{}
			}
			for _, sides := range [][2]map[string]Entry{{tt.ours, tt.theirs}, {tt.theirs, tt.ours}} {
				ours, theirs := house1(9, sides[0]), house1(8, sides[1])
				merged, conflicts, err := Merge(house1(7, tt.base), ours, theirs)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, merged.Thermostats); diff != "" {
					t.Error(diff)
				}
				wantSerial := uint64(10)
				if sameContent(merged, ours) {
					wantSerial = 9
				}
				if merged.Serial != wantSerial {
					t.Errorf("serial %d, want %d", merged.Serial, wantSerial)
				}
				if tt.conflict == "" && len(conflicts) > 0 || !strings.Contains(fmt.Sprint(conflicts), tt.conflict) {
					t.Errorf("conflicts: %v", conflicts)
				}
				encoded(t, merged)
			}
		})
	}
}

func TestMergeOutputs(t *testing.T) {
	out := func(v string) map[string]Output {
		switch v {
		case "":
			return nil
		case "secret":
			return map[string]Output{"o": {Sensitive: true}}
		}
		return map[string]Output{"o": {Value: json.RawMessage(v), Type: json.RawMessage(`"number"`)}}
	}
	for _, tt := range []struct {
		base, ours, theirs, want string
		conflict                 bool
	}{
		{"1", "1", "1", "1", false}, {"1", "1", "2", "2", false}, {"1", "2", "1", "2", false}, {"1", "2", "2", "2", false},
		{"1", "", "1", "", false}, {"", "1", "", "1", false}, {"1", "", "", "", false}, {"1", "secret", "1", "secret", false},
		{"1", "3", "2", "3", true}, {"1", "2", "3", "2", true}, {"1", "", "2", "", true}, {"", "3", "2", "3", true},
		{"1", "2", "secret", "secret", true}, {"1", "", "secret", "secret", true},
	} {
		base, ours, theirs := house1(7, nil), house1(9, nil), house1(8, nil) // ours is further
		base.Outputs, ours.Outputs, theirs.Outputs = out(tt.base), out(tt.ours), out(tt.theirs)
		for range 2 {
			merged, conflicts, err := Merge(base, ours, theirs)
			if err != nil || !sameOutputs(merged.Outputs, out(tt.want)) || tt.conflict != (len(conflicts) == 1 && strings.HasPrefix(conflicts[0].String(), `output "o": `)) {
				t.Errorf("%+v: %v, %v, %v", tt, merged.Outputs, conflicts, err)
			}
			ours, theirs = theirs, ours
		}
	}
}

func TestMergeHeader(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"0.9.0", "0.10.0", "0.10.0"}, {"1.0.0-rc1", "1.0.0", "1.0.0"}, {"dev", "0.1.0", "0.1.0"}, {"dev", "abc", "dev"}, {"1.0", "1.0.0", "1.0.0"},
	} {
		if newerVersion(tt.a, tt.b) != tt.want || newerVersion(tt.b, tt.a) != tt.want {
			t.Errorf("%+v: %s, %s", tt, newerVersion(tt.a, tt.b), newerVersion(tt.b, tt.a))
		}
	}
	same := house1(9, at(room, sent(1, 100, Confirmed)))
	if merged, _, err := Merge(nil, same, house1(7, same.Thermostats)); err != nil || merged.Serial != 9 {
		t.Errorf("%+v, %v", merged, err)
	}
	if merged, _, err := Merge(nil, same, house1(9, at(room, sent(2, 110, Confirmed)))); err != nil || merged.Serial != 10 {
		t.Errorf("one of two of the same serial: %+v, %v", merged, err)
	}
	other := house1(7, nil)
	other.Lineage = device1.ModuleID
	for name, of := range map[string][3]*State{"sides": {nil, same, other}, "ancestor": {other, same, same}, "all": {house1(7, nil), other, same}} {
		_, _, err := Merge(of[0], of[1], of[2])
		if err == nil || !strings.Contains(err.Error(), "--ours") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := DecodeAncestor("x", []byte(" \n")); s != nil || err != nil {
		t.Error(s, err)
	}
	_, err := DecodeAncestor("x", []byte("{"))
	wantKind(t, err, KindNotJSON)
}

// aState draws a version of one house: few devices, addresses, settings and
// times, so that they often meet. What differs from base is newer than all of it.
func aState(t *rapid.T, name string, base *State) *State {
	s := house1(uint64(rapid.IntRange(1, 4).Draw(t, name+" serial")), map[string]Entry{})
	settings := rapid.SampledFrom([]*provider.Settings{nil, ptr(manual(100)), ptr(manual(110))})
	for i := range 3 {
		d := provider.Device{PlantID: plant, ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)}
		place := rapid.IntRange(-1, 3).Draw(t, name+" place")
		address := fmt.Sprintf("thermostat.r[%d]", place)
		if _, taken := s.Thermostats[address]; place < 0 || taken {
			continue
		}
		minute := 0
		if base != nil {
			minute = rapid.IntRange(1, 2).Draw(t, "minute")
		}
		e := sent(minute, provider.Celsius(100+10*rapid.IntRange(0, 2).Draw(t, "degrees")),
			rapid.SampledFrom([]Outcome{Confirmed, Unknown, Observed}).Draw(t, "outcome"))
		e.Device, e.OnRemove = d, settings.Draw(t, "on_remove")
		if e.Outcome == Unknown {
			e.Previous = settings.Draw(t, "previous")
		}
		if e.Outcome == Observed {
			e.Declared = settings.Draw(t, "declared")
		}
		if base != nil && rapid.Bool().Draw(t, "as in base") {
			for _, old := range base.Thermostats {
				if old.Device == d {
					e = old
				}
			}
		}
		s.Thermostats[address] = e
	}
	if rapid.Bool().Draw(t, name+" output") {
		s.Outputs["o"] = Output{Value: json.RawMessage(fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "value"))), Type: json.RawMessage(`"number"`)}
	}
	return s
}

func merged(t *rapid.T, base, ours, theirs *State) *State {
	s, _, err := Merge(base, ours, theirs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Encode(s); err != nil {
		t.Fatalf("not to be written: %v", err)
	}
	return s
}

func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := aState(t, "base", nil)
		ours, theirs := aState(t, "ours", base), aState(t, "theirs", base)
		if rapid.Bool().Draw(t, "no ancestor") {
			base = nil
		}
		before := must(json.Marshal([]*State{base, ours, theirs}))
		m, conflicts, err := Merge(base, ours, theirs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, merged(t, base, theirs, ours)); diff != "" {
			t.Fatalf("not symmetric: %s", diff)
		}
		if diff := cmp.Diff(ours.Thermostats, merged(t, base, ours, ours).Thermostats); diff != "" {
			t.Fatalf("with itself: %s", diff)
		}
		if base != nil && !sameContent(theirs, merged(t, base, base, theirs)) {
			t.Fatal("what one side alone changed is not taken")
		}
		contested := slices.ContainsFunc(conflicts, func(c Conflict) bool { return strings.Contains(c.Detail, "the other forgotten") })
		for _, side := range []*State{ours, theirs} {
			if contested {
				break
			}
			if diff := cmp.Diff(m, merged(t, base, m, side)); diff != "" {
				t.Fatalf("not idempotent: %s", diff)
			}
		}
		if string(must(json.Marshal([]*State{base, ours, theirs}))) != string(before) {
			t.Fatal("an input was written")
		}
		checkVouched(t, m, ours, theirs)
	})
}

// checkVouched: what the result calls confirmed, a side has confirmed, the same
// settings of the same device at the same time; and no device stands twice.
func checkVouched(t *rapid.T, m, ours, theirs *State) {
	places := map[provider.Device]string{}
	for a, e := range m.Thermostats {
		if places[e.Device] != "" {
			t.Fatalf("%s and %s are one device", a, places[e.Device])
		}
		places[e.Device] = a
		vouched := func(o Entry) bool {
			return o.Device == e.Device && o.Settings == e.Settings && o.At.Equal(e.At) && o.Outcome == Confirmed
		}
		sides := slices.Concat(slices.Collect(maps.Values(ours.Thermostats)), slices.Collect(maps.Values(theirs.Thermostats)))
		if e.Outcome == Confirmed && !slices.ContainsFunc(sides, vouched) {
			t.Fatalf("nobody confirmed %s: %+v", a, e)
		}
	}
}
