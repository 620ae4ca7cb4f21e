package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// plainAttributes reads a file of variables that are all plain values: texts,
// decimals, true, false, null, and lists and objects of these. It is not ok
// where there is anything else.
func plainAttributes(src []byte, name string) (hcl.Attributes, bool) {
	r := newPlainReader(name, &hcl.BodySchema{})
	r.begin(src, hcl.InitialPos)
	attributes := hcl.Attributes{}
	for r.blank(); r.at < len(src); r.blank() {
		if !r.assignment(attributes) {
			return nil, false
		}
	}
	return attributes, true
}

// locals reads a block of local values that are all plain values.
func (r *plainReader) locals() hcl.Attributes {
	if !r.skip("locals {\n") {
		return nil
	}
	r.newline()
	attributes := hcl.Attributes{}
	for r.blank(); !r.skip("}"); r.blank() {
		if !r.assignment(attributes) {
			return nil
		}
	}
	return attributes
}

// blank reads spaces and line ends.
func (r *plainReader) blank() {
	for r.spaces(); r.skip("\n"); r.spaces() {
		r.newline()
	}
}

// assignment reads a name, its value and the end of the line.
func (r *plainReader) assignment(into hcl.Attributes) bool {
	start := r.pos(r.at)
	from := r.at
	name := string(r.word())
	if _, twice := into[name]; name == "" || twice {
		return false
	}
	attr := &hcl.Attribute{Name: name, NameRange: r.span(from, r.at)}
	r.spaces()
	if !r.skip("=") {
		return false
	}
	r.spaces()
	begun := r.pos(r.at)
	value, ok := r.value()
	end := r.pos(r.at)
	if !ok || !r.skip("\n") {
		return false
	}
	r.newline()
	attr.Expr = &hclsyntax.LiteralValueExpr{Val: value, SrcRange: hcl.Range{Filename: r.name, Start: begun, End: end}}
	attr.Range = hcl.Range{Filename: r.name, Start: start, End: end}
	into[name] = attr
	return true
}

func (r *plainReader) value() (cty.Value, bool) {
	if r.at == len(r.src) {
		return cty.NilVal, false
	}
	switch c := r.src[r.at]; {
	case c == '"':
		text, ok := r.text()
		if !ok {
			return cty.NilVal, false
		}
		return r.shared(text, cty.StringVal), true
	case c >= '0' && c <= '9':
		return r.decimal()
	case c == '{':
		return r.object()
	case c == '[':
		return r.list()
	}
	switch string(r.word()) {
	case "true":
		return cty.True, true
	case "false":
		return cty.False, true
	case "null":
		return cty.NullVal(cty.DynamicPseudoType), true
	}
	return cty.NilVal, false
}

// object reads an object, whose elements are separated by commas or line ends.
func (r *plainReader) object() (cty.Value, bool) {
	r.at++
	attrs := map[string]cty.Value{}
	for r.blank(); !r.skip("}"); r.blank() {
		key, ok := r.key()
		if _, twice := attrs[key]; !ok || twice {
			return cty.NilVal, false
		}
		r.spaces()
		if !r.skip("=") {
			return cty.NilVal, false
		}
		r.spaces()
		value, ok := r.value()
		if !ok {
			return cty.NilVal, false
		}
		attrs[key] = value
		r.spaces()
		if !r.skip(",") && !r.next('\n') && !r.next('}') {
			return cty.NilVal, false
		}
	}
	return cty.ObjectVal(attrs), true
}

// key reads the key of an element. The words that begin something else are none.
func (r *plainReader) key() (string, bool) {
	if r.next('"') {
		text, ok := r.text()
		return string(text), ok
	}
	switch word := string(r.word()); word {
	case "", "for", "true", "false", "null":
		return "", false
	default:
		return word, true
	}
}

func (r *plainReader) list() (cty.Value, bool) {
	r.at++
	var elements []cty.Value
	for r.blank(); !r.skip("]"); r.blank() {
		value, ok := r.value()
		if !ok {
			return cty.NilVal, false
		}
		elements = append(elements, value)
		r.blank()
		if !r.skip(",") && !r.next(']') {
			return cty.NilVal, false
		}
	}
	return cty.TupleVal(elements), true
}

func (r *plainReader) next(c byte) bool { return r.at < len(r.src) && r.src[r.at] == c }
