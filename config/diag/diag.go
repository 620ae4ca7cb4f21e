// Package diag holds diagnostics as one data form and draws it as text and as
// JSON. A diagnostic is a one-line summary of what is wrong, a detail that says
// why and what to do, and the place in the source.
//
// It does not know what diagnostics are about.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity tells whether the work can go on.
type Severity string

// The severities. After an Error nothing is planned, sent or written.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one problem. Its JSON form is that of Terraform's diagnostics,
// so that tools written for them can read it.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Address  string   `json:"address,omitempty"` // the thermostat concerned, if it is one
	Range    *Range   `json:"range,omitempty"`
	Snippet  *Snippet `json:"snippet,omitempty"`
}

// Range is a stretch of a source file, its end excluded.
type Range struct {
	Filename string `json:"filename"`
	Start    Pos    `json:"start"`
	End      Pos    `json:"end"`
}

// Pos is a place in a source file: line and column count from 1, columns in
// grapheme clusters; the byte counts from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Snippet is the source a diagnostic is about.
type Snippet struct {
	Context              *string `json:"context"` // the block, e.g. thermostat "hall"
	Code                 string  `json:"code"`    // whole lines, no final newline
	StartLine            int     `json:"start_line"`
	HighlightStartOffset int     `json:"highlight_start_offset"` // bytes into Code
	HighlightEndOffset   int     `json:"highlight_end_offset"`
	Values               []Value `json:"values"`
}

// Value says what a reference in the source stood for.
type Value struct {
	Traversal string `json:"traversal"`
	Statement string `json:"statement"` // e.g. is "hall"
}

// List is a set of diagnostics.
type List []Diagnostic

// HasErrors tells whether the work must stop.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count counts errors and warnings.
func (l List) Count() (errors, warnings int) {
	for _, d := range l {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Sorted puts warnings before errors, so that what stops the work stands
// nearest to the prompt, each in the order of the source. What is said of
// several instances of one block is said once, with their number; in other words
// of each, of the first of many.
func (l List) Sorted() List {
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			comparePlaces(a.Range, b.Range),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail))
	})
	var out List
	for i := 0; i < len(sorted); {
		first := sorted[i]
		addresses := map[string]bool{}
		for ; i < len(sorted) && same(first, sorted[i]); i++ {
			addresses[sorted[i].Address] = true
		}
		if more := len(addresses) - 1; more > 0 {
			first.Detail += fmt.Sprintf("\nThe same holds for %d more of its instances.", more)
		}
		out = append(out, first)
	}
	return out.shortened()
}

// mostAlike is how many instances of one block may say what is wrong with them,
// each in its own words.
const mostAlike = 3

// shortened keeps the first of many diagnostics about one place that differ in
// their words only.
func (l List) shortened() List {
	var out List
	for i := 0; i < len(l); {
		alike := 1
		for i+alike < len(l) && alikeButForWords(l[i], l[i+alike]) {
			alike++
		}
		if alike <= mostAlike {
			out = append(out, l[i:i+alike]...)
		} else {
			first := l[i]
			first.Detail += fmt.Sprintf("\n%d more of its instances have the like.", alike-1)
			out = append(out, first)
		}
		i += alike
	}
	return out
}

func alikeButForWords(a, b Diagnostic) bool {
	return a.Severity == b.Severity && a.Summary == b.Summary && a.Address != "" && b.Address != "" && a.Range != nil && comparePlaces(a.Range, b.Range) == 0
}

// same tells whether two diagnostics say the same: of one place, or without a
// place of one address.
func same(a, b Diagnostic) bool {
	return a.Severity == b.Severity && a.Summary == b.Summary && a.Detail == b.Detail &&
		comparePlaces(a.Range, b.Range) == 0 && (a.Range != nil || a.Address == b.Address)
}

func rank(d Diagnostic) int {
	if d.Severity == Warning {
		return 0
	}
	return 1
}

func comparePlaces(a, b *Range) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Or(
		cmp.Compare(a.Filename, b.Filename),
		cmp.Compare(a.Start.Byte, b.Start.Byte),
		cmp.Compare(a.End.Byte, b.End.Byte))
}
