package language

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Body is the schema of what may stand in a block, named by the types of the
// blocks around it: Body("thermostat", "lifecycle"). Body() is a file's. Where a
// type has several kinds it is Body("setpoint", "backend.http").
//
// No attribute is required in it: what is missing is for the decoder to say.
// Attributes of free names, as in locals and module blocks, are not in it:
// decode the rest with PartialContent or JustAttributes. A path that leads to
// no block gives a schema that refuses everything.
//
// The schema is made anew by every call, in microseconds, and belongs to the
// caller: ask for it once, not for every block. Body may be called from several
// goroutines.
func Body(path ...string) *hcl.BodySchema {
	schema := &hcl.BodySchema{}
	block, _ := find(path)
	for _, a := range block.Attributes {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	for i, b := range block.Blocks {
		if i > 0 && block.Blocks[i-1].Type == b.Type {
			continue // another kind
		}
		header := hcl.BlockHeaderSchema{Type: b.Type}
		if name := b.labelName(); name != "" {
			header.LabelNames = []string{name}
		}
		schema.Blocks = append(schema.Blocks, header)
	}
	return schema
}

// labelName is what messages call the label: "name" for any name, "type" for
// one that only tells kinds apart.
func (b Block) labelName() string {
	switch {
	case b.Label == "":
		return ""
	case strings.HasPrefix(b.Label, `"`) && b.Type != "provider":
		return "type"
	}
	return "name"
}
