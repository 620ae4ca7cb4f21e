package config

import (
	"math"

	"github.com/hashicorp/hcl/v2"
)

// packed is what a thermostat block assigns, in a third of the memory: there are
// very many, and all of them are kept from when their file is read until they are
// evaluated. What is left of them then is places.
type packed struct {
	file       string
	attributes []packedAttribute
	whole      *hcl.BodyContent // in place of these, where they would not tell all
}

// packedAttribute is one whose name and value stand in the same file.
type packedAttribute struct {
	name                string
	expr                hcl.Expression
	start, nameEnd, end packedPos
}

type packedPos struct{ line, column, offset int32 }

// pack keeps the attributes of a body. The blocks in it are for the caller.
func pack(body *hcl.BodyContent) packed {
	p := packed{attributes: make([]packedAttribute, 0, len(body.Attributes))}
	for _, attr := range body.Attributes {
		if p.file == "" {
			p.file = attr.Range.Filename
		}
		if attr.Range.Filename != p.file || attr.NameRange.Filename != p.file || attr.NameRange.Start != attr.Range.Start ||
			max(attr.Range.End.Byte, attr.NameRange.End.Byte) > math.MaxInt32 {
			return packed{whole: body}
		}
		p.attributes = append(p.attributes, packedAttribute{
			name: attr.Name, expr: attr.Expr, start: packPos(attr.Range.Start), nameEnd: packPos(attr.NameRange.End), end: packPos(attr.Range.End),
		})
	}
	return p
}

// body is what was packed, for evaluating it once.
func (p *packed) body() *hcl.BodyContent {
	if p.whole != nil {
		return p.whole
	}
	body := &hcl.BodyContent{Attributes: make(hcl.Attributes, len(p.attributes))}
	all := make([]hcl.Attribute, len(p.attributes))
	for i, a := range p.attributes {
		all[i] = hcl.Attribute{Name: a.name, Expr: a.expr, Range: p.span(a.start, a.end), NameRange: p.span(a.start, a.nameEnd)}
		body.Attributes[a.name] = &all[i]
	}
	return body
}

// release lets go of the expressions, which body gives no more.
func (p *packed) release() {
	for i := range p.attributes {
		p.attributes[i].expr = nil
	}
}

// written is where an attribute is written; false where it is not given.
func (p *packed) written(name string) (hcl.Range, bool) {
	if p.whole != nil {
		attr, given := p.whole.Attributes[name]
		if !given {
			return hcl.Range{}, false
		}
		return attr.Range, true
	}
	for _, a := range p.attributes {
		if a.name == name {
			return p.span(a.start, a.end), true
		}
	}
	return hcl.Range{}, false
}

func (p *packed) has(name string) bool {
	_, given := p.written(name)
	return given
}

func (p *packed) span(start, end packedPos) hcl.Range {
	return hcl.Range{Filename: p.file, Start: start.pos(), End: end.pos()}
}

// packPos is of a position whose offset, and with it the rest, fits.
func packPos(p hcl.Pos) packedPos {
	return packedPos{line: int32(p.Line), column: int32(p.Column), offset: int32(p.Byte)}
}

func (p packedPos) pos() hcl.Pos {
	return hcl.Pos{Line: int(p.line), Column: int(p.column), Byte: int(p.offset)}
}
