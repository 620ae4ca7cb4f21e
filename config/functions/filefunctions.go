package functions

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func (f *Files) functions(module string) map[string]function.Function {
	all := map[string]function.Function{
		"file":       f.reader(module, f.text),
		"fileexists": f.fileExists(module),
		"fileset":    f.fileSet(module),
		"filebase64": f.reader(module, func(p place) (string, error) {
			content, err := f.content(p)
			return base64.StdEncoding.EncodeToString(content), err
		}),
	}
	for name, hash := range hashOf() {
		all["file"+name] = f.reader(module, func(p place) (string, error) {
			content, err := f.content(p)
			return hash(content), err
		})
	}
	return all
}

// text gives the content of a text file, without the mark that spreadsheets
// begin a file with.
func (f *Files) text(p place) (string, error) {
	content, err := f.content(p)
	if err == nil && !utf8.Valid(content) {
		err = fmt.Errorf("%s is not text in UTF-8", p.name)
	}
	return strings.TrimPrefix(string(content), "\ufeff"), err
}

func pathParameter() function.Parameter {
	return function.Parameter{Name: "path", Type: cty.String, AllowMarked: true}
}

// reader is a function from a file to a text.
func (f *Files) reader(module string, of func(place) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter()},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p, marks := f.place(args[0], module)
			result, err := of(p)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(result).WithMarks(marks), nil
		},
	})
}

func (f *Files) fileExists(module string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter()},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p, marks := f.place(args[0], module)
			found, err := f.exists(p)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.BoolVal(found).WithMarks(marks), nil
		},
	})
}

func (f *Files) fileSet(module string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter(), {Name: "pattern", Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p, marks := f.place(args[0], module)
			pattern, more := args[1].Unmark()
			delete(more, FromRoot)
			names, err := f.list(p, pattern.AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			values := make([]cty.Value, len(names))
			for i, name := range names {
				values[i] = cty.StringVal(name)
			}
			if len(values) == 0 {
				return cty.SetValEmpty(cty.String).WithMarks(marks, more), nil
			}
			return cty.SetVal(values).WithMarks(marks, more), nil
		},
	})
}
