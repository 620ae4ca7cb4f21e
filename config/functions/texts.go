package functions

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// textFunc is a function from one text to another.
func textFunc(name string, of func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: name, Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			result, err := of(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(result), nil
		},
	})
}

func basename() function.Function {
	return textFunc("path", func(p string) (string, error) { return path.Base(p), nil })
}

func dirname() function.Function {
	return textFunc("path", func(p string) (string, error) { return path.Dir(p), nil })
}

func startsWith() function.Function   { return has(strings.HasPrefix, "prefix") }
func endsWith() function.Function     { return has(strings.HasSuffix, "suffix") }
func containsText() function.Function { return has(strings.Contains, "substr") }

func has(found func(s, part string) bool, name string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: name, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(found(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// replace replaces a text, or what a regular expression between slashes matches.
func replace() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: "substr", Type: cty.String}, {Name: "replace", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			str, old, with := args[0].AsString(), args[1].AsString(), args[2].AsString()
			if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
				return replaceMatches(str, old[1:len(old)-1], with)
			}
			if strings.Count(str, old)*len(with)+len(str) > mostBytes {
				return cty.NilVal, tooLong()
			}
			return cty.StringVal(strings.ReplaceAll(str, old, with)), nil
		},
	})
}

func replaceMatches(str, pattern, with string) (cty.Value, error) {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return cty.NilVal, function.NewArgError(1, err)
	}
	if err := checkSearch(0, str); err != nil {
		return cty.NilVal, err
	}
	var result []byte
	end := 0
	for _, match := range expression.FindAllStringSubmatchIndex(str, -1) {
		result = append(result, str[end:match[0]]...)
		result = expression.ExpandString(result, with, str, match)
		end = match[1]
		if len(result) > mostBytes {
			return cty.NilVal, tooLong()
		}
	}
	return cty.StringVal(string(append(result, str[end:]...))), nil
}

// formatted takes the word null as a text that is null, so that the library says
// which verb cannot write it.
func formatted(f function.Function) function.Function {
	f = bounded(f, checkFormat)
	known := func(args []cty.Value) []cty.Value {
		args = slices.Clone(args)
		for i, arg := range args {
			if plain, marks := arg.Unmark(); plain.RawEquals(cty.NullVal(cty.DynamicPseudoType)) {
				args[i] = cty.NullVal(cty.String).WithMarks(marks)
			}
		}
		return args
	}
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type:        func(args []cty.Value) (cty.Type, error) { return f.ReturnTypeForValues(known(args)) },
		Impl:        func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(known(args)) },
	})
}
