package functions_test

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// callAsWritten converts the arguments to the types of the parameters first, as
// the language does.
func callAsWritten(f function.Function, args []cty.Value) (cty.Value, error) {
	params := f.Params()
	if len(args) < len(params) || len(args) > len(params) && f.VarParam() == nil {
		return cty.NilVal, errors.New("wrong number of arguments")
	}
	for i := range args {
		param := f.VarParam()
		if i < len(params) {
			param = &params[i]
		}
		converted, err := convert.Convert(args[i], param.Type)
		if err != nil {
			return cty.NilVal, err
		}
		args[i] = converted
	}
	return f.Call(args)
}
