package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// hidden stands for what is never shown.
const hidden = "(sensitive value)"

// hclText is a value as an expression that has this value again.
func hclText(v cty.Value) (string, error) {
	var b strings.Builder
	err := writeHCL(&b, v, "\n")
	return b.String(), err
}

// writeHCL writes a value; each further line begins with newline.
func writeHCL(b *strings.Builder, v cty.Value, newline string) error {
	v, text, err := leaf(v)
	if v == cty.NilVal {
		b.WriteString(text)
		return err
	}
	switch typ := v.Type(); {
	case typ == cty.String:
		b.WriteString(address.Quote(v.AsString()))
	case typ.IsObjectType():
		return writeElements(b, v, "{", "}", newline)
	case typ.IsMapType():
		return writeElements(b, v, "tomap({", "})", newline)
	case typ.IsTupleType():
		return writeElements(b, v, "[", "]", newline)
	case typ.IsListType():
		return writeElements(b, v, "tolist([", "])", newline)
	case typ.IsSetType():
		return writeElements(b, v, "toset([", "])", newline)
	default:
		return fmt.Errorf("a value of type %s has no text", typ.FriendlyName())
	}
	return nil
}

func writeElements(b *strings.Builder, v cty.Value, before, after, newline string) error {
	b.WriteString(before)
	named := v.Type().IsObjectType() || v.Type().IsMapType()
	inner, some := newline+"  ", false
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		b.WriteString(inner)
		if some = true; named {
			b.WriteString(address.Quote(key.AsString()) + " = ")
		}
		if err := writeHCL(b, element, inner); err != nil {
			return err
		}
		if !named {
			b.WriteString(",")
		}
	}
	if some {
		b.WriteString(newline)
	}
	b.WriteString(after)
	return nil
}

// leaf gives the text of what looks the same in HCL and JSON, or the value
// without its marks.
func leaf(v cty.Value) (cty.Value, string, error) {
	v, marks := v.Unmark()
	if _, sensitive := marks[diag.Sensitive]; sensitive {
		return cty.NilVal, hidden, nil
	}
	switch {
	case !v.IsKnown():
		return cty.NilVal, "", errors.New("the value is not known, because something it is made of is wrong")
	case v.IsNull():
		return cty.NilVal, "null", nil
	case v.Type() == cty.Bool:
		return cty.NilVal, fmt.Sprint(v.True()), nil
	case v.Type() == cty.Number:
		const mostExponent = 1 << 14 // in base 2: beyond it, digits would fill the screen
		f := v.AsBigFloat()
		switch exponent := f.MantExp(nil); {
		case f.IsInf():
			return cty.NilVal, "", errors.New("the number is infinite")
		case f.Sign() == 0:
			return cty.NilVal, "0", nil // there is also a negative zero
		case exponent > mostExponent || exponent < -mostExponent:
			return cty.NilVal, f.Text('g', 40), nil
		}
		return cty.NilVal, f.Text('f', -1), nil
	}
	return v, "", nil
}

// jsonText is a value as JSON on one line.
func jsonText(v cty.Value) (string, error) {
	plain, err := jsonValue(v)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(plain)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func jsonValue(v cty.Value) (any, error) {
	v, text, err := leaf(v)
	switch {
	case err != nil:
		return nil, err
	case text == hidden:
		return hidden, nil
	case v == cty.NilVal:
		return json.RawMessage(text), nil
	case v.Type() == cty.String:
		return v.AsString(), nil
	case !v.CanIterateElements():
		return nil, fmt.Errorf("a value of type %s has no text", v.Type().FriendlyName())
	}
	named := map[string]any{}
	inOrder := []any{}
	isNamed := v.Type().IsObjectType() || v.Type().IsMapType()
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		plain, err := jsonValue(element)
		if err != nil {
			return nil, err
		}
		if isNamed {
			named[key.AsString()] = plain
		} else {
			inOrder = append(inOrder, plain)
		}
	}
	if isNamed {
		return named, nil
	}
	return inOrder, nil
}

// typeText is the type of a value as in type constraints. The names of a
// sensitive object's attributes may be as secret as their values.
func typeText(v cty.Value) string {
	if diag.IsSensitive(v) && !v.Type().IsPrimitiveType() {
		return hidden
	}
	return typeexpr.TypeString(v.Type())
}

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
