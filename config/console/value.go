package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
	"setpoint/config/diag"
)

// hidden stands for what is never shown.
const hidden = "(sensitive value)"

// hclText is a value as an expression that has this value again.
func hclText(v cty.Value) (string, error) {
	var b strings.Builder
	err := writeHCL(&b, v, "\n")
	return b.String(), err
}

// writeHCL writes a value; each further line begins with newline.
func writeHCL(b *strings.Builder, v cty.Value, newline string) error {
	v, text, err := leaf(v)
	if v == cty.NilVal {
		b.WriteString(text)
		return err
	}
	switch typ := v.Type(); {
	case typ == cty.String:
		b.WriteString(address.Quote(v.AsString()))
	case typ.IsObjectType():
		return writeElements(b, v, "{", "}", newline)
	case typ.IsMapType():
		return writeElements(b, v, "tomap({", "})", newline)
	case typ.IsTupleType():
		return writeElements(b, v, "[", "]", newline)
	case typ.IsListType():
		return writeElements(b, v, "tolist([", "])", newline)
	case typ.IsSetType():
		return writeElements(b, v, "toset([", "])", newline)
	default:
		return fmt.Errorf("a value of type %s has no text", typ.FriendlyName())
	}
	return nil
}

func writeElements(b *strings.Builder, v cty.Value, before, after, newline string) error {
	b.WriteString(before)
	named := v.Type().IsObjectType() || v.Type().IsMapType()
	inner, some := newline+"  ", false
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		b.WriteString(inner)
		if some = true; named {
			b.WriteString(address.Quote(key.AsString()) + " = ")
		}
		if err := writeHCL(b, element, inner); err != nil {
			return err
		}
		if !named {
			b.WriteString(",")
		}
	}
	if some {
		b.WriteString(newline)
	}
	b.WriteString(after)
	return nil
}

// leaf gives the text of what looks the same in HCL and JSON, or the value
// without its marks.
func leaf(v cty.Value) (cty.Value, string, error) {
	v, marks := v.Unmark()
	if _, sensitive := marks[diag.Sensitive]; sensitive {
		return cty.NilVal, hidden, nil
	}
	switch {
	case !v.IsKnown():
		return cty.NilVal, "", errors.New("the value is not known, because something it is made of is wrong")
	case v.IsNull():
		return cty.NilVal, "null", nil
	case v.Type() == cty.Bool:
		return cty.NilVal, fmt.Sprint(v.True()), nil
	case v.Type() == cty.Number:
		const mostExponent = 1 << 14 // in base 2: beyond it, digits would fill the screen
		f := v.AsBigFloat()
		switch exponent := f.MantExp(nil); {
		case f.IsInf():
			return cty.NilVal, "", errors.New("the number is infinite")
		case f.Sign() == 0:
			return cty.NilVal, "0", nil // there is also a negative zero
		case exponent > mostExponent || exponent < -mostExponent:
			return cty.NilVal, f.Text('g', 40), nil
		}
		return cty.NilVal, f.Text('f', -1), nil
	}
	return v, "", nil
}

// jsonText is a value as JSON on one line.
func jsonText(v cty.Value) (string, error) {
	plain, err := jsonValue(v)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(plain)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func jsonValue(v cty.Value) (any, error) {
	v, text, err := leaf(v)
	switch {
	case err != nil:
		return nil, err
	case text == hidden:
		return hidden, nil
	case v == cty.NilVal:
		return json.RawMessage(text), nil
	case v.Type() == cty.String:
		return v.AsString(), nil
	case !v.CanIterateElements():
		return nil, fmt.Errorf("a value of type %s has no text", v.Type().FriendlyName())
	}
	named := map[string]any{}
	inOrder := []any{}
	isNamed := v.Type().IsObjectType() || v.Type().IsMapType()
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		plain, err := jsonValue(element)
		if err != nil {
			return nil, err
		}
		if isNamed {
			named[key.AsString()] = plain
		} else {
			inOrder = append(inOrder, plain)
		}
	}
	if isNamed {
		return named, nil
	}
	return inOrder, nil
}

// typeText is the type of a value as in type constraints. The names of a
// sensitive object's attributes may be as secret as their values.
func typeText(v cty.Value) string {
	if diag.IsSensitive(v) && !v.Type().IsPrimitiveType() {
		return hidden
	}
	return typeexpr.TypeString(v.Type())
}
