package plan

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

// full is a step with a value in every field, also where no plan would have one.
func full(tb testing.TB) Step {
	boosted, program := boost(tb, 30, "2026-11-22T10:30:00"), provider.Settings{Function: provider.Cooling, Mode: provider.Automatic, Program: 3}
	setpoint := until(tb, manual(205), "2026-12-24T18:00:00")
	e := entry(3, state.Unknown, boosted)
	e.At = now().In(time.FixedZone("", 3600)).Add(123456789)
	e.Previous, e.Declared, e.OnRemove = &program, &setpoint, &boosted
	return Step{
		Address: parse(tb, `module.m["\"<&>\" \\ ü\u202e"].thermostat.t[3]`), Moved: `thermostat.a["é"]`, Action: Change, Reason: ReasonAdopted, Call: true,
		Device: device(7), Before: &e, Seen: &Seen{Settings: &setpoint, At: now(), Why: "a\ttab, \x00 and \xff", Clock: setpoint.End}, Outside: OutsideWish,
		Record: &e, After: &program, Ignored: []string{"mode", "<"}, OnRemove: &setpoint, TimeZone: "Europe/Rome",
		Until: now().In(time.FixedZone("", 3600)).Add(123456789), DependsOn: []string{`thermostat.b["x"]`}, File: "häuser & co.hcl", Line: 12,
	}
}

// TestEncodeWritesEveryField holds what is written, field by field, against the
// standard library (in encode). A new field must be in full.
func TestEncodeWritesEveryField(t *testing.T) {
	s := full(t)
	for _, v := range []any{s, *s.Seen, *s.Before} {
		for i := range reflect.TypeOf(v).NumField() {
			if reflect.ValueOf(v).Field(i).IsZero() {
				t.Errorf("%T.%s is not set", v, reflect.TypeOf(v).Field(i).Name)
			}
		}
	}
	encode(t, &Plan{Steps: []Step{s}})
	for i := range reflect.TypeFor[Step]().NumField() {
		without, only := s, Step{}
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		reflect.ValueOf(&only).Elem().Field(i).Set(reflect.ValueOf(s).Field(i))
		encode(t, &Plan{Steps: []Step{without, only, s}})
	}
	encode(t, &Plan{Steps: []Step{}})
	encode(t, &Plan{Steps: []Step{{Ignored: []string{}, DependsOn: []string{}, Before: &state.Entry{}, Seen: &Seen{Why: "w"}}}})
}

// Ends that all differ do not fit into memory, and change nothing.
func TestEncodeManyDifferentSettings(t *testing.T) {
	p := &Plan{}
	for i := range 1500 {
		s := boost(t, 30, fmt.Sprintf("2026-11-22T%02d:%02d:%02d", i/60%24, i%60, i%59))
		p.Steps = append(p.Steps, Step{Address: parse(t, fmt.Sprintf("thermostat.t[%d]", i)), After: &s, OnRemove: &s})
	}
	encode(t, p)
}

// limited takes so many bytes, then fails.
type limited struct {
	bytes.Buffer
	most int
}

var errFull = errors.New("no space left")

func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > l.most {
		return 0, errFull
	}
	return l.Buffer.Write(b)
}

func TestEncodeTellsThatItCannotWrite(t *testing.T) {
	p := &Plan{}
	for range 200 {
		p.Steps = append(p.Steps, full(t))
	}
	content := encode(t, p)
	for _, most := range []int{0, len(content) / 2, len(content) - 1} {
		if err := p.Encode(&limited{most: most}); !errors.Is(err, errFull) {
			t.Errorf("into %d bytes: %v", most, err)
		}
	}
}

// TestEncodeRefuses what the file cannot say, before anything is written.
func TestEncodeRefuses(t *testing.T) {
	far := time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, p := range map[string]*Plan{"an end": {Steps: []Step{full(t), {Until: far}}}, "the planning instant": {Made: far}} {
		var content bytes.Buffer
		if err := p.Encode(&content); err == nil || !strings.Contains(err.Error(), "encode plan") || content.Len() > 0 {
			t.Errorf("%s: %v, after %d bytes", name, err, content.Len())
		}
	}
}

// largest remembers the largest piece that it was given.
type largest int

func (l *largest) Write(b []byte) (int, error) {
	*l = max(*l, largest(len(b)))
	return len(b), nil
}

// What is written does not gather up.
func TestEncodeWritesPieceByPiece(t *testing.T) {
	p := &Plan{}
	for range 5000 {
		p.Steps = append(p.Steps, full(t))
	}
	var most largest
	if err := p.Encode(&most); err != nil {
		t.Fatal(err)
	}
	if most > 64<<10 {
		t.Errorf("%d bytes of %d are written at once", most, len(encode(t, p)))
	}
}
