package cli

import (
	"fmt"
	"time"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// stateValue is the record as expressions see it; nil is one that does not
// exist.
func stateValue(s *state.State) (cty.Value, error) {
	thermostats, outputs := map[string]cty.Value{}, map[string]cty.Value{}
	serial, lineage := cty.Zero, cty.NullVal(cty.String)
	if s != nil {
		serial, lineage = cty.NumberUIntVal(s.Serial), cty.StringVal(s.Lineage)
		for at, entry := range s.Thermostats {
			thermostats[at] = cty.ObjectVal(map[string]cty.Value{
				"plant_id":  cty.StringVal(entry.Device.PlantID),
				"module_id": cty.StringVal(entry.Device.ModuleID),
				"settings":  settingsValue(entry.Settings),
				"outcome":   cty.StringVal(string(entry.Outcome)),
				"at":        cty.StringVal(entry.At.Format(time.RFC3339)),
			})
		}
		for name, output := range s.Outputs {
			value, err := outputValue(output)
			if err != nil {
				return cty.NilVal, fmt.Errorf("output %q: %w", name, err)
			}
			outputs[name] = value
		}
	}
	return cty.ObjectVal(map[string]cty.Value{
		"thermostats": cty.ObjectVal(thermostats), "outputs": cty.ObjectVal(outputs), "serial": serial, "lineage": lineage,
	}), nil
}

// settingsValue has every attribute, null where the mode has none, so that
// those of several thermostats can be listed.
func settingsValue(s provider.Settings) cty.Value {
	attrs := map[string]cty.Value{
		"function": cty.StringVal(string(s.Function)), "mode": cty.StringVal(string(s.Mode)),
		"setpoint": cty.NullVal(cty.Number), "program": cty.NullVal(cty.Number),
		"boost_minutes": cty.NullVal(cty.Number), "activation_time": cty.NullVal(cty.String),
	}
	if s.Mode.Requires(provider.FieldSetpoint) {
		attrs["setpoint"] = cty.MustParseNumberVal(s.Setpoint.String())
	}
	if s.Mode.Requires(provider.FieldProgram) {
		attrs["program"] = cty.NumberIntVal(int64(s.Program))
	}
	if s.Mode.Requires(provider.FieldBoostMinutes) {
		attrs["boost_minutes"] = cty.NumberIntVal(int64(s.BoostMinutes))
	}
	if at := s.ActivationTime(); at != "" {
		attrs["activation_time"] = cty.StringVal(at)
	}
	return cty.ObjectVal(attrs)
}

// outputValue is null and sensitive where the record does not keep the value.
func outputValue(o state.Output) (cty.Value, error) {
	if o.Sensitive || o.Value == nil {
		return cty.NullVal(cty.DynamicPseudoType).Mark(diag.Sensitive), nil
	}
	typ, err := ctyjson.UnmarshalType(o.Type)
	if err != nil {
		return cty.NilVal, fmt.Errorf("its type cannot be read: %w", err)
	}
	value, err := ctyjson.Unmarshal(o.Value, typ)
	if err != nil {
		return cty.NilVal, fmt.Errorf("its value does not fit its type: %w", err)
	}
	return value, nil
}
