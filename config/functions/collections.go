package functions

import (
	"errors"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func allTrue() function.Function { return quantified(false) }
func anyTrue() function.Function { return quantified(true) }

// quantified looks for a deciding element; null is false.
func quantified(decides bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			open := false
			for _, element := range args[0].Elements() {
				switch {
				case !element.IsKnown():
					open = true
				case (!element.IsNull() && element.True()) == decides:
					return cty.BoolVal(decides), nil
				}
			}
			if open {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(!decides), nil
		},
	})
}

// coalesce gives the first argument that is neither null nor an empty text.
func coalesce() function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{
			Name: "vals", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true,
		},
		Type: func(args []cty.Value) (cty.Type, error) {
			types := make([]cty.Type, len(args))
			for i, arg := range args {
				types[i] = arg.Type()
			}
			unified, _ := convert.UnifyUnsafe(types)
			if unified == cty.NilType {
				return cty.NilType, errors.New("the arguments must be of one type")
			}
			return unified, nil
		},
		Impl: func(args []cty.Value, want cty.Type) (cty.Value, error) {
			for i, arg := range args {
				v, err := convert.Convert(arg, want)
				switch {
				case err != nil:
					return cty.NilVal, function.NewArgError(i, err)
				case !v.IsKnown():
					return cty.UnknownVal(want), nil
				case v.IsNull(), v.Type() == cty.String && v.AsString() == "":
					continue
				}
				return v, nil
			}
			return cty.NilVal, errors.New("every argument is null or an empty text")
		},
	})
}

// index finds the first place of a value in a list.
func index() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			list := args[0]
			if !list.Type().IsListType() && !list.Type().IsTupleType() {
				return cty.NilVal, function.NewArgErrorf(0, "a list or a tuple is needed")
			}
			for i, element := range list.AsValueSlice() {
				equal, err := stdlib.Equal(element, args[1])
				switch {
				case err != nil:
					return cty.NilVal, err
				case !equal.IsKnown():
					return cty.UnknownVal(cty.Number), nil
				case equal.True():
					return cty.NumberIntVal(int64(i)), nil
				}
			}
			return cty.NilVal, errors.New("the list does not hold the value")
		},
	})
}

// length counts elements, or the characters of a text as a reader does. How many
// elements there are does not tell what they are.
func length() function.Function {
	return function.New(&function.Spec{
		Params: anyValue(),
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, marks := args[0].Unmark()
			n, err := lengthOf(v)
			return n.WithMarks(marks), err
		},
	})
}

func lengthOf(v cty.Value) (cty.Value, error) {
	switch {
	case v.IsNull():
		return cty.DynamicVal, function.NewArgErrorf(0, "null has no length")
	case v.Type() == cty.DynamicPseudoType:
		return cty.UnknownVal(cty.Number), nil
	case v.Type().IsTupleType():
		return cty.NumberIntVal(int64(v.Type().Length())), nil
	case v.Type().IsObjectType():
		return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))), nil
	case v.Type() != cty.String && !v.Type().IsCollectionType():
		return cty.DynamicVal, function.NewArgErrorf(0, "only a text, a list, a set, a map or an object has a length")
	case !v.IsKnown():
		return cty.UnknownVal(cty.Number), nil
	case v.Type() == cty.String:
		return stdlib.Strlen(v)
	}
	return v.Length(), nil
}

// matchKeys gives the values whose key is among those searched for.
func matchKeys() function.Function {
	dynamicList := cty.List(cty.DynamicPseudoType)
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "values", Type: dynamicList}, {Name: "keys", Type: dynamicList}, {Name: "searchset", Type: dynamicList}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if unified, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()}); unified == cty.NilType {
				return cty.NilType, function.NewArgErrorf(2, "keys and searchset must be of one type")
			}
			return args[0].Type(), nil
		},
		Impl: func(args []cty.Value, want cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
				return cty.UnknownVal(want), nil
			}
			if args[0].LengthInt() != args[1].LengthInt() {
				return cty.NilVal, function.NewArgErrorf(1, "values and keys must be equally many")
			}
			unified, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
			keys, err := convert.Convert(args[1], unified)
			if err != nil {
				return cty.NilVal, function.NewArgError(1, err)
			}
			searched, err := convert.Convert(args[2], unified)
			if err != nil {
				return cty.NilVal, function.NewArgError(2, err)
			}
			wanted := searched.AsValueSlice()
			values := args[0].AsValueSlice()
			var found []cty.Value
			for i, key := range keys.AsValueSlice() {
				if slices.ContainsFunc(wanted, key.RawEquals) {
					found = append(found, values[i])
				}
			}
			if found == nil {
				return cty.ListValEmpty(want.ElementType()), nil
			}
			return cty.ListVal(found), nil
		},
	})
}

// one gives the only element, or null of none.
func one() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type: func(args []cty.Value) (cty.Type, error) {
			t := args[0].Type()
			switch {
			case t.IsListType(), t.IsSetType():
				return t.ElementType(), nil
			case t.IsTupleType() && t.Length() == 0:
				return cty.DynamicPseudoType, nil
			case t.IsTupleType() && t.Length() == 1:
				return t.TupleElementType(0), nil
			}
			return cty.NilType, function.NewArgErrorf(0, "a list, a set or a tuple with one element or none is needed")
		},
		Impl: func(args []cty.Value, want cty.Type) (cty.Value, error) {
			switch n := args[0].Length(); {
			case !n.IsKnown():
				return cty.UnknownVal(want), nil
			case n.RawEquals(cty.Zero):
				return cty.NullVal(want), nil
			case n.RawEquals(cty.NumberIntVal(1)):
				return args[0].AsValueSlice()[0], nil
			}
			return cty.NilVal, function.NewArgErrorf(0, "more than one element")
		},
	})
}

// transpose turns a map of lists inside out: the elements become the keys.
func transpose() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
		Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
		Impl: func(args []cty.Value, want cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(want), nil
			}
			out := map[string][]cty.Value{}
			for it := args[0].ElementIterator(); it.Next(); {
				key, list := it.Element()
				if list.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "the list of %q is null", key.AsString())
				}
				for _, element := range list.AsValueSlice() {
					if element.IsNull() {
						return cty.NilVal, function.NewArgErrorf(0, "the list of %q holds null", key.AsString())
					}
					out[element.AsString()] = append(out[element.AsString()], key)
				}
			}
			lists := make(map[string]cty.Value, len(out))
			for name, keys := range out {
				lists[name] = cty.ListVal(keys)
			}
			if len(lists) == 0 {
				return cty.MapValEmpty(cty.List(cty.String)), nil
			}
			return cty.MapVal(lists), nil
		},
	})
}
