package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"setpoint/config/diag"
)

type outputBlock struct {
	name          string
	declared      hcl.Range
	value         hcl.Expression // nil where it is missing, which has been reported
	sensitive     bool
	preconditions []rule
}

func (e *evaluation) decodeOutput(m *module, block *hcl.Block) {
	body := e.content(block.Body, "output")
	decoded := &outputBlock{name: block.Labels[0], declared: block.DefRange, preconditions: e.decodeRules(body, "output", "precondition")}
	if attr, ok := body.Attributes["description"]; ok {
		e.staticString(attr) // for whoever reads the file; that it is a text is checked
	}
	if attr, ok := body.Attributes["sensitive"]; ok {
		decoded.sensitive = e.staticBool(attr)
	}
	if attr, ok := body.Attributes["value"]; ok {
		decoded.value = attr.Expr
	} else {
		e.reportf(block.DefRange, "Missing value", "Output %q has no value. Write value = …", decoded.name)
	}
	declare(e, m.outputs, block, decoded)
}

// output evaluates an output once.
func (s *scope) output(block *outputBlock, at hcl.Range) *node {
	return s.need("output."+block.name, at, func(n *node) {
		if block.value != nil {
			n.value = s.evaluate(block.value)
		}
		if block.sensitive {
			s.keepSecrets(n.value)
			n.value = n.value.Mark(diag.Sensitive)
		}
	})
}

// checkOutput evaluates an output and judges its preconditions.
func (s *scope) checkOutput(block *outputBlock) {
	s.output(block, block.declared)
	if len(block.preconditions) > 0 {
		refs := references{scope: s}
		rules := refs.addRules(block.preconditions)
		s.preconditions(rules, refs.context(), s.path)
	}
}

// outputs are those of the root, in the order of their names.
func (s *scope) outputs() []Output {
	var all []Output
	for _, name := range slices.Sorted(maps.Keys(s.module.outputs)) {
		block := s.module.outputs[name]
		value := s.output(block, block.declared).value
		if diag.IsSensitive(value) && !block.sensitive {
			s.reportf(block.value.Range(), "Sensitive output", "The value of output %q is made from a sensitive value. Add sensitive = true to the output, "+
				"or, if it is no secret, say so with nonsensitive(…).", name)
			continue
		}
		value, _ = value.UnmarkDeep()
		if !value.IsWhollyKnown() {
			continue // made of something that was reported
		}
		out := Output{Name: name, Sensitive: block.sensitive}
		if !out.Sensitive {
			if err := out.encode(value); err != nil {
				s.reportf(block.value.Range(), "Output not recordable", "The value of output %q cannot be written as JSON: %s.", name, err)
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
