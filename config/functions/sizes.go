package functions

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// checkCount bounds the elements at all depths.
func checkCount(args []cty.Value) error {
	n := 0
	for _, arg := range args {
		if n += count(arg, mostElements-n); n > mostElements {
			return tooMany()
		}
	}
	return nil
}

func tooMany() error { return fmt.Errorf("the result has more than %d elements", mostElements) }
func tooLong() error { return fmt.Errorf("the result is larger than %d MiB", mostBytes>>20) }

// count counts elements at all depths, up to a little more than most: values
// that share their parts can be far larger than what they are made of.
func count(v cty.Value, most int) int {
	v, _ = v.Unmark()
	if !usable(v) || !v.CanIterateElements() {
		return 1
	}
	n := 1
	for it := v.ElementIterator(); n <= most && it.Next(); {
		_, element := it.Element()
		n += count(element, most-n)
	}
	return n
}

// size estimates the bytes of a value written out, up to a little more than most.
func size(v cty.Value, depth, most int) int {
	v, _ = v.Unmark()
	switch {
	case !usable(v):
		return 4
	case v.Type() == cty.String:
		return 2 + len(v.AsString())
	case v.Type() == cty.Number:
		return 20 + max(v.AsBigFloat().MantExp(nil), -v.AsBigFloat().MantExp(nil))/3
	case !v.CanIterateElements():
		return 5
	}
	n := 4
	for it := v.ElementIterator(); n <= most && it.Next(); {
		key, element := it.Element()
		if key.Type() == cty.String {
			n += len(key.AsString())
		}
		n += 4 + 2*depth + size(element, depth+1, most-n)
	}
	return n
}

func checkEncoded(args []cty.Value) error {
	if size(args[0], 0, mostEncoded) > mostEncoded {
		return fmt.Errorf("the result is larger than %d MiB", mostEncoded>>20)
	}
	return nil
}

func checkJoin(args []cty.Value) error {
	n := 0
	for _, list := range args[1:] {
		if n += size(list, 0, mostBytes-n); usable(list) && list.CanIterateElements() {
			n += list.LengthInt() * len(text(args[0]))
		}
		if n > mostBytes {
			return tooLong()
		}
	}
	return nil
}

// checkFormat bounds widths, and what all verbs can write for all elements.
func checkFormat(args []cty.Value) error {
	format := strings.ReplaceAll(text(args[0]), "%%", "")
	widest := 0
	for _, spec := range regexp.MustCompile(`%[^%a-zA-Z]*`).FindAllString(format, -1) {
		for _, digits := range regexp.MustCompile(`[0-9]+`).FindAllString(spec, -1) {
			n, err := strconv.Atoi(digits)
			if err != nil || n > mostWidth {
				return function.NewArgErrorf(0, "a width or precision has at most three digits")
			}
			widest = max(widest, n)
		}
	}
	numeric := regexp.MustCompile(`%[^%a-zA-Z]*[bcdeEfFgGoxX]`).MatchString(format)
	verbs, longest, rows := strings.Count(format, "%"), 0, 1
	for i, arg := range args[1:] {
		if numeric && !writable(arg) {
			return function.NewArgErrorf(i+1, "a number beyond all bounds")
		}
		longest = max(longest, size(arg, 0, mostBytes))
		if usable(arg) && arg.CanIterateElements() && !arg.Type().IsObjectType() && !arg.Type().IsMapType() {
			rows = max(rows, arg.LengthInt())
		}
	}
	row := len(format) + verbs*(2*widest+longest)
	if rows > 1 { // the elements of the longest list are shared out among the rows
		row = len(format) + verbs*(2*widest+longest/rows+1)
	}
	if row > mostBytes/rows {
		return tooLong()
	}
	return nil
}

// writable tells whether a value, or each element of it, is of ordinary size as a
// number, which a text is to a verb of numbers.
func writable(v cty.Value) bool {
	if usable(v) && (v.Type().IsListType() || v.Type().IsSetType() || v.Type().IsTupleType()) {
		for it := v.ElementIterator(); it.Next(); {
			if _, element := it.Element(); !element.IsMarked() && !writable(element) {
				return false
			}
		}
		return true
	}
	n, err := cty.ParseNumberVal(text(v))
	return err != nil || Ordinary(n)
}

func checkIndent(args []cty.Value) error {
	if !usable(args[0]) {
		return nil
	}
	spaces := args[0].AsBigFloat()
	if spaces.Sign() < 0 || spaces.Cmp(big.NewFloat(mostSpaces)) > 0 {
		return function.NewArgErrorf(0, "a text is indented by 0 to %d spaces", mostSpaces)
	}
	n, _ := spaces.Int64()
	if int(n)*strings.Count(text(args[1]), "\n")+len(text(args[1])) > mostBytes {
		return tooLong()
	}
	return nil
}

func checkSearched(args []cty.Value) error { return checkSearch(1, text(args[1])) }

// checkSearch bounds the number of matches, each of which begins elsewhere.
func checkSearch(argument int, src string) error {
	if len(src) > mostElements {
		return function.NewArgErrorf(argument, "a text to find all matches in has at most %d bytes", mostElements)
	}
	return nil
}

func checkSplit(args []cty.Value) error {
	if strings.Count(text(args[1]), text(args[0])) >= mostElements {
		return tooMany()
	}
	return nil
}

// checkPairs bounds functions that compare each element with each other.
func checkPairs(args []cty.Value) error {
	first, last := args[0], args[len(args)-1]
	if !usable(first) || !usable(last) || !first.CanIterateElements() || !last.CanIterateElements() {
		return nil
	}
	if n := last.LengthInt(); n > 0 && first.LengthInt() > mostPairs/n {
		return fmt.Errorf("these are too many elements to compare with one another")
	}
	return nil
}

func checkProduct(args []cty.Value) error {
	product := len(args)
	for _, arg := range args {
		if !usable(arg) || !arg.CanIterateElements() {
			return nil // the function itself says why
		}
		n := arg.LengthInt()
		if n == 0 {
			return nil
		}
		if product > mostElements/n {
			return tooMany()
		}
		product *= n
	}
	return nil
}
