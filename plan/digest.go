package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"setpoint/provider"
)

// Digest is short and identifies what the plan does: each step that does
// something, from which settings to which, and what of a reading counts in it or is recorded. It is equal for two plans that were
// made at different times and do the same, and good against mix-ups, not
// against an adversary.
func (p *Plan) Digest() string {
	hash := sha256.New()
	lines := digestLines{known: map[provider.Settings][]byte{}}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Action != NoOp {
			hash.Write(lines.of(s)) // which never fails
		}
	}
	outputs := json.NewEncoder(hash)
	for _, o := range p.Outputs {
		if o.Changed() {
			_ = outputs.Encode(o) // neither a hash nor this type fails
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:stepsDigestLength]
}

// digestLines makes a line of JSON of each step. It stays as it is: an earlier
// version of the program, too, must come to the same digest.
type digestLines struct {
	text  []byte
	known map[provider.Settings][]byte // settings already made into text: a house has few
}

// of is the line of one step, until the next is made.
func (l *digestLines) of(s *Step) []byte {
	l.text = append(l.text[:0], '{')
	l.member("Address", s.Address.String())
	if s.Moved != "" {
		l.member("Moved", s.Moved)
	}
	l.member("Action", string(s.Action))
	l.text = strconv.AppendBool(append(l.text, `,"Call":`...), s.Call)
	l.text = appendQuoted(append(l.text, `,"Device":{"plant_id":`...), s.Device.PlantID)
	l.text = append(appendQuoted(append(l.text, `,"module_id":`...), s.Device.ModuleID), '}')
	var before *provider.Settings
	if s.Before != nil {
		before = &s.Before.Settings
	}
	l.settings("Before", before)
	l.settings("After", s.After)
	l.settings("OnRemove", s.OnRemove)
	if s.Seen != nil && s.Seen.Settings != nil && (s.Outside != "" || s.Record != nil) {
		l.settings("Seen", s.Seen.Settings)
	}
	if s.Record != nil && s.Record.Declared != nil {
		l.settings("Declared", s.Record.Declared)
	}
	l.text = append(l.text, "}\n"...)
	return l.text
}

func (l *digestLines) name(name string) {
	if len(l.text) > 1 {
		l.text = append(l.text, ',')
	}
	l.text = append(appendQuoted(l.text, name), ':')
}

func (l *digestLines) member(name, text string) {
	l.name(name)
	l.text = appendQuoted(l.text, text)
}

func (l *digestLines) settings(name string, s *provider.Settings) {
	l.name(name)
	if s == nil {
		l.text = append(l.text, "null"...)
		return
	}
	text, ok := l.known[*s]
	if !ok {
		text, _ = json.Marshal(*s) // which never fails
		if len(l.known) == mostKnown {
			clear(l.known)
		}
		l.known[*s] = text
	}
	l.text = append(l.text, text...)
}

const stepsDigestLength = 16

// IsDigest tells whether a text looks like what Digest returns.
func IsDigest(text string) bool {
	bytes, err := hex.DecodeString(text)
	return err == nil && len(text) == stepsDigestLength && hex.EncodeToString(bytes) == text
}
