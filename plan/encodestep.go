package plan

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

// stepEncoder writes steps to the byte as json.MarshalIndent would, which takes
// ten times as long and several copies. Names, order and what is left out stand
// at Step, Seen and state.Entry, too: a test holds the two against each other.
type stepEncoder struct {
	text []byte
	err  error // the first one; the text is of no use then
	// settings are texts already made: a house has few.
	settings map[indentedSettings][]byte
}

// mostKnown is how many settings are remembered as text: they may be of as many
// ends as there are steps.
const mostKnown = 1000

type indentedSettings struct {
	provider.Settings
	depth int
}

// key begins a member of the object at hand, whose members stand so deep.
func (e *stepEncoder) key(depth int, name string) {
	if e.text[len(e.text)-1] != '{' {
		e.text = append(e.text, ',')
	}
	e.line(depth)
	e.text = append(append(append(e.text, '"'), name...), `": `...)
}

// line begins a line.
func (e *stepEncoder) line(depth int) {
	const spaces = "            "
	e.text = append(append(e.text, '\n'), spaces[:2*depth]...)
}

// object writes an object whose members stand so deep.
func (e *stepEncoder) object(depth int, members func(depth int)) {
	e.text = append(e.text, '{')
	members(depth)
	e.line(depth - 1)
	e.text = append(e.text, '}')
}

// member writes a text, optional one that is left out if empty.
func (e *stepEncoder) member(depth int, name, text string) {
	e.key(depth, name)
	e.quote(text)
}

func (e *stepEncoder) optional(depth int, name, text string) {
	if text != "" {
		e.member(depth, name, text)
	}
}

func (e *stepEncoder) quote(text string) { e.text = appendQuoted(e.text, text) }

// appendQuoted appends a text as JSON.
func appendQuoted(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			quoted, _ := json.Marshal(text) // it takes any string
			return append(to, quoted...)
		}
	}
	return append(append(append(to, '"'), text...), '"')
}

func (e *stepEncoder) failed(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *stepEncoder) step(s *Step) {
	e.object(3, func(depth int) {
		e.member(depth, "address", s.Address.String())
		e.optional(depth, "moved", s.Moved)
		e.member(depth, "action", string(s.Action))
		e.optional(depth, "reason", string(s.Reason))
		e.key(depth, "call")
		e.text = strconv.AppendBool(e.text, s.Call)
		e.key(depth, "device")
		e.object(depth+1, func(depth int) { e.device(depth, s.Device) })
		e.entry(depth, "before", s.Before)
		if s.Seen != nil {
			e.key(depth, "seen")
			e.object(depth+1, func(depth int) {
				e.optionalSettings(depth, "settings", s.Seen.Settings)
				e.instant(depth, "at", s.Seen.At)
				e.optional(depth, "why", s.Seen.Why)
			})
		}
		e.optional(depth, "outside", string(s.Outside))
		e.entry(depth, "record", s.Record)
		e.optionalSettings(depth, "after", s.After)
		e.list(depth, "ignored", s.Ignored)
		e.optionalSettings(depth, "on_remove", s.OnRemove)
		e.optional(depth, "time_zone", s.TimeZone)
		if !s.Until.IsZero() {
			e.instant(depth, "until", s.Until)
		}
		e.list(depth, "depends_on", s.DependsOn)
		e.optional(depth, "file", s.File)
		if s.Line != 0 {
			e.key(depth, "line")
			e.text = strconv.AppendInt(e.text, int64(s.Line), 10)
		}
	})
}

func (e *stepEncoder) device(depth int, d provider.Device) {
	e.member(depth, "plant_id", d.PlantID)
	e.member(depth, "module_id", d.ModuleID)
}

// entry writes a record as state.Entry does.
func (e *stepEncoder) entry(depth int, name string, entry *state.Entry) {
	if entry == nil {
		return
	}
	e.key(depth, name)
	e.object(depth+1, func(depth int) {
		e.device(depth, entry.Device)
		e.optionalSettings(depth, "settings", &entry.Settings)
		e.member(depth, "outcome", string(entry.Outcome))
		e.key(depth, "at")
		e.text = append(e.text, '"')
		e.text = entry.At.UTC().AppendFormat(e.text, time.RFC3339)
		e.text = append(e.text, '"')
		e.optionalSettings(depth, "previous", entry.Previous)
		e.optionalSettings(depth, "declared", entry.Declared)
		e.optionalSettings(depth, "on_remove", entry.OnRemove)
	})
}

func (e *stepEncoder) optionalSettings(depth int, name string, s *provider.Settings) {
	if s == nil {
		return
	}
	e.key(depth, name)
	key := indentedSettings{*s, depth}
	text, ok := e.settings[key]
	if !ok {
		text = e.indented(*s, depth)
		if len(e.settings) == mostKnown {
			clear(e.settings)
		}
		e.settings[key] = text
	}
	e.text = append(e.text, text...)
}

func (e *stepEncoder) indented(s provider.Settings, depth int) []byte {
	text, err := json.Marshal(s)
	e.failed(err)
	var b bytes.Buffer
	e.failed(json.Indent(&b, text, strings.Repeat("  ", depth), "  "))
	return b.Bytes()
}

func (e *stepEncoder) instant(depth int, name string, at time.Time) {
	e.key(depth, name)
	text, err := at.MarshalJSON()
	e.failed(err)
	e.text = append(e.text, text...)
}

func (e *stepEncoder) list(depth int, name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	e.key(depth, name)
	for i, text := range texts {
		e.text = append(e.text, ',')
		if i == 0 {
			e.text[len(e.text)-1] = '['
		}
		e.line(depth + 1)
		e.quote(text)
	}
	e.line(depth)
	e.text = append(e.text, ']')
}
