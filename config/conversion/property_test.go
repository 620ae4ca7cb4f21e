package conversion_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"pgregory.net/rapid"

	"setpoint/config/conversion"
)

// TestToIsAsTheLibrary holds drawn conversions against the library's. What it
// says differs from one time to the next where it picks one of several wrong
// attributes, so it may be asked more than once. Where it panics, any answer
// will do that is no panic.
func TestToIsAsTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConstraint(t, 3)
		v := (&drawing{t: t}).draw(c.typ, 3)
		got := outcomeOf(func() (cty.Value, error) { return conversion.To(v, c.typ, c.defaults) })
		var want outcome
		for range 400 {
			want = outcomeOf(func() (cty.Value, error) { return byLibrary(v, c) })
			if got.same(want) || got.mends(want, v, c.typ) {
				return
			}
		}
		t.Fatalf("%s\n  gives %s\n  not   %s", describe(v, c), got, want)
	})
}

func byLibrary(v cty.Value, c constraint) (cty.Value, error) {
	if c.defaults != nil {
		v = c.defaults.Apply(v)
	}
	return convert.Convert(v, c.typ)
}

type outcome struct {
	value    cty.Value
	err      error
	panicked any
}

func outcomeOf(f func() (cty.Value, error)) (o outcome) {
	defer func() { o.panicked = recover() }()
	o.value, o.err = f()
	return o
}

func (o outcome) same(other outcome) bool {
	if other.panicked != nil {
		return o.panicked == nil
	}
	if o.err == nil && other.err == nil {
		return o.value.RawEquals(other.value)
	}
	if o.err == nil || other.err == nil || o.err.Error() != other.err.Error() {
		return false
	}
	var path, otherPath cty.PathError
	has, otherHas := errors.As(o.err, &path), errors.As(other.err, &otherPath)
	return has == otherHas && path.Path.Equals(otherPath.Path)
}

// mends tells whether the library did not come to a value of the wanted type,
// by one of its known mistakes, and o shows none of them.
func (o outcome) mends(other outcome, v cty.Value, want cty.Type) bool {
	uncertain := holdsUncertainSet(v)
	if o.panicked != nil || o.err == nil && !fits(o.value, want) && !(uncertain && want.HasDynamicTypes()) {
		return false
	}
	if other.err != nil {
		says := other.err.Error()
		return says == "cannot find a common base type for all elements" ||
			strings.Contains(says, " types must all match for conversion to ") || o.err == nil && uncertain
	}
	return o.err == nil && !fits(other.value, want)
}

// holdsUncertainSet looks for a set of an unknown number of elements: the list
// that the library makes of it has the type of its elements, not the wanted one.
func holdsUncertainSet(v cty.Value) bool {
	for _, part := range cty.DeepValues(v) {
		if part, _ = part.Unmark(); part.Type().IsSetType() && !part.IsNull() && part.IsKnown() && !part.Length().IsKnown() {
			return true
		}
	}
	return false
}

func fits(v cty.Value, want cty.Type) bool {
	have := v.Type()
	return have.Equals(have.WithoutOptionalAttributesDeep()) && have.TestConformance(want.WithoutOptionalAttributesDeep()) == nil
}

func (o outcome) String() string {
	switch {
	case o.panicked != nil:
		return fmt.Sprintf("panic %v", o.panicked)
	case o.err != nil:
		return fmt.Sprintf("%#v %v", o.err, o.err)
	}
	return fmt.Sprintf("%#v", o.value)
}
