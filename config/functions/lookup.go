package functions

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// lookup finds an element of a map or an object; the default may be left out.
// The result is as sensitive as the map, the key and what was found, not as the
// other elements.
func lookup() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "map", Type: cty.DynamicPseudoType, AllowMarked: true},
			{Name: "key", Type: cty.String, AllowMarked: true},
		},
		VarParam: &function.Parameter{
			Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
		},
		Type: lookupType,
		Impl: func(args []cty.Value, want cty.Type) (cty.Value, error) {
			from, marks := args[0].Unmark()
			key, more := args[1].Unmark()
			found, err := lookupValue(from, key, args[2:], want)
			if err != nil {
				return cty.NilVal, err
			}
			return found.WithMarks(marks, more), nil
		},
	})
}

func lookupType(args []cty.Value) (cty.Type, error) {
	from := args[0].Type()
	key, _ := args[1].Unmark()
	switch {
	case len(args) > 3:
		return cty.NilType, errors.New("lookup takes a map, a key and at most one default")
	case from.IsMapType():
		return from.ElementType(), nil
	case !from.IsObjectType():
		return cty.NilType, function.NewArgErrorf(0, "a map or an object is needed")
	case !key.IsKnown():
		return cty.DynamicPseudoType, nil
	case from.HasAttribute(key.AsString()):
		return from.AttributeType(key.AsString()), nil
	case len(args) == 3:
		return args[2].Type(), nil
	}
	return cty.DynamicPseudoType, nil // the error is told with the value
}

func lookupValue(from, key cty.Value, defaults []cty.Value, want cty.Type) (cty.Value, error) {
	name := key.AsString()
	if from.Type().IsObjectType() && from.Type().HasAttribute(name) {
		return from.GetAttr(name), nil
	}
	instead := cty.NilVal
	for _, value := range defaults { // it must fit, needed or not
		var err error
		if instead, err = convert.Convert(value, want); err != nil {
			return cty.NilVal, function.NewArgError(2, err)
		}
	}
	switch {
	case from.Type().IsMapType() && from.HasIndex(key).True():
		return from.Index(key), nil
	case len(defaults) == 0:
		return cty.NilVal, function.NewArgErrorf(1, "the map has no such key, and no default is given")
	}
	return instead, nil
}
