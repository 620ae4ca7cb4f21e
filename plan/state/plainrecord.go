package state

import (
	"strconv"
	"time"

	"setpoint/provider"
)

// plainRecord is encodeRecord for the two records that every call makes, the
// intent to set what needs no interval and its result, at a tenth of the cost. Of
// what it writes every part was checked as whoever reads it will, so that nothing
// needs to be read back. It is not ok for anything else, right or wrong.
func plainRecord(r record) (text []byte, asRead record, ok bool) {
	switch r.Type {
	case intentRecord:
		if r.To != "" || r.Outcome != "" || r.Status != 0 || r.At != "" || r.Outputs != nil || r.Serial != 0 || r.Records != 0 ||
			r.Entry == nil || r.Entry.Previous != nil || r.Entry.Declared != nil || r.check() != nil || r.Entry.check() != nil {
			return nil, record{}, false
		}
		entry := *r.Entry
		entry.At = wholeSecond(entry.At)
		r.Entry = &entry
		text, ok = appendIntent(make([]byte, 0, 512), &r)
	case resultRecord:
		if r.Address != "" || r.To != "" || r.Entry != nil || r.Remove || r.Outputs != nil || r.Serial != 0 || r.Records != 0 || r.check() != nil {
			return nil, record{}, false
		}
		text, ok = appendResult(make([]byte, 0, 128), &r), true
	}
	return text, r, ok
}

func appendIntent(b []byte, r *record) (_ []byte, ok bool) {
	b = append(b, `{"type":"intent","id":`...)
	b = strconv.AppendUint(b, r.ID, 10)
	b = append(b, `,"address":"`...)
	for i := range len(r.Address) {
		switch c := r.Address[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c > '~': // which JSON writes in ways of its own
			return nil, false
		default:
			b = append(b, c)
		}
	}
	b = append(b, `","entry":{"plant_id":"`...)
	b = append(b, r.Entry.Device.PlantID...)
	b = append(b, `","module_id":"`...)
	b = append(b, r.Entry.Device.ModuleID...)
	b = append(b, `","settings":`...)
	if b, ok = appendSettings(b, r.Entry.Settings); !ok {
		return nil, false
	}
	b = append(b, `,"outcome":"`...)
	b = append(b, r.Entry.Outcome...)
	b = append(b, `","at":"`...)
	b = r.Entry.At.AppendFormat(b, time.RFC3339)
	b = append(b, '"')
	if r.Entry.OnRemove != nil {
		b = append(b, `,"on_remove":`...)
		if b, ok = appendSettings(b, *r.Entry.OnRemove); !ok {
			return nil, false
		}
	}
	b = append(b, '}')
	if r.Remove {
		b = append(b, `,"remove":true`...)
	}
	return append(b, '}'), true
}

// appendSettings writes settings that were checked. They are read back as they
// are where they hold nothing but what the mode uses.
func appendSettings(b []byte, s provider.Settings) (_ []byte, ok bool) {
	if s.Mode == provider.Boost || s != s.Canonical() {
		return nil, false
	}
	b = append(b, `{"function":"`...)
	b = append(b, s.Function...)
	b = append(b, `","mode":"`...)
	b = append(b, s.Mode...)
	b = append(b, '"')
	switch s.Mode {
	case provider.Manual:
		b = append(b, `,"setpoint":`...)
		b = append(b, s.Setpoint.String()...)
	case provider.Automatic:
		b = append(b, `,"program":`...)
		b = strconv.AppendInt(b, int64(s.Program), 10)
	case provider.Boost, provider.Off, provider.Protection:
	}
	if !s.End.IsZero() {
		b = append(b, `,"activation_time":"`...)
		b = append(b, s.End.String()...)
		b = append(b, '"')
	}
	return append(b, '}'), true
}

func appendResult(b []byte, r *record) []byte {
	b = append(b, `{"type":"result","id":`...)
	b = strconv.AppendUint(b, r.ID, 10)
	b = append(b, `,"outcome":"`...)
	b = append(b, r.Outcome...)
	b = append(b, '"')
	if r.Status != 0 {
		b = append(b, `,"status":`...)
		b = strconv.AppendInt(b, int64(r.Status), 10)
	}
	b = append(b, `,"at":"`...)
	b = append(b, r.At...)
	return append(b, `"}`...)
}
