package state

import (
	"reflect"
	"testing"
	"time"

	"setpoint/provider"
)

// TestEveryFieldIsWritten: what is recorded has encoders of its own besides the
// general one, which hold the names of the fields a second time. A field that is new
// must be in fullRecords, that here and TestPlainRecord see what becomes of it.
func TestEveryFieldIsWritten(t *testing.T) {
	set := map[reflect.Type]map[string]bool{}
	note := func(v any) {
		of := reflect.TypeOf(v)
		if set[of] == nil {
			set[of] = map[string]bool{}
		}
		for i := range of.NumField() {
			set[of][of.Field(i).Name] = set[of][of.Field(i).Name] || !reflect.ValueOf(v).Field(i).IsZero()
		}
	}
	for _, r := range fullRecords() {
		text, asRead, err := encodeRecord(r)
		if err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		if !reflect.DeepEqual(asRead, r) {
			t.Errorf("%s is kept as %+v %+v, not %+v %+v", text, asRead, asRead.Entry, r, r.Entry)
		}
		if back, err := decodeRecord(text); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s is read as %+v %+v, %v, not %+v %+v", text, back, back.Entry, err, r, r.Entry)
		}
		note(r)
		for _, o := range r.Outputs {
			note(o)
		}
		if r.Entry == nil {
			continue
		}
		note(*r.Entry)
		note(r.Entry.Device)
		note(r.Entry.Settings)
		s := New("1")
		s.Thermostats["thermostat.bath"] = *r.Entry
		content := must(Encode(s))
		if back, err := Decode("state", content); err != nil || !reflect.DeepEqual(back, s) {
			t.Errorf("%s is read as %+v, %v", content, back, err)
		}
		if strict, err := decode("state", content, everyUpgrade()); err != nil || !reflect.DeepEqual(strict, s) {
			t.Errorf("%s is read strictly as %+v, %v", content, strict, err)
		}
	}
	for of, fields := range set {
		for name, is := range fields {
			if !is {
				t.Errorf("%s.%s is set in none of fullRecords", of, name)
			}
		}
	}
}

// fullRecords are records that say, taken together, something in every field.
func fullRecords() []record {
	end := must(provider.ParseLocalTime("2026-12-24T18:00:00"))
	manual := provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205, End: end}
	program := provider.Settings{Function: provider.Cooling, Mode: provider.Automatic, Program: 3}
	boost := provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30, Start: end, End: end.Add(30 * time.Minute)}
	off := provider.Settings{Function: provider.Heating, Mode: provider.Off, End: end}
	const bath, at = "thermostat.bath", "2026-11-22T12:00:00Z"
	of := func(s provider.Settings, o Outcome) Entry {
		return Entry{Device: device1, Settings: s, Outcome: o, At: noon}
	}
	var entries []Entry
	for _, s := range []provider.Settings{manual, program, boost, off} {
		sent, adopted := of(s, Unknown), of(s, Observed)
		sent.Previous, sent.OnRemove, adopted.Declared = &manual, &program, &boost
		entries = append(entries, of(s, Unknown), sent, of(s, Confirmed), adopted)
	}
	all := []record{
		{Type: resultRecord, ID: 7, Outcome: CallConfirmed, Status: 200, At: at},
		{Type: dropRecord, Address: bath},
		{Type: renameRecord, Address: bath, To: "thermostat.hall"},
		{Type: toldRecord, Serial: 3, Records: 4},
		{Type: outputsRecord, Outputs: map[string]Output{"o": {Value: []byte(`1`), Type: []byte(`"number"`)}, "p": {Sensitive: true}}},
	}
	for i := range entries {
		all = append(all, record{Type: putRecord, Address: bath, Entry: &entries[i]},
			record{Type: intentRecord, ID: 7, Address: bath, Entry: &entries[i], Remove: true})
	}
	return all
}

// TestEveryFieldCounts: two entries, settings or outputs that differ in any field
// are not the same, and have an order.
func TestEveryFieldCounts(t *testing.T) {
	end := must(provider.ParseLocalTime("2026-12-24T18:00:00"))
	full := provider.Settings{Function: provider.Heating, Mode: provider.Boost, Setpoint: 205, Program: 3, BoostMinutes: 30, Start: end, End: end}
	each(t, full, func(without provider.Settings) bool { return compareSettings(full, without) != 0 })
	entry := Entry{Device: device1, Settings: full, Outcome: Unknown, At: noon, Previous: &full, Declared: &full, OnRemove: &full}
	each(t, entry, func(without Entry) bool {
		return !entry.Equal(without) && latest(entry, without).Equal(latest(without, entry))
	})
	output := Output{Value: []byte("1"), Type: []byte(`"number"`), Sensitive: true}
	each(t, output, func(without Output) bool { return !output.Equal(without) && compareOutputs(&output, &without) != 0 })
}

// each tries a value without each of its fields, all of which must be set in full.
func each[T any](t *testing.T, full T, differs func(without T) bool) {
	t.Helper()
	for i := range reflect.TypeFor[T]().NumField() {
		without := full
		field := reflect.ValueOf(&without).Elem().Field(i)
		if field.IsZero() {
			t.Errorf("%T.%s is not set", full, reflect.TypeFor[T]().Field(i).Name)
			continue
		}
		field.SetZero()
		if !differs(without) {
			t.Errorf("%T.%s makes no difference", full, reflect.TypeFor[T]().Field(i).Name)
		}
	}
}
