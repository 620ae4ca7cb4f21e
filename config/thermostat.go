package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// instance is one thermostat of a block; broken where something about it was
// reported.
type instance struct {
	Thermostat
	broken bool
}

// thermostat evaluates a block once, with all its instances.
func (s *scope) thermostat(block *thermostatBlock, at hcl.Range) *node {
	return s.need("thermostat."+block.name, at, func(n *node) {
		s.provider(block.declared)
		s.dependOn(s.after)
		body := block.body()
		n.dependsOn = merged(s.dependsOn, s.dependencies(body.Attributes["depends_on"]))
		all, ok := s.instances(block, body, n.dependsOn)
		n.thermostats, n.failed = all, !ok
		n.block, n.module, n.waits = block, s.path, s.waits(body)
		if s.parent == nil { // the blocks of other modules are evaluated for each call
			block.release()
		}
		s.blocks = append(s.blocks, n)
	})
}

// instances is not ok where it could not be told which there are.
func (s *scope) instances(block *thermostatBlock, body *hcl.BodyContent, dependsOn []string) ([]instance, bool) {
	repeated, ok := s.repeat(body.Attributes["for_each"], body.Attributes["count"])
	inner := block.inner()
	refs := references{scope: s, scoped: repeated[0].names()}
	settled := refs.settled(block, body)
	shared := s.settledContext(settled)
	var bad, badOnRemove map[string]bool
	var preconditions []rule
	if shared == nil {
		bad = refs.addAll(body)
		if inner.onRemove != nil {
			badOnRemove = refs.addAll(inner.onRemove)
		}
		preconditions = refs.addRules(inner.preconditions)
		shared = refs.context()
		if len(bad) == 0 {
			s.keepContext(settled, shared)
		}
	}

	found := make([]instance, 0, len(repeated))
	for _, each := range repeated {
		ctx := each.context(shared)
		var t instance
		t.Address = address.Address{Module: s.path, Name: block.name, Key: each.key}
		t.block, t.DependsOn, t.Ignored = block, dependsOn, inner.ignored
		r := &reader{
			evaluation: s.evaluation, body: body, ctx: ctx, bad: bad,
			address: t.Address.String(), subject: block.declared,
		}
		s.readThermostat(r, &t.Thermostat)
		if inner.onRemove != nil {
			removal := &reader{
				evaluation: s.evaluation, body: inner.onRemove, ctx: ctx, bad: badOnRemove,
				address: r.address, subject: inner.removed,
			}
			t.OnRemove = readOnRemove(removal, t.Settings.Function, &t.Device)
			r.broken = r.broken || removal.broken
		}
		if each.none {
			break
		}
		holds := s.preconditions(preconditions, ctx, r.address)
		t.broken = r.broken || !holds
		found = append(found, t)
	}
	return found, ok
}

func (s *scope) readThermostat(r *reader, t *Thermostat) {
	t.Device.PlantID = readID(r, "plant_id", "Write the id of a plant block, as in plant.NAME.id.")
	r.unsure = r.broken || s.partial()
	t.Device.ModuleID = readID(r, "module_id", "It is the id of the thermostat in the plant's topology, which setpoint discover prints.")
	if plant := s.plantOf(t.Device.PlantID, r.subject); plant != nil {
		t.Zone = plant.Zone
		t.Settings.Function = plant.Function
		r.unsure = r.unsure || plant.broken
	} else { // it may be declared where it is not seen
		r.unsure = r.unsure || s.absent || s.plantsLost
	}
	if t.Zone == nil {
		t.Zone = s.zoneDefault
	}
	function, found := readEnum(r, "function", provider.Functions())
	switch {
	case found == present:
		t.Settings.Function = function
	case found == absent && t.Settings.Function == "" && !r.unsure:
		r.missing("function", "", "Every call to the cloud says what the plant is used for. Write function = \"heating\" or "+
			"\"cooling\" here, or on the plant for all its thermostats.")
	}
	t.Drift = Enforce
	if drift, given := readEnum(r, "drift", drifts()); given == present {
		t.Drift = drift
	}
	if t.Settings.Mode, found = readEnum(r, "mode", provider.Modes()); found != present {
		if found == absent {
			r.missing("mode", "", "Write mode = "+list(provider.Modes(), "or")+".")
		}
		return
	}
	readModeFields(r, &t.Settings, &t.Device)
	s.readUntil(r, t)
	if t.Settings.Mode == provider.Boost && t.Zone == nil {
		s.missingZone(r, "mode", "A boost is sent with its start and end on the plant's own clock")
	}
	if !r.broken {
		s.commonSense(r, t)
	}
}

func (s *scope) missingZone(r *reader, because, why string) {
	if r.unsure || s.zoneLost {
		r.broken = true
		return
	}
	r.missing("time zone", because, why+", but its time zone is not declared. Write time_zone = \"Europe/Rome\" (or whichever it is) "+
		"in the plant block or the provider block.")
}

// readModeFields reads setpoint, program and boost_minutes: what the mode
// requires must be there, everything else must not. The device is nil where
// several may be meant.
func readModeFields(r *reader, s *provider.Settings, device *provider.Device) {
	for _, f := range []struct {
		field provider.Field
		read  func() presence
	}{
		{provider.FieldSetpoint, func() (found presence) { s.Setpoint, found = readSetpoint(r); return found }},
		{provider.FieldProgram, func() (found presence) { s.Program, found = readProgram(r, device); return found }},
		{provider.FieldBoostMinutes, func() (found presence) {
			s.BoostMinutes, found = readChecked(r, "boost_minutes", "Boost of the wrong length", provider.CheckBoostMinutes)
			return found
		}},
	} {
		name := string(f.field)
		if !s.Mode.Allows(f.field) { // what it is does not matter then
			if _, found := r.read(name, cty.DynamicPseudoType); found == present {
				r.wrong(name, "Useless "+name, fmt.Sprintf("Mode %q has no %s. Remove it, or set it to null.", s.Mode, name))
			}
			continue
		}
		if found := f.read(); found == absent && s.Mode.Requires(f.field) {
			r.missing(name, "mode", fmt.Sprintf("Mode %q needs a %s: %s", s.Mode, name, hint(f.field)))
		}
	}
	*s = s.Canonical()
}

func hint(f provider.Field) string {
	switch f {
	case provider.FieldSetpoint:
		return fmt.Sprintf("a temperature from %s to %s °C, as in setpoint = 20.5.", provider.MinSetpoint, provider.MaxSetpoint)
	case provider.FieldProgram:
		return fmt.Sprintf("the number of a weekly program, %d to %d, as in program = 1.", provider.MinProgram, provider.MaxProgram)
	case provider.FieldBoostMinutes, provider.FieldUntil:
	}
	return "30, 60 or 90, as in boost_minutes = 30."
}

// readID reads a UUID in its usual form of 36 characters, in either case.
func readID(r *reader, name, hint string) string {
	text, found := r.text(name)
	switch {
	case found == absent:
		r.missing(name, "", hint)
	case found == present && !provider.IsID(text):
		r.wrong(name, "Invalid "+name, fmt.Sprintf("%q is no UUID of the form 1f3c6b1e-0000-4000-8000-000000000001. %s", text, hint))
	}
	return strings.ToLower(text)
}

func readEnum[T ~string](r *reader, name string, all []T) (T, presence) {
	text, found := r.text(name)
	if found != present {
		return "", found
	}
	if v := T(strings.ToLower(text)); slices.Contains(all, v) {
		return v, present
	}
	names := make([]string, len(all))
	for i, v := range all {
		names[i] = string(v)
	}
	detail := fmt.Sprintf("%s must be %s, not %q.", name, list(all, "or"), text)
	if s := suggest(text, names); strings.HasPrefix(s, " Did you mean") {
		detail += s
	}
	r.wrong(name, "Invalid "+name, detail)
	return "", wrong
}

func readChecked(r *reader, name, summary string, check func(int) error) (int, presence) {
	n, found := r.whole(name)
	if found != present {
		return 0, found
	}
	if err := check(n); err != nil {
		r.wrong(name, summary, sentence(err))
		return 0, wrong
	}
	return n, present
}

// readOnRemove reads the status that a removed thermostat is left with. The
// device is nil where several may be meant.
func readOnRemove(r *reader, function provider.Function, device *provider.Device) *provider.Settings {
	s := &provider.Settings{Function: function}
	if f, found := readEnum(r, "function", provider.Functions()); found == present {
		s.Function = f
	}
	mode, found := readEnum(r, "mode", provider.Modes())
	switch {
	case found == absent:
		r.missing("mode", "", "on_remove says which status the thermostat is left with: write mode = \"automatic\" or another that lasts.")
	case mode == provider.Boost:
		r.wrong("mode", "Invalid mode", "A thermostat cannot be left with a boost, which ends. Choose a mode that lasts.")
	case found == present:
		s.Mode = mode
		readModeFields(r, s, device)
	}
	if r.broken {
		return nil
	}
	return s
}

// checkDevices refuses two thermostats for one device.
func (e *evaluation) checkDevices(all []Thermostat) {
	first := make(map[provider.Device]*Thermostat, len(all))
	for i := range all {
		t := &all[i]
		before, taken := first[t.Device]
		if !taken {
			first[t.Device] = t
			continue
		}
		at, other := t.Range("module_id"), before.Range("module_id")
		d := errorAt(at, "One thermostat declared twice", fmt.Sprintf("This is the same thermostat as %s (%s:%d): plant %s, module %s. Remove one of the two.",
			before.Address, other.Filename, other.Start.Line, t.Device.PlantID, t.Device.ModuleID))
		d.Extra = diag.Extra{Address: t.Address.String()}
		e.report(d)
	}
}

func sentence(err error) string { return diag.Capital(err.Error()) + "." }
