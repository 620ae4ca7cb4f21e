// Package conversion gives values the types that a configuration declares for
// them, in time that grows with the size of the value and no faster.
//
// typeexpr.Defaults.Apply and convert.Convert do the same, but to make a
// collection they compare the types of its elements pair by pair: ten thousand
// elements are compared fifty million times, once for every attribute they
// have. Elements that were each converted to one and the same type need no
// comparison. Only where they come out unlike, as they can below any, is the
// library asked to find what they have in common.
//
// The package knows values and types, and must not know where they come from or
// what they are for.
package conversion

import (
	"errors"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// ErrNoCommonType is the error where the library panics.
var ErrNoCommonType = errors.New("no type was found that all elements of a collection fit; " +
	"give all of them the same attributes of the same types, or declare their type without any")

// errUnfit says that types cannot fit, before To puts it in words.
var errUnfit = errors.New("the types do not fit")

// To converts a value to a type constraint, which may hold any and optional
// attributes, after it has applied the defaults of optional attributes (nil for
// none). The result is that of typeexpr.Defaults.Apply followed by
// convert.Convert, marks and unknown values included.
//
// It departs from them where they err. If want holds no any, the result always
// has that type, where theirs may keep optional attributes in the type of a
// null, lose attributes from the type of an unknown object, give an unknown list
// the element type of the set it is made from, or fail because of one of these.
// And To does not panic, as they do for some elements without a common type.
//
// The time is linear in the size of the value (times the depth of its type),
// except where the library has to find a common type: for a collection whose
// elements come out unlike, and for an error where want holds any within a
// collection.
//
// An error is a cty.PathError if it lies in a part of the value, and tells a
// mismatch of whole types otherwise. To is safe for concurrent use.
func To(v cty.Value, want cty.Type, defaults *typeexpr.Defaults) (cty.Value, error) {
	if defaults != nil {
		v = apply(defaults, v)
	}
	if v.Type().Equals(want.WithoutOptionalAttributesDeep()) {
		return v, nil
	}
	result, err := converted(v, want)
	if err == nil {
		return result, nil
	}
	if !convertible(v.Type(), want) { // which is told before any value that does not fit
		return cty.NilVal, mismatch(v.Type(), want)
	}
	return cty.NilVal, err
}

func convertible(have, want cty.Type) bool {
	return convert.GetConversionUnsafe(have, want) != nil
}

// library converts as the library does within a value: unlike convert.Convert
// it rebuilds values that have the wanted type but for optional attributes.
func library(v cty.Value, want cty.Type) (result cty.Value, err error) {
	defer func() {
		if recover() != nil {
			result, err = cty.NilVal, ErrNoCommonType
		}
	}()
	conversion := convert.GetConversionUnsafe(v.Type(), want)
	if conversion == nil {
		return cty.NilVal, errUnfit
	}
	return conversion(v)
}

// within adds a step to the path of an error. An error without a path is of the
// whole value.
func within(step cty.PathStep, err error) error {
	if _, ok := errors.AsType[cty.PathError](err); !ok {
		return err
	}
	return cty.Path{step}.NewError(err)
}
