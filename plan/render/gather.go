package render

import (
	"fmt"

	"setpoint/plan"
)

// fewestAlike is from how many on thermostats that change alike share a line.
const fewestAlike = 4

// line is one line of a plan: of one thermostat, or of several alike.
type line struct {
	drawing
	name    string
	step    *plan.Step // of several that of the first
	keys    []string   // of those that share the line
	members []line     // those that share the line, each by itself
}

// drawing is a step as text.
type drawing struct {
	symbol byte
	text   string
	// shared is what steps alike say together; it, what is below and the block are
	// what they must have in common.
	shared string
	reason string
	file   string
	at     int
}

// alike is what thermostats have in common that may share a line.
type alike struct {
	drawing
	block string
}

// planLines are the lines of what is done, in the order of the plan, that of
// several thermostats in the place of the first.
func planLines(p *plan.Plan) []line {
	does := func(s *plan.Step) bool { return s.Action != plan.NoOp }
	return gather(p, does, func(s *plan.Step) drawing { return drawStep(s, actionText(s, p.Made)) }, false)
}

// drawStep is a step with what happens to it in words.
func drawStep(s *plan.Step, action string) drawing {
	d := drawing{symbol: symbol(s), text: action, shared: action}
	if s.Moved != "" {
		d.text, d.shared = movedText(s, action, s.Moved), movedText(s, action, sharedFrom(s))
	}
	return d
}

// drawReading is a step with what was read of it, when that is said.
func drawReading(s *plan.Step, text string) drawing {
	return drawing{symbol: ' ', text: text, shared: text, file: s.File, at: s.Line}
}

// gather gives the lines of the steps that belong among them. Each step is drawn
// once. Steps alike share a line unless each is to be shown.
func gather(p *plan.Plan, belongs func(*plan.Step) bool, draw func(*plan.Step) drawing, each bool) []line {
	type group struct{ members []int } // by their places among lines
	count := 0
	for i := range p.Steps {
		if belongs(&p.Steps[i]) {
			count++
		}
	}
	lines, groupOf := make([]line, 0, count), make([]*group, 0, count) // of a line; nil for none
	groups := map[alike]*group{}
	for i := range p.Steps {
		s := &p.Steps[i]
		if !belongs(s) {
			continue
		}
		next := line{drawing: draw(s), name: s.Address.String(), step: s}
		var of *group
		if !each && !s.Address.Key.IsNone() {
			common := alike{next.drawing, s.Address.Block()}
			common.text = ""
			if of = groups[common]; of == nil {
				of = &group{}
				groups[common] = of
			}
			of.members = append(of.members, len(lines))
		}
		lines, groupOf = append(lines, next), append(groupOf, of)
	}
	joined := lines[:0] // never ahead of what is looked at
	for i, of := range groupOf {
		switch {
		case of == nil || len(of.members) < fewestAlike:
			joined = append(joined, lines[i])
		case of.members[0] == i: // the others are in this line
			joined = append(joined, together(lines, of.members))
		}
	}
	return joined
}

// together is the line of several alike, given by their places.
func together(lines []line, places []int) line {
	all := lines[places[0]]
	all.name = fmt.Sprintf("%s (%d)", all.step.Address.Block(), len(places))
	all.text = all.shared
	all.members, all.keys = make([]line, len(places)), make([]string, len(places))
	for i, place := range places {
		all.members[i] = lines[place]
		all.keys[i] = keyText(lines[place].step.Address.Key)
	}
	return all
}
