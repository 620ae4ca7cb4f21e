package state

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"setpoint/provider"
)

// decodeCanonical reads a file that is, as far as its thermostats go, to the
// byte what Encode writes, which nearly every file is and which can be read in
// one go. It is not ok for any other file, right or wrong: what to make of that,
// and what is wrong with it where, only the strict decoder says.
//
// Only the thermostats are read here. What stands around them is little, and
// goes through the strict decoder as a file of its own.
func decodeCanonical(path string, data []byte) (*State, bool) {
	const opening = "\n  \"thermostats\": {\n"
	start := bytes.Index(data[:min(len(data), 1000)], []byte(opening))
	if start < 0 || bytes.LastIndexByte(data[:start], '{') != 0 || !utf8.Valid(data) { // it may be part of an output
		return nil, false
	}
	start += len(opening)
	r := canonicalReader{text: data[start:]}
	thermostats := make(map[string]Entry, len(data)/300)
	for before := ""; ; {
		address, e, ok := r.thermostat()
		if !ok || address <= before { // they are sorted, so that none stands twice
			return nil, false
		}
		thermostats[address], before = e, address
		if !r.skip(",\n") {
			break
		}
	}
	if !r.skip("\n  },\n") {
		return nil, false
	}
	around := append(append([]byte{}, data[:start-1]...), "},\n"...)
	s, err := decode(path, append(around, r.text...), everyUpgrade())
	if err != nil || s.Version != Version || len(s.Thermostats) > 0 {
		return nil, false
	}
	s.Thermostats = thermostats
	return s, true
}

// canonicalReader reads what Encode writes, piece by piece. After a piece that
// is not there it is of no use any more.
type canonicalReader struct {
	text  []byte // what is left
	plant string // the last one read: a house has few
	at    string // likewise
	time  time.Time
}

// skip reads these bytes if they are next.
func (r *canonicalReader) skip(text string) bool {
	if len(r.text) < len(text) || string(r.text[:len(text)]) != text {
		return false
	}
	r.text = r.text[len(text):]
	return true
}

// quoted reads a text up to its closing quote. The bytes belong to the file.
func (r *canonicalReader) quoted() ([]byte, bool) {
	for i, c := range r.text {
		switch {
		case c == '"':
			text := r.text[:i]
			r.text = r.text[i+1:]
			return text, true
		case c == '\\':
			return r.escaped()
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// escaped reads a text with the two escapes that keys bring into addresses.
func (r *canonicalReader) escaped() ([]byte, bool) {
	var text []byte
	for i := 0; i < len(r.text); i++ {
		c := r.text[i]
		switch {
		case c == '"':
			r.text = r.text[i+1:]
			return text, true
		case c == '\\':
			if i++; i == len(r.text) || r.text[i] != '"' && r.text[i] != '\\' {
				return nil, false
			}
			c = r.text[i]
		case c < ' ':
			return nil, false
		}
		text = append(text, c)
	}
	return nil, false
}

// same is the text as a string, the one at hand if that is it.
func same(text []byte, before *string) string {
	if string(text) != *before {
		*before = string(text)
	}
	return *before
}

func (r *canonicalReader) thermostat() (address string, e Entry, ok bool) {
	if !r.skip(`    "`) {
		return "", e, false
	}
	name, ok := r.quoted()
	if !ok || !r.skip(": {\n      \"plant_id\": \"") {
		return "", e, false
	}
	address = string(name)
	plant, ok := r.quoted()
	if !ok || !r.skip(",\n      \"module_id\": \"") {
		return "", e, false
	}
	module, ok := r.quoted()
	if !ok || !r.skip(",\n      \"settings\": ") {
		return "", e, false
	}
	e.Device = provider.Device{PlantID: same(plant, &r.plant), ModuleID: string(module)}
	if !r.settings(&e.Settings) || !r.skip(",\n      \"outcome\": \"") || !r.outcome(&e) {
		return "", e, false
	}
	for _, more := range []struct {
		name string
		into **provider.Settings
	}{{"previous", &e.Previous}, {"declared", &e.Declared}, {"on_remove", &e.OnRemove}} {
		if r.skip(",\n      \"" + more.name + "\": ") {
			*more.into = new(provider.Settings)
			if !r.settings(*more.into) {
				return "", e, false
			}
		}
	}
	return address, e, r.skip("\n    }") && checkAddress(address) == nil && e.check() == nil
}

// outcome reads the outcome, after its opening quote, and when it was.
func (r *canonicalReader) outcome(e *Entry) bool {
	outcome, ok := r.quoted()
	if !ok || !r.skip(",\n      \"at\": \"") {
		return false
	}
	switch Outcome(outcome) {
	case Confirmed:
		e.Outcome = Confirmed
	case Unknown:
		e.Outcome = Unknown
	case Observed:
		e.Outcome = Observed
	}
	at, ok := r.quoted()
	if ok && string(at) != r.at {
		parsed, err := parseAt(string(at))
		if err != nil {
			return false
		}
		r.at, r.time = string(at), parsed
	}
	e.At = r.time
	return ok
}

// settings reads the object of settings: of a function, a mode and what the mode
// needs. A boost, which is rare, has its own decoder.
func (r *canonicalReader) settings(s *provider.Settings) bool {
	end := bytes.IndexByte(r.text, '}')
	if end < 0 {
		return false
	}
	object := canonicalReader{text: r.text[:end+1]}
	if !object.mode(s) && !laidOut(r.text[:end+1], s) {
		return false
	}
	r.text = r.text[end+1:]
	return true
}

func (r *canonicalReader) mode(s *provider.Settings) (ok bool) {
	if !r.skip("{\n        \"function\": \"") {
		return false
	}
	switch {
	case r.skip("heating\""):
		s.Function = provider.Heating
	case r.skip("cooling\""):
		s.Function = provider.Cooling
	}
	switch {
	case !r.skip(",\n        \"mode\": \""):
		return false
	case r.skip("manual\",\n        \"setpoint\": "):
		s.Mode = provider.Manual
		s.Setpoint, ok = r.degrees()
	case r.skip("automatic\",\n        \"program\": "):
		s.Mode = provider.Automatic
		s.Program, ok = r.digits()
	case r.skip("off\""):
		s.Mode, ok = provider.Off, true
	case r.skip("protection\""):
		s.Mode, ok = provider.Protection, true
	}
	if ok && s.Mode.Allows(provider.FieldUntil) && r.skip(",\n        \"activation_time\": \"") {
		var end []byte
		if end, ok = r.quoted(); ok {
			var err error
			s.End, err = provider.ParseLocalTime(string(end))
			ok = err == nil
		}
	}
	return ok && r.skip("\n      }")
}

// degrees reads a number with one decimal at most, in its shortest form.
func (r *canonicalReader) degrees() (provider.Celsius, bool) {
	whole, ok := r.digits()
	if !r.skip(".") {
		return provider.Celsius(10 * whole), ok
	}
	tenth, decimal := r.digits()
	return provider.Celsius(10*whole + tenth), ok && decimal && tenth > 0 && tenth < 10
}

// digits reads a whole number in its shortest form, of three digits at most.
func (r *canonicalReader) digits() (number int, ok bool) {
	i := 0
	for ; i < len(r.text) && r.text[i] >= '0' && r.text[i] <= '9'; i++ {
		if i == 3 || i == 1 && number == 0 {
			return 0, false
		}
		number = 10*number + int(r.text[i]-'0')
	}
	r.text = r.text[i:]
	return number, i > 0
}

// laidOut reads settings of any kind that stand as Encode writes them.
func laidOut(object []byte, s *provider.Settings) bool {
	*s = provider.Settings{}
	if s.UnmarshalJSON(object) != nil {
		return false
	}
	text, err := s.MarshalJSON()
	var b bytes.Buffer
	return err == nil && json.Indent(&b, text, "      ", "  ") == nil && bytes.Equal(b.Bytes(), object)
}
