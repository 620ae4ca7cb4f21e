package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"setpoint/config/address"
	"setpoint/config/diag"
)

// mostInstances bounds count, and all blocks together: a slip of the finger must
// not fill the memory.
const mostInstances = 1_000_000

// repetition is one instance of a repeated block: its key and the values that
// exist only within it.
type repetition struct {
	key    address.Key
	scoped map[string]cty.Value
	none   bool // stands for a block without instances, so that it is checked all the same

	// Of for_each, in place of scoped, which takes a kilobyte: there can be very
	// many instances, and each is looked at once.
	each  cty.Value      // its element; NilVal where scoped holds all
	marks cty.ValueMarks // of the collection
}

// values are those that exist only within the instance, nil for none.
func (r repetition) values() map[string]cty.Value {
	if r.each == cty.NilVal {
		return r.scoped
	}
	key, _ := r.key.Value().(string)
	return map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{
		"key": cty.StringVal(key).WithMarks(r.marks), "value": r.each.WithMarks(r.marks),
	})}
}

// names are the names that exist only within the instance.
func (r repetition) names() []string {
	if r.each != cty.NilVal {
		return []string{"each"}
	}
	return slices.Collect(maps.Keys(r.scoped))
}

// context adds the values of the instance to what all instances share.
func (r repetition) context(shared *hcl.EvalContext) *hcl.EvalContext {
	values := r.values()
	if values == nil {
		return shared
	}
	ctx := shared.NewChild()
	ctx.Variables = values
	return ctx
}

// repeat evaluates for_each or count. It is not ok where it cannot be told how
// often a block is repeated; if something is wrong, it has been reported. The
// result is never empty.
func (s *scope) repeat(forEach, count *hcl.Attribute) ([]repetition, bool) {
	all, ok := s.repetitions(forEach, count)
	if len(all) > 0 {
		return all, ok
	}
	none := repetition{none: true, scoped: map[string]cty.Value{}}
	if forEach != nil {
		none.scoped["each"] = cty.ObjectVal(map[string]cty.Value{"key": cty.UnknownVal(cty.String), "value": cty.DynamicVal})
	}
	if count != nil {
		none.scoped["count"] = cty.ObjectVal(map[string]cty.Value{"index": cty.UnknownVal(cty.Number)})
	}
	return []repetition{none}, ok
}

func (s *scope) repetitions(forEach, count *hcl.Attribute) ([]repetition, bool) {
	switch {
	case forEach != nil && count != nil:
		s.reportf(count.NameRange, "Both count and for_each", "A block is repeated by count or by for_each, not by both. Remove one.")
		return nil, false
	case forEach != nil:
		return s.repeatForEach(forEach)
	case count != nil:
		return s.repeatCount(count)
	}
	return []repetition{{}}, true
}

func (s *scope) repeatForEach(attr *hcl.Attribute) ([]repetition, bool) {
	value := s.evaluate(attr.Expr)
	value, marks := value.Unmark() // the marks of values within stay where they are
	if _, sensitive := marks[diag.Sensitive]; sensitive {
		s.reportf(attr.Expr.Range(), "Sensitive for_each", "The keys of for_each become part of addresses, which are shown. "+
			"If they are no secret, say so with nonsensitive(…).")
		return nil, false
	}
	typ := value.Type()
	keyed := typ.IsMapType() || typ.IsObjectType()
	if !value.IsKnown() || !keyed && !value.IsWhollyKnown() {
		return nil, false
	}
	bad := func(why string) ([]repetition, bool) {
		s.reportf(attr.Expr.Range(), "Invalid for_each", "%s. for_each takes a map, an object, or a set of strings, as in toset([\"a\", \"b\"]).", why)
		return nil, false
	}
	switch {
	case value.IsNull():
		return bad("The value is null")
	case typ.IsSetType() && typ.ElementType() != cty.String && value.LengthInt() > 0:
		if typ.ElementType() == cty.Number {
			return bad("The value is a set of numbers: make texts of them, as in toset([for n in var.floors : tostring(n)])")
		}
		return bad("The value is a set, but not of strings")
	case !keyed && !typ.IsSetType():
		return bad("The value is " + article(typ))
	case value.LengthInt() == 0:
		return nil, true
	}
	all := make([]repetition, 0, value.LengthInt())
	for it := value.ElementIterator(); it.Next(); {
		k, v := it.Element()
		if k.IsNull() {
			return bad("The set contains null")
		}
		if !v.IsWhollyKnown() {
			return nil, false
		}
		all = append(all, repetition{key: address.String(k.AsString()), each: v, marks: marks})
	}
	if !s.reserve(len(all), attr.Expr.Range()) {
		return nil, false
	}
	slices.SortFunc(all, func(a, b repetition) int { return a.key.Compare(b.key) })
	return all, true
}

func (s *scope) repeatCount(attr *hcl.Attribute) ([]repetition, bool) {
	value := s.evaluate(attr.Expr)
	if diag.IsSensitive(value) {
		s.reportf(attr.Expr.Range(), "Sensitive count", "The number of instances is shown. If it is no secret, say so with nonsensitive(…).")
		return nil, false
	}
	value, _ = value.UnmarkDeep()
	if !value.IsWhollyKnown() {
		return nil, false
	}
	converted, err := convert.Convert(value, cty.Number)
	if err != nil || converted.IsNull() {
		s.reportf(attr.Expr.Range(), "Invalid count", "count must be a whole number, not %s.", article(value.Type()))
		return nil, false
	}
	n, accuracy := converted.AsBigFloat().Int64()
	if accuracy != 0 || n < 0 || n > mostInstances {
		s.reportf(attr.Expr.Range(), "Invalid count", "count must be a whole number from 0 to %d, not %s.", mostInstances, number(converted))
		return nil, false
	}
	if !s.reserve(int(n), attr.Expr.Range()) {
		return nil, false
	}
	all := make([]repetition, n)
	for i := range all {
		all[i] = repetition{
			key:    address.Int(i),
			scoped: map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": cty.NumberIntVal(int64(i))})},
		}
	}
	return all, true
}

// reserve tells whether there can be that many more instances. Modules that are
// repeated within repeated modules multiply.
func (s *scope) reserve(n int, at hcl.Range) bool {
	if !s.tooMany && s.made+n > mostInstances {
		s.tooMany = true
		s.reportf(at, "Too many instances", "With these there are more than %d thermostats and modules. Lower the number.", mostInstances)
	}
	s.made += n
	return !s.tooMany
}
