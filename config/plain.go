package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// plainReader reads pieces of a file that hold nothing but thermostat blocks in
// canonical style, each with an attribute a line: a quoted text, a decimal, or a
// reference of names and points; and plain local values (see locals). It gives what the parser and the decoder would
// give, places included, in a tenth of their time. Anything else, right or
// wrong, it leaves to them.
type plainReader struct {
	name       string               // of the file
	attributes map[string]string    // what there can be, by itself
	values     map[string]cty.Value // see shared

	src       []byte
	at        int // the next byte
	lineStart int // where the present line begins
	line      int // its number in the file
	base      int // where src begins in the file
}

func newPlainReader(name string, schema *hcl.BodySchema) *plainReader {
	r := &plainReader{name: name, attributes: make(map[string]string, len(schema.Attributes)), values: map[string]cty.Value{}}
	for _, a := range schema.Attributes {
		r.attributes[a.Name] = a.Name
	}
	return r
}

// blocks reads a piece. It is not ok where the piece holds anything else.
func (r *plainReader) blocks(src []byte, start hcl.Pos) (all []declaration, at headers, ok bool) {
	r.begin(src, start)
	for {
		for r.skip("\n") {
			r.newline()
		}
		if r.at == len(src) {
			return all, at, true
		}
		next, found := header{from: r.base + r.at, block: "thermostat"}, declaration{}
		if r.next('t') {
			if found.thermostat = r.block(); found.thermostat == nil {
				return nil, nil, false
			}
			next.labels = []string{found.thermostat.name}
		} else {
			next.block = "locals"
			if found.locals = r.locals(); found.locals == nil {
				return nil, nil, false
			}
		}
		next.to = r.base + r.at
		all, at = append(all, found), append(at, next)
		if !r.skip("\n") {
			return all, at, r.at == len(src)
		}
		r.newline()
	}
}

func (r *plainReader) begin(src []byte, start hcl.Pos) {
	r.src, r.at, r.lineStart, r.line, r.base = src, 0, 0, start.Line, start.Byte
}

func (r *plainReader) newline() { r.line, r.lineStart = r.line+1, r.at }

// pos is the place of a byte on the present line, of which all are characters.
func (r *plainReader) pos(at int) hcl.Pos {
	return hcl.Pos{Line: r.line, Column: at - r.lineStart + 1, Byte: r.base + at}
}

func (r *plainReader) span(from, to int) hcl.Range {
	return hcl.Range{Filename: r.name, Start: r.pos(from), End: r.pos(to)}
}

func (r *plainReader) skip(text string) bool {
	if len(r.src)-r.at < len(text) || string(r.src[r.at:r.at+len(text)]) != text {
		return false
	}
	r.at += len(text)
	return true
}

func (r *plainReader) spaces() {
	for r.skip(" ") {
		continue
	}
}

// word reads a name of ASCII letters, digits, underscores and dashes; empty if
// there is none.
func (r *plainReader) word() []byte {
	from := r.at
	for ; r.at < len(r.src); r.at++ {
		c := r.src[r.at]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (r.at == from || c != '-' && (c < '0' || c > '9')) {
			break
		}
	}
	return r.src[from:r.at]
}

// block reads a block without the line end that follows it; nil where it is not
// plain.
func (r *plainReader) block() *thermostatBlock {
	from := r.at
	if !r.skip(`thermostat "`) {
		return nil
	}
	name := string(r.word())
	if name == "" || !r.skip(`"`) {
		return nil
	}
	t := &thermostatBlock{name: name, declared: r.span(from, r.at)}
	if !r.skip(" {\n") {
		return nil
	}
	missing := r.span(r.at-len("{\n"), r.at-len("{\n")) // where an attribute would be missed
	r.newline()
	attributes := make(hcl.Attributes, 8)
	for !r.skip("}") {
		if !r.attribute(attributes) {
			return nil
		}
	}
	t.body = &hcl.BodyContent{Attributes: attributes, MissingItemRange: missing}
	return t
}

// attribute reads a line with an attribute that there is.
func (r *plainReader) attribute(into hcl.Attributes) bool {
	if !r.skip("  ") {
		return false
	}
	from := r.at
	word := r.word()
	name, known := r.attributes[string(word)]
	if _, twice := into[name]; !known || twice {
		return false
	}
	attr := &hcl.Attribute{Name: name, NameRange: r.span(from, r.at)}
	r.spaces()
	if !r.skip("=") {
		return false
	}
	r.spaces()
	if attr.Expr = r.expression(); attr.Expr == nil {
		return false
	}
	attr.Range = r.span(from, r.at)
	into[name] = attr
	if !r.skip("\n") {
		return false
	}
	r.newline()
	return true
}

func (r *plainReader) expression() hcl.Expression {
	from := r.at
	if !r.next('"') && (from == len(r.src) || r.src[from] < '0' || r.src[from] > '9') {
		return r.reference()
	}
	value, ok := r.value()
	if !ok {
		return nil
	}
	return &hclsyntax.LiteralValueExpr{Val: value, SrcRange: r.span(from, r.at)}
}

// text reads a text in quotes without anything that stands for something else.
func (r *plainReader) text() ([]byte, bool) {
	from := r.at
	for r.at++; r.at < len(r.src); r.at++ {
		switch c := r.src[r.at]; {
		case c == '"':
			r.at++
			return r.src[from+1 : r.at-1], true
		case c < ' ', c > '~', c == '\\', c == '$', c == '%':
			return nil, false
		}
	}
	return nil, false
}

func (r *plainReader) decimal() (cty.Value, bool) {
	from, points := r.at, 0
	for ; r.at < len(r.src); r.at++ {
		c := r.src[r.at]
		if c == '.' {
			points++
		} else if c < '0' || c > '9' {
			break
		}
	}
	text := r.src[from:r.at]
	if points > 1 || text[len(text)-1] == '.' || len(text) > 20 {
		return cty.NilVal, false
	}
	value := r.shared(text, func(s string) cty.Value {
		v, err := cty.ParseNumberVal(s)
		if err != nil {
			return cty.NilVal
		}
		return v
	})
	return value, value != cty.NilVal
}

func (r *plainReader) reference() hcl.Expression {
	from := r.at
	root := string(r.word())
	switch root {
	case "", "true", "false", "null":
		return nil
	}
	traversal := make(hcl.Traversal, 1, 3)
	traversal[0] = hcl.TraverseRoot{Name: root, SrcRange: r.span(from, r.at)}
	for {
		point := r.at
		if !r.skip(".") {
			return &hclsyntax.ScopeTraversalExpr{Traversal: traversal, SrcRange: r.span(from, r.at)}
		}
		word := r.word()
		if len(word) == 0 {
			return nil
		}
		traversal = append(traversal, hcl.TraverseAttr{Name: string(word), SrcRange: r.span(point, r.at)})
	}
}

// mostShared bounds the values that are kept to be used again.
const mostShared = 1000

// shared is the value of a short text, the same for all who have it: there are
// few setpoints and modes in a house, and each would take memory of its own.
func (r *plainReader) shared(text []byte, value func(string) cty.Value) cty.Value {
	if len(text) > 20 {
		return value(string(text))
	}
	if v, known := r.values[string(text)]; known {
		return v
	}
	v := value(string(text))
	if len(r.values) < mostShared {
		r.values[string(text)] = v
	}
	return v
}
