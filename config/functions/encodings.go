package functions

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

func base64Encode() function.Function {
	return textFunc("str", func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil })
}

func base64Decode() function.Function {
	return textFunc("str", func(s string) (string, error) {
		content, err := base64.StdEncoding.DecodeString(s)
		if err == nil && !utf8.Valid(content) {
			err = errors.New("what it holds is not text in UTF-8; textdecodebase64 reads other encodings")
		}
		return string(content), err
	})
}

func base64Gzip() function.Function {
	return textFunc("str", func(s string) (string, error) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(s))
		if err = errors.Join(err, w.Flush(), w.Close()); err != nil {
			return "", err
		}
		return base64.StdEncoding.EncodeToString(b.Bytes()), nil
	})
}

func urlEncode() function.Function {
	return textFunc("str", func(s string) (string, error) { return url.QueryEscape(s), nil })
}

func textEncode() function.Function {
	return transcoded(func(s string, e encoding.Encoding) (string, error) {
		content, err := e.NewEncoder().String(s)
		return base64.StdEncoding.EncodeToString([]byte(content)), err
	})
}

func textDecode() function.Function {
	return transcoded(func(s string, e encoding.Encoding) (string, error) {
		content, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return "", err
		}
		if e == unicode.UTF8 && !utf8.Valid(content) {
			return "", errors.New("what it holds is not text in UTF-8")
		}
		decoded, err := e.NewDecoder().Bytes(content)
		return string(decoded), err
	})
}

func transcoded(of func(s string, e encoding.Encoding) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: "encoding", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			e, err := ianaindex.IANA.Encoding(args[1].AsString())
			if err != nil || e == nil {
				return cty.NilVal, function.NewArgErrorf(1, "no encoding known here; write its IANA name, such as UTF-16LE")
			}
			result, err := of(args[0].AsString(), e)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, fmt.Errorf("the text does not fit the encoding: %w", err))
			}
			return cty.StringVal(result), nil
		},
	})
}
