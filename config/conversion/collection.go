package conversion

import (
	"iter"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

func toMap(v cty.Value, want cty.Type) (cty.Value, error) {
	typ := want.ElementType()
	elements := make(map[string]cty.Value, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		element, err := part(element, typ)
		if err != nil {
			return cty.NilVal, within(cty.IndexStep{Key: key}, err)
		}
		elements[key.AsString()] = element
	}
	if !alike(maps.Values(elements)) {
		return library(v, want)
	}
	return cty.MapVal(elements), nil
}

// toSequence makes a list or a set.
func toSequence(v cty.Value, want cty.Type) (cty.Value, error) {
	typ := want.ElementType()
	bare := want.IsSetType() || !v.Type().IsTupleType()
	elements := make([]cty.Value, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		element, err := part(element, typ)
		if err != nil {
			return cty.NilVal, within(cty.IndexStep{Key: cty.NumberIntVal(int64(len(elements)))}, err)
		}
		if bare {
			element = bareNull(element)
		}
		elements = append(elements, element)
	}
	switch {
	case !alike(slices.Values(elements)):
		return library(v, want)
	case want.IsSetType():
		return cty.SetVal(elements), nil
	}
	return cty.ListVal(elements), nil
}

// alike tells whether values can make a collection as they are: there are some,
// and they have one type, which then is their common type.
func alike(values iter.Seq[cty.Value]) bool {
	first := cty.NilType
	for v := range values {
		switch {
		case first == cty.NilType:
			first = v.Type()
		case !first.Equals(v.Type()):
			return false
		}
	}
	return first != cty.NilType
}
