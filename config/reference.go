package config

import (
	"github.com/zclconf/go-cty/cty"

	"setpoint/provider"
)

// thermostatObject is what a reference to a block stands for: an object of its
// attributes, or of objects by key, or a tuple of them.
func (s *scope) thermostatObject(block *thermostatBlock, n *node) cty.Value {
	if !n.done || n.failed {
		return cty.DynamicVal
	}
	if n.value != cty.DynamicVal {
		return n.value
	}
	byKey := map[string]cty.Value{}
	var inOrder []cty.Value
	for i := range n.thermostats {
		object := n.thermostats[i].object(s.options.AnyProgram)
		inOrder = append(inOrder, object)
		if text, ok := n.thermostats[i].Address.Key.Value().(string); ok {
			byKey[text] = object
		}
	}
	switch {
	case block.has("for_each"):
		n.value = cty.ObjectVal(byKey)
	case block.has("count"):
		n.value = cty.TupleVal(inOrder)
	case len(inOrder) == 1:
		n.value = inOrder[0]
	}
	return n.value
}

// object has every attribute, null where the thermostat has none; but no
// setpoint at all where there is none, so that reading it is an error. Where any
// program will do, its number is not known.
func (t *instance) object(anyProgram bool) cty.Value {
	if t.broken {
		return cty.DynamicVal
	}
	attrs := map[string]cty.Value{
		"plant_id":      cty.StringVal(t.Device.PlantID),
		"module_id":     cty.StringVal(t.Device.ModuleID),
		"function":      cty.StringVal(string(t.Settings.Function)),
		"mode":          cty.StringVal(string(t.Settings.Mode)),
		"program":       cty.NullVal(cty.Number),
		"boost_minutes": cty.NullVal(cty.Number),
		"until":         cty.NullVal(cty.String),
	}
	switch t.Settings.Mode {
	case provider.Manual:
		attrs["setpoint"] = cty.MustParseNumberVal(t.Settings.Setpoint.String())
	case provider.Automatic:
		attrs["program"] = cty.NumberIntVal(int64(t.Settings.Program))
		if anyProgram {
			attrs["program"] = cty.UnknownVal(cty.Number)
		}
	case provider.Boost:
		attrs["boost_minutes"] = cty.NumberIntVal(int64(t.Settings.BoostMinutes))
	case provider.Off, provider.Protection:
	}
	if end := t.Settings.End; !end.IsZero() {
		attrs["until"] = cty.StringVal(end.String())
	}
	return cty.ObjectVal(attrs)
}
