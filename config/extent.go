package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// mostParts is how many values a value may consist of, itself included. A house of
// a hundred thousand thermostats with fifteen attributes each stays below it.
const mostParts = 2 << 20

// tooLarge refuses a value that is short to write, because its parts are the same
// ones over and over, but would take for ever to go through: a list of two lists
// that are each twice another, and so on.
func (s *scope) tooLarge(expr hcl.Expression, value cty.Value) bool {
	left := mostParts
	if spend(value, &left) {
		return false
	}
	what := "This value"
	if len(s.active) > 0 {
		what = "The value of " + s.active[len(s.active)-1].name
	}
	s.reportf(expr.Range(), "Value too large", "%s consists of more than %d parts, counting what is in it several times as often as it is. "+
		"Refer to its parts where they are needed instead.", what, mostParts)
	return true
}

// spend takes the parts of a value off what is left; false where it is not enough.
// Where the type alone tells how many there are, the value is not gone through.
func spend(v cty.Value, left *int) bool {
	v, _ = v.Unmark()
	t := v.Type()
	if t.IsPrimitiveType() || !v.IsKnown() || v.IsNull() {
		*left--
		return *left >= 0
	}
	count, instances := t, 1
	if t.IsCollectionType() {
		count, instances = t.ElementType(), v.LengthInt()
	}
	parts, told := partsOf(count, *left)
	if told {
		*left -= 1 + min(parts, *left+1)*min(instances, *left+1)
		return *left >= 0
	}
	*left--
	for it := v.ElementIterator(); it.Next() && *left >= 0; {
		_, element := it.Element()
		if !spend(element, left) {
			return false
		}
	}
	return *left >= 0
}

// partsOf is how many parts each value of a type has, more than most where there
// are more; told is false where that depends on the value.
func partsOf(t cty.Type, most int) (parts int, told bool) {
	parts = 1
	add := func(inner cty.Type) bool {
		more, known := partsOf(inner, most-parts)
		parts += more
		return known
	}
	switch {
	case t.IsObjectType():
		for _, inner := range t.AttributeTypes() {
			if !add(inner) {
				return parts, false
			}
			if parts > most {
				break
			}
		}
	case t.IsTupleType():
		for _, inner := range t.TupleElementTypes() {
			if !add(inner) {
				return parts, false
			}
			if parts > most {
				break
			}
		}
	case !t.IsPrimitiveType():
		return parts, false
	}
	return parts, true
}
