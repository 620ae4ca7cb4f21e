package conversion

import (
	"errors"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// mismatch words why one type cannot become another. Of several attributes that
// do not fit, the library picks any, another one each time; here it is shown
// only the first.
func mismatch(have, want cty.Type) error {
	return errors.New(convert.MismatchMessage(firstMismatch(have, want)))
}

// firstMismatch narrows two types to their first part that does not fit.
func firstMismatch(have, want cty.Type) (cty.Type, cty.Type) {
	switch {
	case have.IsObjectType() && want.IsObjectType():
		for _, name := range slices.Sorted(maps.Keys(want.AttributeTypes())) {
			if !have.HasAttribute(name) && !want.AttributeOptional(name) {
				return have, want // those that lack are named all together
			}
		}
		for _, name := range slices.Sorted(maps.Keys(want.AttributeTypes())) {
			if have.HasAttribute(name) && !fitting(have.AttributeType(name), want.AttributeType(name)) {
				a, b := firstMismatch(have.AttributeType(name), want.AttributeType(name))
				return cty.Object(map[string]cty.Type{name: a}), cty.Object(map[string]cty.Type{name: b})
			}
		}
	case have.IsObjectType() && want.IsMapType():
		for _, name := range slices.Sorted(maps.Keys(have.AttributeTypes())) {
			if !fitting(have.AttributeType(name), want.ElementType()) {
				a, b := firstMismatch(have.AttributeType(name), want.ElementType())
				return cty.Object(map[string]cty.Type{name: a}), cty.Map(b)
			}
		}
	case have.IsTupleType() && (want.IsListType() || want.IsSetType()):
		for i, element := range have.TupleElementTypes() {
			if !fitting(element, want.ElementType()) {
				a, b := firstMismatch(element, want.ElementType())
				return cty.Tuple(append(slices.Repeat([]cty.Type{b.WithoutOptionalAttributesDeep()}, i), a)), collectionLike(want, b)
			}
		}
	case have.IsCollectionType() && want.IsCollectionType():
		a, b := firstMismatch(have.ElementType(), want.ElementType())
		return collectionLike(have, a), collectionLike(want, b)
	}
	return have, want
}

func fitting(have, want cty.Type) bool {
	return have.Equals(want) || convertible(have, want)
}

func collectionLike(t, element cty.Type) cty.Type {
	switch {
	case t.IsListType():
		return cty.List(element)
	case t.IsSetType():
		return cty.Set(element)
	}
	return cty.Map(element)
}
