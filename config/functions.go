package config

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"setpoint/config/diag"
)

// planningInstant is the mark of values made from plantimestamp().
type planningInstant string

const fromPlanningInstant = planningInstant("plantimestamp")

// functions are Terraform's names and meanings, from the libraries that
// Terraform takes them from; and two of our own. None of them reads the network
// or the environment, none gives another result on another machine.
func functions(now time.Time, files *sandbox) map[string]function.Function {
	all := map[string]function.Function{
		"abs":             stdlib.AbsoluteFunc,
		"can":             tryfunc.CanFunc,
		"ceil":            stdlib.CeilFunc,
		"chomp":           stdlib.ChompFunc,
		"chunklist":       stdlib.ChunklistFunc,
		"coalesce":        stdlib.CoalesceFunc,
		"coalescelist":    stdlib.CoalesceListFunc,
		"compact":         stdlib.CompactFunc,
		"concat":          stdlib.ConcatFunc,
		"contains":        stdlib.ContainsFunc,
		"csvdecode":       stdlib.CSVDecodeFunc,
		"distinct":        stdlib.DistinctFunc,
		"element":         stdlib.ElementFunc,
		"endswith":        affix(strings.HasSuffix, "suffix"),
		"fahrenheit":      fahrenheit(),
		"flatten":         stdlib.FlattenFunc,
		"floor":           stdlib.FloorFunc,
		"formatdate":      stdlib.FormatDateFunc,
		"join":            stdlib.JoinFunc,
		"jsonencode":      stdlib.JSONEncodeFunc,
		"keys":            stdlib.KeysFunc,
		"length":          length(),
		"log":             stdlib.LogFunc,
		"lower":           stdlib.LowerFunc,
		"max":             stdlib.MaxFunc,
		"merge":           stdlib.MergeFunc,
		"min":             stdlib.MinFunc,
		"nonsensitive":    markSensitive(false),
		"parseint":        stdlib.ParseIntFunc,
		"plantimestamp":   plantimestamp(now),
		"pow":             stdlib.PowFunc,
		"range":           stdlib.RangeFunc,
		"regex":           stdlib.RegexFunc,
		"regexall":        stdlib.RegexAllFunc,
		"reverse":         stdlib.ReverseListFunc,
		"sensitive":       markSensitive(true),
		"setintersection": stdlib.SetIntersectionFunc,
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
		"signum":          stdlib.SignumFunc,
		"slice":           stdlib.SliceFunc,
		"sort":            stdlib.SortFunc,
		"split":           stdlib.SplitFunc,
		"startswith":      affix(strings.HasPrefix, "prefix"),
		"strrev":          stdlib.ReverseFunc,
		"substr":          stdlib.SubstrFunc,
		"timeadd":         stdlib.TimeAddFunc,
		"title":           stdlib.TitleFunc,
		"tobool":          stdlib.MakeToFunc(cty.Bool),
		"tolist":          stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":           stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber":        stdlib.MakeToFunc(cty.Number),
		"toset":           stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring":        stdlib.MakeToFunc(cty.String),
		"trim":            stdlib.TrimFunc,
		"trimprefix":      stdlib.TrimPrefixFunc,
		"trimspace":       stdlib.TrimSpaceFunc,
		"trimsuffix":      stdlib.TrimSuffixFunc,
		"try":             tryfunc.TryFunc,
		"upper":           stdlib.UpperFunc,
		"values":          stdlib.ValuesFunc,
		"yamlencode":      ctyyaml.YAMLEncodeFunc,
		"zipmap":          stdlib.ZipmapFunc,
		"file":            files.fileFunc(),
		"fileexists":      files.fileExistsFunc(),
	}
	withLookup(all)
	withLimits(all)
	all["templatefile"] = files.templateFileFunc(all)
	return all
}

// withLookup adds lookup, whose default may be left out.
func withLookup(all map[string]function.Function) {
	all["lookup"] = function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "map", Type: cty.DynamicPseudoType}, {Name: "key", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true},
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) == 3 {
				return stdlib.LookupFunc.ReturnTypeForValues(args)
			}
			return cty.DynamicPseudoType, nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			switch len(args) {
			case 3:
				return stdlib.LookupFunc.Call(args)
			case 2:
				return lookupRequired(args[0], args[1])
			}
			return cty.NilVal, fmt.Errorf("lookup takes a map, a key and at most one default")
		},
	})
}

// lookupRequired is lookup without a default.
func lookupRequired(from, key cty.Value) (cty.Value, error) {
	name := key.AsString()
	switch {
	case from.Type().IsMapType() && from.HasIndex(key).True():
		return from.Index(key), nil
	case from.Type().IsObjectType() && from.Type().HasAttribute(name):
		return from.GetAttr(name), nil
	case !from.Type().IsMapType() && !from.Type().IsObjectType():
		return cty.NilVal, function.NewArgErrorf(0, "a map or an object is needed")
	}
	return cty.NilVal, function.NewArgErrorf(1, "the map has no such key, and no default is given")
}

// fahrenheit converts to degrees Celsius, rounded to one decimal, halves away
// from zero: fahrenheit(68) is 20.
func fahrenheit() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "degrees", Type: cty.Number}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			degrees := args[0].AsBigFloat()
			if degrees.IsInf() || degrees.MantExp(nil) > 64 || degrees.MantExp(nil) < -1024 {
				return cty.NilVal, function.NewArgErrorf(0, "no temperature")
			}
			exact, _ := degrees.Rat(nil)
			tenths := exact.Sub(exact, big.NewRat(32, 1))
			tenths.Mul(tenths, big.NewRat(50, 9))
			half := big.NewRat(1, 2)
			if tenths.Sign() < 0 {
				half.Neg(half)
			}
			tenths.Add(tenths, half)
			whole := new(big.Int).Quo(tenths.Num(), tenths.Denom())
			return cty.ParseNumberVal(new(big.Rat).SetFrac(whole, big.NewInt(10)).FloatString(1))
		},
	})
}

// plantimestamp is the planning instant in UTC, the same everywhere in one run.
func plantimestamp(now time.Time) function.Function {
	value := cty.StringVal(now.UTC().Format(time.RFC3339)).Mark(fromPlanningInstant)
	return function.New(&function.Spec{
		Type: function.StaticReturnType(cty.String),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) { return value, nil },
	})
}

// length counts elements, or the characters of a text as a reader does.
func length() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v := args[0]
			switch {
			case v.Type() == cty.DynamicPseudoType || !v.IsKnown():
				return cty.UnknownVal(cty.Number), nil
			case v.Type() == cty.String:
				return stdlib.Strlen(v)
			case v.Type().IsTupleType():
				return cty.NumberIntVal(int64(v.Type().Length())), nil
			case v.Type().IsObjectType():
				return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))), nil
			case v.CanIterateElements():
				return v.Length(), nil
			}
			return cty.NilVal, function.NewArgErrorf(0, "only a text, a list, a set, a map or an object has a length")
		},
	})
}

func affix(has func(s, part string) bool, name string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: name, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(has(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

func markSensitive(sensitive bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType,
			AllowUnknown: true, AllowNull: true, AllowMarked: true, AllowDynamicType: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if sensitive {
				return args[0].Mark(diag.Sensitive), nil
			}
			plain, marks := args[0].UnmarkDeep()
			delete(marks, diag.Sensitive)
			return plain.WithMarks(marks), nil
		},
	})
}

// functionsOf is what expressions of a module are evaluated in.
func (e *evaluation) functionsOf(string) *hcl.EvalContext {
	return &hcl.EvalContext{Functions: functions(e.now, e.sandbox)}
}

func modulePath(dir string) cty.Value { return cty.StringVal(dir) }
