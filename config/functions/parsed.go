package functions

import (
	"errors"
	"strings"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var errNested = errors.New("the text is nested too deeply")

// checkParsed bounds what the parsers behind functions are given.
func checkParsed(args []cty.Value) error {
	src := text(args[0])
	if strings.Count(src, ",")+strings.Count(src, "\n") >= mostElements {
		return tooMany()
	}
	return nil
}

func checkJSON(args []cty.Value) error {
	if _, deep := OvernestedJSON([]byte(text(args[0])), nil); deep {
		return function.NewArgError(0, errNested)
	}
	return nil
}

// checkYAML bounds what aliases unfold to, which can be exponential. Types,
// unlike values, are cheap to make: they share their parts.
func checkYAML(args []cty.Value) error {
	src := text(args[0])
	if strings.Count(src, "[")+strings.Count(src, "{") > mostFlows {
		return function.NewArgErrorf(0, "the text may be nested too deeply, with more than %d brackets in it: give so much as JSON, to jsondecode", mostFlows)
	}
	for line := range strings.Lines(src) {
		rest := strings.TrimLeft(line, " -?:")
		if prefix := line[:len(line)-len(rest)]; len(prefix) > 2*mostNesting {
			return function.NewArgError(0, errNested)
		}
	}
	if !strings.Contains(src, "*") {
		return nil
	}
	implied, err := ctyyaml.Standard.ImpliedType([]byte(src))
	if err != nil {
		return function.NewArgError(0, err)
	}
	if parts(implied, mostElements) > mostElements {
		return tooMany()
	}
	return nil
}

// parts counts the parts of a type at all depths, up to a little more than most.
func parts(t cty.Type, most int) int {
	n := 1
	switch {
	case t.IsObjectType():
		for _, attribute := range t.AttributeTypes() {
			if n += parts(attribute, most-n); n > most {
				break
			}
		}
	case t.IsTupleType():
		for _, element := range t.TupleElementTypes() {
			if n += parts(element, most-n); n > most {
				break
			}
		}
	}
	return n
}
