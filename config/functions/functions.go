// Package functions holds the functions of the configuration language: those of
// Terraform that are pure, with the same names and results, and two of our own,
// fahrenheit and plantimestamp. They read files below known folders, but neither
// the network nor the environment nor the clock, and give the same result on
// every machine.
//
// It does not know what a configuration declares.
package functions

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"setpoint/config/conversion"
)

// Origin is the mark of values by what they were made from.
type Origin string

// The origins.
const (
	FromPlanningInstant = Origin("plantimestamp") // made from plantimestamp()
	FromRoot            = Origin("path")          // a path relative to the root folder
)

// Path is the value of path.module or path.root: a path relative to the root
// folder of the configuration. Whatever text is made of it keeps the mark
// FromRoot, by which the file functions know where a relative path starts.
func Path(p string) cty.Value { return cty.StringVal(p).Mark(FromRoot) }

// Table gives the functions as one module sees them. Now is what plantimestamp
// returns; module is the folder of the module relative to the root folder,
// slash-separated, "." for the root. As Files, they are not for concurrent use.
func Table(now time.Time, files *Files, module string) map[string]function.Function {
	all := numeric()
	maps.Copy(all, texts())
	maps.Copy(all, collections())
	maps.Copy(all, encodings())
	maps.Copy(all, hashes())
	maps.Copy(all, networks())
	maps.Copy(all, dates(now))
	maps.Copy(all, conversions())
	maps.Copy(all, files.functions(module))
	for name, f := range all {
		all[name] = bounded(f, checkNumbers)
	}
	all["can"], all["try"] = tryfunc.CanFunc, tryfunc.TryFunc
	inner := withCore(all) // without the two that render, so that no template renders itself
	all["templatefile"] = files.templateFile(inner, module)
	all["templatestring"] = templateString(inner)
	return withCore(all)
}

// Core is the namespace that every function is in, too, as in core::upper("a").
const Core = "core::"

// withCore gives every function a second time, under its full name.
func withCore(all map[string]function.Function) map[string]function.Function {
	both := make(map[string]function.Function, 2*len(all))
	for name, f := range all {
		both[name], both[Core+name] = f, f
	}
	return both
}

// Names lists the functions of every table, sorted, by their short names.
func Names() []string {
	names := slices.Sorted(maps.Keys(Table(time.Time{}, &Files{}, ".")))
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, Core) })
}

func numeric() map[string]function.Function {
	return map[string]function.Function{
		"abs":        stdlib.AbsoluteFunc,
		"ceil":       stdlib.CeilFunc,
		"fahrenheit": fahrenheit(),
		"floor":      stdlib.FloorFunc,
		"log":        finite(stdlib.LogFunc),
		"max":        stdlib.MaxFunc,
		"min":        stdlib.MinFunc,
		"parseint":   finite(bounded(stdlib.ParseIntFunc, checkDigits)),
		"pow":        finite(stdlib.PowFunc),
		"signum":     stdlib.SignumFunc,
		"sum":        sum(),
	}
}

func texts() map[string]function.Function {
	return map[string]function.Function{
		"basename":    basename(),
		"chomp":       stdlib.ChompFunc,
		"dirname":     dirname(),
		"endswith":    endsWith(),
		"format":      formatted(stdlib.FormatFunc),
		"formatlist":  formatted(stdlib.FormatListFunc),
		"indent":      bounded(stdlib.IndentFunc, checkIndent),
		"join":        bounded(stdlib.JoinFunc, checkJoin),
		"lower":       stdlib.LowerFunc,
		"regex":       stdlib.RegexFunc,
		"regexall":    bounded(stdlib.RegexAllFunc, checkSearched),
		"replace":     replace(),
		"split":       bounded(stdlib.SplitFunc, checkSplit),
		"startswith":  startsWith(),
		"strcontains": containsText(),
		"strrev":      stdlib.ReverseFunc,
		"substr":      stdlib.SubstrFunc,
		"title":       stdlib.TitleFunc,
		"trim":        stdlib.TrimFunc,
		"trimprefix":  stdlib.TrimPrefixFunc,
		"trimspace":   stdlib.TrimSpaceFunc,
		"trimsuffix":  stdlib.TrimSuffixFunc,
		"upper":       stdlib.UpperFunc,
	}
}

func collections() map[string]function.Function {
	return map[string]function.Function{
		"alltrue":         allTrue(),
		"anytrue":         anyTrue(),
		"chunklist":       stdlib.ChunklistFunc,
		"coalesce":        coalesce(),
		"coalescelist":    stdlib.CoalesceListFunc,
		"compact":         stdlib.CompactFunc,
		"concat":          bounded(stdlib.ConcatFunc, checkCount),
		"contains":        stdlib.ContainsFunc,
		"distinct":        bounded(stdlib.DistinctFunc, checkPairs),
		"element":         stdlib.ElementFunc,
		"flatten":         bounded(stdlib.FlattenFunc, checkCount),
		"index":           index(),
		"keys":            stdlib.KeysFunc,
		"length":          length(),
		"lookup":          lookup(),
		"matchkeys":       bounded(matchKeys(), checkPairs),
		"merge":           stdlib.MergeFunc,
		"one":             one(),
		"range":           stdlib.RangeFunc,
		"reverse":         stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc,
		"setproduct":      bounded(stdlib.SetProductFunc, checkProduct),
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
		"slice":           stdlib.SliceFunc,
		"sort":            stdlib.SortFunc,
		"transpose":       transpose(),
		"values":          stdlib.ValuesFunc,
		"zipmap":          stdlib.ZipmapFunc,
	}
}

func encodings() map[string]function.Function {
	return map[string]function.Function{
		"base64decode":     base64Decode(),
		"base64encode":     base64Encode(),
		"base64gzip":       base64Gzip(),
		"csvdecode":        bounded(stdlib.CSVDecodeFunc, checkParsed),
		"jsondecode":       finite(bounded(stdlib.JSONDecodeFunc, checkParsed, checkJSON)),
		"jsonencode":       bounded(stdlib.JSONEncodeFunc, checkEncoded),
		"textdecodebase64": textDecode(),
		"textencodebase64": textEncode(),
		"urlencode":        urlEncode(),
		"yamldecode":       finite(bounded(ctyyaml.YAMLDecodeFunc, checkParsed, checkYAML)),
		"yamlencode":       bounded(ctyyaml.YAMLEncodeFunc, checkEncoded),
	}
}

func conversions() map[string]function.Function {
	return map[string]function.Function{
		"issensitive":  isSensitive(),
		"nonsensitive": nonsensitive(),
		"sensitive":    sensitive(),
		"tobool":       stdlib.MakeToFunc(cty.Bool),
		"tolist":       toCollection(cty.List(cty.DynamicPseudoType)),
		"tomap":        toCollection(cty.Map(cty.DynamicPseudoType)),
		"tonumber":     finite(bounded(stdlib.MakeToFunc(cty.Number), checkDigits)),
		"toset":        toCollection(cty.Set(cty.DynamicPseudoType)),
		"tostring":     stdlib.MakeToFunc(cty.String),
	}
}

// toCollection is the library's function of that purpose, in time linear in the
// number of elements.
func toCollection(want cty.Type) function.Function {
	convert := func(v cty.Value) (cty.Value, error) {
		converted, err := conversion.To(v, want, nil)
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return converted, nil
	}
	return function.New(&function.Spec{
		Params: anyValue(),
		Type: func(args []cty.Value) (cty.Type, error) {
			converted, err := convert(args[0])
			if err != nil {
				return cty.DynamicPseudoType, err
			}
			return converted.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return convert(args[0]) },
	})
}
