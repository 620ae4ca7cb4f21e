package config

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// errNotKnown is the error of encoding a value that is not known, or not wholly.
var errNotKnown = errors.New("value is not known")

// encodeValue writes a value as ctyjson.Marshal does for its own type, in a
// twentieth of its time, which a plan of many rooms in a variable would spend
// mostly on comparing numbers with infinity.
func encodeValue(v cty.Value) ([]byte, error) {
	if !v.Type().HasDynamicTypes() {
		if text, ok := appendValue(nil, v); ok {
			return text, nil
		}
	}
	if !v.IsWhollyKnown() {
		return nil, errNotKnown
	}
	return ctyjson.Marshal(v, v.Type())
}

// appendValue is not ok where the library has to say what is wrong.
func appendValue(to []byte, v cty.Value) (text []byte, ok bool) {
	if v.IsMarked() || !v.IsKnown() {
		return to, false
	}
	typ := v.Type()
	switch {
	case v.IsNull():
		return append(to, "null"...), true
	case typ == cty.String:
		return appendText(to, v.AsString()), true
	case typ == cty.Bool && v.True():
		return append(to, "true"...), true
	case typ == cty.Bool:
		return append(to, "false"...), true
	case typ == cty.Number:
		return appendNumber(to, v.AsBigFloat())
	case typ.IsObjectType():
		return appendObject(to, v)
	case typ.IsMapType():
		return appendElements(to, v, '{', '}')
	case typ.IsTupleType() || typ.IsListType() || typ.IsSetType():
		return appendElements(to, v, '[', ']')
	}
	return to, false
}

// appendNumber writes the shortest decimal that stands for the number, which
// math/big takes 17 microseconds to find. An ordinary one is the shortest for
// its float64, if that stands for the number: no other of 17 digits can.
func appendNumber(to []byte, f *big.Float) (text []byte, ok bool) {
	if f.IsInf() {
		return to, false
	}
	near, _ := f.Float64()
	text = strconv.AppendFloat(to, near, 'f', -1, 64)
	if f.Prec() >= 53 && f.Prec() <= precision && len(text)-len(to) < 25 {
		back, _, err := big.ParseFloat(string(text[len(to):]), 10, precision, big.ToNearestEven)
		if err == nil && back.Cmp(f) == 0 && back.Signbit() == f.Signbit() {
			return text, true
		}
	}
	return f.Append(to, 'f', -1), true
}

// precision is that of numbers in HCL, in bits.
const precision = 512

func appendElements(to []byte, v cty.Value, open, end byte) (text []byte, ok bool) {
	to = append(to, open)
	ok = true
	comma := false
	for it := v.ElementIterator(); ok && it.Next(); comma = true {
		key, element := it.Element()
		if comma {
			to = append(to, ',')
		}
		if open == '{' {
			to = append(appendText(to, key.AsString()), ':')
		}
		to, ok = appendValue(to, element)
	}
	return append(to, end), ok
}

func appendObject(to []byte, v cty.Value) (text []byte, ok bool) {
	names := make([]string, 0, 8)
	for name := range v.Type().AttributeTypes() {
		names = append(names, name)
	}
	slices.Sort(names)
	to = append(to, '{')
	for i, name := range names {
		if i > 0 {
			to = append(to, ',')
		}
		if to, ok = appendValue(append(appendText(to, name), ':'), v.GetAttr(name)); !ok {
			return to, false
		}
	}
	return append(to, '}'), true
}

func appendText(to []byte, text string) []byte {
	if strings.IndexFunc(text, func(c rune) bool { return c < ' ' || c > '~' || strings.ContainsRune("\"\\<>&", c) }) < 0 {
		to = append(to, '"')
		to = append(to, text...)
		return append(to, '"')
	}
	encoded, err := json.Marshal(text)
	if err != nil { // a text cannot fail
		return to
	}
	return append(to, encoded...)
}
