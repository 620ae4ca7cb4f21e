package state

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"time"

	"setpoint/provider"
)

// layout is what stands between the parts of an entry: in a journal nothing, in a
// state a line for each.
type layout struct {
	colon           string
	entry, settings level
}

type level struct{ opens, next, closes string }

func compact() layout {
	return layout{":", level{"{", ",", "}"}, level{"{", ",", "}"}}
}

func laidOutInState() layout {
	return layout{": ", level{"{\n      ", ",\n      ", "\n    }"}, level{"{\n        ", ",\n        ", "\n      }"}}
}

// encodeThermostats is marshal of a state whose thermostats were checked. What
// few of them need the general encoder for get it each for itself.
func encodeThermostats(out stateJSON) ([]byte, error) {
	all := out.Thermostats
	out.Thermostats = map[string]Entry{}
	around, err := marshal(out, "  ")
	if err != nil || len(all) == 0 {
		return around, err
	}
	// No text before them can hold a line break: JSON writes it in another way.
	before, after, _ := bytes.Cut(around, []byte("\n  \"thermostats\": {}"))
	b := append(make([]byte, 0, len(around)+350*len(all)), before...)
	separator := "\n  \"thermostats\": {\n    "
	for _, address := range slices.Sorted(maps.Keys(all)) {
		b = append(b, separator...)
		separator = ",\n    "
		entry := all[address]
		if b, err = appendThermostat(b, address, &entry); err != nil {
			return nil, err
		}
	}
	b = append(b, "\n  }"...)
	return append(b, after...), nil
}

func appendThermostat(b []byte, address string, e *Entry) ([]byte, error) {
	start, l := len(b), laidOutInState()
	if b, ok := appendQuoted(b, address); ok {
		if b, ok = appendEntry(append(b, l.colon...), e, l); ok {
			return b, nil
		}
	}
	text, err := marshal(map[string]*Entry{address: e}, "  ")
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("{\n  ")), []byte("\n}\n"))
	return append(b[:start], bytes.ReplaceAll(text, []byte("\n"), []byte("\n  "))...), nil
}

// appendQuoted writes a text as JSON does, but for those that it writes in ways of
// its own.
func appendQuoted(b []byte, text string) (_ []byte, ok bool) {
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c > '~':
			return b, false
		default:
			b = append(b, c)
		}
	}
	return append(b, '"'), true
}

// appendEntry writes an entry that was checked as MarshalJSON does, but for those
// with a boost, or with more than the mode uses.
func appendEntry(b []byte, e *Entry, l layout) (_ []byte, ok bool) {
	text := func(before, name, value string) {
		b = append(append(append(append(append(b, before...), '"'), name...), '"'), l.colon...)
		b = append(append(append(b, '"'), value...), '"')
	}
	text(l.entry.opens, "plant_id", e.Device.PlantID)
	text(l.entry.next, "module_id", e.Device.ModuleID)
	settings := func(name string, s *provider.Settings) bool {
		if s == nil {
			return true
		}
		b = append(append(append(append(append(b, l.entry.next...), '"'), name...), '"'), l.colon...)
		b, ok = appendSettings(b, s, l)
		return ok
	}
	if !settings("settings", &e.Settings) {
		return b, false
	}
	text(l.entry.next, "outcome", string(e.Outcome))
	text(l.entry.next, "at", "")
	b = append(wholeSecond(e.At).AppendFormat(b[:len(b)-1], time.RFC3339), '"')
	if !settings("previous", e.Previous) || !settings("declared", e.Declared) || !settings("on_remove", e.OnRemove) {
		return b, false
	}
	return append(b, l.entry.closes...), true
}

// appendSettings writes settings that were checked. They are read back as they
// are where they hold nothing but what the mode uses.
func appendSettings(b []byte, s *provider.Settings, l layout) (_ []byte, ok bool) {
	if s.Mode == provider.Boost || *s != s.Canonical() {
		return b, false
	}
	name := func(before, name string) {
		b = append(append(append(append(append(b, before...), '"'), name...), '"'), l.colon...)
	}
	name(l.settings.opens, "function")
	b = append(append(append(b, '"'), s.Function...), '"')
	name(l.settings.next, "mode")
	b = append(append(append(b, '"'), s.Mode...), '"')
	switch s.Mode {
	case provider.Manual:
		name(l.settings.next, "setpoint")
		b = append(b, s.Setpoint.String()...)
	case provider.Automatic:
		name(l.settings.next, "program")
		b = strconv.AppendInt(b, int64(s.Program), 10)
	case provider.Boost, provider.Off, provider.Protection:
	}
	if !s.End.IsZero() {
		name(l.settings.next, "activation_time")
		b = append(append(append(b, '"'), s.End.String()...), '"')
	}
	return append(b, l.settings.closes...), true
}
