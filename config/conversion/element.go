package conversion

import (
	"github.com/zclconf/go-cty/cty"
)

// part converts what is within another value.
func part(v cty.Value, want cty.Type) (cty.Value, error) {
	if v.Type().Equals(want) {
		return v, nil
	}
	return converted(v, want)
}

// converted fails wherever the types cannot fit, even if the value itself has
// no part that shows it.
func converted(v cty.Value, want cty.Type) (cty.Value, error) {
	if want == cty.DynamicPseudoType {
		return v, nil
	}
	if v.IsMarked() {
		plain, marks := v.Unmark()
		result, err := converted(plain, want)
		if err != nil {
			return cty.NilVal, err
		}
		return result.WithMarks(marks), nil
	}
	if v.IsNull() || !v.IsKnown() {
		return hollow(v, want)
	}
	have := v.Type()
	switch {
	case want.IsObjectType() && have.IsObjectType():
		return toObject(v, want)
	case want.IsObjectType() && have.IsMapType():
		return mapToObject(v, want)
	case want.IsTupleType() && have.IsTupleType():
		return toTuple(v, want)
	case want.IsMapType() && (have.IsObjectType() || have.IsMapType()):
		return toMap(v, want)
	case want.IsListType() && have.IsSetType() && !v.Length().IsKnown(): // nor is the order
		if want.HasDynamicTypes() {
			return library(v, want)
		}
		return hollow(cty.UnknownVal(have), want)
	case (want.IsListType() || want.IsSetType()) && (have.IsTupleType() || have.IsListType() || have.IsSetType()):
		return toSequence(v, want)
	}
	return library(v, want)
}

func toObject(v cty.Value, want cty.Type) (cty.Value, error) {
	types := want.AttributeTypes()
	attrs := make(map[string]cty.Value, len(types))
	for name, typ := range types {
		if v.Type().HasAttribute(name) {
			continue
		}
		if !want.AttributeOptional(name) {
			return cty.NilVal, errUnfit
		}
		attrs[name] = cty.NullVal(typ.WithoutOptionalAttributesDeep())
	}
	for it := v.ElementIterator(); it.Next(); {
		key, attr := it.Element()
		name := key.AsString()
		typ, wanted := types[name]
		if !wanted {
			continue
		}
		attr, err := part(attr, typ)
		if err != nil {
			return cty.NilVal, within(cty.GetAttrStep{Name: name}, err)
		}
		attrs[name] = bareNull(attr)
	}
	return cty.ObjectVal(attrs), nil
}

// mapToObject leaves to the library what only a map can lack or hold too much of.
func mapToObject(v cty.Value, want cty.Type) (cty.Value, error) {
	types := want.AttributeTypes()
	element := v.Type().ElementType()
	if !convertible(v.Type(), want) {
		return cty.NilVal, errUnfit
	}
	attrs := make(map[string]cty.Value, len(types))
	for it := v.ElementIterator(); it.Next(); {
		key, attr := it.Element()
		name := key.AsString()
		typ, wanted := types[name]
		if !wanted {
			continue
		}
		if !element.Equals(typ) && !convertible(element, typ) {
			return library(v, want)
		}
		attr, err := part(attr, typ)
		if err != nil {
			return cty.NilVal, within(cty.IndexStep{Key: key}, err)
		}
		attrs[name] = bareNull(attr)
	}
	for name, typ := range types {
		if _, given := attrs[name]; given {
			continue
		}
		if !want.AttributeOptional(name) {
			return library(v, want)
		}
		attrs[name] = cty.NullVal(typ.WithoutOptionalAttributesDeep())
	}
	return cty.ObjectVal(attrs), nil
}

func toTuple(v cty.Value, want cty.Type) (cty.Value, error) {
	types := want.TupleElementTypes()
	if v.LengthInt() != len(types) {
		return cty.NilVal, errUnfit
	}
	elements := make([]cty.Value, 0, len(types))
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		element, err := part(element, types[len(elements)])
		if err != nil {
			return cty.NilVal, within(cty.IndexStep{Key: key}, err)
		}
		elements = append(elements, element)
	}
	return cty.TupleVal(elements), nil
}

// bareNull takes the marks of a null too, as the library does where it makes
// objects, sets, and lists of collections.
func bareNull(v cty.Value) cty.Value {
	if v.IsNull() {
		return cty.NullVal(v.Type().WithoutOptionalAttributesDeep())
	}
	return v
}
