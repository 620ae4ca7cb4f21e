package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// plainReader reads files of variables that hold nothing but plain values: texts
// without anything that stands for something else, decimals, true, false, null,
// and lists and objects of these. It gives what the parser would give, places
// included, in a tenth of the time: such a file may have all rooms of a house in
// one expression, which cannot be parsed side by side. Anything else, right or
// wrong, it leaves to the parser.
type plainReader struct {
	name   string               // of the file
	values map[string]cty.Value // see shared

	src       []byte
	at        int // the next byte
	lineStart int // where the present line begins
	line      int // its number
}

// plainAttributes reads a file. It is not ok where there is anything else.
func plainAttributes(src []byte, name string) (hcl.Attributes, bool) {
	r := &plainReader{name: name, values: map[string]cty.Value{}, src: src, line: 1}
	attributes := hcl.Attributes{}
	for r.blank(); r.at < len(src); r.blank() {
		if !r.assignment(attributes) {
			return nil, false
		}
	}
	return attributes, true
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

func (r *plainReader) spaces() {
	for r.skip(" ") {
		continue
	}
}

func (r *plainReader) skip(text string) bool {
	if len(r.src)-r.at < len(text) || string(r.src[r.at:r.at+len(text)]) != text {
		return false
	}
	r.at += len(text)
	return true
}

func (r *plainReader) next(c byte) bool { return r.at < len(r.src) && r.src[r.at] == c }

func (r *plainReader) newline() { r.line, r.lineStart = r.line+1, r.at }

// pos is the place of a byte on the present line, of which all are characters.
func (r *plainReader) pos(at int) hcl.Pos {
	return hcl.Pos{Line: r.line, Column: at - r.lineStart + 1, Byte: at}
}

func (r *plainReader) span(from, to int) hcl.Range {
	return hcl.Range{Filename: r.name, Start: r.pos(from), End: r.pos(to)}
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
