package conversion

import (
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
)

// apply does what d.Apply does. A mismatch of the value with the type that the
// defaults are for is left to the conversion.
func apply(d *typeexpr.Defaults, v cty.Value) cty.Value {
	if complete(d, v) {
		return v
	}
	v, marks := v.Unmark()
	switch typ := v.Type(); {
	case typ.IsListType() || typ.IsSetType() || typ.IsTupleType():
		v = applyToSequence(d, v)
	case typ.IsObjectType() || typ.IsMapType():
		v = applyToAttributes(d, v)
	}
	return v.WithMarks(marks)
}

// complete tells whether a value lacks nothing that there is a default for, so
// that it is what apply would make of it.
func complete(d *typeexpr.Defaults, v cty.Value) bool {
	if d == nil || v.IsNull() || !v.IsKnown() || len(d.DefaultValues) == 0 && len(d.Children) == 0 {
		return true
	}
	typ := v.Type()
	switch {
	case v.IsMarked():
		return false
	case typ.IsMapType() && len(d.DefaultValues) == 0, typ.IsObjectType() && d.Type.IsMapType():
		for it := v.ElementIterator(); it.Next(); {
			key, element := it.Element()
			child := d.Children[""]
			if d.Type.IsObjectType() {
				child = d.Children[key.AsString()]
			}
			if !complete(child, element) {
				return false
			}
		}
		return true
	case typ.IsObjectType():
		for name := range d.DefaultValues {
			if !typ.HasAttribute(name) || v.GetAttr(name).IsNull() || !v.GetAttr(name).IsKnown() {
				return false
			}
		}
		for name, child := range d.Children {
			if name != "" && typ.HasAttribute(name) && !complete(child, v.GetAttr(name)) {
				return false
			}
		}
		return true
	}
	return false
}

func applyToSequence(d *typeexpr.Defaults, v cty.Value) cty.Value {
	elements := v.AsValueSlice()
	for i, element := range elements {
		child := d.Children[""]
		if d.Type.IsTupleType() {
			child = d.Children[strconv.Itoa(i)]
		}
		if child != nil {
			elements[i] = apply(child, element)
		}
	}
	switch typ := v.Type(); {
	case typ.IsTupleType():
		return cty.TupleVal(elements)
	case !alike(slices.Values(elements)):
		return applyUnlike(d, v, cty.TupleVal(elements))
	case typ.IsSetType():
		return cty.SetVal(elements)
	}
	return cty.ListVal(elements)
}

func applyToAttributes(d *typeexpr.Defaults, v cty.Value) cty.Value {
	attrs := make(map[string]cty.Value, v.LengthInt()+len(d.DefaultValues))
	for it := v.ElementIterator(); it.Next(); {
		key, attr := it.Element()
		name := key.AsString()
		child := d.Children[""]
		if d.Type.IsObjectType() {
			child = d.Children[name]
		}
		if child != nil {
			attr = apply(child, attr)
		}
		attrs[name] = attr
	}
	for name, value := range d.DefaultValues {
		if attr, given := attrs[name]; !given || attr.IsNull() {
			attrs[name] = value
			if child := d.Children[name]; child != nil {
				attrs[name] = apply(child, value)
				continue
			}
		}
		if value.Range().DefinitelyNotNull() && attrs[name].Type() != cty.DynamicPseudoType {
			attrs[name] = attrs[name].RefineNotNull()
		}
	}
	switch {
	case v.Type().IsObjectType():
		return cty.ObjectVal(attrs)
	case !alike(maps.Values(attrs)):
		return applyUnlike(d, v, cty.ObjectVal(attrs))
	}
	return cty.MapVal(attrs)
}

// applyUnlike has the library look for a type that all elements fit. It gives
// structural in place of a collection if there is none, which is done here too
// where it panics.
func applyUnlike(d *typeexpr.Defaults, v, structural cty.Value) (result cty.Value) {
	defer func() {
		if recover() != nil {
			result = structural
		}
	}()
	return d.Apply(v)
}
