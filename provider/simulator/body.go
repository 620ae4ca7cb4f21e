package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// command is the body of a Set status request that fits the reference's schema.
// What the body leaves out is nil, empty or zero.
type command struct {
	function Function
	mode     Mode
	setpoint *Tenths // °C, rounded to the device's step of a tenth
	unit     string  // "C"
	program  *int

	ends     bool // activationTime is there
	interval bool // and has a start
	start    time.Time
	end      time.Time // both wall times
}

// The reference's own pattern, held against the whole text.
var activationPattern = regexp.MustCompile(
	`^[0-9]{4}(-[0-9]{1,2}){2}T[0-9]{2}(:[0-9]{2}){2}(/[0-9]{4}(-[0-9]{1,2}){2}T[0-9]{2}(:[0-9]{2}){2})?$`)

// parseBody reads a Set status body and lists every way in which it breaks the
// reference's schema. Field names are compared to the letter, values of an enum
// in any case. Fields that the schema does not name are allowed, as it allows
// them.
func parseBody(body []byte) (command, []string) {
	var fields map[string]json.RawMessage
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(body, &fields); {
	case errors.As(err, &syntax):
		return command{}, []string{"the body is not JSON: " + err.Error()}
	case err != nil || fields == nil:
		return command{}, []string{"the body is not a JSON object"}
	}
	p := bodyParser{}
	p.function(fields)
	p.mode(fields)
	p.setpoint(fields)
	p.programs(fields)
	p.activationTime(fields)
	return p.command, p.problems
}

type bodyParser struct {
	command  command
	problems []string
}

func (p *bodyParser) reject(format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf(format, args...))
}

func (p *bodyParser) function(fields map[string]json.RawMessage) {
	if raw, ok := fields["function"]; ok {
		p.command.function = Function(p.enum("function", raw, functions()))
	} else {
		p.reject("function is required: one of %q", functions())
	}
}

func (p *bodyParser) mode(fields map[string]json.RawMessage) {
	if raw, ok := fields["mode"]; ok {
		p.command.mode = Mode(p.enum("mode", raw, modes()))
	} else {
		p.reject("mode is required: one of %q", modes())
	}
}

func (p *bodyParser) setpoint(fields map[string]json.RawMessage) {
	raw, ok := fields["setPoint"]
	if !ok {
		return
	}
	parts, ok := p.object("setPoint", raw)
	if !ok {
		return
	}
	if unit, ok := parts["unit"]; ok {
		p.command.unit = strings.ToUpper(p.enum("setPoint.unit", unit, []string{"c"}))
	}
	value, ok := parts["value"]
	if !ok {
		return
	}
	text, ok := textOrNumber(value)
	if !ok {
		p.reject("setPoint.value %s is neither a string nor a number", brief(value))
		return
	}
	degrees, ok := parseNumber(text)
	switch {
	case !ok:
		p.reject("setPoint.value %s is not a number", brief(value))
	case degrees < 3 || degrees > 40:
		p.reject("setPoint.value %s is not within 3 and 40", brief(value))
	default:
		p.command.setpoint = new(Tenths(math.Round(degrees * 10)))
	}
}

func (p *bodyParser) programs(fields map[string]json.RawMessage) {
	raw, ok := fields["programs"]
	if !ok {
		return
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		p.reject("programs %s is not an array", brief(raw))
		return
	}
	if len(items) > 1 {
		p.reject("programs has %d items; at most one is allowed", len(items))
		return
	}
	for _, item := range items {
		parts, ok := p.object("programs[0]", item)
		if !ok {
			return
		}
		if number, ok := parts["number"]; ok {
			p.programNumber(number)
		}
	}
}

func (p *bodyParser) programNumber(raw json.RawMessage) {
	text, ok := textOrNumber(raw)
	if !ok {
		p.reject("programs[0].number %s is neither an integer nor a string", brief(raw))
		return
	}
	number, err := strconv.Atoi(text)
	switch {
	case err != nil:
		p.reject("programs[0].number %s is not an integer", brief(raw))
	case number < 0 || number > highestProgram:
		p.reject("programs[0].number %s is not within 0 and 11", brief(raw))
	default:
		p.command.program = &number
	}
}

func (p *bodyParser) activationTime(fields map[string]json.RawMessage) {
	raw, ok := fields["activationTime"]
	if !ok {
		return
	}
	text, ok := jsonString(raw)
	if !ok {
		p.reject("activationTime %s is not a string", brief(raw))
		return
	}
	if !activationPattern.MatchString(text) {
		p.reject("activationTime %s is neither YYYY-MM-DDThh:mm:ss nor two of them with a slash between", brief(raw))
		return
	}
	first, second, interval := strings.Cut(text, "/")
	p.command.ends, p.command.interval = true, interval
	if interval {
		p.command.start = p.wall(first)
		p.command.end = p.wall(second)
	} else {
		p.command.end = p.wall(first)
	}
}

func (p *bodyParser) wall(text string) time.Time {
	t, err := time.Parse("2006-1-2T15:04:05", text)
	if err != nil {
		p.reject("activationTime %q is not a time that exists", text)
	}
	return t
}

func (p *bodyParser) enum(name string, raw json.RawMessage, values []string) string {
	text, ok := jsonString(raw)
	if !ok {
		p.reject("%s %s is not a string", name, brief(raw))
		return ""
	}
	if lower := strings.ToLower(text); slices.Contains(values, lower) {
		return lower
	}
	p.reject("%s %s is none of %q", name, brief(raw), values)
	return ""
}

func (p *bodyParser) object(name string, raw json.RawMessage) (map[string]json.RawMessage, bool) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || parts == nil {
		p.reject("%s %s is not an object", name, brief(raw))
		return nil, false
	}
	return parts, true
}

// textOrNumber is the text of a JSON string, or of a JSON number as written.
func textOrNumber(raw json.RawMessage) (string, bool) {
	if text, ok := jsonString(raw); ok {
		return text, true
	}
	_, ok := parseNumber(string(raw))
	return string(raw), ok
}

func jsonString(raw json.RawMessage) (string, bool) {
	var text string
	ok := raw[0] == '"' && json.Unmarshal(raw, &text) == nil
	return text, ok
}

// brief is a value short enough to stand in a message.
func brief(raw []byte) string {
	const most = 60
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "…"
	}
	return string(raw)
}
