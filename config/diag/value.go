package diag

import (
	"fmt"
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// longestValue bounds a value in a statement, in runes.
const longestValue = 80

// describe completes the sentence "var.x …": "is 5", `is "hall"`, "has a
// sensitive value". It is empty for what is not known: another diagnostic says
// why.
func describe(v cty.Value) string {
	switch {
	case IsSensitive(v):
		return "has a sensitive value"
	case !v.IsKnown():
		return ""
	}
	v, _ = v.Unmark()
	switch {
	case v.IsNull():
		return "is null"
	case v.Type().IsPrimitiveType():
		return "is " + literal(v)
	case v.Type().IsObjectType():
		return fmt.Sprintf("is an object with %s", count(len(v.Type().AttributeTypes()), "attribute"))
	case v.CanIterateElements():
		return fmt.Sprintf("is a %s with %s", kindOf(v.Type()), count(v.LengthInt(), "element"))
	}
	return "is " + v.Type().FriendlyName()
}

// IsSensitive tells whether the value or any part of it is never shown.
func IsSensitive(v cty.Value) bool {
	if !v.ContainsMarked() {
		return false
	}
	_, marks := v.UnmarkDeep()
	_, found := marks[Sensitive]
	return found
}

func kindOf(t cty.Type) string {
	switch {
	case t.IsMapType():
		return "map"
	case t.IsSetType():
		return "set"
	}
	return "list"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func literal(v cty.Value) string {
	if v.IsMarked() {
		return "…"
	}
	switch v.Type() {
	case cty.String:
		runes := []rune(v.AsString())
		if len(runes) > longestValue {
			return strconv.Quote(string(runes[:longestValue])) + "…"
		}
		return strconv.Quote(string(runes))
	case cty.Number:
		// Written out, a number can be as long as its exponent is large.
		if f := v.AsBigFloat(); f.IsInf() || f.MantExp(nil) < 256 && f.MantExp(nil) > -256 {
			return f.Text('g', 40)
		}
		return "…"
	case cty.Bool:
		return strconv.FormatBool(v.True())
	}
	return "…"
}
