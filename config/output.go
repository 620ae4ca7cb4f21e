package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"setpoint/config/diag"
)

// outputs evaluates the outputs, in the order of their names.
func (s *scope) outputs() []Output {
	var all []Output
	for _, name := range slices.Sorted(maps.Keys(s.module.outputs)) {
		block := s.module.outputs[name]
		out := Output{Name: name, Range: block.declared}
		if attr, ok := block.body.Attributes["description"]; ok {
			out.Description = s.staticString(attr)
		}
		if attr, ok := block.body.Attributes["sensitive"]; ok {
			out.Sensitive = s.staticBool(attr)
		}
		attr, ok := block.body.Attributes["value"]
		if !ok {
			s.reportf(block.declared, "Missing value", "Output %q has no value. Write value = …", name)
			continue
		}
		value := s.evaluate(attr.Expr)
		if diag.IsSensitive(value) && !out.Sensitive {
			s.reportf(attr.Expr.Range(), "Sensitive output", "The value of output %q is made from a sensitive value. Add sensitive = true to the output, "+
				"or, if it is no secret, say so with nonsensitive(…).", name)
			continue
		}
		value, _ = value.UnmarkDeep()
		if !value.IsWhollyKnown() {
			continue // made of something that was reported
		}
		if !out.Sensitive {
			if err := out.encode(value); err != nil {
				s.reportf(attr.Expr.Range(), "Output not recordable", "The value of output %q cannot be written as JSON: %s.", name, err)
				continue
			}
		}
		all = append(all, out)
	}
	return all
}

func (o *Output) encode(value cty.Value) (err error) {
	if o.Value, err = ctyjson.Marshal(value, value.Type()); err != nil {
		return err
	}
	if o.Type, err = ctyjson.MarshalType(value.Type()); err != nil {
		return fmt.Errorf("type: %w", err)
	}
	return nil
}
