package conversion

import (
	"github.com/zclconf/go-cty/cty"
)

// hollow converts a null or unknown value, which may be of a large type.
func hollow(v cty.Value, want cty.Type) (cty.Value, error) {
	if want.HasDynamicTypes() {
		return library(v, want)
	}
	if !convertible(v.Type(), want) {
		return cty.NilVal, errUnfit
	}
	want = want.WithoutOptionalAttributesDeep()
	if v.IsNull() {
		return cty.NullVal(want), nil
	}
	known := v.Range()
	result := cty.UnknownVal(want)
	if known.DefinitelyNotNull() {
		result = result.RefineNotNull()
	}
	least, most, bounded := lengths(known, want)
	if !bounded {
		return result, nil
	}
	return result.Refine().CollectionLengthLowerBound(least).CollectionLengthUpperBound(most).NewValue(), nil
}

// lengths bounds the number of elements of a collection that is made of an
// unknown value. Elements of a set may fall together, but never to none.
func lengths(known cty.ValueRange, want cty.Type) (least, most int, bounded bool) {
	have := known.TypeConstraint()
	switch {
	case !want.IsCollectionType():
		return 0, 0, false
	case have.IsObjectType():
		least = len(have.AttributeTypes())
		most = least
	case have.IsTupleType():
		least = have.Length()
		most = least
	case have.IsCollectionType():
		least, most = known.LengthLowerBound(), known.LengthUpperBound()
	default:
		return 0, 0, false
	}
	if want.IsSetType() {
		least = min(least, 1)
	}
	return least, most, true
}
