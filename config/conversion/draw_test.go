package conversion_test

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"pgregory.net/rapid"
)

// constraint is a type constraint as a configuration may declare it.
type constraint struct {
	typ      cty.Type
	defaults *typeexpr.Defaults
}

func drawConstraint(t *rapid.T, depth int) constraint {
	kinds := []string{"string", "string", "number", "bool", "any"}
	if depth > 0 {
		kinds = append(kinds, "list", "set", "map", "map", "tuple", "object", "object", "object")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind of type") {
	case "string":
		return constraint{typ: cty.String}
	case "number":
		return constraint{typ: cty.Number}
	case "bool":
		return constraint{typ: cty.Bool}
	case "any":
		return constraint{typ: cty.DynamicPseudoType}
	case "list":
		return collection(cty.List, drawConstraint(t, depth-1))
	case "set":
		return collection(cty.Set, drawConstraint(t, depth-1))
	case "map":
		return collection(cty.Map, drawConstraint(t, depth-1))
	case "tuple":
		return drawTuple(t, depth)
	}
	return drawObject(t, depth)
}

func collection(of func(cty.Type) cty.Type, element constraint) constraint {
	c := constraint{typ: of(element.typ)}
	if element.defaults != nil {
		c.defaults = &typeexpr.Defaults{Type: c.typ, Children: map[string]*typeexpr.Defaults{"": element.defaults}}
	}
	return c
}

func drawTuple(t *rapid.T, depth int) constraint {
	var types []cty.Type
	children := map[string]*typeexpr.Defaults{}
	for i := range rapid.IntRange(0, 3).Draw(t, "length of tuple") {
		element := drawConstraint(t, depth-1)
		types = append(types, element.typ)
		if element.defaults != nil {
			children[strconv.Itoa(i)] = element.defaults
		}
	}
	return structure(cty.Tuple(types), nil, children)
}

func drawObject(t *rapid.T, depth int) constraint {
	types := map[string]cty.Type{}
	values := map[string]cty.Value{}
	children := map[string]*typeexpr.Defaults{}
	var optional []string
	for _, name := range drawNames(t) {
		attr := drawConstraint(t, depth-1)
		types[name] = attr.typ
		if attr.defaults != nil {
			children[name] = attr.defaults
		}
		switch rapid.SampledFrom([]string{"required", "optional", "default"}).Draw(t, "attribute is") {
		case "optional":
			optional = append(optional, name)
		case "default":
			optional = append(optional, name)
			value := (&drawing{t: t, plain: true}).draw(attr.typ, depth)
			if fits, err := convert.Convert(value, attr.typ); err == nil {
				values[name] = fits
			}
		}
	}
	return structure(cty.ObjectWithOptionalAttrs(types, optional), values, children)
}

func structure(typ cty.Type, values map[string]cty.Value, children map[string]*typeexpr.Defaults) constraint {
	if len(values) == 0 && len(children) == 0 {
		return constraint{typ: typ}
	}
	return constraint{typ: typ, defaults: &typeexpr.Defaults{Type: typ, DefaultValues: values, Children: children}}
}

func drawNames(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, "names")
}

// drawing draws values that mostly, but not always, fit a type.
type drawing struct {
	t     *rapid.T
	plain bool // without marks, unknown values and mistakes
}

func (d *drawing) oneIn(n int, what string) bool {
	return !d.plain && rapid.IntRange(1, n).Draw(d.t, what) == n
}

func (d *drawing) draw(want cty.Type, depth int) cty.Value {
	if d.oneIn(25, "mistake") {
		want = drawConstraint(d.t, depth).typ
	}
	v := d.fitting(want, depth)
	switch {
	case d.oneIn(12, "null"):
		v = cty.NullVal(rapid.SampledFrom([]cty.Type{v.Type(), cty.DynamicPseudoType}).Draw(d.t, "type of null"))
	case d.oneIn(16, "unknown"):
		v = d.unknown(v.Type())
	}
	if d.oneIn(8, "marked") {
		v = v.Mark(rapid.SampledFrom([]string{"sensitive", "other"}).Draw(d.t, "mark"))
	}
	return v
}

func (d *drawing) unknown(typ cty.Type) cty.Value {
	v := cty.UnknownVal(rapid.SampledFrom([]cty.Type{typ, cty.DynamicPseudoType}).Draw(d.t, "type of unknown"))
	if v.Type() != cty.DynamicPseudoType && d.oneIn(2, "not null") {
		v = v.RefineNotNull()
	}
	if v.Type().IsCollectionType() && d.oneIn(2, "of some length") {
		v = v.Refine().CollectionLengthLowerBound(2).CollectionLengthUpperBound(3).NewValue()
	}
	return v
}

func (d *drawing) fitting(want cty.Type, depth int) cty.Value {
	switch {
	case want == cty.DynamicPseudoType && depth > 0:
		return d.fitting(drawConstraint(d.t, depth-1).typ, depth-1)
	case want == cty.String || want == cty.DynamicPseudoType:
		return rapid.SampledFrom([]cty.Value{cty.StringVal("x"), cty.StringVal("1"), cty.NumberIntVal(1), cty.True}).Draw(d.t, "string")
	case want == cty.Number:
		return rapid.SampledFrom([]cty.Value{cty.NumberIntVal(2), cty.StringVal("2"), cty.StringVal("2.5")}).Draw(d.t, "number")
	case want == cty.Bool:
		return rapid.SampledFrom([]cty.Value{cty.True, cty.StringVal("false")}).Draw(d.t, "bool")
	case want.IsObjectType():
		return d.attributes(want, depth)
	case want.IsTupleType():
		var elements []cty.Value
		for _, typ := range want.TupleElementTypes() {
			elements = append(elements, d.draw(typ, depth-1))
		}
		return cty.TupleVal(elements)
	case want.IsMapType():
		attrs := map[string]cty.Value{}
		for _, name := range drawNames(d.t) {
			attrs[name] = d.draw(want.ElementType(), depth-1)
		}
		return d.mapOrObject(attrs)
	}
	var elements []cty.Value
	for range rapid.IntRange(0, 4).Draw(d.t, "length") {
		elements = append(elements, d.draw(want.ElementType(), depth-1))
	}
	return d.sequence(elements)
}

func (d *drawing) attributes(want cty.Type, depth int) cty.Value {
	attrs := map[string]cty.Value{}
	for _, name := range []string{"a", "b", "c"} {
		if typ, ok := want.AttributeTypes()[name]; ok && !(want.AttributeOptional(name) && rapid.Bool().Draw(d.t, "left out")) {
			attrs[name] = d.draw(typ, depth-1)
		}
	}
	if d.oneIn(8, "more than wanted") {
		attrs["more"] = d.draw(cty.DynamicPseudoType, 1)
	}
	return d.mapOrObject(attrs)
}

func (d *drawing) mapOrObject(attrs map[string]cty.Value) cty.Value {
	if !rapid.Bool().Draw(d.t, "map") {
		return cty.ObjectVal(attrs)
	}
	if len(attrs) == 0 {
		return cty.MapValEmpty(d.elementType())
	}
	if v, err := convert.Convert(cty.ObjectVal(attrs), cty.Map(cty.DynamicPseudoType)); err == nil {
		return v
	}
	return cty.ObjectVal(attrs)
}

func (d *drawing) sequence(elements []cty.Value) cty.Value {
	kind := rapid.SampledFrom([]string{"tuple", "list", "set"}).Draw(d.t, "kind of sequence")
	of := cty.List
	if kind == "set" {
		of = cty.Set
	}
	switch {
	case kind == "tuple":
	case len(elements) == 0 && kind == "list":
		return cty.ListValEmpty(d.elementType())
	case len(elements) == 0:
		return cty.SetValEmpty(d.elementType())
	default:
		if v, err := convert.Convert(cty.TupleVal(elements), of(cty.DynamicPseudoType)); err == nil {
			return v
		}
	}
	return cty.TupleVal(elements)
}

func (d *drawing) elementType() cty.Type {
	return drawConstraint(d.t, 1).typ.WithoutOptionalAttributesDeep()
}

func describe(v cty.Value, c constraint) string {
	return fmt.Sprintf("%#v\n  to %#v\n  defaults %s", v, c.typ, describeDefaults(c.defaults))
}

func describeDefaults(d *typeexpr.Defaults) string {
	if d == nil {
		return "none"
	}
	text := fmt.Sprintf("%#v", d.DefaultValues)
	for name, child := range d.Children {
		text += fmt.Sprintf(" %q: {%s}", name, describeDefaults(child))
	}
	return text
}
