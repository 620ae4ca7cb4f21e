package state

import "strconv"

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
	case putRecord, dropRecord, renameRecord, outputsRecord, toldRecord:
	}
	return text, r, ok
}

func appendIntent(b []byte, r *record) (_ []byte, ok bool) {
	b = append(b, `{"type":"intent","id":`...)
	b = strconv.AppendUint(b, r.ID, 10)
	b = append(b, `,"address":`...)
	if b, ok = appendQuoted(b, r.Address); !ok {
		return nil, false
	}
	b = append(b, `,"entry":`...)
	if b, ok = appendEntry(b, r.Entry, compact()); !ok {
		return nil, false
	}
	if r.Remove {
		b = append(b, `,"remove":true`...)
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
