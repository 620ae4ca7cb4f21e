package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"
)

// journalFormat is the version of the journal's format.
const journalFormat = 1

// CallResult is how a call ended.
type CallResult string

// The results of a call.
const (
	// CallConfirmed: the cloud answered 2xx.
	CallConfirmed CallResult = "confirmed"
	// CallRejected: it certainly did not take effect.
	CallRejected CallResult = "rejected"
	// CallUnknown: it may have taken effect.
	CallUnknown CallResult = "unknown"
)

// header is the first record of a journal: what it belongs to.
type header struct {
	Type            string `json:"type"` // headerRecord
	Format          int    `json:"format"`
	Lineage         string `json:"lineage"`
	BaseSerial      uint64 `json:"base_serial"` // of the state it continues
	SetpointVersion string `json:"setpoint_version"`
	At              string `json:"at"`
	Operation       string `json:"operation"`
}

const headerRecord = "header"

// record is what a journal holds after its header: each line is a list of those
// that were flushed together. One checksum covers them, so that of a line that
// was never on disk as a whole, whatever parts of it a power cut left, nothing
// is taken; it is the last one, for the next is written after it is on disk.
type record struct {
	Type    recordType        `json:"type"`
	ID      uint64            `json:"id,omitempty"`      // intent, result: of the call
	Address string            `json:"address,omitempty"` // intent, put, drop, rename: before it
	To      string            `json:"to,omitempty"`      // rename: after it
	Entry   *Entry            `json:"entry,omitempty"`   // intent (as it is if no result follows), put
	Remove  bool              `json:"remove,omitempty"`  // intent: the last call for a destroyed thermostat
	Outcome CallResult        `json:"outcome,omitempty"` // result
	Status  int               `json:"status,omitempty"`  // result: HTTP status, 0 where there was no answer
	At      string            `json:"at,omitempty"`      // result
	Outputs map[string]Output `json:"outputs,omitempty"` // outputs: all of them; absent for none
	Serial  uint64            `json:"serial,omitempty"`  // told: of the state that a remote may have from now on
	Records int               `json:"records,omitempty"` // told: how many of the journal are in it
}

type recordType string

const (
	intentRecord  recordType = "intent"
	resultRecord  recordType = "result"
	putRecord     recordType = "put"
	dropRecord    recordType = "drop"
	renameRecord  recordType = "rename"
	outputsRecord recordType = "outputs"
	toldRecord    recordType = "told" // changes nothing
)

// encodeRecord gives the JSON of a record, and the record as whoever reads it
// will see it: what cannot be read back is refused here, before a call is made
// on the strength of it.
func encodeRecord(r record) (text []byte, asRead record, err error) {
	if text, asRead, ok := plainRecord(r); ok {
		return text, asRead, nil
	}
	return encodeAnyRecord(r)
}

func encodeAnyRecord(r record) (text []byte, asRead record, err error) {
	text, err = marshal(r, "")
	if err != nil {
		return nil, record{}, err
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	if bytes.IndexByte(text, '\n') >= 0 {
		return nil, record{}, errors.New("a record spans more than one line")
	}
	asRead, err = decodeRecord(text)
	return text, asRead, err
}

func decodeRecord(payload []byte) (record, error) {
	var r record
	if err := unmarshalStrict(payload, &r); err != nil {
		return record{}, err
	}
	return r, r.check()
}

func (r *record) check() error {
	var problems []error
	if r.Type == intentRecord || r.Type == putRecord || r.Type == dropRecord || r.Type == renameRecord {
		problems = append(problems, checkAddress(r.Address))
	}
	if r.Type == renameRecord {
		problems = append(problems, checkAddress(r.To))
	}
	if (r.Type == intentRecord || r.Type == putRecord) && r.Entry == nil {
		problems = append(problems, errors.New("the entry is missing"))
	}
	if (r.Type == intentRecord || r.Type == resultRecord) && r.ID == 0 {
		problems = append(problems, errors.New("the id of the call is missing"))
	}
	switch r.Type {
	case intentRecord, putRecord, dropRecord, renameRecord, toldRecord:
	case outputsRecord:
		for name, o := range r.Outputs {
			compact, err := o.compact()
			if err != nil {
				problems = append(problems, fmt.Errorf("output %q: %w", name, err))
				continue
			}
			r.Outputs[name] = compact
		}
	case resultRecord:
		switch r.Outcome {
		case CallConfirmed, CallRejected, CallUnknown:
		default:
			problems = append(problems, fmt.Errorf("%q is no result of a call", r.Outcome))
		}
		if _, err := parseAt(r.At); err != nil {
			problems = append(problems, err)
		}
	default:
		problems = append(problems, fmt.Errorf("%q is no type of a record", r.Type))
	}
	return errors.Join(problems...)
}

// at is the time of a result, which check has seen; zero for one that was
// never written.
func (r *record) at() time.Time {
	at, err := time.Parse(time.RFC3339, r.At)
	if err != nil {
		return time.Time{}
	}
	return wholeSecond(at)
}

// encodeLine puts the checksum before the JSON of a line.
func encodeLine(payload []byte) []byte {
	return fmt.Appendf(nil, "%08x %s\n", checksum(payload), payload)
}

// decodeLine gives the JSON of a line; false if the line is not whole.
func decodeLine(line []byte) (payload []byte, ok bool) {
	line, ended := bytes.CutSuffix(line, []byte("\n"))
	if !ended || len(line) < 9 || line[8] != ' ' || bytes.IndexByte(line, '\n') >= 0 {
		return nil, false
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	payload = line[9:]
	return payload, err == nil && uint32(sum) == checksum(payload)
}

func checksum(payload []byte) uint32 {
	return crc32.Checksum(payload, crc32.MakeTable(crc32.Castagnoli))
}

func decodeHeader(payload []byte) (header, error) {
	var sniff struct {
		Type   string `json:"type"`
		Format int    `json:"format"`
	}
	if err := json.Unmarshal(payload, &sniff); err != nil {
		return header{}, err
	}
	h := header{Type: sniff.Type, Format: sniff.Format}
	switch {
	case sniff.Type != headerRecord || sniff.Format < 1:
		return header{}, errors.New("the journal does not begin with its header")
	case sniff.Format > journalFormat:
		return h, nil // the caller refuses it; nothing else can be known of it
	}
	if err := unmarshalStrict(payload, &h); err != nil {
		return header{}, err
	}
	return h, checkUUID("the lineage", h.Lineage)
}
