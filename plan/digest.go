package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"setpoint/config/address"
	"setpoint/provider"
)

// Digest is short and identifies what the plan does: each step that does
// something, from which settings to which, and what of a reading counts in it or is recorded. It is equal for two plans that were
// made at different times and do the same, and good against mix-ups, not
// against an adversary.
func (p *Plan) Digest() string {
	hash := sha256.New()
	lines := json.NewEncoder(hash) // neither a hash nor these types fail
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Action == NoOp {
			continue
		}
		line := struct {
			Address  address.Address
			Moved    string `json:",omitempty"`
			Action   Action
			Call     bool
			Device   provider.Device
			Before   *provider.Settings
			After    *provider.Settings
			OnRemove *provider.Settings
			Seen     *provider.Settings `json:",omitempty"`
			Declared *provider.Settings `json:",omitempty"`
		}{s.Address, s.Moved, s.Action, s.Call, s.Device, nil, s.After, s.OnRemove, nil, nil}
		if s.Before != nil {
			line.Before = &s.Before.Settings
		}
		if s.Seen != nil && (s.Outside != "" || s.Record != nil) {
			line.Seen = s.Seen.Settings
		}
		if s.Record != nil {
			line.Declared = s.Record.Declared
		}
		_ = lines.Encode(line)
	}
	for _, o := range p.Outputs {
		if o.Changed() {
			_ = lines.Encode(o)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:stepsDigestLength]
}

const stepsDigestLength = 16

// IsDigest tells whether a text looks like what Digest returns.
func IsDigest(text string) bool {
	bytes, err := hex.DecodeString(text)
	return err == nil && len(text) == stepsDigestLength && hex.EncodeToString(bytes) == text
}
