package functions

import (
	"errors"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var (
	errBeyond = errors.New("the result is a number beyond all bounds")
	errByZero = errors.New("a number is divided by zero, which has no result")
)

// operations are those of the language and what stands in their place.
type operations map[*hclsyntax.Operation]*hclsyntax.Operation

// bounded gives an operation that refuses numbers beyond all bounds: a text such
// as "1e999999999" is a number to an operator, and fills the memory when it is
// written out. Operations of truth values have none.
func (o *operations) bounded(op *hclsyntax.Operation) *hclsyntax.Operation {
	if op.Impl.Params()[0].Type != cty.Number {
		return op
	}
	if (*o)[op] == nil {
		if *o == nil {
			*o = operations{}
		}
		changed := *op
		changed.Impl = ordinarily(op.Impl)
		(*o)[op] = &changed
	}
	return (*o)[op]
}

func ordinarily(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:       f.Params(),
		Type:         f.ReturnTypeForValues,
		RefineResult: func(b *cty.RefinementBuilder) *cty.RefinementBuilder { return b.NotNull() },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if err := checkNumbers(args); err != nil {
				return cty.NilVal, err
			}
			v, err := f.Call(args)
			switch {
			case err != nil || Ordinary(v):
				return v, err
			case v.AsBigFloat().IsInf() && args[1].AsBigFloat().Sign() == 0: // of two numbers only a quotient is
				return cty.NilVal, errByZero
			}
			return cty.NilVal, errBeyond
		},
	})
}
