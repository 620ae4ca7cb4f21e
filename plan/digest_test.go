package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"testing"

	"setpoint/config/address"
	"setpoint/provider"
)

// librarysDigest is the digest as encoding/json makes its lines.
func librarysDigest(p *Plan) string {
	hash := sha256.New()
	lines := json.NewEncoder(hash)
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
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

func TestDigestIsThatOfTheLibrary(t *testing.T) {
	plans := []*Plan{{}, everyKind(t), {Steps: []Step{full(t)}}}
	for i := range reflect.TypeFor[Step]().NumField() {
		without := full(t)
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		plans = append(plans, &Plan{Steps: []Step{without, full(t)}})
	}
	unread := full(t)
	unread.Seen.Settings, unread.Record.Declared = nil, nil
	plans = append(plans, &Plan{Steps: []Step{unread}})
	for i, p := range plans {
		if got, want := p.Digest(), librarysDigest(p); got != want {
			t.Errorf("plan %d: %s, want %s", i, got, want)
		}
	}
}
